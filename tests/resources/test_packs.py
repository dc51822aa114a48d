"""Packs are found in four places, the nearest first."""

from __future__ import annotations

import pytest

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import from_tag
from lexexpand.resources.packs import (
    blocked_reasons,
    find_packs,
    get_pack,
    known_languages,
    shipped_dirs,
    user_pack_dir,
)

from_toml = (
    'schema = 1\nid = "{id}"\nkind = "{kind}"\ntitle = "{title}"\nversion = "1"\nlanguages = ["fao_Latn"]\n'
    'source_language = "eng_Latn"\nlicence = "CC0-1.0"\nreader = "tsv"\n'
)


def make(folder, id="mine", kind="lexicon", title="t"):
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(from_toml.format(id=id, kind=kind, title=title), encoding="utf-8")
    return folder


def test_the_shipped_packs_are_found():
    found = {f"{card.kind}/{card.id}" for card in find_packs()}
    assert {"lexicon/gatitos", "lexicon/giellalt", "lexicon/cldr", "lexicon/starter"} <= found
    assert {"paradigms/unimorph", "paradigms/sigmorphon2020", "paradigms/starter"} <= found
    assert all(card.kind == "lexicon" for card in find_packs("lexicon"))
    assert shipped_dirs()


def test_the_nearest_place_wins(tmp_path, monkeypatch):
    make(user_pack_dir() / "lexicon" / "gatitos", "gatitos", title="user")
    assert get_pack("gatitos").title == "user"
    make(tmp_path / "env" / "gatitos", "gatitos", title="environment")
    monkeypatch.setenv("LEXEXPAND_PACKS", str(tmp_path / "env"))
    assert get_pack("gatitos").title == "environment"
    make(tmp_path / "dir" / "gatitos", "gatitos", title="option")
    assert get_pack("gatitos", pack_dirs=[tmp_path / "dir"]).title == "option"
    assert [card.id for card in find_packs("lexicon", pack_dirs=[tmp_path / "dir"])].count("gatitos") == 1


def test_a_place_is_a_pack_or_holds_packs_and_hidden_ones_are_passed_over(tmp_path):
    make(tmp_path / "a" / "one", "one")
    make(tmp_path / "a" / ".two.draft", "two")
    make(tmp_path / "a" / "deeper" / "three", "three")
    found = [card.id for card in find_packs(pack_dirs=[tmp_path / "a"])]
    assert found[:2] == ["one", "three"]
    assert "two" not in found
    assert find_packs(pack_dirs=[tmp_path / "a" / "one"])[0].id == "one"


def test_a_pack_is_had_by_id_by_kind_by_folder_and_by_path(tmp_path, repository):
    assert get_pack("lexicons/starter").kind == "lexicon"
    assert get_pack("starter", "paradigms").kind == "paradigms"
    assert get_pack(str(make(tmp_path / "x"))).id == "mine"
    with pytest.raises(ConfigError, match="lexicons/starter or morphology/starter"):
        get_pack("starter")


def test_an_unknown_pack_gets_suggestions():
    with pytest.raises(ConfigError, match="Did you mean gatitos"):
        get_pack("gatito")
    with pytest.raises(ConfigError, match="pack list"):
        get_pack("zzzzz", "lexicon")


def test_a_place_that_is_named_must_exist(tmp_path, monkeypatch):
    with pytest.raises(MissingDataError, match="no such folder of packs"):
        find_packs(pack_dirs=[tmp_path / "nowhere"])
    monkeypatch.setenv("LEXEXPAND_PACKS", str(tmp_path / "nowhere"))
    with pytest.raises(MissingDataError, match="LEXEXPAND_PACKS"):
        find_packs()


def test_whoever_finds_nothing_can_say_what_is_blocked():
    (first, second) = blocked_reasons("lexicon", from_tag("tso_Latn"))
    assert first.startswith("gatitos/en_ts.tsv: the rows are those of Tswana")
    assert second.startswith("gatitos/ts_en.tsv")
    assert not blocked_reasons("paradigms", from_tag("tso_Latn"))


def test_known_languages_decide_scripts():
    known = known_languages()
    assert {from_tag("crh_Latn"), from_tag("crh_Cyrl")} <= known
    assert from_tag("fao_Latn") in known_languages("paradigms")
