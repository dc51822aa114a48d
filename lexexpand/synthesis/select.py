"""Which sentences to keep: those that teach most, and none that teach nothing new.

What a row teaches are its items: an entry in a paradigm cell. An item that was kept c times is worth
1 / (1 + c), and nothing from `cap` on. A row's gain is the worth of its items times its coverage, by the
square root of its length, so that neither long nor very short sentences win by their length alone. The sum
of harmonic gains is submodular, so a greedy choice is near the best (Nemhauser, Wolsey and Fisher 1978).

The greedy choice is made in rounds: a round scores all rows left at once and takes the best few, first 64,
then a tenth of what is kept. Ties go to the smaller id. All of it is one sequential pass over (id, items).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FIRST_ROUND = 64
_GROWTH = 10


@dataclass(frozen=True, slots=True)
class Considered:
    """Rows of one block that may be kept, R of them, and what was found to be against others."""

    sentence: NDArray[np.int64]
    variant: NDArray[np.int64]
    coverage: NDArray[np.float32]
    length: NDArray[np.int32]
    """Source tokens."""
    item_offsets: NDArray[np.int64]
    """(R + 1,)"""
    item: NDArray[np.int64]
    dropped: dict[str, int]
    """How many rows were not considered, by reason."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows to write, in the order of their ids."""

    sentence: NDArray[np.int64]
    variant: NDArray[np.int64]
    dropped: dict[str, int]


def select(blocks: Sequence[Considered], n: int | None, cap: int | None) -> Kept:
    """Choose the rows to keep.

    Args:
        blocks: in the order of the source.
        n: how many rows at most; None: all.
        cap: how often an entry in a cell may be kept and still count; None: no limit.
    """
    sentence = np.concatenate([block.sentence for block in blocks])
    variant = np.concatenate([block.variant for block in blocks])
    dropped: dict[str, int] = {}
    for block in blocks:
        for reason, count in block.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
    if cap is None and (n is None or n >= len(sentence)):
        return Kept(sentence, variant, dropped)
    bases = np.cumsum([0, *(int(block.item_offsets[-1]) for block in blocks)])
    starts = [block.item_offsets[:-1] + base for block, base in zip(blocks, bases, strict=False)]
    offsets = np.concatenate([*starts, bases[-1:]]).astype(np.int64)
    names, items = np.unique(np.concatenate([block.item for block in blocks]), return_inverse=True)
    coverage = np.concatenate([block.coverage for block in blocks])
    length = np.concatenate([block.length for block in blocks])
    scale = coverage / np.sqrt(np.maximum(length, 1))
    if n is None:
        keep = _capped(offsets, items, len(names), cap or 0)
        dropped["taught nothing new"] = int((~keep).sum())
    else:
        keep = _greedy(offsets, items, len(names), scale, n, cap)
        dropped["not among the best"] = int((~keep).sum())
    return Kept(sentence[keep], variant[keep], dropped)


def _capped(
    offsets: NDArray[np.int64], items: NDArray[np.int64], n_items: int, cap: int
) -> NDArray[np.bool_]:
    """In the order of ids: keep a row while one of its items was kept fewer than `cap` times."""
    counts = np.zeros(n_items, np.int64)
    keep = np.zeros(len(offsets) - 1, np.bool_)
    for row, (start, end) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
        own = items[start:end]
        if len(own) and counts[own].min() < cap:
            counts[own] += 1
            keep[row] = True
    return keep


def _greedy(
    offsets: NDArray[np.int64],
    items: NDArray[np.int64],
    n_items: int,
    scale: NDArray[np.floating],
    n: int,
    cap: int | None,
) -> NDArray[np.bool_]:
    counts = np.zeros(n_items, np.int64)
    keep = np.zeros(len(offsets) - 1, np.bool_)
    row_of = np.repeat(np.arange(len(keep)), np.diff(offsets))
    left = n
    while left > 0:
        worth = 1.0 / (1.0 + counts)
        if cap is not None:
            worth[counts >= cap] = 0.0
        gain = np.bincount(row_of, weights=worth[items], minlength=len(keep)) * scale
        gain[keep] = 0.0
        size = min(left, max(_FIRST_ROUND, (n - left) // _GROWTH))
        best = np.lexsort((np.arange(len(gain)), -gain))[:size]
        best = best[gain[best] > 0]
        if not len(best):
            break
        keep[best] = True
        taken = keep[row_of] & np.isin(row_of, best)
        counts += np.bincount(items[taken], minlength=n_items)
        left -= len(best)
    return keep
