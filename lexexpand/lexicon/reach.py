"""How much of a text of the target language does a lexicon know, and which words would be worth adding?

A text has forms, a dictionary lemmas: a word counts as known if it, or a word that it is a form of, is the
translation of something. `Lexicon.coverage` asks the same of a text of the source language.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexexpand.lexicon.lexicon import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lexexpand.lexicon.lexicon import Lexicon

    Lemmatize = Callable[[Sequence[str]], Sequence[tuple[Sequence[str], str]]]
    """For each word: its lemmas, and how they were found."""

WORD, UNKNOWN = "as it stands", "unknown"


@dataclass(frozen=True, slots=True)
class Reach:
    """Words of a text by how the lexicon has them.

    Attributes:
        tokens, types: by `as it stands`, how its lemma was found (`attested`, `learned`), `unknown`.
        missing: unknown words and how often each stands, the most frequent first; by lemma where it is known.
    """

    tokens: dict[str, int]
    types: dict[str, int]
    missing: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """Known tokens by all tokens; 0.0 for an empty text."""
        whole = sum(self.tokens.values())
        return 1 - self.tokens.get(UNKNOWN, 0) / whole if whole else 0.0


def reach(lexicon: Lexicon, tokens: Iterable[str], lemmatize: Lemmatize | None = None) -> Reach:
    """How a lexicon has the words of a text of its target language.

    Args:
        lexicon: its targets of one word are looked up, case folded.
        tokens: of the text; what has no letter is passed over.
        lemmatize: called once, with the words that the lexicon does not have as they stand.
    """
    counts = Counter(unicodedata.normalize("NFC", token) for token in tokens)
    counts = Counter({word: n for word, n in counts.items() if any(map(str.isalpha, word))})
    known = {fold(target) for target in lexicon.targets}
    how = {word: WORD for word in counts if fold(word) in known}
    names: dict[str, str] = {}  # of unknown words: the lemma, else the word
    left = [word for word in counts if word not in how]
    for word, (lemmas, way) in zip(
        left, lemmatize(left) if lemmatize else [((), "")] * len(left), strict=True
    ):
        has = any(fold(lemma) in known for lemma in lemmas)
        how[word] = way if has else UNKNOWN
        names[word] = lemmas[0] if lemmas else word
    by_token: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = {}
    for word, count in counts.items():
        by_token[how[word]] += count
        if how[word] == UNKNOWN:
            spellings.setdefault(fold(names[word]), Counter())[names[word]] += count
    missing = [(_commonest(found), found.total()) for found in spellings.values()]
    ranked = sorted(missing, key=lambda item: (-item[1], item[0]))
    return Reach(dict(by_token), dict(Counter(how.values())), tuple(ranked))


def _commonest(spellings: Counter[str]) -> str:
    """The most frequent; of two the one with fewer capitals."""
    return max(spellings, key=lambda word: (spellings[word], word))
