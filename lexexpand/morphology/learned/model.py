"""A learned inflector: forms of words that no table has, and how sure it is of them.

    inflector, _ = open_model(Path("inflectors/fao_Latn"))             # lexexpand.morphology.learned.folder
    inflector.inflect_many([("telda", "N;DEF;DAT;PL")])[0]             # Guess('teldunum', 0.97, spoken=True)

Knows nothing but what its own folder holds: no table, no pack, no cache.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned import letters
from lexexpand.morphology.learned.actions import UNKNOWN, spell
from lexexpand.morphology.learned.gate import PRECISION, SIGNALS, certainty, probability
from lexexpand.morphology.learned.transducer import Transducer
from lexexpand.morphology.learned.walks import bundle_rows, features_of, is_bundle, is_word, letters_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.learned.actions import Alphabet
    from lexexpand.morphology.learned.gate import Gate, Reliability

BATCH = 128
"""Rows of a batch: always as many, so that an answer does not depend on what else is asked."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A form, the probability that it is right, and whether that is enough."""

    form: str
    confidence: float
    spoken: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What networks were trained on, and how their numbers are meant.

    Attributes:
        alphabet: letters that have numbers.
        features: columns of a bundle.
        bundles: those that were trained.
        split: whether characters are taken apart.
    """

    alphabet: Alphabet
    features: tuple[str, ...]
    bundles: tuple[str, ...]
    split: bool = True


class LearnedInflector:
    """Networks and a gate.

    Args:
        known: what they know.
        networks: arrays by the names of `transducer.WEIGHTS`.
        gate: signals to confidence; without it nothing is spoken, but for precision 0.
        reliability: forms of held-out lemmas, from which the gate's threshold follows.
        precision: at which it speaks; 0 lets every answer through, right or not.
    """

    def __init__(
        self,
        known: Known,
        networks: Sequence[Mapping[str, NDArray[np.float32]]],
        *,
        gate: Gate | None = None,
        reliability: Reliability | None = None,
        precision: float = PRECISION,
    ) -> None:
        self.known, self.gate, self.networks = known, gate, networks
        self.threshold = _threshold(gate, reliability, precision)
        self._numbers = known.alphabet.numbers()
        self._features = frozenset(known.features)
        self._bundles = frozenset(known.bundles)
        self._scripts = letters.scripts_of(known.alphabet.letters)
        self._transducer = Transducer(networks)

    def with_gate(self, gate: Gate) -> LearnedInflector:
        """The same networks with confidences; nothing is let through."""
        made = copy(self)
        made.gate = gate
        return made

    def inflect_many(self, pairs: Sequence[tuple[str, str]]) -> list[Guess]:
        """Forms of (lemma, bundle) pairs, in their order.

        Each distinct pair is computed once. What is no word (`walks.is_word`), has letters of a script that
        was never trained, or is asked for such a feature, comes back as it is, with confidence 0.
        """
        forms, signals, can = self.walk(pairs)
        # Without a gate the networks' own word has to do.
        sure = probability(signals[:, 0]) if self.gate is None else self.gate.confidence(signals)
        return [
            self.guess(form, confidence) if possible and form else Guess(lemma, 0.0, spoken=False)
            for (lemma, _), form, confidence, possible in zip(
                pairs, forms, sure.tolist(), can.tolist(), strict=True
            )
        ]

    def guess(self, form: str, confidence: float) -> Guess:
        """A form with its confidence, gated."""
        return Guess(form, confidence, self.threshold is not None and confidence >= self.threshold)

    def walk(
        self, pairs: Sequence[tuple[str, str]]
    ) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
        """Forms, signals (N, 6) by `gate.SIGNALS`, and which of the pairs can be answered (N,)."""
        number: dict[tuple[str, str], int] = {}
        where = np.array([number.setdefault(pair, len(number)) for pair in pairs], np.int64)
        distinct = list(number)
        can = np.array([self._can(lemma, bundle) for lemma, bundle in distinct], bool)
        forms, signals = [""] * len(distinct), np.zeros((len(distinct), len(SIGNALS)))
        lemmas = {n: self.split(distinct[n][0]) for n in np.flatnonzero(can).tolist()}
        todo = sorted(lemmas, key=lambda n: len(lemmas[n]))
        for start in range(0, len(todo), BATCH):
            rows = todo[start : start + BATCH]
            made, signals[rows], can[rows] = self._batch(
                [lemmas[n] for n in rows], [distinct[n][1] for n in rows]
            )
            for n, form in zip(rows, made, strict=True):
                forms[n] = form
        return [forms[n] for n in where], signals[where], can[where]

    def _can(self, lemma: str, bundle: str) -> bool:
        if not (is_word(lemma) and is_bundle(bundle) and self._features.issuperset(features_of(bundle))):
            return False
        if not letters.scripts_of(lemma) <= self._scripts:  # a Latin `a` among Cyrillic letters
            return False
        return not self.known.split or letters.are_kept([lemma])

    def _batch(
        self, lemmas: Sequence[str], bundles: Sequence[str]
    ) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
        """Forms, signals, and whether the walks came to an end; of at most `BATCH` requests."""
        spare = BATCH - len(lemmas)
        numbers, sizes = letters_of([*lemmas, *[lemmas[0]] * spare], self._numbers)
        asked = bundle_rows([*bundles, *[bundles[0]] * spare], self.known.features)
        walks = self._transducer.walk(numbers.astype(np.int64), sizes, asked).first(len(lemmas))
        forms = [
            spell(lemma, taken, self.known.alphabet)
            for lemma, taken in zip(lemmas, walks.actions.tolist(), strict=True)
        ]
        signals = [
            certainty(walks.logs.mean(axis=0)),
            certainty(walks.logs.min(axis=0)),
            certainty(np.log(np.maximum(walks.weakest, 1e-9))),
            -certainty(walks.logs.min(axis=0) - walks.logs.max(axis=0)),
            np.array([bundle not in self._bundles for bundle in bundles]),
            (numbers[: len(lemmas)] == UNKNOWN).sum(axis=1),
        ]
        # Rounded, so that the last bits of another processor's sums open no gate.
        told = np.stack(signals, axis=1).astype(np.float64).round(3)
        return [self.join(form) for form in forms], told, walks.stopped

    def split(self, word: str) -> str:
        """A word with its letters taken apart, if that is how this language is read."""
        return letters.split(word) if self.known.split else word

    def join(self, word: str) -> str:
        """The inverse of `split`."""
        return letters.join(word) if self.known.split else word


def _threshold(gate: Gate | None, reliability: Reliability | None, precision: float) -> float | None:
    if precision <= 0:
        return 1e-12  # what cannot be answered has confidence 0
    return None if gate is None or reliability is None else reliability.threshold(precision)
