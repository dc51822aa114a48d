"""Metrics as sums over sentences, so that an interval costs no second look at the labels.

Each metric turns gold and predicted labels into a table of counts, a row a sentence (right, predicted and
gold spans, say), and the sum of any rows into a value: a resample is a sum of rows. The value of the whole is
the library's own, scikit-learn's for classes and seqeval's for spans (a test holds the two equal).

    gold       B-PER I-PER O       a span is right if its bounds and its type are
    predicted  B-PER I-PER I-PER   -> 0 right of 1 predicted, 1 gold: over-long is wrong (alexa/massive#13)
    predicted  I-PER I-PER O       -> strict: 0 predicted; conll: 1 right (seqeval issues 23 and 57)

seqeval's default is that of the CoNLL script (a stray I- begins a span); its strict mode takes IOB2 at its
word. Both are reported.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Values = NDArray[np.float64]

Labels = Mapping[str, Any]
"""Labels of a sentence by head: one label, or a list of one per word (None: not to be scored)."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of one kind of task.

    Attributes:
        name: what the score is called.
        heads: the heads whose labels it needs.
        scheme: how tags become spans, where it counts spans.
        count: gold and predicted labels, a list of B per head -> counts [B, K].
        value: summed counts [..., K] -> values [...].
        whole: the library's value of all: what is reported.
        size: summed counts [K] -> how many things were scored.
    """

    name: str
    heads: tuple[str, ...]
    scheme: str | None
    count: Callable[[Sequence[Labels], Sequence[Labels]], Counts]
    value: Callable[[Counts], Values]
    whole: Callable[[Sequence[Labels], Sequence[Labels]], float]
    size: Callable[[Counts], int]


def metrics_of(kind: str) -> tuple[Metric, ...]:
    """The metrics of a kind of task, the one to be quoted first.

    Raises:
        ConfigError: There is no such kind.
    """
    if kind not in METRICS:
        raise ConfigError(f"there is no kind of task {kind!r} to score. There are: {', '.join(METRICS)}.")
    return METRICS[kind]


def _words(head: str) -> Metric:
    def pairs(gold: Sequence[Labels], predicted: Sequence[Labels]) -> tuple[list[str], list[str]]:
        both = [
            (g, p)
            for one, other in zip(gold, predicted, strict=True)
            for g, p in zip(one[head], other[head], strict=True)
            if g is not None
        ]
        return [g for g, _ in both], [p for _, p in both]

    def count(gold: Sequence[Labels], predicted: Sequence[Labels]) -> Counts:
        rows = []
        for one, other in zip(gold, predicted, strict=True):
            g, p = pairs([one], [other])
            rows.append((sum(a == b for a, b in zip(g, p, strict=True)), len(g)))
        return np.array(rows, np.int64).reshape(-1, 2)

    def whole(gold: Sequence[Labels], predicted: Sequence[Labels]) -> float:
        from sklearn.metrics import accuracy_score

        g, p = pairs(gold, predicted)
        return float(accuracy_score(g, p)) if g else 0.0

    return Metric("accuracy", (head,), None, count, _ratio, whole, _second)


def _sentences(name: str, *heads: str) -> Metric:
    """Share of the sentences whose labels of all these heads are right."""

    def right(gold: Sequence[Labels], predicted: Sequence[Labels]) -> list[bool]:
        return [
            all(_listed(one[head]) == _listed(other[head]) for head in heads)
            for one, other in zip(gold, predicted, strict=True)
        ]

    def count(gold: Sequence[Labels], predicted: Sequence[Labels]) -> Counts:
        hits = np.array(right(gold, predicted), np.int64)
        return np.stack([hits, np.ones_like(hits)], axis=1)

    def whole(gold: Sequence[Labels], predicted: Sequence[Labels]) -> float:
        from sklearn.metrics import accuracy_score

        hits = right(gold, predicted)
        return float(accuracy_score([True] * len(hits), hits)) if hits else 0.0

    return Metric(name, heads, None, count, _ratio, whole, _second)


def _classes(average: str, head: str) -> Metric:
    """F1 over the classes that occur in gold or prediction, as scikit-learn counts them."""

    def count(gold: Sequence[Labels], predicted: Sequence[Labels]) -> Counts:
        names = sorted({one[head] for one in (*gold, *predicted)})
        code = {name: at for at, name in enumerate(names)}
        rows = np.zeros((len(gold), 3, len(names)), np.int64)
        for at, (one, other) in enumerate(zip(gold, predicted, strict=True)):
            rows[at, 0, code[one[head]]] = one[head] == other[head]
            rows[at, 1, code[other[head]]] = 1
            rows[at, 2, code[one[head]]] = 1
        return rows.reshape(len(gold), -1)

    def value(counts: Counts) -> Values:
        right, predicted, gold = np.moveaxis(counts.reshape(*counts.shape[:-1], 3, -1), -2, 0)
        f1 = _divide(2 * right, predicted + gold)
        weight = gold if average == "weighted" else (predicted + gold > 0).astype(np.int64)
        return _divide((f1 * weight).sum(-1), weight.sum(-1))

    def whole(gold: Sequence[Labels], predicted: Sequence[Labels]) -> float:
        from sklearn.metrics import f1_score

        labels = [one[head] for one in gold], [one[head] for one in predicted]
        return float(f1_score(*labels, average=average, zero_division=0))

    def size(counts: Counts) -> int:
        return int(counts.reshape(3, -1)[2].sum())

    return Metric(f"{average}_f1", (head,), None, count, value, whole, size)


def _spans(name: str, head: str, *, strict: bool) -> Metric:
    found = _strict_spans if strict else _conll_spans

    def count(gold: Sequence[Labels], predicted: Sequence[Labels]) -> Counts:
        rows = []
        for one, other in zip(gold, predicted, strict=True):
            g, p = found(one[head]), found(other[head])
            rows.append((len(g & p), len(p), len(g)))
        return np.array(rows, np.int64).reshape(-1, 3)

    def value(counts: Counts) -> Values:
        return _divide(2 * counts[..., 0], counts[..., 1] + counts[..., 2])

    def whole(gold: Sequence[Labels], predicted: Sequence[Labels]) -> float:
        from seqeval.metrics import f1_score
        from seqeval.scheme import IOB2

        tags = [list(one[head]) for one in gold], [list(one[head]) for one in predicted]
        how: dict[str, Any] = {"mode": "strict", "scheme": IOB2} if strict else {}
        with warnings.catch_warnings():  # of scores without any predicted span: 0 says so
            warnings.simplefilter("ignore")
            return float(f1_score(*tags, zero_division=0, **how))

    def size(counts: Counts) -> int:
        return int(counts[2])

    return Metric(name, (head,), "iob2-strict" if strict else "conll", count, value, whole, size)


def _strict_spans(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    from seqeval.scheme import IOB2, Tokens

    return {(entity.tag, entity.start, entity.end) for entity in Tokens(list(tags), scheme=IOB2).entities}


def _conll_spans(tags: Sequence[str]) -> set[tuple[str, int, int]]:
    from seqeval.metrics.sequence_labeling import get_entities

    return set(get_entities(list(tags)))


def _listed(labels: Any) -> Any:
    return labels if isinstance(labels, str) else list(labels)


def _divide(above: NDArray[Any], below: NDArray[Any]) -> Values:
    """Nothing of nothing is 0, as scikit-learn's `zero_division=0`."""
    below = np.asarray(below, np.float64)
    found: Values = np.divide(above, below, out=np.zeros(below.shape), where=below > 0)
    return found


def _ratio(counts: Counts) -> Values:
    return _divide(counts[..., 0], counts[..., 1])


def _second(counts: Counts) -> int:
    return int(counts[1])


METRICS: Mapping[str, tuple[Metric, ...]] = {
    "pos": (_words("upos"),),
    "ner": (_spans("span_f1", "tags", strict=True), _spans("span_f1_conll", "tags", strict=False)),
    "topic": (_sentences("accuracy", "label"), _classes("macro", "label")),
    "sentiment": (
        _classes("macro", "label"),
        _classes("weighted", "label"),
        _sentences("accuracy", "label"),
    ),
    "label": (
        _sentences("accuracy", "label"),
        _classes("macro", "label"),
        _classes("weighted", "label"),
    ),
    "intent-slots": (
        _sentences("intent_accuracy", "intent"),
        _spans("slot_f1", "slots", strict=True),
        _spans("slot_f1_conll", "slots", strict=False),
        _sentences("exact_match", "intent", "slots"),
    ),
}
"""By kind of task. Heads are those of `lexexpand.model.tasks.KINDS`."""
