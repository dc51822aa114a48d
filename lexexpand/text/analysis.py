"""A source is analysed once, for all languages and runs: where is that kept, and how is it read back?

    <cache>/analysis/<digest>/
        meta.json           counts, labels, what was skipped; written last
        types.arrow         a row per type: form, lemma, upos, feats, initial, kind
        block-00000.arrow   a row per sentence, its tokens as lists of type numbers

A *type* is a form with its analysis: "saw" the noun and "saw" the verb are two types, and so are "The" at
the start of a sentence and elsewhere. All that can be said of a word is said once per type; a sentence is
numbers. The digest covers the source's content, format, analyser and tokeniser, so nothing stale is found.
A folder is built aside under a lock and renamed when whole: it is there, or it is not.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from lexexpand.errors import DataError, IntegrityError, MissingDataError
from lexexpand.language import Language
from lexexpand.text.report import ReadReport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.progress import Progress
    from lexexpand.text.analyzers import Analyzer
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.source import Source

SCHEMA = 4


@dataclass(frozen=True, slots=True, eq=False)
class Types:
    """Columns over V types.

    Attributes:
        form, lemma, upos, feats: strings [V]; upos and feats are `_` where there are none.
        initial: [V], whether the type stands first in its sentence (quotes and brackets apart).
        kind: [V], 0 word, 1 punctuation, 2 number, 3 symbol, address or emoji, 4 name.
    """

    form: pa.Array
    lemma: pa.Array
    upos: pa.Array
    feats: pa.Array
    initial: NDArray[np.bool_]
    kind: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class AnalysedBlock:
    """Columns of B sentences and T tokens; numbers point into the lists of the `Analysis`.

    Attributes:
        first: number of the block's first sentence in the whole source.
        offsets: int64 [B + 1], sentence i has the tokens offsets[i]:offsets[i + 1].
        type: [T], numbers of types.
        gap: [T], white space after each token, numbers into `Analysis.gaps`.
        lead: [B], white space before each sentence, numbers into `Analysis.gaps`.
        doc: [B], numbers into `Analysis.docs`, -1 for none.
        line: int64 [B], line of the file on which the sentence starts.
        text: strings [B], the NFC source text.
        id: strings [B], each sentence's id, as its first variant has it.
        place: [T], number of each token in its sentence.
        tokens, starts, upos: lists [B] of the tokens' strings, offsets in the text, parts of speech.
        span_offsets: int64 [B + 1]; span_start, span_end, span_type: [S]; None without span labels.
        label, intent: [B], numbers into `Analysis.labels` and `.intents`; None without such labels.
        head: [T], 1-based head word, 0 root, -1 none; None where the source has no trees.
        guessed: [T], whose part of speech an analyser said in a source that has gold ones; None: nobody's.
    """

    first: int
    offsets: NDArray[np.int64]
    type: NDArray[np.int32]
    gap: NDArray[np.int32]
    lead: NDArray[np.int32]
    doc: NDArray[np.int32]
    line: NDArray[np.int64]
    text: pa.Array
    id: pa.Array
    place: NDArray[np.int32]
    tokens: pa.Array
    starts: pa.Array
    upos: pa.Array
    span_offsets: NDArray[np.int64] | None = None
    span_start: NDArray[np.int32] | None = None
    span_end: NDArray[np.int32] | None = None
    span_type: NDArray[np.int32] | None = None
    label: NDArray[np.int32] | None = None
    intent: NDArray[np.int32] | None = None
    head: NDArray[np.int32] | None = None
    guessed: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.lead)


class Analysis:
    """An analysed source on disk. Blocks are read one at a time, so memory does not grow with the source."""

    def __init__(self, folder: Path, meta: Mapping[str, Any]) -> None:
        self.folder = folder
        self.digest: str = meta["digest"]
        self.source_digest: str = meta["source_digest"]
        self.format: str = meta["format"]
        self.analyzer: str = meta["analyzer"]
        self.language = Language(*meta["language"])
        self.n_sentences: int = meta["sentences"]
        self.n_tokens: int = meta["tokens"]
        self.gaps: list[str] = meta["gaps"]
        self.docs: list[str] = meta["docs"]
        self.span_types: list[str] = meta["span_types"]
        self.labels: list[str] = meta["labels"]
        self.intents: list[str] = meta["intents"]
        self.labelled = frozenset(meta["labelled"])
        self.report = ReadReport.from_dict(meta["report"])
        self._first: list[int] = meta["blocks"]

    @classmethod
    def build(
        cls,
        paths: Source | Sequence[Path | str],
        format: str | None,
        analyzer: Analyzer,
        language: Language,
        cache_dir: Path | None = None,
        progress: Progress | None = None,
        skip_bad: bool = False,
        *,
        text_column: str | None = None,
        label_column: str | None = None,
    ) -> Analysis:
        """The analysis of a source: from the cache, else made now.

        Args:
            paths: the files (`-` is standard input), or the opened source.
            format: name of a reader, None to go by each file's suffix.
            analyzer: who analyses what the source has no gold column for.
            language: the language of the source.
            cache_dir: where analyses are kept (default: lexexpand's cache folder).
            progress: told of each sentence done.
            skip_bad: leave out and count what is broken, instead of stopping there.
            text_column, label_column: headers of a table's columns (None: known names).

        Raises:
            DataError: The source cannot be read, or the cache cannot be written.
        """
        from lexexpand.text.options import ReadOptions
        from lexexpand.text.source import open_source
        from lexexpand.text.store import build_folder

        options = ReadOptions(language, format, skip_bad, text_column, label_column)
        source = open_source(paths)
        digest = analysis_digest(source, options, analyzer)
        folder = (cache_dir or default_cache_dir()) / digest
        if not (folder / "meta.json").is_file():
            build_folder(folder, source, options, analyzer, digest, progress)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> Analysis:
        """The analysis in a folder.

        Raises:
            MissingDataError: There is none.
            IntegrityError: It is of another schema, or damaged.
        """
        path = folder / "meta.json"
        try:
            meta = json.loads(path.read_text(encoding="utf-8"))
            if meta["schema"] != SCHEMA:
                message = (
                    f"{folder}: analysis of schema {meta['schema']}, this version reads {SCHEMA}. Delete it."
                )
                raise IntegrityError(message)
            return cls(folder, meta)
        except FileNotFoundError as error:
            raise MissingDataError(f"{folder}: there is no analysis here (no meta.json)") from error
        except (ValueError, KeyError, TypeError) as error:
            raise IntegrityError(f"{path}: damaged. Delete {folder} and run again.") from error

    @property
    def n_blocks(self) -> int:
        """How many blocks there are."""
        return len(self._first)

    @property
    def block_starts(self) -> tuple[int, ...]:
        """Number of each block's first sentence, and behind them the number of sentences."""
        return (*self._first, self.n_sentences)

    def __len__(self) -> int:
        return self.n_sentences

    @cached_property
    def types(self) -> Types:
        """The types of the source."""
        table = self._read("types.arrow")
        strings = {name: _string(table, name) for name in ("form", "lemma", "upos", "feats")}
        return Types(
            **strings, initial=_numbers(table["initial"], np.bool_), kind=_numbers(table["kind"], np.int8)
        )

    def block(self, index: int) -> AnalysedBlock:
        """Read block `index` (0-based)."""
        table = self._read(f"block-{index:05d}.arrow")
        offsets, types = _lists(table, "type")
        columns: dict[str, Any] = {}
        if "spans" in self.labelled:
            columns["span_offsets"], columns["span_start"] = _lists(table, "span_start")
            columns["span_end"] = _lists(table, "span_end")[1]
            columns["span_type"] = _lists(table, "span_type")[1]
        if "head" in table.column_names:
            columns["head"] = _lists(table, "head")[1]
        if "guessed" in table.column_names:
            columns["guessed"] = _lists(table, "guessed")[1].astype(np.bool_)
        columns.update((n, _numbers(table[n], np.int32)) for n in ("label", "intent") if n in self.labelled)
        return AnalysedBlock(
            first=self._first[index],
            offsets=offsets,
            type=types,
            gap=_lists(table, "gap")[1],
            lead=_numbers(table["lead"], np.int32),
            doc=_numbers(table["doc"], np.int32),
            line=_numbers(table["line"], np.int64),
            text=_string(table, "text"),
            id=_string(table, "id"),
            place=_lists(table, "place")[1],
            tokens=_string(table, "tokens"),
            starts=_string(table, "starts"),
            upos=_string(table, "upos"),
            **columns,
        )

    def blocks(self) -> Iterator[AnalysedBlock]:
        """All blocks in order, each read when it is asked for."""
        return (self.block(i) for i in range(self.n_blocks))

    def _read(self, name: str) -> pa.Table:
        path = self.folder / name
        try:
            with pa.OSFile(str(path)) as file:
                return pa.ipc.open_file(file).read_all().combine_chunks()
        except (OSError, pa.ArrowException) as error:
            raise IntegrityError(
                f"{path}: missing or damaged. Delete {self.folder} and run again."
            ) from error


def analysis_digest(source: Source, options: ReadOptions, analyzer: Analyzer) -> str:
    """What an analysis is known by: 64 hex digits over all that it depends on."""
    from lexexpand.text.tokenizer import tokenizer_for

    parts = {
        "schema": SCHEMA,
        "source": source.digest,
        "formats": source.formats(options),
        "language": str(options.language),
        "analyzer": [analyzer.id, analyzer.version],
        "tokenizer": tokenizer_for(options.language).version,
        "columns": [options.text_column, options.label_column],
        "skip_bad": options.skip_bad,
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def default_cache_dir() -> Path:
    """Where analyses are kept: `analysis/` in lexexpand's cache folder."""
    from lexexpand.resources.store import cache_dir

    return cache_dir() / "analysis"


def clear_analyses(cache_dir: Path | None = None) -> int:
    """Delete all analyses, and say how many bytes that freed."""
    folder = cache_dir or default_cache_dir()
    freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
    except OSError as error:
        raise DataError(f"{folder}: cannot be deleted: {error.strerror or error}") from error
    return freed


def _numbers(column: pa.ChunkedArray, dtype: type) -> NDArray[Any]:
    return np.asarray(column.to_numpy()).astype(dtype, copy=False)


def _chunk(table: pa.Table, name: str) -> pa.Array:
    column = table[name]
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _string(table: pa.Table, name: str) -> pa.Array:
    return _chunk(table, name)


def _lists(table: pa.Table, name: str) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    column = _chunk(table, name)
    if not len(column):
        return np.zeros(1, np.int64), np.zeros(0, np.int32)
    return column.offsets.to_numpy().astype(np.int64), column.flatten().to_numpy()
