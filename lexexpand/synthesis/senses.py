"""Which translations may a source word have, and how good is each?

"saw" tagged VERB with lemma "see" must not become the noun for the tool, although a dictionary has the
noun under exactly "saw" and the verb only under "see". So the ways to match are tried in the order exact,
folded case, lemma, and a way whose entries all contradict the source's part of speech comes after all
others; by lemma alone a contradiction never matches (DESIGN 4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.lexicon.entry import Entry
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.synthesis.config import SynthConfig

# Parts of speech that dictionaries and treebanks draw differently: an entry of one serves the other.
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
# English "not" is a particle, North Sami "ii" a verb, German "nicht" an adverb: none of them is doubted.
_NEGATORS = frozenset({"VERB", "AUX", "ADV", "INTJ"})
# Weight of an entry whose part of speech agrees, is not known, is akin, or contradicts.
_AGREES, _SILENT, _AKIN, _CONTRADICTS = 1.0, 0.4, 0.12, 0.02
# Weight where the dictionary is silent and the paradigms know the target as another part of speech alone
# (GATITOS gives the verb "vóna" for "hope"): tables are incomplete, so it is doubted and not refused.
_ELSEWHERE = 0.15
_MINOR = 0.9
_PHRASE = 0.4  # for a translation of several words: noisier than one word (DESIGN 5, wol 56 against 50)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One translation that a source word may get."""

    entry: int
    """Index into the lexicon's entries."""
    weight: float
    agrees: float
    """How the entry's part of speech and the source word's get on: the factor in `weight`."""
    inflects: bool
    """The source's features apply: the entry translates the lemma, and its part of speech does not object."""

    @property
    def contradicts(self) -> bool:
        """The entry's part of speech contradicts the source word's."""
        return self.agrees <= _CONTRADICTS

    @property
    def doubtful(self) -> bool:
        """It contradicts, or the paradigms know its word as another part of speech."""
        return self.agrees <= _ELSEWHERE


def agreement(entry_upos: str | None, upos: str) -> float:
    """The factor for an entry's part of speech beside the source word's."""
    if entry_upos is None or entry_upos in _UNKNOWN or upos in _UNKNOWN:
        return _SILENT
    if entry_upos == upos:
        return _AGREES
    if upos == "PART" and entry_upos in _NEGATORS:
        return _SILENT
    kin = any(entry_upos in group and upos in group for group in _KIN)
    return _AKIN if kin else _CONTRADICTS


class Attested:
    """Which parts of speech the target's paradigms know a word as: evidence where a dictionary is silent."""

    def __init__(self, paradigms: Paradigms | None) -> None:
        self._paradigms = paradigms
        self._known: dict[str, frozenset[str]] = {}
        self._all = (
            frozenset[str]()
            if paradigms is None
            else frozenset(name.split(";")[0] for name in paradigms.bundle_names)
        )

    def agreement(self, entry: Entry, upos: str) -> float:
        """The factor for `entry` beside a source word tagged `upos`; below `_AGREES` only if some say so."""
        stated = agreement(entry.upos, upos)
        if entry.upos is not None or len(entry.target) > 1:
            return stated
        known = self._parts(entry.target[0])
        if not known:
            return stated
        if upos in _CLOSED:  # "might" the auxiliary is not GATITOS's noun "máttur"
            return (
                stated
                if known - {"N", "ADJ"} and (upos in ("AUX", "PART") or known - {"V"})
                else _CONTRADICTS
            )
        wanted = _POS.get(upos)
        if wanted not in self._all:
            return stated
        return _AGREES if wanted in known else _ELSEWHERE

    def _parts(self, word: str) -> frozenset[str]:
        if self._paradigms is None:
            return frozenset()
        if word not in self._known:
            cells = [bundle for bundle, _ in self._paradigms.cells(word)]
            cells = cells or [bundle for _, bundle in self._paradigms.analyses(word)]
            self._known[word] = frozenset(bundle.pos for bundle in cells if bundle.pos is not None)
        return self._known[word]


_POS = {"NOUN": "N", "VERB": "V", "ADJ": "ADJ"}
_CLOSED = frozenset({"AUX", "ADP", "SCONJ", "CCONJ", "PART"})


def rank(
    entries: Sequence[Entry],
    found: Iterable[int],
    upos: str,
    config: SynthConfig,
    attested: Attested,
    *,
    is_lemma: bool,
) -> list[Candidate]:
    """Candidates among the entries `found` by one way to match, best first, at most `max_senses`.

    Args:
        entries: the lexicon's entries.
        found: indices into them.
        upos: of the source word.
        config: for the caps.
        attested: what the target's paradigms know.
        is_lemma: the source word was looked up by its lemma, or is its own lemma.
    """
    ranked: dict[tuple[str, ...], Candidate] = {}
    for index in found:
        entry = entries[index]
        if not entry.target or len(entry.target) > config.max_target_words:
            continue
        agrees = attested.agreement(entry, upos)
        weight = entry.weight * agrees * (_PHRASE if len(entry.target) > 1 else 1.0)
        candidate = Candidate(
            index, weight, agrees, inflects=is_lemma and agrees not in (_ELSEWHERE, _CONTRADICTS)
        )
        if entry.target not in ranked or ranked[entry.target].weight < weight:
            ranked[entry.target] = candidate
    best = sorted(ranked.values(), key=lambda c: (-c.weight, c.entry))
    if is_closed(upos):  # a function word has no minor senses worth a draw: "not" is no "also"
        best = [c for c in best if c.weight >= _MINOR * best[0].weight]
    agreeing = [c for c in best if c.agrees > _CONTRADICTS]
    return (agreeing or best)[: config.max_senses]


def is_closed(upos: str) -> bool:
    """Whether a word is of a closed class: what contradicts it is no translation of it at all."""
    return upos in _CLOSED
