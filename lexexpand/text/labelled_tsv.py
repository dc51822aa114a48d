"""Tables with a header: a sentence and perhaps its label a row.

    text            label              ours
    index_id        category  text     SIB-200
    id,text,label                      NusaX (commas, quoted as in RFC 4180)
    tweet           label              AfriSenti (with an ID before them in some languages)

Which columns to take is looked up in rows of known headers, or named by the user. Tabs are never quoted, but
a cell that is quoted as a whole (`"He said ""go""."`, SIB-200) is unquoted.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, FormatError
from lexexpand.text.lines import UNREADABLE, SourceFile, read_lines
from lexexpand.text.plain import Row, text_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.text.block import Block
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

TEXT_COLUMNS = ("text", "sentence", "tweet", "utterance", "content")
LABEL_COLUMNS = ("label", "category", "topic", "sentiment", "class")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_BREAKS = re.compile(r"[\r\n]+")
Numbered = tuple[int, list[str]]


def read_table(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Block]:
    """Read the text and label columns of tables.

    Args:
        files: read in order; all have a label column, or none has.
        options: language, names of the columns, and whether broken rows are skipped.
        report: counts `rows without text`.

    Raises:
        ConfigError: A named column is not in a header, or only some files have labels.
    """
    labelled = [_label_column(file, header, options) is not None for file, header in _headers(files)]
    if len(set(labelled)) > 1:
        raise ConfigError("some of the tables have a label column and some have none: read them apart")
    rows = (row for index, file in enumerate(files) for row in _rows(index, file, options, report))
    return text_blocks(rows, options.language, labelled=any(labelled))


def _headers(files: Sequence[SourceFile]) -> Iterator[tuple[SourceFile, list[str]]]:
    from lexexpand.text.report import ReadReport

    for file in files:
        for _, cells in _cells(file, ReadReport(), skip_bad=True):
            yield file, cells
            break


def _rows(index: int, file: SourceFile, options: ReadOptions, report: ReadReport) -> Iterator[Row]:
    cells = _cells(file, report, skip_bad=options.skip_bad)
    header = next(cells, (0, []))[1]
    if not header:
        return
    text_at = _text_column(file, header, options)
    label_at = _label_column(file, header, options)
    for number, row in cells:
        problem = None
        if len(row) != len(header):
            problem = f"{len(row)} columns, expected {len(header)} ({', '.join(header)})"
        elif label_at is not None and not row[label_at].strip():
            problem = f"the label ({header[label_at]}) is empty"
        if problem:
            report.reject(FormatError(file.where(number), problem), skip_bad=options.skip_bad)
            continue
        text = _BREAKS.sub(" ", row[text_at])
        if not text or text.isspace():
            report.count("rows without text")
            continue
        yield text, number, index, None if label_at is None else row[label_at].strip()


def _cells(file: SourceFile, report: ReadReport, *, skip_bad: bool) -> Iterator[Numbered]:
    """The rows of a table with the line each starts on; blank lines are passed over."""
    numbered = (
        (number, line)
        for first, lines in read_lines(file, report, skip_bad=skip_bad)
        for number, line in enumerate(lines, first)
        if line != UNREADABLE
    )
    name = Path(file.name.removesuffix(".gz"))
    if name.suffix.lower() == ".csv":
        return _comma_rows(file, numbered, report, skip_bad)
    return (
        (number, [_unquote(cell) for cell in line.split("\t")]) for number, line in numbered if line.strip()
    )


def _comma_rows(
    file: SourceFile, numbered: Iterator[tuple[int, str]], report: ReadReport, skip_bad: bool
) -> Iterator[Numbered]:
    at = [0]

    def lines() -> Iterator[str]:
        for number, line in numbered:
            at[0] = number
            yield line + "\n"

    csv.field_size_limit(1 << 30)
    reader = csv.reader(lines(), strict=True)
    while True:
        start = at[0] + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fault = FormatError(file.where(start), f"not a row of comma-separated values: {error}")
            fault.__cause__ = error
            report.reject(fault, skip_bad=skip_bad)
            continue
        if row:
            yield start, row


def _unquote(cell: str) -> str:
    quoted = _QUOTED.fullmatch(cell) if cell[:1] == '"' else None
    return quoted[1].replace('""', '"') if quoted else cell


def _text_column(file: SourceFile, header: list[str], options: ReadOptions) -> int:
    found = _column(file, header, options.text_column, TEXT_COLUMNS)
    if found is None:
        names = ", ".join(header)
        message = (
            f"no column of the header ({names}) is known to hold text. "
            "Name it with --text-column, or add a header"
        )
        raise FormatError(file.where(1), message)
    return found


def _label_column(file: SourceFile, header: list[str], options: ReadOptions) -> int | None:
    return _column(file, header, options.label_column, LABEL_COLUMNS)


def _column(file: SourceFile, header: list[str], named: str | None, known: tuple[str, ...]) -> int | None:
    names = [name.strip().lower() for name in header]
    if named is not None:
        if named.strip().lower() not in names:
            raise ConfigError(f"{file.name}: there is no column {named!r}. There are: {', '.join(header)}")
        return names.index(named.strip().lower())
    return next((names.index(name) for name in known if name in names), None)
