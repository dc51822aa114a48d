"""The final run beside the bars of issue 12: tables, differences from the better baseline, intervals.

    export LEXEXPAND_DATA=...
    python -m experiments.win.bar runs/final_pos runs/final_rest       the folders that the studies worked in

A cell's value is the mean over its seeds. The baseline of a language is the better of all baselines by that
mean. An interval draws sentences and seeds with replacement, the same for both sides; languages stay. What is
printed goes to bar.md, a line of JSON a cell to bar.jsonl.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.evaluation.metrics import Metric, metrics_of
from lexexpand.experiment.results import read_cell
from lexexpand.experiment.run import open_study
from lexexpand.experiment.stage import CELLS, CellSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from lexexpand.experiment.inputs import Maker
    from lexexpand.experiment.results import Ran

HERE = Path(__file__).resolve().parent
DRAWS = 1000
METRICS = {
    "pos": ("accuracy",),
    "topic": ("accuracy",),
    "sentiment": ("macro_f1",),
    "ner": ("span_f1",),
    "intent-slots": ("intent_accuracy", "slot_f1"),
}
BASELINES = ("zero-shot", "zero-shot:nearest", "zero-shot:eng_Latn+nearest", "word-translation+gold")
PLAIN = "lexexpand -language -selection -matching -multiword -transfer"
RECIPES = {
    "pos": "lexexpand -language gold=eng_Latn+nearest tags=on",
    "topic": "zero-shot gloss=on halfway=on",
    "sentiment": "zero-shot gloss=on halfway=on",
    "intent-slots": "lexexpand -language -selection gloss=on paths=on",
    "ner": f"{PLAIN} tags=on paths=on halfway=on",
}


@dataclass(frozen=True)
class Row:
    """A language and a metric: counts [seeds, sentences, K] of every arm."""

    task: str
    language: str
    metric: Metric
    arms: dict[str, NDArray[np.int64]]

    def of(self, half: str | None) -> Row:
        """The odd-numbered sentences, counted from 1, the even ones, or all."""
        start = {None: None, "odd": 0, "even": 1}[half]
        if start is None:
            return self
        return Row(self.task, self.language, self.metric, {a: c[:, start::2] for a, c in self.arms.items()})

    def mean(self, arm: str) -> float:
        """The mean of an arm's seeds, in percent."""
        return float(np.mean([100 * self.metric.value(c.sum(axis=0)) for c in self.arms[arm]]))

    @property
    def baseline(self) -> str:
        """The better of the baselines, on average over seeds."""
        return max((arm for arm in BASELINES if arm in self.arms), key=self.mean)

    def draws(self, arm: str, other: str) -> NDArray[np.float64]:
        """Resampled differences, in points."""
        chance = np.random.default_rng(13)
        seeds, sentences = self.arms[arm].shape[:2]
        weight = chance.multinomial(sentences, np.full(sentences, 1 / sentences), DRAWS)
        each = [
            np.stack([100 * self.metric.value(weight @ counts) for counts in self.arms[name]])
            for name in (arm, other)
        ]
        drawn = chance.integers(seeds, size=(DRAWS, seeds))
        whole = each[0] - each[1]
        return np.array([whole[drawn[i], i].mean() for i in range(DRAWS)])


