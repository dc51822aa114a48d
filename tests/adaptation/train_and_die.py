"""A training in a process of its own, which the test kills: `python train_and_die.py RUN OUT [KILL_AT]`."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace

import torch
from safetensors.torch import save_file

from lexexpand.adaptation.config import AdaptConfig
from lexexpand.adaptation.examples import task_of
from lexexpand.adaptation.run import RunFolder
from lexexpand.adaptation.task import train_task
from tests.adaptation.conftest import encoded, rows, tiny


class Killer:
    """A progress bar that kills the process, as a full machine does."""

    def __init__(self, at: int) -> None:
        self.left = at

    def update(self, n: int = 1) -> None:
        self.left -= n
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def close(self) -> None:
        pass


def main(run: str, out: str, kill_at: int | None) -> None:
    torch.set_num_threads(1)
    network = tiny()
    task = task_of("pos", "pos", rows(40))
    config = AdaptConfig(
        r=4,
        alpha=8,
        task_steps=40,
        tokens=120,
        task_tokens=120,
        lr=5e-3,
        head_lr=2e-2,
        dev_every=7,
        checkpoint_every=10,
    )
    gold, pseudo, dev = (encoded(task, network, rows(n, seed)) for n, seed in ((40, 1), (30, 2), (20, 3)))
    bar = None if kill_at is None else (lambda *_: Killer(kill_at))
    pseudo = replace(pseudo, weight=torch.linspace(0.3, 1, 30).numpy())
    train_task(network, task, gold, [pseudo], dev, config, RunFolder(run), bar)  # type: ignore[arg-type]
    parts = network.parts()
    save_file({f"{part}/{name}": t for part in parts for name, t in parts[part].items()}, out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
