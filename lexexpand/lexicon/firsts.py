"""Which words are worth translating first?

A pack may list the words of its source language in the order of their use (role `doc`, `<tag>.words.tsv`):

    source  upos  everyday  requests  example
    be      AUX   31211     27031     The house is bigger than the church.

`everyday` and `requests` are the words of a million that the row stands for, in everyday text and in requests
to an assistant: a word of the text belongs to one row alone, the one by which synthesis would match it
(phrases first). So the coverage of any part of the list is a sum. `experiments/starter/words.py` counts it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError, MissingDataError, Where
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.packs import find_packs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from lexexpand.language import Language

MILLION = 1_000_000
COLUMNS = ("source", "upos", "everyday", "requests", "example")


@dataclass(frozen=True, slots=True)
class FirstWord:
    """A word of the list.

    Attributes:
        source, upos: the word or words in citation form, and the part of speech (empty: any).
        everyday, requests: words of a million that it stands for.
        example: a sentence with it, to tell its meaning; may be empty.
    """

    source: str
    upos: str
    everyday: int
    requests: int
    example: str


@dataclass(frozen=True, slots=True)
class Share:
    """How much of running text some words of the list cover: their number, and shares from 0 to 1."""

    words: int
    everyday: float
    requests: float


def first_words(language: Language) -> tuple[FirstWord, ...]:
    """The list of a source language, most useful first.

    Raises:
        MissingDataError: No pack has one.
        FormatError: It cannot be read.
    """
    for card in find_packs("lexicon"):
        for row in card.rows(language, "doc"):
            if row.path.endswith(".words.tsv"):
                return _read(Fetcher(offline=True).path(card, row))
    raise MissingDataError(f"no pack has a list of words of {language} to translate first")


def share(words: Iterable[FirstWord]) -> Share:
    """What these words cover together."""
    chosen = tuple(words)
    everyday = sum(word.everyday for word in chosen) / MILLION
    return Share(len(chosen), everyday, sum(word.requests for word in chosen) / MILLION)


def steps(words: Sequence[FirstWord], numbers: Iterable[int]) -> list[Share]:
    """What the first n words of the list cover, for each n that it has, and the whole."""
    ends = sorted({*(n for n in numbers if n < len(words)), len(words)})
    return [share(words[:end]) for end in ends]


def done(words: Sequence[FirstWord], translated: Collection[tuple[str, str]]) -> list[FirstWord]:
    """The words of the list that are translated.

    Args:
        words: the list.
        translated: source and part of speech of each entry; an entry without one serves any.
    """
    known = {(source.lower(), upos) for source, upos in translated}
    known |= {(source, "") for source, _ in known}  # a row of the list without one takes any entry
    any_upos = {source.lower() for source, upos in translated if not upos}
    return [
        word for word in words if (word.source.lower(), word.upos) in known or word.source.lower() in any_upos
    ]


def _read(path: Path) -> tuple[FirstWord, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        if tuple(next(rows, ())) != COLUMNS:
            raise FormatError(Where(path, 1), f"the header must be {' '.join(COLUMNS)}, with tabs between")
        found = []
        for number, cells in enumerate(rows, 2):
            if len(cells) != len(COLUMNS) or not (cells[2].isdecimal() and cells[3].isdecimal()):
                raise FormatError(Where(path, number), f"must be {' '.join(COLUMNS)}: {cells!r}")
            found.append(FirstWord(cells[0], cells[1], int(cells[2]), int(cells[3]), cells[4]))
    return tuple(found)
