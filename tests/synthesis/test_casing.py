"""Capitals go over from the source as the target's script and language have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.language import from_tag
from lexexpand.synthesis.casing import case_rules, source_casing

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker


@pytest.mark.parametrize(
    ("form", "initial", "casing"),
    [
        ("house", True, "none"),
        ("House", False, "title"),
        ("HOUSE", False, "upper"),
        ("iPhone", True, "mixed"),
        ("McDonald", True, "mixed"),
        ("I", False, "none"),
        ("I", True, "title"),
        ("A", True, "title"),
        ("A", False, "none"),
        ("OK", False, "upper"),
        ("ǅep", False, "title"),
        ("3D", False, "none"),
        ("...", True, "none"),
        ("O'Neill", False, "mixed"),
    ],
)
def test_how_a_source_word_is_cased(form: str, initial: bool, casing: str) -> None:
    assert source_casing(form, initial=initial) == casing


@pytest.mark.parametrize(
    ("language", "word", "title", "upper"),
    [
        ("fao_Latn", "hús", "Hús", "HÚS"),
        ("tur_Latn", "içinde", "İçinde", "İÇİNDE"),
        ("tur_Latn", "ılık", "Ilık", "ILIK"),
        ("deu_Latn", "straße", "Straße", "STRASSE"),
        ("ell_Grek", "σπίτις", "Σπίτις", "ΣΠΊΤΙΣ"),
        ("haw_Latn", "ʻohana", "ʻOhana", "ʻOHANA"),
        ("hrv_Latn", "ǆep", "ǅep", "ǄEP"),
        ("kat_Geor", "სახლი", "სახლი", "სახლი"),
        ("hin_Deva", "घर", "घर", "घर"),
        ("arb_Arab", "بيت", "بيت", "بيت"),
        ("fao_Latn", "12th", "12th", "12TH"),
        ("fao_Latn", "McDonald", "McDonald", "MCDONALD"),
        ("fao_Latn", "ﬁskur", "Fiskur", "FISKUR"),
        ("hye_Armn", "տուն", "Տուն", "ՏՈՒՆ"),
        ("chr_Cher", "ᎣᏏᏲ", "ᎣᏏᏲ", "ᎣᏏᏲ"),
    ],
)
def test_words_are_raised_as_their_script_has_it(language: str, word: str, title: str, upper: str) -> None:
    rules = case_rules(from_tag(language))
    assert rules.apply(word, "title") == title
    assert rules.apply(word, "upper") == upper
    assert rules.apply(word, "none") == rules.apply(word, "mixed") == word


def test_title_upper_and_none_go_over(plain: Maker) -> None:
    row = plain.row("Old the old, OLD the Old, oLD.", [("old", "gamal")])
    assert row["text"] == "Gamal the gamal, GAMAL the Gamal, gamal."
    assert row["casing"] == [
        "title",
        "none",
        "none",
        "none",
        "upper",
        "none",
        "title",
        "none",
        "none",
        "none",
    ]


def test_the_first_word_after_a_quote_is_first(plain: Maker) -> None:
    assert plain.text("“Light!” (Light)", [("light", "ljós")]) == "“Ljós!” (Ljós)"


def test_what_the_dictionary_writes_with_a_capital_keeps_it(plain: Maker) -> None:
    assert plain.text("a light", [("light", "Licht")], "ltz_Latn") == "a Licht"
    assert plain.text("a LIGHT", [("light", "Licht")], "ltz_Latn") == "a LICHT"


def test_a_capital_of_english_spelling_is_not_handed_on(plain: Maker) -> None:
    entries = [("Monday", "mánadagur"), ("I", "eg"), ("English", "enskt")]
    assert plain.text("so I say English on Monday", entries) == "so eg say enskt on mánadagur"
    assert plain.text("Monday it is", entries) == "Mánadagur it is"
    assert plain.text("I say", entries) == "Eg say"


def test_single_letters_shout_no_word(plain: Maker) -> None:
    assert plain.text("so I say I", [("i", "eg")]) == "so eg say eg"
    assert plain.text("I SAY SO", [("i", "eg"), ("say", "sigi")]).startswith("Eg SIGI") is True


def test_only_the_first_word_of_a_phrase_takes_a_title(plain: Maker) -> None:
    entries = [("good morning", "góðan morgun")]
    assert plain.text("Good morning!", entries) == "Góðan morgun!"
    assert plain.text("GOOD MORNING!", entries) == "GÓÐAN MORGUN!"
    assert plain.text("GOOD morning!", entries) == "Góðan morgun!"
    assert plain.text("one two", [("two", "tvey tey")]) == "one tvey tey"
    assert plain.text("Two one", [("two", "tvey tey")]) == "Tvey tey one"


@pytest.mark.parametrize(
    ("language", "target", "wanted"),
    [
        ("tur_Latn", "içinde", ["İçinde", "iÇinde", "İÇİNDE"]),
        ("kat_Geor", "სახლი", ["სახლი"] * 3),
        ("hin_Deva", "घर", ["घर"] * 3),
        ("ell_Grek", "σπίτι", ["Σπίτι", "", "ΣΠΊΤΙ"]),
        ("haw_Latn", "ʻohana", ["ʻOhana", "", "ʻOHANA"]),
    ],
)
def test_scripts_in_a_sentence(plain: Maker, language: str, target: str, wanted: list[str]) -> None:
    row = plain.row("House of HOUSE", [("house", target)], language)
    assert [row["tokens"][0], row["tokens"][2]] == [wanted[0], wanted[2]]


def test_scripts_without_case_are_given_no_casing(plain: Maker) -> None:
    row = plain.row("House of HOUSE", [("house", "घर")], "hin_Deva")
    assert set(row["casing"]) == {"none"}
