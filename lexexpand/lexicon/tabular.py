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
    for number, line in enumerate(read_lines(request.path), 1):
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
    languages = {_plain(name): "source" for name in _names(request.source_language)}
    languages.update({_plain(name): "target" for name in _names(request.target)})
    names = [_plain(cell) for cell in cells]
    roles = [languages.get(name) or _roles().get(name, "") for name in names]
    if "source" not in roles or "target" not in roles:
        return None
    twice = {role for role in roles if role and roles.count(role) > 1}
    if twice:
        columns = [c for c, role in zip(cells, roles, strict=True) if role in twice]
        raise FormatError(Where(request.path, 1), f"header: {' and '.join(columns)} mean the same column")
    return tuple(roles)


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
    source, target = place["source"], place["target"]
    need = max(source, target) + 1
    for number, line in cells:
        if len(line) < need or len(line) > max(len(columns), need):
            request.bad(
                number,
                "\t".join(line),
                f"{len(line)} columns, expected {max(len(columns), need)} "
                f"({', '.join(role or '?' for role in columns)}). Is a tab missing?",
            )
            continue
        if request.options.get("unfinished") == "yes" and not line[target].strip():
            continue
        yield Row(
            line[source],
            _cell(line, place.get("upos")),
            line[target],
            _cell(line, place.get("note")),
            number,
            _weight(request, number, _cell(line, place.get("weight"))),
        )


def _cell(line: Sequence[str], index: int | None) -> str:
    return line[index] if index is not None and index < len(line) else ""


def _weight(request: Request, number: int, cell: str) -> float:
    if not cell:
        return 1.0
    try:
        weight = float(cell)
    except ValueError:
        weight = -1.0
    if not 0 < weight < 1e6:
        raise FormatError(Where(request.path, number), f"weight is {cell!r}: it must be a number above 0")
    return weight
