"""From chosen outputs to target text: tokens, the white space between them, offsets.

White space is the source's, with three exceptions. A token that leaves no word hands its white space back:
"turn the light off." keeps no blank before the full stop. Tokens that the source writes together ("do|n't")
get a blank where a word was put in. And a script that writes no blanks between words gets its own joiner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.synthesis.compile import NAME, NUMBER, WORD
from lexexpand.synthesis.pool import StringPool, slice_strings
from lexexpand.synthesis.rows import ragged
from lexexpand.synthesis.table import MATCH
from lexexpand.text.schema import TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.rows import Rows

_TRANSLATED = np.array([MATCH[name] for name in TRANSLATED])


@dataclass(slots=True)
class Rendered:
    """U units written as N target tokens."""

    position: NDArray[np.int64]
    """(U,): source token where each unit stands."""
    output: NDArray[np.int32]
    """(U,)"""
    unit: NDArray[np.int64]
    """(N,): unit that each target token renders."""
    token: NDArray[np.int64]
    """(N,): row of each target token in the table's tokens."""
    offsets: NDArray[np.int64]
    """(B + 1,): where each row's target tokens begin."""
    form: NDArray[np.int32]
    gap: NDArray[np.int32]
    """(N,): white space after each token, numbers into the renderer's `gaps`."""


class Renderer:
    """Writes the rows of one source in one language."""

    def __init__(self, compiled: Compiled, gaps: Sequence[str]) -> None:
        """Args: the compiled table; the source's white space by number."""
        self._compiled = compiled
        self.gaps = list(gaps)
        self._blank = self._gap(" ")
        self._none = self._gap("")
        self._joiner = self._gap(compiled.scripts.joiner)
        self.pool = StringPool(compiled.types.form, compiled.table.strings)

    def _gap(self, text: str) -> int:
        if text not in self.gaps:
            self.gaps.append(text)
        return self.gaps.index(text)

    def render(self, rows: Rows, output: NDArray[np.int32]) -> Rendered:
        """Write the outputs of all owners. (T,) output is -1 for tokens that leave no word."""
        table = self._compiled.table
        kept = output >= 0
        position = np.flatnonzero(kept)
        unit_output = output[position]
        length = table.outputs["length"][unit_output].astype(np.int64)
        before = np.concatenate([[0], np.cumsum(kept)])[rows.offsets]
        offsets = np.concatenate([[0], np.cumsum(length)])[before]
        start = table.outputs["start"][unit_output]
        simple = bool((length == 1).all())
        unit = np.arange(len(position)) if simple else np.repeat(np.arange(len(position)), length)
        token = start if simple else ragged(start, length)
        unit_gap = self._unit_gaps(rows, position, unit_output, simple=bool(kept.all()))
        if simple:
            gap = unit_gap
        else:
            gap = np.full(len(token), self._joiner, np.int32)
            nonempty = length > 0
            gap[np.cumsum(length)[nonempty] - 1] = unit_gap[nonempty]
        return Rendered(position, unit_output, unit, token, offsets, table.tokens["form"][token], gap)

    def _unit_gaps(
        self, rows: Rows, position: NDArray[np.int64], output: NDArray[np.int32], *, simple: bool
    ) -> NDArray[np.int32]:
        """(U,): white space after each unit."""
        if not len(position):
            return np.empty(0, np.int32)
        end = np.repeat(rows.offsets[1:], np.diff(rows.offsets))[position]
        following = np.append(position[1:], len(rows.type))
        inner = following < end
        gap = rows.gap if simple else rows.gap[np.minimum(following, end) - 1]
        gap = gap.copy()
        swapped = np.isin(self._compiled.table.outputs["match"][output], _TRANSLATED)
        beside = np.append(swapped[1:], False)
        kind = self._compiled.types.kind[rows.type[position]]
        wordlike = (kind == WORD) | (kind == NUMBER) | (kind == NAME)
        both = wordlike & np.append(wordlike[1:], False) & inner
        gap[both & (swapped | beside) & (gap == self._none)] = self._blank
        if self._joiner != self._blank:
            gap[both & swapped & beside & (gap == self._blank)] = self._joiner
        return gap

    def texts(self, rows: Rows, rendered: Rendered) -> pa.Array:
        """Strings (B,)."""
        plain = (rendered.gap == self._blank) | (rendered.gap == self._none)
        if plain.all():
            glued = self.pool.take_spaced(rendered.form, rendered.gap == self._blank)
        else:
            gaps = pa.array(self.gaps, pa.string()).take(pa.array(rendered.gap))
            glued = pc.binary_join_element_wise(self.pool.take(rendered.form), gaps, "")
        body = slice_strings(glued, rendered.offsets)
        lead = pa.array(self.gaps, pa.string()).take(pa.array(rows.lead))
        if (rows.lead != self._none).any():
            body = pc.binary_join_element_wise(lead, body, "")
        return body

    def starts(self, lead: NDArray[np.int32], rendered: Rendered) -> NDArray[np.int32]:
        """(N,): offset of each token in its text, in code points."""
        widths = np.array([len(gap) for gap in self.gaps], np.int64)
        size = self.pool.length(rendered.form) + widths[rendered.gap]
        return start_offsets(size, rendered.offsets, widths[lead])


def start_offsets(
    size: NDArray[np.int64], offsets: NDArray[np.int64], lead: NDArray[np.int64]
) -> NDArray[np.int32]:
    """Offsets of tokens in their sentences.

    Args:
        size: (N,) code points of each token with the white space after it.
        offsets: (B + 1,) where each sentence's tokens begin.
        lead: (B,) code points of white space before each sentence.
    """
    before = np.concatenate([[0], np.cumsum(size)])
    count = np.diff(offsets)
    shift = np.repeat(before[offsets[:-1]] - lead, count)
    found: NDArray[np.int32] = (before[:-1] - shift).astype(np.int32)
    return found
