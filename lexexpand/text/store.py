"""How is an analysis written, in one pass and in little memory?

Per block: the distinct forms, lemmas and features are numbered (`Vocabulary`), the analyser decides by
those numbers, gold columns win over it token by token, and each distinct combination of form, lemma, upos,
feats and position becomes a type. The block then goes to disk as lists of type numbers. What stays in
memory is the vocabulary, never the text.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock

from lexexpand.errors import DataError
from lexexpand.text.analysis import SCHEMA
from lexexpand.text.block import UPOS
from lexexpand.text.kinds import NAME, PUNCTUATION, WORD, kind_of
from lexexpand.text.report import ReadReport
from lexexpand.text.vocabulary import Mapping, Vocabulary, encode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.progress import Progress
    from lexexpand.text.analyzers import Analyzer
    from lexexpand.text.block import Block
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.source import Source

_UPOS_CODE = {tag: code for code, tag in enumerate(UPOS)}
_PROPN = _UPOS_CODE["PROPN"]
Analysed = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]


def build_folder(
    folder: Path,
    source: Source,
    options: ReadOptions,
    analyzer: Analyzer,
    digest: str,
    progress: Progress | None = None,
) -> None:
    """Write the analysis of `source` into `folder`: whole, or not at all.

    Two processes that want the same folder do not build it twice: the second waits for the first.

    Raises:
        DataError: The source cannot be read, or the disk cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{digest[:16]}.lock"):
            if (folder / "meta.json").is_file():
                return
            with _aside(folder) as part:
                _write(part, source, options, analyzer, digest, progress)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"{folder}: the analysis cannot be written: {reason}. Make room there, or set "
            "LEXEXPAND_CACHE to a folder that can be written."
        ) from error


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place in the end; remains of killed runs are removed."""
    part = folder.with_name(f".{folder.name}.part")
    for remains in (part, folder):
        if remains.is_dir():
            shutil.rmtree(remains)
    part.mkdir()
    try:
        yield part
        part.rename(folder)
    finally:
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)


def _write(
    part: Path,
    source: Source,
    options: ReadOptions,
    analyzer: Analyzer,
    digest: str,
    progress: Progress | None,
) -> None:
    report = ReadReport()
    builder = _Builder(analyzer, source.digest)
    for index, block in enumerate(source.read(options, report)):
        save_table(part / f"block-{index:05d}.arrow", builder.add(block))
        if progress is not None:
            progress.update(len(block))
    save_table(part / "types.arrow", builder.types())
    meta = {
        "schema": SCHEMA,
        "digest": digest,
        "source_digest": source.digest,
        "format": ",".join(dict.fromkeys(source.formats(options))),
        "language": [options.language.iso, options.language.script],
        "analyzer": f"{analyzer.id}@{analyzer.version}",
        **builder.meta(),
        "report": report.as_dict(),
    }
    with (part / "meta.json").open("w", encoding="utf-8") as file:
        json.dump(meta, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def save_table(path: Path, table: pa.Table) -> None:
    """Write a table as an Arrow file, its buffers packed with lz4."""
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table)


class _Builder:
    """What is known of the source so far: vocabularies, types, labels."""

    def __init__(self, analyzer: Analyzer, digest: str) -> None:
        self.analyzer = analyzer
        self.digest = digest
        self.forms, self.lemmas, self.feats = Vocabulary(), Vocabulary(), Vocabulary(["_"])
        self.gaps, self.docs = Vocabulary(["", " "]), Vocabulary()
        self.span_types, self.labels, self.intents = Vocabulary(), Vocabulary(), Vocabulary()
        self.form_kind = np.empty(0, np.int8)
        self.lemma_of, self.feats_of = Mapping(self.lemmas), Mapping(self.feats)
        self.type_index: dict[tuple[int, int], int] = {}
        self.blocks: list[int] = []
        self.sentences = self.tokens = 0
        self.labelled: frozenset[str] | None = None

    def add(self, block: Block) -> pa.Table:
        """Number a block's tokens and give back the table that goes to disk."""
        form = self.forms.encode(block.tokens)
        fresh = [kind_of(word) for word in self.forms.values[len(self.form_kind) :]]
        self.form_kind = np.append(self.form_kind, np.array(fresh, np.int8))
        lemma, upos, feats = self._analyze(block, form)
        initial = self._initial(form, block.offsets)
        types = self._types(form, lemma, upos, feats, initial)
        self.blocks.append(self.sentences)
        self.sentences += block.n_sentences
        self.tokens += block.n_tokens
        self.labelled = block.labelled if self.labelled is None else self.labelled & block.labelled
        return self._table(block, types, upos)

    def _analyze(self, block: Block, form: NDArray[np.int32]) -> Analysed:
        """Lemma, upos and feats of each token, gold where there is gold."""
        gold = [block.lemma, block.upos, block.feats]
        if all(column is not None and not column.null_count for column in gold):
            lemma = upos = feats = np.zeros(len(form), np.int64)
        else:
            codes, lemma_ids, feats_ids = self.analyzer.analyze(self.forms.values, form, block.offsets)
            lemma = self.lemma_of.translate(lemma_ids, self.analyzer.lemmas).astype(np.int64)
            feats = self.feats_of.translate(feats_ids, self.analyzer.feats).astype(np.int64)
            upos = codes.astype(np.int64)
        if block.lemma is not None:
            lemma = _override(lemma, self.lemmas.encode(block.lemma))
        if block.upos is not None:
            local, tags = encode(block.upos)
            upos = _override(upos, np.array([*(_UPOS_CODE[tag] for tag in tags), -1], np.int32)[local])
        if block.feats is not None:
            feats = _override(feats, self.feats.encode(block.feats))
        return lemma, upos, feats

    def _initial(self, form: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Mark the first token of each sentence that is no punctuation."""
        spoken = np.flatnonzero(self.form_kind[form] != PUNCTUATION)
        at = np.searchsorted(spoken, offsets[:-1])
        first = np.append(spoken, len(form))[at]
        initial = np.zeros(len(form), np.bool_)
        initial[first[first < offsets[1:]]] = True
        return initial

    def _types(
        self,
        form: NDArray[np.int32],
        lemma: NDArray[np.int64],
        upos: NDArray[np.int64],
        feats: NDArray[np.int64],
        initial: NDArray[np.bool_],
    ) -> NDArray[np.int32]:
        """The type of each token: combinations are packed into two whole numbers, each met once."""
        where = (form.astype(np.int64) << 32) | lemma
        what = (feats << 6) | (upos << 1) | initial
        codes, pairs = encode(pa.array(where))
        codes, combined = encode(pa.array((codes.astype(np.int64) << 32) | what))
        index, ids = self.type_index, np.empty(len(combined), np.int32)
        for i, key in enumerate(combined):
            ids[i] = index.setdefault((pairs[key >> 32], key & 0xFFFFFFFF), len(index))
        return ids[codes]

    def _table(self, block: Block, types: NDArray[np.int32], upos: NDArray[np.int64]) -> pa.Table:
        offsets = block.offsets
        bounds = pa.array(offsets, pa.int32())
        columns: dict[str, Any] = {
            "type": _as_lists(offsets, types),
            "gap": _as_lists(offsets, self.gaps.encode(block.gaps)),
            "lead": self.gaps.encode(block.lead),
            "doc": self.docs.encode(block.doc),
            "line": block.line,
            "text": block.text,
            # What corpora in every language repeat of their source is made once, here.
            "id": self._ids(block),
            "place": _as_lists(
                offsets, np.arange(block.n_tokens) - np.repeat(offsets[:-1], np.diff(offsets))
            ),
            "tokens": pa.ListArray.from_arrays(bounds, block.tokens),
            "starts": _as_lists(offsets, block.starts),
            "upos": pa.ListArray.from_arrays(bounds, pa.array(UPOS).take(pa.array(upos))),
        }
        if block.upos is not None and block.upos.null_count:
            guessed = block.upos.is_null().to_numpy(zero_copy_only=False)
            columns["guessed"] = _as_lists(offsets, guessed.astype(np.int32))
        if block.head is not None:
            columns["head"] = _as_lists(offsets, block.head)
        if block.span_offsets is not None:
            columns["span_start"] = _as_lists(block.span_offsets, block.span_start)
            columns["span_end"] = _as_lists(block.span_offsets, block.span_end)
            columns["span_type"] = _as_lists(block.span_offsets, self.span_types.encode(block.span_type))
        if block.label is not None:
            columns["label"] = self.labels.encode(block.label)
        if block.intent is not None:
            columns["intent"] = self.intents.encode(block.intent)
        return pa.table(columns)

    def _ids(self, block: Block) -> pa.Array:
        """`<8 hex digits of the source>:<sentence>:0`; the block's sentences were counted last."""
        numbers = pa.array(np.arange(self.sentences - block.n_sentences, self.sentences))
        return pc.binary_join_element_wise(self.digest[:8], pc.cast(numbers, pa.string()), "0", ":")

    def types(self) -> pa.Table:
        """The types met, a row each."""
        keys = np.array(list(self.type_index), np.int64).reshape(-1, 2)
        form, lemma = keys[:, 0] >> 32, keys[:, 0] & 0xFFFFFFFF
        feats, upos, initial = keys[:, 1] >> 6, (keys[:, 1] >> 1) & 31, (keys[:, 1] & 1).astype(np.bool_)
        kind = self.form_kind[form]
        kind[(kind == WORD) & (upos == _PROPN)] = NAME
        strings = {
            "form": pa.array(self.forms.values, pa.string()).take(pa.array(form)),
            "lemma": pa.array(self.lemmas.values, pa.string()).take(pa.array(lemma)),
            "upos": pa.array(UPOS).take(pa.array(upos)),
            "feats": pa.array([value or "_" for value in self.feats.values]).take(pa.array(feats)),
        }
        return pa.table({**strings, "initial": initial, "kind": kind})

    def meta(self) -> dict[str, Any]:
        """What goes into `meta.json`."""
        return {
            "sentences": self.sentences,
            "tokens": self.tokens,
            "blocks": self.blocks,
            "labelled": sorted(self.labelled or ()),
            "gaps": self.gaps.values,
            "docs": self.docs.values,
            "span_types": self.span_types.values,
            "labels": self.labels.values,
            "intents": self.intents.values,
        }


def _override(values: NDArray[np.int64], gold: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.where(gold >= 0, gold, values)


def _as_lists(offsets: NDArray[np.int64], values: Any) -> pa.Array:
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values, pa.int32()))
