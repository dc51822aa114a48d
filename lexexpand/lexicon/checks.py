"""What can be wrong with a dictionary: checks E5xx and W6xx of `lexexpand pack check`.

Each looks at the files of a lexicon pack that are at hand, with the same readers and rules that loading
uses, so that a pack which passes is a pack that loads. The first line of a docstring is what the user
reads.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from lexexpand.errors import Where
from lexexpand.language import default_source
from lexexpand.lexicon.pos import is_known
from lexexpand.lexicon.proof import clean_proof, read_proof
from lexexpand.lexicon.readers import READERS
from lexexpand.lexicon.rows import Request, Row
from lexexpand.lexicon.rules import profiles
from lexexpand.lexicon.scripts import dominant_script, script_names
from lexexpand.lexicon.tabular import HEADER_NAMES, unknown_columns
from lexexpand.resources.checks import Subject, check
from lexexpand.resources.spreadsheet import other_separator

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.lexicon.report import Change
    from lexexpand.resources.card import Card, FileRow
    from lexexpand.resources.checks import Place

_SIGN = "no-sign"
_TABLES = ("tsv", "csv", "starter")
_WHY = {
    "affix": "an affix; a word has no hyphen, and what is part of a form stands in paradigms and transfer",
    "other-script": "letters of another script",
    "mixed-script": "letters of two scripts in a word",
    "not-a-word": "its part of speech is no word's",
    "empty": "a cell is empty",
}
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
        if not (row.delimiter == "\t" and other_separator(subject.lines(path))):  # which is E309
            yield from read_proof(subject.card, row, path).broken


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


@check("E505")
def wrong_sign(subject: Subject) -> Iterator[Place]:
    """A sign stands for a translation. Where your language has no such word, write - and nothing else."""
    for path, change in _dropped(subject):
        if change.rule == _SIGN:
            yield Where(path, change.row), change.before[:80]


@check("W602")
def no_translation(subject: Subject) -> Iterator[Place]:
    """A row is not used as a translation."""
    for path, change in _dropped(subject):
        if change.rule != _SIGN:
            why = _WHY.get(change.rule, "")
            yield Where(path, change.row), f"({change.rule}) {change.before[:80]}{why and f': {why}'}"


def _dropped(subject: Subject) -> Iterator[tuple[Path, Change]]:
    """What cleaning drops: of a file that somebody here can mend everything, else what are slips."""
    for row, path in _dictionaries(subject):
        _, report = clean_proof(subject.card, row, path)
        for change in report.changes:
            if change.rule in _SLIPS or (change.dropped and not row.url):
                yield path, change


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


@check("W604")
def unknown_column(subject: Subject) -> Iterator[Place]:
    """A column of the header is not known, and is passed over. Is it a slip?"""
    for row, path in _dictionaries(subject):
        if (subject.card.reader or "tsv") not in _TABLES or "columns" in row.options:
            continue
        assert row.language is not None
        request = Request(path, _source(subject.card), row.language, row.options)
        first = next((line for line in subject.lines(path) if "\t" in line), "")
        for name in unknown_columns(request, first.split("\t")):
            near = get_close_matches(name.lower(), HEADER_NAMES, n=1)
            yield Where(path, 1), f"{name!r}{f' ({near[0]}?)' if near else ''}"


def _dictionaries(subject: Subject) -> Iterator[tuple[FileRow, Path]]:
    if subject.card.kind == "lexicon":
        for row, path in subject.files:
            if row.role == "data" and row.language is not None:
                yield row, path


def _source(card: Card) -> Language:
    return card.source_language or default_source()


def _rows(card: Card, row: FileRow, path: Path) -> tuple[Row, ...]:
    """The rows of a dictionary that can be read; the others are E502."""
    return read_proof(card, row, path).rows
