r"""Treebanks: what is a word in CoNLL-U, and what stands between words?

    # text = Vámonos al mar
    1-2   Vámonos  _     _     ...  _                  a multiword range: not a word; its words follow
    1     vamos    ir    VERB  ...  _
    2     nos      nos   PRON  ...  _
    3-4   al       ...
    8.1   viaja    viajar VERB ...                     an empty node: not a word, left out and counted

The text is that of the words: a range that is its words joined (`don't` = do + n't) has no white space
inside, any other has a blank (`de el mar`). `SpaceAfter=No` and `SpacesAfter=\s\n` give the rest. A `# text`
that differs from what the words give is counted, never an error. FORM may hold a blank, or be `_`.
Fields are taken apart by hand, as the `conllu` library takes seconds for what must take tenths; it reads the
comments and the odd ids. https://universaldependencies.org/format.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from conllu.exceptions import ParseException
from conllu.parser import parse_comment_line, parse_id_value

from lexexpand.errors import FormatError
from lexexpand.text.block import UPOS, Block
from lexexpand.text.columns import BlockBuilder, Rows, sentence_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.text.lines import SourceFile
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

_TAGS = frozenset(UPOS)
_COLUMNS = "ID FORM LEMMA UPOS XPOS FEATS HEAD DEPREL DEPS MISC"
_PER_TOKEN = ("upos", "lemma", "feats", "head", "deprel")
_ESCAPES = (
    ("\\s", " "),
    ("\\t", "\t"),
    ("\\n", " "),
    ("\\r", " "),
    ("\\p", "|"),
    ("\\u00A0", "\u00a0"),
    ("\\\\", "\\"),
)


@dataclass(slots=True)
class _Tree:
    """One sentence while it is read."""

    tokens: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in _PER_TOKEN})
    ranges: list[tuple[int, int, str, str]] = field(default_factory=list)
    empty_nodes: int = 0
    text: str | None = None
    new_document: str | None = None


def read_conllu(files: Sequence[SourceFile], options: ReadOptions, report: ReadReport) -> Iterator[Block]:
    """Read treebanks, with their gold columns.

    Args:
        files: read in order.
        options: whether broken sentences are skipped.
        report: counts multiword ranges, empty nodes, odd forms, and texts that the words do not give back.
    """
    builder = BlockBuilder(*_PER_TOKEN)
    document, file, documents = None, -1, 0
    for rows in sentence_rows(files, options, report):
        if rows.index != file:
            document, file = None, rows.index
        try:
            tree = _parse(rows)
        except FormatError as error:
            report.reject(error, skip_bad=options.skip_bad)
            continue
        if tree.new_document is not None:
            documents += 1
            document = tree.new_document or f"document {documents}"
        if not tree.tokens:
            continue
        _settle_ranges(tree, report)
        _count(tree, report)
        builder.add(
            tree.tokens, tree.gaps, line=rows.first, file=rows.index, doc=document, per_token=tree.columns
        )
        if builder.full:
            yield builder.take()
    if len(builder):
        yield builder.take()


def _parse(rows: Rows) -> _Tree:
    tree = _Tree()
    upos, lemma, feats, head, deprel = (tree.columns[name] for name in _PER_TOKEN)
    tokens, gaps = tree.tokens, tree.gaps
    for offset, line in enumerate(rows.lines):
        if line[0] == "#":
            _comment(tree, line)
            continue
        cells = line.split("\t")
        if len(cells) != 10:
            raise rows.fault(offset, f"{len(cells)} columns, expected 10 ({_COLUMNS}). Are tabs missing?")
        number, form = cells[0], cells[1]
        if not form or form.isspace():
            raise rows.fault(offset, "FORM is empty")
        if not number.isdecimal():
            _odd_row(tree, cells, rows, offset)
            continue
        tokens.append(form)
        if int(number) != len(tokens):
            raise rows.fault(offset, f"ID is {number}, expected {len(tokens)}. Is a blank line missing?")
        if cells[3] not in _TAGS:
            raise rows.fault(offset, f"UPOS is {cells[3]!r}, which is not a universal part of speech")
        known = cells[3] != "_"
        upos.append(cells[3] if known else None)
        lemma.append(cells[2] if cells[2] != "_" or form == "_" else None)
        feats.append(cells[5] if known or cells[5] != "_" else None)
        deprel.append(cells[7] if cells[7] != "_" else None)
        head.append(_head(cells[6], rows, offset))
        gaps.append(_gap(cells[9]))
    if tokens:
        if max(head) > len(tokens):
            raise rows.fault(0, f"a HEAD is {max(head)}, and the sentence has {len(tokens)} words")
        gaps[-1] = ""
    return tree


def _head(cell: str, rows: Rows, offset: int) -> int:
    if cell.isdecimal():
        return int(cell)
    if cell != "_":
        raise rows.fault(offset, f"HEAD is {cell!r}, expected a number or _")
    return -1


def _odd_row(tree: _Tree, cells: list[str], rows: Rows, offset: int) -> None:
    """A multiword range or an empty node."""
    try:
        first, sign, last = cast("tuple[int, str, int]", parse_id_value(cells[0]))
    except (ParseException, TypeError) as error:
        raise rows.fault(offset, f"ID is {cells[0]!r}, expected 3, 3-4 or 3.1") from error
    if sign == ".":
        tree.empty_nodes += 1
    elif first != len(tree.tokens) + 1 or last <= first:
        raise rows.fault(offset, f"range {cells[0]} must come right before word {first}")
    else:
        tree.ranges.append((first - 1, last, cells[1], _gap(cells[9])))


def _gap(misc: str) -> str:
    if "Space" not in misc:
        return " "
    parts = misc.split("|")
    if "SpaceAfter=No" in parts:
        return ""
    for part in parts:
        if part.startswith("SpacesAfter="):
            gap = part.removeprefix("SpacesAfter=")
            for escape, character in _ESCAPES:
                gap = gap.replace(escape, character)
            return gap if gap.isspace() else " "
    return " "


def _comment(tree: _Tree, line: str) -> None:
    for key, value in parse_comment_line(line):
        if key == "text":
            tree.text = (value or "").strip()
        elif key == "newdoc id":
            tree.new_document = value or ""
        elif key == "newdoc":
            tree.new_document = ""


def _settle_ranges(tree: _Tree, report: ReadReport) -> None:
    """White space inside and after multiword ranges."""
    for first, last, form, gap in tree.ranges:
        joined = "".join(tree.tokens[first:last]) == form
        report.count("multiword ranges")
        report.count("multiword ranges that are not their words joined", int(not joined))
        last = min(last, len(tree.tokens))
        tree.gaps[first : last - 1] = ["" if joined else " "] * (last - 1 - first)
        tree.gaps[last - 1] = "" if last == len(tree.tokens) else gap


def _count(tree: _Tree, report: ReadReport) -> None:
    report.count("empty nodes", tree.empty_nodes)
    report.count("forms that are _", tree.tokens.count("_"))
    report.count("forms with a blank", sum(" " in token for token in tree.tokens))
    if tree.text is not None and tree.text != "".join(map("".join, zip(tree.tokens, tree.gaps, strict=True))):
        report.count("texts that the words do not give back")
