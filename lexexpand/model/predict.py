"""Examples in, labels or vectors out, in batches of like length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lexexpand.errors import ConfigError
from lexexpand.model.heads import mean
from lexexpand.model.pieces import batches, collate
from lexexpand.model.tasks import OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.model.network import Network
    from lexexpand.model.pieces import Pieces


def predict(network: Network, task: str, examples: Sequence[Pieces], budget: int) -> list[dict[str, Any]]:
    """Label examples: head -> a label, or a list of labels, one a word.

    A word without pieces (or cut off) is outside all spans where the head knows an outside; else it has the
    label of the word before it, or the head's first label.

    Args:
        network: has the task.
        task: its adapter takes part, whichever is active before and afterwards.
        examples: encoded by `Network.words(kind)` (with a cut embedding: mapped).
        budget: padded pieces of a batch.
    """
    found: list[dict[str, Any]] = [{} for _ in examples]
    with network.evaluating(task):
        for group, ids, mask in _batches(network, examples, budget):
            for head, scores in network.logits(task, ids, mask).items():
                labels = network.tasks[task].labels_of(head)
                best = scores.argmax(dim=-1).tolist()  # (B, T) or (B,)
                for index, row in zip(group, best, strict=True):
                    found[index][head] = (
                        labels[row] if isinstance(row, int) else _per_word(row, examples[index], labels)
                    )
    return found


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


def _per_word(row: list[int], pieces: Pieces, labels: Sequence[str]) -> list[str]:
    """Labels of words from those of pieces; see `predict` for words without any."""
    found: list[str] = []
    for first in pieces.first:
        if first >= 0:
            found.append(labels[row[first]])
        elif OUTSIDE in labels:
            found.append(OUTSIDE)
        else:
            found.append(found[-1] if found else labels[0])
    return found
