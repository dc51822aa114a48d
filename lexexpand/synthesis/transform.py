"""Rows of a block become rows of a corpus: match, choose, realise, project. One function per step.

Everything that varies by type lies in the compiled table; what is left is array work (no loop over tokens).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.choose import choose
from lexexpand.synthesis.context import Context
from lexexpand.synthesis.match import Matcher, Units
from lexexpand.synthesis.project import Spans, project_spans
from lexexpand.synthesis.render import Rendered, Renderer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.transfer import TransferRow
    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.rows import Rows


@dataclass(slots=True)
class Chosen:
    """What was decided for T source tokens, before anything is written."""

    units: Units
    output: NDArray[np.int32]
    """(T,): output of each token that leaves words, -1 for the others."""
    dropped: NDArray[np.bool_]
    """(T,): tokens that the form of a noun says."""
    translated: NDArray[np.bool_]
    """(T,): tokens that an entry renders, alone or together with others."""
    coverage: NDArray[np.float32]
    coverage_content: NDArray[np.float32]
    """(B,): shares of translated tokens; 1 where there is nothing to translate."""


class Transformer:
    """Makes one language of one source."""

    def __init__(
        self,
        compiled: Compiled,
        *,
        gaps: Sequence[str],
        doc_keys: NDArray[np.uint64],
        particles: frozenset[str] = frozenset(),
        transfer: Sequence[TransferRow] = (),
    ) -> None:
        """Args: the compiled table; the source's white space; a hash per document; facts of the two languages."""
        self.compiled = compiled
        self._gaps = gaps
        self._doc_keys = doc_keys
        self._matcher = Matcher(compiled, particles)
        self._context = Context(compiled, transfer) if transfer and compiled.config.transfer else None

    @cached_property
    def renderer(self) -> Renderer:
        """Writes text; made when the first text is written."""
        return Renderer(self.compiled, self._gaps)

    def choose(self, rows: Rows) -> Chosen:
        """Steps 3 and 4: match and choose."""
        compiled = self.compiled
        units = self._matcher.units(rows)
        output = choose(units, rows, compiled.table, compiled.config, self._doc_keys)
        dropped = np.zeros(len(output), np.bool_)
        if self._context is not None:
            dropped = self._context.apply(rows, units, output, self._doc_keys)
        translated = compiled.table.outputs["translated"][output]
        owned = np.flatnonzero(output < 0)
        translated[owned] = translated[units.owner[owned]]
        coverage = _share(translated, compiled.types.counted[rows.type], rows.offsets)
        content = _share(translated, compiled.types.content[rows.type], rows.offsets)
        return Chosen(units, output, dropped, translated, coverage, content)

    def render(self, rows: Rows, chosen: Chosen) -> Rendered:
        """Step 5: realise."""
        return self.renderer.render(rows, chosen.output)

    def spans(self, rows: Rows, chosen: Chosen, rendered: Rendered) -> Spans | None:
        """Step 6 for spans; None where the source has none."""
        return project_spans(rows, chosen.units, rendered)

    def items(self, rows: Rows, chosen: Chosen) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What each row teaches: (n,) rows, (n,) numbers of entry and cell; each pair once, sorted."""
        position = np.flatnonzero(chosen.output >= 0)
        item = self.compiled.table.outputs["item"][chosen.output[position]]
        taught = item >= 0
        row = rows.row[position[taught]].astype(np.int64)
        order = np.lexsort((item[taught], row))
        row, item = row[order], item[taught][order]
        first = np.ones(len(row), np.bool_)
        first[1:] = (row[1:] != row[:-1]) | (item[1:] != item[:-1])
        return row[first], item[first]


def _share(
    translated: NDArray[np.bool_], counted: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(B,): share of counted tokens that are translated; 1.0 where none is counted."""
    # Two counts in one sum: all counted tokens below, the translated among them from bit 32 on.
    weight = counted.astype(np.int64) + ((counted & translated).astype(np.int64) << 32)
    running = np.append(0, np.cumsum(weight))
    sums = running[offsets[1:]] - running[offsets[:-1]]
    total, hits = sums & 0xFFFFFFFF, sums >> 32
    return np.where(total > 0, hits / np.maximum(total, 1), 1.0).astype(np.float32)
