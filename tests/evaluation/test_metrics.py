"""Values against hand-made cases, and against the libraries on random labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation.metrics import METRICS, metrics_of
from lexexpand.evaluation.scoring import score_task


def spans(gold: str, predicted: str) -> tuple[float, float]:
    """Strict and conll span F1 of one sentence."""
    pair = [{"tags": gold.split()}], [{"tags": predicted.split()}]
    strict, conll = score_task("ner", *pair, resamples=10)
    return strict.value, conll.value


@pytest.mark.parametrize(
    ("gold", "predicted", "strict", "conll"),
    [
        ("B-PER I-PER O", "B-PER I-PER O", 1.0, 1.0),
        ("B-PER I-PER O", "B-PER I-PER I-PER", 0.0, 0.0),  # over-long (alexa/massive#13)
        ("B-PER I-PER I-PER", "B-PER I-PER O", 0.0, 0.0),  # too short
        ("B-PER I-PER O", "B-LOC I-LOC O", 0.0, 0.0),  # right bounds, wrong type
        ("B-PER I-PER O", "I-PER I-PER O", 0.0, 1.0),  # begins with I- (seqeval#23)
        ("B-PER O B-PER", "B-PER O I-PER", 2 / 3, 1.0),
        ("B-PER B-PER O", "B-PER I-PER O", 0.0, 0.0),  # two people are not one
        ("B-PER I-PER O", "B-PER I-LOC O", 0.0, 0.0),  # the type changes inside
        ("B-PER B-LOC O", "B-PER I-LOC O", 2 / 3, 1.0),  # strict does not take the I-LOC for a span
        ("O O O", "O O O", 0.0, 0.0),  # nothing of nothing
        ("O O O", "B-PER O O", 0.0, 0.0),
        ("B-PER O O", "O O O", 0.0, 0.0),
        ("B-a-b/c I-a-b/c O", "B-a-b/c I-a-b/c O", 1.0, 1.0),  # types with hyphen and slash
        ("B-a-b O", "B-a-c O", 0.0, 0.0),
    ],
)
def test_a_span_is_right_if_bounds_and_type_are(
    gold: str, predicted: str, strict: float, conll: float
) -> None:
    assert spans(gold, predicted) == pytest.approx((strict, conll))


def test_spans_end_with_their_sentence() -> None:
    gold = [{"tags": ["O", "B-PER"]}, {"tags": ["B-PER", "O"]}]
    merged = [{"tags": ["O", "B-PER"]}, {"tags": ["I-PER", "O"]}]
    strict, conll = score_task("ner", gold, merged, resamples=10)
    assert strict.value == pytest.approx(2 / 3)
    assert conll.value == 1.0
    assert strict.n == 2


def test_words_without_gold_label_are_not_scored() -> None:
    gold, predicted = [{"upos": ["NOUN", None, "VERB"]}], [{"upos": ["NOUN", "X", "NOUN"]}]
    (accuracy,) = score_task("pos", gold, predicted, resamples=10)
    assert (accuracy.value, accuracy.n) == (0.5, 2)


def test_a_frame_is_right_if_intent_and_every_slot_are() -> None:
    gold = [
        {"intent": "alarm", "slots": ["O", "B-time"]},
        {"intent": "alarm", "slots": ["O", "O"]},
        {"intent": "rain", "slots": ["O", "O"]},
    ]
    predicted = [
        {"intent": "alarm", "slots": ["O", "B-time"]},
        {"intent": "alarm", "slots": ["O", "B-time"]},
        {"intent": "alarm", "slots": ["O", "O"]},
    ]
    found = {score.name: score for score in score_task("intent-slots", gold, predicted, resamples=10)}
    assert found["intent_accuracy"].value == pytest.approx(2 / 3)
    assert found["slot_f1"].value == pytest.approx(2 / 3)
    assert found["exact_match"].value == pytest.approx(1 / 3)
    assert found["exact_match"].n == 3


def test_macro_f1_by_hand() -> None:
    # a: 1 right of 2 predicted, 2 gold -> 1/2; b: 1 of 2, 1 gold -> 2/3; c: gold alone -> 0
    labels = [{"label": one} for one in "aabc"], [{"label": one} for one in "abba"]
    found = {score.name: score.value for score in score_task("sentiment", *labels, resamples=10)}
    assert found["macro_f1"] == pytest.approx((1 / 2 + 2 / 3 + 0) / 3)
    assert found["weighted_f1"] == pytest.approx((2 * 1 / 2 + 2 / 3 + 0) / 4)
    assert found["accuracy"] == pytest.approx(0.5)


TAGS = st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC"])


@st.composite
def random_labels(draw: st.DrawFn) -> tuple[list[dict], list[dict]]:
    sides: tuple[list[dict], list[dict]] = ([], [])
    for length in draw(st.lists(st.integers(1, 6), min_size=1, max_size=6)):
        for side in sides:
            tags = draw(st.lists(TAGS, min_size=length, max_size=length))
            label = draw(st.sampled_from("abcd"))
            side.append({"tags": tags, "slots": tags, "upos": tags, "label": label, "intent": label})
    return sides


@settings(max_examples=60, deadline=None)
@given(random_labels())
def test_summed_counts_give_the_library_value(labels: tuple[list[dict], list[dict]]) -> None:
    gold, predicted = labels
    for kind in METRICS:
        for metric in metrics_of(kind):
            counted = metric.value(metric.count(gold, predicted).sum(axis=0))
            assert float(counted) == pytest.approx(metric.whole(gold, predicted)), (kind, metric.name)


def by_hand(tags: list[str], *, strict: bool) -> set[tuple[str, int, int]]:
    """Spans as their definitions say them, one tag after another."""
    spans: list[tuple[str, int, int]] = []
    for at, tag in enumerate(tags):
        mark, _, kind = tag.partition("-")
        goes_on = mark == "I" and bool(spans) and spans[-1][0] == kind and spans[-1][2] == at
        if goes_on:
            spans[-1] = (kind, spans[-1][1], at + 1)
        elif mark == "B" or (mark == "I" and not strict):
            spans.append((kind, at, at + 1))
    return set(spans)


@settings(max_examples=60, deadline=None)
@given(random_labels())
def test_span_f1_is_that_of_spans_found_by_hand(labels: tuple[list[dict], list[dict]]) -> None:
    gold, predicted = labels
    for score, strict in zip(score_task("ner", gold, predicted, resamples=2), (True, False), strict=True):
        sides = [
            {(i, *span) for i, one in enumerate(side) for span in by_hand(one["tags"], strict=strict)}
            for side in (gold, predicted)
        ]
        total = len(sides[0]) + len(sides[1])
        assert score.value == pytest.approx(2 * len(sides[0] & sides[1]) / total if total else 0.0)
        assert score.n == len(sides[0])


def test_counts_of_a_resample_are_the_library_value_of_that_resample() -> None:
    rng = np.random.default_rng(0)
    gold = [{"label": one} for one in rng.choice(list("abcde"), 40)]
    predicted = [{"label": one} for one in rng.choice(list("abcde"), 40)]
    for metric in metrics_of("sentiment"):
        counts = metric.count(gold, predicted)
        for _ in range(20):
            at = rng.integers(0, 40, 12)
            whole = metric.whole([gold[i] for i in at], [predicted[i] for i in at])
            assert float(metric.value(counts[at].sum(axis=0))) == pytest.approx(whole)


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"no kind of task .parse.*pos, ner"):
        score_task("parse", [{}], [{}])


def test_labels_of_other_sentences_are_refused() -> None:
    with pytest.raises(DataError, match="1 sentences were predicted, and 2 have gold"):
        score_task("topic", [{"label": "a"}] * 2, [{"label": "a"}])
    with pytest.raises(DataError, match="sentence 1: 1 predicted labels of upos for 2 words"):
        score_task("pos", [{"upos": ["X", "X"]}], [{"upos": ["X"]}])
    with pytest.raises(DataError, match="sentence 1 has no slots in prediction"):
        score_task("intent-slots", [{"intent": "a", "slots": ["O"]}], [{"intent": "a"}])
    with pytest.raises(DataError, match="no sentence"):
        score_task("pos", [], [])
