"""What is the likeliest sequence of tags worth beside each word's likeliest tag?

    export LEXEXPAND_DATA=...
    python -m experiments.win.paths runs/names runs/slots

Reads the label scores that the cells kept: nothing is trained. Names and slots, strict span F1: a line an arm
and language, the mean over seeds, each word for itself and as a sequence; all of it goes to paths.jsonl.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.evaluation.metrics import metrics_of
from lexexpand.experiment.run import open_study
from lexexpand.experiment.stage import CELLS
from lexexpand.model.spans import best_path

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent
METRICS = {"ner": "span_f1", "intent-slots": "slot_f1"}


def main(folders: Iterable[Path]) -> None:
    lines = [line for folder in folders for line in measure(folder)]
    for line in lines:
        print(json.dumps(line))
    (HERE / "paths.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def measure(folder: Path) -> Iterable[dict[str, Any]]:
    """A line an arm and language of a study."""
    maker = open_study(HERE / folder.name / "plan.toml", folder, offline=True)
    for task, name in METRICS.items():
        if task not in maker.plan.tasks:
            continue
        metric = next(one for one in metrics_of(maker.plan.tasks[task].kind) if one.name == name)
        (head,) = metric.heads
        for language in maker.plan.tasks[task].test:
            gold = maker.test_set(task, language)
            found: dict[str, list[tuple[float, float]]] = defaultdict(list)
            for place in sorted((folder / "study" / CELLS).glob(f"{task}.{language}.*")):
                if not (place / "record.json").is_file():
                    continue
                record = json.loads((place / "record.json").read_text(encoding="utf-8"))
                labels = record["labels"][head]
                with np.load(place / "predictions.npz") as arrays:
                    scores = arrays[f"{head}-scores"].astype(np.float32)
                    offsets = arrays[f"{head}-offsets"].tolist()
                rows = [scores[a:b] for a, b in pairwise(offsets)]
                own = [np.nan_to_num(row, nan=-20).argmax(axis=1).tolist() for row in rows]
                both = []
                for numbers in (own, [best_path(row, labels) for row in rows]):
                    said = [{head: [labels[number] for number in row]} for row in numbers]
                    both.append(100 * float(metric.value(metric.count(gold.labels, said).sum(axis=0))))
                found[record["about"]["arm"]].append((both[0], both[1]))
            for arm, values in found.items():
                each, path = np.mean(values, axis=0).round(2).tolist()
                about = {"study": folder.name, "task": task, "language": language, "arm": arm}
                yield {**about, "seeds": len(values), "each": each, "path": path}


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
