"""The likeliest sequence of IOB2 tags, not the likeliest tag of each word.

    Burkina Faso     B-LOC B-LOC   each for itself: two places
                     B-LOC I-LOC   as a sequence: one

An `I-` goes on what stands before it, and two spans of one type seldom touch: both cost points of strict F1
where a network is unsure, as it is in a language that it does not know. Viterbi (1967) finds the best path;
no transition is learned, there is but the one price below. What it is worth: `experiments/win/paths.py`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.model.tasks import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TOUCHING = 2.0
"""What it costs a span, in nats, to begin right behind one of its type."""
_NEVER = -1e4


def best_path(scores: NDArray[np.float32], labels: Sequence[str]) -> list[int]:
    """Numbers of the likeliest tags.

    Args:
        scores: (W, L) log probabilities; a row of NaN says nothing, and is outside.
        labels: the L tags, IOB2 with `O`.
    """
    if not len(scores):
        return []
    start, step = _transitions(tuple(labels))
    outside = np.where(np.array(labels) == OUTSIDE, 0.0, _NEVER)
    rows = np.where(np.isnan(scores[:, :1]), outside, scores)
    best = rows[0] + start
    came: list[NDArray[np.int64]] = []
    for row in rows[1:]:
        paths = best[:, None] + step
        came.append(paths.argmax(axis=0))
        best = paths.max(axis=0) + row
    path = [int(best.argmax())]
    for before in reversed(came):
        path.append(int(before[path[-1]]))
    return path[::-1]


@lru_cache(maxsize=8)
def _transitions(labels: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What it costs to begin with a tag (L,), and to go from one to another (L, L)."""
    begins = np.array([label.startswith("B-") for label in labels])
    inside = np.array([label.startswith("I-") for label in labels])
    kind = np.array([label[2:] for label in labels])
    same = (kind[:, None] == kind[None, :]) & (begins | inside)[:, None]
    step = np.where(inside[None, :] & ~same, _NEVER, 0.0)
    return np.where(inside, _NEVER, 0.0), step - TOUCHING * (begins[None, :] & same)
