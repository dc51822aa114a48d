"""Sequences of IOB2 tags: the best path, against all paths."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.model.spans import TOUCHING, best_path

LABELS = ("O", "B-LOC", "I-LOC", "B-PER", "I-PER")
ROWS = st.lists(st.lists(st.floats(-8, 0, width=16), min_size=5, max_size=5), min_size=1, max_size=4)


def price(path: tuple[int, ...], rows: np.ndarray) -> float:
    """The score of a path; minus infinity where an I- goes on nothing."""
    total = sum(float(row[number]) for row, number in zip(rows, path, strict=True))
    for before, after in pairwise(["O", *(LABELS[number] for number in path)]):
        if after.startswith("I-") and before[2:] != after[2:]:
            return -np.inf
        if after.startswith("B-") and before[2:] == after[2:]:
            total -= TOUCHING
    return total


@given(ROWS)
def test_no_path_is_better(rows: list[list[float]]) -> None:
    scores = np.array(rows, np.float32)
    found = tuple(best_path(scores, LABELS))
    best = max(price(path, scores) for path in product(range(5), repeat=len(rows)))
    assert abs(price(found, scores) - best) < 1e-3


def test_a_name_of_two_words_is_one_and_unread_words_are_outside() -> None:
    unsure = np.log(np.array([[0.1, 0.7, 0.1, 0.05, 0.05], [0.1, 0.5, 0.3, 0.05, 0.05]], np.float32))
    assert [LABELS[n] for n in best_path(unsure, LABELS)] == ["B-LOC", "I-LOC"]
    sure = np.log(np.array([[0.1, 0.8, 0.05, 0.03, 0.02], [0.01, 0.95, 0.01, 0.02, 0.01]], np.float32))
    assert [LABELS[n] for n in best_path(sure, LABELS)] == ["B-LOC", "B-LOC"]
    unread = np.vstack([unsure, np.full((1, 5), np.nan, np.float32)])
    assert [LABELS[n] for n in best_path(unread, LABELS)] == ["B-LOC", "I-LOC", "O"]
    assert best_path(np.zeros((0, 5), np.float32), LABELS) == []
