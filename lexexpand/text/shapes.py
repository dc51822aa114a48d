"""What do the letters of a token show, before anybody knows the word?

    the lower    The Title    NATO UPPER    iPhone mixed    X single    3rd 9th    ;) sym    www.x.org address

A capital means little at the start of a sentence, in a headline, or where nobody writes capitals at all. So
each token has a *setting* next to its shape, which its sentence decides:

    middle    a sentence in usual case           Then Mary  left .
    first     its first word                    ^Then
    capitals  (nearly) all words have one        STOCKS RISE AGAIN
    small     none has one                       what 's the weather in new york
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MIDDLE, FIRST, CAPITALS, SMALL = range(4)
SETTINGS = "mfcs"

_ADDRESS = re.compile(
    r"(?i)[a-z][a-z0-9+.-]*://.|www\..|\S+@\S+\.\w+$|\S+\.(?:com|org|net|edu|gov|html?|co\.uk)\b"
)
_DIGITS = re.compile(r"[\d.,:/%-]+")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)", re.IGNORECASE)
_DECADE = re.compile(r"'?\d+'?s")
_INNER = str.maketrans("", "", "'’.-")

IS_WORD, HAS_CAPITAL, IS_UPPER, IS_SOLID = 1, 2, 4, 8
"""Bits of `flags_of`: a letter in it; a capital first; two or more, all capitals; a letter or digit in it."""


@lru_cache(maxsize=1 << 16)
def fold(form: str) -> str:
    """The form in small letters, with plain apostrophes: `Don’t` -> `don't`."""
    lower = form.lower()
    return lower.replace("’", "'").replace("`", "'") if len(form) > 1 else lower


@lru_cache(maxsize=1 << 16)
def shape_of(form: str) -> str:
    """The shape of a form: of letters, of digits, or the name of a sign."""
    if _ADDRESS.match(form):
        return "address"
    if form.translate(_INNER).isalpha():
        return _letters(form)
    if len(form) > 1 and form[0] in "@#" and (form[0] == "@" or form[1].isalpha()):
        return "handle" if form[0] == "@" else "hashtag"
    if any(char.isdigit() for char in form):
        return _digits(form)
    return "other" if any(char.isalnum() for char in form) else _sign(form)


def _letters(form: str) -> str:
    if form.islower():
        return "lower"
    if len(form) == 1:
        return "single"
    if form.isupper():
        return "UPPER"
    if form[0].isupper():
        return "Title" if form[1:].islower() else "Title-" if "-" in form else "miXed"
    return "miXed"


def _digits(form: str) -> str:
    for name, pattern in (("9", _DIGITS), ("9th", _ORDINAL), ("9s", _DECADE)):
        if pattern.fullmatch(form):
            return name
    return "x9"


def _sign(form: str) -> str:
    categories = {unicodedata.category(char) for char in form}
    if all(category[0] == "P" for category in categories):
        return f"p{form}" if len(form) == 1 else f"p{form[0]}+"
    if "So" in categories:
        return "emoji"
    return f"sym{form}" if len(form) == 1 else "sym"


def flags_of(forms: Iterable[str]) -> NDArray[np.int8]:
    """What `settings` needs of each form, as bits."""
    return np.array(
        [
            any(map(str.isalpha, form)) * IS_WORD
            | form[:1].isupper() * HAS_CAPITAL
            | (len(form) > 1 and form.isupper()) * IS_UPPER
            | any(map(str.isalnum, form)) * IS_SOLID
            for form in forms
        ],
        np.int8,
    )


def settings(flags: NDArray[np.int8], offsets: NDArray[np.int64]) -> NDArray[np.int8]:
    """The setting of each token.

    Args:
        flags: [T], `flags_of` the tokens.
        offsets: [B + 1], where each sentence starts.
    """
    lengths = np.diff(offsets)
    word = (flags & IS_WORD) > 0
    words = _per_sentence(word, offsets)
    capitals = _per_sentence(word & ((flags & HAS_CAPITAL) > 0), offsets)
    uppers = _per_sentence(word & ((flags & IS_UPPER) > 0), offsets)
    loud = (words >= 2) & ((5 * uppers >= 3 * words) | ((words >= 4) & (4 * capitals >= 3 * words)))
    of_sentence = np.where(loud, CAPITALS, np.where(capitals == 0, SMALL, MIDDLE)).astype(np.int8)
    setting = np.repeat(of_sentence, lengths)
    first = _first_solid((flags & IS_SOLID) > 0, offsets)
    first = first[setting[first] == MIDDLE]
    setting[first] = FIRST
    return setting


def _per_sentence(mask: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.concatenate(([0], np.cumsum(mask, dtype=np.int64)))
    counts: NDArray[np.int64] = total[offsets[1:]] - total[offsets[:-1]]
    return counts


def _first_solid(solid: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the first token with a letter or digit stands, of each sentence that has one."""
    where = np.flatnonzero(solid)
    if not len(where):
        return where
    index = np.minimum(np.searchsorted(where, offsets[:-1]), len(where) - 1)
    found = where[index]
    return found[(found >= offsets[:-1]) & (found < offsets[1:])]
