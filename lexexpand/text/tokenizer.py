"""Where does a token end? As in English UD treebanks, but hyphenated words stay whole.

    Mr. O'Neill didn't pay $1,000.50 (re: well-known U.S. firms).
    Mr.|O'Neill|did|n't|pay|$|1,000.50|(|re|:|well-known|U.S.|firms|)|.

The line is cut at white space into chunks; what becomes of a chunk is decided once per distinct chunk, by
the scanner below and by rows of data (clitics, contractions, abbreviations, units: packs of kind `rules`),
and numpy lays the answers out. A full stop depends on what follows: `No.` keeps it before a digit, and
initials (`J.`) lose it at the end of a line. Each white space is kept exactly, each character too: tokens and
gaps give the line back. Scripts without spaces are not segmented.

Hyphens: the treebanks cut `well-known` into three; dictionaries have it as one head word, so it stays whole.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.errors import DataError
from lexexpand.text.normalize import nfc
from lexexpand.text.rules import rule_rows, rules_digest
from lexexpand.text.scanner import TABLES, Scanner
from lexexpand.text.vocabulary import Vocabulary, encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from lexexpand.language import Language

_VERSION = "1"
_CACHED = 400_000
_ODD_SPACE = re.compile(r"[^\S ]|  |^ | \Z")
_SPACES = re.compile(r"(\s+)")
_RARE_SPACES = tuple(chr(c) for c in range(0x3001) if chr(c).isspace() and c not in (10, 32))
"""In order: the first eight are ASCII."""
_NEUTRAL, _DIGIT_NEXT, _FINAL = range(3)


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The token columns of a block: see `Block`."""

    tokens: pa.Array
    gaps: pa.Array
    lead: pa.Array
    offsets: NDArray[np.int64]


class Tokenizer:
    """Cuts lines of one language into tokens."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.version = f"{_VERSION}-{rules_digest(language, TABLES)}"
        self._scanner = Scanner(*(rule_rows(language, table) for table in TABLES))
        self._known: dict[tuple[str, int], list[str]] = {}

    def tokenize(self, text: str) -> list[str]:
        """The tokens of one line.

        >>> tokenizer.tokenize("Don't go!")
        ['Do', "n't", 'go', '!']
        """
        tokens: list[str] = self.columns([nfc(text)]).tokens.to_pylist()
        return tokens

    def cut(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        """The tokens of many lines, in one go."""
        columns = self.columns([nfc(text) for text in texts])
        tokens, offsets = columns.tokens.to_pylist(), columns.offsets.tolist()
        return [tuple(tokens[start:end]) for start, end in itertools.pairwise(offsets)]

    def columns(self, lines: list[str]) -> Tokens:
        """The token columns of NFC lines.

        Raises:
            DataError: A line holds a lone surrogate.
        """
        plain, lead, odd = _set_spaces_apart(lines)
        try:
            parts = pc.split_pattern(pa.array(plain, pa.string()), " ")
        except UnicodeEncodeError as error:
            raise DataError("a text holds a lone surrogate: decode it properly") from error
        bounds = parts.offsets.to_numpy().astype(np.int64)
        chunks = parts.flatten()
        gap_names = Vocabulary(["", " "])
        gap = np.ones(len(chunks), np.int32)
        gap[bounds[1:] - 1] = 0
        for line, place, space in odd:
            gap[bounds[line] + place] = gap_names.add([space])[0]
        return self._spread(chunks, bounds, gap, pa.array(gap_names.values), pa.array(lead, pa.string()))

    def _spread(
        self,
        chunks: pa.Array,
        bounds: NDArray[np.int64],
        gap: NDArray[np.int32],
        gap_names: pa.Array,
        lead: pa.Array,
    ) -> Tokens:
        """Decide once per distinct chunk and context, then lay the pieces out over all chunks."""
        codes, distinct = encode(chunks)
        key = codes * 3 + self._context(codes, distinct, bounds)
        present = np.zeros(3 * len(distinct), np.bool_)
        present[key] = True
        pieces = self._pieces((distinct[k // 3], k % 3) for k in np.flatnonzero(present).tolist())
        sizes = np.array([len(piece) for piece in pieces], np.int64)
        starts = np.cumsum(sizes) - sizes
        which = (np.cumsum(present) - 1)[key]
        counts = sizes[which]
        ends = np.cumsum(counts)
        total = int(ends[-1]) if len(ends) else 0
        index = np.repeat(starts[which] - (ends - counts), counts) + np.arange(total)
        token_gap = np.zeros(total, np.int32)
        token_gap[ends[counts > 0] - 1] = gap[counts > 0]
        flat = pa.array([token for piece in pieces for token in piece], pa.string())
        return Tokens(
            tokens=flat.take(pa.array(index)),
            gaps=gap_names.take(pa.array(token_gap)),
            lead=lead,
            offsets=np.concatenate(([0], ends))[bounds],
        )

    def _context(
        self, codes: NDArray[np.int32], distinct: list[str], bounds: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """What follows each chunk, for those with a full stop: the line's end, a digit, or neither."""
        digit = np.array([chunk[:1].isdigit() for chunk in distinct], np.bool_)[codes]
        stop = np.array(["." in chunk for chunk in distinct], np.bool_)[codes]
        context = np.zeros(len(codes), np.int32)
        context[:-1][digit[1:]] = _DIGIT_NEXT
        context[bounds[1:] - 1] = _FINAL
        context[~stop] = _NEUTRAL
        return context

    def _pieces(self, keys: Iterable[tuple[str, int]]) -> list[list[str]]:
        known, scan = self._known, self._scanner.scan
        if len(known) > _CACHED:
            known.clear()
        found = []
        for key in keys:
            pieces = known.get(key)
            if pieces is None:
                chunk, context = key
                pieces = known[key] = scan(chunk, final=context == _FINAL, digit_next=context == _DIGIT_NEXT)
            found.append(pieces)
        return found


@lru_cache(maxsize=8)
def tokenizer_for(language: Language) -> Tokenizer:
    """The tokeniser of a language; where no pack has rows for it, the language-independent part."""
    return Tokenizer(language)


def _set_spaces_apart(lines: list[str]) -> tuple[list[str], list[str], list[tuple[int, int, str]]]:
    """Lines with single blanks only; the white space before each; and all gaps that were another.

    The third are (line, chunk, white space after that chunk).
    """
    lead = [""] * len(lines)
    odd: list[tuple[int, int, str]] = []
    whole = "\n".join(lines)
    if _is_plain(whole, len(lines)):
        return lines, lead, odd
    lines = list(lines)
    for number, line in enumerate(lines):
        if not _ODD_SPACE.search(line):
            continue
        parts = _SPACES.split(line)
        if not parts[0]:
            lead[number] = parts[1] if len(parts) > 1 else ""
            del parts[:2]
        words, spaces = parts[::2], parts[1::2]
        if words and not words[-1]:
            words.pop()
        odd.extend(
            (number, place, space)
            for place, space in enumerate(spaces)
            if space != " " or place == len(words) - 1
        )
        lines[number] = " ".join(words)
    return lines, lead, odd


def _is_plain(whole: str, lines: int) -> bool:
    """Whether lines, joined with line feeds, hold single blanks between chunks and no other white space."""
    if "  " in whole or "\n " in whole or " \n" in whole or whole[:1] == " " or whole[-1:] == " ":
        return False
    if whole.count("\n") != lines - 1:
        return False
    rare = _RARE_SPACES[:8] if whole.isascii() else _RARE_SPACES
    return not any(space in whole for space in rare)
