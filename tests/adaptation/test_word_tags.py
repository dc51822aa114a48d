"""Parts of speech of words: from entries, from the source's own use, from paradigms, from endings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.adaptation.word_tags import make_word_tags
from lexexpand.errors import DataError
from lexexpand.language import Language
from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.lexicon import Lexicon
from lexexpand.model.word_tags import WordTags, capitals
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.text.sentence import Sentence, Token

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("ADJ", "ADP", "AUX", "NOUN", "PUNCT", "VERB")
FAROESE = Language("fao", "Latn")


def sentence(text: str) -> Sentence:
    """`She/PRON is/AUX/be`: form, part of speech, lemma."""
    tokens = []
    for word in text.split():
        form, upos, *lemma = word.split("/")
        tokens.append(Token(form, upos=upos, lemma=lemma[0] if lemma else form.lower()))
    return Sentence(tuple(tokens))


GOLD = [
    sentence("dogs/NOUN/dog run/VERB ./PUNCT"),
    sentence("they/PRON run/VERB a/DET run/NOUN in/ADP houses/NOUN/house ./PUNCT"),
    sentence("is/AUX/be is/AUX/be was/VERB/be run/VERB"),
]


def lexicon(*rows: tuple[str, str, str | None]) -> Lexicon:
    entries = [
        Entry(tuple(source.split()), tuple(target.split()), upos, 1.0, None, "mine", number)
        for number, (source, target, upos) in enumerate(rows, 1)
    ]
    return Lexicon(entries, Language("eng", "Latn"), FAROESE)


def shares(tags: WordTags, word: str) -> dict[str, float]:
    """What is said of a listed word, the floor taken off, largest first."""
    row = tags.rows[tags.words[word]]
    return {label: float(np.exp(value)) for label, value in zip(tags.labels, row, strict=True)}


def test_a_word_is_what_its_translations_are_in_the_source() -> None:
    tags = make_word_tags([(lexicon(("run", "renna", None), ("house", "hús", None)), None)], GOLD, LABELS)
    renna = shares(tags, "renna")
    assert renna["VERB"] > renna["NOUN"] > renna["ADJ"]
    assert max(shares(tags, "hús"), key=shares(tags, "hús").__getitem__) == "NOUN"


def test_a_dictionarys_part_of_speech_narrows_but_knows_no_auxiliaries() -> None:
    entries = lexicon(("run", "renning", "NOUN"), ("be", "vera", "VERB"), ("new", "nýggjur", "ADJ"))
    tags = make_word_tags([(entries, None)], GOLD, LABELS)
    renning, vera = shares(tags, "renning"), shares(tags, "vera")
    assert renning["VERB"] == pytest.approx(renning["ADJ"])
    assert vera["AUX"] > 0.3
    assert vera["VERB"] > 0.3
    assert shares(tags, "nýggjur")["ADJ"] > 0.8  # unknown to the source text: the dictionary alone


def test_forms_have_the_parts_of_speech_of_their_lemma_that_their_cell_allows(tmp_path: Path) -> None:
    table = tmp_path / "fao.tsv"
    table.write_text(
        "renna\trenni\tV;IND;PRS;1;SG\nhundur\thundar\tN;NOM;PL\nhundur\thundur\tN;NOM;SG\n", encoding="utf-8"
    )
    paradigms = Paradigms.open([table], language=FAROESE)
    tags = make_word_tags([(lexicon(("run", "renna", None)), paradigms)], GOLD, LABELS)
    renni, hundar = shares(tags, "renni"), shares(tags, "hundar")
    assert renni["VERB"] > 0.7  # the cell is a verb's: the noun is out
    assert renni["NOUN"] == pytest.approx(renni["ADJ"])
    assert hundar["NOUN"] > 0.8


def test_endings_speak_for_words_that_nobody_lists() -> None:
    rows = [("run", f"{stem}aði", "VERB") for stem in ("kall", "tal", "dans", "spæl", "arb", "lær")]
    rows += [("house", f"{stem}ur", "NOUN") for stem in ("hest", "dag", "bát", "vind", "fisk", "kopp")]
    tags = make_word_tags([(lexicon(*rows), None)], GOLD, LABELS)
    scores = tags.add_to(np.zeros((5, len(LABELS)), np.float32), ["Málaði", "garður", "!", "ur", "xaði3"])
    assert LABELS[scores[0].argmax()] == "VERB"
    assert LABELS[scores[1].argmax()] == "NOUN"
    assert not scores[2:].any()


def test_what_is_known_is_added_and_what_was_not_read_stays_so() -> None:
    tags = make_word_tags([(lexicon(("house", "hús", "NOUN")), None)], GOLD, LABELS)
    scores = np.log(np.full((2, len(LABELS)), 1 / len(LABELS), np.float32))
    scores[1] = np.nan
    found = tags.add_to(scores, ["Hús", "hús"])
    assert LABELS[found[0].argmax()] == "NOUN"
    assert np.isnan(found[1]).all()
    assert tags.add_to(scores[:0], []).shape == (0, len(LABELS))


def test_a_table_comes_back_from_json_and_a_broken_one_does_not() -> None:
    tags = make_word_tags([(lexicon(("run", "renna", None)), None)], GOLD, LABELS)
    told = json.loads(json.dumps(tags.as_dict()))
    again = WordTags.from_dict(told)
    assert again.as_dict() == tags.as_dict()
    for field, value in (
        ("words", {"renna": 99}),
        ("words", {"renna": -1}),
        ("words", {"renna": True}),
        ("words", None),
        ("rows", [[0.0]]),
        ("rows", [["a"] * len(LABELS)]),
        ("rows", [[float("nan")] * len(LABELS)]),
        ("weight", -1),
        ("labels", 3),
    ):
        with pytest.raises(DataError, match="table of words"):
            WordTags.from_dict({**told, field: value})
    with pytest.raises(DataError):
        WordTags.from_dict({})


NAMED = [
    Sentence(
        tuple(Token(form) for form in ["the", "dog", "saw", "Denmark", "and", "Klakk", "and", "Tórun"]),
        spans=((3, 4, "LOC"), (5, 6, "PER"), (7, 8, "PER")),
    ),
    Sentence(
        tuple(Token(form) for form in ["in", "Denmark", "the", "Monday", "is", "cold", "and", "wet"]),
        spans=((1, 2, "LOC"),),
    ),
]
NAMES = ("O", "B-LOC", "B-PER", "I-LOC", "I-PER")


def test_names_are_told_by_what_words_translate_and_by_capitals() -> None:
    entries = lexicon(("dog", "hundur", None), ("Denmark", "Danmark", None))
    tags = make_word_tags([(entries, None)], NAMED, NAMES)
    assert max(shares(tags, "hundur"), key=shares(tags, "hundur").__getitem__) == "O"
    assert max(shares(tags, "danmark"), key=shares(tags, "danmark").__getitem__) == "B-LOC"
    assert tags.endings == {}  # what common words end in says nothing of names
    row = tags.rows[tags.capital]
    assert row[1] == row[2] == row[3] == row[4] > row[0]  # a name, of whatever kind
    read = tags.add_to(np.zeros((4, 5), np.float32), ["Hundur", "sá", "Petur", "."])
    assert read[0].argmax() == 0  # listed, and at the beginning
    assert read[1].tolist() == read[3].tolist() == [0] * 5
    assert read[2, 0] < read[2, 1]


def test_capitals_say_nothing_at_the_beginning_nor_in_headlines() -> None:
    listed = {"hundur"}
    assert capitals(["Petur", "og", "Hundur", "og", "Klakk"], listed) == [4]
    assert capitals(["hann", "segði", ":", "Petur", "kemur"], listed) == []
    assert capitals(["Petur", "Og", "Klakk", "hoyra"], listed) == []


def test_a_language_that_writes_nouns_with_capitals_has_no_such_sign() -> None:
    rows = [("dog", "Hund", None), ("house", "Haus", None), ("run", "rennen", None)]
    assert make_word_tags([(lexicon(*rows), None)], NAMED, NAMES).capital is None
    lower = [("dog", "hundur", None)]
    assert make_word_tags([(lexicon(*lower), None)], NAMED, NAMES).capital is not None
    assert make_word_tags([(lexicon(*lower), None)], GOLD, LABELS).capital is None  # no capitals in the text


def test_a_capital_outside_the_table_is_refused() -> None:
    told = make_word_tags([(lexicon(("dog", "hundur", None)), None)], NAMED, NAMES).as_dict()
    assert WordTags.from_dict(told).capital == told["capital"]
    with pytest.raises(DataError, match="a row that is not there"):
        WordTags.from_dict({**told, "capital": 99})
