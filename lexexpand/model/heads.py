"""Heads: from an encoder's last states to the scores of labels.

A word's label is read off its first piece, a sentence's off the mean of its states over the mask: the
embedded base was trained on that mean (Wang et al. 2024), and it serves other encoders too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

if TYPE_CHECKING:
    from lexexpand.model.tasks import Task

DROPOUT = 0.1
"""On the states before each head, as the base models were fine-tuned by their authors."""


class Heads(nn.Module):
    """The heads of one task: a linear layer each.

    Args:
        task: names the heads and their labels.
        width: H, the encoder's hidden size.
    """

    def __init__(self, task: Task, width: int) -> None:
        super().__init__()
        self._levels = {head.name: head.level for head in task.heads}
        self.dropout = nn.Dropout(DROPOUT)
        self.linear = nn.ModuleDict({head: nn.Linear(width, len(labels)) for head, labels in task.labels})
        for layer in self.linear.values():
            nn.init.normal_(layer.weight, std=0.02)  # type: ignore[arg-type]
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, states: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Score the labels: states (B, T, H), mask (B, T) -> head -> (B, T, L) or (B, L)."""
        scores = {}
        for name, layer in self.linear.items():
            read = states if self._levels[name] == "token" else mean(states, mask)
            scores[name] = layer(self.dropout(read))
        return scores


def mean(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Mean of states (B, T, H) over the mask (B, T) -> (B, H); zeros where the mask is empty."""
    weight = mask.unsqueeze(-1).to(states.dtype)  # (B, T, 1)
    return (states * weight).sum(dim=1) / weight.sum(dim=1).clamp(min=1)
