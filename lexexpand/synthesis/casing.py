"""Case carried from the source word to the target word, by the target's script and language.

"House" at the start of a sentence becomes "Hús", "HOUSE" becomes "HÚS", "Monday" becomes "mánadagur" where
the dictionary says so and "Mánadagur" at the start of a sentence; Turkish "ev" from "IN" has a dotted capital
("İçinde"); Georgian, Arabic or Devanagari words have no case to change. Facts about languages are rows of
`lexexpand/data/casing.tsv`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexexpand.language import Language

NONE, TITLE, UPPER, MIXED = "none", "title", "upper", "mixed"
CASINGS = (NONE, TITLE, UPPER, MIXED)


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What the target's script and language do with capitals."""

    cased: bool
    """False for scripts that have one case."""
    capitals: tuple[tuple[str, str], ...]
    """Lower-case letters whose capital is not Unicode's default, as pairs."""

    def apply(self, word: str, casing: str) -> str:
        """Return `word` raised to `casing`; capitals that the dictionary wrote stay."""
        if not self.cased or casing in (NONE, MIXED):
            return word
        return self._upper(word) if casing == UPPER else self._title(word)

    def _upper(self, word: str) -> str:
        for small, capital in self.capitals:
            word = word.replace(small, capital)
        return unicodedata.normalize("NFC", word.upper())

    def _title(self, word: str) -> str:
        """The first letter with case is raised: `ʻokina` gives `ʻOkina`, `ǆep` gives `ǅep`."""
        for i, char in enumerate(word):
            if char.isupper() or char.istitle():
                return word
            for small, capital in self.capitals:
                if word.startswith(small, i):
                    return word[:i] + capital + word[i + len(small) :]
            if char.islower() and char.title() != char:
                return unicodedata.normalize("NFC", word[:i] + char.title() + word[i + 1 :])
            if char.isdigit():  # "12th" has no first letter to raise
                return word
        return word


def case_rules(language: Language) -> CaseRules:
    """The rules of a language: rows for it, else for its script, else Unicode's defaults."""
    rows = _rows()
    unicameral = rows.get(language.script, ("", ""))[0] == "unicameral"
    action, argument = rows.get(str(language), rows.get(language.iso, ("", "")))
    pairs = tuple((pair[0], pair[1:]) for pair in argument.split()) if action == "capitals" else ()
    return CaseRules(cased=not unicameral, capitals=pairs)


def source_casing(form: str, *, initial: bool) -> str:
    """How a source word is cased: `none`, `title`, `upper` (two letters or more) or `mixed`.

    A single capital letter ("I", "A") is `title` at the start of a sentence and `none` inside it: there it
    is English spelling, not emphasis.
    """
    letters = [char for char in form if char.isalpha()]
    if not letters or not any(char.isupper() or char.istitle() for char in letters):
        return NONE
    if len(letters) == 1:
        return TITLE if initial else NONE
    if all(char.isupper() for char in letters):
        return UPPER
    if letters[0].isupper() or letters[0].istitle():
        return TITLE if not any(char.isupper() for char in letters[1:]) else MIXED
    return MIXED


@lru_cache(maxsize=1)
def _rows() -> dict[str, tuple[str, str]]:
    """Tag or script -> (action, argument)."""
    text = files("lexexpand").joinpath("data/casing.tsv").read_text(encoding="utf-8")
    cells = (line.split("\t") for line in text.splitlines()[1:] if line and not line.startswith("#"))
    return {cell[0]: (cell[1], cell[2]) for cell in cells}
