"""A dictionary read as its writer would: every line that can be read, and every other one with its reason.

Loading stops at a slip, and at a file that has changed since it was sealed; who is still writing wants to
know of all slips at once, and how far the rest has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError, LexexpandError, Where
from lexexpand.language import default_source
from lexexpand.lexicon.cleaning import Clean, Cleaner
from lexexpand.lexicon.readers import get_reader, sniff
from lexexpand.lexicon.rows import Request, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.lexicon.report import CleaningReport
    from lexexpand.resources.card import Card, FileRow


@dataclass(frozen=True, slots=True)
class Proof:
    """What can be read of a file, and what cannot: places with what is wrong there."""

    rows: tuple[Row, ...]
    broken: tuple[tuple[Where, str], ...]


def read_proof(card: Card, row: FileRow, path: Path) -> Proof:
    """Rows and broken lines of a dictionary; read once for all who ask."""
    assert row.language is not None
    stat = path.stat()
    stamp = (stat.st_mtime_ns, stat.st_size)
    return _read(path, stamp, _reader(card, path), _source(card), row.language, (*row.options.items(),))


def clean_proof(card: Card, row: FileRow, path: Path) -> tuple[list[Clean], CleaningReport]:
    """The translations in a dictionary, and what cleaning does to its rows."""
    assert row.language is not None
    proof = read_proof(card, row, path)
    return Cleaner(_source(card), row.language, (_reader(card, path), *card.cleaning)).clean(
        proof.rows, card.id
    )


def dictionaries(card: Card) -> Iterator[tuple[FileRow, Path]]:
    """The dictionaries that lie beside a card."""
    for row in card.files:
        path = card.folder / row.path
        if row.role == "data" and row.language is not None and row.blocked is None and path.is_file():
            yield row, path


def _source(card: Card) -> Language:
    return card.source_language or default_source()


def _reader(card: Card, path: Path) -> str:
    try:
        return card.reader if card.reader not in ("", "tsv") else sniff(path)
    except FormatError:
        return "tsv"


@lru_cache(maxsize=4)
def _read(
    path: Path,
    stamp: tuple[int, int],
    reader: str,
    source: Language,
    target: Language,
    options: tuple[tuple[str, str], ...],
) -> Proof:
    request = Request(path, source, target, dict(options), skip_bad=True)
    found: list[Row] = []
    broken: list[tuple[Where, str]] = []
    try:
        found.extend(get_reader(reader)(request))
    except FormatError as error:
        broken.append((error.where, error.message))
    except LexexpandError as error:
        broken.append((Where(path), str(error)))
    broken += [(Where(path, number), f"{request.why[number]} {line!r}") for number, line in request.skipped]
    return Proof(tuple(found), tuple(broken))
