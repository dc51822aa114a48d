"""What can be wrong with a dictionary: checks E5xx and W6xx of `lexexpand pack check`.

Each looks at the files of a lexicon pack that are at hand, with the same readers and rules that loading
uses, so that a pack which passes is a pack that loads. The first line of a docstring is what the user
reads.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError, LexexpandError, Where
from lexexpand.language import default_source
from lexexpand.lexicon.cleaning import Cleaner
from lexexpand.lexicon.pos import is_known
from lexexpand.lexicon.readers import READERS, get_reader, sniff
from lexexpand.lexicon.rows import Request, Row
from lexexpand.lexicon.rules import profiles
from lexexpand.lexicon.scripts import dominant_script, script_names
from lexexpand.resources.checks import Subject, check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.resources.card import Card, FileRow
    from lexexpand.resources.checks import Place

_SLIPS = frozenset({"definition", "gloss-definition", "undefined", "stray-name", "empty", "half-bracket"})


@check("E501")
def unknown_reader(subject: Subject) -> Iterator[Place]:
    """The card names a reader that there is not."""
    card = subject.card
    if card.kind == "lexicon" and card.reader and card.reader not in READERS:
        yield Where(card.folder / "pack.toml"), f"{card.reader}; there are {', '.join(READERS)}"


@check("E502")
def broken_line(subject: Subject) -> Iterator[Place]:
    """A line of a dictionary cannot be read."""
    for row, path in _dictionaries(subject):
        try:
            _, broken = _request(subject.card, row, path)
        except FormatError as error:
            yield error.where, error.message
        except LexexpandError as error:
            yield Where(path), str(error)
        else:
            for number, line in broken:
                yield Where(path, number), repr(line[:80])


@check("E503")
def other_script(subject: Subject) -> Iterator[Place]:
    """The translations are in another script than the row's language."""
    for row, path in _dictionaries(subject):
        found = dominant_script(entry.target for entry in _rows(subject.card, row, path))
        names = script_names()
        wanted = row.language.script if row.language is not None else ""
        if found is not None and wanted in names and names[found].isdisjoint(names[wanted]):
            yield subject.row_where(row), f"{row.path} is in {found}, listed as {row.language}"


@check("E504")
def unknown_profile(subject: Subject) -> Iterator[Place]:
    """The card asks for a cleaning profile that no rule knows."""
    card = subject.card
    for name in card.cleaning:
        if card.kind == "lexicon" and name not in profiles() and name not in READERS:
            yield Where(card.folder / "pack.toml"), f"{name}; there are {', '.join(sorted(profiles()))}"


@check("W601")
def unknown_tag(subject: Subject) -> Iterator[Place]:
    """A part of speech is not known, and is read as none."""
    for row, path in _dictionaries(subject):
        seen: set[str] = set()
        for entry in _rows(subject.card, row, path):
            if entry.tag and entry.tag not in seen and not is_known(entry.tag):
                seen.add(entry.tag)
                yield Where(path, entry.number), entry.tag


@check("W602")
def no_translation(subject: Subject) -> Iterator[Place]:
    """A cell is a definition, a remark or nothing, and is not used as a translation."""
    for row, path in _dictionaries(subject):
        assert row.language is not None
        cleaner = Cleaner(_source(subject.card), row.language, (subject.card.reader, *subject.card.cleaning))
        _, report = cleaner.clean(_rows(subject.card, row, path), subject.card.id)
        for change in report.changes:
            if change.rule in _SLIPS:
                yield Where(path, change.row), f"({change.rule}) {change.before[:80]}"


@check("W603")
def said_twice(subject: Subject) -> Iterator[Place]:
    """A translation stands there twice."""
    for row, path in _dictionaries(subject):
        lines: dict[tuple[str, str, str], int] = {}
        for entry in _rows(subject.card, row, path):
            key = (entry.source, entry.tag, entry.target)
            first = lines.setdefault(key, entry.number)
            if first != entry.number and not entry.note:
                yield Where(path, entry.number), f"{entry.source} = {entry.target}, as in line {first}"


def _dictionaries(subject: Subject) -> Iterator[tuple[FileRow, Path]]:
    if subject.card.kind == "lexicon":
        for row, path in subject.files:
            if row.role == "data" and row.language is not None:
                yield row, path


def _source(card: Card) -> Language:
    return card.source_language or default_source()


def _rows(card: Card, row: FileRow, path: Path) -> list[Row]:
    """The rows of a dictionary; none where it cannot be read (which is E502)."""
    try:
        return _request(card, row, path)[0]
    except LexexpandError:
        return []


def _request(card: Card, row: FileRow, path: Path) -> tuple[list[Row], list[tuple[int, str]]]:
    """Rows and broken lines of a dictionary, read once for all checks."""
    assert row.language is not None
    reader = card.reader if card.reader not in ("", "tsv") else sniff(path)
    return _read(path, reader, _source(card), row.language, tuple(sorted(row.options.items())))


@lru_cache(maxsize=4)
def _read(
    path: Path, reader: str, source: Language, target: Language, options: tuple[tuple[str, str], ...]
) -> tuple[list[Row], list[tuple[int, str]]]:
    request = Request(path, source, target, dict(options), skip_bad=True)
    return list(get_reader(reader)(request)), request.skipped
