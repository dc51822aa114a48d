"""Which weights should a dictionary's labels of words have beside the network's?

    export LEXEXPAND_DATA=...
    python -m experiments.win.tags runs/dev runs/names     the folders that the studies worked in

Reads the label scores that the cells of the development studies kept: nothing is trained. For each setting
the mean gain over arms and seeds, by language: of parts of speech over the synthesised arms, in accuracy; of
names over all arms, in span F1. And how often a listed word's likeliest part of speech is right by the table
alone. A line of JSON a setting goes to tags.jsonl.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.adaptation.word_tags import make_word_tags
from lexexpand.evaluation.metrics import metrics_of
from lexexpand.experiment.dictionary import of_plan
from lexexpand.experiment.inputs import gold_sentences
from lexexpand.experiment.run import open_study
from lexexpand.experiment.stage import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from lexexpand.evaluation.gold import GoldSet
    from lexexpand.evaluation.metrics import Metric
    from lexexpand.experiment.inputs import Maker
    from lexexpand.model.word_tags import WordTags

HERE = Path(__file__).resolve().parent
ARMS = {
    "pos": ("lexexpand", "lexexpand -language", "lexexpand -language -gold"),
    "ner": (
        "zero-shot",
        "word-translation+gold",
        "lexexpand -language -selection -matching -multiword -transfer",
    ),
}
WEIGHTS = (
    (0.5, 0.0, 0.0),
    (0.8, 0.0, 0.0),
    (1.2, 0.0, 0.0),
    (0.8, 0.3, 0.0),
    (0.8, 0.6, 0.0),
    (0.8, 1.0, 0.0),
)
STUDIES = {"dev": "pos", "names": "ner"}
"""Which study is read for which task."""
CAPITALS = ((0.8, 0.6, 0.6), (0.8, 0.6, 1.2), (0.8, 0.6, 1.8), (1.2, 0.6, 1.2))
SETTINGS = [(floor, *weights) for floor in (0.1, 0.2, 0.3) for weights in (*WEIGHTS, *CAPITALS)]
"""Floor, and the weights of words, endings and capitals."""


def main(folders: Iterable[Path]) -> None:
    lines = []
    for folder in folders:
        maker = open_study(HERE / folder.name / "plan.toml", folder, offline=True)
        lines += settings(maker, STUDIES[folder.name], folder)
    (HERE / "tags.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    print("\n".join(map(json.dumps, lines)))


def settings(maker: Maker, task: str, folder: Path) -> list[dict[str, Any]]:
    """The gains of every setting."""
    plan = maker.plan
    metric = metrics_of(plan.tasks[task].kind)[0]
    (head,) = metric.heads
    gains: dict[tuple[float, ...], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for language in plan.tasks[task].test:
        cells = _cells(folder, task, language, head)
        if not cells:
            continue
        gold, dictionary = maker.test_set(task, language), of_plan(plan, language)
        pairs = [(dictionary.lexicon, dictionary.paradigms)]
        source, labels = gold_sentences(maker, task, plan.source), cells[0][1]
        tables = {floor: make_word_tags(pairs, source, labels, floor=floor) for floor in (0.1, 0.2, 0.3)}
        if task == "pos":
            print(language, _alone(tables[0.1], gold.words, gold.labels))
        before = [_value(metric, gold, labels, scores) for scores, _ in cells]
        for setting in SETTINGS:
            floor, word, ending, capital = setting
            table = replace(tables[floor], weight=word, ending_weight=ending, capital_weight=capital)
            blank = [np.zeros((len(row), len(labels)), np.float32) for row in gold.words]
            more = np.concatenate([table.add_to(*each) for each in zip(blank, gold.words, strict=True)])
            after = [_value(metric, gold, labels, scores + more) for scores, _ in cells]
            gains[setting][language] += [b - a for a, b in zip(before, after, strict=True)]
    return [_line(task, setting, found) for setting, found in gains.items()]


def _value(metric: Metric, gold: GoldSet, labels: Sequence[str], scores: NDArray[np.float32]) -> float:
    """The metric of the likeliest labels, in percent."""
    said = np.array(labels)[scores.argmax(axis=1)].tolist()
    rows, start = [], 0
    for row in gold.words:
        rows.append({metric.heads[0]: said[start : start + len(row)]})
        start += len(row)
    return 100 * float(metric.value(metric.count(gold.labels, rows).sum(axis=0)))


def _line(task: str, setting: tuple[float, ...], found: dict[str, list[float]]) -> dict[str, Any]:
    means = {language: round(float(np.mean(values)), 2) for language, values in found.items()}
    names = ("floor", "weight", "ending_weight", "capital_weight")
    told = {"task": task, **dict(zip(names, setting, strict=True)), "gain": means}
    return {**told, "mean": round(float(np.mean(list(means.values()))), 2)}


def _cells(folder: Path, task: str, language: str, head: str) -> list[tuple[NDArray[np.float32], list[str]]]:
    """Scores (W, L) of the words of each cell that has run, and their labels."""
    found = []
    for arm in ARMS[task]:
        name = arm.replace(" -", "-less-")
        for place in sorted((folder / "study" / CELLS).glob(f"{task}.{language}.{name}.*")):
            if place.name.rpartition(".")[0].endswith(name) and (place / "record.json").is_file():
                record = json.loads((place / "record.json").read_text(encoding="utf-8"))
                with np.load(place / "predictions.npz") as arrays:
                    scores = np.nan_to_num(arrays[f"{head}-scores"].astype(np.float32), nan=-20)
                found.append((scores, record["labels"][head]))
    return found


def _alone(table: WordTags, words: Sequence[Sequence[str]], gold: Sequence[Any]) -> str:
    """How many words are listed, and how many of those the likeliest tag is right for."""
    pairs = [
        (word, tag)
        for row, labels in zip(words, gold, strict=True)
        for word, tag in zip(row, labels["upos"], strict=True)
    ]
    listed = [
        table.labels[int(table.rows[table.words[word.casefold()]].argmax())] == tag
        for word, tag in pairs
        if word.casefold() in table.words and any(map(str.isalpha, word))
    ]
    return f"listed {len(listed) / len(pairs):.0%}, right {np.mean(listed):.0%}"


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
