"""Which rows a corpus will have, before the first is written: shards then have equal row counts.

Where nothing can be dropped the plan is trivial (every sentence, every variant) and costs nothing. Otherwise
all blocks are matched and chosen once for what they teach, in parallel, and one sequential pass selects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.rows import Rows, select_rows
from lexexpand.synthesis.select import Considered, select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from lexexpand.synthesis.config import SynthConfig
    from lexexpand.synthesis.job import Job
    from lexexpand.synthesis.transform import Chosen
    from lexexpand.text.analysis import Analysis

SHARD_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a corpus, in order; None for every sentence in every variant."""

    rows: int
    variants: int
    sentence: NDArray[np.int64] | None
    variant: NDArray[np.int64] | None
    dropped: dict[str, int]

    @property
    def shards(self) -> int:
        """How many shards the rows fill; an empty corpus has one empty shard."""
        return max(1, -(-self.rows // SHARD_ROWS))

    def shard(self, index: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sentences and variants of one shard."""
        start, end = index * SHARD_ROWS, min((index + 1) * SHARD_ROWS, self.rows)
        if self.sentence is None or self.variant is None:
            number = np.arange(start, end)
            return number // self.variants, number % self.variants
        return self.sentence[start:end], self.variant[start:end]


def needs_plan(config: SynthConfig, analysis: Analysis) -> bool:
    """Whether some row may be dropped."""
    spans = "spans" in analysis.labelled and config.kind == "pseudo-labelled"
    limited = config.n is not None or config.cap is not None
    return limited or spans or config.min_coverage > 0 or config.variants > 1


def everything(config: SynthConfig, analysis: Analysis) -> Plan:
    """The plan that drops nothing."""
    return Plan(analysis.n_sentences * config.variants, config.variants, None, None, {})


def selected(config: SynthConfig, considered: Iterable[Considered]) -> Plan:
    """The plan that `select` makes of all blocks."""
    kept = select(list(considered), config.n, config.cap)
    return Plan(len(kept.sentence), config.variants, kept.sentence, kept.variant, kept.dropped)


def consider(job: Job, index: int) -> Considered:
    """What the rows of block `index` teach, and which of them may be kept at all."""
    config, transformer = job.recipe.config, job.transformer
    block = job.analysis.block(index)
    sentence = np.repeat(np.arange(len(block)), config.variants)
    variant = np.tile(np.arange(config.variants), len(block))
    rows = select_rows(block, sentence, variant)
    chosen = transformer.choose(rows)
    dropped: dict[str, int] = {}
    keep = _count(dropped, "coverage too low", chosen.coverage >= np.float32(config.min_coverage))
    if config.kind == "pseudo-labelled" and rows.span_offsets is not None:
        spans = transformer.spans(rows, chosen, transformer.render(rows, chosen))
        if spans is not None:
            keep &= _count(dropped, "a span came apart", ~spans.broken | ~keep)
    if config.variants > 1:
        keep &= _count(dropped, "same as another variant", _distinct(rows, chosen, config.variants) | ~keep)
    row, item = transformer.items(rows, chosen)
    selected_rows = np.flatnonzero(keep)
    wanted = keep[row]
    counts = np.bincount(row[wanted], minlength=len(rows))[selected_rows]
    return Considered(
        sentence=rows.sentence[selected_rows],
        variant=variant[selected_rows],
        coverage=chosen.coverage[selected_rows],
        length=np.diff(rows.offsets)[selected_rows].astype(np.int32),
        item_offsets=np.concatenate([[0], np.cumsum(counts)]),
        item=item[wanted],
        dropped=dropped,
    )


def _count(dropped: dict[str, int], reason: str, keep: NDArray[np.bool_]) -> NDArray[np.bool_]:
    lost = int((~keep).sum())
    if lost:
        dropped[reason] = lost
    return keep.copy()


def _distinct(rows: Rows, chosen: Chosen, variants: int) -> NDArray[np.bool_]:
    """(B,): no earlier variant of the same sentence made the same choices."""
    weights = np.arange(1, len(chosen.output) + 1, dtype=np.uint64)
    position = weights - np.repeat(rows.offsets[:-1], np.diff(rows.offsets)).astype(np.uint64)
    with np.errstate(over="ignore"):
        mixed = (chosen.output.astype(np.uint64) + np.uint64(7)) * (
            position * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
        )
        running = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mixed ^ (mixed >> np.uint64(29)))])
        key = (running[rows.offsets[1:]] - running[rows.offsets[:-1]]).reshape(-1, variants)
    distinct = np.ones_like(key, np.bool_)
    for later in range(1, variants):
        distinct[:, later] = (key[:, later : later + 1] != key[:, :later]).all(axis=1)
    return distinct.reshape(-1)


def by_block(analysis: Analysis, sentence: NDArray[np.int64], variant: NDArray[np.int64]) -> Iterator[Rows]:
    """Rows of a shard, block by block: sentences are ascending, and each block is read once."""
    firsts = np.array(analysis.block_starts)
    bounds = np.searchsorted(sentence, firsts)
    for index in range(analysis.n_blocks):
        start, end = bounds[index], bounds[index + 1]
        if start < end:
            yield select_rows(analysis.block(index), sentence[start:end] - firsts[index], variant[start:end])
