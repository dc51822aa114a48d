"""A form as a walk along its lemma: copy the letter here, pass it by, or write another; then stop.

    hestur -> hestanna       C C C C -u -r +a +n +n +a .

Letters that are copied need no name, so what is learned of one stem holds for another (the actions of Aharoni
& Goldberg 2017 and Makarov & Clematide 2018, from the alignment instead of imitation learning). Where letters
are exchanged, all are written before the old ones are passed by: one order for one change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.morphology.learned.align import Step

PAD, BEGIN, STOP, COPY, PASS, UNKNOWN, FIRST = range(7)
"""Numbers of what is no letter; the letters begin at FIRST. UNKNOWN is read and never written."""


@dataclass(frozen=True, slots=True)
class Alphabet:
    """The letters that a model knows, in the order of their numbers."""

    letters: tuple[str, ...]

    @classmethod
    def of(cls, triples: Iterable[tuple[str, str, str]], least: int = 2) -> Alphabet:
        """The letters that occur with at least so many lemmas; others are copied and never written."""
        lemmas: dict[str, set[str]] = {}
        for lemma, _, form in triples:
            for letter in {*lemma, *form}:
                lemmas.setdefault(letter, set()).add(lemma)
        return cls(tuple(sorted(letter for letter, seen in lemmas.items() if len(seen) >= least)))

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return FIRST + len(self.letters)

    def numbers(self) -> dict[str, int]:
        """Letter to number."""
        return {letter: FIRST + n for n, letter in enumerate(self.letters)}

    def letter(self, action: int) -> str:
        """The letter that an action writes."""
        return self.letters[action - FIRST]


def actions(path: Sequence[Step], numbers: dict[str, int]) -> tuple[list[int], list[int]] | None:
    """The walk that an alignment means: actions, and the place in the lemma before each.

    None where the form has a letter that has no number and cannot be copied.
    """
    taken: list[int] = []
    written: list[int] = []
    passed = 0

    def exchange() -> None:
        nonlocal passed
        taken.extend([*written, *[PASS] * passed])
        written.clear()
        passed = 0

    for old, new in path:
        if old == new:
            exchange()
            taken.append(COPY)
            continue
        if new:
            if new not in numbers:
                return None
            written.append(numbers[new])
        passed += bool(old)
    exchange()
    taken.append(STOP)
    places, place = [], 0
    for action in taken:
        places.append(place)
        place += action in (COPY, PASS)
    return taken, places


def spell(lemma: str, taken: Iterable[int], alphabet: Alphabet) -> str:
    """The form that a walk along a lemma writes."""
    form, place = [], 0
    for action in taken:
        if action in (STOP, PAD):
            break
        if action == COPY:
            form.append(lemma[place])
        elif action >= FIRST:
            form.append(alphabet.letter(action))
        place += action in (COPY, PASS)
    return "".join(form)
