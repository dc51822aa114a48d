"""How far is each cell of a language from what was asked for? Rows of data, computed once per request.

A request names some dimensions (`V;PST`: tense), a cell most of them (`V;IND;PST;3;SG`). For each dimension
there are three cases, each a table of rows: the cell says what nobody asked for (`unmarked.tsv`: the third
person singular costs nothing, the plural something, the negative is out); the cell says nothing of what was
asked, or something else (`nearest.tsv`: an inessive asked for and a locative found are close, a past asked
for and a present found never). Costs of the dimensions are added; below `ATTESTED` the cell counts as the
one that was meant.

A paradigm table has few values per dimension and up to thousands of combinations, so the rows are consulted
per value, and the sums over all bundles of the language are one numpy gather per dimension.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lexexpand.morphology.features import POS, Feature, FeatureBundle
from lexexpand.morphology.schema import rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NEVER = 1_000_000
ATTESTED = 10
SILENT, MUTE, MORE, ANY = "-", "0", "+", "*"
_FINITE = ("Verb form", "Tense", "Mood", "Aspect", "Person")

Costs = NDArray[np.int32]
Row = tuple[str, str, str, int]


def bundle_costs(
    wanted: FeatureBundle, values: Mapping[str, Sequence[str]], table: NDArray[np.int16]
) -> Costs:
    """The cost of each bundle of a language for one request.

    Args:
        wanted: The request, in the language's terms.
        values: Per dimension what the language's bundles say there (`""`: nothing), as in the index.
        table: (B, D): per bundle and dimension the number of its value.
    """
    asked = complete(wanted)
    said = asked_values(asked)
    total: Costs = np.zeros(len(table), np.int32)
    group = np.ones(len(table), np.bool_)
    for column, (dimension, known) in enumerate(values.items()):
        if dimension == POS:
            costs = [_pos_cost(asked.pos, text) for text in known]
            group = np.array(costs)[table[:, column]] < NEVER
        else:
            mine = asked.get(dimension)
            mute = not table[group, column].any()
            costs = [_cost(asked.pos or ANY, dimension, mine, _parse(text), said, mute) for text in known]
        if any(costs):
            total += np.array(costs, np.int32)[table[:, column]]
    return np.minimum(total, NEVER)


def complete(wanted: FeatureBundle) -> FeatureBundle:
    """A verb of which nothing is said is asked for in its infinitive."""
    if wanted.pos in ("V", "AUX") and not any(wanted.get(dimension) for dimension in _FINITE):
        return wanted.with_features("NFIN")
    return wanted.flat()


def is_citation(wanted: FeatureBundle) -> bool:
    """Whether a request says nothing that a citation form does not say: `N;SG`, `ADJ`, `V;NFIN`."""
    asked = complete(wanted)
    if asked.pos in ("V", "AUX"):
        return all(str(feature) == "NFIN" for feature in asked.features)
    said = asked_values(asked)
    pos = asked.pos or ANY
    return all(_unasked(pos, f.dimension, choice, said) == 0 for f in asked.features for choice in f.choices)


def asked_values(asked: FeatureBundle) -> frozenset[str]:
    """All values of a request, for rows that hold only beside another value."""
    values = {choice for feature in asked.features for choice in feature.choices}
    return frozenset(values if asked.pos is None else {*values, asked.pos})


@lru_cache(maxsize=4096)
def _parse(text: str) -> tuple[Feature, ...]:
    return FeatureBundle.parse(text).features if text else ()


def _pos_cost(asked: str | None, cell: str) -> int:
    if asked is None or asked == cell:
        return 0
    return _near(POS, asked, cell, frozenset())


@lru_cache(maxsize=1 << 15)
def _cost(
    pos: str,
    dimension: str,
    asked: tuple[Feature, ...],
    cell: tuple[Feature, ...],
    said: frozenset[str],
    mute: bool,
) -> int:
    """The cost of one dimension; `mute`: no cell of this part of speech says anything in it."""
    if not asked:
        if not cell:
            return _unasked(pos, dimension, SILENT, said)
        return sum(_least(_unasked(pos, dimension, choice, said) for choice in _choices(one)) for one in cell)
    if not cell:
        signs = (SILENT, MUTE) if mute else (SILENT,)
        return sum(
            _least(_near(dimension, c, sign, said) for c in one.choices for sign in signs) for one in asked
        )
    total, used = 0, set()
    for one in asked:
        best, place = min((_pair(dimension, one, other, said), number) for number, other in enumerate(cell))
        total += best
        used.add(place)
    for number, other in enumerate(cell):
        if number not in used:
            more = _near(dimension, asked[0].choices[0], MORE, said)
            unasked = _least(_unasked(pos, dimension, choice, said) for choice in _choices(other))
            total += min(more, unasked)
    return total


def _pair(dimension: str, asked: Feature, cell: Feature, said: frozenset[str]) -> int:
    """What was asked for beside what a cell says, in one dimension."""
    if asked.admits(cell):
        return 0
    costs = [NEVER]
    for mine in asked.choices:
        for theirs in _choices(cell):
            if set(mine.split("+")) < set(theirs.split("+")):
                costs.append(_near(dimension, mine, MORE, said))
            costs.append(_near(dimension, mine, theirs, said))
    return min(costs)


def _choices(feature: Feature) -> tuple[str, ...]:
    return (ANY,) if feature.negated else feature.choices


def _least(costs: object) -> int:
    return min(costs)  # type: ignore[call-overload,no-any-return]


@lru_cache(maxsize=1)
def _unmarked_rows() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows("unmarked.tsv"):
        found.setdefault(row["dimension"], []).append(
            (row["pos"], row["with"], row["value"], _number(row["cost"]))
        )
    return found


@lru_cache(maxsize=1)
def _near_rows() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows("nearest.tsv"):
        found.setdefault(row["dimension"], []).append(
            (row["asked"], row["with"], row["cell"], _number(row["cost"]))
        )
    return found


def _number(cost: str) -> int:
    return NEVER if cost == "never" else int(cost)


@lru_cache(maxsize=1 << 14)
def _unasked(pos: str, dimension: str, value: str, said: frozenset[str]) -> int:
    """The row of unmarked.tsv for a value that nobody asked for."""
    group = "V" if pos == "AUX" else pos
    for row_pos, beside, row_value, cost in _unmarked_rows().get(dimension, ()):
        fits = row_value == value or (row_value == ANY and value != SILENT)
        fits = fits or (row_value.endswith("_*") and value.startswith(row_value[:-1]))
        if row_pos in (ANY, group) and fits and (beside == ANY or beside in said):
            return cost
    return 0 if value == SILENT else NEVER


@lru_cache(maxsize=1 << 14)
def _near(dimension: str, asked: str, cell: str, said: frozenset[str]) -> int:
    """The row of nearest.tsv for what was asked and what the cell has; none: a contradiction."""
    for row_asked, beside, row_cell, cost in _near_rows().get(dimension, ()):
        fits = row_cell == cell or (row_cell == ANY and cell not in (SILENT, MUTE, MORE))
        if row_asked in (ANY, asked) and fits and (beside == ANY or beside in said):
            return cost
    return NEVER