def main(folders: Iterable[Path]) -> None:
    rows = [row for folder in folders for row in read(folder)]
    told, lines = [], []
    for task, recipe in RECIPES.items():
        for name in dict.fromkeys(row.metric.name for row in rows if row.task == task):
            some = [
                row for row in rows if row.task == task and row.metric.name == name and recipe in row.arms
            ]
            if some:
                lines += table(some, recipe)
                told += [about(row, recipe) for row in some]
    (HERE / "bar.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (HERE / "bar.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
    print("\n".join(lines))


def read(folder: Path) -> list[Row]:
    """What a study's cells said, counted."""
    maker = open_study(HERE / folder.name / "plan.toml", folder, offline=True)
    groups: dict[tuple[str, str], list[tuple[str, int, Ran]]] = defaultdict(list)
    for path in sorted((folder / "study" / CELLS).iterdir()):
        spec = CellSpec.read(path)
        ran = read_cell(path, spec)
        if ran is not None:
            task, language = spec.about["task"], spec.about["language"]
            nearest = maker.plan.nearest.get(language)
            arm = spec.about["arm"].replace(nearest, "nearest") if nearest else spec.about["arm"]
            groups[task, language].append((arm, spec.about["seed"], ran))
    return [row for (task, language), cells in groups.items() for row in _rows(maker, task, language, cells)]


def _rows(maker: Maker, task: str, language: str, cells: list[tuple[str, int, Ran]]) -> list[Row]:
    gold = maker.test_set(task, language)
    there = {cell[0] for cell in cells}
    needed = [arm for arm in {*BASELINES, RECIPES[task]} if arm in there]
    seeds = set.intersection(*({seed for arm, seed, _ in cells if arm == one} for one in needed))
    rows = []
    for metric in metrics_of(maker.plan.tasks[task].kind):
        if metric.name not in METRICS[task]:
            continue
        used = [cell for cell in sorted(cells, key=lambda cell: cell[:2]) if cell[1] in seeds]
        many = metric.count([*gold.labels] * len(used), [row for *_, ran in used for row in ran.labels])
        counts = many.reshape(len(used), len(gold.labels), -1)
        arms: dict[str, list[NDArray[np.int64]]] = defaultdict(list)
        for (arm, *_), one in zip(used, counts, strict=True):
            arms[arm].append(one)
        whole = {arm: np.stack(each) for arm, each in arms.items()}
        rows.append(Row(task, language, metric, whole))
    return rows


def table(rows: list[Row], recipe: str) -> list[str]:
    """Arms by languages, and the difference from the better baseline with its interval, in Markdown."""
    arms = list(dict.fromkeys([*BASELINES, *(arm for row in rows for arm in row.arms)]))
    seeds = sorted({len(row.arms[recipe]) for row in rows})
    names = [row.language.split("_")[0] for row in rows]
    lines = [f"### {rows[0].task}: {rows[0].metric.name} (seeds: {', '.join(map(str, seeds))})", ""]
    lines += ["| | " + " | ".join([*names, "mean"]) + " |", "|---" + "|---:" * (len(names) + 1) + "|"]
    for arm in arms:
        values = [row.mean(arm) if arm in row.arms else None for row in rows]
        if any(value is not None for value in values):
            label = f"**{arm}**" if arm == recipe else arm
            lines.append(_line(label, [*values, _mean(values)]))
    for half in (None, "odd", "even"):
        some = [row.of(half) for row in rows]
        gains = [row.mean(recipe) - row.mean(row.baseline) for row in some]
        label = "less the better baseline" + (f", {half} sentences" if half else "")
        lines.append(_line(label, [*gains, _mean(gains)], "+.1f"))
        if half is None:
            drawn = [row.draws(recipe, row.baseline) for row in some]
            spans = [np.percentile(each, [2.5, 97.5]) for each in [*drawn, np.mean(drawn, axis=0)]]
            lines.append("| 95 % | " + " | ".join(f"{low:+.1f} to {high:+.1f}" for low, high in spans) + " |")
    return [*lines, ""]


def about(row: Row, recipe: str) -> dict[str, Any]:
    """A row as JSON."""
    drawn = np.percentile(row.draws(recipe, row.baseline), [2.5, 97.5])
    return {
        "task": row.task,
        "language": row.language,
        "metric": row.metric.name,
        "seeds": len(row.arms[recipe]),
        "arms": {arm: round(row.mean(arm), 2) for arm in row.arms},
        "recipe": recipe,
        "baseline": row.baseline,
        "gain": round(row.mean(recipe) - row.mean(row.baseline), 2),
        "interval": [round(float(value), 2) for value in drawn],
    }


def _mean(values: list[Any]) -> float | None:
    return None if None in values else float(np.mean(values))


def _line(label: str, values: list[Any], form: str = ".1f") -> str:
    return f"| {label} | " + " | ".join("" if v is None else format(v, form) for v in values) + " |"


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
