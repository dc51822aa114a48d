"""Span F1 for choosing a checkpoint, by hand-made cases."""

from __future__ import annotations

import pytest

from lexexpand.adaptation.measure import span_f1

LABELS = ("O", "B-A", "I-A", "B-B", "I-B")


@pytest.mark.parametrize(
    ("predicted", "gold", "score"),
    [
        ("O B-A I-A", "O B-A I-A", 1.0),
        ("O B-A I-A", "O B-A O", 0.0),  # too long a span is wrong
        ("O I-A I-A", "O B-A I-A", 1.0),  # an I- without a beginning begins one
        ("B-A I-B O", "B-A O O", 2 / 3),
        ("B-A B-A O", "B-A I-A O", 0.0),
        ("O O O", "O O O", 1.0),
        ("O O O", "B-A O B-B", 0.0),
    ],
)
def test_spans_count_when_they_are_exactly_right(predicted: str, gold: str, score: float) -> None:
    numbers = [[LABELS.index(tag) for tag in text.split()] for text in (predicted, gold)]
    assert span_f1(*numbers, LABELS, [0, 3]) == pytest.approx(score)


def test_a_span_does_not_run_over_into_the_next_sentence() -> None:
    assert span_f1([1, 2], [1, 2], LABELS, [0, 1, 2]) == 1.0
    assert span_f1([1, 2], [1, 1], LABELS, [0, 1, 2]) == 1.0
