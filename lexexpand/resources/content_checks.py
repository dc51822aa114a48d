"""Checks of what is in the files: encoding, columns, script, labels. One line is read as its kind wants it.

A lexicon's and a paradigm table's words are looked at as text only; what needs to understand entries and
feature bundles is checked by the rooms that read them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import Where
from lexexpand.resources.checks import Subject, check
from lexexpand.resources.spreadsheet import SAVE_WITH_TABS, other_separator
from lexexpand.resources.store import looks_like_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.resources.card import FileRow
    from lexexpand.resources.checks import Place

_NAMES = Path(__file__).parents[1] / "data" / "script_names.tsv"
_TABLES = {"tsv", "gatitos", "starter", "unimorph", ""}  # readers whose files are lines of cells
_LONG = 100_000
_CONLLU_COLUMNS = 10


@check("E301")
def not_utf8(subject: Subject) -> Iterator[Place]:
    """The file is not UTF-8."""
    for _, path in subject.files:
        try:
            path.read_bytes().decode("utf-8")
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            yield Where(path, line), f"byte {error.start}: {error.reason}; save it as UTF-8"


@check("E302")
def control_character(subject: Subject) -> Iterator[Place]:
    """A line has a character that no text has (NUL or another control character)."""
    for path, number, line in _lines(subject):
        if not line.isprintable():
            bad = next(
                (char for char in line if unicodedata.category(char) == "Cc" and char not in "\t\r"), None
            )
            if bad is not None:
                yield Where(path, number, line.index(bad) + 1), f"U+{ord(bad):04X}"


@check("E303")
def empty_file(subject: Subject) -> Iterator[Place]:
    """The file is empty."""
    for row, path in subject.files:
        if row.is_sealed and not path.read_bytes().strip():
            yield Where(path), ""


@check("E304")
def web_page(subject: Subject) -> Iterator[Place]:
    """The file is a web page, not data."""
    for _, path in subject.files:
        with path.open("rb") as file:
            if looks_like_html(file.read(64)):
                yield Where(path, 1), ""


@check("E305")
def too_few_cells(subject: Subject) -> Iterator[Place]:
    """A row has too few cells (a lexicon needs 2, paradigms 3). Is a tab missing?"""
    needed = {"lexicon": 2, "paradigms": 3}.get(subject.card.kind, 0)
    for path, number, cells in _cells(subject):
        if len(cells) < needed:
            yield Where(path, number), repr("\t".join(cells))


@check("E306")
def empty_cell(subject: Subject) -> Iterator[Place]:
    """A word or its translation, a lemma or its form, is empty."""
    needed = {"lexicon": 2, "paradigms": 3}.get(subject.card.kind, 0)
    to_do = {path for row, path in subject.files if row.options.get("unfinished") == "yes"}
    for path, number, cells in _cells(subject):
        places: Sequence[int] = range(needed)
        if needed == 2:
            places = _lexicon_columns(subject, path, len(cells))
            places = places[:1] if path in to_do and len(places) > 1 else places
        words = [cells[place] for place in places if place < len(cells)]
        if len(cells) >= needed and not all(cell.strip() for cell in words):
            yield Where(path, number), repr("\t".join(cells))


@check("E309")
def no_tabs(subject: Subject) -> Iterator[Place]:
    """The cells have commas or semicolons between them where tabs are meant."""
    if subject.card.kind not in {"lexicon", "paradigms"} or subject.card.reader not in _TABLES:
        return
    for row, path in subject.files:
        name = other_separator(subject.lines(path)) if _is_table(row, path) else None
        if name:
            yield Where(path, 1), f"{name}; {SAVE_WITH_TABS}"


@check("E307")
def conllu_columns(subject: Subject) -> Iterator[Place]:
    """A line of CoNLL-U has not ten columns."""
    for row, path in subject.files:
        if subject.card.kind == "labelled" and path.suffix == ".conllu" and row.role == "labelled":
            for number, line in enumerate(subject.lines(path), 1):
                if line.strip() and not line.startswith("#") and line.count("\t") + 1 != _CONLLU_COLUMNS:
                    yield Where(path, number), f"{line.count(chr(9)) + 1} columns"


@check("E308")
def broken_bio(subject: Subject) -> Iterator[Place]:
    """A label I-X follows neither B-X nor I-X."""
    for row, path in subject.files:
        if subject.card.kind != "labelled" or path.suffix not in {".iob2", ".bio"} or row.role != "labelled":
            continue
        before = "O"
        for number, line in enumerate(subject.lines(path), 1):
            label = "O" if not line.strip() or line.startswith("#") else line.split("\t")[-1].strip()
            if label.startswith("I-") and before[2:] != label[2:]:
                yield Where(path, number), f"{label} after {before}"
            before = label


@check("W401")
def other_script(subject: Subject) -> Iterator[Place]:
    """Most words of the file are in another script than its language tag says."""
    for row, path in subject.files:
        if row.language is None or "content" in row.options:
            continue
        letters = Counter(char for line in subject.lines(path) for char in _own_text(subject, row, line))
        scripts: Counter[str] = Counter()
        for char, count in letters.items():
            if char.isalpha():
                scripts[unicodedata.name(char, "?").split(" ")[0].split("-")[0]] += count
        wanted = script_names().get(row.language.script)
        if wanted and scripts and sum(scripts[name] for name in wanted) * 2 < scripts.total():
            most = scripts.most_common(1)[0][0]
            yield Where(path), f"{row.language.script} is expected, most letters are {most}"


@check("W402")
def not_normal(subject: Subject) -> Iterator[Place]:
    """A line is not in the Unicode normal form that the card names."""
    form = subject.card.normal_form
    for path, number, line in _lines(subject):
        if form != "none" and not line.isascii() and not unicodedata.is_normalized(form, line):  # type: ignore[arg-type]
            yield Where(path, number), form


@check("W403")
def repeated_row(subject: Subject) -> Iterator[Place]:
    """A row says what another row of the file has said."""
    seen: dict[tuple[Path, str], int] = {}
    for path, number, cells in _cells(subject):
        first = seen.setdefault((path, "\t".join(cells)), number)
        if first != number:
            yield Where(path, number), f"as line {first}"


@check("W404")
def long_line(subject: Subject) -> Iterator[Place]:
    """A line is longer than 100,000 characters."""
    for path, number, line in _lines(subject):
        if len(line) > _LONG:
            yield Where(path, number), f"{len(line):,} characters"


@check("W405")
def stray_blank(subject: Subject) -> Iterator[Place]:
    """A cell begins or ends with white space, or has an invisible character inside."""
    for path, number, cells in _cells(subject):
        for cell in cells:
            if cell != cell.strip() or "\u200b" in cell or "\ufeff" in cell:
                yield Where(path, number), repr(cell)
                break


@cache
def script_names() -> dict[str, tuple[str, ...]]:
    """ISO 15924 -> the first words of its letters' Unicode names, from `data/script_names.tsv`."""
    lines = _NAMES.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")][1:]
    return {row[0]: tuple(row[1].split(",")) for row in rows}


