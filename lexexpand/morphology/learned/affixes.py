"""What lemmas and forms put around a common stem: how a form that no table has is taken back to its lemma.

From each aligned pair the longest run of copied letters is the stem; what stands before and behind it in the
lemma and in the form is a rule, of the bundles that it was seen in. A form is taken apart by all rules that
fit it, and each candidate is then asked of the inflector: only those that lead back to the form are kept
(`analysis`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.morphology.learned.align import Step

LEAST = 2
"""Lemmas that a rule must have been seen in."""
CANDIDATES = 16
"""Of a form, the most frequent."""
_SHORTEST = 1


class Rule(NamedTuple):
    """What stands around the stem, in the lemma and in the form."""

    lemma_before: str
    lemma_after: str
    form_before: str
    form_after: str


class Candidate(NamedTuple):
    """A lemma and a bundle that a form may be of, and how often the rule was seen.

    `seen` is a share of the lemmas of the most frequent rule: it means the same for small and large tables.
    """

    lemma: str
    bundle: str
    seen: float


class Affixes:
    """Rules by what the form ends in.

    Args:
        rules: of each rule and bundle, the lemmas that it was seen in.
    """

    def __init__(self, rules: Sequence[tuple[Rule, str, int]]) -> None:
        self.rules = tuple(rules)
        self._by_end: dict[str, list[tuple[Rule, str, int]]] = defaultdict(list)
        for row in self.rules:
            self._by_end[row[0].form_after].append(row)
        self._most = max((count for _, _, count in self.rules), default=1)
        self._longest = max(map(len, self._by_end), default=0)

    @classmethod
    def of(cls, paths: Iterable[tuple[str, Sequence[Step]]]) -> Affixes:
        """From bundles and alignments of lemmas that are all different or repeated in other bundles."""
        counts: Counter[tuple[Rule, str]] = Counter()
        for bundle, path in paths:
            rule = rule_of(path)
            if rule is not None:
                counts[rule, bundle] += 1
        kept = [(rule, bundle, n) for (rule, bundle), n in counts.items() if n >= LEAST]
        return cls(sorted(kept, key=lambda row: (-row[2], row[0], row[1])))

    def candidates(self, form: str, most: int = CANDIDATES) -> list[Candidate]:
        """Lemmas and bundles of a form, the best supported first; each pair once."""
        found: dict[tuple[str, str], int] = {}
        for place in range(max(_SHORTEST, len(form) - self._longest), len(form) + 1):
            for rule, bundle, count in self._by_end.get(form[place:], ()):
                start = len(rule.form_before)
                if place - start < _SHORTEST or not form.startswith(rule.form_before):
                    continue
                lemma = rule.lemma_before + form[start:place] + rule.lemma_after
                key = (lemma, bundle)
                found[key] = max(found.get(key, 0), count)
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [Candidate(lemma, bundle, seen / self._most) for (lemma, bundle), seen in ranked]


def rule_of(path: Sequence[Step]) -> Rule | None:
    """The rule of an alignment; None where nothing is copied."""
    start, end = stem_of(path)
    if end == start:
        return None
    before, after = path[:start], path[end:]
    return Rule(
        "".join(old for old, _ in before),
        "".join(old for old, _ in after),
        "".join(new for _, new in before),
        "".join(new for _, new in after),
    )


def stem_of(path: Sequence[Step]) -> tuple[int, int]:
    """Where the longest run of copied letters begins and ends."""
    start, end, run = 0, 0, 0
    for place, (old, new) in enumerate(path):
        run = run + 1 if old == new else 0
        if run > end - start:
            start, end = place + 1 - run, place + 1
    return start, end
