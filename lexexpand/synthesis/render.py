"""From chosen outputs to target text: tokens, the white space between them, offsets.

White space is the source's, with three exceptions. A token that leaves no word hands its white space back:
"turn the light off." keeps no blank before the full stop (but "(the light" gets none behind the bracket).
Tokens that the source writes together ("do|n't")
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

    position: NDArray[np.int64]
    """(U,): source token where each unit stands."""
    output: NDArray[np.int64]
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
    longer: NDArray[np.int64]
    """(L,): units that are not of one word."""
    extra: NDArray[np.int64]
    """(L + 1,): how many words more than one each the first 0, 1, 2 ... of `longer` have together."""

    def length_of(self, unit: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) units -> how many words each is."""
        found = np.ones(len(unit), np.int64)
        if len(self.longer):
            at = np.minimum(np.searchsorted(self.longer, unit), len(self.longer) - 1)
            several = self.longer[at] == unit
            found[several] += np.diff(self.extra)[at[several]]
        return found


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
        self._usual = (self._none, self._blank) == (0, 1)
        """Numbers of white space are widths, as long as none is above 1."""
        self._empty = compiled.table.n_types + compiled.table.strings("")
        self.pool = StringPool(compiled.types.form, compiled.table.strings)

    def _gap(self, text: str) -> int:
        if text not in self.gaps:
            self.gaps.append(text)
        return self.gaps.index(text)

    def gaps_after(
        self, rows: Rows, output: NDArray[np.int64], removed: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """(T,): white space after what each source token leaves; none after those that leave nothing."""
        gap = rows.gap.copy()
        if len(removed):
            row = rows.row[removed]
            joined = (np.diff(removed) == 1) & (row[1:] == row[:-1])
            first, last = removed[np.append(True, ~joined)], removed[np.append(~joined, True)]
            # The last token of a removed run hands its white space to the unit before the run.
            before = first - 1
            same = (before >= 0) & (rows.row[before] == rows.row[first])
            # What an opening bracket or quotation mark clung to leaves it to cling to the next word.
            opens = (gap[before] == self._none) & ((self._compiled.flags[rows.type[before]] & WORDLIKE) == 0)
            same &= ~opens
            gap[removed] = self._none
            gap[before[same]] = rows.gap[last[same]]
        translated = self._compiled.table.outputs["translated"]
        tight = np.flatnonzero(gap[:-1] == self._none)
        tight = tight[((self._compiled.flags[rows.type[tight]] & WORDLIKE) > 0) & (output[tight] >= 0)]
        beside = self._next(tight, output)
        flags = self._compiled.flags[rows.type[beside]]
        wordlike = ((flags & WORDLIKE) > 0) & (rows.row[tight] == rows.row[beside]) & (output[beside] >= 0)
        tight, beside = tight[wordlike], beside[wordlike]
        # A clitic that stays ("'s") stays where it is, and so does what was put in as it had been.
        behind = translated[output[beside]]
        swapped = behind | (translated[output[tight]] & ~self._clitic[rows.type[beside]])
        tight, beside, behind = tight[swapped], beside[swapped], behind[swapped]
        differs = (behind & self._differs(beside, rows, output)) | (
            translated[output[tight]] & self._differs(tight, rows, output)
        )
        gap[tight[differs]] = self._blank
        if self._joiner != self._blank:
            at = np.flatnonzero((gap[:-1] == self._blank) & (output[:-1] >= 0) & translated[output[:-1]])
            beside = self._next(at, output)
            both = (output[beside] >= 0) & translated[output[beside]] & (rows.row[at] == rows.row[beside])
            gap[at[both]] = self._joiner
        return gap

    def _differs(self, at: NDArray[np.int64], rows: Rows, output: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(n,): another word stands there than in the source."""
        made = self.pool.take(self._compiled.table.outputs["text"][output[at]])
        source = self._compiled.types.form.take(pa.array(rows.type[at]))
        differs: NDArray[np.bool_] = pc.not_equal(made, source).to_numpy(zero_copy_only=False)
        return differs

    @staticmethod
    def _next(at: NDArray[np.int64], output: NDArray[np.int64]) -> NDArray[np.int64]:
        """The next token that leaves a word, or the last token of all."""
        last = len(output) - 1
        beside = np.minimum(at + 1, last)
        passing = (output[beside] < 0) & (beside < last)
        while passing.any():
            beside[passing] += 1
            passing = (output[beside] < 0) & (beside < last)
        return beside

    def texts(
        self, rows: Rows, output: NDArray[np.int64], removed: NDArray[np.int64], gap: NDArray[np.int32]
    ) -> pa.Array:
        """Strings (B,): each unit's text and the white space behind it, end to end."""
        piece = self._compiled.table.outputs["text"][output]
        piece[removed] = self._empty
        if self._usual and int(gap.max(initial=0)) <= 1:
            glued = self.pool.take_spaced(piece, gap)
        else:
            gaps = pa.array(self.gaps, pa.string()).take(pa.array(gap))
            glued = pc.binary_join_element_wise(self.pool.take(piece), gaps, "")
        body = slice_strings(glued, rows.offsets)
        if (rows.lead != self._none).any():
            lead = pa.array(self.gaps, pa.string()).take(pa.array(rows.lead))
            body = pc.binary_join_element_wise(lead, body, "")
        return body

    def render(
        self, rows: Rows, output: NDArray[np.int64], removed: NDArray[np.int64], gap: NDArray[np.int32]
    ) -> Rendered:
        """Write the outputs of all units token by token.

        Args:
            rows: what is rendered.
            output: (T,) output of each token.
            removed: (R,) tokens that leave no word, ascending.
            gap: (T,) white space behind what each token leaves.
        """
        outputs, tokens = self._compiled.table.outputs, self._compiled.table.tokens
        position = np.arange(len(output))
        if len(removed):
            position = np.delete(position, removed)
            output, gap = output[position], gap[position]
        before = rows.offsets - np.searchsorted(removed, rows.offsets)
        start = outputs["start"][output]
        length = outputs["length"][output]
        longer = np.flatnonzero(length != 1)
        if not len(longer):
            unit = np.arange(len(position))
            none = np.zeros(1, np.int64)
            return Rendered(position, output, unit, start, before, tokens["form"][start], gap, longer, none)
        # Most units are one word: what differs is added up over the few that are not.
        extra = np.append(0, np.cumsum(length[longer] - 1, dtype=np.int64))
        offsets = before + extra[np.searchsorted(longer, before)]
        first = longer + extra[:-1]
        following = ragged(first + 1, length[longer] - 1)
        unit = np.ones(len(position) + int(extra[-1]), np.int64)
        unit[following] = 0
        unit[:1] = 0
        np.cumsum(unit, out=unit)
        token, spaced = start[unit], gap[unit]
        # The second, third ... word of a unit is the next row of the table; a joiner stands before it.
        token[following] += following - np.repeat(first, length[longer] - 1)
        spaced[following - 1] = self._joiner
        form = tokens["form"][token]
        return Rendered(position, output, unit, token, offsets, form, spaced, longer, extra)

    def starts(self, lead: NDArray[np.int32], rendered: Rendered) -> NDArray[np.int32]:
        """(N,): offset of each token in its text, in code points."""
        widths = np.array([len(gap) for gap in self.gaps], np.int32)
        size = self.pool.length(rendered.form)
        size += (
            rendered.gap if self._usual and int(rendered.gap.max(initial=0)) <= 1 else widths[rendered.gap]
        )
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
    found = np.empty(len(size), np.int32)
    if not len(size):
        return found
    # One running sum over all sentences, set back where a sentence begins.
    found[0], found[1:] = 0, size[:-1]
    begins = np.flatnonzero(np.diff(offsets) > 0)
    first = offsets[:-1][begins]
    total = np.add.reduceat(size, first, dtype=np.int32)
    found[first] = lead[begins]
    found[first[1:]] -= (total - size[np.append(first[1:], len(size)) - 1] + lead[begins])[:-1]
    np.cumsum(found, out=found)
    return found
