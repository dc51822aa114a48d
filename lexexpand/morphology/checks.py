"""Checks of paradigm tables that need to understand bundles; `lexexpand pack check` runs them with the
others.

What a line's text can show (encoding, columns, control characters) is checked by `resources`; here are a
lemma's cells and the features. Each check's docstring is what the user reads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, LexexpandError, Where
from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.tables import same_scripts, script_of
from lexexpand.morphology.transfer import read_transfer
from lexexpand.resources.checks import Subject, check

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
            yield Where(path, number, 3), repr(cells[2])


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


@check("E324")
def broken_transfer(subject: Subject) -> Iterator[Place]:
    """A row of a transfer file is wrong."""
    for row, path in subject.files:
        if row.role == "transfer" and row.options.get("content", "") == "":
            try:
                read_transfer(path)
            except LexexpandError as error:
                yield getattr(error, "where", Where(path)), getattr(error, "message", str(error))


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
            cells = line.split("\t")
            if len(cells) == 3 and cells[2].strip():
                yield path, row, number, cells


def _bundle(text: str, row: FileRow) -> FeatureBundle | None:
    try:
        return FeatureBundle.parse(text, row.language.iso if row.language else None)
    except ConfigError:
        return None
