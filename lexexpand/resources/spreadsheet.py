"""What spreadsheets do to a table of tabs: every cell in quotes, or commas and semicolons for tabs.

The first is undone in reading, the second is told once: which of the signs part cells cannot be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SAVE_WITH_TABS = (
    "save it with tabs (LibreOffice: Save As, Text CSV, Edit filter settings, field delimiter {Tab}, UTF-8; "
    "Excel: Unicode Text)"
)


def unquoted(lines: Sequence[str]) -> Sequence[str]:
    r"""The lines; without quotes around cells, where the first row has them around all that is filled.

    >>> unquoted(['"source"\t"target"', '"house"\t', 'dog\thundur'])
    ['source\ttarget', 'house\t', 'dog\thundur']
    """
    first = next((line for line in lines if "\t" in line), "")
    cells = [cell.strip() for cell in first.split("\t") if cell.strip()]
    if not cells or not all(map(_is_quoted, cells)):
        return lines
    return ["\t".join(map(_bare, line.split("\t"))) for line in lines]


def other_separator(lines: Sequence[str]) -> str | None:
    """`commas` or `semicolons` where they, and no tabs, stand in the rows of a table; else None."""
    rows = [line for line in lines if line.strip() and not line.lstrip('"').startswith("#")]
    if not rows or any("\t" in line for line in rows[:200]):
        return None
    for sign, name in ((";", "semicolons"), (",", "commas")):
        if rows[0].count(sign) and sum(sign in line for line in rows) * 10 >= len(rows) * 9:
            return name
    return None


def without_empty_end(cells: list[str], width: int) -> list[str]:
    """The cells without empty ones behind the first `width`: columns of a spreadsheet that nobody filled."""
    end = len(cells)
    while end > width and not cells[end - 1].strip():
        end -= 1
    return cells[:end]


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def _bare(cell: str) -> str:
    text = cell.strip()
    return text[1:-1].replace('""', '"') if _is_quoted(text) else cell
