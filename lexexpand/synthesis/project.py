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
    """For each unit, the source tokens that it renders, ascending."""

    start: NDArray[np.int64]
    """(U,): into `source`."""
    length: NDArray[np.int64]
    source: NDArray[np.int64]
    """(T,): positions of source tokens, those of one unit together."""


def align(units: Units, rendered: Rendered) -> Alignment:
    """Group source tokens by the unit that renders them."""
    n = len(units.owner)
    if len(rendered.position) == n:
        return Alignment(np.arange(n), np.ones(n, np.int64), np.arange(n))
    source = np.argsort(units.owner, kind="stable")
    count = np.bincount(units.owner, minlength=n)
    start = np.cumsum(count) - count
    return Alignment(start[rendered.position], count[rendered.position], source)


def alignment_column(alignment: Alignment, rows: Rows, rendered: Rendered) -> pa.ListArray:
    """(B,) of (tokens,) of source token numbers in their sentence."""
    relative = (alignment.source - rows.offsets[rows.row[alignment.source]]).astype(np.int32)
    length = alignment.length[rendered.unit]
    if len(alignment.source) == len(rendered.unit) and (length == 1).all():
        values = relative[alignment.start[rendered.unit]]
    else:
        values = relative[ragged(alignment.start[rendered.unit], length)]
    bounds = np.concatenate([[0], np.cumsum(length)]).astype(np.int32)
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
    if len(alignment.source) == len(rendered.position):
        agreed = upos[rendered.position]
    else:
        at = ragged(alignment.start, alignment.length)
        sources = alignment.source[at]
        unit = np.repeat(np.arange(len(alignment.start)), alignment.length)
        votes = ~silent[sources]
        own = upos[rendered.position]
        differs = votes & (upos[sources] != own[unit])
        agreed = own.copy()
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


def project_spans(rows: Rows, units: Units, rendered: Rendered) -> Spans | None:
    """The hull of each span's target tokens, where no token from outside stands inside it."""
    inside = rows.span_of_token()
    if inside is None or rows.span_offsets is None:
        return None
    n_spans = int(rows.span_offsets[-1])
    owner_span = inside[units.owner]
    torn = np.zeros(n_spans + 1, np.bool_)
    mixed = owner_span != inside
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
