"""Which translations may a source word have, and how good is each?

"saw" tagged VERB with lemma "see" must not become the noun for the tool, although a dictionary has the
noun under exactly "saw" and the verb only under "see". So the ways to match are tried in the order exact,
folded case, lemma, and a way whose entries all contradict the source's part of speech comes after all
others; by lemma alone a contradiction never matches (DESIGN 4.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lexexpand.lexicon.entry import Entry
from lexexpand.synthesis.config import SynthConfig

# Parts of speech that dictionaries and treebanks draw differently: an entry of one serves a word of the other.
_KIN: tuple[frozenset[str], ...] = tuple(
    frozenset(group.split())
    for group in (
        "VERB AUX",
        "NOUN PROPN",
        "DET PRON ADJ NUM",
        "ADP PART SCONJ ADV",
        "CCONJ SCONJ ADV",
        "ADJ ADV",
        "INTJ ADV PART",
        "PUNCT SYM",
    )
)
_UNKNOWN = frozenset({"", "_", "X"})
# Weight of an entry whose part of speech agrees, is not known, or contradicts.
_AGREES, _SILENT, _CONTRADICTS = 1.0, 0.6, 0.02
_PHRASE = 0.4  # for a translation of several words: noisier than one word (DESIGN 5, wol 56 against 50)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One translation that a source word may get."""

    entry: int
    """Index into the lexicon's entries."""
    weight: float
    inflects: bool
    """The source's features apply: the entry translates the lemma, and its part of speech does not object."""


def agreement(entry_upos: str | None, upos: str) -> float:
    """The factor for an entry's part of speech beside the source word's."""
    if entry_upos is None or entry_upos in _UNKNOWN or upos in _UNKNOWN:
        return _SILENT
    if entry_upos == upos:
        return _AGREES
    kin = any(entry_upos in group and upos in group for group in _KIN)
    return _SILENT if kin else _CONTRADICTS


def rank(
    entries: Sequence[Entry], found: Iterable[int], upos: str, config: SynthConfig, *, is_lemma: bool
) -> list[Candidate]:
    """Candidates among the entries `found` by one way to match, best first, at most `max_senses`.

    Args:
        entries: the lexicon's entries.
        found: indices into them.
        upos: of the source word.
        config: for the caps.
        is_lemma: the source word was looked up by its lemma, or is its own lemma.
    """
    ranked: dict[tuple[str, ...], Candidate] = {}
    for index in found:
        entry = entries[index]
        if not entry.target or len(entry.target) > config.max_target_words:
            continue
        agrees = agreement(entry.upos, upos)
        weight = entry.weight * agrees * (_PHRASE if len(entry.target) > 1 else 1.0)
        candidate = Candidate(index, weight, inflects=is_lemma and agrees > _CONTRADICTS)
        if entry.target not in ranked or ranked[entry.target].weight < weight:
            ranked[entry.target] = candidate
    best = sorted(ranked.values(), key=lambda c: (-c.weight, c.entry))
    agreeing = [c for c in best if agreement(entries[c.entry].upos, upos) > _CONTRADICTS]
    return (agreeing or best)[: config.max_senses]


def contradicts(entries: Sequence[Entry], candidates: Sequence[Candidate], upos: str) -> bool:
    """Whether every candidate's part of speech contradicts the source word's."""
    return all(agreement(entries[c.entry].upos, upos) <= _CONTRADICTS for c in candidates)
