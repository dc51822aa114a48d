"""The starter packs are well formed, belong together, and agree with published resources where they can."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from lexexpand.language import default_source, from_tag
from lexexpand.morphology.features import FeatureBundle
from lexexpand.text.block import UPOS
from lexexpand.text.options import ReadOptions
from lexexpand.text.report import ReadReport
from lexexpand.text.sentence import sentences
from lexexpand.text.source import open_source

ROOT = Path(__file__).resolve().parent.parent
LEXICON = ROOT / "lexicons" / "starter"
PARADIGMS = ROOT / "morphology" / "starter"
STUDY = ROOT / "experiments" / "starter"
PARTS_OF_SPEECH = {*UPOS, ""} - {"PUNCT", "SYM", "X", "_"}


def entries() -> list[dict[str, str]]:
    with (LEXICON / "fao_Latn.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def triples() -> list[tuple[str, str, str]]:
    lines = (PARADIGMS / "fao_Latn.tsv").read_text(encoding="utf-8").splitlines()
    return [(lemma, form, bundle) for lemma, form, bundle in (line.split("\t") for line in lines)]


def requests(
    name: str, split: str | None, tag: str
) -> list[tuple[str, str | None, tuple[tuple[int, int, str], ...]]]:
    """Text, intent and spans of each request of a file."""
    report = ReadReport()
    language = default_source() if tag == "eng" else from_tag(tag)
    blocks = open_source([LEXICON / name], split).read(ReadOptions(language), report)
    found = [(s.text, s.intent, s.spans) for block in blocks for s in sentences(block)]
    assert "texts that the tokens do not give back" not in report.counts
    return found


@pytest.mark.parametrize("folder", [LEXICON, PARADIGMS], ids=["lexicon", "paradigms"])
def test_the_listed_files_are_what_the_card_says(folder: Path) -> None:
    with (folder / "files.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert rows
    for row in rows:
        content = (folder / row["path"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(row["size"]), row["sha256"])
        text = content.decode("utf-8")
        assert text == unicodedata.normalize("NFC", text)
        assert text.endswith("\n")


def test_entries_are_complete_and_in_order() -> None:
    rows = entries()
    assert len(rows) >= 1_500
    keys = [(row["source"], row["upos"], row["target"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert [key[0].lower() for key in keys] == sorted(key[0].lower() for key in keys)
    for row in rows:
        assert row["source"].strip() == row["source"] != ""
        assert row["target"].strip() == row["target"] != ""
        assert row["upos"] in PARTS_OF_SPEECH
        assert 0 < float(row["weight"]) <= 1


def test_no_word_has_two_first_choices() -> None:
    firsts = Counter((row["source"], row["upos"]) for row in entries() if float(row["weight"]) == 1)
    assert [head for head, number in firsts.items() if number > 1] == []


def test_a_minor_sense_says_when_it_is_meant() -> None:
    heads = Counter((row["source"], row["upos"]) for row in entries())
    minor = [row for row in entries() if float(row["weight"]) < 1 and heads[row["source"], row["upos"]] > 1]
    assert [row["source"] for row in minor if not row["note"]] == []


def test_sentences_are_many_and_differ() -> None:
    lines = (LEXICON / "sentences.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(set(lines)) >= 600
    assert all(2 <= len(line.split()) <= 18 for line in lines)


def test_paradigms_are_of_words_of_the_lexicon() -> None:
    heads = {row["target"].split(" ")[0] for row in entries()}
    closed = {lemma for lemma, _, bundle in triples() if bundle.startswith("PRO")}
    assert {lemma for lemma, _, _ in triples()} - heads - closed == set()


def test_paradigms_are_many_and_stand_once() -> None:
    rows = triples()
    assert len(set(rows)) == len(rows)
    pos = {bundle: FeatureBundle.parse(bundle).pos for _, _, bundle in rows}
    lexemes = Counter(kind for _, kind in {(lemma, pos[bundle]) for lemma, _, bundle in rows})
    assert lexemes["N"] >= 100
    assert lexemes["V"] >= 50
    assert lexemes["ADJ"] >= 30
    assert lexemes["PRO"] >= 5
    cells = Counter((lemma, pos[bundle]) for lemma, _, bundle in rows)
    assert sum(number == 16 for (_, kind), number in cells.items() if kind == "N") >= 100  # the full paradigm


def test_requests_are_many_and_of_many_kinds() -> None:
    train, dev = (requests("assistant.eng.conll", split, "eng") for split in ("train", "dev"))
    assert len(train) + len(dev) == len(requests("assistant.eng.conll", None, "eng")) >= 1_200
    assert len(dev) >= 150
    intents = Counter(intent for _, intent, _ in train)
    assert len(intents) >= 20
    assert min(intents.values()) >= 15
    assert {intent for _, intent, _ in dev} == set(intents)
    slots = Counter(label for _, _, spans in train for _, _, label in spans)
    assert sum(number >= 15 for number in slots.values()) >= 15


def test_no_request_stands_in_two_splits() -> None:
    train, dev = (requests("assistant.eng.conll", split, "eng") for split in ("train", "dev"))
    seen = {text.lower().strip(".?!") for text, _, _ in train}
    assert [text for text, _, _ in dev if text.lower().strip(".?!") in seen] == []
    texts = [text.lower() for text, _, _ in train + dev]
    assert len(set(texts)) == len(texts)


def test_the_faroese_requests_ask_for_the_same_things() -> None:
    english = requests("assistant.eng.conll", "train", "eng")
    faroese = requests("assistant.fao.conll", "test", "fao_Latn")
    assert len(faroese) == len(requests("assistant.fao.conll", None, "fao_Latn")) >= 200
    assert {intent for _, intent, _ in faroese} == {intent for _, intent, _ in english}
    labels = {label for _, _, spans in english for _, _, label in spans}
    assert {label for _, _, spans in faroese for _, _, label in spans} <= labels


def test_whoever_reads_a_file_learns_who_wrote_it() -> None:
    assert "not a native speaker" in (LEXICON / "assistant.fao.conll").read_text(encoding="utf-8")[:600]
    assert "native speaker" in (LEXICON / "README.md").read_text(encoding="utf-8")[:900]


@pytest.mark.data
def test_the_study_finds_what_it_says(data_dir: Path, tmp_path: Path) -> None:
    """Agreement as in the README, and no disagreement that nobody has looked at."""
    committed = json.loads((STUDY / "results.json").read_text(encoding="utf-8"))
    done = subprocess.run(
        [sys.executable, str(STUDY / "compare.py"), "--output", str(tmp_path / "results.json")],
        env={**os.environ, "LEXEXPAND_DATA": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert json.loads((tmp_path / "results.json").read_text(encoding="utf-8")) == committed
    assert committed["lexicon"]["share"] >= 0.85
    assert committed["paradigms"]["share"] >= 0.97
