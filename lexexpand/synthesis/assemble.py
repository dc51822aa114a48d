"""The columns of a corpus out of what was chosen and rendered: Arrow arrays, in the schema's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.synthesis.casing import CASINGS
from lexexpand.synthesis.project import align, alignment_column, project_upos
from lexexpand.text.block import UPOS
from lexexpand.text.schema import INFLECTIONS, MATCHES, corpus_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.columns import Interner
    from lexexpand.synthesis.project import Alignment, Spans
    from lexexpand.synthesis.render import Rendered
    from lexexpand.synthesis.rows import Rows
    from lexexpand.synthesis.transform import Chosen, Transformer
    from lexexpand.text.analysis import Analysis

_UPOS = pa.array(UPOS, pa.string())


class Assembler:
    """Assembles tables for one source and one language."""

    def __init__(self, analysis: Analysis, transformer: Transformer, language: str) -> None:
        self._analysis = analysis
        self._transformer = transformer
        self._language = language
        config = transformer.compiled.config
        self._labelled = config.kind == "pseudo-labelled"
        self.schema = corpus_schema(slim=config.slim, labelled=self._labelled, trace=config.trace)
        self._lemmas = _Names(transformer.compiled.table.lemmas)
        self._bundles = _Names(transformer.compiled.table.bundles)
        self._docs = pa.array([*analysis.docs, None], pa.string())

    def table(
        self,
        rows: Rows,
        chosen: Chosen,
        text: pa.Array,
        rendered: Rendered | None,
        spans: Spans | None = None,
    ) -> pa.Table:
        """One corpus row for each of `rows`; without `rendered` none of the columns by token."""
        columns = self._text(rows, text)
        columns["coverage"] = pa.array(chosen.coverage)
        columns["coverage_content"] = pa.array(chosen.coverage_content)
        columns.update(self._source(rows))
        if rendered is not None:
            # A copied word stands for itself alone, even where an article beside it was left out.
            said = chosen.removed[chosen.translated[chosen.removed]]
            alignment = align(chosen.units, said, rendered)
            columns.update(self._trace(rows, rendered, alignment))
            if self._labelled:
                columns.update(self._labels(rows, chosen, rendered, alignment, spans))
        return pa.table([columns[field.name] for field in self.schema], schema=self.schema)

    def _text(self, rows: Rows, text: pa.Array) -> dict[str, Any]:
        return {
            "id": rows.id,
            "language": pa.repeat(pa.scalar(self._language), len(rows)),
            "doc": self._docs.take(pa.array(np.where(rows.doc < 0, len(self._docs) - 1, rows.doc))),
            "text": text,
        }

    @staticmethod
    def _source(rows: Rows) -> dict[str, Any]:
        return {
            "source_text": rows.text,
            "source_tokens": rows.tokens,
            "source_starts": rows.starts,
            "source_upos": rows.upos,
        }

    def _trace(self, rows: Rows, rendered: Rendered, alignment: Alignment) -> dict[str, Any]:
        table, renderer = self._transformer.compiled.table, self._transformer.renderer
        tokens, offsets, token = table.tokens, rendered.offsets, rendered.token
        reach = np.append(self._transformer.compiled.reachable, np.int32(-1))
        codes = tokens["codes"][token]
        met = np.zeros(len(tokens), np.bool_)
        met[token] = True
        return {
            "tokens": _lists(renderer.pool.take(rendered.form), offsets),
            "starts": _lists(pa.array(renderer.starts(rows.lead, rendered)), offsets),
            "alignment": alignment_column(alignment, rows, rendered),
            "match": _lists(_codes(codes, MATCHES), offsets),
            "inflection": _lists(_codes(codes >> 8, INFLECTIONS), offsets),
            "lemma": _lists(self._lemmas.take(tokens["lemma"], met, token), offsets),
            "bundle": _lists(self._bundles.take(tokens["bundle"], met, token), offsets),
            "casing": _lists(_codes(codes >> 16, CASINGS), offsets),
            "entry": _lists(pa.array(reach[tokens["entry"]][token]), offsets),
        }

    def _labels(
        self, rows: Rows, chosen: Chosen, rendered: Rendered, alignment: Alignment, spans: Spans | None
    ) -> dict[str, Any]:
        analysis, compiled = self._analysis, self._transformer.compiled
        labelled = compiled.table.tokens["labelled"][rendered.token]
        source = np.zeros(len(rows.type), np.int8)
        if "upos" in analysis.labelled:
            source = compiled.types.upos[rows.type]
            if rows.guessed is not None:  # the source says nothing here, an analyser did
                source[rows.guessed] = 0
        upos = project_upos(source, chosen.silent, labelled, alignment, rendered)
        return {
            "upos": _lists(_UPOS.take(pa.array(upos)), rendered.offsets),
            "spans": self._spans(rows, spans),
            "label": _names(rows.label, analysis.labels, len(rows)),
            "intent": _names(rows.intent, analysis.intents, len(rows)),
        }

    def _spans(self, rows: Rows, spans: Spans | None) -> pa.Array:
        type_ = self.schema.field("spans").type
        if spans is None or rows.span_type is None:
            return pa.nulls(len(rows), type_)
        names = pa.array(self._analysis.span_types, pa.string()).take(pa.array(rows.span_type))
        values = pa.StructArray.from_arrays(
            [pa.array(spans.start), pa.array(spans.end), names], fields=list(type_.value_type)
        )
        return pa.ListArray.from_arrays(pa.array(spans.offsets.astype(np.int32)), values, type=type_)


def _lists(values: pa.Array, offsets: NDArray[np.int64]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), values)


def _codes(codes: NDArray[np.int32], names: tuple[str, ...]) -> pa.DictionaryArray:
    """A dictionary column of the lowest bytes."""
    return pa.DictionaryArray.from_arrays(
        pa.array(codes.astype(np.int8)), pa.array(names, pa.string()), safe=False
    )


class _Names:
    """A dictionary column over names that grow: those that occur, in alphabetical order.

    The order must not depend on which shards a process has made before: names are numbered in the order in
    which it met them.
    """

    def __init__(self, names: Interner) -> None:
        self._names = names
        self._values = pa.array([], pa.string())
        self._order = np.empty(0, np.int64)

    def take(
        self, names: NDArray[np.integer[Any]], met: NDArray[np.bool_], row: NDArray[np.int64]
    ) -> pa.DictionaryArray:
        """The names of rows of the table.

        Args:
            names: (rows of the table,) numbers of names, -1 for none.
            met: (rows of the table,) whether each occurs in `row`.
            row: (N,) rows of the table.
        """
        if len(self._values) != len(self._names):
            self._values = pa.array(self._names.values, pa.string())
            self._order = pc.sort_indices(self._values).to_numpy().astype(np.int64)
        used = np.zeros(len(self._values) + 1, np.bool_)
        used[names[met]] = True
        ordered = self._order[used[self._order]]
        place = np.full(len(self._values) + 1, -1, np.int32)
        place[ordered] = np.arange(len(ordered), dtype=np.int32)
        indices = place[names][row]
        valid = np.packbits(indices >= 0, bitorder="little")
        buffers = [pa.py_buffer(valid), pa.py_buffer(indices)]
        return pa.DictionaryArray.from_arrays(
            pa.Array.from_buffers(pa.int32(), len(indices), buffers),
            self._values.take(pa.array(ordered)),
            safe=False,
        )


def _names(numbers: NDArray[np.int32] | None, names: list[str], n: int) -> pa.Array:
    if numbers is None:
        return pa.nulls(n, pa.string())
    return pa.array([*names, None], pa.string()).take(pa.array(np.where(numbers < 0, len(names), numbers)))
