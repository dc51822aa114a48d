"""One form for one text: NFC, and which characters make up a word.

"e" + U+0301 and U+00E9 are one letter to a reader and two strings to a dictionary. All text is NFC from the
moment it is read; combining marks that stay (Devanagari vowels, Hebrew points) belong to their word.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from lexexpand.errors import DataError

APOSTROPHES = "'\u2018\u2019\u02bc\uff07"
"""Straight, the two curly ones, the modifier letter, the full-width one: all stand for an apostrophe."""

HYPHENS = "-\u2010\u2011"
_JOINERS = "\u200c\u200d\u00ad\u2060"
_PLANES = (range(0x20000), range(0xE0100, 0xE01F0))
_IDEOGRAPHS = "\U00020000-\U0003ffff"
_STRAIGHT = {ord(mark): "'" for mark in APOSTROPHES} | {ord(mark): "-" for mark in HYPHENS}


def nfc(text: str) -> str:
    """The text in NFC.

    Raises:
        DataError: It holds a lone surrogate, which no file can hold.
    """
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise DataError(
            f"character {error.start} of a text is a lone surrogate: decode the text properly"
        ) from error
    return unicodedata.normalize("NFC", text)


def fold(word: str) -> str:
    """Small letters, straight apostrophes and plain hyphens, of the same length as `word`."""
    if word.isascii():
        return word.lower()
    small = word.translate(_STRAIGHT).lower()
    return (
        small if len(small) == len(word) else "".join(c.lower() if len(c.lower()) == 1 else c for c in word)
    )


@cache
def word_characters() -> str:
    """Letters, digits and combining marks of all scripts, as the inside of a character class."""
    spans: list[list[int]] = []
    for plane in _PLANES:
        for code in plane:
            if _in_words(chr(code)):
                if spans and spans[-1][1] == code - 1:
                    spans[-1][1] = code
                else:
                    spans.append([code, code])
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in spans) + _IDEOGRAPHS


def _in_words(char: str) -> bool:
    return char.isalnum() or char in _JOINERS or unicodedata.category(char)[0] == "M"
