"""The starter packs are well formed, belong together, and agree with published word lists where they can."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEXICON = ROOT / "lexicons" / "starter"
PARADIGMS = ROOT / "morphology" / "starter"
UPOS = {
    *[
        "ADJ",
        "ADP",
        "ADV",
        "AUX",
        "CCONJ",
        "DET",
        "INTJ",
        "NOUN",
        "NUM",
        "PART",
        "PRON",
        "PROPN",
        "SCONJ",
        "VERB",
    ],
    "",
}
# Where UniMorph names a person or drops a case that all forms share.
UNIMORPH_SAYS = {
    "V;IND;PRS;PL": "V;IND;PRS;3",
    "V;IND;PST;PL": "V;IND;PST;3",
    "V;IND;PST;SG": "V;IND;PST;3;SG",
    "ADJ;NOM/ACC;FEM;PL": "ADJ;FEM;PL",
    "ADJ;NOM/ACC;NEUT;PL": "ADJ;NEUT;PL",
}


def entries() -> list[dict[str, str]]:
    with (LEXICON / "fao_Latn.tsv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def triples(path: Path) -> list[tuple[str, str, str]]:
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(row[0], row[1], row[2]) for row in rows if len(row) == 3]


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


def test_entries_are_complete_and_stand_once() -> None:
    rows = entries()
    assert len(rows) >= 300
    keys = [(row["source"], row["upos"], row["target"]) for row in rows]
    assert len(set(keys)) == len(keys)
    for row in rows:
        assert row["source"].strip() == row["source"] != ""
        assert row["target"].strip() == row["target"] != ""
        assert row["upos"] in UPOS
        assert 0 < float(row["weight"]) <= 1


def test_there_are_sixty_sentences() -> None:
    lines = (LEXICON / "sentences.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == len(set(lines)) == 60


def test_every_paradigm_is_of_a_word_of_the_lexicon() -> None:
    targets = {row["target"] for row in entries()}
    lemmas = {lemma for lemma, _, _ in triples(PARADIGMS / "fao_Latn.tsv")}
    assert lemmas - targets == set()


@pytest.mark.data
def test_paradigms_agree_with_unimorph(mirror: Path) -> None:
    published = defaultdict(set)
    for path in mirror.glob("*/unimorph/fao/*/fao"):
        for lemma, form, bundle in triples(path):
            published[lemma, bundle].add(form)
    ours = [
        (form in published[lemma, said], (lemma, form, bundle))
        for lemma, form, bundle in triples(PARADIGMS / "fao_Latn.tsv")
        if (lemma, said := UNIMORPH_SAYS.get(bundle, bundle)) in published
    ]
    assert len(ours) >= 400
    differing = [row for agrees, row in ours if not agrees]
    assert len(differing) <= 0.03 * len(ours), differing


@pytest.mark.data
def test_entries_agree_with_published_lexicons(mirror: Path, data_dir: Path) -> None:
    published = defaultdict(set)
    tables = [(path, 1) for path in mirror.glob("*/google-research/url-nlp/*/gatitos/en_fo.tsv")]
    for path, column in [*tables, (data_dir / "lexicons" / "fao_Latn.wiktionary.tsv", 2)]:
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.lower().split("\t")
            source = re.sub(r"^(to|an?|the) | *\(.*?\)", "", cells[0])
            published[source] |= {
                part.strip().removeprefix("at ") for part in re.split("[,;/]", cells[column])
            }
    known = [row for row in entries() if row["source"].lower() in published]
    assert len(known) >= 350
    differing = [row for row in known if row["target"].lower() not in published[row["source"].lower()]]
    assert len(differing) <= 0.05 * len(known), differing
