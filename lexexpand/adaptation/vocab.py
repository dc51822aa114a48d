"""Which rows of the embedding does a language need, and where should they start?

A subword that is frequent in the language and rare in what the base was trained on has a row that means
little. The language adapter can train such rows (`--vocab N`, `trainable_token_indices` of peft; 384 values
each on the embedded base). They may start part of the way towards the mean of their translations' rows: a
word of the language is then near its translation before the first step (as new rows are in Minixhofer et
al. 2022, WECHSEL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lexexpand.adaptation.encoded import starts
from lexexpand.model import lora

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.adaptation.encoded import Encoded
    from lexexpand.adaptation.pairs import Pairs
    from lexexpand.model.network import Network

_SMOOTH = 5.0  # a piece that the source lacks counts as if it stood there five times


def frequent_rows(pairs: Pairs | None, text: Encoded | None, count: int) -> tuple[int, ...]:
    """Ids of the pieces that are most the language's own: frequent in it, and more so than in the source.

    Ordered by n * log(n / m), n and m being their frequencies in the language and in the source
    (shares, smoothed); pieces that no word has (the special ones) are left out.
    """
    if not count:
        return ()
    read = [part for part in (None if pairs is None else pairs.target, text) if part is not None]
    here = _counts([inside(part) for part in read])
    there = _counts([] if pairs is None else [inside(pairs.source)])
    size = max(len(here), len(there))
    here, there = np.pad(here, (0, size - len(here))), np.pad(there, (0, size - len(there)))
    scale = max(1, here.sum()) / max(1, there.sum())
    score = here * np.log((here + _SMOOTH) / (there * scale + _SMOOTH))
    best = np.argsort(-score, kind="stable")[:count]
    return tuple(sorted(int(row) for row in best if score[row] > 0))


def inside(text: Encoded) -> NDArray[np.int32]:
    """The pieces that stand in words."""
    return text.ids[word_mask(text)]


def word_mask(text: Encoded) -> NDArray[np.bool_]:
    """Which of a text's pieces stand in words, as one long array beside `ids`."""
    base = np.repeat(text.offsets[:-1], np.diff(text.word_offsets))
    there = text.first >= 0
    marks = np.zeros(len(text.ids) + 1, np.int64)
    np.add.at(marks, base[there] + text.first[there], 1)
    np.add.at(marks, base[there] + text.last[there], -1)
    found: NDArray[np.bool_] = np.cumsum(marks)[:-1] > 0
    return found


def pull_rows(network: Network, pairs: Pairs, pull: float) -> int:
    """Start the language adapter's rows towards the mean of their translations' rows; how many were moved.

    A piece's translations are the source words of the words that it stands in, by the links.
    """
    spec = network.language_spec
    if spec is None or not spec.rows or not pull:
        return 0
    rows = np.asarray(spec.rows)
    owners, pieces = _translations(pairs, rows)
    if not len(owners):
        return 0
    embedding = network.bare_encoder.get_input_embeddings()
    table: Any = getattr(embedding, "original_module", embedding).weight.detach()
    summed = torch.zeros(len(rows), table.shape[1], device=table.device)
    where = torch.from_numpy(owners).to(table.device)
    read = torch.from_numpy(pieces).to(table.device)
    for begin in range(0, len(owners), 65_536):
        part = slice(begin, begin + 65_536)
        summed.index_add_(0, where[part], table[read[part]].float())
    count = torch.bincount(where, minlength=len(rows))
    moved = count > 0
    values = lora.tensors(network.encoder, lora.LANGUAGE)
    delta = next(value for name, value in values.items() if name.endswith("trainable_tokens_delta"))
    with torch.no_grad():
        goal = summed[moved] / count[moved].unsqueeze(-1)
        delta[moved] = (1 - pull) * delta[moved] + pull * goal.to(delta.dtype)
    return int(moved.sum())


def _counts(parts: list[NDArray[np.int32]]) -> NDArray[np.float64]:
    whole = np.concatenate([np.zeros(0, np.int32), *parts])
    return np.bincount(whole).astype(np.float64)


def _translations(pairs: Pairs, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pieces of target words among `rows` (their places there), each with each piece of the source word."""
    pair = np.repeat(np.arange(len(pairs)), np.diff(pairs.link_offsets))
    target, target_count = _stretches(pairs.target, pair, pairs.links[:, 0])
    source, source_count = _stretches(pairs.source, pair, pairs.links[:, 1])
    ids = pairs.target.ids[target]
    place = np.searchsorted(rows, ids)
    known = (place < len(rows)) & (rows[np.minimum(place, len(rows) - 1)] == ids)
    link = np.repeat(np.arange(len(pair)), target_count)[known]
    place = place[known].astype(np.int64)
    # Each known piece meets each piece of the source word of its link.
    begins = starts(source_count)[:-1]
    repeat = source_count[link]
    within = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    meets = np.repeat(begins[link], repeat) + within
    return np.repeat(place, repeat), pairs.source.ids[source[meets]].astype(np.int64)


def _stretches(
    text: Encoded, rows: NDArray[np.int64], words: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the pieces of words stand in `text.ids`, word after word, and how many each has."""
    index = text.word_offsets[rows] + words
    count = (text.last[index] - text.first[index]).astype(np.int64)
    begin = text.offsets[rows] + text.first[index]
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(begin, count) + within, count
