"""How careful must the gate be? Set on half of a development file's lemmas, read on the other half.

    export LEXEXPAND_DATA=...
    python -m experiments.inflection.gate models/         where benchmarks.inflection keeps them

For each quantile of the draws over lemmas: the share that passes and how much of that is right, mean of
sets, and the sets below 95 %. Six divisions a set. The test files are not read.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import mean

import numpy as np

from benchmarks.inflection import read
from lexexpand.morphology.learned import folder, gate

QUANTILES = (0.2, 0.1, 0.05)
DIVISIONS = 6


def main(models: Path) -> None:
    data = Path(os.environ["LEXEXPAND_DATA"]) / "sigmorphon2023"
    counts: dict[float, dict[str, list[int]]] = {quantile: {} for quantile in QUANTILES}
    for place in sorted(models.glob("*.full.0.tst.13")):
        name = place.name.partition(".")[0]
        dev = read(data / f"{name}.dev")
        forms, signals, _ = folder.open_model(place)[0].walk([(lemma, bundle) for lemma, bundle, _ in dev])
        right = np.array([made == form for made, (_, _, form) in zip(forms, dev, strict=True)])
        _, lemma = np.unique([lemma for lemma, _, _ in dev], return_inverse=True)
        for seed in range(DIVISIONS):
            order = np.random.default_rng(seed).permutation(lemma.max() + 1)
            known = (order < len(order) / 2)[lemma]
            _, number = np.unique(lemma[known], return_inverse=True)
            made = gate.calibrate(signals[known], right[known], number, list(gate.SIGNALS.values()))
            for quantile in QUANTILES:
                gate._QUANTILE = quantile
                threshold = made and made[1].threshold()
                sums = counts[quantile].setdefault(name, [0, 0, 0])
                sums[2] += int((~known).sum())
                if made and threshold is not None:
                    passed = made[0].confidence(signals[~known]) >= threshold
                    sums[0] += int(passed.sum())
                    sums[1] += int(right[~known][passed].sum())
    for quantile, sets in counts.items():
        share = mean(passed / n for passed, _, n in sets.values())
        precision = {name: ok / passed for name, (passed, ok, n) in sets.items() if passed > 0.05 * n}
        below = ", ".join(f"{name} {p:.1%}" for name, p in precision.items() if p < gate.PRECISION)
        print(f"{quantile}: passes {share:.1%}, right {mean(precision.values()):.1%}; below: {below or '-'}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
