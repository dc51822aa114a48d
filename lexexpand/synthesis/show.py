"""Sentences with the origin of each word in sight, for reading.

    The horses run home.
    Hestarnir renna heim.
        Hestarnir ←The horses (lemma, attested) · renna ←run (exact) · heim ←home (exact)

The third line has what a reader wants to know of a word: which source words it renders, how they were matched
and how the form came about. Punctuation and numbers are left out; names and words without a translation are
marked. It is plain text; a `role` lets a terminal colour what is said anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from lexexpand.synthesis.trace import Row, Unit, units_of
from lexexpand.text.corpus import read_shard
from lexexpand.text.schema import TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.text.corpus import Corpus

Role = Literal["", "translated", "phrase", "copied", "missed"]
_UNTOLD = ("punct", "number")
_ROLES: dict[str, Role] = {
    **dict.fromkeys(TRANSLATED, "translated"),
    "multiword": "phrase",
    "untranslated": "missed",
    "name": "copied",
    "copied": "copied",
}
_BETWEEN = " · "
_SHARDS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """Text in one role; the role is for colour alone."""

    text: str
    role: Role = ""


Line = tuple[Piece, ...]


def sentence_lines(row: Row, *, width: int = 100) -> list[Line]:
    """A row as lines: source (where it is there), text, and where each word comes from.

    Args:
        row: of a corpus.
        width: the origins are broken into lines of about so many code points.
    """
    lines: list[Line] = []
    if row.get("source_text") is not None:
        lines.append((Piece(_one_line(row["source_text"])),))
    if "tokens" not in row:  # made with trace=off
        return [*lines, (Piece(_one_line(row["text"])),)]
    lines.append(tuple(_text_pieces(row)))
    labels = [f"{name}={row[name]}" for name in ("label", "intent") if row.get(name) is not None]
    labels += [f"{span['type']}={span['start']}:{span['end']}" for span in row.get("spans") or ()]
    if labels:
        lines.append((Piece("    " + " ".join(labels)),))
    lines.extend(_wrapped(list(_origins(row)), width))
    return lines


def plain(lines: Sequence[Line]) -> str:
    """Lines without colour."""
    return "\n".join("".join(piece.text for piece in line) for line in lines)


def spread(n: int, wanted: int) -> list[int]:
    """At most `wanted` of the numbers 0..n-1, evenly spread, ascending.

    >>> spread(100, 4)
    [12, 37, 62, 87]
    """
    count = min(n, wanted)
    return [(2 * i + 1) * n // (2 * count) for i in range(count)]


def sample_rows(corpus: Corpus, n: int = 10) -> list[dict[str, Any]]:
    """`n` rows spread over a corpus, the same ones at every call; few shards are read for them."""
    shards = [number for number, shard in enumerate(corpus.card["shards"]) if shard["rows"]]
    chosen = [shards[i] for i in spread(len(shards), min(_SHARDS, n))]
    found: list[dict[str, Any]] = []
    for place, number in enumerate(chosen):
        share = (place + 1) * n // len(chosen) - place * n // len(chosen)
        table = read_shard(corpus.shards[number])
        found.extend(table.take(spread(table.num_rows, share)).to_pylist())
    return found


def _text_pieces(row: Row) -> Iterator[Piece]:
    text, at = row["text"], 0
    for token, start, match in zip(row["tokens"], row["starts"], row["match"], strict=True):
        yield Piece(_one_line(text[at:start]))
        yield Piece(token, _ROLES.get(match, ""))
        at = start + len(token)
    yield Piece(_one_line(text[at:]).rstrip())


def _origins(row: Row) -> Iterator[Piece]:
    for unit in units_of(row):
        match = row["match"][unit.start]
        if match not in _UNTOLD:
            yield Piece(_origin(row, unit, match), _ROLES.get(match, ""))


def _origin(row: Row, unit: Unit, match: str) -> str:
    form = " ".join(row["tokens"][unit.start : unit.end])
    if match not in TRANSLATED:
        return f"{form} ({match})"
    how = [each for each in row["inflection"][unit.start : unit.end] if each != "none"]
    told = ", ".join([match, *how[:1]])
    words = row.get("source_tokens")
    source = f" ←{' '.join(words[i] for i in unit.sources)}" if words is not None else ""
    return f"{form}{source} ({told})"


def _wrapped(pieces: list[Piece], width: int) -> Iterator[Line]:
    line: list[Piece] = []
    used = 0
    for piece in pieces:
        if line and used + len(piece.text) + len(_BETWEEN) > width - 4:
            yield (Piece("    "), *line)
            line, used = [], 0
        if line:
            line.append(Piece(_BETWEEN))
        line.append(piece)
        used += len(piece.text) + len(_BETWEEN)
    if line:
        yield (Piece("    "), *line)


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\t", " ")
