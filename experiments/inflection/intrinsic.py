"""How much of real text do the forms of a synthetic corpus meet, and how much of it is met in real text?

    export LEXEXPAND_DATA=...
    python intrinsic.py models/            models/fao_Latn ... as `lexexpand morphology train` makes them

The same English sentences are made into each language in each arm, three seeds; no model of text is trained.
Words are folded in case. `tokens` and `types`: the share of the real text's words that the corpus contains.
`attested`: the share of the corpus's translated words that the real text contains, which a corpus of invented
forms does not raise. A line of JSON a cell goes to intrinsic.jsonl; cells that are there are passed over.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc

from lexexpand.language import parse_language
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.pipeline import Inputs, synthesize
from lexexpand.text.tokenizer import tokenizer_for

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "intrinsic.jsonl"
SEEDS = (13, 14, 15)
SOURCE = ("en/ewt-train.txt", "en/pud.txt", "en/ntrex-1-1000.txt", "en/tatoeba-retrieval-english.txt")
REAL = {
    "fao": ("fao/ud-train.txt", "fao/ntrex-1-1000.txt", "fao/udhr.txt"),
    "sme": ("sme/*.txt",),
    "kpv_Cyrl": ("kpv/*.txt",),
    "myv_Cyrl": ("myv/*.txt",),
}
ARMS = {
    "citation": {"inflector": "none"},
    "attested": {"inflector": "attested"},
    "attested and nearest": {"inflector": "nearest"},
    "nearest, nothing dropped": {"inflector": "nearest", "transfer": "off"},
    "+ learned, gated": {"inflector": "auto"},
    "+ learned, ungated": {"inflector": "auto", "gate": 0.0},
    "drawn cell": {"inflector": "drawn"},
    "random cell": {"inflector": "random"},
}


def real_words(tag: str, root: Path) -> Counter[str]:
    """Words of the real text, folded."""
    cut = tokenizer_for(parse_language(tag))
    counts: Counter[str] = Counter()
    for pattern in REAL[tag]:
        for path in sorted(root.glob(pattern)):
            for tokens in cut.cut(path.read_text(encoding="utf-8").splitlines()):
                counts.update(token.casefold() for token in tokens if token[:1].isalpha())
    return counts


def made_words(
    tag: str, arm: str, seed: int, source: list[Path], models: Path
) -> tuple[Counter[str], dict[str, int]]:
    """Translated words of a corpus, folded, and how many of them were inflected in which way."""
    model = models / str(parse_language(tag)) if "learned" in arm else None
    config = SynthConfig(seed=seed, **ARMS[arm])  # type: ignore[arg-type]
    inputs = Inputs(source=tuple(source), inflector_model=model)
    with tempfile.TemporaryDirectory() as folder:
        corpus = synthesize(tag, out=Path(folder) / "c", config=config, inputs=inputs)
        words: Counter[str] = Counter()
        how: Counter[str] = Counter()
        for table in corpus.tables(["tokens", "inflection", "entry"]):
            entry = pc.list_flatten(table["entry"]).to_numpy()
            tokens = pc.list_flatten(table["tokens"]).to_pylist()
            ways = pc.list_flatten(table["inflection"]).to_pylist()
            for number, token, way in zip(entry, tokens, ways, strict=True):
                if number >= 0 and token[:1].isalpha():
                    words[token.casefold()] += 1
                    how[way] += 1
    return words, dict(how)


def main(models: Path) -> None:
    root = Path(os.environ["LEXEXPAND_DATA"]) / "text"
    source = [root / name for name in SOURCE]
    lines = RESULTS.read_text(encoding="utf-8").splitlines() if RESULTS.is_file() else []
    done = {(row["language"], row["arm"], row["seed"]) for row in map(json.loads, lines)}
    for tag in REAL:
        real = real_words(tag, root)
        has_model = (models / str(parse_language(tag))).is_dir()
        for arm in ARMS:
            for seed in SEEDS:
                if (tag, arm, seed) in done or ("learned" in arm and not has_model):
                    continue
                made, how = made_words(tag, arm, seed, source, models)
                row = {
                    "language": tag,
                    "arm": arm,
                    "seed": seed,
                    "tokens": round(sum(n for word, n in real.items() if word in made) / real.total(), 4),
                    "types": round(sum(word in made for word in real) / len(real), 4),
                    "attested": round(sum(n for word, n in made.items() if word in real) / made.total(), 4),
                    "made": len(made),
                    "how": how,
                }
                with RESULTS.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(row) + "\n")
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
