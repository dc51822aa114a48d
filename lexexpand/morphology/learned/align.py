"""Which letters of a lemma stand behind which letters of its form?

One-to-one or to nothing, in order: the cheapest path of copies, substitutions, deletions and insertions,
whose costs are learned from the pairs themselves (a memoryless stochastic transducer, Ristad & Yianilos 1998,
trained on best paths). Thus Hebrew vowels find vowels and consonants consonants, and a prefix is a run of
insertions and no patchwork.

All pairs take a step of the dynamic programme at once, in groups of like length: 10,000 pairs in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

Step = tuple[str, str]
"""A letter of the lemma and one of the form; one of them may be empty."""

ROUNDS = 5
_GROUP = 2048
_FAR = 1e9
_BOTH, _DELETE, _INSERT = 1, 2, 3
_START = (0.0, 2.2, 1.2)  # of a copy, a substitution, a deletion or insertion, before anything is learned
_SMALL = 0.02


def align(pairs: Sequence[tuple[str, str]], rounds: int = ROUNDS) -> list[list[Step]]:
    """Best paths from lemmas to forms, after `rounds` rounds of learning the costs."""
    letters = {letter: n for n, letter in enumerate(sorted({c for pair in pairs for c in pair[0] + pair[1]}))}
    groups = list(_groups(pairs, letters))
    costs = _Costs.first(len(letters))
    for _ in range(rounds):
        counts = _Costs.empty(len(letters))
        for group in groups:
            for step in _walk(group, costs):
                counts.count(group, *step)
        costs = counts.costs()
    paths: list[list[Step]] = [[] for _ in pairs]
    for group in groups:
        steps = list(_walk(group, costs))
        for place, number in enumerate(group.numbers.tolist()):
            lemma, form = pairs[number]
            for kind, i, j in steps:
                if kind[place]:
                    a = lemma[i[place] - 1] if kind[place] != _INSERT else ""
                    b = form[j[place] - 1] if kind[place] != _DELETE else ""
                    paths[number].append((a, b))
            paths[number].reverse()
    return paths


@dataclass(frozen=True, slots=True)
class _Group:
    """Pairs of like length: their numbers (B,), letters (B, I), (B, J), and lengths (B,)."""

    numbers: NDArray[np.int64]
    lemma: NDArray[np.int64]
    form: NDArray[np.int64]
    lemma_size: NDArray[np.int64]
    form_size: NDArray[np.int64]


def _groups(pairs: Sequence[tuple[str, str]], letters: dict[str, int]) -> Iterator[_Group]:
    order = sorted(range(len(pairs)), key=lambda n: (len(pairs[n][1]), len(pairs[n][0])))
    for start in range(0, len(order), _GROUP):
        numbers = order[start : start + _GROUP]
        sides = [[pairs[n][side] for n in numbers] for side in (0, 1)]
        tables = []
        for side in sides:
            table = np.zeros((len(side), max(map(len, side))), np.int64)
            for row, word in zip(table, side, strict=True):
                row[: len(word)] = [letters[c] for c in word]
            tables.append(table)
        sizes = [np.array(list(map(len, side)), np.int64) for side in sides]
        yield _Group(np.array(numbers), tables[0], tables[1], sizes[0], sizes[1])


@dataclass(frozen=True, slots=True)
class _Costs:
    """Of writing a letter for another (L, L), of leaving one out (L,), of adding one (L,)."""

    both: NDArray[np.float64]
    delete: NDArray[np.float64]
    insert: NDArray[np.float64]

    @classmethod
    def first(cls, size: int) -> _Costs:
        copy, other, gap = _START
        both = np.full((size, size), other)
        np.fill_diagonal(both, copy)
        return cls(both, np.full(size, gap), np.full(size, gap))

    @classmethod
    def empty(cls, size: int) -> _Costs:
        return cls(np.full((size, size), _SMALL), np.full(size, 5 * _SMALL), np.full(size, 5 * _SMALL))

    def count(
        self, group: _Group, kind: NDArray[np.int8], i: NDArray[np.int64], j: NDArray[np.int64]
    ) -> None:
        rows = np.arange(len(kind))
        a, b = group.lemma[rows, np.maximum(i - 1, 0)], group.form[rows, np.maximum(j - 1, 0)]
        np.add.at(self.both, (a[kind == _BOTH], b[kind == _BOTH]), 1)
        np.add.at(self.delete, a[kind == _DELETE], 1)
        np.add.at(self.insert, b[kind == _INSERT], 1)

    def costs(self) -> _Costs:
        """Negative logarithms of the shares. A copy costs no more than that of an average letter."""
        whole = self.both.sum() + self.delete.sum() + self.insert.sum()
        both = -np.log(self.both / whole)
        mean = -np.log(np.trace(self.both) / whole / len(self.both))
        np.fill_diagonal(both, np.minimum(np.diag(both), mean))
        return _Costs(both, -np.log(self.delete / whole), -np.log(self.insert / whole))


def _walk(
    group: _Group, costs: _Costs
) -> Iterator[tuple[NDArray[np.int8], NDArray[np.int64], NDArray[np.int64]]]:
    """The best paths from their ends, a step of all pairs at a time: its kind (0: done), places behind it."""
    came = _table(group, costs)
    rows = np.arange(len(group.numbers))
    i, j = group.lemma_size.copy(), group.form_size.copy()
    while (i + j).any():
        kind = np.where(i + j > 0, came[rows, i, j], 0).astype(np.int8)
        yield kind, i.copy(), j.copy()
        i -= (kind == _BOTH) | (kind == _DELETE)
        j -= (kind == _BOTH) | (kind == _INSERT)


def _table(group: _Group, costs: _Costs) -> NDArray[np.int8]:
    """How each cell of the programme is best reached: (B, I + 1, J + 1)."""
    size, width = group.lemma.shape[1] + 1, group.form.shape[1] + 1
    cost = np.full((size, width, len(group.numbers)), _FAR)
    came = np.zeros((len(group.numbers), size, width), np.int8)
    cost[0, 0] = 0
    for i in range(size):
        for j in range(width):
            if not i and not j:
                continue
            ways = np.full((3, len(group.numbers)), _FAR)
            if i and j:
                ways[0] = cost[i - 1, j - 1] + costs.both[group.lemma[:, i - 1], group.form[:, j - 1]]
            if i:
                ways[1] = cost[i - 1, j] + costs.delete[group.lemma[:, i - 1]]
            if j:
                ways[2] = cost[i, j - 1] + costs.insert[group.form[:, j - 1]]
            best = ways.argmin(axis=0)
            cost[i, j] = np.take_along_axis(ways, best[None], axis=0)[0]
            came[:, i, j] = best + 1
    return came
