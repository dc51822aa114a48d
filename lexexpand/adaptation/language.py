"""The language adapter: the base learns to read the language, before any task.

Two objectives, each optional: `alignment` on pseudo-parallel text, `mlm` on text of the language, pseudo and
real. Both mix in the source language: in alignment as sentences paired with themselves, so that what the
adapter does to the source is held near nothing; in masking as more text.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from lexexpand.adaptation.alignment import alignment_loss, teacher_of
from lexexpand.adaptation.cut import cut_to, mapped
from lexexpand.adaptation.encoded import Encoded, digest_of, starts
from lexexpand.adaptation.loop import Job, Loss, fit
from lexexpand.adaptation.masked import Masking
from lexexpand.adaptation.mixture import Mixture
from lexexpand.adaptation.pairs import Pairs
from lexexpand.adaptation.vocab import frequent_rows, pull_rows
from lexexpand.errors import ConfigError, DataError
from lexexpand.model.lora import LoraSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lexexpand.adaptation.alignment import Read
    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.adaptation.run import RunFolder, TrainRecord
    from lexexpand.model.network import Network
    from lexexpand.model.trim import Trimmed
    from lexexpand.progress import MakeProgress


@dataclass(frozen=True, slots=True)
class Stream:
    """One of the things that a language adapter reads, and its share of the batches."""

    read: Pairs | Encoded
    share: float


def train_language(
    network: Network,
    pairs: Pairs | None,
    texts: Encoded | None,
    config: AdaptConfig,
    run: RunFolder,
    progress: MakeProgress | None = None,
) -> TrainRecord:
    """Train the language adapter; it is added if the network has none (with `--vocab` rows, where asked for).

    Args:
        network: without tasks or with; left with no task active, in evaluation mode.
        pairs: of a pseudo-parallel corpus. Alignment needs them; masking reads both their sides.
        texts: real text of the language, for masking.
        config: the settings; its objective is not `none`.
        run: its folder; a killed run goes on from there, a finished one is read.
        progress: makes the bar.

    Raises:
        ConfigError: The objective needs what is not given, or cannot use what is; the folder holds
            another run.
        DataError: There is nothing to learn from, or the loss is no longer a number.
    """
    streams = _streams(pairs, texts, config)
    full = config.tune == "full"
    if not full and network.language_spec is None:
        torch.manual_seed(config.seed)  # the adapter starts at random
        network.add_language(language_spec(pairs, texts, config))
    if pairs is not None and config.vocab_pull and not full:
        pull_rows(network, pairs, config.vocab_pull)
    network.activate(None, "full" if full else "language")
    digest = _digest(network, pairs, texts, config)
    rows = bool(network.language_spec and network.language_spec.rows)
    mask_id = getattr(network.tokenizer, "mask_token_id", None)
    read = [text for stream in streams for text in _texts(stream.read)]
    masked = [stream.read for stream in streams if isinstance(stream.read, Encoded)]
    extra = [_single(mask_id)] if masked and mask_id is not None else []
    with cut_to(network, [*read, *extra], config.trim and (full or rows)) as trimmed:
        network.activate(None, "full" if full else "language")
        record = _fit(network, streams, _at(mask_id, trimmed), trimmed, digest, config, run, progress)
    network.activate(None, None)
    return record


def language_spec(pairs: Pairs | None, texts: Encoded | None, config: AdaptConfig) -> LoraSpec:
    """The adapter that the settings ask for; which rows it trains depends on the text."""
    return LoraSpec(r=config.r, alpha=config.alpha, rows=frequent_rows(pairs, texts, config.vocab))


def _streams(pairs: Pairs | None, texts: Encoded | None, config: AdaptConfig) -> list[Stream]:
    """What is read, with shares that sum to one."""
    real = texts if texts is not None and len(texts) else None
    _check(pairs, real, config)
    both = 0.5 if config.objective == "both" else 1.0
    streams = []
    if config.objective in {"alignment", "both"} and pairs is not None:
        streams.append(Stream(pairs, both * (1 - config.source_ratio)))
        streams.append(Stream(with_itself(pairs.source), both * config.source_ratio))
    if config.objective in {"mlm", "both"}:
        ours = 1 - config.source_ratio if pairs is not None else 1.0
        of_text = (config.text_ratio if pairs is not None else 1.0) if real is not None else 0.0
        if real is not None:
            streams.append(Stream(real, both * ours * of_text))
        if pairs is not None:
            streams.append(Stream(pairs.target, both * ours * (1 - of_text)))
            streams.append(Stream(pairs.source, both * config.source_ratio))
    return [stream for stream in streams if stream.share]


def _check(pairs: Pairs | None, real: Encoded | None, config: AdaptConfig) -> None:
    if config.objective == "none":
        raise ConfigError("the objective is none: there is no language adapter to train")
    if config.objective != "mlm" and (pairs is None or not len(pairs)):
        raise DataError(
            f"--objective {config.objective} needs a pseudo-parallel corpus (`lexexpand synth --kind"
            " pseudo-parallel`), and there is none, or an empty one. With text alone: --objective mlm."
        )
    if config.objective == "alignment" and real is not None:
        raise ConfigError(
            "real text is read by the masked-token objective alone: --objective both, or leave it out"
        )


def with_itself(text: Encoded) -> Pairs:
    """Sentences paired with themselves, each word linked to itself."""
    links = [np.flatnonzero(text.first[a:b] >= 0) for a, b in _bounds(text)]
    table = np.concatenate([np.zeros(0, np.int64), *links]).astype(np.int32)
    counts = [len(linked) for linked in links]
    weight = np.ones(len(text), np.float32)
    return Pairs(text, text, np.stack([table, table], axis=1), starts(counts), weight)


def _bounds(text: Encoded) -> list[tuple[int, int]]:
    return list(pairwise(text.word_offsets.tolist()))


def _fit(
    network: Network,
    streams: Sequence[Stream],
    mask_id: int | None,
    trimmed: Trimmed | None,
    digest: str,
    config: AdaptConfig,
    run: RunFolder,
    progress: MakeProgress | None,
) -> TrainRecord:
    reads = [_mapped(stream.read, trimmed) for stream in streams]
    texts = [read for read in reads if isinstance(read, Encoded)]
    torch.manual_seed(config.seed)
    masking = Masking(network, texts, mask_id, config.mask) if texts else None
    mixture = Mixture(
        [read.lengths.tolist() for read in reads],
        [stream.share for stream in streams],
        config.tokens,
        config.seed,
    )
    job = Job(
        "language",
        digest,
        config.steps,
        network,
        mixture.steps,
        _loss(network, teacher_of(network), masking, reads, config),
        extra=masking.head if masking else None,
    )
    return fit(job, config, run, progress)


def _loss(
    network: Network,
    teacher: Read,
    masking: Masking | None,
    reads: Sequence[Pairs | Encoded],
    config: AdaptConfig,
) -> Callable[[tuple[int, list[int]]], Loss]:
    def loss(batch: tuple[int, list[int]]) -> Loss:
        read, rows = reads[batch[0]], batch[1]
        if isinstance(read, Pairs):
            return Loss(*alignment_loss(network, teacher, read, rows, config))
        if masking is None:
            raise TypeError("text without a head to guess it")
        return Loss(*masking.loss(read, rows))

    return loss


def _texts(read: Pairs | Encoded) -> list[Encoded]:
    return [read] if isinstance(read, Encoded) else [read.source, read.target]


def _mapped(read: Pairs | Encoded, trimmed: Trimmed | None) -> Pairs | Encoded:
    if isinstance(read, Encoded):
        return mapped(read, trimmed)
    return replace(read, source=mapped(read.source, trimmed), target=mapped(read.target, trimmed))


def _single(piece: int) -> Encoded:
    """A text of one piece and no word, so that the piece is kept when the embedding is cut."""
    none = np.zeros(0, np.int32)
    return Encoded(np.array([piece], np.int32), starts([1]), none, none, starts([0]))


def _at(piece: int | None, trimmed: Trimmed | None) -> int | None:
    if piece is None or trimmed is None:
        return piece
    return int(trimmed.map(np.array([piece]))[0])


def _digest(network: Network, pairs: Pairs | None, texts: Encoded | None, config: AdaptConfig) -> str:
    told = [
        "language",
        network.base.digest,
        None if pairs is None else pairs.digest,
        None if texts is None else digest_of(texts.columns(), {}),
        config.digest,
    ]
    return sha256(json.dumps(told).encode()).hexdigest()
