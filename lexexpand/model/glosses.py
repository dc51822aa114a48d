"""Glosses: what the words of a sentence mean, read with it by a base that knows the source language.

    Hon las bókina .                             as it stands
    Hon las bókina . she read book .             with the glosses behind

A base that has never met `bókina` knows what `book` is. Both readings count alike: what a sentence is about
is then seen through the dictionary as well. It needs no training and no synthetic text. What else was tried
(the glosses alone, a gloss behind each word, learning to read them) is in `experiments/win`.

Case is folded in looking up; the longest phrase wins. A word that nobody lists has no gloss, and a gloss that
is the word itself is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Glosses:
    """Words and phrases of a language with their glosses.

    Attributes:
        table: words with blanks between, case folded -> words of the source language with blanks between.
    """

    table: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def longest(self) -> int:
        """Words of the longest phrase."""
        return max((key.count(" ") + 1 for key in self.table), default=0)

    def translate(self, words: Sequence[str]) -> list[str]:
        """A sentence's words in their order, those with glosses replaced by them.

        Empty where no word has a gloss: there is nothing to read again.
        """
        folded = [word.casefold() for word in words]
        found: list[str] = []
        start = hits = 0
        while start < len(words):
            for end in range(min(len(words), start + self.longest), start, -1):
                gloss = self.table.get(" ".join(folded[start:end]))
                if gloss is not None:
                    found += gloss.split()
                    start, hits = end, hits + 1
                    break
            else:
                found.append(words[start])
                start += 1
        return found if hits else []

    def as_dict(self) -> dict[str, Any]:
        """As JSON takes it; `from_dict` is the inverse."""
        return {"glosses": dict(self.table)}

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Glosses:
        """Read what `as_dict` wrote.

        Raises:
            DataError: It is something else.
        """
        table = told.get("glosses")
        if not isinstance(table, dict) or not all(isinstance(gloss, str) for gloss in table.values()):
            raise DataError("not a table of glosses")
        return cls(table)
