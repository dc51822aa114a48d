"""Of which lemma is a word of running text? Dictionaries list lemmas, texts have forms.

The tables are asked first, for the word as it stands and with its case folded; of what they do not have, a
learned inflector is asked which lemma leads to it (`learned.analysis`), and is believed where it is sure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.morphology.learned.analysis import Analysis
    from lexexpand.morphology.paradigms import Paradigms


class Analyzer(Protocol):
    """What takes forms back to lemmas: `learned.remembered`."""

    def analyze_many(self, forms: Sequence[str]) -> list[tuple[Analysis, bool]]:
        """The lemma of each form, and whether that is sure enough."""


class Lemmas(NamedTuple):
    """What a word may be a form of, and how that was found; no lemmas: not known."""

    lemmas: tuple[str, ...]
    how: Literal["attested", "learned", "none"]


class Lemmatizer:
    """Lemmas by the tables of a language, and by what was learned from them.

    Args:
        paradigms: None where there are no tables.
        learned: None without.
    """

    def __init__(self, paradigms: Paradigms | None, learned: Analyzer | None = None) -> None:
        self._paradigms = paradigms
        self._learned = learned

    def lemmas_many(self, words: Sequence[str]) -> list[Lemmas]:
        """The lemmas of words, each distinct word once, in their order.

        A word with a capital that the tables do not have may begin a sentence: it is asked for as it stands
        and with its case folded.
        """
        found = {word: self._attested(word) for word in words}
        left = [word for word, lemmas in found.items() if not lemmas.lemmas]
        if self._learned is not None and left:
            asked = list(dict.fromkeys(spelling for word in left for spelling in _spellings(word)))
            told = dict(zip(asked, self._learned.analyze_many(asked), strict=True))
            for word in left:
                sure = [analysis.lemma for s in _spellings(word) for analysis, enough in [told[s]] if enough]
                if sure:
                    found[word] = Lemmas(tuple(dict.fromkeys(sure)), "learned")
        return [found[word] for word in words]

    def _attested(self, word: str) -> Lemmas:
        if self._paradigms is not None:
            for spelling in _spellings(word):
                lemmas = tuple(dict.fromkeys(lemma for lemma, _ in self._paradigms.analyses(spelling)))
                if lemmas:
                    return Lemmas(lemmas, "attested")
        return Lemmas((), "none")


def _spellings(word: str) -> tuple[str, ...]:
    lower = word.lower()
    return (word,) if lower == word else (word, lower)
