"""Stems that nobody has: more words to learn endings from, where a table has few.

The longest run of letters that a form copies from its lemma is taken for the stem, and letters inside it are
drawn anew; what happens around it stays. A network then cannot learn stems by heart (data hallucination,
Anastasopoulos & Neubig 2019, with the alignment of training). A letter is drawn from those that stand between
the same two neighbours elsewhere, so that vowels stay vowels and the parts of a syllable in their places.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned.affixes import stem_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lexexpand.morphology.learned.align import Step
    from lexexpand.morphology.learned.walks import Paths, Triple

_SHORTEST = 3
"""Letters of a stem: a shorter one is made at least as long before its letters are changed."""
_LONGER = 3
"""Letters that a short stem gets beyond that, at most."""
_KEPT = 0.3
"""Share of its letters that stay as they are."""
_TRIES = 4
_EDGE = ""

Between = dict[tuple[str, str], tuple[list[str], np.ndarray]]


def hallucinate(
    triples: Sequence[Triple], paths: Paths, count: int, seed: int, without: Collection[str] = ()
) -> tuple[list[Triple], Paths]:
    """Triples with new stems, and their alignments.

    Args:
        triples: letters taken apart.
        paths: their alignments.
        count: how many are made; fewer where too few triples have a stem that can be changed.
        seed: of the draws.
        without: lemmas that must not be invented: those that are held out.
    """
    if count <= 0:
        return [], {}
    random = np.random.default_rng(seed)
    between = _between({lemma for lemma, _, _ in triples})
    known = {*without, *(lemma for lemma, _, _ in triples)}
    stems = [(row, *stem_of(paths[triple[0], triple[2]])) for row, triple in enumerate(triples)]
    stems = [(row, start, end) for row, start, end in stems if end > start]
    letters = sorted({old for row, start, end in stems for old, _ in paths[_pair(triples[row])][start:end]})
    made: list[Triple] = []
    made_paths: Paths = {}
    for pick in random.integers(len(stems), size=_TRIES * count).tolist() if stems else ():
        row, start, end = stems[pick]
        path, end = _lengthened(paths[_pair(triples[row])], start, end, letters, random)
        path = _changed(path, start, end, between, random)
        new = "".join(old for old, _ in path), "".join(new for _, new in path)
        if new[0] not in known:
            made.append((new[0], triples[row][1], new[1]))
            made_paths[new] = path
        if len(made) == count:
            break
    return made, made_paths


def _lengthened(
    path: Sequence[Step], start: int, end: int, letters: Sequence[str], random: np.random.Generator
) -> tuple[Sequence[Step], int]:
    """The same alignment with letters put into a stem that has few, and where the stem then ends.

    A sample of a few words may have short ones alone (Japanese: two characters); whoever has learned from
    those writes anything from the third letter on.
    """
    if end - start >= _SHORTEST:
        return path, end
    count = _SHORTEST - (end - start) + int(random.integers(_LONGER + 1))
    place = int(random.integers(start, end + 1))
    drawn = [letters[n] for n in random.integers(len(letters), size=count).tolist()]
    return [*path[:place], *((letter, letter) for letter in drawn), *path[place:]], end + count


def _pair(triple: Triple) -> tuple[str, str]:
    return triple[0], triple[2]


def _changed(
    path: Sequence[Step], start: int, end: int, between: Between, random: np.random.Generator
) -> list[Step]:
    """The same alignment with letters of the stem drawn anew, from its beginning to its end."""
    made = list(path)
    for place in range(start, end):
        before = made[place - 1][0] if place else _EDGE
        after = made[place + 1][0] if place + 1 < len(made) else _EDGE
        if random.random() >= _KEPT and (before, after) in between:
            letters, shares = between[before, after]
            letter = letters[int(random.choice(len(letters), p=shares))]
            made[place] = (letter, letter)
    return made


def _between(lemmas: set[str]) -> Between:
    """Letters by their neighbours, with their shares."""
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for lemma in sorted(lemmas):
        padded = [_EDGE, *lemma, _EDGE]
        for before, letter, after in zip(padded, padded[1:], padded[2:], strict=False):
            counts[before, after][letter] += 1
    return {
        place: (list(found), np.array(list(found.values()), float) / found.total())
        for place, found in counts.items()
    }
