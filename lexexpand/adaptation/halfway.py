"""Gold alone first, then all that there is; then the weights half way between the two ends.

What text of the target teaches is known at the second end; what the base knew of other languages, and longer
training takes from it, is still there at the first. Half way between has both: WiSE-FT (Wortsman et al.
2022), which mixes a model with its fine-tuned self, and averages of checkpoints in cross-lingual transfer
(Schmidt et al. 2023). It costs no step. What it is worth, and for which tasks: `experiments/win`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lexexpand.adaptation.task import train_task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.adaptation.examples import Examples
    from lexexpand.adaptation.run import RunFolder, TrainRecord
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task
    from lexexpand.progress import MakeProgress

    Parts = Mapping[str, Mapping[str, torch.Tensor]]

FIRST = 5 / 7
"""The share of the steps that read gold alone: 200 of 280, as in the study."""


def train_halfway(
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
    """As `train_task`, in as many steps; the network is left half way between its two trainings.

    Without pseudo-labelled text the second goes on with gold.

    Raises:
        ConfigError: The folder holds another run.
        DataError: There is nothing to learn from, data of another task, or the loss is no longer a number.
    """
    first = round(config.task_steps * FIRST)
    if not 0 < first < config.task_steps:  # a step or none
        return train_task(network, task, gold, pseudo, dev, config, run, progress, more_gold)
    short = replace(config, task_steps=first)
    began = train_task(network, task, gold, (), dev, short, run / "gold", progress, more_gold)
    before = _of_task(network.parts(), task)
    rest = replace(config, task_steps=config.task_steps - first)
    ended = train_task(network, task, gold, pseudo, dev, rest, run / "rest", progress, more_gold)
    network.load_parts(half_way(before, _of_task(network.parts(), task)))
    return _joined(began, ended)


def half_way(before: Parts, after: Parts) -> dict[str, dict[str, torch.Tensor]]:
    """The mean of two states of the same parts; what only the second has stays as it is.

    Args:
        before, after: tensors by part and name, of equal shapes.
    """
    return {
        part: {
            name: (before[part][name] + value) / 2 if name in before.get(part, {}) else value
            for name, value in state.items()
        }
        for part, state in after.items()
    }


def _of_task(parts: Parts, task: Task) -> dict[str, Mapping[str, torch.Tensor]]:
    """What training this task changes: its adapter or the encoder, and its heads."""
    wanted = (f"task:{task.name}", f"heads:{task.name}", "encoder")
    return {name: parts[name] for name in wanted if name in parts}


def _joined(began: TrainRecord, ended: TrainRecord) -> TrainRecord:
    """The record of two trainings as of one."""
    steps = began.steps
    return replace(
        ended,
        name=f"{ended.name}, half way",
        steps=steps + ended.steps,
        losses=[*began.losses, *((steps + step, loss) for step, loss in ended.losses)],
        dev=[*began.dev, *((steps + step, score) for step, score in ended.dev)],
        best_step=steps + ended.best_step,
        tokens=began.tokens + ended.tokens,
        seconds=began.seconds + ended.seconds,
    )
