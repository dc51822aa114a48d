"""The cells of a related language's tables, for a language that has none.

Only which cells there are is borrowed, never a word: a lemma that both languages share may be inflected
otherwise, and nobody has attested it. What fills the cells is a learned inflector (`unlisted`), of the
related language too; its forms are guesses twice over, so this is done only where it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.strings import EMPTY

if TYPE_CHECKING:
    from lexexpand.language import Language


class BorrowedCells(Paradigms):
    """Paradigms that know no word.

    Args:
        paradigms: of the related language.
        language: the one that borrows.
    """

    def __init__(self, paradigms: Paradigms, language: Language) -> None:
        super().__init__(paradigms.index, language, paradigms.files)

    def lemma_number(self, lemma: str) -> int:
        """`EMPTY`: no lemma is known."""
        return EMPTY

    def form_cells(self, form: str) -> list[int]:
        """No form is known."""
        return []
