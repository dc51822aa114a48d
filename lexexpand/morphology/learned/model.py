"""A learned inflector: forms of words that no table has, and how sure it is of them.

    inflector = LearnedInflector.open(Path("inflectors/fao_Latn"))
    inflector.inflect_many([("tölva", "N;DEF;DAT;PL")])[0]       # Guess('tølvunum', 0.97, spoken=True)

Knows nothing but its own folder: no table, no pack, no cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned import letters
from lexexpand.morphology.learned.actions import UNKNOWN, Alphabet, spell
from lexexpand.morphology.learned.gate import PRECISION, Gate, Reliability
from lexexpand.morphology.learned.transducer import Transducer
from lexexpand.morphology.learned.walks import LONGEST, bundle_rows, features_of, letters_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

BATCH = 128
"""Rows of a batch: always as many, so that an answer does not depend on what else is asked."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A form, the probability that it is right, and whether that is enough."""

    form: str
    confidence: float
    spoken: bool


class LearnedInflector:
    """Networks, their letters and features, and the gate.

    Args:
        alphabet: letters that have numbers.
        features: columns of a bundle.
        networks: arrays by the names of `transducer.WEIGHTS`.
        split: whether characters are taken apart.
        gate: signals to confidence; None: it never speaks.
        reliability: forms of held-out lemmas, from which the gate's threshold follows.
        precision: at which it speaks; 0 lets every word through, right or not.
    """

    def __init__(
        self,
        alphabet: Alphabet,
        features: Sequence[str],
        networks: Sequence[Mapping[str, NDArray[np.float32]]],
        *,
        split: bool = True,
        gate: Gate | None = None,
        reliability: Reliability | None = None,
        precision: float = PRECISION,
    ) -> None:
        self.alphabet, self.features, self.is_split = alphabet, tuple(features), split
        self.gate, self.reliability = gate, reliability
        self._numbers = alphabet.numbers()
        self._known = frozenset(self.features)
        self._transducer = Transducer(networks)
        self.threshold = _threshold(reliability, precision) if gate else None

    def inflect_many(self, pairs: Sequence[tuple[str, str]]) -> list[Guess]:
        """Forms of (lemma, bundle) pairs, in their order.

        Each distinct pair is computed once. A lemma that is empty, longer than `LONGEST` or holds a control
        character is no word and comes back as it is, with confidence 0.
        """
        forms, signals, can = self.walk(pairs)
        confidence = np.zeros(len(pairs)) if self.gate is None else self.gate.confidence(signals)
        found = []
        for (lemma, _), form, sure, possible in zip(
            pairs, forms, confidence.tolist(), can.tolist(), strict=True
        ):
            if not possible or not form:
                found.append(Guess(lemma, 0.0, spoken=False))
            else:
                found.append(self.guess(form, sure))
        return found

    def guess(self, form: str, confidence: float) -> Guess:
        """A form with its confidence, gated."""
        return Guess(form, confidence, self.threshold is not None and confidence >= self.threshold)

    def walk(
        self, pairs: Sequence[tuple[str, str]]
    ) -> tuple[list[str], NDArray[np.float64], NDArray[np.bool_]]:
        """Forms, signals (N, 6), and which of the lemmas are words at all (N,)."""
        number: dict[tuple[str, str], int] = {}
        where = np.array([number.setdefault(pair, len(number)) for pair in pairs], np.int64)
        distinct = list(number)
        lemmas = [self.split(lemma) for lemma, _ in distinct]
        can = np.array(
            [
                lemma.isprintable() and 0 < len(s) <= LONGEST
                for (lemma, _), s in zip(distinct, lemmas, strict=True)
            ],
            bool,
        )
        forms, signals = [""] * len(distinct), np.zeros((len(distinct), 6))
        todo = sorted(np.flatnonzero(can).tolist(), key=lambda n: len(lemmas[n]))
        for start in range(0, len(todo), BATCH):
            rows = todo[start : start + BATCH]
            made, told = self._batch([lemmas[n] for n in rows], [distinct[n][1] for n in rows])
            signals[rows] = told
            for n, form in zip(rows, made, strict=True):
                forms[n] = form
        return [forms[n] for n in where], signals[where], can[where]

    def _batch(self, lemmas: Sequence[str], bundles: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
        spare = BATCH - len(lemmas)
        numbers, sizes = letters_of([*lemmas, *[lemmas[0]] * spare], self._numbers)
        asked = bundle_rows([*bundles, *[bundles[0]] * spare], self.features)
        walks = self._transducer.walk(numbers.astype(np.int64), sizes, asked).first(len(lemmas))
        numbers = numbers[: len(lemmas)]
        forms = [
            spell(lemma, taken, self.alphabet)
            for lemma, taken in zip(lemmas, walks.actions.tolist(), strict=True)
        ]
        unknown = [sum(f not in self._known for f in features_of(bundle)) for bundle in bundles]
        signals = np.stack(
            [
                walks.logs.mean(axis=0),
                walks.logs.min(axis=0),
                walks.logs.max(axis=0) - walks.logs.min(axis=0),
                np.log(np.maximum(walks.weakest, 1e-9)),
                np.array(unknown),
                (numbers == UNKNOWN).sum(axis=1),
            ],
            axis=1,
        ).astype(np.float64)
        return [self.join(form) for form in forms], signals

    def split(self, word: str) -> str:
        """A word with its letters taken apart, if that is how this language is read."""
        return letters.split(word) if self.is_split else word

    def join(self, word: str) -> str:
        """The inverse of `split`."""
        return letters.join(word) if self.is_split else word


def _threshold(reliability: Reliability | None, precision: float) -> float | None:
    if precision <= 0:
        return 1e-9  # what is no word at all has confidence 0
    return None if reliability is None else reliability.threshold(precision)
