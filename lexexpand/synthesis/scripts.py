"""Spacing and punctuation as the target's script wants them: rows of `lexexpand/data/scripts.tsv`.

Latin text keeps the source's. "What?" ends in `؟` in Arabic script and "It rains." in `।` in Devanagari; Thai
writes no space between its words; Tibetan joins syllables with a tsheg.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexexpand.language import Language


@dataclass(frozen=True, slots=True)
class ScriptRules:
    """How a script writes sentences."""

    joiner: str = " "
    """What stands between two words of the script."""
    punctuation: tuple[tuple[str, str], ...] = ()
    """Source punctuation token -> the script's own."""


def script_rules(language: Language) -> ScriptRules:
    """The rules for a language, or those of its script; without rows, those of Latin."""
    rows = _rows()
    return rows.get(str(language), rows.get(language.script, ScriptRules()))


@lru_cache(maxsize=1)
def _rows() -> dict[str, ScriptRules]:
    text = files("lexexpand").joinpath("data/scripts.tsv").read_text(encoding="utf-8")
    found: dict[str, ScriptRules] = {}
    for line in text.splitlines()[1:]:
        if not line or line.startswith("#"):
            continue
        tag, joiner, pairs, _ = line.split("\t")
        joined = {"space": " ", "none": ""}.get(joiner, joiner)
        marks = tuple((source, target) for source, target in (pair.split("=") for pair in pairs.split()))
        found[tag] = ScriptRules(joined, marks)
    return found
