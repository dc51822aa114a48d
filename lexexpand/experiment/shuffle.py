"""A control: the same lexicon with its translations dealt out anew, so that no word means what it did.

If synthesis with such a lexicon helps as much as with the true one, what helped was noise, more training
or the look of the script, and not what the dictionary says. Translations are permuted within a part of
speech (and, inside it, among those of equally many words), so that length, inflection and labels stay
plausible.
"""

from __future__ import annotations

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lexexpand.lexicon.entry import Entry

HEADER = ("source", "upos", "target", "weight", "note")


def shuffled(entries: Iterable[Entry], seed: int) -> list[tuple[Entry, tuple[str, ...]]]:
    """The entries in their order, each with the target of another of its part of speech and length."""
    rows = list(entries)
    alike: dict[tuple[str | None, int], list[int]] = defaultdict(list)
    for number, entry in enumerate(rows):
        alike[entry.upos, len(entry.target)].append(number)
    dealt: list[tuple[str, ...]] = [entry.target for entry in rows]
    for (upos, length), numbers in sorted(alike.items(), key=lambda item: (item[0][0] or "", item[0][1])):
        order = numbers.copy()
        Random(f"{seed}:{upos}:{length}").shuffle(order)
        for number, other in zip(numbers, order, strict=True):
            dealt[number] = rows[other].target
    return list(zip(rows, dealt, strict=True))


def write_shuffled(entries: Iterable[Entry], seed: int, path: Path) -> Path:
    """Write the shuffled lexicon as a table that `load_lexicon` reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["\t".join(HEADER)]
    for entry, target in shuffled(entries, seed):
        cells = (entry.source_text, entry.upos or "", " ".join(target), f"{entry.weight:.6g}", "")
        lines.append("\t".join(cells))
    part = path.with_name(path.name + ".part")
    part.write_text("\n".join(lines) + "\n", encoding="utf-8")
    part.replace(path)
    return path
