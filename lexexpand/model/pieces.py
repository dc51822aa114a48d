"""Words as pieces: which of a model's pieces belong to which word?

A tokeniser that is asked for words drops those that give no piece (a lone control character, say) or lets
their neighbours take their place; labels then slip by one. So each word is encoded by itself and joined
here: a word without pieces is kept, as -1. Words are cached per type, since text repeats itself.

How a word is written so that it becomes the pieces it has in running text differs: `▁` is put before a word
by SentencePiece models whatever comes, byte-level models need a space before all words but the first. Which
it is, the tokeniser is asked by trial.

Literal `<s>` or `[MASK]` in text are text here, never special tokens.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROBES = ("a b", "The day", "in 12", "to be")
"""Pairs of words by which a tokeniser shows whether a word needs a space before it."""
CACHED_TYPES = 1_000_000
"""Word types kept per encoder before the cache starts anew: bounds memory at some 200 MB."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A sentence as a model reads it.

    `ids` holds the pieces with the special ones around them; `first[i]` is the index in `ids` of the first
    piece of word i and `last[i]` the index behind its last, both -1 where the word has none or was cut off.
    Text that was not cut into words has pieces and no words.
    """

    ids: tuple[int, ...]
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)


class WordEncoder:
    """Turns words, or text, into pieces.

    Args:
        tokenizer: a fast tokenizer of transformers.
        prefix: put before the sentence (its pieces belong to no word).
        max_length: most pieces of a sentence, special ones and prefix included; words behind it are cut
            off whole. The tokeniser's own limit holds too.
    """

    def __init__(self, tokenizer: Any, *, prefix: str = "", max_length: int = 512) -> None:
        self._tokenizer = tokenizer
        self.prefix = prefix
        self.max_length = min(max_length, int(tokenizer.model_max_length))
        self._before, self._after = _specials(tokenizer)
        self._gap = _gap(tokenizer)
        self._lead = self._before + tuple(_encode(tokenizer, [prefix.strip()])[0] if prefix.strip() else ())
        self._room = self.max_length - len(self._lead) - len(self._after)
        if self._room < 1:
            raise ConfigError(
                f"At most {self.max_length} pieces a sentence leave no room for words; allow more."
            )
        self._known: dict[str, tuple[int, ...]] = {}

    def __call__(self, words: Sequence[str]) -> Pieces:
        """The pieces of a sentence given as words; words that do not fit are cut off whole."""
        ids = list(self._lead)
        end = len(ids) + self._room
        first, last = [-1] * len(words), [-1] * len(words)
        for index, pieces in enumerate(self._pieces(words)):
            if len(ids) + len(pieces) > end:
                # A single word longer than all the room is cut in itself, or nothing of the sentence is seen.
                if index or end == len(ids):
                    break
                pieces = pieces[: self._room]
            if pieces:
                first[index] = len(ids)
                ids.extend(pieces)
                last[index] = len(ids)
        ids.extend(self._after)
        return Pieces(tuple(ids), tuple(first), tuple(last))

    def text(self, text: str) -> Pieces:
        """The pieces of raw text, as the base's own tokeniser cuts it: for vectors and sentence labels."""
        pieces = _encode(self._tokenizer, [self.prefix + text])[0]
        room = self.max_length - len(self._before) - len(self._after)
        return Pieces((*self._before, *pieces[:room], *self._after))

    def windows(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Half-open ranges of words that each fit whole, in order: long input is read in parts."""
        start = used = 0
        for index, pieces in enumerate(self._pieces(words)):
            if used + len(pieces) > self._room and index > start:
                yield start, index
                start, used = index, 0
            # Without a space before it, a word may have more pieces.
            used += len(pieces if index > start else self._pieces([words[index]])[0])
        if start < len(words):
            yield start, len(words)

    def _pieces(self, words: Sequence[str]) -> list[tuple[int, ...]]:
        # The first word of a sentence follows the prefix, or nothing.
        lead = self._gap if self.prefix.strip() else ""
        written = [(self._gap if index else lead) + word if word else "" for index, word in enumerate(words)]
        unknown = sorted({word for word in written if word not in self._known})
        if unknown:
            if len(self._known) + len(unknown) > CACHED_TYPES:
                self._known.clear()
                unknown = sorted(set(written))
            found = _encode(self._tokenizer, unknown)
            self._known.update(zip(unknown, map(tuple, found), strict=True))
        return [self._known[word] for word in written]


def _encode(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    encoded = tokenizer(
        list(texts), add_special_tokens=False, truncation=False, split_special_tokens=True, verbose=False
    )
    found: list[list[int]] = encoded["input_ids"]
    return found


def _specials(tokenizer: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The special pieces before and behind a sentence."""
    bare = _encode(tokenizer, ["a"])[0]
    whole = list(tokenizer("a", add_special_tokens=True)["input_ids"])
    for start in range(len(whole) - len(bare) + 1):
        if whole[start : start + len(bare)] == bare:
            return tuple(whole[:start]), tuple(whole[start + len(bare) :])
    raise ConfigError(
        "The base's tokeniser does not put its special pieces around the text: not usable here."
    )


def _gap(tokenizer: Any) -> str:
    """What stands before a word inside a sentence so that it gets the pieces that it has in running text."""
    found = _encode(tokenizer, PROBES)
    for gap in ("", " "):
        pairs = [probe.split(" ") for probe in PROBES]
        parts = _encode(tokenizer, [part for left, right in pairs for part in (left, gap + right)])
        if all(parts[2 * n] + parts[2 * n + 1] == whole for n, whole in enumerate(found)):
            return gap
    return ""


def positions(encoder: Any) -> int:
    """Most pieces of a sentence that an encoder of transformers has positions for."""
    most = int(encoder.config.max_position_embeddings)
    words = encoder.get_input_embeddings()
    for module in encoder.modules():
        if isinstance(module, nn.Embedding) and module is not words and module.num_embeddings == most:
            # As in RoBERTa: counted from behind the padding's id.
            return most if module.padding_idx is None else most - module.padding_idx - 1
    return most


def collate(batch: Sequence[Pieces], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad a batch to its longest sentence.

    Returns:
        ids (B, T) int64, and the mask (B, T) bool that is true at pieces.
    """
    width = max((len(pieces.ids) for pieces in batch), default=0)
    ids = torch.full((len(batch), width), pad, dtype=torch.int64)
    mask = torch.zeros((len(batch), width), dtype=torch.bool)
    for row, pieces in enumerate(batch):
        ids[row, : len(pieces.ids)] = torch.tensor(pieces.ids, dtype=torch.int64)
        mask[row, : len(pieces.ids)] = True
    return ids, mask


def batches(lengths: Sequence[int], budget: int, *, seed: int | None) -> list[list[int]]:
    """Group sentences of like length so that a batch has at most `budget` padded pieces.

    Args:
        lengths: pieces per sentence.
        budget: padded pieces per batch; a longer sentence has a batch of its own.
        seed: shuffles sentences of one length and the batches; None leaves them in order of length.

    Returns:
        Indices into `lengths`, each exactly once.
    """
    order = list(range(len(lengths)))
    chance = random.Random(seed)
    if seed is not None:
        chance.shuffle(order)
    order.sort(key=lambda index: lengths[index])
    grouped: list[list[int]] = []
    for index in order:
        # Lengths rise, so the newest is the longest of its batch.
        if grouped and (len(grouped[-1]) + 1) * lengths[index] <= budget:
            grouped[-1].append(index)
        else:
            grouped.append([index])
    if seed is not None:
        chance.shuffle(grouped)
    return grouped
