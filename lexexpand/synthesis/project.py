"""Labels of the source carried to the target: exact, or not at all (DESIGN 4.6).

A token carries the part of speech of its source when it is one-to-one, or when several source tokens that
agree become one; of one-to-many the head alone that the entry's own part of speech names carries it. Every
other token gets `_`, which training ignores. Articles and adpositions that the inflected form says itself
are aligned to it and do not vote. Spans are the hull of their aligned tokens.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lexexpand.synthesis.rows import ragged

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.match import Units
    from lexexpand.synthesis.render import Rendered
    from lexexpand.synthesis.rows import Rows


@dataclass(slots=True)
class Alignment:
    """Which source tokens units render besides the one where they stand: few do."""

    shared: NDArray[np.int64]
    """(S,): units that render several source tokens, ascending."""
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    """(S,): their source tokens are source[start:start + length], ascending."""
    source: NDArray[np.int64]


def align(units: Units, removed: NDArray[np.int64], rendered: Rendered) -> Alignment:
    """Collect the source tokens of the units that render several."""
    owner = units.owner[removed]
    owns = np.zeros(len(units.owner), np.bool_)
    owns[owner] = True
    heads = np.flatnonzero(owns)
    source = np.concatenate([removed, heads])
    group = np.concatenate([owner, heads])
    order = np.lexsort((source, group))
    start = np.searchsorted(group[order], heads)
    length = np.diff(np.append(start, len(order)))
    return Alignment(np.searchsorted(rendered.position, heads), start, length, source[order])


def alignment_column(alignment: Alignment, rows: Rows, rendered: Rendered) -> pa.ListArray:
    """(B,) of (tokens,) of source token numbers in their sentence."""
    values = rows.place[rendered.position]
    if len(rendered.longer):
        values = values[rendered.unit]
    bounds = np.arange(len(values) + 1, dtype=np.int32)
    if len(alignment.shared):
        at = np.searchsorted(rendered.longer, alignment.shared)
        words = rendered.length_of(alignment.shared)
        several = ragged(alignment.shared + rendered.extra[at], words)
        group = np.repeat(np.arange(len(words)), words)
        bounds[several + 1] += (alignment.length[group] - 1).astype(np.int32)
        bounds[1:] -= np.arange(len(values), dtype=np.int32)
        np.cumsum(bounds[1:], out=bounds[1:])
        spread = np.empty(bounds[-1], np.int32)
        spread[bounds[:-1]] = values
        sources = alignment.source[ragged(alignment.start[group], alignment.length[group])]
        spread[ragged(bounds[several], alignment.length[group])] = rows.place[sources]
        values = spread
    inner = pa.ListArray.from_arrays(pa.array(bounds), pa.array(values))
    return pa.ListArray.from_arrays(pa.array(rendered.offsets.astype(np.int32)), inner)


def project_upos(
    upos: NDArray[np.int8],
    silent: NDArray[np.bool_],
    labelled: NDArray[np.bool_],
    alignment: Alignment,
    rendered: Rendered,
) -> NDArray[np.int8]:
    """(N,): part of speech of each target token, 0 (`_`) for none.

    Args:
        upos: (T,) of the source tokens.
        silent: (T,) source tokens that do not vote.
        labelled: (N,) target tokens that may carry a label.
        alignment: of the units.
        rendered: the units.
    """
    agreed = upos[rendered.position]
    if len(alignment.shared):
        sources = alignment.source[ragged(alignment.start, alignment.length)]
        unit = np.repeat(alignment.shared, alignment.length)
        differs = ~silent[sources] & (upos[sources] != upos[rendered.position[unit]])
        agreed[unit[differs]] = 0
    return np.where(labelled, agreed[rendered.unit], 0).astype(np.int8)


@dataclass(slots=True)
class Spans:
    """Projected spans: S half-open token ranges, and which rows could not keep theirs."""

    offsets: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    broken: NDArray[np.bool_]
    """(B,): a span of this row has no contiguous rendering."""


def project_spans(rows: Rows, units: Units, rendered: Rendered, silent: NDArray[np.bool_]) -> Spans | None:
    """The hull of each span's target tokens, where no token from outside stands inside it.

    Args:
        rows: of the source.
        units: what stands for which source tokens.
        rendered: the target tokens.
        silent: (T,) source tokens that do not vote: what the form of another says has no place of its own.
    """
    inside = rows.span_of_token()
    if inside is None or rows.span_offsets is None:
        return None
    n_spans = int(rows.span_offsets[-1])
    owner_span = inside[units.owner]
    torn = np.zeros(n_spans + 1, np.bool_)
    mixed = (owner_span != inside) & ~(silent & (inside == 0))
    torn[inside[mixed]] = True
    torn[owner_span[mixed]] = True
    token_span = inside[rendered.position][rendered.unit]
    at = np.flatnonzero(token_span)
    first = np.full(n_spans + 1, np.iinfo(np.int64).max)
    last = np.full(n_spans + 1, -1)
    np.minimum.at(first, token_span[at], at)
    np.maximum.at(last, token_span[at], at)
    count = np.bincount(token_span, minlength=n_spans + 1)
    torn |= (last - first + 1 != count) | (last < 0)
    row = np.repeat(np.arange(len(rows)), np.diff(rows.span_offsets))
    broken = np.zeros(len(rows), np.bool_)
    broken[row[torn[1:]]] = True
    base = rendered.offsets[:-1][row]
    safe = ~torn[1:]
    start = np.where(safe, first[1:] - base, 0).astype(np.int32)
    end = np.where(safe, last[1:] + 1 - base, 0).astype(np.int32)
    return Spans(rows.span_offsets, start, end, broken)
