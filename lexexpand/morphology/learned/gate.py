"""When may the inflector speak? How sure it is of a form, and from where on such forms are right enough.

What the networks say of their own answer (the probability of the walk, the least sure step, how far they
disagree) and what is known of the request (a bundle or letters never seen) go through a logistic regression,
fitted on lemmas that were held out of training; probabilities on a scale that tells 0.99 from 0.999
(`certainty`). Each signal may count in its own direction alone: with few
lemmas chance would turn some round.

The gate opens at the least confidence from which on forms of held-out lemmas were right as often as asked.
These confidences are cross-fitted (each by a regression that has not seen the lemma), and it is the lower end
of an interval over resampled lemmas that must reach the target. With too few lemmas to tell, it stays shut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIGNALS = {
    "certainty": 1,
    "certainty, least certain network": 1,
    "certainty, least certain step": 1,
    "disagreement of networks": -1,
    "bundle never seen": -1,
    "letters never seen": -1,
}
"""Columns of the signals of an answer, and the direction in which each may count."""

_CERTAIN = 1e-3
"""Of a probability this close to one nothing more is told: it is lost in rounding."""

PRECISION = 0.95
_PENALTY = 1e-2
_LEAST_SCALE = 0.25  # a signal that hardly ever differs must not count for much where it does
_ROUNDS = 50
_FOLDS = 10
_DRAWS = 400
_QUANTILE = 0.1
_LEAST_LEMMAS = 20
_LEAST_FORMS = 50


def certainty(log_probability: Floats) -> Floats:
    """How many times less likely than not an error is, as a logarithm.

    Networks are sure of almost everything: most answers have a probability above 0.99, and what is right and
    what is wrong lies between 0.990 and 0.999. On this scale they stand apart.
    """
    made: Floats = -np.log(_CERTAIN + np.maximum(-log_probability, 0.0))
    return made


def probability(certain: Floats) -> Floats:
    """The inverse of `certainty`, as a probability."""
    made: Floats = np.minimum(np.exp(_CERTAIN - np.exp(-certain)), 1.0)
    return made


@dataclass(frozen=True, slots=True)
class Reliability:
    """Forms of held-out lemmas: confidence (N,), whether it was right (N,), number of the lemma (N,)."""

    confidence: Floats
    right: NDArray[np.bool_]
    lemma: NDArray[np.int64]

    def threshold(self, precision: float = PRECISION) -> float | None:
        """The least confidence from which on forms were right that often; None where that can't be told."""
        order = np.argsort(-self.confidence, kind="stable")
        sure, right, lemma = self.confidence[order], self.right[order], self.lemma[order]
        weights = _draws(self.lemma)[:, lemma]  # (draws, N): how often each draw has the form's lemma
        counts = np.maximum(weights.cumsum(axis=1), 1)
        low = np.quantile((weights * right).cumsum(axis=1) / counts, _QUANTILE, axis=0)
        enough = (_seen(lemma) >= _LEAST_LEMMAS) & (np.arange(1, len(order) + 1) >= _LEAST_FORMS)
        ends = np.append(sure[:-1] > sure[1:], True)[: len(sure)]  # no cut between equal confidences
        opens = np.flatnonzero((low >= precision) & enough & ends)
        return float(sure[opens[-1]]) if len(opens) else None

    def bins(self, count: int = 10) -> list[tuple[float, float, int]]:
        """Bins of equally many forms: mean confidence, share that was right, forms."""
        order = np.argsort(self.confidence, kind="stable")
        parts = np.array_split(order, min(count, len(order))) if len(order) else []
        return [(float(self.confidence[p].mean()), float(self.right[p].mean()), len(p)) for p in parts]

    def calibration_error(self) -> float:
        """Expected calibration error over ten bins (Guo et al. 2017)."""
        gaps = [size * abs(sure - right) for sure, right, size in self.bins()]
        return sum(gaps) / max(1, len(self.right))

    def spoken(self, precision: float) -> tuple[float, float] | None:
        """With the gate at a precision: share that it lets through, and how much of that was right."""
        threshold = 0.0 if precision <= 0 else self.threshold(precision)
        if threshold is None:
            return None
        passed = self.confidence >= threshold
        return float(passed.mean()), float(self.right[passed].mean())

    def risk(self) -> tuple[Floats, Floats]:
        """Coverage (N,) and the share of wrong forms among the most confident (N,)."""
        wrong = ~self.right[np.argsort(-self.confidence, kind="stable")]
        counts = np.arange(1, len(wrong) + 1)
        return counts / max(1, len(wrong)), wrong.cumsum() / counts


