"""Which learning rates do the heads and the encoder want? Short trainings on development data, one seed.

    export LEXEXPAND_DATA=...
    python rates.py pos lr=0.001 head_lr=0.03          one cell, a minute and a half on one core
    python rates.py intent-slots tune=full lr=0.0002 head_lr=0.03

`pos`: 60 steps of 1,000 pieces on the first 1,800 sentences of UD EWT train; accuracy on 200 sentences of EWT
dev and 200 of Breton. `intent-slots`: 120 steps of 500 pieces on the starter's English requests; accuracy of
intents on its dev part. A line of JSON a cell goes to results.jsonl.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import torch

from lexexpand.adaptation.config import AdaptConfig
from lexexpand.adaptation.examples import encode_task, task_of, task_rows
from lexexpand.adaptation.measure import dev_score
from lexexpand.adaptation.run import RunFolder
from lexexpand.adaptation.task import train_task
from lexexpand.language import default_source
from lexexpand.model.base import find_base
from lexexpand.model.network import Network
from lexexpand.text.options import ReadOptions
from lexexpand.text.sentence import Sentence, sentences
from lexexpand.text.source import open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.adaptation.examples import TaskRow
    from lexexpand.model.pieces import Pieces

HERE = Path(__file__).resolve().parent
STARTER = HERE.parent.parent / "lexicons" / "starter" / "assistant.eng.conll"
STEPS = {
    "pos": {"task_steps": 60, "task_tokens": 1000},
    "intent-slots": {"task_steps": 120, "task_tokens": 500},
}


def read(path: Path, n: int | None = None, split: str | None = None) -> list[Sentence]:
    """The first `n` sentences of a file, or of a split of it."""
    blocks = open_source([path], split).read(ReadOptions(default_source()))
    return list(islice((sentence for block in blocks for sentence in sentences(block)), n))


def data(kind: str) -> tuple[list[Sentence], dict[str, list[Sentence]]]:
    """Training sentences, and those to score on by name."""
    if kind != "pos":
        return read(STARTER, split="train"), {"dev": read(STARTER, split="dev")}
    folder = Path(os.environ["LEXEXPAND_DATA"]) / "pos"
    english = folder / "UD_English-EWT"
    scored = {
        "dev": read(english / "en_ewt-ud-dev.conllu", 200),
        "bre": read(folder / "UD_Breton-KEB" / "br_keb-ud-test.conllu", 200),
    }
    return read(english / "en_ewt-ud-train.conllu", 1800), scored


def intents(network: Network, kind: str, rows: Sequence[TaskRow], pieces: Sequence[Pieces]) -> float | None:
    """Accuracy of intents; None where the task has none."""
    found = network.predict(kind, pieces)
    if kind != "intent-slots":
        return None
    return sum(each["intent"] == row.intent for each, row in zip(found, rows, strict=True)) / len(rows)


def main(kind: str, settings: list[str]) -> None:
    torch.set_num_threads(1)
    given = dict(setting.split("=") for setting in settings)
    whole = ("task_steps", "task_tokens", "seed", "trim")
    knobs = {
        key: value if key == "tune" else int(value) if key in whole else float(value)
        for key, value in given.items()
    }
    config = AdaptConfig(objective="none", dev_every=10**6, **(STEPS[kind] | knobs))  # type: ignore[arg-type]
    train, scored = data(kind)
    rows = list(task_rows(train, kind))
    others = {name: list(task_rows(found, kind)) for name, found in scored.items()}
    network = Network.open(find_base())
    task = task_of(kind, kind, rows, *others.values())
    encoder = network.words(kind)
    started = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        gold = encode_task(rows, task, encoder)
        record = train_task(network, task, gold, (), None, config, RunFolder(Path(folder)), None)
    network.activate(kind, None)
    result: dict[str, object] = {"task": kind, **given, "loss": record.losses[-1][1]}
    for name, found in others.items():
        examples = encode_task(found, task, encoder)
        pieces = [examples.text.pieces(i) for i in range(len(examples))]
        intent = intents(network, kind, found, pieces)
        score = dev_score(network, examples, pieces) if intent is None else intent
        result[name] = round(100 * score, 1)
    result["seconds"] = round(perf_counter() - started)
    line = json.dumps(result)
    print(line)
    with (HERE / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
