"""Training of the transducer that inflects words no table has (`lexexpand.morphology.learned`).

Teacher forcing along the walks that the alignment gives: each step is told the right action before it, so a
batch of walks is one pass of two LSTMs. Updates are counted, not epochs: 10,000 triples take the minutes of
60,000. Networks of several seeds, and of folds where words are few, are trained side by side, a core each.
"""

from __future__ import annotations

import math
import os
from concurrent.futures import FIRST_EXCEPTION, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import rnn

from lexexpand.errors import DataError
from lexexpand.morphology.learned.actions import BEGIN, PAD, UNKNOWN
from lexexpand.processes import interrupts_held, leave_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.learned.walks import Walkable
    from lexexpand.progress import MakeProgress, Progress

_TOLD_EVERY = 0.5  # seconds
_POOL = 32
"""Batches whose examples are sorted by length together."""


@dataclass(frozen=True, slots=True)
class TransducerSettings:
    """How networks are built and trained.

    Attributes:
        members: networks of different seeds.
        updates: batches that each one sees, at most.
        epochs: times that a walk is seen, at most, but for `least` updates.
        least: updates of a network, at least.
        batch: walks of a batch.
        rate: peak learning rate (AdamW); up over the first twentieth, down as a cosine.
        letter: size of a letter's and an action's vector, and of the bundle's.
        reader: states of the reading LSTM, each way.
        walker: states of the walking LSTM.
        dropout: of letters' vectors, states and the walker's output.
        unknown: share of the letters of lemmas that are hidden in training.
        decay: of weights.
        fill: fewer triples than this are filled up to it with hallucinated stems.
        folds: parts into which words are divided where they are few; see `heldout`.
    """

    members: int = 2
    updates: int = 4000
    epochs: int = 13
    least: int = 800
    batch: int = 32
    rate: float = 4e-3
    letter: int = 64
    reader: int = 128
    walker: int = 256
    dropout: float = 0.3
    unknown: float = 0.01
    decay: float = 1e-4
    fill: int = 4000
    folds: int = 2
    seed: int = 13

    def of_a_fold(self) -> TransducerSettings:
        """For networks that only tell how good those that answer are.

        One, for time: two agree less on what is wrong, so that the gate errs towards silence. Trained as long
        as those: the longer a network was trained the surer it is, of what is wrong too.
        """
        return replace(self, members=1)

    def updates_of(self, triples: int) -> int:
        """Batches that a network sees of so many triples."""
        return min(self.updates, max(self.least, self.epochs * triples // self.batch))


FULL = TransducerSettings()
FAST = TransducerSettings(members=1, updates=1300)


class TransducerNetwork(nn.Module):
    """What `lexexpand.morphology.learned.transducer` reads, with gradients."""

    def __init__(self, letters: int, features: int, settings: TransducerSettings) -> None:
        super().__init__()
        size, reader = settings.letter, settings.reader
        self.letters = nn.Embedding(letters, size)
        self.features = nn.Linear(features, size, bias=False)
        self.actions = nn.Embedding(letters, size)
        self.reader = nn.LSTM(2 * size, reader, bidirectional=True)
        self.walker = nn.LSTM(2 * reader + 2 * size, settings.walker)
        self.out = nn.Linear(settings.walker + 2 * reader, letters)
        self.dropout = nn.Dropout(settings.dropout)

    def forward(
        self,
        lemmas: torch.Tensor,
        sizes: torch.Tensor,
        features: torch.Tensor,
        places: torch.Tensor,
        before: torch.Tensor,
    ) -> torch.Tensor:
        """Scores of the actions (A, B, letters) of lemmas (T, B) at places (A, B) after actions (A, B).

        Time comes first: on a processor the LSTMs take two thirds of the time that they take the other way.
        """
        bundle = torch.tanh(self.features(features))  # (B, size)
        wide = bundle.expand(len(lemmas), -1, -1)
        read = self.dropout(torch.cat([self.letters(lemmas), wide], dim=-1))
        packed = rnn.pack_padded_sequence(read, sizes, enforce_sorted=False)
        states, _ = rnn.pad_packed_sequence(self.reader(packed)[0])
        states = self.dropout(states)
        here = states.gather(0, places.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
        told = bundle.expand(len(before), -1, -1)
        walked, _ = self.walker(torch.cat([here, self.dropout(self.actions(before)), told], dim=-1))
        scores: torch.Tensor = self.out(torch.cat([self.dropout(walked), here], dim=-1))
        return scores

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The weights by the names of `transducer.WEIGHTS`; torch's two biases of a gate in one."""
        found: dict[str, torch.Tensor] = {
            "letters": self.letters.weight,
            "features": self.features.weight,
            "actions": self.actions.weight,
            "out.weight": self.out.weight,
            "out.bias": self.out.bias,
        }
        for name, lstm, end in (
            ("forth", self.reader, ""),
            ("back", self.reader, "_reverse"),
            ("walk", self.walker, ""),
        ):
            found[f"{name}.in"] = getattr(lstm, f"weight_ih_l0{end}")
            found[f"{name}.state"] = getattr(lstm, f"weight_hh_l0{end}")
            found[f"{name}.bias"] = getattr(lstm, f"bias_ih_l0{end}") + getattr(lstm, f"bias_hh_l0{end}")
        return {name: value.detach().numpy().astype(np.float32) for name, value in found.items()}


def train_transducers(
    tasks: Sequence[tuple[Walkable, TransducerSettings]], progress: MakeProgress | None = None
) -> list[list[dict[str, NDArray[np.float32]]]]:
    """Networks of each task (data and settings), as many at a time as there are cores, a process each.

    Raises:
        DataError: there is nothing to learn from, or the loss is no longer a number.
    """
    if not all(len(data) for data, _ in tasks):
        raise DataError("no triple can be learned from: every one was left out")
    jobs = [(data, each, each.seed + n) for data, each in tasks for n in range(each.members)]
    updates = sum(each.updates_of(len(data)) for data, each, _ in jobs)
    bar = progress("inflector", updates, "update") if progress else None
    try:
        if len(jobs) == 1 or _cores() == 1:
            made = [_train(*job, bar.update if bar else None) for job in jobs]
        else:
            made = _side_by_side(jobs, bar)
    finally:
        if bar is not None:
            bar.close()
    left = iter(made)
    return [list(islice(left, each.members)) for _, each in tasks]


def _side_by_side(
    jobs: Sequence[tuple[Walkable, TransducerSettings, int]], bar: Progress | None
) -> list[dict[str, NDArray[np.float32]]]:
    context = get_context("spawn")
    count, told = context.Value("q", 0), 0
    workers = min(len(jobs), _cores())
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker, initargs=(count,))
    try:
        with interrupts_held():
            made = [pool.submit(_train, *job, _count) for job in jobs]
        while (state := wait(made, timeout=_TOLD_EVERY, return_when=FIRST_EXCEPTION)).not_done:
            for future in state.done:
                future.result()  # raises at once what one has raised, while others still work
            if bar is not None:
                bar.update(count.value - told)
                told = count.value
        return [future.result() for future in made]
    except BrokenProcessPool as error:
        raise DataError(
            "a training process died (out of memory, or killed): nothing was written. --fast needs less."
        ) from error
    finally:
        for process in list((pool._processes or {}).values()):  # nobody waits for the others' minutes
            process.terminate()
        pool.shutdown(cancel_futures=True)


_counted: Any = None


def _start_worker(count: Any) -> None:
    global _counted
    leave_with_parent()
    _counted = count


def _count(updates: int) -> None:
    with _counted.get_lock():
        _counted.value += updates


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _train(
    data: Walkable, settings: TransducerSettings, seed: int, tell: Callable[[int], object] | None = None
) -> dict[str, NDArray[np.float32]]:
    """One network, on one thread; torch's threads and chance are left as they were."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            return _trained(data, settings, np.random.default_rng(seed), tell)
    finally:
        torch.set_num_threads(threads)


def _trained(
    data: Walkable,
    settings: TransducerSettings,
    random: np.random.Generator,
    tell: Callable[[int], object] | None,
) -> dict[str, NDArray[np.float32]]:
    network = TransducerNetwork(data.alphabet.size, len(data.features), settings)
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=settings.rate, weight_decay=settings.decay, fused=True
    )
    batches = _batches(data, settings.batch, random)
    updates = settings.updates_of(len(data))
    for update in range(updates):
        for group in optimiser.param_groups:
            group["lr"] = settings.rate * _share(update, updates)
        loss = _loss(network, data, next(batches), settings, random)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise DataError(f"the inflector's loss is {value} at update {update + 1}; lower its rate")
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        if tell is not None:
            tell(1)
    return network.arrays()


def _share(update: int, updates: int) -> float:
    rising = max(1, updates // 20)
    return min(1.0, (update + 1) / rising) * 0.5 * (1 + math.cos(math.pi * update / updates))


def _loss(
    network: TransducerNetwork,
    data: Walkable,
    rows: NDArray[np.int64],
    settings: TransducerSettings,
    random: np.random.Generator,
) -> torch.Tensor:
    sizes, steps = data.sizes[rows], data.steps[rows]
    lemmas = data.lemmas[rows, : sizes.max()].astype(np.int64)
    hidden = random.random(lemmas.shape) < settings.unknown
    hidden &= np.arange(lemmas.shape[1]) < sizes[:, None] - 1  # the stop stays
    lemmas[hidden] = UNKNOWN
    taken = torch.from_numpy(data.actions[rows, : steps.max()].astype(np.int64).T.copy())
    places = torch.from_numpy(data.places[rows, : steps.max()].astype(np.int64).T.copy())
    before = torch.cat([torch.full((1, len(rows)), BEGIN), taken[:-1]])
    scores = network(
        torch.from_numpy(lemmas.T.copy()),
        torch.from_numpy(sizes.astype(np.int64)),
        torch.from_numpy(data.bundles(rows)),
        places,
        before,
    )
    return functional.cross_entropy(scores.flatten(0, 1), taken.flatten(), ignore_index=PAD)


def _batches(data: Walkable, size: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Without end: examples of like length together, epoch after epoch."""
    while True:
        order = random.permutation(len(data))
        batches = []
        for start in range(0, len(order), size * _POOL):
            pool = order[start : start + size * _POOL]
            pool = pool[np.argsort(data.steps[pool], kind="stable")]
            batches += [pool[place : place + size] for place in range(0, len(pool), size)]
        for number in random.permutation(len(batches)):
            yield batches[number]
