"""Is this word in the script that was asked for? `бирæ` is Cyrillic but for one Latin letter, and no
look-up finds it.

A letter's script is the first word of its Unicode name (`CYRILLIC SMALL LETTER A`), which the rows of
`data/script_names.tsv` join to ISO 15924; marks and modifier letters belong to every script. Letters that
only look right are rows of `data/lexicon_letters.tsv`, by script or by language.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from lexexpand.lexicon.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lexexpand.language import Language

_SHARED = frozenset(
    {"MODIFIER", "COMBINING", "FEMININE", "MASCULINE", "SUPERSCRIPT", "SUBSCRIPT", "FULLWIDTH"}
)


def is_foreign(letter: str, script: str) -> bool:
    """Whether a character is a letter, and of another script."""
    name = _letter_name(letter)
    names = script_names().get(script)
    return name is not None and names is not None and name not in names


@cache
def script_names() -> dict[str, frozenset[str]]:
    """ISO 15924 -> how the names of the script's letters begin."""
    return {row["script"]: frozenset(row["names"].split(",")) for row in rows("script_names")}


@cache
def lookalikes(language: Language) -> dict[int, str]:
    """For `str.translate`: letters of other scripts to the language's own."""
    table: dict[int, str] = {}
    for where in (language.script, language.iso, str(language)):
        table.update(
            {ord(row["letter"]): row["meant"] for row in rows("lexicon_letters") if row["where"] == where}
        )
    return table


def dominant_script(words: Iterable[str]) -> str | None:
    """The script of most letters, as ISO 15924; None where there are no letters or no script is known."""
    letters = Counter("".join(words))
    names: Counter[str] = Counter()
    for letter, count in letters.items():
        name = _letter_name(letter)
        if name is not None:
            names[name] += count
    if not names:
        return None
    most = names.most_common(1)[0][0]
    return next((script for script, known in script_names().items() if most in known), None)


@cache
def _letter_name(letter: str) -> str | None:
    """The first word of a letter's name; None for what is no letter or belongs to every script."""
    if not letter.isalpha():
        return None
    name = unicodedata.name(letter, "").partition(" ")[0]
    return None if name in _SHARED or not name else name
