"""Which of eight translations is the one? What a dictionary lets us guess, without a line of real text.

A curated dictionary says it itself: its translations of a word stand in order, and each weighs about 1.0. A
dictionary that was made by turning another round says nothing: rows for `go` are every headword that has `go`
among its glosses, in the order of the alphabet. Five things tell the likely ones apart:

    fan-out    a headword with one gloss means that gloss; one with ten means it a tenth of the time
    repeats    the pair is there as a noun and as a verb, or with two notes
    phrases    a word that stands in many of the pack's phrases is a common word
    known      a word that a curated pack uses for other keys is a common word, too
    labels     `archaic`, `vulgar`, and to a lesser degree any note at all

The numbers are rows of `data/lexicon_weights.tsv`. They were found on 16 languages that have both GATITOS
and a Wiktionary list (fao sme san glv bcl ady sah bak asm oci nav bod vec bre hil tpi), GATITOS
as judge: of the English words for which it agrees with one of several Wiktionary translations, how often is
the heaviest one among its own?

    first row 44.5 %    drawn uniformly 42.8 %    these weights 56.5 %, and with `known` 64.3 %

(`known` leaves out what is asked.) Fan-out alone gives 51.5 %. The headword with the most glosses,
which one might expect to win, gives 36.9 %: those are words of many rare senses. On 15 languages that had no
part in finding the numbers (abk kpv crh lij scn arn chv hrx ssw shn kas fur aii ilo pap): 44.0 % became
58.1 %.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

from lexexpand.lexicon.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lexexpand.lexicon.cleaning import Clean

Pair = tuple[tuple[str, ...], tuple[str, ...]]


def known_words(packs: Iterable[Sequence[Clean]]) -> Counter[tuple[str, ...]]:
    """How many source keys the curated packs translate by each target."""
    pairs = {(clean.source, clean.target) for cleans in packs for clean in cleans}
    return Counter(target for _, target in pairs)


def curated_weights(cleans: Sequence[Clean], quality: float) -> list[float]:
    """Weights of an ordered pack: the file's own weight, less for later translations of the same source."""
    ranks = [float(value) for value in _text("ranks").split()]
    places: defaultdict[tuple[str, ...], dict[tuple[str, ...], int]] = defaultdict(dict)
    weights = []
    for clean in cleans:
        place = places[clean.source].setdefault(clean.target, len(places[clean.source]))
        rank = max(place, clean.rank)
        weights.append(quality * clean.weight * ranks[min(rank, len(ranks) - 1)])
    return weights


def mined_weights(
    cleans: Sequence[Clean], quality: float, known: Mapping[tuple[str, ...], int] | None = None
) -> list[float]:
    """Weights of a pack that was turned round: the likeliest translation of a word weighs `quality`.

    Args:
        cleans: All translations of the pack.
        quality: The pack's quality.
        known: `known_words` of the curated packs of the language.
    """
    sources: defaultdict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
    rows_of: defaultdict[Pair, list[Clean]] = defaultdict(list)
    for clean in cleans:
        sources[clean.target].add(clean.source)
        rows_of[clean.source, clean.target].append(clean)
    phrases = Counter(word for target in sources if len(target) > 1 for word in set(target))
    scores: dict[Pair, float] = {}
    best: defaultdict[tuple[str, ...], float] = defaultdict(lambda: -math.inf)
    for pair, found in rows_of.items():
        source, target = pair
        common = phrases[target[0]] if len(target) == 1 else 0
        others = min(known.get(target, 0), 7) if known else 0
        score = scores[pair] = _score(pair, found, len(sources[target]), common, others)
        best[source] = max(best[source], score)
    least = _number("least")
    factors = {pair: max(least, math.exp(score - best[pair[0]])) for pair, score in scores.items()}
    return [quality * clean.weight * factors[clean.source, clean.target] for clean in cleans]


def _score(pair: Pair, found: Sequence[Clean], fan_out: int, phrases: int, known: int) -> float:
    """The logarithm of a pair's weight, up to a constant."""
    _, target = pair
    score = (
        _number("fan-out") * math.log(fan_out)
        + _number("repeats") * math.log(len(found))
        + _number("phrases") * math.log1p(phrases)
        + _number("known") * math.log1p(known)
        + _number("length") * sum(map(len, target))
        + _number("words") * (len(target) - 1)
    )
    if all(clean.note for clean in found):
        score += _number("note")
        if all(_is_labelled(clean.note) for clean in found):
            score += _number("label")
    return score


@cache
def _is_labelled(note: str) -> bool:
    small = note.lower()
    return any(label in small for label in _text("labels").split())


@cache
def _number(key: str) -> float:
    return float(_text(key))


@cache
def _text(key: str) -> str:
    return next(row["value"] for row in rows("lexicon_weights") if row["key"] == key)


def agreement() -> float:
    """The factor on the sum of the weights that several packs give to the same pair."""
    return _number("agreement")
