"""The masked-token objective, for bases without a head of their own (the embedded one) and with.

A head as BERT's (dense, GELU, layer norm) whose output rows are the embedding's own, with a bias for each
piece that begins at half the logarithm of its frequency: from there the loss of the embedded base falls
below that of frequencies alone within two hundred steps (shared sheet of the embedded base, section 5). It
is decoded at masked positions alone and for the pieces that the training text has: 16,000 outputs in place
of 250,000 make a step take 0.8 s in place of 2.1. The head is thrown away afterwards; what it taught the
adapter stays.

Devlin et al. 2019: 15 % of the pieces are to be guessed; of these 80 % show the mask, 10 % another piece,
10 % themselves. Special pieces and the prefix are never masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lexexpand.adaptation.vocab import inside, word_mask
from lexexpand.errors import ConfigError
from lexexpand.model.pieces import collate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.adaptation.encoded import Encoded
    from lexexpand.model.network import Network

_SHOWN, _SWAPPED = 0.8, 0.1
_SHARE_OF_LOG = 0.5


class TiedHead(nn.Module):
    """From states to scores of the pieces in use.

    Args:
        width: H.
        counts: (V,) how often the training text has each of the pieces in use.
    """

    def __init__(self, width: int, counts: NDArray[np.float64]) -> None:
        super().__init__()
        self.dense = nn.Linear(width, width)
        nn.init.eye_(self.dense.weight)
        nn.init.zeros_(self.dense.bias)
        self.norm = nn.LayerNorm(width)
        share = (counts + 1) / (counts + 1).sum()
        self.bias = nn.Parameter(torch.from_numpy(_SHARE_OF_LOG * np.log(share)).float())

    def forward(self, states: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
        """Scores (M, V) of states (M, H) against the rows (V, H) of the embedding."""
        mixed = self.norm(functional.gelu(self.dense(states)))
        return functional.linear(mixed, rows) + self.bias


class Masking:
    """Masks text and scores the guesses.

    Args:
        network: whose embedding is the output; with the ids that `texts` have (mapped, where it is cut).
        texts: all that is going to be read.
        mask_id: the id of the mask as the network reads it.
        share: of the pieces that are masked.

    Raises:
        ConfigError: The base knows no mask.
    """

    def __init__(self, network: Network, texts: Sequence[Encoded], mask_id: int | None, share: float) -> None:
        if mask_id is None:
            raise ConfigError(
                "the base's tokeniser has no mask piece, so that it cannot be trained on masked text:"
                " --objective alignment"
            )
        self.network, self.mask_id, self.share = network, mask_id, share
        counts = np.bincount(np.concatenate([inside(text) for text in texts]))
        self.ids = np.flatnonzero(counts)
        self._place = np.full(len(counts), -1, np.int64)
        self._place[self.ids] = np.arange(len(self.ids))
        self._all = torch.from_numpy(self.ids).to(network.device)
        self.head = TiedHead(network.width, counts[self.ids].astype(np.float64)).to(network.device)

    def loss(self, text: Encoded, rows: Sequence[int]) -> tuple[torch.Tensor, int]:
        """The loss of a batch, a mean over its masked pieces, and the padded pieces that were read.

        Chance is torch's own generator, which the loop seeds at each step.
        """
        ids, mask = collate([text.pieces(row) for row in rows], self.network.pad)
        words = self._words(text, rows, ids.shape[1])
        chosen = words & (torch.rand(ids.shape) < self.share)
        if not chosen.any():
            chosen = words & (words.cumsum(1) == 1) & (words.cumsum(0) == 1)  # one at least
        shown = self._hidden(ids, chosen)
        states = self.network.last(shown, mask)  # (B, T, H)
        here = chosen.to(states.device)
        goal = torch.from_numpy(self._place[ids[chosen].numpy()]).to(states.device)
        table = self.network.bare_encoder.get_input_embeddings()(self._all)  # (V, H), rows in training too
        scores = self.head(states[here], table.to(states.dtype))
        if not len(goal):
            return states.sum() * 0.0, ids.numel()
        return functional.cross_entropy(scores.float(), goal), ids.numel()

    def _hidden(self, ids: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        """The ids (B, T) with most of the chosen ones masked, some swapped."""
        draw = torch.rand(ids.shape)
        swap = torch.from_numpy(self.ids)[torch.randint(len(self.ids), ids.shape)]
        shown = torch.where(chosen & (draw < _SHOWN), torch.full_like(ids, self.mask_id), ids)
        return torch.where(chosen & (draw >= _SHOWN) & (draw < _SHOWN + _SWAPPED), swap, shown)

    @staticmethod
    def _words(text: Encoded, rows: Sequence[int], width: int) -> torch.Tensor:
        """Which pieces (B, T) stand in words."""
        part = text.select(list(rows))
        marks = word_mask(part)
        table = np.zeros((len(rows), width), bool)
        for place in range(len(rows)):
            start, end = part.offsets[place : place + 2]
            table[place, : end - start] = marks[start:end]
        return torch.from_numpy(table)
