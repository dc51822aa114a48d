from __future__ import annotations

import numpy as np
import pytest

from lexexpand.evaluation.bootstrap import grouped, interval
from lexexpand.evaluation.scoring import compare, score_task


def labels(right: list[bool]) -> tuple[list[dict], list[dict]]:
    return [{"label": "a"} for _ in right], [{"label": "a" if one else "b"} for one in right]


def test_the_interval_of_a_share_is_near_the_binomial_one() -> None:
    gold, predicted = labels([True] * 140 + [False] * 60)
    score = score_task("topic", gold, predicted, resamples=1000)[0]
    half = 1.96 * np.sqrt(0.7 * 0.3 / 200)
    assert score.value == pytest.approx(0.7)
    assert score.interval[0] == pytest.approx(0.7 - half, abs=0.01)
    assert score.interval[1] == pytest.approx(0.7 + half, abs=0.01)


def test_the_same_seed_gives_the_same_interval_and_another_one_another() -> None:
    pair = labels([True] * 1301 + [False] * 400)
    first = score_task("topic", *pair)[0].interval
    assert first == score_task("topic", *pair)[0].interval
    assert first != score_task("topic", *pair, seed=14)[0].interval


def test_all_right_has_an_interval_of_one_point() -> None:
    score = score_task("topic", *labels([True] * 9))[0]
    assert (score.value, score.interval) == (1.0, (1.0, 1.0))


def test_documents_widen_the_interval_where_their_sentences_agree() -> None:
    right = [bool(doc % 2) for doc in range(40) for _ in range(10)]
    documents = [f"d{doc}" for doc in range(40) for _ in range(10)]
    alone = score_task("topic", *labels(right))[0]
    together = score_task("topic", *labels(right), documents=documents)[0]
    assert together.value == alone.value
    assert together.signature.get("unit") == "document"
    width = together.interval[1] - together.interval[0]
    assert width > 2 * (alone.interval[1] - alone.interval[0])


def test_few_or_unknown_documents_leave_sentences_as_the_unit() -> None:
    counts = np.ones((30, 2), np.int64)
    assert grouped(counts, ["one"] * 30)[1] == "sentence"
    assert grouped(counts, [None, *map(str, range(29))])[1] == "sentence"
    summed, unit = grouped(counts, [str(i // 1) for i in range(30)])
    assert (unit, len(summed)) == ("document", 30)


def test_one_sentence_has_no_interval_beyond_itself() -> None:
    assert interval(lambda sums: sums[..., 0] / sums[..., 1], np.array([[1, 2]])) == (0.5, 0.5)


def test_a_paired_difference_is_narrower_than_the_two_scores() -> None:
    rng = np.random.default_rng(0)
    base = rng.random(300) < 0.5
    better = base | (np.arange(300) % 10 == 0)  # never worse than the baseline
    gold, ours = labels(list(better))
    _, theirs = labels(list(base))
    found = compare("topic", gold, ours, theirs)[0]
    assert found.value == pytest.approx(better.mean() - base.mean())
    assert found.is_clear
    assert found.interval[0] > 0
    lone = score_task("topic", gold, ours)[0]
    assert found.interval[1] - found.interval[0] < lone.interval[1] - lone.interval[0]


def test_no_difference_is_not_clear() -> None:
    gold, same = labels([True, False] * 40)
    for found in compare("sentiment", gold, same, same):
        assert (found.value, found.interval, found.is_clear) == (0.0, (0.0, 0.0), False)


def test_a_difference_keeps_apart_the_classes_that_only_one_of_two_predicts() -> None:
    gold = [{"label": one} for one in "aabbcc" * 5]
    ours = [{"label": one} for one in "aabbcd" * 5]
    theirs = [{"label": one} for one in "aabbce" * 5]
    macro = compare("sentiment", gold, ours, theirs)[0]
    assert macro.value == pytest.approx(0.0)
    assert macro.interval == pytest.approx((0.0, 0.0), abs=0.2)
    scores = [score_task("sentiment", gold, side)[0].value for side in (ours, theirs)]
    assert macro.value == pytest.approx(scores[0] - scores[1])
