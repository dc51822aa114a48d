"""What is inside a chunk without white space? `"(don't!)` is five tokens, `https://a.org/b` is one.

One regular expression names the things that may stand there, the first that fits wins; rows of data then
cut words further (`don't`) or keep a full stop on them (`Mr.`). Tables, all optional:

    contractions    kind  form  parts
                    clitic n't                  cut off the end of a word, also of its upper-case twin
                    split  cannot  can not      a whole word cut as `parts` says
                    keep   'em                  an apostrophe that belongs to the word
                    unit   km                   cut off a number (`5km`)
    abbreviations   form  kind
                    Mr.   title                 keeps its full stop
                    etc.  always                keeps it, at the end of a line too
                    No.   number                keeps it before a digit
                    I.    never                 is no initial (`J.`), which keeps it but at the end of a line
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from lexexpand.text.normalize import APOSTROPHES, HYPHENS, fold, word_characters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TABLES = ("contractions", "abbreviations")
_CLOSERS = "\"'\u2019\u201d\u00bb)]}*_!?.,;:\u2026-\u2014"
_POINTS = tuple(",.;:!?")
_UNIT = re.compile(r"([\d.,:/]*\d)(\D+)\Z")


_PICTURES = (
    "\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff\u2600-\u27bf\u2300-\u23ff\u2b00-\u2bff"
    "\u2190-\u21ff\u00a9\u00ae\u203c\u2049\u2122\u2139\u3030\u303d\u3297\u3299"
)
_MARKS = "\u0300-\u036f\u0591-\u05bd\u064b-\u065f\u20d0-\u20ff\ufe00-\ufe0f"


@cache
def _pattern() -> re.Pattern[str]:
    """What may stand in a chunk, in the order in which it is tried."""
    word, hyphen = word_characters(), re.escape(HYPHENS)
    address, end = '[^\\s<>"\u201c\u201d]', "[^\\s<>\"\u201c\u201d.,;:!?'\u2019)\\]}*_]"
    picture = f"[{_PICTURES}][\ufe0e\ufe0f]?\u20e3?[\U0001f3fb-\U0001f3ff]?"
    rows = {
        "url": rf"(?:https?://|ftp://|www\.){address}*{end}",
        "mail": r"[\w.+-]{0,64}\w@\w[\w-]{0,64}(?:\.\w[\w-]{0,64}){1,9}",
        "site": r"(?<![\w.-])(?:[a-z0-9][a-z0-9-]*\.)+(?:com|org|net|edu|gov|info|io|co\.uk)(?![\w-])"
        rf"(?:/{address}*{end})?",
        "face": rf"(?<![{word}])(?:[:;=][-^o']?[)(\]\[DPp/\\|*]+(?![{word}])|<3(?!\d)|\^_?\^)",
        "emoji": r"[\U0001f1e6-\U0001f1ff]{2}|[0-9#*]\ufe0f?\u20e3|\U0001f3f4[\U000e0020-\U000e007f]+"
        rf"|{picture}(?:\u200d{picture})*",
        "handle": rf"[@#](?=[^\W\d_])[\w{_MARKS}]*[^\W_][{_MARKS}]*",
        "dotted": rf"(?<![{word}])(?:[^\W\d_]\.){{2,12}}(?![{word}])",
        "code": r"(?<![\w-])(?:\d+(?:-\d+){2,}|\d{3}-\d{4})(?![\w-])",
        "number": rf"\d+(?:[.,:/]\d+)*[{word}]*(?:[{hyphen}](?=[^\W\d_])[{word}]+)*"
        rf"(?:[{APOSTROPHES}][{word}]+)?",
        "word": rf"[{word}]+(?:(?:[{APOSTROPHES}{hyphen}\u00b7\u05f3\u05f4]|\.(?=[a-z0-9])"
        rf"|(?<=[A-Z0-9])\.(?=[A-Z]{{2}})|(?<=[A-Z])&(?=[A-Z])|_)[{word}]+)*",
        "run": r"[!?.]{2,}|\u2026+|''|``|(?P<sign>[-=*~_+<>|^#,\u2014\u2013])(?P=sign)+",
        "other": rf".[{_MARKS}\u200d]*",
    }
    return re.compile("|".join(f"(?P<{name}>{body})" for name, body in rows.items()), re.DOTALL)


class Scanner:
    """Cuts chunks, by the rows of one language."""

    def __init__(
        self, contractions: Iterable[Mapping[str, str]] = (), abbreviations: Iterable[Mapping[str, str]] = ()
    ) -> None:
        contractions = list(contractions)
        self._clitics = tuple(row["form"] for row in contractions if row["kind"] == "clitic")
        self._splits = {
            row["form"]: row["parts"].split(" ") for row in contractions if row["kind"] == "split"
        }
        self._kept = {row["form"] for row in contractions if row["kind"] == "keep"} | set(self._clitics)
        self._kept.update(form for form in self._splits if form.startswith("'"))
        self._units = {row["form"] for row in contractions if row["kind"] == "unit"}
        self._stops = {fold(row["form"]): row["kind"] for row in abbreviations}
        self._match = _pattern().match
        self._longest_kept = max((len(form) for form in self._kept), default=0)

    def scan(self, chunk: str, *, final: bool = False, digit_next: bool = False) -> list[str]:
        """The tokens of a chunk: joined they are the chunk.

        Args:
            chunk: text without white space.
            final: the chunk ends its line.
            digit_next: the next chunk starts with a digit.
        """
        if chunk.isalpha():
            return self._cut(chunk)
        if chunk[-1:] in _POINTS and chunk[:-1].isalpha():  # most chunks: the long way gives the same
            word, point = chunk[:-1], chunk[-1]
            if self._stop(word, chunk, len(word), final=final, digit_next=digit_next):
                return [chunk]
            return [*self._cut(word), point]
        tokens: list[str] = []
        at = 0
        while at < len(chunk):
            kept = self._kept_at(chunk, at)
            if kept:
                edged = chunk[at : at + kept]
                tokens.extend([edged] if fold(edged) in self._clitics else self._cut(edged))
                at += kept
                continue
            found = self._match(chunk, at)
            if found is None:  # cannot be: `other` takes any character
                raise AssertionError(chunk)
            token, kind = found.group(), found.lastgroup
            at += len(token)
            if kind in {"word", "number"}:
                stop = self._stop(token, chunk, at, final=final, digit_next=digit_next)
                if stop:
                    tokens.append(token + chunk[at])
                    at += 1
                else:
                    tokens.extend(self._cut(token))
            elif kind == "dotted" and final and at == len(chunk) and self._stops.get(fold(token)) == "number":
                tokens.extend((token[:-1], "."))
            else:
                tokens.append(token)
        return tokens

    def _kept_at(self, chunk: str, at: int) -> int:
        """Length of a word with an apostrophe at its edge (`'em`, `goin'`) that starts here, or 0."""
        if at and chunk[at - 1].isalnum() and chunk[at].isalnum():
            return 0
        window = fold(chunk[at : at + self._longest_kept + 1])
        if "'" not in window:
            return 0
        for size in range(min(self._longest_kept, len(window)), 1, -1):
            after = window[size : size + 1]
            if window[:size] in self._kept and not (after.isalnum() or after == "'"):
                return size
        return 0

    def _stop(self, word: str, chunk: str, at: int, *, final: bool, digit_next: bool) -> bool:
        """Whether the full stop behind a word belongs to it."""
        if chunk[at : at + 1] != ".":
            return False
        rest = chunk[at + 1 : at + 65]  # what matters stands near; long chunks must not be copied
        if rest.startswith("."):
            return False
        last = final and all(char in _CLOSERS for char in rest)
        kind = self._stops.get(fold(word) + ".")
        if kind is None:
            return len(word) == 1 and word.isupper() and not last and not rest
        if kind == "number":
            return (digit_next and not rest) or rest[:1].isdigit()
        return kind == "always" or (kind == "title" and not last)

    def _cut(self, word: str) -> list[str]:
        """Cut clitics, contractions and units off a word."""
        folded = fold(word)
        parts = self._splits.get(folded)
        if parts is not None:
            ends = [sum(len(part) for part in parts[: i + 1]) for i in range(len(parts))]
            return [word[end - len(part) : end] for part, end in zip(parts, ends, strict=True)]
        if word.isalpha():
            return [word]
        for clitic in self._clitics:
            if folded.endswith(clitic) and len(folded) > len(clitic):
                size = len(word) - len(clitic)
                return [*self._cut(word[:size]), word[size:]]
        if word[0].isdigit():
            found = _UNIT.match(word)
            if found and fold(found[2]) in self._units:
                return [found[1], found[2]]
        return [word]
