"""Signs, taken before anything is trained, of whether a dictionary will help a task in a language.

None of them needs a label or a text of the language: the target side is made from the task's own gold
sentences. That help is to be expected was right in 85 % of the cells of `experiments/win`; which ones are
the others these signs do not tell (fitted on all languages but one they were right in 85 % as well), so that
the forecast goes by the kind of task and the signs are shown for the reader to weigh.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexexpand.lexicon.tables import rows

if TYPE_CHECKING:
    from lexexpand.adaptation.known import Familiarity

KINDS = ("pos", "ner", "topic", "sentiment", "label", "intent-slots")
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
        """The signs as numbers of one size, with a constant for every kind of task."""
        return {
            **{kind: float(self.kind == kind) for kind in KINDS},
            "fertility": self.fertility - 1,
            "unknown": self.unknown,
            "agreement": self.agreement,
            "coverage": self.coverage,
            "entries": math.log10(1 + self.entries) - 4,
            "forms": math.log10(1 + self.forms) / 5,
            "script": float(self.same_script),
        }


def forecast(signs: Signs) -> str:
    """What is to be expected, in a sentence or two: how such tasks fared, and the signs of this one."""
    told = next((row for row in rows("forecast") if row["kind"] == signs.kind), None)
    forms = f", paradigms of {signs.forms:,} forms" if signs.forms else ", no paradigms"
    seen = (
        f"the dictionary ({signs.entries:,} entries{forms}) knows {signs.coverage:.0%} of the gold words;"
        f" the base cuts the language into {signs.fertility:.1f} times as many pieces a word as its source"
    )
    if told is None:
        return f"no task of this kind was measured. Signs: {seen}."
    helps = 2 * int(told["helped"]) > int(told["languages"]) and float(told["gain"]) > 0
    expected = "is expected to help" if helps else "may not help"
    return (
        f"the dictionary {expected}: such tasks gained in {told['helped']} of {told['languages']} languages,"
        f" {float(told['gain']):+.1f} points in the mean (experiments/win). Signs here: {seen}."
    )
