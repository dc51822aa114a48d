"""Settings of the learned inflector, chosen on development files: a line of JSON a set goes to tuning.jsonl.

    export LEXEXPAND_DATA=...
    OMP_NUM_THREADS=1 python -m experiments.inflection.tune sme,nav --triples 1000 --set members=1

Without --triples all are learned from, and the gate is set and read on the same development file: what it
lets through then flatters, the accuracy does not. With --triples there is no gate (`folds=0`).
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from benchmarks.inflection import read, sample
from benchmarks.suffix_rules import SuffixRules
from lexexpand.adaptation.inflector import learn
from lexexpand.adaptation.transducer import FULL, TransducerSettings
from lexexpand.morphology.learned.model import LearnedInflector
from lexexpand.morphology.learned.score import score

OUT = Path(__file__).with_name("tuning.jsonl")
TOLD = ("members", "updates", "rate", "dropout", "fill", "folds")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sets", help="names with commas between")
    parser.add_argument("--triples", type=int, default=0)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", dest="values")
    options = parser.parse_args()
    pairs = dict(value.split("=") for value in options.values)
    settings = replace(FULL, **{k: type(getattr(FULL, k))(float(v)) for k, v in pairs.items()})
    for name in options.sets.split(","):
        row = {"set": name, "triples": options.triples, **_measure(name, options.triples, settings)}
        with OUT.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


def _measure(name: str, triples: int, settings: TransducerSettings) -> dict[str, object]:
    data = Path(os.environ["LEXEXPAND_DATA"]) / "sigmorphon2023"
    train, dev = read(data / f"{name}.trn"), read(data / f"{name}.dev")
    if triples:
        train, settings = sample(train, triples, 13), replace(settings, folds=0)
    made = learn(train, None if triples else dev, settings, language=name)
    told = made.learned
    found = score(
        LearnedInflector(told.known, made.networks, gate=told.gate, reliability=told.reliability), dev
    )
    rules = SuffixRules.chosen(train)
    right = sum(rules.inflect(lemma, bundle) == form for lemma, bundle, form in dev)
    return {
        **{key: asdict(settings)[key] for key in TOLD},
        "accuracy": round(100 * found.accuracy, 1),
        "suffix_rules": round(100 * right / len(dev), 1),
        "speaks": round(100 * found.share_gated),
        "right": found.precision_gated and round(100 * found.precision_gated, 1),
    }


if __name__ == "__main__":
    main()
