"""Rows of the package's own data: cleaning rules, look-alike letters, parts of speech, weights.

Each is a TSV with a header in `lexexpand/data/`, read once. A line that starts with `#` is a remark.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lexexpand.errors import FormatError, Where

_DATA = Path(__file__).parents[1] / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.tsv`, each a mapping of column to cell.

    Raises:
        FormatError: A row has another number of cells than the header.
    """
    path = _DATA / f"{name}.tsv"
    numbered = [
        (number, line.split("\t"))
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1)
        if line.strip() and not line.startswith("#")
    ]
    header = numbered[0][1]
    for number, cells in numbered[1:]:
        if len(cells) != len(header):
            raise FormatError(
                Where(path, number), f"{len(cells)} cells, expected {len(header)}: {', '.join(header)}"
            )
    return tuple(dict(zip(header, cells, strict=True)) for _, cells in numbered[1:])


def data_bytes(names: tuple[str, ...]) -> bytes:
    """The bytes of several tables, for a digest of everything that a result depends on."""
    return b"\0".join((_DATA / f"{name}.tsv").read_bytes() for name in names)
