"""What the context asks of a word: "the horses" may be one definite form, "in the house" one inessive.

Rows of the language's pack say which source words are said by the form of the noun beside them: drop "the"
before a noun and ask for DEF. The word is dropped only where the noun's paradigm HAS that form; then it is
aligned to the noun, and does not vote on its label. The noun is the last of a run of nouns, with at most
`MAX_BETWEEN` adjectives, adverbs and numerals between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.compile import SAID, mark, type_request
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.transfer import TransferRow
    from lexexpand.synthesis.choose import Chooser
    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.match import Units
    from lexexpand.synthesis.rows import Rows

MAX_BETWEEN = 3
_CODE = {upos: code for code, upos in enumerate(UPOS)}
_NOUN = _CODE["NOUN"]
_BETWEEN = np.isin(np.arange(len(UPOS)), [_CODE[name] for name in ("ADJ", "ADV", "NUM", "NOUN", "DET")])


class Context:
    """Applies the transfer rows of one language to one compiled table."""

    def __init__(self, compiled: Compiled, rows: Sequence[TransferRow], chooser: Chooser) -> None:
        self._compiled = compiled
        self._chooser = chooser
        self._rows = tuple(rows)
        # Pairs of a type and what is said of it, sorted, and their lists; the first can never be asked for.
        self._known = np.array([-1], np.int64)
        self._lists = np.array([-1], np.int32)
        wanted: dict[tuple[str, str], int] = {}
        for number, row in enumerate(self._rows):
            wanted.setdefault((row.source_upos, row.source_lemma), number)
        lemmas = compiled.types.lemma_folded.to_pylist() if wanted else []
        self._row_of = np.full(len(compiled.types.upos), -1, np.int16)
        for index, lemma in enumerate(lemmas):
            self._row_of[index] = wanted.get((UPOS[compiled.types.upos[index]], lemma), -1)
        mark(compiled, SAID, self._row_of >= 0)
        self._after = np.array([row.context == "after_noun" for row in self._rows] or [False])

    def apply(self, rows: Rows, units: Units, output: NDArray[np.int32]) -> NDArray[np.int64]:
        """Drop what the noun says; change `units` and `output` in place.

        Returns:
            Positions of the tokens that were dropped so.
        """
        at = np.flatnonzero(units.flags & SAID)
        noun = self._nouns(rows, at)
        at, noun = at[noun >= 0], noun[noun >= 0]
        alone = units.flags[noun] != 0  # no part of a phrase
        span = rows.span_of_token()
        if span is not None:
            alone &= span[at] == span[noun]
        at, noun = at[alone], noun[alone]
        # All that is said of a noun together ("in the house": IN+ESS and DEF), else its nearest word alone.
        order = np.lexsort((at, noun))
        at, noun = at[order], noun[order]
        gone = self._try(at, noun, rows, units, output)
        last = np.append(noun[1:] != noun[:-1], True)
        several = np.append(False, ~last[:-1])
        again = last & several & (output[at] >= 0)
        return np.concatenate([gone, self._try(at[again], noun[again], rows, units, output)])

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
    ) -> NDArray[np.int64]:
        """Ask the nouns for what the words at `at` say; drop the words whose noun shows it."""
        if not len(at):
            return at
        first = np.flatnonzero(np.append(True, noun[1:] != noun[:-1]))
        # The words said of one noun as one number: their rows are digits, the first the lowest.
        rank = np.arange(len(at)) - np.repeat(first, np.diff(np.append(first, len(at))))
        digit = (self._row_of[rows.type[at]] + 1).astype(np.int64) * (len(self._rows) + 1) ** rank
        nouns = noun[first]
        lists = self._lists_for(rows.type[nouns], np.add.reduceat(digit, first))
        usable = lists >= 0
        nouns, lists = nouns[usable], lists[usable]
        shown = self._chooser.at(nouns, lists, rows)
        works = ~self._compiled.table.outputs["plain"][shown]
        output[nouns[works]] = shown[works]
        fits = np.isin(noun, nouns[works], assume_unique=False)
        gone = at[fits]
        output[gone] = -1
        units.owner[gone] = noun[fits]
        return gone

    def _lists_for(self, types: NDArray[np.int32], said: NDArray[np.int64]) -> NDArray[np.int32]:
        """List ids for nouns of which `said` is said, -1 for nouns without a translation."""
        wanted = said * np.int64(len(self._row_of)) + types
        at = np.minimum(np.searchsorted(self._known, wanted), len(self._known) - 1)
        new = np.unique(wanted[self._known[at] != wanted])
        if len(new):
            self._learn(new)
            at = np.searchsorted(self._known, wanted)
        return self._lists[at]

    def _learn(self, new: NDArray[np.int64]) -> None:
        """Compile lists for new pairs of a type and what is said of it."""
        split = [divmod(pair, len(self._row_of)) for pair in new.tolist()]
        lists = np.full(len(new), -1, np.int32)
        usable = [i for i, (_, index) in enumerate(split) if index in self._compiled.candidates]
        requests = [
            type_request(self._compiled, split[i][1], self._adds(split[i][0]) or None) for i in usable
        ]
        lists[usable] = self._compiled.table.add_lists(requests)
        known, all_lists = np.append(self._known, new), np.append(self._lists, lists)
        order = np.argsort(known)
        self._known, self._lists = known[order], all_lists[order]

    def _adds(self, said: int) -> str:
        """The features that the rows in `said` add together."""
        features: dict[str, None] = {}
        while said:
            said, digit = divmod(said, len(self._rows) + 1)
            features.update(dict.fromkeys(filter(None, self._rows[digit - 1].adds.split(";"))))
        return ";".join(features)