def _seen(lemma: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each place how many distinct lemmas stand up to it (N,)."""
    first = np.zeros(len(lemma), np.int64)
    first[np.unique(lemma, return_index=True)[1]] = 1
    return first.cumsum()


def _draws(lemma: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lemmas drawn with replacement (draws, lemmas): how often each was drawn."""
    count = int(lemma.max()) + 1 if len(lemma) else 0
    random = np.random.default_rng(13)
    return random.multinomial(count, np.full(count, 1 / max(1, count)), size=_DRAWS)


@dataclass(frozen=True, slots=True)
class Gate:
    """Signals to a probability: weights of the standardised signals behind a constant."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]

    def confidence(self, signals: Floats) -> Floats:
        """(N, signals) -> (N,)."""
        x = (signals - np.array(self.mean)) / np.array(self.scale)
        made: Floats = _squash(x @ np.array(self.weights[1:]) + self.weights[0])
        return made


def calibrate(
    signals: Floats, right: NDArray[np.bool_], lemma: NDArray[np.int64], directions: Sequence[int]
) -> tuple[Gate, Reliability] | None:
    """The gate of all forms, and how reliable such a gate is on lemmas that it was not fitted on.

    Args:
        signals: of forms of held-out lemmas (N, signals).
        right: which are right (N,).
        lemma: number of each form's lemma (N,).
        directions: 1 or -1 for each signal.

    Returns:
        None where too few lemmas were held out, or nothing was right.
    """
    if len(np.unique(lemma)) < _LEAST_LEMMAS or not right.any():
        return None
    fold = np.random.default_rng(13).permutation(int(lemma.max()) + 1)[lemma] % _FOLDS
    confidence = np.zeros(len(right))
    for number in range(_FOLDS):
        inside = fold == number
        if inside.any():
            confidence[inside] = fit_gate(signals[~inside], right[~inside], directions).confidence(
                signals[inside]
            )
    return fit_gate(signals, right, directions), Reliability(confidence, right, lemma)


def fit_gate(signals: Floats, right: NDArray[np.bool_], directions: Sequence[int]) -> Gate:
    """Logistic regression with a small penalty; signals that count the wrong way round are left out."""
    mean, scale = signals.mean(axis=0), np.maximum(signals.std(axis=0), _LEAST_SCALE)
    x = np.concatenate([np.ones((len(signals), 1)), (signals - mean) / scale], axis=1)
    kept = np.arange(x.shape[1])
    while True:
        weights = np.zeros(x.shape[1])
        weights[kept] = _newton(x[:, kept], right)
        wrong = [n for n in kept.tolist() if n and weights[n] * directions[n - 1] < 0]
        if not wrong:
            return Gate(tuple(mean.tolist()), tuple(scale.tolist()), tuple(weights.tolist()))
        worst = max(wrong, key=lambda n: abs(weights[n]))
        kept = kept[kept != worst]


def _newton(x: Floats, right: NDArray[np.bool_]) -> Floats:
    """Weights (columns of x,) of the regression, the first without a penalty to speak of."""
    penalty = np.full(x.shape[1], _PENALTY * len(x))
    penalty[0] = 1e-6 * len(x)
    weights = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        p = _squash(x @ weights)
        gradient = x.T @ (p - right) + penalty * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def _squash(x: Floats) -> Floats:
    made: Floats = 0.5 * np.tanh(0.5 * x) + 0.5
    return made
