"""Longest-suffix rules: what every learned inflector has to beat. Our own re-writing of the method of the
SIGMORPHON shared tasks' non-neural baseline (Cotterell et al. 2017).

A lemma and its form are aligned. What is written before the first letter that both share is a prefix rule,
with the letters before it; what follows the stem is a suffix rule, with every length of context before it. To
inflect, the suffix rule of the longest context that the lemma ends in is applied (of those the most
frequent), then the most frequent prefix rule. A language whose forms change more at their beginning is read
backwards, if that does better on held-out lemmas.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from lexexpand.morphology.learned.align import Step, align

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

END = ">"


class SuffixRules:
    """Rules by bundle, learned from (lemma, bundle, form) triples, read forwards or backwards."""

    def __init__(self, triples: Sequence[tuple[str, str, str]], *, reverse: bool = False) -> None:
        self.reverse = reverse
        pairs = sorted({(lemma, form) for lemma, _, form in triples})
        paths = dict(zip(pairs, align(pairs), strict=True))
        self.suffixes: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self.prefixes: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for lemma, bundle, form in triples:
            path = paths[lemma, form]
            path = path[::-1] if self.reverse else path
            for old, new in _suffix_rules(path):
                self.suffixes[bundle][old][new] += 1
            start, _ = _stem(path)
            self.prefixes[bundle][_sides(path[:start])] += 1

    @classmethod
    def chosen(cls, triples: Sequence[tuple[str, str, str]]) -> SuffixRules:
        """In the direction that is right more often on a tenth of the lemmas, held out."""
        lemmas = sorted({lemma for lemma, _, _ in triples})
        held = set(lemmas[::10])
        rest = [triple for triple in triples if triple[0] not in held]
        tried = [triple for triple in triples if triple[0] in held]
        right = {}
        for reverse in (False, True):
            rules = cls(rest, reverse=reverse)
            right[reverse] = sum(rules.inflect(lemma, bundle) == form for lemma, bundle, form in tried)
        return cls(triples, reverse=right[True] > right[False])

    def inflect(self, lemma: str, bundle: str) -> str:
        """The form; the lemma itself where no rule is known for the bundle."""
        word = lemma[::-1] if self.reverse else lemma
        known = self.suffixes.get(bundle, {})
        for place in range(len(word) + 1):
            rules = known.get(word[place:] + END)
            if rules:
                word = word[:place] + max(sorted(rules), key=lambda new: (rules[new], -len(new)))[: -len(END)]
                break
        start = self.prefixes.get(bundle)
        if start:
            (old, new), _ = start.most_common(1)[0]
            word = new + word[len(old) :] if word.startswith(old) else word
        return word[::-1] if self.reverse else word


def _stem(path: Sequence[Step]) -> tuple[int, int]:
    """Where the stem begins and ends: between the first and the last letter that both sides have."""
    both = [n for n, (old, new) in enumerate(path) if old and new]
    return (both[0], both[-1] + 1) if both else (0, 0)


def _sides(path: Sequence[Step]) -> tuple[str, str]:
    return "".join(old for old, _ in path), "".join(new for _, new in path)


def _suffix_rules(path: Sequence[Step]) -> Iterator[tuple[str, str]]:
    start, end = _stem(path)
    for begin in range(start, end + 1):
        old, new = _sides(path[begin:])
        yield old + END, new + END
