"""What a reader is asked, and what it gives: a file's lines as they stand, nothing mended.

A broken line is an error with file and line. In a file that is not the user's own (a pack's, whose sha256 is
checked: nobody here can mend it) it is skipped and counted instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from lexexpand.errors import FormatError, Where

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.language import Language

NO_WORD = "-"
"""What stands for a translation where the target language has no such word."""

MAX_CELL = 1000
"""A cell of more characters than this is not a dictionary's."""


class Row(NamedTuple):
    """A line, or a translation of an XML entry, as it stands in the file.

    Attributes:
        source, tag, target, note: the cells; `tag` is the part of speech in the dictionary's own terms.
        number: line or entry number in the file, from 1.
        weight: what the file says, relative to its other rows.
        rank: how many translations the same head word has before this one, where their order means something.
    """

    source: str
    tag: str
    target: str
    note: str
    number: int
    weight: float = 1.0
    rank: int = 0


@dataclass(slots=True)
class Request:
    """What to read and how; `skipped` collects the broken lines (number, text) where they are not fatal."""

    path: Path
    source_language: Language
    target: Language
    options: dict[str, str] = field(default_factory=dict)
    skip_bad: bool = False
    skipped: list[tuple[int, str]] = field(default_factory=list)
    why: dict[int, str] = field(default_factory=dict)
    """What is wrong with the skipped lines, by number."""

    @property
    def is_unfinished(self) -> bool:
        """Whether the file is being written: rows without a translation are still to be done."""
        return self.options.get("unfinished") == "yes"

    def skip(self, number: int, line: str, message: str) -> None:
        """Count a line that is passed over."""
        self.skipped.append((number, line[:200]))
        self.why[number] = message

    def bad(self, number: int, line: str, message: str) -> None:
        """Count a broken line, or raise FormatError with its place."""
        if not self.skip_bad:
            raise FormatError(Where(self.path, number), message)
        self.skip(number, line, message)
