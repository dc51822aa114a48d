"""Task training: gold of the source language and pseudo-labelled text of the target, in turns.

Each head's loss is the cross-entropy over its labelled words (at their first piece) or sentences, each
weighted by its sentence's weight. Weights are divided by their source's mean: they say which sentences of a
source count, the share of gold says how much the source does. The language adapter, where there is one, is
active and frozen.
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from lexexpand.adaptation.cut import cut_to, mapped
from lexexpand.adaptation.examples import IGNORED
from lexexpand.adaptation.loop import Job, Loss, fit
from lexexpand.adaptation.measure import dev_score
from lexexpand.adaptation.mixture import Mixture
from lexexpand.errors import DataError
from lexexpand.model.lora import LoraSpec
from lexexpand.model.pieces import collate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.adaptation.examples import Examples
    from lexexpand.adaptation.run import RunFolder, TrainRecord
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task
    from lexexpand.progress import MakeProgress


def train_task(
    network: Network,
    task: Task,
    gold: Examples,
    pseudo: Sequence[Examples],
    dev: Examples | None,
    config: AdaptConfig,
    run: RunFolder,
    progress: MakeProgress | None = None,
    more_gold: Sequence[Examples] = (),
) -> TrainRecord:
    """Train a task on top of what the network has; it is added if the network has it not.

    Args:
        network: left with the task active, in evaluation mode.
        task: with its labels.
        gold: of the source language.
        pseudo: of the target languages; equal parts of what gold leaves. Without any: zero-shot.
        dev: word-translated development data of the source; chooses the step that is kept. None: the last.
        config: the settings.
        run: its folder; a killed run goes on from there, a finished one is read.
        progress: makes the bar.
        more_gold: of other source languages; they and `gold` share what is gold's in equal parts.

    Raises:
        ConfigError: The folder holds another run.
        DataError: There is nothing to learn from, data of another task, or the loss is no longer a number.
    """
    sources = [gold, *more_gold, *pseudo]
    for examples in [*sources, *([dev] if dev else [])]:
        if examples.task != task:
            raise DataError(f"task {task.name}: data of another task, or with other labels: encode them anew")
    start = start_digest(network, task.name)
    if task.name not in network.tasks:
        torch.manual_seed(config.seed)  # the heads and the adapter start at random
        network.add_task(task, _spec(config))
    looked = None if dev is None else _some(dev, config)
    train = "full" if config.tune == "full" else "task"
    network.activate(task.name, train)
    texts = [examples.text for examples in [*sources, *([looked] if looked else [])]]
    digest = _digest(network, start, sources, looked, config)
    with cut_to(network, texts, config.trim and config.tune == "full") as trimmed:
        read = [replace(examples, text=mapped(examples.text, trimmed)) for examples in sources]
        network.activate(task.name, train)
        job = Job(
            f"task {task.name}",
            digest,
            config.task_steps,
            network,
            _batches(read, 1 + len(more_gold), config),
            _loss(network, task, read),
            None if looked is None else _dev(network, replace(looked, text=mapped(looked.text, trimmed))),
        )
        record = fit(job, config, run, progress)
    network.activate(task.name, None)
    return record


def _spec(config: AdaptConfig) -> LoraSpec | None:
    return None if config.tune == "full" else LoraSpec(r=config.r, alpha=config.alpha)


def _some(dev: Examples, config: AdaptConfig) -> Examples:
    """As many of the development sentences as are looked at, drawn by the seed, in their order."""
    if len(dev) <= config.dev_sentences or not config.dev_sentences:
        return dev
    drawn = np.random.default_rng(config.seed).choice(len(dev), config.dev_sentences, replace=False)
    return dev.select(sorted(drawn.tolist()))


def _digest(
    network: Network, start: str, sources: Sequence[Examples], dev: Examples | None, config: AdaptConfig
) -> str:
    """Of everything that the result depends on: another one is another run."""
    told = [
        "task",
        network.base.digest,
        [examples.digest for examples in sources],
        None if dev is None else dev.digest,
        config.digest,
        start,
    ]
    return sha256(json.dumps(told).encode()).hexdigest()


def start_digest(network: Network, task: str) -> str:
    """Of the weights that a task's training begins with: what was trained or loaded before."""
    whole = sha256()
    for name, part in network.parts().items():
        if name in {"language", "encoder", f"task:{task}", f"heads:{task}"}:
            for key in sorted(part):
                whole.update(f"{name} {key}".encode())
                whole.update(part[key].contiguous().numpy().tobytes())
    return whole.hexdigest()


def _batches(
    sources: Sequence[Examples], golden: int, config: AdaptConfig
) -> Callable[[int], Iterator[tuple[int, list[int]]]]:
    """The first `golden` sources share the gold's part, the others the rest."""
    others = len(sources) - golden
    gold = config.gold_ratio if others else 1.0
    shares = [gold / golden] * golden + [(1 - gold) / max(1, others)] * others
    mixture = Mixture(
        [examples.text.lengths.tolist() for examples in sources], shares, config.task_tokens, config.seed
    )
    return mixture.steps


def _dev(network: Network, dev: Examples) -> Callable[[], float]:
    pieces = [dev.text.pieces(i) for i in range(len(dev))]
    return lambda: dev_score(network, dev, pieces)


def _loss(
    network: Network, task: Task, sources: Sequence[Examples]
) -> Callable[[tuple[int, list[int]]], Loss]:
    means = [float(examples.weight.mean()) if len(examples) else 1.0 for examples in sources]

    def loss(batch: tuple[int, list[int]]) -> Loss:
        source, rows = batch
        examples = sources[source]
        pieces = [examples.text.pieces(row) for row in rows]
        ids, mask = collate(pieces, network.pad)
        scores = network.logits(task.name, ids, mask)
        weight = torch.from_numpy(examples.weight[rows] / means[source]).to(network.device)  # (B,)
        total = torch.zeros((), device=network.device)
        for head in task.heads:
            if head.level == "token":
                targets = torch.from_numpy(token_targets(examples, head.name, rows, ids.shape[1]))
            else:
                targets = torch.from_numpy(examples.targets[head.name][rows].astype(np.int64))
            total = total + _weighted(scores[head.name], targets.to(network.device), weight)
        return Loss(total, ids.numel())

    return loss


def token_targets(examples: Examples, head: str, rows: Sequence[int], width: int) -> np.ndarray:
    """Targets (B, T) int64 at the first piece of each word; -100 elsewhere."""
    text, values = examples.text, examples.targets[head]
    table = np.full((len(rows), width), IGNORED, np.int64)
    for place, row in enumerate(rows):
        start, end = text.word_offsets[row : row + 2]
        first = text.first[start:end]
        there = first >= 0
        table[place, first[there]] = values[start:end][there]
    return table


def _weighted(scores: torch.Tensor, targets: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Cross-entropy of scores (B, T, L) or (B, L), each row weighted (B,), over the known targets."""
    labels = scores.shape[-1]
    each = functional.cross_entropy(
        scores.float().reshape(-1, labels), targets.reshape(-1), ignore_index=IGNORED, reduction="none"
    ).reshape(targets.shape)  # (B, T) or (B,), 0 where ignored
    known = (targets != IGNORED).sum().clamp(min=1)
    if each.ndim == 2:
        weight = weight.unsqueeze(-1)
    return (each * weight).sum() / known
