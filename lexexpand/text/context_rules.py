"""Which of its parts of speech has a word here? Its neighbours vote.

    to plans    a place     to  PART     plans NOUN
    she plans   a party     she PRON     plans VERB

A rule is a row of data: a template, the values that its cells must have, and votes for tags.

    stage  template  values           votes
    1      c-1       w:the            NOUN.sg=31 VERB.inf=-44 ...
    2      t-1,t+1   DET NOUN.sg      ADJ.pos=22 ...

A cell is a column and an offset: `c` the class of the form (`Priors.class_names`), `h` its shape and setting,
`t` the tag chosen for it so far, `l` the last verb to the left and how far off it is. Stage 1 sees no tags;
each sweep of stage 2 adds the votes of rules over the tags of the sweep before. All tokens of a block are
decided at once, in whole numbers, and no rule looks beyond a sentence: how a text is cut into blocks does not
matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

REACH = 3
"""How far a rule may look; so many empty places stand between sentences."""
_FAR = 4


@dataclass(frozen=True, slots=True)
class Cell:
    """A column and where it is read, relative to the token."""

    column: str
    offset: int


def parse_template(text: str) -> tuple[Cell, ...]:
    """`c0,t-1` -> the class of the token itself and the tag before it."""
    return tuple(Cell(part[0], int(part[1:])) for part in text.split(","))


class Layout:
    """Sentences laid out in a row with `REACH` empty places around each: a shift never leaves a sentence."""

    def __init__(self, offsets: NDArray[np.int64]) -> None:
        lengths = np.diff(offsets)
        shift = np.repeat(np.arange(1, len(lengths) + 1) * REACH, lengths)
        self.place = np.arange(len(shift)) + shift
        self.size = len(shift) + (len(lengths) + 1) * REACH
        self.start = np.repeat(offsets[:-1] + np.arange(1, len(lengths) + 1) * REACH, lengths)

    def spread(self, values: NDArray[np.integer]) -> NDArray[np.int32]:
        """Values of tokens (from 1) to places; 0 where no token is."""
        column = np.zeros(self.size, np.int32)
        column[self.place] = values
        return column

    def last_verbs(self, tags: NDArray[np.integer], verbal: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Of each place: the last verb to the left in its sentence and how far, as one number; 0 for none."""
        column = self.spread(tags + 1)
        marks = np.zeros(self.size, np.int64)
        at = self.place[verbal[tags]]
        marks[at] = at
        last = np.maximum.accumulate(marks)
        last = np.concatenate((marks[:1], last[:-1]))[self.place]
        near = np.minimum(self.place - last, _FAR)
        found = (last >= self.start) & (last > 0)
        return self.spread(np.where(found, column[last] * (_FAR + 1) + near, 0))


class Rules:
    """The rules of one template, as one table from values to votes."""

    def __init__(
        self, template: str, sizes: Mapping[str, int], rows: Mapping[tuple[int, ...], NDArray[np.int16]]
    ) -> None:
        self.cells = parse_template(template)
        self._sizes = [sizes[cell.column] for cell in self.cells]
        self._row = np.zeros(int(np.prod(self._sizes)), np.int16)
        for number, values in enumerate(rows, 1):
            self._row[np.ravel_multi_index(values, self._sizes)] = number
        some = next(iter(rows.values()))
        self._votes = np.stack([np.zeros_like(some), *rows.values()])

    def add_votes(
        self, votes: NDArray[np.int16], columns: Mapping[str, NDArray[np.int32]], place: NDArray[np.int64]
    ) -> None:
        """Add to `votes` [A, K] what the rules say of the tokens at `place` [A]."""
        key = np.zeros(len(place), np.int32)
        for cell, size in zip(self.cells, self._sizes, strict=True):
            key *= size
            key += columns[cell.column][place + cell.offset]
        votes += self._votes[self._row[key]]


def apply_rules(
    rules: Sequence[Rules],
    votes: NDArray[np.int16],
    columns: Mapping[str, NDArray[np.int32]],
    place: NDArray[np.int64],
) -> NDArray[np.int16]:
    """The votes and those of the rules together, [A, K]."""
    total = votes.copy()
    for rule in rules:
        rule.add_votes(total, columns, place)
    return total
