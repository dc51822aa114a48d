"""How is a source to be read? The few choices that every reader shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexexpand.language import Language


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Choices of one reading.

    Attributes:
        language: the language of the text: its tokeniser's rows are used.
        format: name of a reader (see `READERS`), None to go by each file's suffix.
        skip_bad: leave out and count what is broken, instead of stopping there.
        text_column: header of the column that holds the text (tables only; None: known names).
        label_column: header of the column that holds the label (tables only; None: known names).
        split: keep the utterances of this part alone, such as `train` (xSID only; None: all).
    """

    language: Language
    format: str | None = None
    skip_bad: bool = False
    text_column: str | None = None
    label_column: str | None = None
    split: str | None = None
