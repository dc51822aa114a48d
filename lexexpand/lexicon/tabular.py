"""Dictionaries as tables: TSV and CSV of two to five columns, with a header or without, and GATITOS.

    house <TAB> hús                                  two columns: word, translation
    house <TAB> noun <TAB> hús <TAB> building        up to four: word, part of speech, translation, note
    source <TAB> upos <TAB> target <TAB> weight      a header names the columns, in any order

Without a header the second of three columns is a part of speech if nine in ten of its cells are known as one.
"""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, FormatError, Where
from lexexpand.lexicon.decode import read_lines
from lexexpand.lexicon.pos import is_known
from lexexpand.lexicon.rows import MAX_CELL, Request, Row
from lexexpand.resources.spreadsheet import (
    SAVE_WITH_TABS,
    other_separator,
    unquoted,
    without_empty_end,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.language import Language

HEADER_NAMES = {
    "source": "source english source_word headword src word lemma_source",
    "upos": "upos pos part_of_speech partofspeech word_class wordclass category",
    "target": "target translation target_word trans gloss equivalent",
    "weight": "weight score frequency",
    "note": "note notes comment comments remark sense",
}
"""What a header may call a column. The name or tag of either language does as well."""


def read_table(request: Request) -> Iterator[Row]:
    """Rows of a TSV or CSV file of two to five columns, with a header or without."""
    cells = _csv_cells(request) if _delimiter(request) != "\t" else _tsv_cells(request)
    first = next(cells, None)
    if first is None:
        return
    columns = _header(request, first[1])
    if columns is None:
        sample = [first]
        sample.extend(pair for pair, _ in zip(cells, range(200), strict=False))
        columns = _guess(request, sample)
        yield from _rows(request, iter(sample), columns)
    yield from _rows(request, cells, columns)


def read_gatitos(request: Request) -> Iterator[Row]:
    """Rows of `word TAB translation`; with the option `columns=swapped`, of `translation TAB word`."""
    swapped = request.options.get("columns") == "swapped"
    for number, line in enumerate(read_lines(request.path), 1):
        source, tab, target = line.partition("\t")
        if not tab or "\t" in target:
            if line:
                request.bad(number, line, f"{line.count(chr(9)) + 1} columns, expected 2 (word, translation)")
            continue
        if len(line) > MAX_CELL:
            request.bad(number, line, _too_long(line))
            continue
        yield Row(target, "", source, "", number) if swapped else Row(source, "", target, "", number)


_PASSED_OVER = ("covers", "example")
"""Columns that `lexexpand init` writes for whoever fills the others."""


@cache
def _roles() -> dict[str, str]:
    return {name: role for role, names in HEADER_NAMES.items() for name in names.split()}


def _delimiter(request: Request) -> str:
    """The option `delimiter`, else a tab, or for .csv the likelier of comma and semicolon."""
    named = request.options.get("delimiter")
    if named:
        return {"tab": "\t", "comma": ",", "semicolon": ";"}.get(named, named)
    if request.path.suffix.lower() != ".csv":
        return "\t"
    lines = read_lines(request.path)[:20]
    return max(",;\t", key=lambda sign: sum(sign in line for line in lines))


def _tsv_cells(request: Request) -> Iterator[tuple[int, list[str]]]:
    lines = read_lines(request.path)
    name = other_separator(lines)
    if name is not None and _is_header(request, lines[0].replace('"', "").replace(";", ",").split(",")):
        raise FormatError(Where(request.path, 1), f"cells with {name} between: {SAVE_WITH_TABS}")
    for number, line in enumerate(unquoted(lines), 1):
        if len(line) > MAX_CELL and max(map(len, line.split("\t"))) > MAX_CELL:
            request.bad(number, line, _too_long(line))
        elif line and not line.isspace() and not _is_remark(line):
            yield number, line.split("\t")


def _csv_cells(request: Request) -> Iterator[tuple[int, list[str]]]:
    lines = (line + "\n" for line in read_lines(request.path))
    reader = csv.reader(lines, delimiter=_delimiter(request), strict=True, skipinitialspace=True)
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FormatError(Where(request.path, before + 1), f"not CSV: {error}") from error
        if cells is None:
            return
        number, before = before + 1, reader.line_num
        if any(len(cell) > MAX_CELL for cell in cells):
            request.bad(number, cells[0], _too_long(max(cells, key=len)))
        elif any(cells) and not (len(cells) == 1 and _is_remark(cells[0])):
            yield number, cells


def _is_remark(line: str) -> bool:
    """`# like this`; a line with a tab is an entry, if of the sign itself."""
    return line.startswith("#") and "\t" not in line


def _too_long(line: str) -> str:
    return (
        f"{len(line):,} characters in a line or cell: a dictionary's have at most {MAX_CELL:,}. "
        "Is a line end missing?"
    )


def _header(request: Request, cells: Sequence[str]) -> tuple[str, ...] | None:
    """The role of each column by the first line, or None where that line is an entry."""
    roles = _roles_of(request, cells)
    missing = {"source", "target"}.difference(roles)
    if missing:
        if not _is_header(request, cells):
            return None
        message = f"the header has no column {' and no column '.join(sorted(missing))}: {', '.join(cells)}"
        raise FormatError(Where(request.path, 1), message)
    twice = {role for role in roles if role and roles.count(role) > 1}
    if twice:
        columns = [c for c, role in zip(cells, roles, strict=True) if role in twice]
        raise FormatError(Where(request.path, 1), f"header: {' and '.join(columns)} mean the same column")
    return tuple(roles)


def _roles_of(request: Request, cells: Sequence[str]) -> list[str]:
    """What each cell of a header means, empty for what is not known."""
    languages = {_plain(name): "source" for name in _names(request.source_language)}
    languages.update({_plain(name): "target" for name in _names(request.target)})
    names = [_plain(cell) for cell in cells]
    return [languages.get(name) or _roles().get(name, "") for name in names]


def _is_header(request: Request, cells: Sequence[str]) -> bool:
    """Whether a line is a header, though it may lack a column: three names that we know, or these two."""
    found = set(_roles_of(request, cells)) - {""}
    return len(found) > 2 or {"source", "target"} <= found or ("upos" in found and len(found) > 1)


def unknown_columns(request: Request, cells: Sequence[str]) -> list[str]:
    """The names in a header that mean nothing to us; none where the line is no header."""
    if not _is_header(request, cells):
        return []
    roles = _roles_of(request, cells)
    unknown = (cell.strip() for cell, role in zip(cells, roles, strict=True) if not role)
    return [name for name in unknown if name and _plain(name) not in _PASSED_OVER]


def _plain(name: str) -> str:
    return name.strip().strip('"').lower().replace(" ", "_").replace("-", "_")


@cache
def _names(language: Language) -> tuple[str, ...]:
    from lexexpand.language import display_name

    return (language.iso, str(language), display_name(language))


def _guess(request: Request, sample: Sequence[tuple[int, list[str]]]) -> tuple[str, ...]:
    """The columns of a file without a header: by the option `columns`, else by how many there are."""
    named = request.options.get("columns")
    if named and named != "swapped":
        columns = tuple(named.split(","))
        if not {"source", "target"} <= set(columns):
            raise ConfigError(
                f"columns={named!r}: must name source and target, such as source,upos,target,note"
            )
        return columns
    width = max(len(cells) for _, cells in sample)
    tags = [cells[1].strip() for _, cells in sample if len(cells) > 2]
    has_tags = len(tags) > 0 and sum(tag == "" or is_known(tag) for tag in tags) >= 0.9 * len(tags)
    if width > 4 or (width > 2 and not has_tags and width != 3):
        line = sample[0][0]
        message = f"{width} columns and no header: put one first, such as source, upos, target, note"
        raise FormatError(Where(request.path, line), message)
    columns = (
        ("source", "upos", "target", "note")[:width] if has_tags else ("source", "target", "note")[:width]
    )
    if named == "swapped":
        other = {"source": "target", "target": "source"}
        columns = tuple(other.get(column, column) for column in columns)
    return columns


def _rows(
    request: Request, cells: Iterator[tuple[int, list[str]]], columns: tuple[str, ...]
) -> Iterator[Row]:
    place = {role: index for index, role in enumerate(columns) if role}
    if len(columns) < 2:
        place = {"source": 0, "target": 1}
    need = max(place["source"], place["target"]) + 1
    for number, line in cells:
        line = without_empty_end(line, len(columns))
        wrong = _wrong_width(len(line), need, columns)
        if wrong:
            (request.skip if request.is_unfinished and len(line) < need else request.bad)(
                number, "\t".join(line), wrong
            )
            continue
        if request.is_unfinished and not line[place["target"]].strip():
            continue
        weight = _weight(request, number, line, place.get("weight"))
        if weight is not None:
            upos, note = _cell(line, place.get("upos")), _cell(line, place.get("note"))
            yield Row(line[place["source"]], upos, line[place["target"]], note, number, weight)


def _wrong_width(width: int, need: int, columns: Sequence[str]) -> str:
    """What is wrong with a row of so many cells; empty if nothing is."""
    names = [role or "?" for role in columns]
    if width < need:
        names = names[:need]
        return f"{width} columns, expected at least {need} ({', '.join(names)}). Is a tab missing?"
    if width > max(len(columns), need):
        return f"{width} columns, expected at most {max(len(columns), need)} ({', '.join(names)})"
    return ""


def _cell(line: Sequence[str], index: int | None) -> str:
    return line[index] if index is not None and index < len(line) else ""


def _weight(request: Request, number: int, line: Sequence[str], index: int | None) -> float | None:
    """The weight of a row; None, with a note, where it is none."""
    cell = _cell(line, index).strip()
    if not cell:
        return 1.0
    try:
        weight = float(cell)
    except ValueError:
        weight = -1.0
    if 0 < weight < 1e6:
        return weight
    point = cell.replace(",", ".", 1)
    hint = f"; write {point}" if point != cell and point.replace(".", "", 1).isdecimal() else ""
    request.bad(number, "\t".join(line), f"weight is {cell!r}: it must be a number above 0{hint}")
    return None
