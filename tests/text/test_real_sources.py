"""Counts are those of the data's own description, taken from the files by other means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import FormatError
from lexexpand.language import Language
from lexexpand.text.report import ReadReport
from lexexpand.text.source import read_source
from lexexpand.text.tokenizer import tokenizer_for
from tests.text.conftest import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.data
ANY = Language("und", "Zyyy")


def counted(path: Path, format: str | None = None, *, skip_bad: bool = False) -> tuple[ReadReport, int]:
    """Read a file whole: the report, and how many spans there are."""
    report = ReadReport()
    spans = sum(
        0 if block.span_type is None else len(block.span_type)
        for block in read_source([path], format, ANY, skip_bad, report=report)
    )
    return report, spans


@pytest.mark.parametrize(
    ("name", "sentences", "words", "ranges"),
    [
        ("UD_Bambara-CRB/bm_crb-ud-test", 1026, 13823, 0),
        ("UD_Breton-KEB/br_keb-ud-test", 884, 10006, 281),
        ("UD_English-EWT/en_ewt-ud-dev", 2001, 25147, 359),
        ("UD_English-EWT/en_ewt-ud-test", 2077, 25094, 354),
        ("UD_Kurmanji-MG/kmr_mg-ud-test", 734, 10017, 71),
        ("UD_Komi_Zyrian-Lattice/kpv_lattice-ud-test", 643, 7925, 29),
        ("UD_North_Sami-Giella/sme_giella-ud-test", 865, 10010, 0),
        ("UD_Wolof-WTB/wo_wtb-ud-test", 470, 10403, 309),
        ("UD_Yoruba-YTB/yo_ytb-ud-test", 317, 8243, 43),
    ],
)
def test_treebanks_have_their_sentences_and_words(
    data_dir: Path, name: str, sentences: int, words: int, ranges: int
) -> None:
    report, _ = counted(data_dir / "pos" / f"{name}.conllu")
    assert (report.sentences, report.tokens) == (sentences, words)
    assert report.counts.get("multiword ranges", 0) == ranges


def test_every_treebank_is_read(data_dir: Path) -> None:
    paths = [*(data_dir / "pos").rglob("*.conllu"), *(data_dir / "pos-sources").rglob("*.conllu")]
    assert all(counted(path)[0].sentences for path in paths)


def test_the_words_of_english_give_their_text_back(data_dir: Path) -> None:
    report, _ = counted(data_dir / "pos/UD_English-EWT/en_ewt-ud-dev.conllu")
    assert report.counts == {"multiword ranges": 359, "empty nodes": 4}


@pytest.mark.parametrize(
    ("name", "sentences", "tokens", "spans"),
    [
        ("UNER_English-EWT/en_ewt-ud-test.iob2", 2077, 25097, 449 + 322 + 317),
        ("UNER_English-EWT/en_ewt-ud-train.cleaned.iob2", 12543, 204579, 2873 + 2698 + 1434),
        ("broad-twitter-corpus/btc.test", 2001, 35428 - 3, 2650 + 1090 + 636),
        ("masakhaner2/bam/test.txt", 1274, 32024, 459 + 95 + 566 + 195),
        ("masakhaner2/fon/test.txt", 1228, 36415, 296 + 230 + 411 + 370),
        ("masakhaner2/wol/test.txt", 1312, 38127, 456 + 362 + 536 + 169),
    ],
)
def test_named_entities_have_their_counts(
    data_dir: Path, name: str, sentences: int, tokens: int, spans: int
) -> None:
    report, found = counted(data_dir / "ner" / name, "iob2")
    assert (report.sentences, report.tokens, found) == (sentences, tokens, spans)


@pytest.mark.parametrize(("name", "sentences"), [("bam/test", 619), ("fon/test", 646), ("tsn/test", 602)])
def test_parts_of_speech_in_two_columns_are_known_for_what_they_are(
    data_dir: Path, name: str, sentences: int
) -> None:
    (block,) = read_source([data_dir / "pos/masakhane-pos" / f"{name}.txt"], "iob2", ANY)
    assert (len(block), block.labelled) == (sentences, {"upos"})


def test_every_xsid_file_is_read_and_two_utterances_disagree(data_dir: Path) -> None:
    folder = data_dir / "nlu/xsid-0.7"
    skipped = {path.name: counted(path, skip_bad=True)[0].skipped for path in sorted(folder.glob("*.conll"))}
    assert {name: n for name, n in skipped.items() if n} == {"de-muc.valid.conll": 2}
    with pytest.raises(FormatError, match=r"de-muc.valid.conll:\d+: the intent"):
        counted(folder / "de-muc.valid.conll")
    assert counted(data_dir / "nlu/en-train-rebuilt/en.train.rebuilt.conll")[0].sentences == 23155


def tables(data_dir: Path) -> Iterator[tuple[str, int]]:
    yield "topic/eng_Latn/train.tsv", 701
    yield "topic/fao_Latn/test.tsv", 204
    yield "sentiment/nusax/eng/train.csv", 500
    yield "sentiment/afrisenti/orm/test.tsv", 2096
    yield "sentiment/afrisenti/twi/train.tsv", 3481
    yield "sentiment/afrisenti/tso/train.tsv", 804


def test_tables_have_their_rows(data_dir: Path) -> None:
    for name, rows in tables(data_dir):
        assert (name, counted(data_dir / name)[0].sentences) == (name, rows)


def test_english_tokens_agree_with_the_treebank(data_dir: Path) -> None:
    """F1 over character spans of tokens, on UD English EWT dev; hyphenated words are left whole here."""
    tokenizer = tokenizer_for(ENGLISH)
    (block,) = read_source([data_dir / "pos/UD_English-EWT/en_ewt-ud-dev.conllu"], None, ENGLISH)
    forms, both, ours, theirs = block.tokens.to_pylist(), 0, 0, 0
    for i, text in enumerate(block.text.to_pylist()):
        gold = places(forms[block.offsets[i] : block.offsets[i + 1]])
        found = places(tokenizer.tokenize(text))
        both, ours, theirs = both + len(gold & found), ours + len(found), theirs + len(gold)
    assert 2 * both / (ours + theirs) > 0.983


def places(tokens: list[str]) -> set[tuple[int, int]]:
    """Where tokens stand, counted in characters that are not white space."""
    found, at = set(), 0
    for token in tokens:
        size = len("".join(token.split()))
        found.add((at, at + size))
        at += size
    return found
