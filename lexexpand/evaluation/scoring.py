"""Gold labels and predicted labels go in, scores come out: no model, no file.

    gold = [{"upos": ["DET", "NOUN"]}, {"upos": ["VERB"]}]
    score_task("pos", gold, predicted)[0].value      # share of the words that are right
    compare("pos", gold, predicted, baseline)        # how much better than the baseline's labels

Labels are lists of dictionaries, a dictionary a sentence: what `Network.predict` and `GoldSet.labels` give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lexexpand.errors import DataError
from lexexpand.evaluation.bootstrap import RESAMPLES, SEED, grouped, interval
from lexexpand.evaluation.metrics import metrics_of
from lexexpand.evaluation.score import Difference, Score
from lexexpand.signature import Signature

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from typing import Any

    from lexexpand.evaluation.metrics import Labels, Metric


def score_task(
    kind: str,
    gold: Sequence[Labels],
    predicted: Sequence[Labels],
    *,
    documents: Sequence[Hashable] | None = None,
    signature: Signature | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Score]:
    """All metrics of a kind of task, the one to be quoted first.

    Args:
        kind: `pos`, `ner`, `topic`, `sentiment`, `label` or `intent-slots`.
        gold: by sentence, a label or a list of one per word for each head (None: that word is not scored).
        predicted: the same, of the same sentences in the same order.
        documents: the document of each sentence, where known.
        signature: what was scored; metric, scheme, unit and draws are added.
        resamples, seed: of the bootstrap.

    Raises:
        ConfigError: There is no such kind.
        DataError: The two are not of the same sentences.
    """
    found = []
    for metric in _checked(kind, gold, predicted):
        counts = metric.count(gold, predicted)
        units, unit = grouped(counts, documents)
        bounds = interval(metric.value, units, resamples=resamples, seed=seed)
        told = _told(signature, metric, unit, resamples, seed)
        found.append(
            Score(metric.name, metric.whole(gold, predicted), bounds, metric.size(counts.sum(axis=0)), told)
        )
    return found


def compare(
    kind: str,
    gold: Sequence[Labels],
    predicted: Sequence[Labels],
    baseline: Sequence[Labels],
    *,
    documents: Sequence[Hashable] | None = None,
    signature: Signature | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Difference]:
    """How much better `predicted` is than `baseline`, by paired bootstrap. Arguments as in `score_task`."""
    found = []
    _checked(kind, gold, baseline)
    for metric in _checked(kind, gold, predicted):
        # One call each would code classes apart: both systems' counts must have the same columns.
        both = metric.count([*gold, *gold], [*predicted, *baseline])
        ours, theirs = np.split(both, 2)
        width = ours.shape[1]
        units, unit = grouped(np.concatenate([ours, theirs], axis=1), documents)

        def gain(counts: np.ndarray[Any, Any], metric: Metric = metric, width: int = width) -> Any:
            return metric.value(counts[..., :width]) - metric.value(counts[..., width:])

        value = metric.whole(gold, predicted) - metric.whole(gold, baseline)
        bounds = interval(gain, units, resamples=resamples, seed=seed)
        told = _told(signature, metric, unit, resamples, seed)
        found.append(Difference(metric.name, value, bounds, metric.size(ours.sum(axis=0)), told))
    return found


def _told(signature: Signature | None, metric: Metric, unit: str, resamples: int, seed: int) -> Signature:
    base = Signature.of() if signature is None else signature
    return base.with_(metric=metric.name, scheme=metric.scheme, unit=unit, boot=resamples, bseed=seed)


def _checked(kind: str, gold: Sequence[Labels], predicted: Sequence[Labels]) -> Sequence[Metric]:
    metrics = metrics_of(kind)
    if not gold:
        raise DataError("there is no sentence to score")
    if len(gold) != len(predicted):
        raise DataError(f"{len(predicted)} sentences were predicted, and {len(gold)} have gold labels")
    heads = {head for metric in metrics for head in metric.heads}
    for number, (one, other) in enumerate(zip(gold, predicted, strict=True), 1):
        for head in heads:
            if head not in one or head not in other:
                raise DataError(
                    f"sentence {number} has no {head} in {'gold' if head not in one else 'prediction'}"
                )
            lengths = [1 if isinstance(side[head], str) else len(side[head]) for side in (one, other)]
            if lengths[0] != lengths[1]:
                raise DataError(
                    f"sentence {number}: {lengths[1]} predicted labels of {head} for {lengths[0]} words"
                )
    return metrics
