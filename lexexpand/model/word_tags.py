"""What a dictionary says of a word's part of speech, or of its being a name, beside what the network reads.

    listed words       hestur  NOUN 0.97 ...             from the lexicon and the paradigms
    endings            -aði    VERB 0.91 ...             of the listed words, for those that nobody lists
    capital letters    Klakk   PROPN 0.75 ...            of words inside a sentence that nobody lists

The two are independent witnesses and are multiplied: log p(tag | sentence) + weight * log p(tag | word). A
weight below 1, and a floor under every probability, because dictionaries leave out uses that they think of
as plain grammar. Tag dictionaries have long been what taggers of small languages live on (Täckström et al.
2013; Brants 2000 for endings); a network that has seen a few thousand synthetic sentences has met few of a
dictionary's words, and forgets none of those that it never met.

How much it is worth, and where the numbers come from: `experiments/win`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float32]

WEIGHT, ENDING_WEIGHT, CAPITAL_WEIGHT = 0.8, 0.6, 1.2
LONGEST, SHORTEST_WORD = 4, 4
"""Letters of an ending at most, and of a word whose ending is looked at at least."""
_OPENERS = frozenset(".!?…:\"“”„«»‹›'‘’([-–—")
"""Behind one of these a word may begin a sentence, and its capital letter says nothing."""


def capitals(words: Sequence[str], listed: Container[str]) -> list[int]:
    """Places of a sentence's words that are not listed (case folded) and whose capital letter says something.

    At the beginning it says nothing, nor where most words behind the first have one, as in headlines.
    """
    large = [word[:1].isupper() for word in words]
    if 2 * sum(large[1:]) > sum(word[:1].isalpha() for word in words[1:]):
        return []
    return [
        place
        for place, word in enumerate(words)
        if place and large[place] and words[place - 1] not in _OPENERS and word.casefold() not in listed
    ]


@dataclass(frozen=True)
class WordTags:
    """Words and endings with distributions over the labels of a head.

    Attributes:
        labels: the head's, in its order.
        rows: (R, L) log probabilities: words share them.
        words: case folded -> row.
        endings: of words that are not listed, `""` for any -> row.
        capital: row of words that are not listed and have a capital letter inside a sentence; None where
            capitals say nothing.
        weight, ending_weight, capital_weight: of each one's log probabilities beside the network's.
    """

    labels: tuple[str, ...]
    rows: Array
    words: Mapping[str, int]
    endings: Mapping[str, int]
    weight: float = WEIGHT
    ending_weight: float = ENDING_WEIGHT
    capital: int | None = None
    capital_weight: float = CAPITAL_WEIGHT

    def add_to(self, scores: Array, words: Sequence[str]) -> Array:
        """Scores (W, L) of the words of a sentence with what is known of each word added.

        A word without letters, and one that the network did not read (NaN), stays as it is.
        """
        if not words:
            return scores
        added = np.stack([self._of(word) for word in words])
        if self.capital is not None:
            added[capitals(words, self.words)] += self.capital_weight * self.rows[self.capital]
        return scores + added

    def _of(self, word: str) -> Array:
        folded = word.casefold()
        row = self.words.get(folded)
        if row is not None:
            listed: Array = self._weighted[row]
            return listed
        if len(folded) < SHORTEST_WORD or not folded.isalpha():
            return self._nothing
        for size in range(LONGEST, -1, -1):
            row = self.endings.get(folded[len(folded) - size :])
            if row is not None:
                guessed: Array = self._weighted_endings[row]
                return guessed
        return self._nothing

    @cached_property
    def _weighted(self) -> Array:
        return (self.weight * self.rows).astype(np.float32)

    @cached_property
    def _weighted_endings(self) -> Array:
        return (self.ending_weight * self.rows).astype(np.float32)

    @cached_property
    def _nothing(self) -> Array:
        return np.zeros(len(self.labels), np.float32)

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it; `from_dict` is the inverse."""
        return {
            "labels": list(self.labels),
            "weight": self.weight,
            "ending_weight": self.ending_weight,
            "capital": self.capital,
            "capital_weight": self.capital_weight,
            "rows": [[round(float(value), 3) for value in row] for row in self.rows],
            "words": dict(self.words),
            "endings": dict(self.endings),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> WordTags:
        """Read what `as_dict` wrote.

        Raises:
            DataError: A field is missing or not what it should be.
        """
        try:
            labels = tuple(str(label) for label in told["labels"])
            rows = np.array(told["rows"], np.float32).reshape(-1, len(labels))
            words, endings = dict(told["words"]), dict(told["endings"])
            kinds = ("weight", "ending_weight", "capital_weight")
            weight, ending_weight, capital_weight = weights = [float(told[kind]) for kind in kinds]
            capital = told["capital"]
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"not a table of words and their tags ({error})") from error
        numbers = [*words.values(), *endings.values(), *([] if capital is None else [capital])]
        if not all(type(number) is int and 0 <= number < len(rows) for number in numbers):
            raise DataError("not a table of words and their tags: a word names a row that is not there")
        if not (np.isfinite(rows).all() and np.isfinite(weights).all() and min(weights) >= 0):
            raise DataError("not a table of words and their tags: it has numbers that are none, or negative")
        return cls(labels, rows, words, endings, weight, ending_weight, capital, capital_weight)
