from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import DataError
from lexexpand.text.analysis import Analysis
from lexexpand.text.analyzers import PlainAnalyzer
from lexexpand.text.normalize import nfc
from lexexpand.text.sentence import Sentence, SentenceSource, Token, block_of, sentences, to_conllu
from tests.text.conftest import ENGLISH, Read

if TYPE_CHECKING:
    from pathlib import Path

DOGS = Sentence.of(
    "The dogs sleep.",
    [
        Token("The", upos="DET", lemma="the", head=2, deprel="det"),
        Token("dogs", upos="NOUN", lemma="dog", feats="Number=Plur", head=3, deprel="nsubj"),
        Token("sleep", upos="VERB", lemma="sleep", head=0, deprel="root"),
        Token(".", upos="PUNCT"),
    ],
    spans=((1, 2, "ANIMAL"),),
    label="nature",
    intent="tell",
)


def test_a_sentence_is_its_text() -> None:
    assert DOGS.text == "The dogs sleep."
    assert DOGS.tokens[2].space_after == ""
    assert len(DOGS) == 4


def test_a_sentence_survives_a_block() -> None:
    assert list(sentences(block_of([DOGS, DOGS]))) == [DOGS, DOGS]


def test_a_tree_is_written_as_conllu_and_read_back(read: Read) -> None:
    written = to_conllu(DOGS, sent_id="1")
    assert written == (
        "# sent_id = 1\n# text = The dogs sleep.\n"
        "1\tThe\tthe\tDET\t_\t_\t2\tdet\t_\t_\n"
        "2\tdogs\tdog\tNOUN\t_\tNumber=Plur\t3\tnsubj\t_\tSpan=B-ANIMAL\n"
        "3\tsleep\tsleep\tVERB\t_\t_\t0\troot\t_\tSpaceAfter=No\n"
        "4\t.\t_\tPUNCT\t_\t_\t_\t_\t_\t_\n\n"
    )
    (block,), report = read("a.conllu", written)
    (again,) = sentences(block)
    assert again.text == DOGS.text
    assert [t.lemma for t in again.tokens] == [t.lemma for t in DOGS.tokens]
    assert report.counts == {}


def test_plain_text_is_split_like_a_source() -> None:
    assert [token.form for token in Sentence.split(" Don't! ", ENGLISH).tokens] == ["Do", "n't", "!"]
    assert Sentence.split(" Don't! ", ENGLISH).text == " Don't! "


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_splitting_loses_nothing(text: str) -> None:
    assert Sentence.split(text, ENGLISH).text == nfc(text)


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        (Sentence((Token(""),)), "empty"),
        (Sentence((Token("a", "x"),)), "white space"),
        (Sentence((Token("a"),), spans=((0, 2, "X"),)), "outside"),
    ],
)
def test_impossible_sentences_are_refused(sentence: Sentence, words: str) -> None:
    with pytest.raises(DataError, match=words):
        block_of([sentence])


def test_tokens_that_do_not_make_up_the_text_are_refused() -> None:
    with pytest.raises(DataError, match="make up"):
        Sentence.of("a b", [Token("a")])
    with pytest.raises(DataError, match="spans"):
        block_of([DOGS, Sentence((Token("a"),))])


def test_own_sentences_can_be_analysed(tmp_path: Path) -> None:
    made = Analysis.build(SentenceSource([DOGS, DOGS]), None, PlainAnalyzer(), ENGLISH, tmp_path)
    assert made.n_sentences == 2
    assert made.block(0).text.to_pylist() == ["The dogs sleep."] * 2
    assert made.labelled == {"upos", "spans", "label", "intent"}
    assert SentenceSource([DOGS]).digest != SentenceSource([DOGS, DOGS]).digest
