"""Which words tell how good an inflector is, when they are not to be learned from?

Those of a development file, if there is one. Else a tenth of the words, where there are many. Where they are
few, none can be spared: they are divided into folds, and for each fold a network is trained that sees all the
others. What these get right of it, together over the folds, opens the gate of networks that learned from all
(cross-fitting). These are several, and know more words than those of the folds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.adaptation.transducer import TransducerSettings
    from lexexpand.morphology.learned.walks import Triple

HELD = 0.1
"""Share of the lemmas that is held out where there are many."""
ENOUGH_LEMMAS, ENOUGH_TRIPLES = 40, 300
"""What a tenth must have to open a gate; where it has less, folds."""
LEAST = 20
"""Lemmas below which nothing can be told."""
MOST_TRIPLES, MOST_HELD = 60_000, 3_000


@dataclass(frozen=True, slots=True)
class Division:
    """What networks learn from, and what they are tested on.

    Attributes:
        parts: triples to train on: first those of the networks that answer, then those of each fold.
        held: triples of other lemmas, for each part; none for the first where there are folds.
    """

    parts: list[list[Triple]]
    held: list[list[Triple]]

    @property
    def train(self) -> list[Triple]:
        """What the networks learn from that answer."""
        return self.parts[0]


def divide(triples: Sequence[Triple], dev: Sequence[Triple] | None, settings: TransducerSettings) -> Division:
    """Triples to train on, and of lemmas that these do not have.

    Raises:
        DataError: nothing is left to train on.
    """
    seed = settings.seed
    if dev is not None:
        return _division(triples, {lemma for lemma, _, _ in dev}, dev, seed)
    lemmas = np.random.default_rng(seed).permutation(sorted({lemma for lemma, _, _ in triples})).tolist()
    held = set(lemmas[: round(HELD * len(lemmas))])
    tenth = [triple for triple in triples if triple[0] in held]
    if len(held) >= ENOUGH_LEMMAS and len(tenth) >= ENOUGH_TRIPLES:
        return _division(triples, held, tenth, seed)
    found = _division(triples, set(), [], seed)
    if len(lemmas) < LEAST or settings.folds < 2:
        return found
    for number in range(settings.folds):
        held = set(lemmas[number :: settings.folds])
        fold = _division(found.train, held, [triple for triple in found.train if triple[0] in held], seed)
        found.parts.append(fold.parts[0])
        found.held.append(fold.held[0])
    return found


def some(triples: Sequence[Triple], most: int, seed: int) -> list[Triple]:
    """At most so many, drawn at random, in their order."""
    if len(triples) <= most:
        return list(triples)
    rows = np.sort(np.random.default_rng(seed).permutation(len(triples))[:most])
    return [triples[row] for row in rows.tolist()]


def _division(triples: Sequence[Triple], without: set[str], held: Sequence[Triple], seed: int) -> Division:
    train = some([triple for triple in triples if triple[0] not in without], MOST_TRIPLES, seed)
    if not train:
        raise DataError("no triple can be learned from: all are held out, empty or too long")
    return Division([train], [some(held, MOST_HELD, seed)])
