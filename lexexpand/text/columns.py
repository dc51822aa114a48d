"""What do treebanks, named entities and slots have in common on disk? A row a token, a blank line a sentence.

`sentence_rows` cuts such files into sentences, `BlockBuilder` gathers sentences into blocks, and `align`
finds the white space that the columns do not tell in the sentence's `# text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from lexexpand.errors import FormatError
from lexexpand.text.block import BLOCK_CHARACTERS, BLOCK_SENTENCES, Block
from lexexpand.text.lines import UNREADABLE, SourceFile, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

Span = tuple[int, int, str]
"""First token, token after the last, type."""


@dataclass(slots=True)
class Rows:
    """The lines of one sentence as they stand in a file."""

    file: SourceFile
    index: int
    first: int
    lines: list[str]

    def fault(self, offset: int, message: str) -> FormatError:
        """An error at the line that is `offset` lines below the sentence's first."""
        return FormatError(self.file.where(self.first + offset), message)


def sentence_rows(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Rows]:
    """Cut files at blank lines; a sentence with a line that could not be read is left out."""
    for index, file in enumerate(files):
        held: list[str] = []
        start = 1
        for first, lines in read_lines(file, report, skip_bad=options.skip_bad):
            for number, line in enumerate(lines, first):
                if line and not line.isspace():
                    if not held:
                        start = number
                    held.append(line)
                elif held:
                    if UNREADABLE not in held:
                        yield Rows(file, index, start, held)
                    held = []
        if held and UNREADABLE not in held:
            yield Rows(file, index, start, held)


def align(tokens: Sequence[str], text: str) -> tuple[str, list[str]] | None:
    """The white space before and after tokens, as `text` has it; None if they do not make up the text.

    >>> align(["Go", "!"], "Go!")
    ('', ['', ''])
    """
    at = len(text) - len(text.lstrip())
    lead, gaps = text[:at], []
    for token in tokens:
        if not text.startswith(token, at):
            return None
        end = at + len(token)
        at = len(text) - len(text[end:].lstrip()) if text[end : end + 1].isspace() else end
        gaps.append(text[end:at])
    return (lead, gaps) if at == len(text) else None


def is_blank(token: str, tag: str, rows: Rows, offset: int) -> bool:
    """Whether a row's token is white space or nothing (xSID and Broad Twitter have some): it is left out.

    Raises:
        FormatError: It begins a span, or has a part of speech, which would be lost with it.
    """
    if token and not token.isspace():
        return False
    if tag != "O" and not tag.startswith("I-"):
        raise rows.fault(offset, f"the token is empty, and its tag is {tag!r}")
    return True


def blanks(tokens: Sequence[str]) -> list[str]:
    """A blank after each token but the last."""
    return [" "] * (len(tokens) - 1) + [""]


class BlockBuilder:
    """Gathers sentences until they make a block.

    Args:
        optional: the columns beside tokens and gaps that every sentence has; `spans` among them.
    """

    def __init__(self, *optional: str) -> None:
        self._names = optional
        self._start()

    def _start(self) -> None:
        self._tokens: list[str] = []
        self._gaps: list[str] = []
        self._lead: list[str] = []
        self._ends: list[int] = [0]
        self._line: list[int] = []
        self._file: list[int] = []
        self._doc: list[str | None] = []
        self._columns: dict[str, list[Any]] = {name: [] for name in self._names if name != "spans"}
        self._spans: list[Span] = []
        self._span_ends: list[int] = [0]
        self._characters = 0

    def add(
        self,
        tokens: list[str],
        gaps: list[str],
        *,
        line: int = 0,
        file: int = 0,
        lead: str = "",
        doc: str | None = None,
        spans: Sequence[Span] = (),
        per_token: dict[str, list[Any]] | None = None,
        per_sentence: dict[str, str | None] | None = None,
    ) -> None:
        """Take a sentence in."""
        self._tokens.extend(tokens)
        self._gaps.extend(gaps)
        self._lead.append(lead)
        self._ends.append(len(self._tokens))
        self._line.append(line)
        self._file.append(file)
        self._doc.append(doc)
        self._spans.extend(spans)
        self._span_ends.append(len(self._spans))
        self._characters += sum(map(len, tokens))
        for name, values in (per_token or {}).items():
            self._columns[name].extend(values)
        for name, value in (per_sentence or {}).items():
            self._columns[name].append(value)

    def has(self, name: str) -> bool:
        """Whether the block has an optional column."""
        return name in self._names

    @property
    def full(self) -> bool:
        """Whether the block should be taken now."""
        return len(self._line) >= BLOCK_SENTENCES or self._characters > BLOCK_CHARACTERS

    def __len__(self) -> int:
        return len(self._line)

    def take(self) -> Block:
        """The block; the builder is empty then."""
        columns: dict[str, Any] = {
            name: pa.array(v, pa.string()) for name, v in self._columns.items() if name != "head"
        }
        if "head" in self._columns:
            columns["head"] = np.array(self._columns["head"], np.int32)
        if "spans" in self._names:
            columns["span_offsets"] = np.array(self._span_ends, np.int64)
            columns["span_start"] = np.array([span[0] for span in self._spans], np.int32)
            columns["span_end"] = np.array([span[1] for span in self._spans], np.int32)
            columns["span_type"] = pa.array([span[2] for span in self._spans], pa.string())
        block = Block(
            tokens=pa.array(self._tokens, pa.string()),
            gaps=pa.array(self._gaps, pa.string()),
            lead=pa.array(self._lead, pa.string()),
            offsets=np.array(self._ends, np.int64),
            line=np.array(self._line, np.int64),
            file=np.array(self._file, np.int32),
            doc=pa.array(self._doc, pa.string()),
            **columns,
        )
        self._start()
        return block
