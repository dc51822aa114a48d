"""Plain text: one sentence a line. Blank lines are passed over and counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from lexexpand.text.block import BLOCK_CHARACTERS, BLOCK_SENTENCES, Block
from lexexpand.text.lines import UNREADABLE, SourceFile, read_lines
from lexexpand.text.tokenizer import tokenizer_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.language import Language
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

Row = tuple[str, int, int, "str | None"]
"""Text, line, file and label of a sentence."""


def read_text(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Block]:
    """Read one sentence a line.

    Args:
        files: read in order, as one text.
        options: language of the text, and whether broken lines are skipped.
        report: counts `blank lines`.
    """
    return text_blocks(_rows(files, options, report), options.language, labelled=False)


def _rows(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Row]:
    for index, file in enumerate(files):
        for first, lines in read_lines(file, report, skip_bad=options.skip_bad):
            blank = 0
            for number, line in enumerate(lines, first):
                if not line or line.isspace():
                    blank += 1
                elif line != UNREADABLE:
                    yield line, number, index, None
            report.count("blank lines", blank)


def text_blocks(rows: Iterator[Row], language: Language, *, labelled: bool) -> Iterator[Block]:
    """Tokenise sentences of plain text into blocks."""
    held: list[Row] = []
    characters = 0
    for row in rows:
        held.append(row)
        characters += len(row[0])
        if len(held) == BLOCK_SENTENCES or characters > BLOCK_CHARACTERS:
            yield _block(held, language, labelled)
            held, characters = [], 0
    if held:
        yield _block(held, language, labelled)


def _block(rows: list[Row], language: Language, labelled: bool) -> Block:
    texts, lines, files, labels = zip(*rows, strict=True)
    columns = tokenizer_for(language).columns(list(texts))
    return Block(
        tokens=columns.tokens,
        gaps=columns.gaps,
        lead=columns.lead,
        offsets=columns.offsets,
        line=np.array(lines, np.int64),
        file=np.array(files, np.int32),
        doc=pa.nulls(len(rows), pa.string()),
        label=pa.array(labels, pa.string()) if labelled else None,
    )
