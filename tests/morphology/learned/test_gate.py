"""The gate: what it lets through is right as often as asked, on lemmas it was not fitted on."""

from __future__ import annotations

import numpy as np
import pytest

from lexexpand.morphology.learned.gate import (
    SIGNALS,
    Gate,
    Reliability,
    calibrate,
    certainty,
    fit_gate,
    probability,
)

UP = (1,) * 6


def made(seed: int, lemmas: int = 200, each: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Signals (N, 6), right (N,), lemma (N,): the first signal tells, lemmas are easy or hard."""
    random = np.random.default_rng(seed)
    lemma = np.repeat(np.arange(lemmas), each)
    ease = random.normal(2, 2, lemmas)[lemma] + random.normal(0, 1, len(lemma))
    right = random.random(len(lemma)) < 1 / (1 + np.exp(-ease))
    signals = np.concatenate([ease[:, None], random.normal(size=(len(lemma), 5))], axis=1)
    return signals, right, lemma


def test_confidence_is_the_share_that_is_right() -> None:
    signals, right, lemma = made(1)
    gate = fit_gate(signals, right, UP)
    fresh, truth, _ = made(2)
    told = Reliability(gate.confidence(fresh), truth, lemma)
    assert told.calibration_error() < 0.05
    assert np.corrcoef(told.confidence, truth)[0, 1] > 0.4


@pytest.mark.parametrize(("lemmas", "each"), [(200, 5), (40, 25)])
def test_what_passes_is_right_as_often_as_asked(lemmas: int, each: int) -> None:
    found = []
    for seed in range(20):
        made_gate = calibrate(*made(seed, lemmas, each), UP)
        assert made_gate is not None
        gate, told = made_gate
        threshold = told.threshold(0.95)
        if threshold is None:
            continue
        fresh, truth, _ = made(seed + 100, 2000, 5)
        passed = gate.confidence(fresh) >= threshold
        found.append(truth[passed].mean())
    assert len(found) >= 15
    assert np.mean(found) >= 0.95
    assert np.mean(np.array(found) < 0.94) <= 0.15  # how often it promises too much


def test_a_higher_precision_lets_less_through() -> None:
    found = calibrate(*made(3), UP)
    assert found is not None
    low, high = found[1].threshold(0.8), found[1].threshold(0.97)
    assert low is not None
    assert high is not None
    assert low < high


@pytest.mark.parametrize(
    ("right", "lemmas"),
    [(np.zeros(300, bool), 60), (np.ones(300, bool), 4), (np.ones(20, bool), 20)],
    ids=["never right", "few lemmas", "few forms"],
)
def test_where_it_cannot_be_told_the_gate_stays_shut(right: np.ndarray, lemmas: int) -> None:
    lemma = np.arange(len(right)) % lemmas
    assert Reliability(np.linspace(0, 1, len(right)), right, lemma).threshold() is None


def test_there_is_no_cut_between_equal_confidences() -> None:
    right = np.arange(200) < 100
    assert Reliability(np.full(200, 0.9), right, np.arange(200) % 40).threshold() is None


def test_signals_that_never_differ_are_no_trouble() -> None:
    gate = fit_gate(np.zeros((50, 6)), np.arange(50) < 40, UP)
    assert isinstance(gate, Gate)
    assert gate.confidence(np.zeros((1, 6)))[0] == pytest.approx(0.8, abs=0.01)


def test_letters_never_seen_make_nothing_surer() -> None:
    signals, right, _ = made(4)
    signals[:, 5] = 0
    signals[0, 5], right[0] = 1, True  # one that happened to be right
    gate = fit_gate(signals, right, list(SIGNALS.values()))
    odd = signals[1:2].copy()
    odd[0, 5] = 10
    assert gate.confidence(odd)[0] <= gate.confidence(signals[1:2])[0]


def test_what_is_nearly_certain_is_still_told_apart() -> None:
    random = np.random.default_rng(5)
    right = random.random(1500) < 0.92
    logs = -(10 ** np.where(right, random.uniform(-4.5, -2.2, 1500), random.uniform(-3, -0.5, 1500)))
    signals = np.zeros((1500, len(SIGNALS)))
    signals[:, 0] = certainty(logs)
    found = calibrate(signals, right, np.arange(1500) % 100, list(SIGNALS.values()))
    assert found is not None
    spoken = found[1].spoken(0.97)
    assert spoken is not None
    share, precision = spoken
    assert share > 0.5
    assert precision > 0.97
    assert probability(certainty(logs)) == pytest.approx(np.exp(logs), abs=1e-9)
