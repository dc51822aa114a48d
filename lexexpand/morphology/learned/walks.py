"""Triples as arrays: what the transducer is trained on, and how requests are put to it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned.actions import PAD, STOP, UNKNOWN, Alphabet, actions
from lexexpand.morphology.learned.align import align

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.learned.align import Step

    Triple = tuple[str, str, str]
    Paths = dict[tuple[str, str], list[Step]]

LONGEST = 100
"""Letters of a word that is learned from or inflected; a longer one is no word."""
LONGEST_BUNDLE = 500
_OUTER = re.compile(r";(?![^()]*\))")
_INNER = re.compile(r"[;,]")
_NOT_IN_WORDS = ("Cc", "Cs", "Zl", "Zp")


def features_of(bundle: str) -> list[str]:
    """The features of a bundle; those in brackets with what stands before: `NOM(1,SG)` has `NOM(1`."""
    found = []
    for part in _OUTER.split(bundle):
        name, bracket, inner = part.partition("(")
        found.append(name)
        if bracket:
            found += [f"{name}({each}" for each in _INNER.split(inner.rstrip(")"))]
    return found


def is_word(word: str) -> bool:
    """Whether something can be inflected or learned from: not empty, not too long, no control character."""
    if not 0 < len(word) <= LONGEST:
        return False
    return word.isprintable() or not any(unicodedata.category(c) in _NOT_IN_WORDS for c in word)


def is_bundle(bundle: str) -> bool:
    """Whether something can be a bundle of features."""
    return 0 < len(bundle) <= LONGEST_BUNDLE


@dataclass(frozen=True, slots=True)
class Walkable:
    """Walks to learn from.

    Attributes:
        alphabet: letters with numbers.
        features: names, in the order of the columns.
        lemmas: (N, T) numbers of letters, a STOP behind each lemma, then PAD.
        sizes: (N,) letters with the STOP.
        actions, places: (N, A) each action, and the letter of the lemma before which it is taken.
        steps: (N,) actions.
        feature_ids: (N, K) columns of the features of each bundle, filled with -1.
    """

    alphabet: Alphabet
    features: tuple[str, ...]
    lemmas: NDArray[np.int32]
    sizes: NDArray[np.int64]
    actions: NDArray[np.int32]
    places: NDArray[np.int32]
    steps: NDArray[np.int64]
    feature_ids: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.sizes)

    def bundles(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(B, F): 1 where the bundle has the feature."""
        return _spread(self.feature_ids[rows], len(self.features))


def paths_of(triples: Sequence[Triple]) -> Paths:
    """The alignment of each lemma and form."""
    pairs = sorted({(lemma, form) for lemma, _, form in triples})
    return dict(zip(pairs, align(pairs), strict=True))


def walkable(triples: Sequence[Triple], paths: Paths | None = None) -> Walkable:
    """Walks of (lemma, bundle, form), letters split already; those that cannot be walked are left out."""
    paths = paths_of(triples) if paths is None else paths
    alphabet = Alphabet.of(triples)
    numbers = alphabet.numbers()
    walks = {pair: actions(path, numbers) for pair, path in paths.items()}
    kept = [
        (lemma, bundle, walk) for lemma, bundle, form in triples if (walk := walks[lemma, form]) is not None
    ]
    features = tuple(sorted({name for _, bundle, _ in kept for name in features_of(bundle)}))
    lemmas, sizes = letters_of([lemma for lemma, _, _ in kept], numbers)
    return Walkable(
        alphabet,
        features,
        lemmas,
        sizes,
        _padded([walk[0] for _, _, walk in kept], PAD),
        _padded([walk[1] for _, _, walk in kept], 0),
        np.array([len(walk[0]) for _, _, walk in kept], np.int64),
        feature_ids([bundle for _, bundle, _ in kept], features),
    )


def letters_of(lemmas: Sequence[str], numbers: dict[str, int]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Lemmas as numbers (B, T) with a STOP behind each, and their sizes with it (B,)."""
    rows = [[*(numbers.get(letter, UNKNOWN) for letter in lemma), STOP] for lemma in lemmas]
    return _padded(rows, PAD), np.array(list(map(len, rows)), np.int64)


def feature_ids(bundles: Sequence[str], features: Sequence[str]) -> NDArray[np.int32]:
    """Columns of the features of bundles (B, K), filled with -1; unknown features have none."""
    column = {name: n for n, name in enumerate(features)}
    made: dict[str, list[int]] = {}
    for bundle in bundles:
        if bundle not in made:
            made[bundle] = [column[name] for name in features_of(bundle) if name in column]
    return _padded([made[bundle] for bundle in bundles], -1)


def bundle_rows(bundles: Sequence[str], features: Sequence[str]) -> NDArray[np.float32]:
    """(B, F): 1 where the bundle has the feature."""
    return _spread(feature_ids(bundles, features), len(features))


def _spread(ids: NDArray[np.int32], width: int) -> NDArray[np.float32]:
    rows = np.zeros((len(ids), width + 1), np.float32)
    np.put_along_axis(rows, ids.astype(np.int64), 1, axis=1)  # -1 is the column that is cut off
    return rows[:, :width]


def _padded(rows: Sequence[Sequence[int]], fill: int) -> NDArray[np.int32]:
    table = np.full((len(rows), max(map(len, rows), default=0)), fill, np.int32)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return table
