"""Spans as tags: `B-PER I-PER O` is a span of type PER over the first two tokens.

Strictly IOB2: an `I-` follows a `B-` or `I-` of its own type. Readers that take a stray `I-` for a start give
other scores than those that do not (seqeval issues 23 and 57), so a stray one is an error here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.text.columns import Span


class TagError(ValueError):
    """A tag that is wrong where it stands. `index` says which."""

    def __init__(self, index: int, message: str) -> None:
        super().__init__(message)
        self.index = index


def spans_of(tags: Sequence[str]) -> list[Span]:
    """The spans that IOB2 tags say, in order.

    >>> spans_of(["B-PER", "I-PER", "O"])
    [(0, 2, 'PER')]

    Raises:
        TagError: A tag is no IOB2 tag, or an `I-` has no beginning.
    """
    spans: list[Span] = []
    start, open_type = 0, ""
    for index, tag in enumerate(tags):
        if tag == "O":
            mark, type_ = "O", ""
        else:
            mark, _, type_ = tag.partition("-")
            if mark not in {"B", "I"} or not type_:
                raise TagError(index, f"tag {tag!r} is not IOB2: expected O, B-TYPE or I-TYPE")
        if mark == "I":
            if type_ != open_type:
                before = f"after {tags[index - 1]}" if index else "at the start of a sentence"
                raise TagError(index, f"tag {tag!r} {before}: a span of {type_} must begin with B-{type_}")
            continue
        if open_type:
            spans.append((start, index, open_type))
        start, open_type = index, type_
    if open_type:
        spans.append((start, len(tags), open_type))
    return spans


def tags_of(spans: Sequence[Span], length: int) -> list[str]:
    """IOB2 tags of spans that do not overlap, over `length` tokens."""
    tags = ["O"] * length
    for start, end, type_ in spans:
        tags[start:end] = [f"B-{type_}", *[f"I-{type_}"] * (end - start - 1)]
    return tags
