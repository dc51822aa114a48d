"""Which weights should a dictionary's parts of speech have beside the network's?

    export LEXEXPAND_DATA=...
    python -m experiments.win.tags runs/dev            the folder that `lexexpand experiment run` worked in

Reads the label scores that the cells of the development study kept: nothing is trained. For each setting the
mean gain over the synthesised arms, and over the languages; and how often a listed word's likeliest tag is
right by the table alone. A line of JSON a setting goes to tags.jsonl.
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
from lexexpand.evaluation.gold import read_gold
from lexexpand.experiment.dictionary import of_plan
from lexexpand.experiment.plan import read_plan
from lexexpand.language import from_tag

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.model.word_tags import WordTags

HERE = Path(__file__).resolve().parent
ARMS = ("lexexpand", "lexexpand -language", "lexexpand -language -gold")
SETTINGS = [
    (floor, weight, ending)
    for floor in (0.1, 0.2, 0.3)
    for weight, ending in ((0.5, 0.0), (0.8, 0.0), (1.2, 0.0), (0.8, 0.3), (0.8, 0.6), (0.8, 1.0))
]


def main(folder: Path) -> None:
    plan = read_plan(HERE / "dev" / "plan.toml")
    task = plan.tasks["pos"]
    source = read_gold("pos", plan.files(task.gold[plan.source])[0], from_tag(plan.source)).sentences
    gains: dict[tuple[float, ...], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for language in task.test:
        cells = [cell for arm in ARMS if (cell := _cell(folder, language, arm)) is not None]
        if not cells:
            continue
        gold = read_gold("pos", plan.files(task.test[language])[0], from_tag(language))
        words = [word for row in gold.words for word in row]
        tags = np.array([tag for row in gold.labels for tag in row["upos"]])
        known = tags != None  # noqa: E711  of an array
        dictionary = of_plan(plan, language)
        pairs = [(dictionary.lexicon, dictionary.paradigms)]
        for floor in sorted({each[0] for each in SETTINGS}):
            table = make_word_tags(pairs, source, cells[0][1], floor=floor)
            if floor == SETTINGS[0][0]:
                print(language, _alone(table, words, tags))
            for setting in SETTINGS:
                if setting[0] == floor:
                    added = replace(table, weight=setting[1], ending_weight=setting[2])
                    more = added.add_to(np.zeros((len(words), len(table.labels)), np.float32), words)
                    for scores, labels in cells:
                        names = np.array(labels)
                        before = (names[scores.argmax(1)] == tags)[known].mean()
                        after = (names[(scores + more).argmax(1)] == tags)[known].mean()
                        gains[setting][language].append(100 * float(after - before))
    with (HERE / "tags.jsonl").open("w", encoding="utf-8") as file:
        for (floor, weight, ending), found in gains.items():
            means = {language: round(float(np.mean(values)), 2) for language, values in found.items()}
            told: dict[str, Any] = {"floor": floor, "weight": weight, "ending_weight": ending, "gain": means}
            told["mean"] = round(float(np.mean(list(means.values()))), 2)
            file.write(json.dumps(told) + "\n")
            print(json.dumps(told))


def _cell(folder: Path, language: str, arm: str) -> tuple[NDArray[np.float32], list[str]] | None:
    """Scores (W, L) of a cell's words, and their labels; None where it has not run."""
    slug = f"pos.{language}.{arm.replace(' -', '-less-')}.13"
    place = folder / "study" / "cells" / slug
    if not (place / "record.json").is_file():
        return None
    labels = json.loads((place / "record.json").read_text(encoding="utf-8"))["labels"]["upos"]
    with np.load(place / "predictions.npz") as arrays:
        return np.nan_to_num(arrays["upos-scores"].astype(np.float32), nan=-20), labels


def _alone(table: WordTags, words: list[str], tags: NDArray[Any]) -> str:
    """How many words are listed, and how many of those the likeliest tag is right for."""
    rows = [table.words.get(word.casefold()) for word in words]
    listed = [
        table.labels[int(table.rows[row].argmax())] == tag
        for row, tag, word in zip(rows, tags, words, strict=True)
        if row is not None and any(map(str.isalpha, word))
    ]
    return f"listed {len(listed) / len(words):.0%}, right {np.mean(listed):.0%}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
