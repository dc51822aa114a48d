"""What does cutting the word embedding to the pieces in use save? The embedded base in training, one thread.

Plain and cut training see the same batches from the same start. The loss tells whether they learn the same:
rows that no batch reads get no gradient, and only weight decay would move them.
"""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.measurement import Measurement
from benchmarks.peak import peak_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting

STEPS, TOKENS, SENTENCES = 8, 1000, 2000
WAYS = ("full, plain", "full, cut", "LoRA, plain", "LoRA, cut")


def run(setting: Setting) -> Iterator[Measurement]:
    """Tokens a second and peak memory of each way, in processes of their own; ratios."""
    text = setting.text(SENTENCES)
    signature = setting.signature(steps=STEPS, tokens=TOKENS, threads=1)
    found: dict[str, tuple[float, float, float]] = {}
    for way in WAYS:
        command = [sys.executable, "-m", "benchmarks.training", way, str(text), str(setting.base_file or "")]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-3:]
        speed, loss, peak = map(float, shown)
        found[way] = speed, loss, peak
        yield Measurement("training", way, speed, "tokens/s", signature)
        target = "<= 4 GB" if way != "full, plain" else ""
        yield Measurement("training", f"{way}: peak memory", peak / 1e9, "GB", signature, target)
    plain, cut = found["full, plain"], found["full, cut"]
    yield Measurement("training", "full: cut against plain", cut[0] / plain[0], "x", signature, ">= 1.5 x")
    yield Measurement("training", "full: loss, cut less plain", cut[1] - plain[1], "nats", signature)


def _train(way: str, text: str, base_file: str) -> None:
    from pathlib import Path
    from time import process_time

    import torch

    from lexexpand.model.base import find_base
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.network import Network
    from lexexpand.model.pieces import batches, collate
    from lexexpand.model.tasks import Task
    from lexexpand.model.trim import trim

    torch.set_num_threads(1)
    torch.manual_seed(13)
    tune, how = way.split(", ")
    network = Network.open(find_base(base_file=Path(base_file) if base_file else None))
    task = Task("pos", "pos", (("upos", tuple("ABCDEFGHIJKLMNOPQ")),))
    network.add_task(task, LoraSpec() if tune == "LoRA" else None)
    words = network.words("pos")
    pieces = [words(line.split()) for line in Path(text).read_text(encoding="utf-8").splitlines()]
    if how == "cut":
        cut = trim(network, {number for each in pieces for number in each.ids})
        pieces = [cut.map(each) for each in pieces]
    network.activate("pos", "task" if tune == "LoRA" else "full")
    trained = [each for each in network.parameters() if each.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.0)
    seen, start, loss = 0, process_time(), torch.zeros(())
    for number, batch in enumerate(batches([len(each) for each in pieces], TOKENS, seed=1)[: STEPS + 1]):
        if number == 1:  # the first one makes the optimiser's memory
            seen, start = 0, process_time()
        ids, mask = collate([pieces[each] for each in batch], network.pad)
        scores = network.logits("pos", ids, mask)["upos"][mask]
        loss = torch.nn.functional.cross_entropy(scores, torch.arange(len(scores)) % len(task.labels[0][1]))
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
        seen += int(mask.sum())
    print(seen / (process_time() - start), float(loss), peak_bytes())


if __name__ == "__main__":
    _train(*sys.argv[1:])
