"""The reverse of inflecting: of which lemma, in which cell, is a form that no table has?

Rules of affixes propose lemmas and bundles; the inflector, asked for each, must give the form back. Of what
remains the likeliest lemma is taken: how sure the inflector is of the form, times the share of the forms like
it that the rule explains. As in inflecting, a gate fitted on held-out lemmas decides whether that is enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.learned.affixes import Affixes
    from lexexpand.morphology.unlisted import Speaker

    Cut = Callable[[str], str]

DIRECTIONS = (1, 1, 1, -1)
"""Of the signals of an analysis; see `Analysis.signals`."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A lemma with its bundles, the likeliest first.

    Attributes:
        lemma: the form itself where no candidate leads back to it.
        bundles: cells of the lemma that have this form.
        signals: (4,) for the gate: log share of the lemma among all, its log weight, its confidence, whether
            another lemma is left.
    """

    lemma: str
    bundles: tuple[str, ...]
    signals: tuple[float, ...]


def analyze_many(
    forms: Sequence[str], affixes: Affixes, speaker: Speaker, split: Cut, join: Cut
) -> list[Analysis]:
    """Lemmas of forms, each distinct form once.

    Args:
        forms: words.
        affixes: rules over letters that are taken apart.
        speaker: inflects the candidates.
        split, join: take letters apart and put them together.
    """
    proposed = {
        form: [(join(c.lemma), c.bundle, c.share) for c in affixes.candidates(split(form))]
        for form in dict.fromkeys(forms)
    }
    asked = list(dict.fromkeys((lemma, b) for rows in proposed.values() for lemma, b, _ in rows))
    given = dict(zip(asked, speaker.inflect_many(asked), strict=True))
    made = {}
    for form, rows in proposed.items():
        weights: dict[str, float] = {}
        bundles: dict[str, list[tuple[float, str]]] = {}
        sure: dict[str, float] = {}
        for lemma, bundle, share in rows:
            guess = given[lemma, bundle]
            if guess.form != form:
                continue
            weight = guess.confidence * share
            weights[lemma] = weights.get(lemma, 0.0) + weight
            bundles.setdefault(lemma, []).append((-weight, bundle))
            sure[lemma] = max(sure.get(lemma, 0.0), guess.confidence)
        made[form] = _best(form, weights, bundles, sure)
    return [made[form] for form in forms]


def _best(
    form: str,
    weights: dict[str, float],
    bundles: dict[str, list[tuple[float, str]]],
    sure: dict[str, float],
) -> Analysis:
    if not any(weights.values()):
        return Analysis(form, (), (-20.0, -20.0, 0.0, 0.0))
    lemma = max(sorted(weights), key=lambda each: weights[each])
    whole = sum(weights.values())
    told = (
        float(np.log(weights[lemma] / whole)),
        float(np.log(max(weights[lemma], 1e-9))),
        sure[lemma],
        float(len(weights) > 1),
    )
    return Analysis(lemma, tuple(bundle for _, bundle in sorted(bundles[lemma])), told)


def signals_of(found: Sequence[Analysis]) -> NDArray[np.float64]:
    """(N, 4)."""
    return np.array([each.signals for each in found], np.float64).reshape(len(found), len(DIRECTIONS))
