"""The published baseline: word-by-word translation of labelled text, labels copied.

    Will/AUX it/PRON rain/VERB today/NOUN ?/PUNCT   ->   Will/AUX hann/PRON regna/VERB í/NOUN dag/_ ?/PUNCT

Re-written from the description of Wang, Ruder and Neubig (ACL 2022), as LexC-Gen (Yong et al. 2024) uses
it for its baseline: exact and case-sensitive look-up of each token, one of the stored translations drawn
uniformly, a token without any kept, no lemma, no case folding, no inflection, no phrase, no part of
speech. Of plain text only sentences with at least three substitutions are kept; labelled text is kept
whole.

Two things differ, each in the baseline's favour. The draw is seeded. And a translation of several words,
which the original writes into one token with blanks inside (whence readers shift the labels behind it),
becomes several tokens: of a span, `B-X` goes on as `I-X`, and `O` as `O`; of a part of speech the first
token carries the label and the rest carry `_`, which training ignores, as the original trains on a token's
first piece.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lexexpand.lexicon.lexicon import Lexicon

LEAST_SUBSTITUTIONS = 3
IGNORED = "_"

Translations = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True, slots=True)
class Translated:
    """A sentence translated word by word.

    Attributes:
        words: the target's tokens.
        origin: for each, the index of the source token that it stands for.
        substituted: how many source tokens were replaced.
    """

    words: tuple[str, ...]
    origin: tuple[int, ...]
    substituted: int

    def carry_tags(self, tags: Sequence[str]) -> tuple[str, ...]:
        """IOB2 tags of the source, carried over: what a `B-` token became goes on as `I-`."""
        return tuple(
            _inside(tags[at]) if number and self.origin[number - 1] == at else tags[at]
            for number, at in enumerate(self.origin)
        )

    def carry_upos(self, upos: Sequence[str]) -> tuple[str, ...]:
        """Parts of speech of the source, carried over: the first of several tokens has it, the rest `_`."""
        return tuple(
            IGNORED if number and self.origin[number - 1] == at else upos[at]
            for number, at in enumerate(self.origin)
        )


def translations(lexicon: Lexicon) -> Translations:
    """Source word -> its translations, in the lexicon's order; phrases of the source can match no token."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for entry in lexicon.entries:
        if not entry.is_multiword:
            found.setdefault(entry.source[0], []).append(entry.target)
    return {source: tuple(targets) for source, targets in found.items()}


def translate(
    words: Sequence[str], table: Mapping[str, tuple[tuple[str, ...], ...]], draw: Random
) -> Translated:
    """Replace each word that the table has, exactly as it stands, by one of its translations."""
    target: list[str] = []
    origin: list[int] = []
    substituted = 0
    for at, word in enumerate(words):
        found = table.get(word)
        chosen = draw.choice(found) if found else (word,)
        substituted += found is not None
        target.extend(chosen)
        origin.extend([at] * len(chosen))
    return Translated(tuple(target), tuple(origin), substituted)


def translate_all(
    sentences: Iterable[Sequence[str]], table: Mapping[str, tuple[tuple[str, ...], ...]], seed: int
) -> Iterator[Translated]:
    """Each sentence with draws of its own, so that leaving one out changes no other."""
    for number, words in enumerate(sentences):
        yield translate(words, table, Random(f"{seed}:{number}"))


def plain_text(
    sentences: Iterable[Sequence[str]],
    table: Mapping[str, tuple[tuple[str, ...], ...]],
    seed: int,
    least: int = LEAST_SUBSTITUTIONS,
) -> Iterator[tuple[str, ...]]:
    """The published pseudo-monolingual text: sentences with `least` substitutions or more."""
    for made in translate_all(sentences, table, seed):
        if made.substituted >= least:
            yield made.words


def _inside(tag: str) -> str:
    return f"I-{tag[2:]}" if tag.startswith("B-") else tag
