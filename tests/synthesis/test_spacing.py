"""White space and punctuation: the source's, but for what the words or the script ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

LIGHT = [("light", "ljós")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The light.", "The ljós."),
        ("(light)", "(ljós)"),
        ("light,light;light", "ljós,ljós;ljós"),
        ("  light\t light  ", "  ljós\t ljós  "),
        ("light\u00a0light\u2009light", "ljós\u00a0ljós\u2009ljós"),
        ("“light” — ‘light’…", "“ljós” — ‘ljós’…"),
        ("192.168.0.1 light", "192.168.0.1 ljós"),
        ("1,000.50 $5 light", "1,000.50 $5 ljós"),
        ("light 👩‍👩‍👧 🇫🇴", "ljós 👩‍👩‍👧 🇫🇴"),
        ("שלום light عليكم", "שלום ljós عليكم"),
    ],
)
def test_white_space_is_the_sources(plain: Maker, text: str, wanted: str) -> None:
    assert plain.text(text, LIGHT) == wanted


def test_a_removed_token_hands_its_white_space_back(make: Maker) -> None:
    entries = [("turn off", "VERB", "sløkkja"), *LIGHT]
    assert make.text("turn the light off.", entries) == "sløkkja the ljós."
    assert make.text("turn it off!\t", entries) == "sløkkja it!\t"
    assert make.text("turn it  off\tnow", entries) == "sløkkja it\tnow"


def test_words_that_the_source_writes_together_are_set_apart(plain: Maker) -> None:
    entries = [("not", "ikki"), ("n't", "ikki"), ("do", "gera"), ("can", "kann"), ("ca", "kann")]
    text = plain.text("I don't; I can't.", entries)
    assert text == "I gera ikki; I kann ikki."


def test_one_word_for_several_and_several_for_one(plain: Maker) -> None:
    entries = [("good morning", "hey"), ("light", "bjart ljós")]
    row = plain.row("good morning, light!", entries)
    assert row["text"] == "hey, bjart ljós!"
    assert row["alignment"] == [[0, 1], [2], [3], [3], [4]]
    assert row["starts"] == [0, 3, 5, 11, 15]


def test_offsets_are_code_points(plain: Maker) -> None:
    row = plain.row("👩‍👩‍👧 𝔘 light", [("light", "𐌰𐌱 l")], "got_Goth")
    for token, start in zip(row["tokens"], row["starts"], strict=True):
        assert row["text"][start : start + len(token)] == token


@pytest.mark.parametrize(
    ("language", "target", "text", "wanted"),
    [
        ("arb_Arab", "ضوء", "light, light; light?", "ضوء، ضوء؛ ضوء؟"),
        ("hin_Deva", "घर", "light, light.", "घर, घर।"),
        ("tha_Thai", "ไฟ", "light light, light.", "ไฟไฟ, ไฟ."),
        ("bod_Tibt", "སྒྲོན", "light light.", "སྒྲོན་སྒྲོན།"),
        ("zho_Hans", "灯", "light light, light?", "灯灯， 灯？"),
        ("amh_Ethi", "ቤት", "light, light.", "ቤት፣ ቤት።"),
        ("kat_Geor", "სახლი", "light, light.", "სახლი, სახლი."),
    ],
)
def test_punctuation_and_joining_are_the_scripts(
    plain: Maker, language: str, target: str, text: str, wanted: str
) -> None:
    assert plain.text(text, [("light", target)], language) == wanted
    plain = plain.text(text, [("light", target)], language, punctuation=False)
    assert [mark for mark in plain if mark in ".,;?"] == [mark for mark in text if mark in ".,;?"]


def test_words_that_stay_keep_their_blanks_in_scripts_without(plain: Maker) -> None:
    assert plain.text("old zebra light light", [("light", "ไฟ")], "tha_Thai") == "old zebra ไฟไฟ"


def test_marks_in_numbers_and_names_are_not_punctuation(plain: Maker) -> None:
    text = plain.text("1,000.50 at 12:30 light.", [("light", "ضوء")], "arb_Arab")
    assert text.startswith("1,000.50 at 12:30 ضوء")


@pytest.mark.parametrize("mark", ["\u0301", "\u0323\u0302", "\u200d", "\u200c", "\u202b", "\u2067", "\ufe0f"])
def test_marks_and_joiners_stay(plain: Maker, mark: str) -> None:
    import unicodedata

    text = unicodedata.normalize("NFC", f"e{mark}x light x{mark}")
    assert plain.text(text, LIGHT) == text.replace("light", "ljós")


def test_a_target_with_marks_is_written_in_nfc(plain: Maker) -> None:
    row = plain.row("Turn it", [("turn", "e\u0301t")])
    assert row["text"] == "Ét it"
    assert row["starts"] == [0, 3]


def test_no_marker_is_put_on_unknown_words(plain: Maker) -> None:
    assert plain.text("zebra gnu*", LIGHT) == "zebra gnu*"


def test_without_words_the_text_stays(plain: Maker) -> None:
    assert plain.text("— ... !? 12 👍", LIGHT) == "— ... !? 12 👍"


def test_a_word_before_a_sentences_removed_start(make: Maker) -> None:
    rows = make.rows("end\nlook it up\nend", [("look up", "VERB", "leita"), ("end", "endi")])
    assert [row["text"] for row in rows] == ["endi", "leita it", "endi"]
