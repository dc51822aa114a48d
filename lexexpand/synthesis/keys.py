"""The lexicon as synthesis looks it up: one-word keys by exact and folded form, longer keys in a trie.

A key is the source side of an entry cut by the same tokeniser as the text, so that "don't" (two tokens) and
"o'clock" meet the text as it is cut.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lexexpand.lexicon.entry import Entry


@dataclass(frozen=True, slots=True)
class Trie:
    """Keys of two words and more, for matching many positions at once.

    Words are numbered from 1; node 0 is the root. A transition is looked up by binary search for
    `node * (words + 1) + word` in `edges`.
    """

    words: dict[str, int]
    first: NDArray[np.int64]
    """(words + 1,): the node after one word from the root, 0 where no key starts with it."""
    edges: NDArray[np.int64]
    children: NDArray[np.int64]
    key: NDArray[np.int64]
    """(nodes,): the key that ends at a node, -1 where none does."""
    longest: int

    def step(self, node: NDArray[np.int64], word: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,), (n,) -> (n,): the next node, 0 where there is no transition."""
        wanted = node.astype(np.int64) * (len(self.words) + 1) + word
        if not len(self.edges):
            return np.zeros(len(node), np.int64)
        at = np.minimum(np.searchsorted(self.edges, wanted), len(self.edges) - 1)
        found: NDArray[np.int64] = np.where((self.edges[at] == wanted) & (word > 0), self.children[at], 0)
        return found.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Keys:
    """The index of one lexicon."""

    exact: dict[str, list[int]] = field(default_factory=dict)
    folded: dict[str, list[int]] = field(default_factory=dict)
    phrases: list[tuple[str, ...]] = field(default_factory=list)
    """Multiword keys, folded; the trie's key number is the index."""
    phrase_entries: list[list[int]] = field(default_factory=list)
    trie: Trie | None = None

    def exact_array(self) -> pa.Array:
        """The one-word keys as written, for `index_in`."""
        return pa.array(list(self.exact), pa.string())

    def folded_array(self) -> pa.Array:
        """The one-word keys in lower case, for `index_in`."""
        return pa.array(list(self.folded), pa.string())


def build_keys(
    entries: Sequence[Entry],
    sources: Sequence[tuple[str, ...]],
    clitics: Mapping[str, str] | None = None,
) -> Keys:
    """Index entries.

    Args:
        entries: of the lexicon.
        sources: the token tuples of their source sides (same length).
        clitics: what a clitic of a phrase may stand for: "don't" is found as "do not" too.
    """
    whole = clitics or {}
    exact: dict[str, list[int]] = {}
    folded: dict[str, list[int]] = {}
    phrases: dict[tuple[str, ...], list[int]] = {}
    for index, words in enumerate(sources):
        if len(words) == 1:
            exact.setdefault(words[0], []).append(index)
            folded.setdefault(words[0].lower(), []).append(index)
        elif words:
            written = tuple(word.lower() for word in words)
            for key in dict.fromkeys((written, tuple(whole.get(word, word) for word in written))):
                phrases.setdefault(key, []).append(index)
    return Keys(exact, folded, list(phrases), list(phrases.values()), _build_trie(list(phrases)))


def _build_trie(phrases: Sequence[tuple[str, ...]]) -> Trie | None:
    if not phrases:
        return None
    words: dict[str, int] = {}
    nodes: dict[tuple[int, int], int] = {}
    ends: dict[int, int] = {}
    for key, phrase in enumerate(phrases):
        node = 0
        for word in phrase:
            number = words.setdefault(word, len(words) + 1)
            node = nodes.setdefault((node, number), len(nodes) + 1)
        ends[node] = key
    first = np.zeros(len(words) + 1, np.int64)
    base = len(words) + 1
    pairs = sorted((parent * base + number, child) for (parent, number), child in nodes.items() if parent)
    for (parent, number), child in nodes.items():
        if parent == 0:
            first[number] = child
    key_of = np.full(len(nodes) + 1, -1, np.int64)
    for end, key in ends.items():
        key_of[end] = key
    return Trie(
        words=words,
        first=first,
        edges=np.array([edge for edge, _ in pairs], np.int64),
        children=np.array([child for _, child in pairs], np.int64),
        key=key_of,
        longest=max(map(len, phrases)),
    )
