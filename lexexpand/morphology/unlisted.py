"""Forms of words that no table has, asked of a learned inflector in the cells that the tables have.

The learned inflector is asked for one cell. Which one follows from the same costs as for listed words
(`costs`): the cheapest of the language's cells; where several cost the same, the one that most words of the
tables have, then the first in canonical order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.morphology.costs import Costs
    from lexexpand.morphology.learned.model import Guess
    from lexexpand.morphology.paradigms import Paradigms


class Speaker(Protocol):
    """What inflects words that no table has: `learned.model`, `learned.remembered`."""

    def inflect_many(self, pairs: Sequence[tuple[str, str]]) -> list[Guess]:
        """The form of each (lemma, bundle), and whether it is sure enough."""


class Unlisted:
    """A learned inflector beside the tables that it was learned from (or others of the language)."""

    def __init__(self, paradigms: Paradigms, speaker: Speaker) -> None:
        self._paradigms = paradigms
        self._speaker = speaker
        names = len(paradigms.bundle_names)
        self._cells = np.bincount(paradigms.index.arrays["cell_bundle"], minlength=names)
        self._capitals = _capitals(paradigms)

    def cell(self, costs: Costs, limit: int) -> int | None:
        """The number of the bundle that is asked for; None where none costs less than the limit."""
        least = costs.min(initial=limit)
        if least >= limit:
            return None
        tied = np.flatnonzero(costs == least)
        return int(tied[self._cells[tied].argmax()])

    def inflect_many(self, asked: Sequence[tuple[str, int]]) -> list[Guess]:
        """Forms of (word, number of a bundle).

        A capital is put aside where the tables' lemmas of that part of speech have none.
        """
        names = self._paradigms.bundle_names
        lowered = [
            word if names[bundle].split(";")[0] in self._capitals else word[:1].lower() + word[1:]
            for word, bundle in asked
        ]
        guesses = self._speaker.inflect_many(
            [(word, names[bundle]) for word, (_, bundle) in zip(lowered, asked, strict=True)]
        )
        return [
            guess if low == word else replace(guess, form=guess.form[:1].upper() + guess.form[1:])
            for guess, low, (word, _) in zip(guesses, lowered, asked, strict=True)
        ]


def _capitals(paradigms: Paradigms) -> frozenset[str]:
    """Parts of speech most of whose lemmas are written with a capital, as German nouns are."""
    arrays = paradigms.index.arrays
    upper = np.array([lemma[:1].isupper() for lemma in paradigms.lemmas()], bool)
    parts = [name.split(";")[0] for name in paradigms.bundle_names]
    found = set()
    for part in set(parts):
        mine = np.array([each == part for each in parts], bool)[arrays["cell_bundle"]]
        lemmas = np.unique(arrays["cell_lemma"][mine])
        if len(lemmas) and upper[lemmas].mean() > 0.5:
            found.add(part)
    return frozenset(found)
