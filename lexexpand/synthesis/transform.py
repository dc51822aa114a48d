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
from lexexpand.synthesis.table import MATCH
from lexexpand.text.schema import TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.transfer import TransferRow
    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.rows import Rows

_TRANSLATED = np.isin(np.arange(len(MATCH)), [MATCH[name] for name in TRANSLATED])


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
        match = compiled.table.outputs["match"]
        translated = _TRANSLATED[match[output[units.owner]]]
        counted, content = compiled.types.counted[rows.type], compiled.types.content[rows.type]
        return Chosen(
            units,
            output,
            dropped,
            translated,
            _share(translated, counted, rows.offsets),
            _share(translated, content, rows.offsets),
        )

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
        row = np.repeat(np.arange(len(rows)), np.diff(rows.offsets))[position[taught]]
        pairs = np.unique(np.stack([row, item[taught]], axis=1), axis=0)
        return pairs[:, 0], pairs[:, 1]


def _share(
    translated: NDArray[np.bool_], counted: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> NDArray[np.float32]:
    """(B,): share of counted tokens that are translated; 1.0 where none is counted."""
    total = _sums(counted, offsets)
    hits = _sums(counted & translated, offsets)
    return np.where(total > 0, hits / np.maximum(total, 1), 1.0).astype(np.float32)


def _sums(flags: NDArray[np.bool_], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    running = np.concatenate([[0], np.cumsum(flags)])
    return running[offsets[1:]] - running[offsets[:-1]]
