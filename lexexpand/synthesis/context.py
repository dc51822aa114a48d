"""What the context asks of a word: "the horses" may be one definite form, "in the house" one inessive.

Rows of the language's pack say which source words are said by the form of the noun beside them: drop "the"
before a noun and ask for DEF. The word is dropped only where the noun's paradigm HAS that form; then it is
aligned to the noun, and does not vote on its label. The noun is the last of a run of nouns, with at most
`MAX_BETWEEN` adjectives, adverbs and numerals between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.choose import choose
from lexexpand.synthesis.compile import type_request
from lexexpand.synthesis.match import Units
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.transfer import TransferRow
    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.rows import Rows

MAX_BETWEEN = 3
_CODE = {upos: code for code, upos in enumerate(UPOS)}
_NOUN = _CODE["NOUN"]
_BETWEEN = np.isin(np.arange(len(UPOS)), [_CODE[name] for name in ("ADJ", "ADV", "NUM", "NOUN", "DET")])


class Context:
    """Applies the transfer rows of one language to one compiled table."""

    def __init__(self, compiled: Compiled, rows: Sequence[TransferRow]) -> None:
        self._compiled = compiled
        self._rows = tuple(rows)
        self._lists: dict[int, int] = {}
        wanted: dict[tuple[str, str], int] = {}
        for number, row in enumerate(self._rows):
            wanted.setdefault((row.source_upos, row.source_lemma), number)
        lemmas = compiled.types.lemma_folded.to_pylist() if wanted else []
        self._row_of = np.full(len(compiled.types.upos), -1, np.int16)
        for index, lemma in enumerate(lemmas):
            self._row_of[index] = wanted.get((UPOS[compiled.types.upos[index]], lemma), -1)
        self._after = np.array([row.context == "after_noun" for row in self._rows] or [False])

    def apply(
        self, rows: Rows, units: Units, output: NDArray[np.int32], doc_keys: NDArray[np.uint64]
    ) -> NDArray[np.bool_]:
        """Drop what the noun says; change `units` and `output` in place.

        Returns:
            (T,): tokens that were dropped so.
        """
        dropped = np.zeros(len(output), np.bool_)
        at = np.flatnonzero((self._row_of[rows.type] >= 0) & (units.list_id >= 0))
        if not len(at):
            return dropped
        noun = self._nouns(rows, at)
        at, noun = at[noun >= 0], noun[noun >= 0]
        owned = np.zeros(len(output), np.bool_)
        owned[units.owner[output < 0]] = True
        alone = (output[noun] >= 0) & ~owned[noun]
        span = rows.span_of_token()
        if span is not None:
            alone &= span[at] == span[noun]
        at, noun = at[alone], noun[alone]
        # All that is said of a noun together ("in the house": IN+ESS and DEF), else its nearest word alone.
        self._try(at, noun, rows, units, output, dropped, doc_keys)
        left = ~dropped[at]
        nearest = np.ones(len(at), np.bool_)
        nearest[:-1] = noun[:-1] != noun[1:]
        again = left & nearest & (np.bincount(noun, minlength=len(output))[noun] > 1)
        self._try(at[again], noun[again], rows, units, output, dropped, doc_keys)
        return dropped

    def _nouns(self, rows: Rows, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,): the noun that each word at `at` belongs to, -1 for none."""
        upos = self._compiled.types.upos[rows.type]
        end, begin = rows.offsets[1:][rows.row[at]], rows.offsets[:-1][rows.row[at]]
        found = np.full(len(at), -1, np.int64)
        here, open_ = at.copy(), np.ones(len(at), np.bool_)
        for _ in range(MAX_BETWEEN + 1):
            here = here + 1
            open_ &= here < end
            code = upos[np.minimum(here, len(upos) - 1)]
            found[open_ & (code == _NOUN)] = here[open_ & (code == _NOUN)]
            # A run of nouns ends the search where it ends: "the city | is".
            open_ &= _BETWEEN[code] & ~((found >= 0) & (code != _NOUN))
        before = at - 1
        after_noun = self._after[self._row_of[rows.type[at]]]
        behind = np.where((before >= begin) & (upos[before] == _NOUN), before, -1)
        return np.where(after_noun, behind, found)

    def _try(
        self,
        at: NDArray[np.int64],
        noun: NDArray[np.int64],
        rows: Rows,
        units: Units,
        output: NDArray[np.int32],
        dropped: NDArray[np.bool_],
        doc_keys: NDArray[np.uint64],
    ) -> None:
        if not len(at):
            return
        order = np.lexsort((at, noun))
        at, noun = at[order], noun[order]
        first = np.flatnonzero(np.append(True, noun[1:] != noun[:-1]))
        # The words said of one noun as one number: their rows are digits, the first the lowest.
        rank = np.arange(len(at)) - np.repeat(first, np.diff(np.append(first, len(at))))
        digit = (self._row_of[rows.type[at]] + 1).astype(np.int64) * (len(self._rows) + 1) ** rank
        nouns = noun[first]
        lists = self._lists_for(rows.type[nouns], np.add.reduceat(digit, first))
        usable = lists >= 0
        nouns, lists = nouns[usable], lists[usable]
        asked = Units(units.owner, np.full(len(output), -1, np.int32), 0)
        asked.list_id[nouns] = lists
        table = self._compiled.table
        shown = choose(asked, rows, table, self._compiled.config, doc_keys)[nouns]
        works = ~table.outputs["plain"][shown]
        output[nouns[works]] = shown[works]
        fits = np.zeros(len(output), np.bool_)
        fits[nouns[works]] = True
        gone, to = at[fits[noun]], noun[fits[noun]]
        output[gone] = -1
        units.list_id[gone] = -1
        units.owner[gone] = to
        dropped[gone] = True

    def _lists_for(self, types: NDArray[np.int32], said: NDArray[np.int64]) -> NDArray[np.int32]:
        """List ids for nouns of which `said` is said, -1 for nouns without a translation."""
        distinct, where = np.unique(said * np.int64(len(self._row_of)) + types, return_inverse=True)
        lists = [self._lists.get(pair) for pair in distinct.tolist()]
        new = [pair for pair, known in zip(distinct.tolist(), lists, strict=True) if known is None]
        self._lists.update(dict.fromkeys(new, -1))
        split = [(pair, *divmod(pair, len(self._row_of))) for pair in new]
        usable = [(pair, index, self._adds(words)) for pair, words, index in split if index in self._compiled.candidates]
        requests = [type_request(self._compiled, index, adds or None) for _, index, adds in usable]
        self._lists.update(zip((u[0] for u in usable), self._compiled.table.add_lists(requests), strict=True))
        return np.array([self._lists[pair] for pair in distinct.tolist()], np.int32)[where]

    def _adds(self, said: int) -> str:
        """The features that the rows in `said` add together."""
        features: dict[str, None] = {}
        while said:
            said, digit = divmod(said, len(self._rows) + 1)
            features.update(dict.fromkeys(filter(None, self._rows[digit - 1].adds.split(";"))))
        return ";".join(features)
