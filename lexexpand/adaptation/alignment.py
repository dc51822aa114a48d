"""The alignment objective: words and sentences of the language are pulled to what their sources mean.

The adapted encoder reads the sentence of the language, the frozen base reads its source. The vectors of
words that render one another (means of their pieces' states, in the upper middle of the network) and of the
sentences (means of the last states) are pulled together, against all others in the batch: InfoNCE, both
ways. The frozen teacher beside a student is Reimers & Gurevych 2020 (Making Monolingual Sentence Embeddings
Multilingual Using Knowledge Distillation), the word level is Cao, Kitaev & Klein 2020 (Multilingual
Alignment of Contextual Word Representations); with a synthetic corpus the alignment is exact, not guessed.

Vectors of a sentence-trained base all point one way (cosines from 0.7 to 1), so the teacher's mean over the
batch is taken off both sides first. Two words of the batch that render the same source word are no
negatives of one another, and neither are the two halves of a phrase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from lexexpand.model.heads import mean
from lexexpand.model.pieces import collate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.adaptation.encoded import Encoded
    from lexexpand.adaptation.pairs import Pairs
    from lexexpand.model.network import Network

    States = tuple[torch.Tensor, ...]
    Read = Callable[[torch.Tensor, torch.Tensor], States]


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a batch by where their pieces stand.

    Attributes:
        flat: (P,) positions in the batch laid out flat (B * T).
        owner: (P,) number of the word that each belongs to.
        count: (K,) pieces of each word.
    """

    flat: torch.Tensor
    owner: torch.Tensor
    count: torch.Tensor

    def pool(self, states: torch.Tensor) -> torch.Tensor:
        """Means over each word's pieces: (B, T, H) -> (K, H)."""
        found = states.reshape(-1, states.shape[-1])[self.flat]  # (P, H)
        summed = torch.zeros(len(self.count), states.shape[-1], dtype=states.dtype, device=states.device)
        return summed.index_add(0, self.owner, found) / self.count.unsqueeze(-1)


def words_at(
    text: Encoded, rows: NDArray[np.int64], places: NDArray[np.int64], words: NDArray[np.int64], width: int
) -> Words:
    """Where words of a batch have their pieces.

    Args:
        text: the sentences.
        rows: (K,) number of each word's sentence in `text`.
        places: (K,) number of that sentence in the batch.
        words: (K,) number of the word in its sentence.
        width: T of the batch.
    """
    index = text.word_offsets[rows] + words
    first, count = text.first[index].astype(np.int64), (text.last[index] - text.first[index]).astype(np.int64)
    owner = np.repeat(np.arange(len(rows)), count)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    flat = np.repeat(places * width + first, count) + within
    return Words(torch.from_numpy(flat), torch.from_numpy(owner), torch.from_numpy(count))


def contrast(
    student: torch.Tensor, teacher: torch.Tensor, alike: torch.Tensor | None, temperature: float
) -> torch.Tensor:
    """InfoNCE in both directions, in nats: row i of `student` (N, H) belongs to row i of `teacher` (N, H).

    Args:
        student: with gradient.
        teacher: without.
        alike: (N, N) bool, symmetric: pairs of rows that are not to be pushed apart.
        temperature: cosines are divided by it.
    """
    centre = teacher.mean(dim=0)
    one = functional.normalize(student - centre, dim=-1)
    other = functional.normalize(teacher - centre, dim=-1)
    scores = one @ other.T / temperature  # (N, N)
    if alike is not None:
        apart = torch.eye(len(scores), dtype=torch.bool, device=scores.device)
        scores = scores.masked_fill(alike & ~apart, float("-inf"))
    right = torch.arange(len(scores), device=scores.device)
    return (functional.cross_entropy(scores, right) + functional.cross_entropy(scores.T, right)) / 2


