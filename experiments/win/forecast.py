"""Can it be told beforehand whether a dictionary will help a task in a language?

    export LEXEXPAND_DATA=...
    python -m experiments.win.forecast runs/{dev,readings,names,slots,final_pos,final_rest}

A cell is a (language, task) of this study; it was helped if the recipe beat the better of the baselines there
(the mean over metrics and seeds). The signs come from signs.jsonl. A logistic regression is fitted on all
languages but one and asked about that one, for each in turn; beside it stands the guess of what most cells of
the others are. Prints a line a cell, and the weights that are fitted on all.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from experiments.win.bar import PLAIN, RECIPES, read
from lexexpand.adaptation.forecast import Signs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
DEV = {
    "pos": "lexexpand -language tags=on",
    "topic": "zero-shot gloss=on",
    "sentiment": "zero-shot gloss=on",
    "intent-slots": "lexexpand -language -selection gloss=on",
    "ner": f"{PLAIN} halfway=on",
}
"""What stands for the recipe among the cells of the development study."""
STRENGTH = 1.0


@dataclass(frozen=True)
class Case:
    """A cell: its signs, and by how many points the recipe was better."""

    signs: Signs
    language: str
    gain: float


def main(folders: Iterable[Path]) -> None:
    cases = list(collect(folders))
    names, table = design([case.signs for case in cases])
    helped = np.array([case.gain > 0 for case in cases])
    right, guessed = 0, 0
    for case, row, was in zip(cases, table, helped, strict=True):
        others = np.array([other.language != case.language for other in cases])
        weights = fit(table[others], helped[others])
        says = bool(row @ weights > 0)
        right += says == was
        guessed += bool(helped[others].mean() > 0.5) == was
        mark = " " if says == was else "x"
        print(f"{mark} {case.signs.kind:13} {case.language} {case.gain:+5.1f} {chance(row @ weights):.2f}")
    print(f"{len(cases)} cells: right {right / len(cases):.0%}, majority {guessed / len(cases):.0%}")
    print("kind\tlanguages\thelped\tgain")  # of lexexpand/data/forecast.tsv
    for kind in dict.fromkeys(case.signs.kind for case in cases):
        gains = [case.gain for case in cases if case.signs.kind == kind]
        print(f"{kind}\t{len(gains)}\t{sum(gain > 0 for gain in gains)}\t{np.mean(gains):.1f}")
    print(json.dumps(dict(zip(names, fit(table, helped).round(2).tolist(), strict=True))))


def collect(folders: Iterable[Path]) -> Iterable[Case]:
    """The cells that have signs, each once: the later folder's."""
    signs: dict[tuple[str, str], Signs] = {}
    for line in (HERE / "signs.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        told = {name: value for name, value in row.items() if name not in ("task", "language", "lexicon")}
        signs[row["task"], row["language"]] = Signs(**told)
    gains: dict[tuple[str, str], float] = {}
    for folder in folders:
        found: dict[tuple[str, str], list[float]] = defaultdict(list)
        for row in read(folder):
            recipe = next((arm for arm in (RECIPES[row.task], DEV.get(row.task)) if arm in row.arms), None)
            if recipe is not None:
                found[row.task, row.language].append(row.mean(recipe) - row.mean(row.baseline))
        gains |= {key: float(np.mean(values)) for key, values in found.items()}
    for key, gain in gains.items():
        if key in signs:
            yield Case(signs[key], key[1], gain)


def design(signs: list[Signs]) -> tuple[list[str], NDArray[np.float64]]:
    """Names of the features, and a row a cell with a constant before them."""
    rows = [one.features for one in signs]
    names = list(rows[0])
    return names, np.array([[row[name] for name in names] for row in rows])


def fit(table: NDArray[np.float64], helped: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weights of the features."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, fit_intercept=False)
    return np.asarray(model.fit(table, helped).coef_[0])


def chance(score: float) -> float:
    """A logit as a probability."""
    return float(1 / (1 + np.exp(-score)))


if __name__ == "__main__":
    main(map(Path, sys.argv[1:]))
