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

from lexexpand.synthesis.compile import WORDLIKE
from lexexpand.synthesis.pool import StringPool, slice_strings
from lexexpand.synthesis.rows import ragged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.rows import Rows


@dataclass(slots=True)
class Rendered:
    """U units written as N target tokens."""

    position: NDArray[np.int32]
    """(U,): source token where each unit stands."""
    output: NDArray[np.int32]
    """(U,)"""
    unit: NDArray[np.int32]
    """(N,): unit that each target token renders."""
    token: NDArray[np.int32]
    """(N,): row of each target token in the table's tokens."""
    offsets: NDArray[np.int64]
    """(B + 1,): where each row's target tokens begin."""
    form: NDArray[np.int32]
    gap: NDArray[np.int32]
    """(N,): white space after each token, numbers into the renderer's `gaps`."""
    longer: NDArray[np.int64]
    """Units that are not of one word."""


class Renderer:
    """Writes the rows of one source in one language."""

    def __init__(self, compiled: Compiled, gaps: Sequence[str]) -> None:
        """Args: the compiled table; the source's white space by number."""
        self._compiled = compiled
        self.gaps = list(gaps)
        self._clitic = pc.match_substring_regex(compiled.types.form, "^['’]").to_numpy(zero_copy_only=False)
        self._blank = self._gap(" ")
        self._none = self._gap("")
        self._joiner = self._gap(compiled.scripts.joiner)
        self.pool = StringPool(compiled.types.form, compiled.table.strings)

    def _gap(self, text: str) -> int:
        if text not in self.gaps:
            self.gaps.append(text)
        return self.gaps.index(text)

    def render(self, rows: Rows, output: NDArray[np.int32], removed: NDArray[np.int64]) -> Rendered:
        """Write the outputs of all units.

        Args:
            rows: what is rendered.
            output: (T,) output of each token.
            removed: (R,) tokens that leave no word, ascending.
        """
        outputs, tokens = self._compiled.table.outputs, self._compiled.table.tokens
        position = np.arange(len(output), dtype=np.int32)
        if len(removed):
            position = np.delete(position, removed)
            output = output[position]
        before = rows.offsets - np.searchsorted(removed, rows.offsets)
        start = outputs["start"][output]
        gap = self._unit_gaps(rows, position, output, removed)
        length = outputs["length"][output]
        longer = np.flatnonzero(length != 1)
        if not len(longer):
            unit = np.arange(len(position), dtype=np.int32)
            return Rendered(position, output, unit, start, before, tokens["form"][start], gap, longer)
        # Most units are one word: what differs is added up over the few that are not.
        extra = np.append(0, np.cumsum(length[longer] - 1, dtype=np.int64))
        offsets = before + extra[np.searchsorted(longer, before)]
        unit = np.repeat(np.arange(len(position), dtype=np.int32), length)
        token = start[unit]
        # The second, third ... word of a unit is the next row of the table.
        first = longer + extra[:-1]
        words = ragged(first, length[longer])
        token[words] += (words - np.repeat(first, length[longer])).astype(np.int32)
        spaced = gap[unit]
        spaced[np.setdiff1d(words, first + length[longer] - 1, assume_unique=True)] = self._joiner
        return Rendered(position, output, unit, token, offsets, tokens["form"][token], spaced, longer)

    def _unit_gaps(
        self, rows: Rows, position: NDArray[np.int32], output: NDArray[np.int32], removed: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """(U,): white space after each unit."""
        gap = rows.gap[position]
        if len(removed) and len(position):
            # The last token of a removed run hands its white space to the unit before the run.
            following = np.append(removed[1:], -1) == removed + 1
            last = removed[~(following & np.append(rows.row[removed[1:]] == rows.row[removed[:-1]], False))]
            unit = np.searchsorted(position, last) - 1
            same = (unit >= 0) & (rows.row[position[unit]] == rows.row[last])
            gap[unit[same]] = rows.gap[last[same]]
        translated = self._compiled.table.outputs["translated"]
        tight = np.flatnonzero(gap[:-1] == self._none)
        here, beside = position[tight], position[tight + 1]
        flags = self._compiled.flags[rows.type[here]] & self._compiled.flags[rows.type[beside]]
        tight = tight[((flags & WORDLIKE) > 0) & (rows.row[here] == rows.row[beside])]
        # A clitic that stays ("'s") stays where it is.
        swapped = translated[output[tight + 1]] | (
            translated[output[tight]] & ~self._clitic[rows.type[position[tight + 1]]]
        )
        gap[tight[swapped]] = self._blank
        if self._joiner != self._blank:
            swapped = translated[output]
            gap[:-1][swapped[:-1] & swapped[1:] & (gap[:-1] == self._blank)] = self._joiner
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
        widths = np.array([len(gap) for gap in self.gaps], np.int32)
        size = self.pool.length(rendered.form) + widths[rendered.gap]
        return start_offsets(size, rendered.offsets, widths[lead])


def start_offsets(
    size: NDArray[np.int32], offsets: NDArray[np.int64], lead: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Offsets of tokens in their sentences.

    Args:
        size: (N,) code points of each token with the white space after it.
        offsets: (B + 1,) where each sentence's tokens begin.
        lead: (B,) code points of white space before each sentence.
    """
    ends = np.cumsum(size, dtype=np.int32)
    before = np.append(np.int32(0), ends)[offsets[:-1]]
    found: NDArray[np.int32] = ends - size
    found -= np.repeat(before - lead, np.diff(offsets))
    return found
