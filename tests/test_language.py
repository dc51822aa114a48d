"""Names and tags become languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import ConfigError, LexexpandError
from lexexpand.language import (
    Language,
    default_source,
    display_name,
    from_tag,
    is_registered,
    parse_language,
    parse_languages,
    related,
)

KNOWN = [
    from_tag(tag)
    for tag in ("crh_Cyrl", "crh_Latn", "fao_Latn", "kpv_Cyrl", "quy_Latn", "sme_Latn", "zsm_Arab")
]


@pytest.mark.parametrize(
    "text",
    [
        "fo",
        "fao",
        "fao_Latn",
        "fo-Latn",
        "FAO_latn",
        "Faroese",
        "faroese",
        "føroyskt",
        " fao ",
    ],
)
def test_one_language_has_many_names(text):
    assert str(parse_language(text)) == "fao_Latn"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("se", "sme_Latn"),
        ("Northern Sami", "sme_Latn"),
        ("Davvisámegiella", "sme_Latn"),
        ("kpv", "kpv_Cyrl"),
        ("Komi-Zyrian", "kpv_Cyrl"),
        ("quy", "quy_Latn"),
        ("zsm", "zsm_Arab"),  # the one script that there are data in
        ("crh_Latn", "crh_Latn"),
        ("bam", "bam_Latn"),
        ("am", "amh_Ethi"),
        ("zh-Hant", "zho_Hant"),
        ("ckb_Latn", "ckb_Latn"),
        ("Vo\u0303ro", "vro_Latn"),  # a combining tilde
        ("qaa_Latn", "qaa_Latn"),
    ],
)
def test_tags_and_names(text, tag):
    assert str(parse_language(text, KNOWN)) == tag


def test_a_group_code_takes_the_script_of_its_member():
    assert parse_language("ms", KNOWN) == Language("msa", "Arab")
    assert from_tag("zsm_Arab") in related(Language("msa", "Arab"))


def test_several_scripts_are_listed_and_the_exit_code_is_2():
    with pytest.raises(ConfigError, match="crh_Cyrl, crh_Latn") as caught:
        parse_language("crh", KNOWN)
    assert caught.value.exit_code == 2
    assert [str(each) for each in parse_languages("crh", KNOWN)] == ["crh_Cyrl", "crh_Latn"]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("xx", "xho"),
        ("Farose", "fao (Faroese)"),
        ("farose", "fao"),
        ("Northen Sami", "sme"),
        ("", "languages"),
        ("?", "languages"),
        ("\x00a", "languages"),
        ("x" * 1_000_000, "languages"),
    ],
)
def test_an_unknown_name_gets_suggestions(text, hint):
    with pytest.raises(ConfigError) as caught:
        parse_language(text, KNOWN)
    assert "no language is called" in str(caught.value)
    assert hint in str(caught.value)


@pytest.mark.parametrize("text", ["fao_Xxxx", "fo-Qqqq"])
def test_an_unknown_script_is_said_to_be_one(text):
    with pytest.raises(ConfigError, match="there is no script"):
        parse_language(text)


def test_a_language_of_unknown_script_asks_for_it():
    with pytest.raises(ConfigError, match="no data say which script"):
        parse_language("aii")


@pytest.mark.parametrize("tag", ["fao", "fao-Latn", "fo_Latn", "FAO_Latn", "fao_latn", "fao_Latn_FO", ""])
def test_files_must_have_exact_tags(tag):
    with pytest.raises(ConfigError, match="not a full language tag"):
        from_tag(tag)


@pytest.mark.parametrize(
    ("one", "other"), [("aym", "ayr"), ("que", "quy"), ("swa", "swh"), ("kur", "kmr"), ("ful", "fuv")]
)
def test_group_and_member_stand_for_each_other_in_one_script(one, other):
    assert Language(other, "Latn") in related(Language(one, "Latn"))
    assert Language(one, "Latn") in related(Language(other, "Latn"))
    assert related(Language("fao", "Latn")) == ()


def test_every_row_of_the_table_names_registered_codes():
    from lexexpand.language import _relatives

    assert all(is_registered(Language(code, "Latn")) for code in _relatives())


def test_names_and_default():
    assert display_name(from_tag("fao_Latn")) == "Faroese"
    assert display_name(Language("qaa", "Latn")) == "qaa"
    assert str(default_source()) == "eng_Latn"


@given(st.text(max_size=30))
def test_no_text_is_a_bug_and_what_is_understood_reads_back(text):
    try:
        language = parse_language(text, KNOWN)
    except LexexpandError:
        return
    assert parse_language(str(language)) == language
    assert is_registered(language)
