"""How good is a task on development data? One number, for choosing a checkpoint and nothing else.

Development data are the source's, word-translated: the score says which step to keep, never how good the
language is (that is `evaluation`, on real text, by the field's own libraries). So spans are counted here by
twenty lines, without a library that a training machine may lack.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.adaptation.examples import IGNORED
from lexexpand.model.tasks import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.adaptation.examples import Examples
    from lexexpand.model.network import Network
    from lexexpand.model.pieces import Pieces


def dev_score(network: Network, examples: Examples, pieces: Sequence[Pieces]) -> float:
    """The mean over a task's heads of accuracy, or of span F1 for heads of IOB2 tags; from 0 to 1.

    Args:
        network: with the task.
        examples: the targets.
        pieces: their sentences, as the network reads them now (mapped, where its embedding is cut).
    """
    task = examples.task
    found = network.predict(task.name, pieces)
    scores = []
    for head in task.heads:
        labels = task.labels_of(head.name)
        numbers = {label: i for i, label in enumerate(labels)}
        targets = examples.targets[head.name]
        if head.level == "sentence":
            predicted = np.array([numbers[row[head.name]] for row in found])
        else:
            predicted = np.array([numbers[label] for row in found for label in row[head.name]])
        if OUTSIDE in labels:
            offsets = examples.text.word_offsets.tolist()
            scores.append(span_f1(predicted.tolist(), targets.tolist(), labels, offsets))
        else:
            known = targets != IGNORED
            scores.append(float((predicted == targets)[known].mean()) if known.any() else 0.0)
    return sum(scores) / len(scores)


def span_f1(
    predicted: Sequence[int], targets: Sequence[int], labels: Sequence[str], offsets: Sequence[int]
) -> float:
    """Micro F1 of spans of IOB2 tags; an `I-` without a beginning begins one (as conlleval has it)."""
    right = n_predicted = n_gold = 0
    for start, end in pairwise(offsets):
        guess = _spans([labels[i] for i in predicted[start:end]])
        gold = _spans([labels[i] if i >= 0 else OUTSIDE for i in targets[start:end]])
        right += len(guess & gold)
        n_predicted += len(guess)
        n_gold += len(gold)
    return 2 * right / (n_predicted + n_gold) if n_predicted + n_gold else 1.0


def _spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    spans = set()
    start, open_type = 0, ""
    for index, tag in enumerate([*tags, OUTSIDE]):
        mark, _, name = tag.partition("-")
        if open_type and (mark != "I" or name != open_type):
            spans.add((start, index, open_type))
            open_type = ""
        if name and not open_type:
            start, open_type = index, name
    return spans
