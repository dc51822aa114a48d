"""How good is the learned inflector? SIGMORPHON 2023 task 0 (Goldman et al. 2023), lemma-disjoint, one
setting for all sets, beside longest-suffix rules on the same triples.

    export LEXEXPAND_DATA=...
    python -m benchmarks.inflection full            all triples and the development file: the table quoted
    python -m benchmarks.inflection fast
    python -m benchmarks.inflection full --triples 1000          seeded samples of whole lemmas, no dev file
    python -m benchmarks.inflection full --split dev             while something is chosen: never the test
    python -m benchmarks.inflection full --again                 the same networks, their gates set anew

A line of JSON a set goes to `inflection.jsonl`; sets that have one are passed over, so a killed run goes on.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measurement import machine
from benchmarks.suffix_rules import SuffixRules
from lexexpand.adaptation.inflector import learn, recalibrate
from lexexpand.adaptation.transducer import FAST, FULL
from lexexpand.morphology.learned import folder
from lexexpand.morphology.learned.remembered import RememberedInflector
from lexexpand.morphology.learned.score import score_guesses
from lexexpand.morphology.tables import TableFile, TableReport, read_triples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.morphology.learned.model import Guess
    from lexexpand.morphology.learned.walks import Triple

HERE = Path(__file__).resolve().parent
SETTINGS = {"full": FULL, "fast": FAST}
COVERAGES = (0.25, 0.5, 0.75, 1.0)


def read(path: Path) -> list[Triple]:
    """Lemma, bundle, form of a file."""
    found = read_triples(TableFile(path), TableReport())
    return [(lemma, str(bundle), form) for lemma, form, bundle in found]


def sample(triples: Sequence[Triple], count: int, seed: int) -> list[Triple]:
    """Whole lemmas, drawn at random, until there are `count` triples."""
    lemmas = sorted({lemma for lemma, _, _ in triples})
    taken: set[str] = set()
    kept = 0
    sizes: dict[str, int] = {}
    for lemma, _, _ in triples:
        sizes[lemma] = sizes.get(lemma, 0) + 1
    for lemma in np.random.default_rng(seed).permutation(lemmas).tolist():
        if kept >= count:
            break
        taken.add(lemma)
        kept += sizes[lemma]
    return [triple for triple in triples if triple[0] in taken]


def measure(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """Train on one set and score it."""
    data = options.data / "sigmorphon2023"
    train, test = read(data / f"{name}.trn"), read(data / f"{name}.{options.split}")
    dev: list[Triple] | None = read(data / f"{name}.dev") if options.split == "tst" else None
    if options.triples:
        train, dev = sample(train, options.triples, options.seed), None
    place = options.models / f"{name}.{options.how}.{options.triples}.{options.split}.{options.seed}"
    if options.again and dev is not None and (place / folder.CARD).is_file():
        made = recalibrate(*folder.open_model(place), dev)
    else:
        settings = SETTINGS[options.how]
        made = learn(train, dev, replace(settings, folds=0) if options.silent else settings, language=name)
    folder.save(place, made.learned, made.networks, force=True)
    asked = [(lemma, bundle) for lemma, bundle, _ in test]
    with TemporaryDirectory() as cache:
        remembered = RememberedInflector(place, Path(cache))
        guesses, computed = _timed(remembered, asked)
        _, looked_up = _timed(RememberedInflector(place, Path(cache)), asked)
    found = score_guesses(guesses, test)
    rules = SuffixRules.chosen(train)
    right = sum(rules.inflect(lemma, bundle) == form for lemma, bundle, form in test)
    return {
        **key(name, options),
        "learned_from": made.learned.trained["triples"],
        "seconds": made.learned.trained["seconds"],
        "computed_per_second": computed,
        "looked_up_per_second": looked_up,
        **{k: _round(v) for k, v in asdict(found).items()},
        "risk": risks(guesses, test),
        "suffix_rules": round(right / len(test), 4),
        "machine": machine(),
    }


def _timed(model: RememberedInflector, asked: list[tuple[str, str]]) -> tuple[list[Guess], int]:
    """Answers, and requests a second on the cores that numpy takes (OMP_NUM_THREADS=1: one)."""
    began = perf_counter()
    guesses = model.inflect_many(asked)
    return guesses, round(len(asked) / (perf_counter() - began))


def risks(guesses: Sequence[Guess], test: Sequence[Triple]) -> dict[str, float]:
    """Share of wrong forms among the most confident, by coverage."""
    order = np.argsort([-guess.confidence for guess in guesses], kind="stable")
    wrong = np.array([g.form != form for g, (_, _, form) in zip(guesses, test, strict=True)])[order]
    return {str(c): round(float(wrong[: max(1, round(c * len(wrong)))].mean()), 4) for c in COVERAGES}


def key(name: str, options: argparse.Namespace) -> dict[str, Any]:
    """What tells a line from another."""
    return {
        "set": name,
        "how": options.how,
        "triples": options.triples,
        "silent": options.silent,
        "split": options.split,
        "seed": options.seed,
    }


def _round(value: Any) -> Any:
    if isinstance(value, tuple):
        return [round(each, 4) for each in value]
    return round(value, 4) if isinstance(value, float) else value


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("how", choices=SETTINGS)
    parser.add_argument("--sets", nargs="*", help="names, such as afb sme (default: all)")
    parser.add_argument("--triples", type=int, default=0, help="learn from about so many (default: all)")
    parser.add_argument("--split", choices=("dev", "tst"), default="tst")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("LEXEXPAND_DATA", ".")))
    parser.add_argument("--models", type=Path, default=Path("work/inflection"))
    parser.add_argument("--silent", action="store_true", help="no folds where words are few, and so no gate")
    parser.add_argument(
        "--again", action="store_true", help="do not train models that are there: their gates"
    )
    parser.add_argument("--out", type=Path, default=HERE / "inflection.jsonl")
    options = parser.parse_args()
    names = options.sets or sorted(path.stem for path in (options.data / "sigmorphon2023").glob("*.trn"))
    if options.again and (options.triples or options.split != "tst"):
        parser.error("--again: gates are set anew by the development file, which only the full sets have")
    done = [json.loads(line) for line in options.out.open(encoding="utf-8")] if options.out.is_file() else []
    for name in names:
        wanted = key(name, options)
        same = [row for row in done if all(row.get(k) == v for k, v in wanted.items())]
        if same and not options.again:
            continue
        row = measure(name, options)
        if same:
            done = [each for each in done if each not in same] + [row]
            options.out.write_text("".join(json.dumps(each) + "\n" for each in done), encoding="utf-8")
        else:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        print(
            f"{name}: {row['accuracy']:.1%}, rules {row['suffix_rules']:.1%}; speaks on"
            f" {row['share_gated']:.0%}, right in {row['precision_gated'] or 0:.1%}; {row['seconds']:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
