"""The lexical analyser of English: what it says of single sentences, and that blocks do not matter."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexexpand.language import Language
from lexexpand.text.block import UPOS
from lexexpand.text.lexical import LexicalAnalyzer
from lexexpand.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = Language("eng", "Latn")
Row = tuple[str, str, str]


@pytest.fixture(scope="module")
def english() -> LexicalAnalyzer:
    return LexicalAnalyzer(ENGLISH)


class Session:
    """An analyser and the vocabulary that grows with it."""

    def __init__(self, analyzer: LexicalAnalyzer) -> None:
        self.analyzer, self.forms = analyzer, Vocabulary()

    def run(self, sentences: list[list[str]]) -> list[Row]:
        ids = self.forms.add([form for sentence in sentences for form in sentence])
        offsets = np.array([0, *accumulate(map(len, sentences))], np.int64)
        upos, lemma, feats = self.analyzer.analyze(self.forms.values, ids, offsets)
        return [
            (UPOS[u], self.analyzer.lemmas[m], self.analyzer.feats[f])
            for u, m, f in zip(upos, lemma, feats, strict=True)
        ]


@pytest.fixture(scope="module")
def session(english: LexicalAnalyzer) -> Session:
    return Session(english)


@pytest.mark.parametrize(
    ("text", "upos"),
    [
        ("The dogs were barking .", "DET NOUN AUX VERB PUNCT"),
        ("She plans a party .", "PRON VERB DET NOUN PUNCT"),
        ("Their plans changed .", "PRON NOUN VERB PUNCT"),
        ("I want to go to London .", "PRON VERB PART VERB ADP PROPN PUNCT"),
        ("what 's the weather in new york", "PRON AUX DET NOUN ADP ADJ PROPN"),
        ("He has n't seen it .", "PRON AUX PART VERB PRON PUNCT"),
        ("He has a car .", "PRON VERB DET NOUN PUNCT"),
        ("John 's dog said that he left .", "PROPN PART NOUN VERB SCONJ PRON VERB PUNCT"),
        ("That man knows that .", "DET NOUN VERB PRON PUNCT"),
        ("Wow , 3 % more :)", "INTJ PUNCT NUM SYM ADJ SYM"),
        ("When does the bus leave ?", "ADV AUX DET NOUN VERB PUNCT"),
        ("Will my new train stop here ?", "AUX PRON ADJ NOUN VERB ADV PUNCT"),
        ("They did the house work .", "PRON VERB DET NOUN NOUN PUNCT"),
    ],
)
def test_parts_of_speech_follow_the_context(session: Session, text: str, upos: str) -> None:
    assert " ".join(row[0] for row in session.run([text.split()])) == upos


@pytest.mark.parametrize(
    ("text", "position", "lemma"),
    [
        ("I saw them .", 1, "see"),
        ("I saw them .", 2, "they"),
        ("The saw broke .", 1, "saw"),
        ("They do n't know .", 2, "not"),
        ("I 'll go .", 1, "will"),
        ("Her teeth hurt .", 1, "tooth"),
        ("This is better .", 2, "good"),
        ("The children left .", 2, "leave"),
        ("He lives in London .", 3, "London"),
        ("The Iraqi army won .", 1, "Iraqi"),
        ("THE DOGS BARKED .", 1, "dog"),
    ],
)
def test_lemmas_follow_the_part_of_speech(session: Session, text: str, position: int, lemma: str) -> None:
    assert session.run([text.split()])[position][1] == lemma


@pytest.mark.parametrize(
    ("text", "position", "feats"),
    [
        ("The dogs bark .", 1, "Number=Plur"),
        ("She sings .", 1, "Mood=Ind|Number=Sing|Person=3|Tense=Pres|VerbForm=Fin"),
        ("We walked home .", 1, "Mood=Ind|Number=Plur|Person=1|Tense=Past|VerbForm=Fin"),
        ("The price of eggs fell .", 4, "Mood=Ind|Number=Sing|Person=3|Tense=Past|VerbForm=Fin"),
        ("Do you know ?", 0, "Mood=Ind|Number=Sing|Person=2|Tense=Pres|VerbForm=Fin"),
        ("He took the books and left .", 5, "Mood=Ind|Number=Sing|Person=3|Tense=Past|VerbForm=Fin"),
        ("I want to go .", 3, "VerbForm=Inf"),
        ("Go away !", 0, "Mood=Imp|VerbForm=Fin"),
        ("He has gone .", 2, "Tense=Past|VerbForm=Part"),
        ("It was broken by him .", 2, "Tense=Past|VerbForm=Part|Voice=Pass"),
        ("A bigger house .", 1, "Degree=Cmp"),
    ],
)
def test_features_say_the_inflection(session: Session, text: str, position: int, feats: str) -> None:
    assert session.run([text.split()])[position][2] == feats


WORDS = [
    "the",
    "The",
    "dogs",
    "walk",
    "to",
    "that",
    "we",
    "of",
    "and",
    ".",
    "“",
    "3",
    "NASA",
    "x@y.org",
    "é",
    "n't",
    "\u200b",
    "😀",
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=7), min_size=1, max_size=8), st.data())
def test_the_cut_into_blocks_changes_nothing(
    session: Session, sentences: list[list[str]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(sentences)))
    assert session.run(sentences) == session.run(sentences[:cut]) + session.run(sentences[cut:])


def test_what_was_seen_before_changes_nothing(session: Session) -> None:
    sentences = [["She", "plans", "a", "party", "."], ["It", "fell", "."], ["PLANS", "FELL"]]
    fresh = Session(LexicalAnalyzer(ENGLISH))
    assert fresh.run(sentences[::-1]) == [row for s in sentences[::-1] for row in session.run([s])]


def test_no_sentences_are_no_tokens() -> None:
    empty = np.zeros(0, np.int32)
    upos, lemma, feats = LexicalAnalyzer(ENGLISH).analyze([], empty, np.zeros(1, np.int64))
    assert len(upos) == len(lemma) == len(feats) == 0


def test_two_analysers_of_one_version_agree(english: LexicalAnalyzer) -> None:
    assert LexicalAnalyzer(ENGLISH).version == english.version


def test_a_language_without_rows_gets_lemmas_alone() -> None:
    session = Session(LexicalAnalyzer(Language("deu", "Latn")))
    assert session.run([["Die", "Hunde"]]) == [("_", "der", "_"), ("_", "hund", "_")]


def test_a_language_that_nobody_knows_keeps_its_forms() -> None:
    session = Session(LexicalAnalyzer(Language("fao", "Latn")))
    assert session.run([["Hundur"]]) == [("_", "hundur", "_")]


@pytest.mark.data
def test_ewt_dev_is_analysed_as_well_as_the_report_says(data_dir: Path, session: Session) -> None:
    path = data_dir / "pos" / "UD_English-EWT" / "en_ewt-ud-dev.conllu"
    blocks = path.read_text(encoding="utf-8").strip().split("\n\n")
    lines = [[line.split("\t") for line in block.split("\n") if line[0] != "#"] for block in blocks]
    gold = [[cells for cells in sentence if cells[0].isdigit()] for sentence in lines]
    rows = session.run([[cells[1] for cells in sentence] for sentence in gold])
    flat = [cells for sentence in gold for cells in sentence]
    upos = np.mean([row[0] == cells[3] for row, cells in zip(rows, flat, strict=True)])
    lemma = np.mean([row[1].lower() == cells[2].lower() for row, cells in zip(rows, flat, strict=True)])
    assert upos >= 0.944
    assert lemma >= 0.982
