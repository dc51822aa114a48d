"""Which words should a community translate first? Writes lexicons/starter/eng_Latn.words.tsv.

    export LEXEXPAND_DATA=...
    python words.py            a minute

The words are the starter lexicon's own headwords. Two kinds of English are matched with them, by lexexpand's
own matcher, so that a word of the text is counted for one headword alone:

    everyday    Tatoeba's English sentences, UD EWT train, MASC
    requests    CLINC150, and the English of Facebook's multilingual task-oriented data (eval and test)

A headword's figure is the words of a million that it stands for; headwords are listed by the sum of both.
Only figures are committed. A headword's example is the shortest of our own sentences and requests with it.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import Counter
from pathlib import Path

import published

import lexexpand
from lexexpand.lexicon.firsts import COLUMNS, MILLION
from lexexpand.synthesis.config import SynthConfig

ROOT = Path(__file__).resolve().parent.parent.parent
STARTER = ROOT / "lexicons" / "starter"
NO_WORDS = {"punct", "number", "name"}  # as in a corpus's coverage
Head = tuple[str, str]


def matched(sources: list[Path | str], format: str | None, out: Path) -> lexexpand.Corpus:
    """The sources word by word through the starter, nothing moved or left out."""
    inputs = lexexpand.Inputs(lexicons=("starter",), paradigms=("starter",), offline=True, format=format)
    config = SynthConfig(senses="first", transfer=False, inflector="none")
    return lexexpand.synthesize("fao", sources, out=out, inputs=inputs, config=config)


def heads(corpus: lexexpand.Corpus) -> list[Head]:
    """Source and part of speech of each entry of a corpus, by its number."""
    return [(" ".join(entry["source"]), entry["upos"] or "") for entry in corpus.entries.to_pylist()]


def count(corpus: lexexpand.Corpus) -> tuple[Counter[Head], int]:
    """How many words each headword stands for, and how many words there are."""
    names = heads(corpus)
    found: Counter[Head] = Counter()
    words = 0
    for row in corpus.rows(["alignment", "entry", "match"]):
        seen: set[int] = set()
        for sources, entry, match in zip(row["alignment"], row["entry"], row["match"], strict=True):
            fresh = set(sources) - seen
            seen |= fresh
            if match in NO_WORDS:
                continue
            words += len(fresh)
            if entry >= 0:
                found[names[entry]] += len(fresh)
    return found, words


def examples(corpus: lexexpand.Corpus) -> dict[Head, str]:
    """The shortest sentence of each headword."""
    names = heads(corpus)
    found: dict[Head, str] = {}
    for row in corpus.rows(["source_text", "entry"]):
        for entry in set(row["entry"]) - {-1}:
            old = found.get(names[entry])
            if old is None or len(row["source_text"]) < len(old):
                found[names[entry]] = row["source_text"]
    return found


def main() -> None:
    data = published.data_folder()
    english = data / "text" / "en"
    everyday = [english / "ewt-train.txt", english / "masc.txt"]
    spoken = sorted((data / "retrieval" / "tatoeba").glob("*.eng"))
    requests = [english / "clinc150.txt", english / "fb-mtod-eval-test.txt"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        general, n_general = count(matched([*spoken, *everyday], "text", folder / "everyday"))
        asked, n_asked = count(matched([*requests], "text", folder / "requests"))
        own = examples(matched([STARTER / "sentences.txt"], None, folder / "own"))
        own = examples(matched([STARTER / "assistant.eng.conll"], None, folder / "asked")) | own
    share = {
        head: (round(general[head] * MILLION / n_general), round(asked[head] * MILLION / n_asked))
        for head in general.keys() | asked.keys()
    }
    listed = sorted(share, key=lambda head: (-sum(share[head]), head))
    with (STARTER / "eng_Latn.words.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE, quotechar=None)
        table.writerow(COLUMNS)
        table.writerows((*head, *share[head], own.get(head, "")) for head in listed if sum(share[head]))
    covered = [sum(figures) / MILLION for figures in zip(*share.values(), strict=True)]
    print(f"{len(listed)} headwords; everyday {n_general} words, requests {n_asked}; covered {covered}")


if __name__ == "__main__":
    sys.exit(main())
