"""The rows that a shard is made of: some sentences of one analysed block, each in some variant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.text.analysis import AnalysedBlock


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns over B rows and T tokens; numbers point where those of the `AnalysedBlock` do.

    What indexes is int64 throughout synthesis: numpy converts any other index first, at twice the cost.
    """

    sentence: NDArray[np.int64]
    """(B,): number of the sentence in the whole source."""
    variant: NDArray[np.int64]
    offsets: NDArray[np.int64]
    row: NDArray[np.int64]
    """(T,): the row that each token is in."""
    type: NDArray[np.int64]
    gap: NDArray[np.int32]
    lead: NDArray[np.int32]
    doc: NDArray[np.int32]
    place: NDArray[np.int32]
    """(T,): number of each token in its sentence."""
    id: pa.Array
    text: pa.Array
    tokens: pa.Array
    starts: pa.Array
    upos: pa.Array
    """The source's columns as a corpus repeats them."""
    guessed: NDArray[np.bool_] | None
    span_offsets: NDArray[np.int64] | None
    span_start: NDArray[np.int32] | None
    span_end: NDArray[np.int32] | None
    span_type: NDArray[np.int32] | None
    label: NDArray[np.int32] | None
    intent: NDArray[np.int32] | None

    def __len__(self) -> int:
        return len(self.sentence)

    def span_of_token(self) -> NDArray[np.int32] | None:
        """(T,): number from 1 of the labelled span that each token is in, 0 outside; None without spans."""
        if self.span_offsets is None or self.span_start is None or self.span_end is None:
            return None
        base = np.repeat(self.offsets[:-1], np.diff(self.span_offsets))
        size = self.span_end - self.span_start
        span = np.zeros(len(self.type), np.int32)
        span[ragged(base + self.span_start, size)] = np.repeat(np.arange(1, len(size) + 1), size)
        return span


def _ids(first: pa.Array, variant: NDArray[np.int64]) -> pa.Array:
    """(B,) ids of first variants, (B,) variants -> ids."""
    if not variant.any():
        return first
    stems = pc.utf8_slice_codeunits(first, 0, -1)  # the last digit is the first variant's
    return pc.binary_join_element_wise(stems, pc.cast(pa.array(variant), pa.string()), "")


def ragged(start: NDArray[np.integer], length: NDArray[np.integer]) -> NDArray[np.int64]:
    """The numbers start[i], start[i] + 1, ... start[i] + length[i] - 1 for every i, end to end.

    >>> ragged(np.array([5, 9]), np.array([2, 3])).tolist()
    [5, 6, 9, 10, 11]
    """
    ends = np.cumsum(length)
    total = int(ends[-1]) if len(ends) else 0
    shift = np.repeat(start - (ends - length), length)
    numbers: NDArray[np.int64] = np.arange(total) + shift
    return numbers


def select_rows(block: AnalysedBlock, sentence: NDArray[np.int64], variant: NDArray[np.int64]) -> Rows:
    """Rows of a block.

    Args:
        block: where the sentences stand.
        sentence: (B,) numbers of sentences in the block, from 0; may repeat.
        variant: (B,) which variant of it each row is.
    """
    if len(sentence) == len(block) and np.array_equal(sentence, np.arange(len(block))):
        offsets, at = block.offsets, None
        repeated = [block.text, block.tokens, block.starts, block.upos, block.id]
    else:
        length = np.diff(block.offsets)[sentence]
        offsets = np.concatenate([[0], np.cumsum(length)])
        at = ragged(block.offsets[sentence], length)
        wanted = pa.array(sentence)
        whole = (block.text, block.tokens, block.starts, block.upos, block.id)
        repeated = [column.take(wanted) for column in whole]
    spans: list[NDArray[np.int32] | None] = [None, None, None]
    span_offsets = None
    if block.span_offsets is not None:
        count = np.diff(block.span_offsets)[sentence]
        span_offsets = np.concatenate([[0], np.cumsum(count)])
        inside = ragged(block.span_offsets[sentence], count)
        columns = (block.span_start, block.span_end, block.span_type)
        spans = [None if column is None else column[inside] for column in columns]
    return Rows(
        sentence=block.first + sentence,
        variant=variant,
        offsets=offsets,
        row=np.repeat(np.arange(len(sentence)), np.diff(offsets)),
        type=(block.type if at is None else block.type[at]).astype(np.int64),
        gap=block.gap if at is None else block.gap[at],
        lead=block.lead[sentence],
        doc=block.doc[sentence],
        place=block.place if at is None else block.place[at],
        id=_ids(repeated[4], variant),
        text=repeated[0],
        tokens=repeated[1],
        starts=repeated[2],
        upos=repeated[3],
        guessed=block.guessed if at is None or block.guessed is None else block.guessed[at],
        span_offsets=span_offsets,
        span_start=spans[0],
        span_end=spans[1],
        span_type=spans[2],
        label=None if block.label is None else block.label[sentence],
        intent=None if block.intent is None else block.intent[sentence],
    )
