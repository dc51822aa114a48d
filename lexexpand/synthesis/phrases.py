"""Phrases of the lexicon in the text: "good morning", "looked for", "turn the light off".

A phrase matches over forms and lemmas, longest first. One kind may be discontinuous, by this rule: a key of
two words whose second is a particle (`off`, `up`, ...), its first word tagged VERB, at most `max_gap` tokens
between, none of them a verb, an adposition, a conjunction or punctuation, the particle tagged ADP, ADV or
PART and not followed by what could be its own noun phrase. A phrase never crosses the border of a labelled
span, so that spans stay contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.synthesis.rows import ragged
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.compile import TypeColumns
    from lexexpand.synthesis.keys import Trie

_CODE = {upos: code for code, upos in enumerate(UPOS)}


def _flags(*names: str) -> NDArray[np.bool_]:
    flags = np.zeros(len(UPOS), np.bool_)
    flags[[_CODE[name] for name in names]] = True
    return flags


_VERB = _flags("VERB", "AUX")
_BLOCKS = _flags("VERB", "AUX", "ADP", "CCONJ", "SCONJ", "PUNCT", "SYM")
_PARTICLE = _flags("ADP", "ADV", "PART")
_OPENS_NOUN_PHRASE = _flags("DET", "NOUN", "PROPN", "PRON", "NUM", "ADJ", "SYM")


@dataclass(frozen=True, slots=True)
class Found:
    """Phrases found, M of them, none overlapping another, in the order of their first token."""

    start: NDArray[np.int64]
    """(M,): position of the first token."""
    length: NDArray[np.int64]
    """(M,): words of the key that stand together from `start`."""
    particle: NDArray[np.int64]
    """(M,): position of the particle of a discontinuous phrase, else -1."""
    key: NDArray[np.int32]


class PhraseMatcher:
    """Matches the phrases of one lexicon in blocks of one source."""

    def __init__(
        self, trie: Trie, types: TypeColumns, seconds: frozenset[str], particles: frozenset[str], max_gap: int
    ) -> None:
        """Args: the phrases; the source's types; second words of phrases; particles; the widest gap."""
        self._trie, self._types, self._max_gap = trie, types, max_gap
        words = pa.array(list(trie.words), pa.string())
        self._form = _numbers(types.form_folded, words)
        lemma = _numbers(types.lemma_folded, words)
        self._lemma = np.where(lemma == self._form, 0, lemma).astype(np.int32)
        self._starts = (trie.first[self._form] > 0) | (trie.first[self._lemma] > 0)
        second = np.zeros(len(trie.words) + 1, np.bool_)
        second[[trie.words[word] for word in seconds]] = True
        second[0] = False
        self._seconds = second[self._form] | second[self._lemma]
        self._particle_words = np.array([trie.words.get(word, 0) for word in sorted(particles)], np.int32)

    def find(
        self,
        type_: NDArray[np.int32],
        offsets: NDArray[np.int64],
        row: NDArray[np.int32],
        span: NDArray[np.int32] | None,
    ) -> Found | None:
        """Find the phrases of a block.

        Args:
            type_: (T,) type of each token.
            offsets: (B + 1,) where sentences begin.
            row: (T,) the sentence that each token is in.
            span: (T,) number of the labelled span that a token is in, 0 outside; None without spans.
        """
        at = np.flatnonzero(self._starts[type_])
        if not len(at):
            return None
        end = offsets[1:][row]
        beside = at[(at + 1 < end[at]) & np.append(self._seconds[type_], False)[at + 1]]
        rows = [*self._contiguous(type_, beside, end)]
        rows.extend(self._discontinuous(type_, at, end))
        if not rows:
            return None
        start, length, particle, key = (np.concatenate(column) for column in zip(*rows, strict=True))
        if span is not None:
            last = np.where(particle >= 0, particle, start + length - 1)
            whole = np.where(particle >= 0, span[start] == span[last], ~_crosses(span, start, last))
            start, length, particle, key = start[whole], length[whole], particle[whole], key[whole]
        return _resolve(Found(start, length, particle, key))

    def _contiguous(self, type_: NDArray[np.int32], at: NDArray[np.int64], end: NDArray[np.int64]) -> list[Row]:
        start, node = self._first_nodes(type_, at)
        found: list[Row] = []
        for step in range(1, self._trie.longest):
            inside = start + step < end[start]
            start, node = start[inside], node[inside]
            if not len(start):
                break
            here = type_[start + step]
            pairs = [(start, self._trie.step(node, words[here])) for words in (self._form, self._lemma)]
            start = np.concatenate([s[n > 0] for s, n in pairs])
            node = np.concatenate([n[n > 0] for _, n in pairs])
            key = self._trie.key[node]
            ends = key >= 0
            if ends.any():
                size = int(ends.sum())
                found.append((start[ends], np.full(size, step + 1), np.full(size, -1), key[ends]))
        return found

    def _first_nodes(
        self, type_: NDArray[np.int32], at: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        here = type_[at]
        nodes = [self._trie.first[words[here]] for words in (self._form, self._lemma)]
        start = np.concatenate([at[n > 0] for n in nodes])
        return start, np.concatenate([n[n > 0] for n in nodes])

    def _discontinuous(self, type_: NDArray[np.int32], at: NDArray[np.int64], end: NDArray[np.int64]) -> list[Row]:
        if not self._max_gap or not self._particle_words.any():
            return []
        upos = self._types.upos
        at = at[_VERB[upos[type_[at]]]]
        start, node = self._first_nodes(type_, at)
        found: list[Row] = []
        open_ = np.ones(len(start), np.bool_)
        for gap in range(1, self._max_gap + 1):
            position = start + 1 + gap
            open_ &= position < end[start]
            start, node, position, open_ = start[open_], node[open_], position[open_], open_[open_]
            open_ &= ~_BLOCKS[upos[type_[position - 1]]]
            word = self._form[type_[position]]
            fits = open_ & _PARTICLE[upos[type_[position]]] & np.isin(word, self._particle_words) & (word > 0)
            following = np.minimum(position + 1, len(type_) - 1)
            own_phrase = (position + 1 < end[start]) & _OPENS_NOUN_PHRASE[upos[type_[following]]]
            fits &= ~own_phrase
            key = self._trie.key[self._trie.step(node, word)]
            hit = fits & (key >= 0)
            if hit.any():
                found.append((start[hit], np.ones(int(hit.sum()), np.int64), position[hit], key[hit]))
        return found


Row = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int32]"]


