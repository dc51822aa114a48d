"""Several dictionaries as one: what they say alike becomes one entry that weighs more.

    GATITOS       dog = hundur            1.0  |
    Wiktionary    dog NOUN hundur         0.3  |   dog NOUN hundur 1.95 (pack and row of GATITOS)
    Wiktionary    dog NOUN rakki          0.11 |   dog NOUN rakki  0.11

An entry keeps the origin of the best pack that has it, takes a part of speech from one that states it, and
its weight is the sum of what the packs give, times a factor for their agreement. Where a curated pack
states no part of speech but every other pack that has its translation as a headword agrees on one, that one
is taken. The result depends on the packs' content and quality alone, not on the order in which they are
named.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.lexicon import Lexicon
from lexexpand.lexicon.report import CleaningReport, total
from lexexpand.lexicon.weights import agreement, curated_weights, known_words, mined_weights
from lexexpand.resources.use import PackUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.language import Language
    from lexexpand.lexicon.cleaning import Clean

CURATED = 0.5
"""Packs of this quality or more are trusted for what is a common word."""


@dataclass(frozen=True, slots=True)
class Part:
    """The translations of one pack, cleaned, and how far to trust them.

    Attributes:
        use: pack, version, licence and digests, as the corpus card cites them.
        cleans: translations in the order of the files.
        report: what cleaning did.
        quality: 1.0 curated, 0.3 mined.
        is_reversed: whether the pack was made by turning a dictionary of the target language round.
        absent: source and part of speech of what the target language has no word for.
    """

    use: PackUse
    cleans: Sequence[Clean]
    report: CleaningReport
    quality: float = 1.0
    is_reversed: bool = False
    absent: tuple[tuple[str, str], ...] = ()


def merge(parts: Iterable[Part], source_language: Language, target: Language) -> Lexicon:
    """One lexicon of all parts; the same whatever their order."""
    ranked = sorted(parts, key=lambda part: (-part.quality, part.use.pack, part.use.sha256))
    known = known_words(part.cleans for part in ranked if part.quality >= CURATED and not part.is_reversed)
    groups: defaultdict[tuple[tuple[str, ...], tuple[str, ...]], list[tuple[int, Entry]]] = defaultdict(list)
    for place, part in enumerate(ranked):
        cleans, pack = part.cleans, part.use.pack
        if part.is_reversed:
            weights = mined_weights(cleans, part.quality, known)
        else:
            weights = curated_weights(cleans, part.quality)
        for clean, weight in zip(cleans, weights, strict=True):
            words = (clean.source, clean.target, clean.upos)
            entry = Entry(*words, round(weight, 4), clean.note or None, pack, clean.number)
            groups[clean.source, clean.target].append((place, entry))
    entries = [entry for group in groups.values() for entry in _join(group)]
    entries = _infer_upos(entries, (entry for group in groups.values() for _, entry in group))
    kept = sum(part.report.kept for part in ranked)
    report = total((part.report for part in ranked), max(0, kept - len(entries)))
    absent = (pair for part in ranked if part.quality >= CURATED for pair in part.absent)
    uses = _uses(part.use for part in ranked)
    return Lexicon(entries, source_language, target, uses, report, absent)


def _uses(uses: Iterable[PackUse]) -> list[PackUse]:
    """The packs, each once, though its files were of several kinds."""
    found: dict[str, PackUse] = {}
    for use in uses:
        old = found.get(use.pack, PackUse(use.pack, use.version, "", (), 0))
        licences = {*filter(None, old.licence.split(" AND ")), *use.licence.split(" AND ")}
        digests = tuple(sorted({*old.sha256, *use.sha256}))
        count = old.entries + use.entries
        found[use.pack] = PackUse(use.pack, use.version, " AND ".join(sorted(licences)), digests, count)
    return list(found.values())


def _join(group: Sequence[tuple[int, Entry]]) -> list[Entry]:
    """The entries of one pair of words: one for each part of speech that is stated, or one without."""
    if len(group) == 1:
        return [group[0][1]]
    stated = sorted({entry.upos for _, entry in group if entry.upos is not None})
    return [_one(group, upos) for upos in stated] or [_one(group, None)]


def _one(group: Sequence[tuple[int, Entry]], upos: str | None) -> Entry:
    """The entry that all entries of a part of speech, or of none, become."""
    mine = [(place, entry) for place, entry in group if entry.upos in (upos, None)]
    best: dict[int, float] = {}
    for place, entry in mine:
        best[place] = max(best.get(place, 0.0), entry.weight)
    first = mine[0][1]
    weight = sum(best.values()) * (agreement() if len(best) > 1 else 1.0)
    note = next((entry.note for _, entry in mine if entry.note), None)
    return Entry(first.source, first.target, upos, round(weight, 4), note, first.pack, first.row)


def _infer_upos(entries: Sequence[Entry], stated: Iterable[Entry]) -> list[Entry]:
    """Give entries without a part of speech that of their translation word, where all packs agree on it."""
    parts: dict[tuple[str, ...], set[str]] = {}
    for entry in stated:
        if entry.upos is not None and len(entry.target) == 1:
            parts.setdefault(entry.target, set()).add(entry.upos)
    only = {target: next(iter(upos)) for target, upos in parts.items() if len(upos) == 1}

    def inferred(entry: Entry) -> Entry:
        upos = only.get(entry.target) if entry.upos is None and len(entry.source) == 1 else None
        if upos is None:
            return entry
        return Entry(entry.source, entry.target, upos, entry.weight, entry.note, entry.pack, entry.row)

    return [inferred(entry) for entry in entries]
