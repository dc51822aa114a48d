"""Commands to an assistant, with intent and slots, as xSID has them.

    # text = Is it going to rain today?        releases up to 0.4 write `# text: `, Swiss German `# text-de: `
    # intent = weather/find
    # split = train                            where one file holds several parts
    # slots: 20:25:datetime                    the ORIGINAL labels: passed over, the columns count
    1   Is      weather/find   O
    6   today   weather/find   B-datetime

The intent stands in every row, and often in a comment too: rows and comment that disagree are an error
(`skip_bad` counts them). White space is that of `# text` where the tokens make it up, else single blanks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError
from lexexpand.text.bio import TagError, spans_of
from lexexpand.text.columns import BlockBuilder, Rows, align, blanks, is_blank, sentence_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.text.block import Block
    from lexexpand.text.lines import SourceFile
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

_COMMENT = re.compile(r"#\s*([\w-]+)\s*[=:]\s?(.*)$")


def read_xsid(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Block]:
    """Read utterances with intent and slots.

    Args:
        files: read in order.
        options: whether broken utterances are skipped, and which split is kept.
        report: counts texts that the tokens do not give back, and utterances of other splits.
    """
    builder = BlockBuilder("spans", "intent")
    for rows in sentence_rows(files, options, report):
        try:
            _add(builder, rows, options.split, report)
        except FormatError as error:
            report.reject(error, skip_bad=options.skip_bad)
        if builder.full:
            yield builder.take()
    if len(builder):
        yield builder.take()


def _add(builder: BlockBuilder, rows: Rows, split: str | None, report: ReadReport) -> None:
    tokens: list[str] = []
    tags: list[str] = []
    offsets: list[int] = []
    said: dict[str, str] = {}
    blank = 0
    for offset, line in enumerate(rows.lines):
        if line[0] == "#" and not tokens:
            key, value = _comment(line)
            said[key] = value
            continue
        token, intent, tag = _cells(rows, offset, line)
        if said.setdefault("intent", intent) != intent:
            above = said["intent"]
            raise rows.fault(offset, f"the intent is {intent!r} here and {above!r} above it in the utterance")
        if is_blank(token, tag, rows, offset):
            blank += 1
            continue
        tokens.append(token)
        tags.append(tag)
        offsets.append(offset)
    report.count("blank tokens left out", blank)
    if split is not None and said.get("split") != split:
        report.count("utterances of another split", 1)
        return
    if not tokens:
        report.count("utterances without tokens", int(blank > 0))
        return
    try:
        spans = spans_of(tags)
    except TagError as error:
        raise rows.fault(offsets[error.index], str(error)) from error
    text = said.get("text")
    aligned = align(tokens, text) if text is not None else None
    report.count("texts that the tokens do not give back", int(text is not None and aligned is None))
    lead, gaps = aligned or ("", blanks(tokens))
    intents: dict[str, str | None] = {"intent": said["intent"]}
    builder.add(tokens, gaps, line=rows.first, file=rows.index, lead=lead, spans=spans, per_sentence=intents)


def _comment(line: str) -> tuple[str, str]:
    found = _COMMENT.match(line)
    return (found[1], found[2].strip()) if found else ("", "")


def _cells(rows: Rows, offset: int, line: str) -> tuple[str, str, str]:
    cells = line.split("\t")
    if len(cells) != 4:
        raise rows.fault(
            offset, f"{len(cells)} columns, expected 4 (id, token, intent, slot). Are tabs missing?"
        )
    return cells[1], cells[2], cells[3].rstrip()
