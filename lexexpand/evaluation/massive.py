"""MASSIVE: requests to an assistant in 51 languages, an object of JSON a line (FitzGerald et al. 2023).

    {"id": "0", "locale": "en-US", "partition": "test", "intent": "alarm_set",
     "utt": "wake me up at five am this week",
     "annot_utt": "wake me up at [time : five am] [date : this week]", ...}

Words are what white space says, as in its authors' own scripts, which cut Chinese and Japanese into
characters: a request that holds one of their letters is cut so here. Slots are the bracketed stretches of
`annot_utt`. Spans are compared whole: a version of the published evaluation counted over-long ones as right
(alexa/massive#13, #21).
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError, FormatError
from lexexpand.text.lines import read_lines
from lexexpand.text.report import ReadReport
from lexexpand.text.sentence import Sentence, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.text.lines import SourceFile

SUFFIX = ".jsonl"
TEST = "test"
_SLOT = re.compile(r"\[\s*([^\[\]:]+?)\s*:\s*([^\[\]]*?)\s*\]|([^\[\]]+)|([\[\]])")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_NEEDED = ("intent", "utt", "annot_utt")


def read_massive(file: SourceFile, *, split: str | None = None) -> Iterator[Sentence]:
    """The requests of one part of a file.

    Args:
        file: an object of JSON a line.
        split: value of `partition`; None takes `test`, or all where no row says a partition.

    Raises:
        FormatError: A line is broken; says file and line.
        DataError: The file has no row of the part.
    """
    rows = list(_rows(file))
    parts = {row.get("partition") for _, row in rows}
    wanted = split or (TEST if parts - {None} else None)
    if rows and wanted not in parts:
        raise DataError(f"{file.name}: no request of the part {wanted!r}; it has {sorted(map(str, parts))}")
    for number, row in rows:
        if row.get("partition") == wanted:
            yield _sentence(file, number, row)


def _rows(file: SourceFile) -> Iterator[tuple[int, dict[str, Any]]]:
    for first, lines in read_lines(file, ReadReport()):
        for number, line in enumerate(lines, first):
            if line.strip():
                yield number, _row(file, number, line)


def _row(file: SourceFile, number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise FormatError(file.where(number), f"not an object of JSON: {error}") from error
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in _NEEDED):
        raise FormatError(file.where(number), f"a request of MASSIVE has {', '.join(_NEEDED)}")
    return row


def _sentence(file: SourceFile, number: int, row: dict[str, Any]) -> Sentence:
    words: list[str] = []
    spans: list[tuple[int, int, str]] = []
    unspaced = bool(_UNSPACED.search(row["utt"]))
    for name, inside, outside, stray in _SLOT.findall(row["annot_utt"]):
        if stray:
            raise FormatError(
                file.where(number), f"a bracket of annot_utt is not closed: {row['annot_utt']!r}"
            )
        found = _words(inside or outside, unspaced=unspaced)
        if name and not found:
            raise FormatError(file.where(number), f"the slot {name!r} of annot_utt has no words")
        if name:
            spans.append((len(words), len(words) + len(found), name))
        words.extend(found)
    if not words:
        raise FormatError(file.where(number), "the request has no words")
    space = "" if unspaced else " "
    tokens = [Token(word, space) for word in words[:-1]] + [Token(words[-1], "")]
    return Sentence(tuple(tokens), spans=tuple(spans), intent=row["intent"], line=number)


def _words(text: str, *, unspaced: bool) -> list[str]:
    words = unicodedata.normalize("NFC", text).split()
    return [letter for word in words for letter in word] if unspaced else words
