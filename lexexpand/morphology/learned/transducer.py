"""The network that walks along a lemma, read with numpy alone.

A bidirectional LSTM reads the lemma beside the bundle; another takes an action at a time, seeing the state of
the letter where it stands, the action before, and the bundle. That the network looks at one known letter
instead of attending to all is what lets it learn from a few hundred lemmas (hard monotonic attention, Aharoni
& Goldberg 2017). Trained in `lexexpand.adaptation.transducer`; several networks of different seeds walk
together on the mean of their probabilities.

Every product is one of a batch's rows with a matrix. With batches of one size a request therefore has the
same bits whatever else is in its batch, so that a gate never opens in one process and not in another.

Shapes: B requests, T letters of the longest lemma with its stop, A actions, F features, H states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned.actions import BEGIN, COPY, PAD, PASS, STOP, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Ints = NDArray[np.int64]

WEIGHTS = (
    "letters", "features", "actions",
    "forth.in", "forth.state", "forth.bias", "back.in", "back.state", "back.bias",
    "walk.in", "walk.state", "walk.bias", "out.weight", "out.bias",
)  # fmt: skip
"""Names of the arrays of one network. Gates of an LSTM lie in torch's order: input, forget, cell, output."""

MOST = 3
"""A walk takes at most this times the letters of the lemma, and `SPARE` actions more."""
SPARE = 30


@dataclass(frozen=True, slots=True)
class Walks:
    """What networks did with a batch.

    Attributes:
        actions: (B, A), filled with PAD.
        logs: (networks, B) logarithm of the probability that each network gives the whole walk.
        weakest: (B,) least probability of an action.
        stopped: (B,) whether the walk came to its end.
    """

    actions: Ints
    logs: Floats
    weakest: Floats
    stopped: NDArray[np.bool_]

    def first(self, count: int) -> Walks:
        """Those of the first requests."""
        return Walks(self.actions[:count], self.logs[:, :count], self.weakest[:count], self.stopped[:count])


class Transducer:
    """Networks that walk together.

    Args:
        networks: arrays of each by the names of `WEIGHTS`.
    """

    def __init__(self, networks: Sequence[Mapping[str, Floats]]) -> None:
        self._networks = [
            {name: np.ascontiguousarray(n[name], np.float32) for name in WEIGHTS} for n in networks
        ]

    def walk(self, lemmas: Ints, sizes: Ints, features: Floats) -> Walks:
        """The likeliest action at each step, until all have stopped.

        Args:
            lemmas: (B, T) numbers of letters, a STOP behind each lemma, then PAD.
            sizes: (B,) letters of each lemma with its STOP.
            features: (B, F), 1 where a bundle has the feature.
        """
        rows, last = np.arange(len(lemmas)), sizes - 1
        walkers = [_Walker(weights, lemmas, sizes, features) for weights in self._networks]
        place, action = np.zeros(len(lemmas), np.int64), np.full(len(lemmas), BEGIN)
        logs = np.zeros((len(walkers), len(lemmas)), np.float32)
        weakest = np.ones(len(lemmas), np.float32)
        going = np.ones(len(lemmas), bool)
        stopped = np.zeros(len(lemmas), bool)
        limit = MOST * sizes + SPARE
        taken: list[Ints] = []
        while going.any():
            scores = np.stack([walker.step(rows, place, action) for walker in walkers])  # (networks, B, A)
            ended = place >= last
            scores[:, :, [PAD, BEGIN, UNKNOWN]] = -np.inf
            scores[:, ended[:, None] & _is(scores, COPY, PASS)] = -np.inf
            scores[:, ~ended[:, None] & _is(scores, STOP)] = -np.inf
            told = _log_softmax(scores)
            mean = np.exp(told).mean(axis=0)
            action = np.where(going, mean.argmax(axis=1), PAD)
            chosen = told[:, rows, action]
            logs += np.where(going, chosen, 0)
            weakest = np.where(going, np.minimum(weakest, mean[rows, action]), weakest)
            taken.append(action)
            place = np.minimum(place + ((action == COPY) | (action == PASS)), last)
            stopped |= action == STOP
            going &= (action != STOP) & (len(taken) < limit)
        return Walks(np.stack(taken, axis=1), logs, weakest, stopped)


class _Walker:
    """One network on one batch."""

    def __init__(self, weights: Mapping[str, Floats], lemmas: Ints, sizes: Ints, features: Floats) -> None:
        self._weights = weights
        self._bundle = np.tanh(features @ weights["features"].T)
        wide = np.broadcast_to(self._bundle[:, None], (*lemmas.shape, self._bundle.shape[1]))
        read = np.concatenate([weights["letters"][lemmas], wide], axis=-1)
        self._states = np.concatenate(
            [_read(weights, "forth", read, sizes, 1), _read(weights, "back", read, sizes, -1)], axis=-1
        )
        width = weights["walk.state"].shape[1]
        self._hidden = np.zeros((len(lemmas), width), np.float32)
        self._cell = np.zeros((len(lemmas), width), np.float32)

    def step(self, rows: Ints, place: Ints, action: Ints) -> Floats:
        """Scores of the next actions (B, A) from where each walk stands."""
        weights = self._weights
        here = self._states[rows, place]
        seen = np.concatenate([here, weights["actions"][action], self._bundle], axis=-1)
        gates = seen @ weights["walk.in"].T + weights["walk.bias"] + self._hidden @ weights["walk.state"].T
        self._hidden, self._cell = _lstm(gates, self._cell)
        joined = np.concatenate([self._hidden, here], axis=-1)
        scores: Floats = joined @ weights["out.weight"].T + weights["out.bias"]
        return scores


def _read(weights: Mapping[str, Floats], name: str, read: Floats, sizes: Ints, way: int) -> Floats:
    """An LSTM over the letters, forth (1) or back (-1): (B, T, I) -> (B, T, H), zeros behind each lemma."""
    into, recurrent = weights[f"{name}.in"].T, weights[f"{name}.state"].T
    hidden = np.zeros((len(read), recurrent.shape[0]), np.float32)
    cell = np.zeros_like(hidden)
    states = np.zeros((*read.shape[:2], recurrent.shape[0]), np.float32)
    for place in range(read.shape[1])[::way]:
        inside = (place < sizes)[:, None]
        gates = read[:, place] @ into + weights[f"{name}.bias"] + hidden @ recurrent
        new, kept = _lstm(gates, cell)
        hidden, cell = np.where(inside, new, hidden), np.where(inside, kept, cell)
        states[:, place] = np.where(inside, new, 0)
    return states


def _lstm(gates: Floats, cell: Floats) -> tuple[Floats, Floats]:
    """Hidden and cell state from the sums at the gates (B, 4 H)."""
    into, forget, new, out = np.split(gates, 4, axis=-1)
    cell = _sigmoid(forget) * cell + _sigmoid(into) * np.tanh(new)
    return _sigmoid(out) * np.tanh(cell), cell


def _sigmoid(x: Floats) -> Floats:
    made: Floats = 0.5 * np.tanh(0.5 * x) + 0.5  # no overflow
    return made


def _is(scores: Floats, *actions: int) -> NDArray[np.bool_]:
    """(1, A): which columns are these actions."""
    return np.isin(np.arange(scores.shape[-1]), actions)[None]


def _log_softmax(scores: Floats) -> Floats:
    top = scores - scores.max(axis=-1, keepdims=True)
    told: Floats = top - np.log(np.exp(top).sum(axis=-1, keepdims=True))
    return told
