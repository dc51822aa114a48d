"""Rows of a block become rows of a corpus: match, choose, realise, project. One function per step.

Everything that varies by type lies in the compiled table; what is left is array work (no loop over tokens).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.choose import Chooser
from lexexpand.synthesis.compile import CONTENT, COUNTED
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
    output: NDArray[np.int64]
    """(T,): output of each token that leaves words, -1 for the others."""
    removed: NDArray[np.int64]
    """(R,): tokens that leave none: parts of phrases, and what the form of a noun says; ascending."""
    dropped: NDArray[np.int64]
    """Those of them that the form of a noun says."""
    translated: NDArray[np.bool_]
    """(T,): tokens that an entry renders, alone or together with others."""
    coverage: NDArray[np.float32]
    coverage_content: NDArray[np.float32]
    """(B,): shares of translated tokens; 1 where there is nothing to translate."""

    @property
    def silent(self) -> NDArray[np.bool_]:
        """(T,): tokens that the form of another says: they do not vote on its label."""
        found = np.zeros(len(self.output), np.bool_)
        found[self.dropped] = True
        return found


class Transformer:
    """Makes one language of one source."""

    def __init__(
        self,
        compiled: Compiled,
        *,
        gaps: Sequence[str],
        doc_keys: NDArray[np.uint64],
        particles: frozenset[str] = frozenset(),
        adverbials: frozenset[str] = frozenset(),
        transfer: Sequence[TransferRow] = (),
    ) -> None:
        """Make a transformer.

        Args:
            compiled: the lexicon, compiled for the source's types.
            gaps: the source's white space by number.
            doc_keys: (documents + 1,) a hash of each document's name, the last for none.
            particles: of the source language, for discontinuous verbs.
            adverbials: of the source language, nouns that are no heads.
            transfer: what the forms of the target's nouns say.
        """
        self.compiled = compiled
        self._gaps = gaps
        self._chooser = Chooser(compiled, doc_keys)
        said = transfer if compiled.config.transfer else ()
        self._context = Context(compiled, said, self._chooser, adverbials) if said else None
        self._matcher = Matcher(compiled, particles)
        if self._context is not None:
            self._matcher.keep_apart(self._context.support)

    @cached_property
    def renderer(self) -> Renderer:
        """Writes text; made when the first text is written."""
        return Renderer(self.compiled, self._gaps)

    def choose(self, rows: Rows) -> Chosen:
        """Steps 3 and 4: match and choose."""
        compiled = self.compiled
        units = self._matcher.units(rows)
        output = self._chooser.outputs(units, rows)
        dropped = np.empty(0, np.int64)
        if self._context is not None:
            dropped = self._context.apply(rows, units, output)
        removed = np.sort(np.concatenate([units.owned, dropped])) if len(dropped) else units.owned
        translated = compiled.table.outputs["translated"][output]
        translated[removed] = translated[units.owner[removed]]
        # Phrases have no flags left; coverage asks the types again.
        flags = units.flags.copy()
        for part in (units.heads, units.owned):
            flags[part] = compiled.flags[rows.type[part]]
        coverage, content = _coverage(flags, translated, rows.offsets)
        return Chosen(units, output, removed, dropped, translated, coverage, content)

    def render(self, rows: Rows, chosen: Chosen) -> Rendered:
        """Step 5: realise, token by token."""
        gap = self.renderer.gaps_after(rows, chosen.output, chosen.removed)
        return self.renderer.render(rows, chosen.output, chosen.removed, gap)

    def spans(self, rows: Rows, chosen: Chosen, rendered: Rendered) -> Spans | None:
        """Step 6 for spans; None where the source has none."""
        return project_spans(rows, chosen.units, rendered, chosen.silent)

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


def _coverage(
    flags: NDArray[np.uint8], translated: NDArray[np.bool_], offsets: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(B,), (B,): shares of translated tokens among the counted and among the content words."""
    kind = (flags & (COUNTED | CONTENT)) | translated
    length = np.diff(offsets)
    if len(length) and (length.min() == 0 or length.max() >= _FIELD):  # empty, or too long for packed counts
        counts = [np.append(0, np.cumsum((_FIELDS[kind] >> shift) & 1)) for shift in (0, 16, 32, 48)]
        fields = [count[offsets[1:]] - count[offsets[:-1]] for count in counts]
    else:
        sums = np.add.reduceat(_FIELDS[kind], offsets[:-1]) if len(length) else np.zeros(0, np.int64)
        fields = [(sums >> shift) & (_FIELD - 1) for shift in (0, 16, 32, 48)]
    shares = [
        np.where(total > 0, hits / np.maximum(total, 1), 1.0).astype(np.float32)
        for total, hits in (fields[:2], fields[2:])
    ]
    return shares[0], shares[1]


def _fields() -> NDArray[np.int64]:
    """By kind of token: four counts of 16 bits, counted, translated of them, content, translated of them."""
    kinds = np.arange(256)
    counted, content, hit = (kinds & COUNTED) > 0, (kinds & CONTENT) > 0, (kinds & 1) > 0
    packed: NDArray[np.int64] = sum(
        column.astype(np.int64) << shift
        for column, shift in ((counted, 0), (counted & hit, 16), (content, 32), (content & hit, 48))
    )  # type: ignore[assignment]
    return packed


_FIELD = 1 << 15
_FIELDS = _fields()
