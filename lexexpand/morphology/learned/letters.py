"""Letters in the parts that inflection moves: an accent of a Greek vowel, the vowel of an Ethiopic syllable.

`ά` becomes `έ` where the stem vowel changes and `α` where the accent moves on; as single characters these
have nothing in common. Three kinds of character are taken apart, and put together again:

- what Unicode composes of a letter and marks (and Hangul of its letters), mark by mark, in the order of the
  text: Arabic and Hebrew tables have orders of marks that normalisation would change;
- Ethiopic syllables: a consonant and one of eight vowels, as they stand in the block;
- kana: a row and a column of the table of fifty sounds (*ka-ku*, *ka-ka-nai* are one consonant).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.morphology.tables import script_of_letter

if TYPE_CHECKING:
    from collections.abc import Iterable

_ETHIOPIC = range(0x1200, 0x135B)
_VOWELS = 0xE000
"""Private-use characters stand for the vowels (8) and the rows of kana."""
_ROWS = 0xE100
_KANA = (
    "あいうえお かきくけこ がぎぐげご さしすせそ ざじずぜぞ たちつてと だぢづでど "
    "なにぬねの はひふへほ ばびぶべぼ ぱぴぷぺぽ まみむめも らりるれろ"
)
_PARTS = {
    kana: chr(_ROWS + row) + chr(_VOWELS + column)
    for row, letters in enumerate(_KANA.split())
    for column, kana in enumerate(letters)
} | {"わ": chr(_ROWS + 13) + chr(_VOWELS), "を": chr(_ROWS + 13) + chr(_VOWELS + 4)}
_WHOLE = {parts: kana for kana, parts in _PARTS.items()}
_PRIVATE = range(_VOWELS, _ROWS + 14)


def split(word: str) -> str:
    """A word with its characters taken apart."""
    return "".join(map(_split, word))


def join(word: str) -> str:
    """The word of which `split` made this; parts that fit nothing before them stay out."""
    whole: list[str] = []
    for part in word:
        made = _join(whole[-1], part) if whole else None
        if made is not None:
            whole[-1] = made
        else:
            whole.append(part)
    return "".join(character for character in whole if ord(character) not in _PRIVATE)


def are_kept(words: Iterable[str]) -> bool:
    """Whether all words come back as they were: not so where a table mixes composed and single marks."""
    return all(join(split(word)) == word for word in words)


def scripts_of(word: Iterable[str]) -> frozenset[str]:
    """The scripts (ISO 15924) of the letters of a word, taken apart or not; marks have none."""
    found = {script_of_letter(_KANA[0] if ord(c) >= _ROWS and ord(c) in _PRIVATE else c) for c in word}
    return frozenset(found - {"Zyyy"})


@lru_cache(maxsize=1 << 16)
def _split(character: str) -> str:
    if character in _PARTS:
        return _PARTS[character]
    code = ord(character)
    if code in _ETHIOPIC and unicodedata.category(character) == "Lo":
        vowel = code % 8
        return chr(code - vowel) + chr(_VOWELS + vowel)
    return unicodedata.normalize("NFD", character)


@lru_cache(maxsize=1 << 16)
def _join(before: str, part: str) -> str | None:
    if ord(part) in _PRIVATE:
        if before + part in _WHOLE:
            return _WHOLE[before + part]
        code = ord(before)
        if code in _ETHIOPIC and code % 8 == 0 and ord(part) < _VOWELS + 8:
            return chr(code + ord(part) - _VOWELS)
        return None
    made = unicodedata.normalize("NFC", before + part)
    return made if len(made) == 1 else None
