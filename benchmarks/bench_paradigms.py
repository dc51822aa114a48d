"""Look-ups of forms: `Paradigms` against the unimorph package's `inflect_word`, on one table, in one run.

    python benchmarks/bench_paradigms.py [--mirror DIR] [--lang TAG] [--seconds 5] [--json]

The package reads its table anew for every word (0.0.4), so its store is filled with a copy of the mirror's
table and both are asked the same (lemma, features) pairs, drawn with a fixed seed; their answers are compared
(Northern Sami differs where we mend the spelling: `áš'ši`). Reported: look-ups a second on both sides and
their ratio; milliseconds to open an index that exists, and seconds to build it; pairs a second of
`Inflector.inflect_many`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from lexexpand.language import parse_language
from lexexpand.morphology.inflect import Inflector
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.packs import get_pack, known_languages

REQUESTS = (
    "N;SG",
    "N;PL",
    "N;PL;DEF",
    "V;NFIN",
    "V;PST",
    "V;PRS;3;SG",
    "V;V.PTCP;PST",
    "V;V.PTCP;PRS",
    "ADJ",
    "ADJ;CMPR",
)
OPENINGS = 20
PAIRS = 50_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--mirror", default=os.environ.get("LEXEXPAND_MIRROR"))
    parser.add_argument("--lang", default="Faroese")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = run(options.lang, options.mirror, options.seconds, Path(folder))
    if options.json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
        return
    for name, value in result.items():
        print(f"{name:34} {value:>16,.2f}" if isinstance(value, float) else f"{name:34} {value!s:>16}")


def run(
    tag: str, mirror: str | None, seconds: float, folder: Path, pack: str = "unimorph"
) -> dict[str, object]:
    language = parse_language(tag, known_languages("paradigms"))
    card = get_pack(pack, "paradigms")
    row = card.rows(language)[0]
    source = Fetcher(mirror=mirror).path(card, row)
    table = folder / "store" / language.iso / language.iso
    table.parent.mkdir(parents=True)
    shutil.copy(source, table)

    start = time.perf_counter()
    Paradigms.open([table], folder / "index", language=language)
    build = time.perf_counter() - start
    opening = []
    for _ in range(OPENINGS):
        start = time.perf_counter()
        paradigms = Paradigms.open([table], folder / "index", language=language)
        opening.append(1e3 * (time.perf_counter() - start))

    triples = [line.split("\t") for line in table.read_text("utf-8").splitlines() if line.count("\t") == 2]
    asked = [(cells[0], cells[2]) for cells in random.Random(13).sample(triples, min(len(triples), 5000))]
    theirs, answers = package_rate(asked, language.iso, folder / "store", seconds)
    ours = our_rate(paradigms, asked, seconds)
    agree = sum(set(answers[pair]) <= set(paradigms.forms(*pair)) for pair in answers)
    many = inflect_rate(paradigms)
    return {
        "language": str(language),
        "triples": len(triples),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "build the index, s": build,
        "open the index, ms (median)": statistics.median(opening),
        "unimorph.inflect_word, words/s": theirs,
        "Paradigms.forms, words/s": ours,
        "ratio": ours / theirs,
        "same answers": f"{agree}/{len(answers)}",
        "inflect_many, pairs/s": many,
        "inflect_many, s for 50,000 pairs": PAIRS / many,
    }


def package_rate(
    asked: list[tuple[str, str]], code: str, store: Path, seconds: float
) -> tuple[float, dict[tuple[str, str], list[str]]]:
    """Words a second of the package, and its answers."""
    import unimorph

    unimorph.UNIMORPH_DIR = store
    unimorph.inflect_word(asked[0][0], lang=code, features=asked[0][1])  # warm the file cache
    answers: dict[tuple[str, str], list[str]] = {}
    start = time.perf_counter()
    for lemma, features in asked:
        text = unimorph.inflect_word(lemma, lang=code, features=features)
        answers[lemma, features] = [line.split("\t")[1] for line in text.splitlines()]
        if time.perf_counter() - start > seconds:
            break
    return len(answers) / (time.perf_counter() - start), answers


def our_rate(paradigms: Paradigms, asked: list[tuple[str, str]], seconds: float) -> float:
    """Words a second of ours, over the same pairs again and again."""
    done = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        for lemma, features in asked:
            paradigms.forms(lemma, features)
        done += len(asked)
    return done / (time.perf_counter() - start)


def inflect_rate(paradigms: Paradigms) -> float:
    """Pairs a second of a fresh inflector over distinct pairs, in one batch."""
    lemmas = [*paradigms.lemmas()]
    words = [*lemmas, *(f"{lemma}x" for lemma in lemmas)]  # every other word is not in the table
    pairs = [(word, request) for request in REQUESTS for word in words][:PAIRS]
    while len(pairs) < PAIRS:
        pairs += [(f"{word}-{len(pairs)}", request) for word, request in pairs[: PAIRS - len(pairs)]]
    start = time.perf_counter()
    Inflector(paradigms).inflect_many(pairs)
    return len(pairs) / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
