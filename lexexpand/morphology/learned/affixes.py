"""What lemmas and forms put around a common stem: how a form that no table has is taken back to its lemma.

From each aligned pair the longest run of copied letters is the stem; what stands before and behind it in the
lemma and in the form is a rule, of the bundles that it was seen in. A rule weighs what it explains of the
forms that it fits: every word could be a nominative without an ending, but of those in *-behtet* hardly one
is. A form is taken apart by all rules that fit it, and each candidate is then asked of the inflector: only
those that lead back to the form are kept (`analysis`).
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
_DOUBT = 2
"""Forms added to those that a rule fits: a rule that explained two of two is not certain."""


class Rule(NamedTuple):
    """What stands around the stem, in the lemma and in the form."""

    lemma_before: str
    lemma_after: str
    form_before: str
    form_after: str


class Candidate(NamedTuple):
    """A lemma and a bundle that a form may be of; what share of the forms that it fits its rule explains."""

    lemma: str
    bundle: str
    share: float


class Affixes:
    """Rules by what the form ends in.

    Args:
        rules: of each rule and bundle, the share of the forms that it fits that it explains.
    """

    def __init__(self, rules: Sequence[tuple[Rule, str, float]]) -> None:
        self.rules = tuple(rules)
        self._by_end: dict[str, list[tuple[Rule, str, float]]] = defaultdict(list)
        for row in self.rules:
            self._by_end[row[0].form_after].append(row)
        self._longest = max(map(len, self._by_end), default=0)

    @classmethod
    def of(cls, paths: Iterable[tuple[str, Sequence[Step]]]) -> Affixes:
        """From bundles and alignments of lemmas that are all different or repeated in other bundles."""
        counts: Counter[tuple[Rule, str]] = Counter()
        forms: Counter[str] = Counter()
        for bundle, path in paths:
            forms["".join(new for _, new in path)] += 1
            rule = rule_of(path)
            if rule is not None:
                counts[rule, bundle] += 1
        kept = [(rule, bundle, n) for (rule, bundle), n in counts.items() if n >= LEAST]
        fits = _fits(forms, {(rule.form_before, rule.form_after) for rule, _, _ in kept})
        shares = [
            (rule, bundle, round(n / (fits[rule.form_before, rule.form_after] + _DOUBT), 6))
            for rule, bundle, n in kept
        ]
        return cls(sorted(shares, key=lambda row: (-row[2], row[0], row[1])))

    def candidates(self, form: str, most: int = CANDIDATES) -> list[Candidate]:
        """Lemmas and bundles of a form, the best supported first; each pair once."""
        found: dict[tuple[str, str], float] = {}
        for place in range(max(_SHORTEST, len(form) - self._longest), len(form) + 1):
            for rule, bundle, share in self._by_end.get(form[place:], ()):
                start = len(rule.form_before)
                if place - start < _SHORTEST or not form.startswith(rule.form_before):
                    continue
                lemma = rule.lemma_before + form[start:place] + rule.lemma_after
                key = (lemma, bundle)
                found[key] = max(found.get(key, 0.0), share)
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:most]
        return [Candidate(lemma, bundle, share) for (lemma, bundle), share in ranked]


def _fits(forms: Counter[str], ends: set[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """How many forms begin and end in each of these ways, with a stem between."""
    starts: dict[str, list[str]] = defaultdict(list)
    for before, after in ends:
        starts[after].append(before)
    longest = max(map(len, starts), default=0)
    found: Counter[tuple[str, str]] = Counter()
    for form, count in forms.items():
        for place in range(max(_SHORTEST, len(form) - longest), len(form) + 1):
            for before in starts.get(form[place:], ()):
                if place - len(before) >= _SHORTEST and form.startswith(before):
                    found[before, form[place:]] += count
    return found


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