def _lines(subject: Subject) -> Iterator[tuple[Path, int, str]]:
    for _, path in subject.files:
        for number, line in enumerate(subject.lines(path), 1):
            yield path, number, line


def _cells(subject: Subject) -> Iterator[tuple[Path, int, list[str]]]:
    """The rows of lexicons and paradigm tables that are lines of cells; comments and blank lines left out."""
    card = subject.card
    if card.kind not in {"lexicon", "paradigms"} or card.reader not in _TABLES:
        return
    for row, path in subject.files:
        if row.role != "data" or "content" in row.options:
            continue
        delimiter = row.delimiter
        if _is_table(row, path) and other_separator(subject.lines(path)):  # which is E309
            continue
        for number, line in enumerate(subject.lines(path), 1):
            if line.strip() and not line.startswith("# "):
                yield path, number, line.rstrip("\r").split(delimiter)


def _is_table(row: FileRow, path: Path) -> bool:
    """Whether the file must have tabs."""
    return (
        row.role == "data"
        and "content" not in row.options
        and row.delimiter == "\t"
        and (path.suffix.lower() != ".csv")
    )


def _lexicon_columns(subject: Subject, path: Path, width: int) -> Sequence[int]:
    """Where word and translation stand: by the header, else by how many cells there are."""
    first = next((line for line in subject.lines(path) if "\t" in line), "").lower().split("\t")
    if "source" in first or "target" in first:
        return [first.index(name) for name in ("source", "target") if name in first]
    return (0, 2 if width > 3 else width - 1)


def _own_text(subject: Subject, row: FileRow, line: str) -> str:
    """The part of a line that is in the row's language; no remark."""
    if row.role == "transfer" or (line.lstrip('"').startswith("#") and "\t" not in line):
        return ""
    cells = line.split(row.delimiter)
    if subject.card.kind == "lexicon" and subject.card.reader in _TABLES:
        if row.options.get("columns") == "swapped":
            return cells[0]
        if {"source", "target"} <= {cell.strip().lower() for cell in cells}:  # the header
            return ""
        return cells[2] if len(cells) > 2 else cells[-1]
    if subject.card.kind == "paradigms":
        return "".join(cells[:2])
    return line if row.role in {"text", "labelled"} and "\t" not in line else ""
