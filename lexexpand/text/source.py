"""Where does the text come from? One or more files, or standard input, in one of five formats.

    text    one sentence a line                     .txt
    conllu  Universal Dependencies                  .conllu
    iob2    a token and its tag a line              .iob2 .iob .bio
    xsid    intents and slots                       .conll .xsid
    tsv     a table with header, tabs or commas     .tsv .csv

`.gz` behind any of them is unpacked. Standard input (`-`) is spooled to a temporary file first, because a
source is read twice: for its digest, and for its sentences.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import weakref
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from lexexpand.errors import ConfigError, DataError
from lexexpand.text.conllu import read_conllu
from lexexpand.text.iob2 import read_iob2
from lexexpand.text.labelled_tsv import read_table
from lexexpand.text.lines import SourceFile, open_bytes
from lexexpand.text.options import ReadOptions
from lexexpand.text.plain import read_text
from lexexpand.text.report import ReadReport
from lexexpand.text.xsid import read_xsid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.language import Language
    from lexexpand.text.block import Block

STDIN = "-"
SPLITS = "xsid"
"""The format whose utterances can say which split they are of."""


class Reader(Protocol):
    """Reads files of one format into blocks."""

    def __call__(
        self, files: Sequence[SourceFile], options: ReadOptions, report: ReadReport
    ) -> Iterator[Block]:
        """Yield the blocks of `files` (`Block.file` counts from the first of them)."""


READERS: dict[str, Reader] = {
    "text": read_text,
    "conllu": read_conllu,
    "iob2": read_iob2,
    "xsid": read_xsid,
    "tsv": read_table,
}
SUFFIXES = {
    ".txt": "text",
    ".conllu": "conllu",
    ".iob2": "iob2",
    ".iob": "iob2",
    ".bio": "iob2",
    ".conll": "xsid",
    ".xsid": "xsid",
    ".tsv": "tsv",
    ".csv": "tsv",
}


class Source:
    """Files that are read as one text, in the order given; of a split alone, where one is named."""

    def __init__(self, files: Sequence[SourceFile], split: str | None = None) -> None:
        self.files = tuple(files)
        self.split = split

    @cached_property
    def digest(self) -> str:
        """sha256 over split and content of the files (unpacked), whatever they are called: 64 hex digits."""
        whole = hashlib.sha256(b"" if self.split is None else f"split {self.split}".encode())
        for file in self.files:
            part = hashlib.sha256()
            with open_bytes(file) as stream:
                while piece := stream.read(1 << 20):
                    part.update(piece)
            whole.update(part.digest())
        return whole.hexdigest()

    def formats(self, options: ReadOptions) -> list[str]:
        """The format of each file.

        Raises:
            ConfigError: There is no such format, a file's suffix says nothing, or its format knows no splits.
        """
        found = [_format_of(file, options) for file in self.files]
        for file, name in zip(self.files, found, strict=True):
            if self.split is not None and name != SPLITS:
                raise ConfigError(
                    f"{file.name}: only files of the format {SPLITS} say which split a sentence is of"
                )
        return found

    def read(self, options: ReadOptions, report: ReadReport | None = None) -> Iterator[Block]:
        """The sentences, a block at a time.

        Args:
            options: how to read.
            report: filled in while reading.

        Raises:
            FormatError: A line is broken (unless `options.skip_bad`); says file and line.
        """
        report = ReadReport() if report is None else report
        options = replace(options, split=self.split)
        numbered = list(enumerate(self.formats(options)))
        for name, group in groupby(numbered, key=lambda pair: pair[1]):
            indices = [index for index, _ in group]
            files = self.files[indices[0] : indices[-1] + 1]
            for block in READERS[name](files, options, report):
                block.file[:] += indices[0]
                report.sentences += block.n_sentences
                report.tokens += block.n_tokens
                yield block


def open_source(paths: Source | Sequence[Path | str], split: str | None = None) -> Source:
    """The source of these paths; `-` is standard input, read to its end now.

    Args:
        paths: files, or an opened source, which stays as it is.
        split: keep the sentences of this part of the files alone (`train`, `dev`).

    Raises:
        DataError: A path is missing or a folder.
    """
    if isinstance(paths, Source):
        return paths
    if not paths:
        raise ConfigError("no source: name at least one file, or - for standard input")
    if [str(path) for path in paths].count(STDIN) > 1:
        raise ConfigError("- (standard input) can be named once")
    files = [_spool() if str(path) == STDIN else SourceFile(str(path), Path(path)) for path in paths]
    for file in files:
        with open_bytes(file):
            pass
    return Source(files, split)


def read_source(
    paths: Source | Sequence[Path | str],
    format: str | None,
    language: Language,
    skip_bad: bool = False,
    *,
    report: ReadReport | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
) -> Iterator[Block]:
    """The sentences of a source, a block at a time.

    Args:
        paths: the files (`-` is standard input), or the opened source.
        format: name of a reader, None to go by each file's suffix.
        language: the language of the text.
        skip_bad: leave out and count what is broken, instead of stopping there.
        report: filled in while reading.
        text_column, label_column: headers of a table's columns (None: known names).
    """
    options = ReadOptions(language, format, skip_bad, text_column, label_column)
    return open_source(paths).read(options, report)


def source_digest(paths: Source | Sequence[Path | str]) -> str:
    """sha256 over a source's content: 64 hex digits."""
    return open_source(paths).digest


def _format_of(file: SourceFile, options: ReadOptions) -> str:
    if options.format is not None:
        if options.format not in READERS:
            near = get_close_matches(options.format, READERS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(READERS)}."
            raise ConfigError(f"there is no format {options.format!r}. {hint}")
        return options.format
    if file.name == STDIN:
        return "text"
    name = Path(file.name).name.lower().removesuffix(".gz")
    suffix = Path(name).suffix
    if suffix not in SUFFIXES:
        known = " ".join(SUFFIXES)
        raise ConfigError(
            f"{file.name}: its suffix says no format ({known}). Name one: --format {'|'.join(READERS)}"
        )
    return SUFFIXES[suffix]


def _spool() -> SourceFile:
    """Standard input, copied to a temporary file that goes away with the process's last use of it."""
    folder = Path(tempfile.mkdtemp(prefix="lexexpand-"))
    file = SourceFile(STDIN, folder / "stdin")
    weakref.finalize(file, shutil.rmtree, folder, True)
    try:
        with file.path.open("wb") as spooled:
            shutil.copyfileobj(sys.stdin.buffer, spooled)
    except OSError as error:
        raise DataError(f"standard input cannot be spooled to {folder}: {error.strerror or error}") from error
    return file
