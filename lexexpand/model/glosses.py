"""Glosses: what a word of the language means, written behind it for a base that has never seen it.

    Hon   las  bókina        the words of a sentence
    Hon she las read bókina book .        what the base reads

A base that knows the source language knows what `book` is, and reads it in the place of a word that it may
never have met. Labels stay with the words: a gloss belongs to none. Interlinear glosses are how linguists
write down a language that their readers do not know; as an extra input for taggers of such languages, see
LexiBERT (2026) in the README of `experiments/win`.

Case is folded in looking up; the longest phrase wins. A word that nobody lists has no gloss.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Gloss = tuple[str, ...]


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

    def of(self, words: Sequence[str]) -> list[Gloss]:
        """The gloss of each word; of a phrase behind its last word, none behind the others."""
        folded = [word.casefold() for word in words]
        found: list[Gloss] = [()] * len(words)
        start = 0
        while start < len(words):
            for end in range(min(len(words), start + self.longest), start, -1):
                gloss = self.table.get(" ".join(folded[start:end]))
                if gloss is not None:
                    found[end - 1] = tuple(gloss.split())
                    start = end
                    break
            else:
                start += 1
        return found