def _numbers(values: pa.Array, words: pa.Array) -> NDArray[np.int32]:
    """(V,): number of each value in the trie's words, from 1; 0 where it is none."""
    found = pc.fill_null(pc.index_in(values, words), -1).to_numpy(zero_copy_only=False)
    return (found + 1).astype(np.int32)


def _crosses(span: NDArray[np.int32], start: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the span changes anywhere between `start` and `last`."""
    changes = np.concatenate([[0], np.cumsum(span[1:] != span[:-1])])
    crossed: NDArray[np.bool_] = changes[start] != changes[last]
    return crossed


def _resolve(found: Found) -> Found:
    """Keep the longest of overlapping phrases, then the leftmost, then the contiguous.

    In rounds: a phrase is kept if it is the best of all that want one of its tokens; what overlaps a kept one
    is out. Phrases overlap rarely and in short chains, so there are few rounds.
    """
    words = found.length + (found.particle >= 0)
    order = np.lexsort((found.key, found.particle >= 0, found.start, -words))
    start, length, particle = found.start[order], found.length[order], found.particle[order]
    gapped = np.flatnonzero(particle >= 0)
    member = np.concatenate([ragged(start, length), particle[gapped]])
    phrase = np.concatenate([np.repeat(np.arange(len(start)), length), gapped])
    _, member = np.unique(member, return_inverse=True)
    kept = np.zeros(len(start), np.bool_)
    left = np.ones(len(start), np.bool_)
    while left.any():
        live = left[phrase]
        best = np.full(int(member.max()) + 1, len(start))
        np.minimum.at(best, member[live], phrase[live])
        beaten = np.zeros(len(start), np.bool_)
        beaten[phrase[live & (best[member] != phrase)]] = True
        won = left & ~beaten
        kept |= won
        taken = np.zeros(len(best), np.bool_)
        taken[member[won[phrase]]] = True
        left[phrase[taken[member]]] = False
    chosen = np.sort(order[kept])
    chosen = chosen[np.argsort(found.start[chosen], kind="stable")]
    return Found(found.start[chosen], found.length[chosen], found.particle[chosen], found.key[chosen])
