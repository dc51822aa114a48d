"""From the tokens of a block to units: which tokens are rendered together, and from which list.

    Turn the light off .        owner  0 1 2 0 4     "off" belongs to "Turn"
                                heads  0             where a phrase is written
                                owned  3             what leaves no word of its own

A unit is written where its owner stands. Tokens that are owned leave no token of their own; they are aligned
to their owner's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.phrases import Found, PhraseMatcher
from lexexpand.synthesis.request import Request
from lexexpand.synthesis.rows import ragged
from lexexpand.synthesis.senses import rank
from lexexpand.synthesis.table import request_casing
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.rows import Rows

_HEADS_FIRST = frozenset({"VERB", "AUX"})
_HEADS_LAST = frozenset({"NOUN", "PROPN", "ADJ"})


@dataclass(slots=True)
class Units:
    """How T source tokens are cut. What is rare is kept apart from what is usual."""

    flags: NDArray[np.uint8]
    """(T,): flags of each token's type; 0 for the tokens of phrases."""
    owner: NDArray[np.int64]
    """(T,): position of the token with which each token is rendered; its own where it stands alone."""
    heads: NDArray[np.int64]
    """(M,): where phrases are written."""
    lists: NDArray[np.int64]
    """(M,): the list of each phrase."""
    owned: NDArray[np.int64]
    """(R,): tokens of phrases that leave no word of their own."""


class Matcher:
    """Matches blocks of one source against one compiled lexicon."""

    def __init__(self, compiled: Compiled, particles: frozenset[str]) -> None:
        """Make a matcher.

        Args:
            compiled: the lexicon; its types are marked.
            particles: of the source language, for discontinuous verbs.
        """
        self._compiled = compiled
        self._lists: dict[tuple[int, int, int], int] = {}
        config, trie = compiled.config, compiled.keys.trie
        self._phrases = PhraseMatcher(trie, compiled, particles) if trie and config.multiword else None
        entries = compiled.table.realizer.entries
        self._phrase_upos = [
            frozenset(entries[i].upos or "_" for i in found) for found in compiled.keys.phrase_entries
        ]

    def keep_apart(self, support: NDArray[np.uint8]) -> None:
        """Match no phrase that takes an auxiliary from its verb; (V,) bits of `Context.support`."""
        if self._phrases is not None:
            self._phrases.keep_apart(support)

    def units(self, rows: Rows) -> Units:
        """Cut the tokens of `rows` into units."""
        none = np.empty(0, np.int64)
        owner = np.arange(len(rows.type))
        units = Units(self._compiled.flags[rows.type], owner, none, none, none)
        if self._phrases is not None:
            found = self._phrases.find(rows, units.flags)
            if found is not None and len(found.start):
                self._render(found, rows, units)
        return units

    def _render(self, found: Found, rows: Rows, units: Units) -> None:
        """Give each phrase its list, and its tokens to its first."""
        columns = self._compiled.types
        last = np.where(found.particle >= 0, found.particle, found.start + found.length - 1)
        first_type, last_type = rows.type[found.start], rows.type[last]
        pairs, at = np.unique(found.key * np.int64(len(columns.upos)) + first_type, return_inverse=True)
        distinct, where = np.unique(at * np.int64(len(columns.upos)) + last_type, return_inverse=True)
        pair, last_of = np.divmod(distinct, len(columns.upos))
        key_of, first_of = np.divmod(pairs[pair], len(columns.upos))
        combinations = zip(key_of.tolist(), first_of.tolist(), last_of.tolist(), strict=True)
        lists = np.array(self._lists_of(list(combinations)), np.int64)[where]
        fits = lists >= 0
        start, length, particle = found.start[fits], found.length[fits], found.particle[fits]
        parted = particle >= 0
        rest = np.concatenate([ragged(start + 1, length - 1), particle[parted]])
        units.owner[rest] = np.concatenate([np.repeat(start, length - 1), start[parted]])
        units.flags[rest] = 0
        units.flags[start] = 0
        units.heads, units.lists, units.owned = start, lists[fits], np.sort(rest)

    def _lists_of(self, combinations: list[tuple[int, int, int]]) -> list[int]:
        """List ids for (key, type of the first word, type of the last word); -1 where it does not fit."""
        new = [combination for combination in combinations if combination not in self._lists]
        requests: list[Request] = []
        wanted: list[tuple[int, int, int]] = []
        for combination in new:
            request = self._request(*combination)
            if request is None:
                self._lists[combination] = -1
            else:
                requests.append(request)
                wanted.append(combination)
        self._lists.update(zip(wanted, self._compiled.table.add_lists(requests), strict=True))
        return [self._lists[combination] for combination in combinations]

    def _request(self, key: int, first: int, last: int) -> Request | None:
        compiled, columns = self._compiled, self._compiled.types
        phrase, possible = compiled.keys.phrases[key], self._phrase_upos[key]
        head, word = first, phrase[0]
        if possible <= _HEADS_FIRST:
            if not _fits(columns.upos[first], _HEADS_FIRST):
                return None
        elif possible <= _HEADS_LAST:
            head, word = last, phrase[-1]
            if not _fits(columns.upos[last], _HEADS_LAST):
                return None
        elif _fits(columns.upos[first], _HEADS_FIRST) and columns.upos[first]:
            head, word = first, phrase[0]
        elif _fits(columns.upos[last], _HEADS_LAST) and columns.upos[last]:
            head, word = last, phrase[-1]
        upos = UPOS[columns.upos[head]] if possible & (_HEADS_FIRST | _HEADS_LAST) else "_"
        is_lemma = columns.lemma_folded[head].as_py() == word
        entries = compiled.table.realizer.entries
        found = compiled.keys.phrase_entries[key]
        candidates = rank(entries, found, upos, compiled.config, compiled.attested, is_lemma=is_lemma)
        if not candidates:
            return None
        bundle = columns.bundle[head]
        asked = compiled.bundles[bundle] if bundle >= 0 else None
        return Request(
            tuple(candidates),
            "multiword",
            asked,
            self._casing(first, last, entries[candidates[0].entry].source),
            upos,
        )

    def _casing(self, first: int, last: int, source: tuple[str, ...]) -> str:
        compiled, columns = self._compiled, self._compiled.types
        if not compiled.config.casing:
            return "none"
        form, rules = columns.form[first].as_py(), compiled.table.realizer.case
        casing = request_casing(
            form, rules, initial=bool(columns.initial[first]), as_written=form == source[0]
        )
        if casing == "upper" and not columns.form[last].as_py().isupper():
            return "title"
        return casing


def _fits(upos: int, allowed: frozenset[str]) -> bool:
    return upos == 0 or UPOS[upos] in allowed