def alike_links(pairs: Pairs, rows: Sequence[int], links: Sequence[NDArray[np.int32]]) -> NDArray[np.bool_]:
    """Links (K, K) that render the same source word, or come from the same word of the language."""
    types: dict[bytes, int] = {}
    sources, targets = [], []
    for place, (row, linked) in enumerate(zip(rows, links, strict=True)):
        start = pairs.source.offsets[row]
        words = pairs.source.word_offsets[row] + linked[:, 1]
        for (target, _), a, b in zip(
            linked.tolist(), pairs.source.first[words], pairs.source.last[words], strict=True
        ):
            pieces = pairs.source.ids[start + a : start + b].tobytes()
            sources.append(types.setdefault(pieces, len(types)))
            targets.append((place << 32) + target)
    source, target = np.array(sources), np.array(targets)
    alike: NDArray[np.bool_] = (source[:, None] == source) | (target[:, None] == target)
    return alike


def teacher_of(network: Network) -> Read:
    """The frozen base as a function of ids and mask. Made before the first step, where the network stands."""
    frozen = network.teacher().eval()

    def read(ids: torch.Tensor, mask: torch.Tensor) -> States:
        with torch.no_grad():
            return frozen.hidden(ids, mask)

    return read


def alignment_loss(
    network: Network, teacher: Read, pairs: Pairs, rows: Sequence[int], config: AdaptConfig
) -> tuple[torch.Tensor, int]:
    """The loss of a batch of pairs, and the padded pieces that the student read."""
    ids, mask = collate([pairs.source.pieces(row) for row in rows], network.pad)
    taught = teacher(ids, mask)
    width = ids.shape[1]
    ids, mask = collate([pairs.target.pieces(row) for row in rows], network.pad)
    states = network.hidden(ids, mask)
    loss = states[-1].float().sum() * 0.0  # a batch of one sentence without links teaches nothing
    if config.word_weight:
        words = _word_loss(pairs, rows, (states, ids.shape[1]), (taught, width), config)
        loss = loss + config.word_weight * words
    if config.sentence_weight and len(rows) > 1:
        source_mask = collate([pairs.source.pieces(row) for row in rows], network.pad)[1]
        student = mean(states[-1].float(), mask.to(network.device))
        goal = mean(taught[-1].float(), source_mask.to(network.device))
        loss = loss + config.sentence_weight * contrast(student, goal, None, config.temperature)
    return loss, ids.numel()


def _word_loss(
    pairs: Pairs,
    rows: Sequence[int],
    student: tuple[States, int],
    teacher: tuple[States, int],
    config: AdaptConfig,
) -> torch.Tensor:
    links = [pairs.linked(row) for row in rows]
    states = middle(student[0], config.word_layers)
    counts = [len(linked) for linked in links]
    if sum(counts) < 2:
        return torch.zeros((), device=states.device)
    places = np.repeat(np.arange(len(rows)), counts)
    numbers = np.repeat(np.asarray(rows, np.int64), counts)
    table = np.concatenate(links).astype(np.int64)  # (K, 2)
    goal = middle(teacher[0], config.word_layers)
    mine = _pooled(words_at(pairs.target, numbers, places, table[:, 0], student[1]), states)
    theirs = _pooled(words_at(pairs.source, numbers, places, table[:, 1], teacher[1]), goal)
    alike = torch.from_numpy(alike_links(pairs, rows, links)).to(states.device)
    return contrast(mine, theirs, alike, config.temperature)


def _pooled(words: Words, states: torch.Tensor) -> torch.Tensor:
    device = states.device
    moved = Words(words.flat.to(device), words.owner.to(device), words.count.to(device))
    return moved.pool(states)


def middle(states: States, layers: tuple[float, float]) -> torch.Tensor:
    """The mean of the layers between two shares of the depth: (B, T, H), float32."""
    depth = len(states) - 1  # the first are the embeddings
    low, high = (max(1, round(share * depth)) for share in layers)
    return torch.stack([state.float() for state in states[low : high + 1]]).mean(dim=0)
