"""What kind of thing is a token, as far as its characters tell?

A word asks for a translation; punctuation, numbers and addresses go through a translation as they are.
`3rd` and `1990s` count as numbers, `&` and `%` as symbols (as UD has them), `don't` as a word.
"""

from __future__ import annotations

import re
import unicodedata

WORD, PUNCTUATION, NUMBER, SYMBOL, NAME = range(5)
"""Kinds of types. NAME is a word whose part of speech is PROPN: characters do not tell."""

_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]*://|www\.).|[^@\s]+@[^@\s]+\.[^@\s]+$|@\w|#\w", re.I)
_SIGNED = re.compile(r"[-+.,:/\u2212\u2013]+\d")
_FACE = re.compile(r"[:;=][-^o']?[)(\]\[DPp/\\|*]+|<\d|\^_?\^")
_QUOTES = "`\u00b4"
"""Characters that Unicode calls accents and a text uses as quotes."""

_POINTS = frozenset("@#&%*\u2030\u00a7\u00b6\u2020\u2021")
"""Characters that Unicode calls punctuation and a text uses as signs."""


def kind_of(form: str) -> int:
    """The kind of a form: WORD, PUNCTUATION, NUMBER or SYMBOL."""
    if form.isalpha():
        return WORD
    if _ADDRESS.match(form):
        return SYMBOL
    if form[0].isdecimal():
        return NUMBER
    if any(char.isalpha() for char in form):
        return WORD
    if _SIGNED.match(form):
        return NUMBER
    if _FACE.fullmatch(form):
        return SYMBOL
    marks = {unicodedata.category(char)[0] for char in form if char not in _QUOTES}
    if marks <= set("PZC") and not _POINTS.intersection(form):
        return PUNCTUATION
    return SYMBOL
