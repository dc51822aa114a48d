"""From raw text to words, and back: where in the user's own text does each word stand?

The tokeniser reads NFC, the form that all of the training text had. A user's text need not be NFC: "é" may be
two code points there. Offsets are promised in the text as it was given, so that `text[word.start:word.end]`
is what the user sees; where the text is not NFC, they are carried back stretch by stretch.

    words_of("Hon las.", tokenizer)     ("Hon", 0, 3) ("las", 4, 7) (".", 7, 8)
"""

from __future__ import annotations

import itertools
import unicodedata
from typing import TYPE_CHECKING

from lexexpand.errors import DataError
from lexexpand.text.normalize import nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lexexpand.text.tokenizer import Tokenizer

Place = tuple[str, int, int]
"""A word in NFC, and where it stands in the user's text: start and end, in code points."""


def words_of(texts: Sequence[str], tokenizer: Tokenizer) -> list[list[Place]]:
    """The words of each text, as the corpora of its language were cut, with their places in it.

    Raises:
        DataError: A text holds a lone surrogate.
    """
    if not texts:
        return []
    normal = [nfc(text) for text in texts]
    columns = tokenizer.columns(normal)
    forms, gaps = columns.tokens.to_pylist(), columns.gaps.to_pylist()
    found = []
    bounds = itertools.pairwise(columns.offsets.tolist())
    for text, plain, lead, (start, end) in zip(texts, normal, columns.lead.to_pylist(), bounds, strict=True):
        at, places = len(lead), []
        back = carry_back(text, plain)
        for form, gap in zip(forms[start:end], gaps[start:end], strict=True):
            places.append((form, back(at), back(at + len(form))))
            at += len(form) + len(gap)
        found.append(places)
    return found


def given_words(words: Iterable[str]) -> tuple[str, list[Place]]:
    """Words that are cut already: a text with single blanks between them, and their places in it.

    Raises:
        DataError: A word is empty or no string.
    """
    listed = list(words)
    for number, word in enumerate(listed):
        if not isinstance(word, str) or not word.strip():
            raise DataError(f"word {number} of a sentence is {word!r}: expected a string that is not empty")
    ends = itertools.accumulate(len(word) + 1 for word in listed)
    places = [(nfc(word), end - 1 - len(word), end - 1) for word, end in zip(listed, ends, strict=True)]
    return " ".join(listed), places


def carry_back(text: str, normal: str) -> Callable[[int], int]:
    """A function from offsets in `normal`, the NFC of `text`, to offsets in `text`.

    A character that is no mark and does not melt into what stands before it (as the vowel of a Hangul
    syllable does) begins a new stretch in both. An offset inside of a composed character goes to its start.
    """
    if text == normal:
        return lambda at: at
    borders = {0: 0}
    start = at = 0
    for i in range(1, len(text)):
        if unicodedata.combining(text[i]):
            continue
        left = _nfc(text[start:i])
        if _nfc(text[start : i + 1]) == left + _nfc(text[i]):
            start, at = i, at + len(left)
            borders[at] = i
    borders[len(normal)] = len(text)

    def back(place: int) -> int:
        while place not in borders:
            place -= 1
        return borders[place]

    return back


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
