"""A bilingual dictionary as an index: which entries translate this word, and what does it not know?

A text has `House`, `house` and `HOUSE` where the dictionary has `house`; it has `give up`, which is not
`give` plus `up`; and two dictionaries say the same thing twice. So a `Lexicon` finds entries by their source
exactly and with case folded, finds phrases by their first word, and is merged from several dictionaries so
that what they agree on becomes one entry that weighs more (`lexexpand.lexicon.merging`).

    >>> from lexexpand.language import Language
    >>> from lexexpand.lexicon.entry import Entry
    >>> house = Entry(("house",), ("hús",), "NOUN", 1.0, None, "mine", 1)
    >>> lexicon = Lexicon([house], Language("eng", "Latn"), Language("fao", "Latn"))
    >>> [entry.target_text for entry in lexicon.look_up("House")]
    ['hús']
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lexexpand.lexicon.entry import Entry, compatible
from lexexpand.lexicon.report import CleaningReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lexexpand.language import Language
    from lexexpand.resources.use import PackUse


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a text a lexicon knows, counted in tokens that have a letter."""

    tokens: int
    covered: int
    missing: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Covered tokens by all tokens; 0.0 for an empty text."""
        return self.covered / self.tokens if self.tokens else 0.0

    def __float__(self) -> float:
        return self.share


class Lexicon:
    """The entries of one source and one target language; read-only.

    Attributes:
        entries: all entries, by pack id and row.
        source_language, target: the two languages.
        sources: the packs that were read, and how many entries each gave.
        report: what cleaning dropped and changed.
        absent: source and part of speech (empty: any) of what the target language has no word for.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        source_language: Language,
        target: Language,
        sources: Sequence[PackUse] = (),
        report: CleaningReport | None = None,
        absent: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.entries: tuple[Entry, ...] = tuple(sorted(entries, key=lambda entry: (entry.pack, entry.row)))
        self.source_language = source_language
        self.target = target
        self.sources = tuple(sources)
        self.report = report or CleaningReport()
        self.absent: tuple[tuple[str, str], ...] = tuple(
            (word, upos)
            for word, upos in sorted(set(absent))
            if not any(not upos or compatible(entry.upos, upos) for entry in self.folded.get(fold(word), ()))
        )

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __repr__(self) -> str:
        packs = ", ".join(use.pack for use in self.sources) or "no pack"
        return f"<Lexicon {self.source_language}-{self.target}: {len(self)} entries of {packs}>"

    @cached_property
    def exact(self) -> Mapping[str, tuple[Entry, ...]]:
        """Source text -> its entries, the heaviest first."""
        return _index((entry.source_text, entry) for entry in self.entries)

    @cached_property
    def folded(self) -> Mapping[str, tuple[Entry, ...]]:
        """Source text with case folded -> its entries, the heaviest first."""
        return _index((fold(entry.source_text), entry) for entry in self.entries)

    @cached_property
    def multiword(self) -> Mapping[str, tuple[Entry, ...]]:
        """First word, case folded -> entries of two or more source words, the longest first."""
        index = _index((fold(entry.source[0]), entry) for entry in self.entries if entry.is_multiword)
        return {word: tuple(sorted(found, key=lambda e: -len(e.source))) for word, found in index.items()}

    @cached_property
    def targets(self) -> Mapping[str, tuple[Entry, ...]]:
        """Target text -> the entries that it translates, the heaviest first."""
        return _index((entry.target_text, entry) for entry in self.entries)

    def look_up(self, word: str, upos: str | None = None) -> tuple[Entry, ...]:
        """Entries of a word or phrase, the heaviest first: as it is cased, else with case folded.

        Args:
            word: one word, or several with blanks between.
            upos: only entries of this part of speech, or of none stated.
        """
        text = " ".join(unicodedata.normalize("NFC", word).split())
        found = self.exact.get(text) or self.folded.get(fold(text), ())
        if upos is None:
            return found
        return tuple(entry for entry in found if compatible(entry.upos, upos))

    def look_up_target(self, word: str) -> tuple[Entry, ...]:
        """Entries whose target is this word or phrase."""
        return self.targets.get(" ".join(unicodedata.normalize("NFC", word).split()), ())

    def share(self, entry: Entry) -> float:
        """An entry's weight among those of all entries of its source text, case folded."""
        return entry.weight / self._whole[fold(entry.source_text)]

    @cached_property
    def _whole(self) -> Mapping[str, float]:
        whole: dict[str, float] = {}
        for entry in self.entries:
            key = fold(entry.source_text)
            whole[key] = whole.get(key, 0.0) + entry.weight
        return whole

    def coverage(self, tokens: str | Iterable[str]) -> Coverage:
        """How many of `tokens` (or of a text's words, cut at blanks) have an entry of one word."""
        words = tokens.split() if isinstance(tokens, str) else tokens
        counts = Counter(unicodedata.normalize("NFC", word) for word in words)
        counts = Counter({w: n for w, n in counts.items() if any(map(str.isalpha, w))})
        missing = {w: n for w, n in counts.items() if w not in self.exact and fold(w) not in self.folded}
        ranked = sorted(missing.items(), key=lambda item: (-item[1], item[0]))
        everything = counts.total()
        return Coverage(everything, everything - sum(missing.values()), tuple(ranked))


def fold(text: str) -> str:
    """A text with the difference of capitals taken away.

    >>> fold("STRASSE") == fold("Straße")
    True
    """
    return text.casefold()


def _index(pairs: Iterable[tuple[str, Entry]]) -> dict[str, tuple[Entry, ...]]:
    """Entries by key, the heaviest first; equal weights stay in the order of pack and row."""
    found: dict[str, list[Entry]] = {}
    for key, entry in pairs:
        found.setdefault(key, []).append(entry)
    return {key: tuple(sorted(group, key=lambda e: -e.weight)) for key, group in found.items()}
