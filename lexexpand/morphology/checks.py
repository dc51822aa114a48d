"""Checks of paradigm tables that need to understand bundles; `lexexpand pack check` runs them with the
others.

What a line's text can show (encoding, columns, control characters) is checked by `resources`; here are a
lemma's cells and the features. Each check's docstring is what the user reads.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, LexexpandError, Where
from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.tables import same_scripts, script_of
from lexexpand.morphology.transfer import read_transfer
from lexexpand.resources.card import load_card
from lexexpand.resources.checks import Subject, check
from lexexpand.resources.spreadsheet import without_empty_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.resources.card import FileRow
    from lexexpand.resources.checks import Place

Line = tuple[Path, "FileRow", int, list[str]]


@check("E321")
def broken_bundle(subject: Subject) -> Iterator[Place]:
    """The features of a paradigm cannot be read."""
    for path, _, number, cells in _triples(subject):
        try:
            FeatureBundle.parse(cells[2])
        except ConfigError as error:
            yield Where(path, number, 3), str(error)


@check("E322")
def no_part_of_speech(subject: Subject) -> Iterator[Place]:
    """The features name no part of speech of the UniMorph schema. Is it a table of derivations?"""
    for path, row, number, cells in _triples(subject):
        bundle = _bundle(cells[2], row)
        if bundle is not None and (bundle.pos is None or ":" in bundle.pos):
            apart = "; separate them by ; and not by blanks" if " " in cells[2] else ""
            yield Where(path, number, 3), f"{cells[2]!r}{apart}"


@check("W421")
def unknown_feature(subject: Subject) -> Iterator[Place]:
    """A feature is not in the UniMorph schema, nor among its known old names."""
    seen: set[tuple[Path, str]] = set()
    for path, row, number, cells in _triples(subject):
        bundle = _bundle(cells[2], row)
        for value in bundle.unknown if bundle is not None else ():
            if (path, value) not in seen:
                seen.add((path, value))
                yield Where(path, number, 3), repr(value)


@check("W422")
def repeated_triple(subject: Subject) -> Iterator[Place]:
    """A line repeats an earlier one: the same lemma, form and features."""
    seen: set[tuple[Path, str, str, str]] = set()
    for path, row, number, cells in _triples(subject):
        key = (path, cells[0], cells[1], str(_bundle(cells[2], row) or cells[2]))
        if key in seen:
            yield Where(path, number), ""
        seen.add(key)


@check("E323")
def other_script(subject: Subject) -> Iterator[Place]:
    """The lemmas are written in another script than the file's language says."""
    lemmas: dict[Path, tuple[FileRow, list[str]]] = {}
    for path, row, _, cells in _triples(subject):
        lemmas.setdefault(path, (row, []))[1].append(cells[0])
    for path, (row, words) in lemmas.items():
        found = script_of(words)
        if row.language is not None and found is not None and found not in same_scripts(row.language.script):
            yield Where(path), f"{found}, expected {row.language.script}"


@check("W423")
def unknown_lemma(subject: Subject) -> Iterator[Place]:
    """A lemma is no translation in the lexicon beside the paradigms, so its forms are never asked for."""
    known = _translations_beside(subject)
    seen: set[str] = set()
    for path, _, number, cells in _triples(subject) if known else ():
        lemma = unicodedata.normalize("NFC", cells[0])
        if lemma not in known and lemma not in seen:
            seen.add(lemma)
            near = get_close_matches(lemma, known, n=1, cutoff=0.7)
            yield Where(path, number, 1), f"{lemma!r}{f' ({near[0]}?)' if near else ''}"


@check("W424")
def word_of_other_script(subject: Subject) -> Iterator[Place]:
    """A lemma or a form is written in another script than the file's language says."""
    for path, row, number, cells in _triples(subject):
        if row.url or row.language is None:
            continue
        for place, word in enumerate(cells[:2], 1):
            found = script_of([word])
            if found is not None and found not in same_scripts(row.language.script):
                yield Where(path, number, place), f"{word!r} is {found}"


def _translations_beside(subject: Subject) -> frozenset[str]:
    """The words in the targets of the lexicon that stands beside a folder of paradigms being written."""
    found: set[str] = set()
    if not any(row.options.get("unfinished") == "yes" for row, _ in subject.files):
        return frozenset()
    for folder in sorted(subject.card.folder.resolve().parent.glob("*/pack.toml")):
        try:
            card = load_card(folder.parent)
        except LexexpandError:
            continue
        paths = [card.folder / row.path for row in card.files if row.role == "data"]
        for path in paths if card.kind == "lexicon" and card.languages == subject.card.languages else ():
            lines = subject.lines(path) if path.is_file() else []
            header = next((line for line in lines if "\t" in line), "").split("\t")
            place = header.index("target") if "target" in header else 0
            for line in lines if place else ():
                cell = unicodedata.normalize("NFC", (line.split("\t") + [""] * place)[place])
                found.update(part.strip() for part in re.split(r"[,;/()]", cell))
                found.update(cell.split())
    return frozenset(found - {""})


@check("E324")
def broken_transfer(subject: Subject) -> Iterator[Place]:
    """A row of a transfer file is wrong."""
    for row, path in subject.files:
        if row.role == "transfer" and row.options.get("content", "") == "":
            try:
                read_transfer(path)
            except LexexpandError as error:
                yield getattr(error, "where", Where(path)), getattr(error, "message", str(error))


@check("E325")
def idle_transfer(subject: Subject) -> Iterator[Place]:
    """A transfer file has no effect in a pack of this kind: put it into one of paradigms, or of rules."""
    for row, _ in subject.files:
        if row.role == "transfer" and subject.card.kind not in ("paradigms", "rules"):
            yield subject.row_where(row), f"{row.path} in a pack of kind {subject.card.kind}"


def _triples(subject: Subject) -> Iterator[Line]:
    """Lines of three cells of the paradigm tables; others are for the checks of text."""
    if subject.card.kind != "paradigms":
        return
    for row, path in subject.files:
        if (
            row.role != "data"
            or row.options.get("delimiter", "tab") not in ("tab", "\t")
            or "columns" in row.options
        ):
            continue
        for number, line in enumerate(subject.lines(path), 1):
            cells = [cell.strip() for cell in without_empty_end(line.split("\t"), 3)]
            if len(cells) == 3 and all(cells):
                yield path, row, number, cells


def _bundle(text: str, row: FileRow) -> FeatureBundle | None:
    try:
        return FeatureBundle.parse(text, row.language.iso if row.language else None)
    except ConfigError:
        return None
