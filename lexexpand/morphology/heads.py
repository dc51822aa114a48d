"""Which word of a target is to be inflected, and of which lemma is it?

A dictionary's word need not be a lemma of the tables: it may be the citation form of one (Lingala *kobala* of
the bare root *bal*), be spelled with a capital, or stand among other words. See `inflect` for the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.costs import ATTESTED
from lexexpand.morphology.strings import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.costs import Costs
    from lexexpand.morphology.paradigms import Paradigms


@dataclass(frozen=True, slots=True)
class Request:
    """What a bundle asks of a language.

    Attributes:
        costs: of the language's bundles (B,).
        cited: which of them are citation forms (B,).
        allowed: which of them have its part of speech (B,).
        lemmas: by the number of a lemma, whether it has such a cell.
        citation: whether the request itself is for a citation form.
        lemmas_are_words: whether lemmas of this part of speech are words, and no bare roots.
    """

    costs: Costs
    cited: NDArray[np.bool_]
    allowed: NDArray[np.bool_]
    lemmas: bytes
    citation: bool
    lemmas_are_words: bool


@dataclass(frozen=True, slots=True)
class Head:
    """Where a target's inflecting word is: the lemma's number, and what stands around it.

    `cell` is a cell that the word itself fills; -1: it is to be inflected.
    """

    word: str
    lemma: int
    cell: int = -1
    before: str = ""
    after: str = ""
    capital: bool = False


class Heads:
    """Finds the heads of targets in the paradigms of one language; each (target, bundle) once."""

    def __init__(self, paradigms: Paradigms) -> None:
        self._paradigms = paradigms
        self._lemma_start = paradigms.index.arrays["lemma_start"].astype(np.int64)
        self._cell_bundle = paradigms.index.arrays["cell_bundle"]
        self._cell_form = paradigms.index.arrays["cell_form"]
        self._known: dict[tuple[str, str], Head | None] = {}
        self._numbers: dict[str, int] = {}

    def find(self, text: str, bundle: str, request: Request) -> Head | None:
        """What of a target is to be inflected for a request."""
        key = (text, bundle)
        if key not in self._known:
            head = self._find(text, request, forms=True)
            if head is None and " " in text:
                head = self._head_among(text.split(" "), request)
            self._known[key] = head
        return self._known[key]

    def _head_among(self, words: Sequence[str], request: Request) -> Head | None:
        """The one word of several that is a lemma of the part of speech asked for."""
        found = [(place, self._find(word, request, forms=False)) for place, word in enumerate(words)]
        known = [(place, head) for place, head in found if head is not None]
        if len(known) != 1:
            return None
        place, head = known[0]
        before = "".join(word + " " for word in words[:place])
        after = "".join(" " + word for word in words[place + 1 :])
        return replace(head, before=before, after=after)

    def _find(self, word: str, request: Request, *, forms: bool) -> Head | None:
        """The lemma that a word is, or (with `forms`) the one whose citation form it is."""
        lower = word[:1].lower() + word[1:]
        spellings = (word,) if lower == word else (word, lower)
        for spelling in spellings:
            number = self._number(spelling)
            if number != EMPTY and request.lemmas[number]:
                return self._cited(spelling, number, request, capital=spelling != word)
        for spelling in spellings if forms else ():
            cells = self._paradigms.form_cells(spelling)
            head = self._owner(spelling, cells, request, capital=spelling != word) if cells else None
            if head is not None:
                return head
        return None

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            number = self._numbers[word] = self._paradigms.lemma_number(word)
        return number

    def _cited(self, word: str, lemma: int, request: Request, *, capital: bool) -> Head | None:
        """A lemma: asked for its citation form it is that itself, unless lemmas are bare roots."""
        if request.citation:
            cells = np.arange(self._lemma_start[lemma], self._lemma_start[lemma + 1])
            own = cells[self._cell_form[cells] == self._paradigms.strings.find(word)]
            costs = request.costs[self._cell_bundle[own]]
            if len(own) and costs.min() < ATTESTED:
                return Head(word, lemma, int(own[costs.argmin()]), capital=capital)
            if len(own) or request.lemmas_are_words:
                return None
        return Head(word, lemma, capital=capital)

    def _owner(self, word: str, found: Sequence[int], request: Request, *, capital: bool) -> Head | None:
        """A form that is no lemma: the form asked for already, or the citation form of exactly one lemma."""
        cells = np.array(found, np.int64)
        bundles = self._cell_bundle[cells]
        costs = request.costs[bundles]
        place = int(np.argmin(costs))
        if costs[place] < ATTESTED:
            return Head(
                word, self._paradigms.cell_lemma(int(cells[place])), int(cells[place]), capital=capital
            )
        owners = {self._paradigms.cell_lemma(cell) for cell in cells[request.cited[bundles]].tolist()}
        return Head(word, owners.pop(), capital=capital) if len(owners) == 1 else None
