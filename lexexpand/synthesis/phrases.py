"""Phrases of the lexicon in the text: "good morning", "looked for", "turn the light off".

A phrase matches over forms, and over the lemmas of verbs and nouns, longest first. One kind may be
discontinuous, by this rule: a key of two words whose second is a particle (`off`, `up`, ...), its first word
tagged VERB, at most `max_gap` tokens between, none of them a verb, an adposition, a conjunction or
punctuation, the particle tagged ADP, ADV or PART and not followed by what could be its own noun phrase. A
phrase never crosses the border of a labelled span, so that spans stay contiguous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.synthesis.compile import PARTED, SECOND, STARTS, mark
from lexexpand.synthesis.rows import ragged
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.keys import Trie
    from lexexpand.synthesis.rows import Rows

# Bits of `Context.support`.
HOLDS_DO, HOLDS_BE, IS_VERB, IS_PARTICIPLE = (1 << bit for bit in range(4))
_CODE = {upos: code for code, upos in enumerate(UPOS)}


def _flags(*names: str) -> NDArray[np.bool_]:
    flags = np.zeros(len(UPOS), np.bool_)
    flags[[_CODE[name] for name in names]] = True
    return flags


_VERB = _flags("VERB", "AUX")
_VARIES = _flags("VERB", "NOUN")
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
    key: NDArray[np.int64]


class PhraseMatcher:
    """Matches the phrases of one lexicon in blocks of one source."""

    def __init__(self, trie: Trie, compiled: Compiled, particles: frozenset[str]) -> None:
        """Args: the phrases; the compiled lexicon, whose types are marked; the source's particles."""
        self._trie, self._types, self._max_gap = trie, compiled.types, compiled.config.max_gap
        words = pa.array(list(trie.words), pa.string())
        self._form = _numbers(compiled.types.form_folded, words)
        lemma = _numbers(compiled.types.lemma_folded, words)
        # Only verbs and nouns stand for their other forms: "me do" is not "I do".
        varies = (lemma != self._form) & _VARIES[self._types.upos]
        self._lemma = np.where(varies, lemma, 0).astype(np.int64)
        node, word = np.divmod(trie.edges, len(trie.words) + 1)
        self._pairs = np.zeros(_PAIRS, np.bool_)
        self._pairs[_pair(node, word)] = True
        second = np.zeros(len(trie.words) + 1, np.bool_)
        second[word[np.isin(node, trie.first)]] = True
        particle = np.zeros(len(trie.words) + 1, np.bool_)
        particle[[trie.words[name] for name in particles if name in trie.words]] = True
        parted = np.zeros(len(trie.key), np.bool_)
        parted[node[particle[word] & (trie.key[trie.children] >= 0)]] = True
        first = trie.first
        mark(compiled, STARTS, (first[self._form] > 0) | (first[self._lemma] > 0))
        mark(compiled, SECOND, second[self._form] | second[self._lemma])
        verb = _VERB[self._types.upos]
        mark(compiled, PARTED, verb & (parted[first[self._form]] | parted[first[self._lemma]]))
        self._particle = particle
        self._support: NDArray[np.uint8] | None = None

    def keep_apart(self, support: NDArray[np.uint8]) -> None:
        """Match no phrase that takes an auxiliary from its verb; (V,) bits of `Context.support`."""
        self._support = support

    def _torn(self, found: Found, rows: Rows) -> NDArray[np.bool_]:
        """(M,): the phrase ends in "do" or "am" while the verb stands behind it: "I am" in "I am going"."""
        if self._support is None:
            return np.zeros(len(found.start), np.bool_)
        last = found.start + found.length - 1
        beside = np.minimum(last + 1, len(rows.type) - 1)
        member = self._support[rows.type[ragged(found.start, found.length)]]
        holds = np.bitwise_or.reduceat(member, np.cumsum(found.length) - found.length)
        do = ((holds & HOLDS_DO) > 0) & ((holds & IS_VERB) == 0)
        ends_in_be = (self._support[rows.type[last]] & HOLDS_BE) > 0
        going = (self._support[rows.type[beside]] & IS_PARTICIPLE) > 0
        torn: NDArray[np.bool_] = do | (ends_in_be & going & (rows.row[last] == rows.row[beside]))
        return torn

    def find(self, rows: Rows, flags: NDArray[np.uint8]) -> Found | None:
        """Find the phrases of a block.

        Args:
            rows: the sentences.
            flags: (T,) flags of each token's type.
        """
        type_, end = rows.type, rows.offsets[1:]
        pairs = ((flags[:-1] & STARTS) != 0) & ((flags[1:] & SECOND) != 0)
        at = np.flatnonzero(pairs)
        found = self._contiguous(type_, at, end, rows.row)
        at = np.flatnonzero((flags & PARTED) != 0)
        found.extend(self._parted(type_, at, end, rows.row))
        if not found:
            return None
        start, length, particle, key = (np.concatenate(column) for column in zip(*found, strict=True))
        span = rows.span_of_token()
        if span is not None:
            last = np.where(particle >= 0, particle, start + length - 1)
            whole = np.where(particle >= 0, span[start] == span[last], ~_crosses(span, start, last))
            start, length, particle, key = start[whole], length[whole], particle[whole], key[whole]
        every = Found(start, length, particle, key)
        whole = ~self._torn(every, rows)
        return _resolve(Found(start[whole], length[whole], particle[whole], key[whole]))

    def _contiguous(
        self, type_: NDArray[np.int64], at: NDArray[np.int64], end: NDArray[np.int64], row: NDArray[np.int64]
    ) -> list[Row]:
        start, node = self._first_nodes(type_, at)
        found: list[Row] = []
        for step in range(1, self._trie.longest):
            inside = start + step < end[row[start]]
            start, node = start[inside], node[inside]
            if not len(start):
                break
            start, node = self._step(start, node, type_[start + step])
            key = self._trie.key[node]
            ends = key >= 0
            if ends.any():
                size = int(ends.sum())
                found.append((start[ends], np.full(size, step + 1), np.full(size, -1), key[ends]))
        return found

    def _step(
        self, start: NDArray[np.int64], node: NDArray[np.int64], here: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Go on by the next token's form and by its lemma."""
        starts, nodes = [], []
        for words in (self._form, self._lemma):
            word = words[here]
            likely = np.flatnonzero(word)
            likely = likely[self._pairs[_pair(node[likely], word[likely])]]
            following = self._trie.step(node[likely], word[likely])
            starts.append(start[likely][following > 0])
            nodes.append(following[following > 0])
        return np.concatenate(starts), np.concatenate(nodes)

    def _first_nodes(
        self, type_: NDArray[np.int64], at: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        here = type_[at]
        nodes = [self._trie.first[words[here]] for words in (self._form, self._lemma)]
        start = np.concatenate([at[n > 0] for n in nodes])
        return start, np.concatenate([n[n > 0] for n in nodes])

    def _parted(
        self, type_: NDArray[np.int64], at: NDArray[np.int64], end: NDArray[np.int64], row: NDArray[np.int64]
    ) -> list[Row]:
        upos = self._types.upos
        start, node = self._first_nodes(type_, at)
        found: list[Row] = []
        for gap in range(1, self._max_gap + 1):
            position = start + 1 + gap
            going = position < end[row[start]]
            start, node, position = start[going], node[going], position[going]
            going = ~_BLOCKS[upos[type_[position - 1]]]
            start, node, position = start[going], node[going], position[going]
            if not len(start):
                break
            word = self._form[type_[position]]
            fits = self._particle[word] & _PARTICLE[upos[type_[position]]]
            following = np.minimum(position + 1, len(type_) - 1)
            fits &= ~((position + 1 < end[row[start]]) & _OPENS_NOUN_PHRASE[upos[type_[following]]])
            key = self._trie.key[self._trie.step(node, word)]
            hit = fits & (key >= 0)
            if hit.any():
                found.append((start[hit], np.ones(int(hit.sum()), np.int64), position[hit], key[hit]))
        return found


_PAIRS = 1 << 18


def _pair(node: NDArray[np.integer], word: NDArray[np.integer]) -> NDArray[np.int64]:
    """A number below `_PAIRS` for a step of the trie: it refutes most steps that do not exist."""
    mixed: NDArray[np.int64] = (node.astype(np.int64) * 40503 + word * 2654435) & (_PAIRS - 1)
    return mixed


Row = tuple["NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]", "NDArray[np.int64]"]


def _numbers(values: pa.Array, words: pa.Array) -> NDArray[np.int64]:
    """(V,): number of each value in the trie's words, from 1; 0 where it is none."""
    found = pc.fill_null(pc.index_in(values, words), -1).to_numpy(zero_copy_only=False)
    numbered: NDArray[np.int64] = (found + 1).astype(np.int64)
    return numbered


def _crosses(span: NDArray[np.int32], start: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the span changes anywhere between `start` and `last`."""
    changes = np.concatenate([[0], np.cumsum(span[1:] != span[:-1])])
    crossed: NDArray[np.bool_] = changes[start] != changes[last]
    return crossed


def _resolve(found: Found) -> Found:
    """Keep the longest of overlapping phrases, then the leftmost, then the contiguous."""
    if not len(found.start):
        return found
    order = np.argsort(found.start, kind="stable")
    found = Found(found.start[order], found.length[order], found.particle[order], found.key[order])
    last = np.maximum(found.start + found.length - 1, found.particle)
    reach = np.maximum.accumulate(last)
    # A phrase is alone if none before it reaches it, and it reaches none behind it.
    reached = np.append(False, found.start[1:] <= reach[:-1])
    alone = ~reached & ~np.append(reached[1:], False)
    kept = alone.copy()
    crowded = np.flatnonzero(~alone)
    if len(crowded):
        kept[crowded[_best(found, crowded)]] = True
    return Found(found.start[kept], found.length[kept], found.particle[kept], found.key[kept])


def _best(found: Found, some: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which of some phrases to keep, as indices into `some`.

    In rounds: a phrase is kept if it is the best of all that want one of its tokens; what overlaps a kept one
    is out. Phrases overlap in short chains, so there are few rounds.
    """
    start, length, particle, key = (
        column[some] for column in (found.start, found.length, found.particle, found.key)
    )
    order = np.lexsort((key, particle >= 0, start, -(length + (particle >= 0))))
    start, length, particle = start[order], length[order], particle[order]
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
    chosen: NDArray[np.int64] = order[kept]
    return chosen
