"""May we use it? Licences are SPDX ids, or `NOASSERTION` where upstream states none.

A lexicon's licence travels with every entry into the corpus made from it. So a user filters at the source,

    >>> allowed("CC-BY-SA-3.0", allow=["CC*"], deny=["*-SA-*"])
    False

and every summary shows the marks that bind what is made: `SA` (share alike), `NC` (not for money), `ND` (no
derivatives: what synthesis makes is one), `NOASSERTION` (nobody has said). Which licence binds how is a row
of `data/licences.tsv`; an expression such as `GPL-2.0-only OR CC-BY-4.0` is allowed if one of its choices is.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_TABLE = Path(__file__).parents[1] / "data" / "licences.tsv"


def allowed(licence: str, allow: Sequence[str] = (), deny: Sequence[str] = ()) -> bool:
    """Whether data under `licence` may be used.

    Args:
        licence: An SPDX id, an expression of them with AND or OR, or `NOASSERTION`.
        allow: Patterns (`CC-BY-*`, case does not matter); empty allows all.
        deny: Patterns; a licence that matches one is refused even if it is allowed too.
    """
    return any(
        all(_one_allowed(single, allow, deny) for single in choice.split(" AND "))
        for choice in licence.split(" OR ")
    )


def notes(licence: str) -> tuple[str, ...]:
    """The marks that a summary shows beside the licence: of `NC`, `ND`, `NOASSERTION`, `SA`, sorted."""
    marks = {mark for single in ids(licence) for mark in _marks(single)}
    return tuple(sorted(marks))


def ids(licence: str) -> tuple[str, ...]:
    """The single licences that an expression names."""
    return tuple(part for part in re.split(r"\s+(?:AND|OR)\s+|[()]", licence.strip()) if part)


def is_known(licence: str) -> bool:
    """Whether each id of the expression is one that `data/licences.tsv` lists."""
    return all(any(fnmatchcase(single, row) for row, _ in _rows()) for single in ids(licence))


def _one_allowed(licence: str, allow: Sequence[str], deny: Sequence[str]) -> bool:
    name = licence.strip("() ").lower()

    def matches(patterns: Sequence[str]) -> bool:
        return any(fnmatchcase(name, pattern.strip().lower()) for pattern in patterns)

    return (not allow or matches(allow)) and not matches(deny)


def _marks(licence: str) -> set[str]:
    marks = {mark for pattern, row in _rows() if fnmatchcase(licence, pattern) for mark in row}
    return marks | ({"NC"} if "-NC-" in f"{licence}-" else set())


@cache
def _rows() -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()[1:]
    cells = (line.split("\t") for line in lines)
    return tuple((row[0], tuple(row[1].split(","))) if row[1] else (row[0], ()) for row in cells)
