"""How often is a learned inflector right on triples it has never seen, and how often where it speaks?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned.gate import Reliability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.morphology.learned.model import Guess, LearnedInflector
    from lexexpand.morphology.learned.walks import Triple

_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Score:
    """Fractions over triples.

    Attributes:
        n, lemmas: triples and lemmas scored.
        accuracy: forms that are right, the gate off.
        precision_gated: of the forms that the gate lets through, None where it lets none through.
        precision_interval: 95 %, bootstrap over lemmas.
        share_gated: how many it lets through.
        calibration_error: expected, over ten bins.
    """

    n: int
    lemmas: int
    accuracy: float
    precision_gated: float | None
    precision_interval: tuple[float, float] | None
    share_gated: float
    calibration_error: float


def score(model: LearnedInflector, triples: Sequence[Triple]) -> Score:
    """Score (lemma, bundle, form) triples one by one, as the shared tasks do: a triple has one right form."""
    return score_guesses(model.inflect_many([(lemma, bundle) for lemma, bundle, _ in triples]), triples)


def score_guesses(guesses: Sequence[Guess], triples: Sequence[Triple]) -> Score:
    """The same of answers that were given, in the order of the triples."""
    right = np.array([g.form == form for g, (_, _, form) in zip(guesses, triples, strict=True)], bool)
    spoken = np.array([guess.spoken for guess in guesses], bool)
    number: dict[str, int] = {}
    lemma = np.array([number.setdefault(triple[0], len(number)) for triple in triples], np.int64)
    told = Reliability(np.array([guess.confidence for guess in guesses]), right, lemma)
    return Score(
        n=len(triples),
        lemmas=len(number),
        accuracy=float(right.mean()) if len(right) else 0.0,
        precision_gated=float(right[spoken].mean()) if spoken.any() else None,
        precision_interval=_interval(right[spoken], lemma[spoken]) if spoken.any() else None,
        share_gated=float(spoken.mean()) if len(spoken) else 0.0,
        calibration_error=told.calibration_error(),
    )


def _interval(right: np.ndarray, lemma: np.ndarray) -> tuple[float, float]:
    """95 % interval of a share, lemmas drawn with replacement."""
    _, place = np.unique(lemma, return_inverse=True)
    hits = np.bincount(place, weights=right)
    counts = np.bincount(place)
    draws = np.random.default_rng(13).integers(len(counts), size=(_DRAWS, len(counts)))
    shares = hits[draws].sum(axis=1) / counts[draws].sum(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    return float(low), float(high)
