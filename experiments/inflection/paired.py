"""Differences of the arms of `pos.jsonl`, paired by language and seed: points of accuracy, standard error.

python experiments/inflection/paired.py
"""

from __future__ import annotations

import json
from pathlib import Path
from statistics import mean, stdev

LEAST = "inflector=nearest"


def main() -> None:
    lines = Path(__file__).with_name("pos.jsonl").read_text(encoding="utf-8").splitlines()
    found = {
        (row["arm"].removeprefix("lexexpand -language").strip() or "auto", row["language"], row["seed"]):
        100 * row["scores"][0]["value"]
        for row in map(json.loads, lines)
    }  # fmt: skip
    for arm in sorted({arm for arm, _, _ in found}):
        differences = [
            value - found[LEAST, language, seed]
            for (name, language, seed), value in found.items()
            if name == arm
        ]
        if arm != LEAST:
            error = stdev(differences) / len(differences) ** 0.5
            print(f"{arm} less {LEAST}: {mean(differences):+.1f} ({error:.1f}), n = {len(differences)}")


if __name__ == "__main__":
    main()
