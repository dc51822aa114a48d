"""Examples in, scores, labels or vectors out, in batches of like length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from lexexpand.errors import ConfigError
from lexexpand.model.heads import mean
from lexexpand.model.pieces import batches, collate
from lexexpand.model.spans import best_path
from lexexpand.model.tasks import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from lexexpand.model.network import Network
    from lexexpand.model.pieces import Pieces
    from lexexpand.model.tasks import Task

    Array = NDArray[np.float32]
    Scores = dict[str, Array]
    """By head."""


def score(network: Network, task: str, examples: Sequence[Pieces], budget: int) -> list[Scores]:
    """Log probabilities of a task's labels, float32: (W, L) of a head for words, (L,) of one for the whole.

    The row of a word without pieces (or cut off) is NaN.

    Args:
        network: has the task.
        task: its adapter takes part, whichever is active before and afterwards.
        examples: encoded by `Network.words(kind)` (with a cut embedding: mapped).
        budget: padded pieces of a batch.
    """
    found: list[Scores] = [{} for _ in examples]
    with network.evaluating(task):
        for group, ids, mask in _batches(network, examples, budget):
            for head, scores in network.logits(task, ids, mask).items():
                each = scores.float().log_softmax(dim=-1).cpu().numpy()  # (B, T, L) or (B, L)
                for index, row in zip(group, each, strict=True):
                    found[index][head] = row if row.ndim == 1 else _of_words(row, examples[index])
    return found


def mean_of(readings: Sequence[Scores]) -> Scores:
    """The mean of what several readings of a sentence say, head by head: of those that have the head.

    A reading may have more words behind: the first one says how many are looked at. What it read and
    another did not (cut off) goes by the others.
    """
    found: Scores = {}
    for head, first in readings[0].items():
        having = [each[head] for each in readings if head in each]
        rows = [row[: len(first)] if first.ndim == 2 else row for row in having]
        known = [~np.isnan(row) for row in rows]
        total = sum(np.where(there, row, 0.0) for there, row in zip(known, rows, strict=True))
        with np.errstate(invalid="ignore"):
            found[head] = (total / np.sum(known, axis=0)).astype(np.float32)
    return found


def of_whole(scores: Scores) -> Scores:
    """What is said of the sentence as a whole: of a reading whose words are others."""
    return {head: row for head, row in scores.items() if row.ndim == 1}


def label(scores: Sequence[Scores], task: Task, *, paths: bool = True) -> list[dict[str, Any]]:
    """The likeliest labels: head -> a label, or a list of labels, one a word.

    A word without scores is outside all spans where the head knows an outside; else it has the label of the
    word before it, or the head's first label.

    Args:
        scores: as `score` gives them.
        task: whose labels they are of.
        paths: whether tags of spans are the likeliest sequence (`lexexpand.model.spans`), or each word's own.
    """
    return [
        {
            head: _best(rows, task.labels_of(head), paths)
            if rows.ndim == 2
            else task.labels_of(head)[rows.argmax()]
            for head, rows in each.items()
        }
        for each in scores
    ]


def embed(network: Network, examples: Sequence[Pieces], budget: int) -> torch.Tensor:
    """Sentence vectors (N, H) float32 on the CPU: mean of the last states over the mask, of length 1.

    The language adapter takes part, those of tasks do not.

    Raises:
        ConfigError: a task's adapter is merged into the network.
    """
    if network.merged_task is not None:
        raise ConfigError(
            f"The adapter of task {network.merged_task} is merged into this copy, which bends its vectors; "
            "take them from a copy merged with no task active."
        )
    vectors = torch.zeros(len(examples), network.width)
    with network.evaluating(None):
        for group, ids, mask in _batches(network, examples, budget):
            pooled = mean(network.last(ids, mask).float(), mask.to(network.device))
            vectors[group] = nn.functional.normalize(pooled, dim=-1).cpu()
    return vectors


def _batches(
    network: Network, examples: Sequence[Pieces], budget: int
) -> Iterator[tuple[list[int], torch.Tensor, torch.Tensor]]:
    for group in batches([len(pieces) for pieces in examples], budget, seed=None):
        ids, mask = collate([examples[index] for index in group], network.pad)
        yield group, ids, mask


def _of_words(rows: Array, pieces: Pieces) -> Array:
    """Scores (W, L) of words from those (T, L) of pieces: a word's are its first piece's."""
    first = np.asarray(pieces.first, np.int64)
    found = np.full((len(first), rows.shape[-1]), np.nan, np.float32)
    found[first >= 0] = rows[first[first >= 0]]
    return found


def _best(rows: Array, labels: Sequence[str], paths: bool) -> list[str]:
    """The label of each word of scores (W, L); see `label` for words without any."""
    if paths and OUTSIDE in labels:
        return [labels[number] for number in best_path(rows, labels)]
    found: list[str] = []
    best = np.where(np.isnan(rows[:, :1]), 0.0, rows).argmax(axis=1).tolist()
    for number, is_unread in zip(best, np.isnan(rows[:, 0]).tolist(), strict=True):
        if not is_unread:
            found.append(labels[number])
        elif OUTSIDE in labels:
            found.append(OUTSIDE)
        else:
            found.append(found[-1] if found else labels[0])
    return found
