"""Named entities: a token and its tag a line.

    Mark B-PER          one blank or a tab between; of more columns the first and the last count
    Watson I-PER
    1   Mark   B-PER    UNER: an id first, the tag third, annotators behind

A file whose tags are universal parts of speech (`San NOUN`) has the same shape: it gives `upos`. `-DOCSTART-`
and `# newdoc id =` begin a document; `# text =` gives the white space between tokens where it fits them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError
from lexexpand.text.bio import TagError, spans_of
from lexexpand.text.block import UPOS
from lexexpand.text.columns import BlockBuilder, Rows, align, blanks, is_blank, sentence_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.text.block import Block
    from lexexpand.text.lines import SourceFile
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

_TAGS = frozenset(UPOS[1:])
_COMMENT = re.compile(r"#\s*(newdoc id|newdoc|newpar id|newpar|sent_id|text\w*|[\w-]+)(?:\s*=\s*(.*))?$")
_OLD_MARKS = frozenset({"B-O", "I-O"})


@dataclass(slots=True)
class _Tagged:
    tokens: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    text: str | None = None
    new_document: str | None = None
    blank: int = 0


@dataclass(slots=True)
class _Layout:
    """What a file looks like, as its first row shows: do ids come first, are tags parts of speech?"""

    file: int
    uner: bool
    upos: bool
    known: bool = True


class _Documents:
    """The id of the current document; those without a name are numbered."""

    def __init__(self) -> None:
        self.current: str | None = None
        self._count = 0

    def begin(self, name: str | None) -> None:
        """Begin a document, unless `name` is None."""
        if name is not None:
            self._count += 1
            self.current = name or f"document {self._count}"


def read_iob2(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Block]:
    """Read files of tokens and IOB2 tags, or tokens and parts of speech.

    Args:
        files: read in order.
        options: whether broken sentences are skipped.
        report: counts texts that the tokens do not give back, and `B-O` marks read as `O`.
    """
    layout = _Layout(-1, uner=False, upos=False)
    builder = BlockBuilder("spans")
    documents = _Documents()
    for rows in sentence_rows(files, options, report):
        if layout.file != rows.index or not layout.known:
            if layout.file != rows.index:
                documents.current = None
            layout = _layout(rows)
            if len(builder) and layout.upos != builder.has("upos"):
                yield builder.take()
            if not len(builder):
                builder = BlockBuilder("upos" if layout.upos else "spans")
        try:
            tagged = _parse(rows, layout)
            documents.begin(tagged.new_document)
            if tagged.tokens:
                _add(builder, tagged, rows, layout, documents.current, report)
        except FormatError as error:
            report.reject(error, skip_bad=options.skip_bad)
        if builder.full:
            yield builder.take()
    if len(builder):
        yield builder.take()


def _layout(rows: Rows) -> _Layout:
    for line in rows.lines:
        if not _is_comment(line) and not line.startswith("-DOCSTART-"):
            cells = _cells(line)
            uner = len(cells) > 2 and cells[0] == "1"
            return _Layout(rows.index, uner, cells[2 if uner else -1] in _TAGS)
    return _Layout(rows.index, uner=False, upos=False, known=False)


def _cells(line: str) -> list[str]:
    line = line.rstrip(" \t")
    return line.split("\t") if "\t" in line else line.split(" ")


def _is_comment(line: str) -> bool:
    """A `#` can be a token: a comment has no tag at its end."""
    if line[0] != "#" or "\t" in line or not _COMMENT.match(line):
        return False
    last = line.rsplit(" ", 1)[-1]
    return "=" in line or not (last == "O" or last in _TAGS or last[:2] in {"B-", "I-"})


def _parse(rows: Rows, layout: _Layout) -> _Tagged:
    tagged = _Tagged()
    for offset, line in enumerate(rows.lines):
        if line.startswith("-DOCSTART-"):
            tagged.new_document = ""
        elif _is_comment(line):
            key, value = _COMMENT.match(line).groups()  # type: ignore[union-attr]
            if key in {"newdoc id", "newdoc"}:
                tagged.new_document = value or ""
            elif key == "text" and value is not None:
                tagged.text = value.strip()
        else:
            cells = _cells(line)
            if len(cells) < (3 if layout.uner else 2):
                raise rows.fault(offset, f"{len(cells)} columns, expected a token and its tag")
            token, tag = (cells[1], cells[2]) if layout.uner else (cells[0], cells[-1])
            if is_blank(token, tag, rows, offset):
                tagged.blank += 1
                continue
            tagged.tokens.append(token)
            tagged.tags.append(tag)
            tagged.offsets.append(offset)
    return tagged


def _add(
    builder: BlockBuilder,
    tagged: _Tagged,
    rows: Rows,
    layout: _Layout,
    document: str | None,
    report: ReadReport,
) -> None:
    tokens, tags = tagged.tokens, tagged.tags
    labels: dict[str, list[str]] = {}
    spans = []
    if layout.upos:
        for offset, tag in zip(tagged.offsets, tags, strict=True):
            if tag not in _TAGS:
                raise rows.fault(
                    offset, f"tag {tag!r} is not a universal part of speech, as the file's first tag is"
                )
        labels["upos"] = tags
    else:
        marks = sum(tag in _OLD_MARKS for tag in tags)
        report.count("B-O marks read as O", marks)
        try:
            spans = spans_of(["O" if tag in _OLD_MARKS else tag for tag in tags] if marks else tags)
        except TagError as error:
            raise rows.fault(tagged.offsets[error.index], str(error)) from error
    aligned = align(tokens, tagged.text) if tagged.text is not None else None
    report.count("blank tokens left out", tagged.blank)
    report.count("texts that the tokens do not give back", int(tagged.text is not None and aligned is None))
    lead, gaps = aligned or ("", blanks(tokens))
    builder.add(
        tokens, gaps, line=rows.first, file=rows.index, lead=lead, doc=document, spans=spans, per_token=labels
    )
