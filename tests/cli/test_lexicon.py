from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lexexpand.cli import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXEXPAND_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(tmp_path / "home"))


@pytest.fixture
def mine(tmp_path: Path) -> str:
    path = tmp_path / "my.tsv"
    path.write_text(
        "to go\tverb\tfara\nto\tverb\t\nhouse\tnoun\thús\ngive up\tverb\tgeva upp\n", encoding="utf-8"
    )
    return str(path)


def test_a_dictionary_is_added_and_then_found_by_its_name(
    mine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lexicon", "add", mine, "--lang", "fo", "--licence", "CC-BY-4.0", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["pack"], told["licence"], told["entries"]) == (
        "my",
        "CC-BY-4.0",
        {"fao_Latn": 3},
    )  # one is empty
    assert run(["lexicon", "show", "give up", "--lang", "fo", "--lexicon", "my", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    assert (entry["target"], entry["upos"], entry["pack"], entry["row"]) == ("geva upp", "VERB", "my", 4)


def test_adding_without_a_licence_says_so(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lexicon", "add", mine, "--lang", "fao"]) == 0
    assert "NOASSERTION" in capsys.readouterr().err


def test_a_dictionary_that_cannot_be_read_is_not_added(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.tsv"
    bad.write_bytes(b"dog\thundur\nhouse\th\xfas\n")
    assert run(["lexicon", "add", str(bad), "--lang", "fao"]) == 3
    assert f"{bad}:2" in capsys.readouterr().err
    assert not (tmp_path / "home").exists()
    bad.write_text("dog\thundur\nsmart\n", encoding="utf-8")
    assert run(["lexicon", "add", str(bad), "--lang", "fao"]) == 3
    assert run(["lexicon", "add", str(bad), "--lang", "fao", "--skip-bad"]) == 0
    assert run(["lexicon", "stats", "--lang", "fao", "--lexicon", "bad"]) == 0


def test_a_file_without_a_language_is_refused(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lexicon", "add", mine]) == 2
    assert "--lang" in capsys.readouterr().err


def test_stats_count_and_list_what_was_cleaned(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lexicon", "stats", "--lang", "fao", "--lexicon", mine, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["entries"], told["multiword source"], told["upos"]) == (3, 1, {"VERB": 2, "NOUN": 1})
    assert told["cleaning"]["rules"] == {"empty": 1, "to-infinitive": 1}
    assert (
        run(["lexicon", "stats", "--lang", "fao", "--lexicon", mine, "--dropped", "--rule", "to-infinitive"])
        == 0
    )
    assert capsys.readouterr().out == "my\t1\tto-infinitive\tto go\tgo\n"
    assert run(["lexicon", "stats", "--lang", "fao", "--lexicon", mine]) == 0
    assert "3 entries" in capsys.readouterr().out


def test_a_word_that_is_not_there_ends_with_1(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lexicon", "show", "spaceship", "--lang", "fao", "--lexicon", mine]) == 1
    assert capsys.readouterr().out == ""
    assert run(["lexicon", "show", "hús", "--lang", "fao", "--lexicon", mine]) == 0
    assert "house" in capsys.readouterr().out


def test_a_folder_is_added_with_the_licences_that_its_names_tell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "dictionaries"
    folder.mkdir()
    (folder / "fao_Latn.wiktionary.tsv").write_text("house\tnoun\thús\t\n", encoding="utf-8")
    (folder / "sme_Latn.freedict.tsv").write_text("house\tn\tviessu\t\n", encoding="utf-8")
    assert run(["lexicon", "add", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["licence"] == "CC-BY-SA-3.0 AND GPL-2.0-or-later"
    assert run(["lexicon", "show", "house", "--lang", "fo", "--lexicon", "dictionaries", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["entries"][0]["weight"] == 0.3


def test_a_word_that_is_not_there_is_told_without_python(
    mine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["lexicon", "show", "spaceship", "--lang", "fao", "--lexicon", mine]) == 1
    told = capsys.readouterr().err
    assert "from eng_Latn into fao_Latn (3 entries of my)" in told
    assert "<" not in told


@pytest.mark.parametrize("content", ["", "\n\n", "english\ttranslation\n"])
def test_a_dictionary_without_entries_does_not_take_the_place_of_a_good_one(
    content: str, mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.tsv"
    empty.write_text(content, encoding="utf-8")
    assert run(["lexicon", "add", mine, "--lang", "fao", "--name", "own"]) == 0
    assert run(["lexicon", "add", str(empty), "--lang", "fao", "--name", "own", "--replace"]) == 3
    assert "no entry in it" in capsys.readouterr().err
    assert run(["lexicon", "show", "house", "--lang", "fao", "--lexicon", "own"]) == 0


def test_an_unknown_encoding_of_xml_and_a_device_are_errors_of_the_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.xml"
    bad.write_text('<?xml version="1.0" encoding="bogus"?><r/>', encoding="utf-8")
    assert run(["lexicon", "add", str(bad), "--lang", "fao"]) == 3
    assert run(["lexicon", "add", "/dev/null", "--lang", "fao"]) == 3
    assert "bug" not in capsys.readouterr().err


def test_a_pack_of_another_source_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["lexicon", "stats", "--lang", "fao", "--source-lang", "deu", "--lexicon", "starter"]) == 2
    assert "translates from eng_Latn, not from deu_Latn" in capsys.readouterr().err


def test_words_of_a_text_are_known_by_their_lemmas_and_those_to_add_are_named(
    mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "mine.tsv"
    table.write_text("hús\thúsini\tN;DEF;NOM;PL\nbók\tbøkur\tN;INDF;NOM;PL\n", encoding="utf-8")
    asked = ["--lang", "fao", "--lexicon", mine, "--offline"]
    text = tmp_path / "text.txt"
    text.write_text("Húsini, húsini!\nfara bøkur 12\n", encoding="utf-8")
    assert run(["lexicon", "coverage", str(text), *asked, "--paradigms", str(table), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["tokens"] == {"as it stands": 1, "attested": 2, "unknown": 1}
    assert told["missing"] == [["bók", 1]]
    assert run(["lexicon", "coverage", str(text), *asked, "--paradigms", str(table)]) == 0
    assert "75.0% of 4 words" in capsys.readouterr().out
    text.write_bytes(b"h\xfas\n")
    assert run(["lexicon", "coverage", str(text), *asked, "--paradigms", str(table)]) == 3
    assert "text.txt:1" in capsys.readouterr().err


def test_a_form_is_shown_by_its_lemma(
    mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = {"húsini": (("hús",), "learned")}
    monkeypatch.setattr("lexexpand.cli.lexicon._lemmas", lambda word, *_: forms.get(word, ((), "none")))
    asked = ["--lang", "fao", "--lexicon", mine]
    assert run(["lexicon", "show", "húsini", *asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["lemmas"], [entry["source"] for entry in told["as_target"]]) == (["hús"], ["house"])
    assert run(["lexicon", "show", "húsini", *asked]) == 0
    assert "probably a form of 'hús'" in capsys.readouterr().err
    assert run(["lexicon", "show", "húsarnir", *asked]) == 1
