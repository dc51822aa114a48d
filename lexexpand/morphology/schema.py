"""The rows behind feature bundles: which value belongs to which dimension, and what old names mean.

Three tables of the package's data are read here, once: `unimorph_schema.tsv` (dimension, value, meaning:
the order of the rows is the canonical order; a value `~…` is a regular expression for a family such as
`PSS3S`), `unimorph_aliases.tsv` (language or `*`, part of speech or `*`, written, meant, note) and
`unmarked.tsv` (read by `inflect`). Language codes stand in the rows, never in code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN = "unknown"
_FORMS_OF_VERBS = "V."
Alias = tuple[str, frozenset[str], tuple[str, ...]]


@lru_cache(maxsize=16)
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table of the package's data, by the names of its header."""
    text = resources.files("lexexpand").joinpath("data", name).read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    header = lines[0].split("\t")
    return tuple(dict(zip(header, line.split("\t"), strict=False)) for line in lines[1:])


@lru_cache(maxsize=1)
def _exact() -> dict[str, tuple[str, int]]:
    return {row["value"]: (row["dimension"], place) for place, row in enumerate(rows("unimorph_schema.tsv"))}


@lru_cache(maxsize=1)
def _families() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = [row for row in rows("unimorph_schema.tsv") if row["value"].startswith("~")]
    return tuple((re.compile(row["value"][1:]), row["dimension"]) for row in found)


@lru_cache(maxsize=1)
def dimensions() -> tuple[str, ...]:
    """The dimensions in canonical order, `unknown` last."""
    return (*dict.fromkeys(row["dimension"] for row in rows("unimorph_schema.tsv")), UNKNOWN)


@lru_cache(maxsize=1)
def _dimension_places() -> dict[str, int]:
    return {name: place for place, name in enumerate(dimensions())}


@lru_cache(maxsize=8192)
def dimension_of(value: str) -> str:
    """The dimension of a value, `unknown` for one that the schema does not have."""
    if value in _exact():
        return _exact()[value][0]
    for pattern, dimension in _families():
        if pattern.fullmatch(value):
            return dimension
    return UNKNOWN


def order_of(dimension: str, value: str) -> tuple[int, int]:
    """Where a value stands in canonical order: place of its dimension, place of the value."""
    place = _exact().get(value, ("", len(_exact())))[1]
    return _dimension_places().get(dimension, len(_dimension_places())), place


def suggestions(value: str) -> list[str]:
    """Values of the schema that look like `value`, for error messages."""
    from difflib import get_close_matches

    known = [name for name in _exact() if not name.startswith("~")]
    return get_close_matches(value.upper(), known, n=3, cutoff=0.5)


@lru_cache(maxsize=64)
def _aliases(language: str | None) -> tuple[dict[frozenset[str], tuple[str, ...]], tuple[Alias, ...]]:
    """Aliases of whole bundles (written with `=`), and of values; a language's own rows come first."""
    wanted = {"*", language}
    chosen = [row for row in rows("unimorph_aliases.tsv") if row["language"] in wanted]
    chosen.sort(key=lambda row: row["language"] == "*")
    whole, parts = {}, []
    for row in chosen:
        written, meant = frozenset(row["written"].lstrip("=").split(";")), tuple(row["meant"].split(";"))
        if row["written"].startswith("="):
            whole[written] = meant
        else:
            parts.append((row["pos"], written, meant))
    return whole, tuple(parts)


def expand(values: Sequence[str], language: str | None) -> list[str]:
    """Replace aliases; add the part of speech that a form of verbs implies; mend case (`ArgNO3S`)."""
    found = [value if dimension_of(value) != UNKNOWN else _upper(value) for value in values]
    pos = _pos_of(found)
    whole = _aliases(language)[0].get(frozenset(found))
    if whole:
        found = list(whole)
    for wanted, written, meant in _aliases(language)[1]:
        if written <= set(found) and wanted in ("*", pos) and set(meant) != written:
            found = [value for value in found if value not in written] + list(meant)
    if _pos_of(found) == "V" and "V" not in found:
        found.append("V")
    return list(dict.fromkeys(found))


def _upper(value: str) -> str:
    upper = value.upper()
    return upper if upper.isalnum() and dimension_of(upper) != UNKNOWN else value


def _pos_of(values: Sequence[str]) -> str | None:
    for value in values:
        if value.startswith(_FORMS_OF_VERBS):
            return "V"
        if dimension_of(value) == "Part of speech":
            return value
    return None
