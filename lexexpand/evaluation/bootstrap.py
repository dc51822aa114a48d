"""How far could the score have been off with other sentences of the same kind?

Sentences (documents, where they are known: sentences of a document resemble each other) are drawn with
replacement and the metric is computed anew from their counts (Efron & Tibshirani 1993; for NLP: Koehn 2004,
Berg-Kirkpatrick et al. 2012). The draws are `scipy.stats.bootstrap`'s, percentile method: BCa is not defined
where all resamples agree, as at 0 or 100 %. A difference draws the same sentences for both systems.

It says nothing about other seeds of the training: a claim needs several of these as well.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

    from lexexpand.evaluation.score import Interval

RESAMPLES = 1000
SEED = 13
LEVEL = 0.95
FEWEST_DOCUMENTS = 20
"""With fewer documents an interval over documents is itself a matter of chance; sentences are drawn then."""
_BATCH = 50


def grouped(counts: NDArray[np.int64], documents: Sequence[Hashable] | None) -> tuple[NDArray[np.int64], str]:
    """Counts [B, K] summed by document [D, K] where there are enough of them, and the unit's name."""
    if documents is None or any(one is None for one in documents):
        return counts, "sentence"
    codes: dict[Hashable, int] = {}
    rows = np.array([codes.setdefault(one, len(codes)) for one in documents], np.int64)
    if len(codes) < FEWEST_DOCUMENTS:
        return counts, "sentence"
    summed = np.zeros((len(codes), counts.shape[1]), np.int64)
    np.add.at(summed, rows, counts)
    return summed, "document"


def interval(
    value: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    counts: NDArray[np.int64],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval:
    """The 95 % interval of `value` of summed counts.

    Args:
        value: sums [..., K] -> values [...].
        counts: [units, K].
        resamples: how many draws.
        seed: of the draws; the same number of units and the same seed draw the same units.
    """
    from scipy.stats import bootstrap

    if len(counts) < 2:
        point = float(value(counts.sum(axis=0)))
        return point, point

    def statistic(units: NDArray[np.int64], axis: int = -1) -> NDArray[np.float64]:
        return value(counts[np.moveaxis(units, axis, -1)].sum(axis=-2))

    with warnings.catch_warnings():  # of a distribution in one point, where the interval is that point
        warnings.simplefilter("ignore")
        result = bootstrap(
            (np.arange(len(counts)),),
            statistic,
            n_resamples=resamples,
            batch=_BATCH,
            vectorized=True,
            confidence_level=LEVEL,
            method="percentile",
            rng=np.random.default_rng(seed),
        )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)
