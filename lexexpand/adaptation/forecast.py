"""Signs, taken before anything is trained, of whether a dictionary will help a task in a language.

None of them needs a label or a text of the language: the target side is made from the task's own gold
sentences. What follows from them was learnt from the cells of `experiments/win`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexexpand.adaptation.known import Familiarity

LIMIT = 200
"""Gold sentences that are looked at."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of a language and a task.

    Attributes:
        kind: of the task.
        fertility: pieces a word, as a multiple of the source's.
        unknown: share of the pieces that the base does not know.
        agreement: share of the sentences whose vector lies nearest to its own source's.
        coverage: share of the gold sentences' words that the lexicon translates.
        entries: of the lexicon.
        forms: of the paradigms; 0 without any.
        same_script: whether source and target share a script.
    """

    kind: str
    fertility: float
    unknown: float
    agreement: float
    coverage: float
    entries: int
    forms: int
    same_script: bool

    @classmethod
    def of(
        cls, kind: str, known: Familiarity, coverage: float, entries: int, forms: int, *, same_script: bool
    ) -> Signs:
        """The signs that a look at a made corpus gives, with the sizes of what it was made from."""
        ratio = known.fertility / max(known.source_fertility, 1e-9)
        return cls(kind, ratio, known.unknown, known.agreement, coverage, entries, forms, same_script)

    @property
    def features(self) -> dict[str, float]:
        """The signs as numbers of one size."""
        return {
            "fertility": self.fertility - 1,
            "unknown": self.unknown,
            "agreement": self.agreement,
            "coverage": self.coverage,
            "entries": math.log10(1 + self.entries) - 4,
            "forms": math.log10(1 + self.forms) / 5,
            "script": float(self.same_script),
        }
