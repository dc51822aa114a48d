"""A language is begun: the folder works at once, is checked as it grows, and can be sealed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lexexpand.cli import run
from lexexpand.language import from_tag
from lexexpand.lexicon.load import load_lexicon
from lexexpand.resources.card import load_card

if TYPE_CHECKING:
    from pathlib import Path

TAG = "fry_Latn"
SAID = {("the", "DET"): "de", ("house", "NOUN"): "hûs", ("dog", "NOUN"): "hûn", ("see", "VERB"): "sjen"}


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    assert run(["init", "--lang", TAG, str(folder)]) == 0
    return folder


def fill(folder: Path) -> Path:
    """Type the translations into the table, as a user would."""
    table = folder / "lexicon" / f"{TAG}.tsv"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        row[2] = SAID.get((row[0], row[1]), row[2])
    table.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    return table


def test_what_is_begun_has_no_slip(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["pack", "check", str(begun), "--json"])
    told = json.loads(capsys.readouterr().out)
    codes = {finding["code"] for report in told for finding in report["findings"]}
    assert codes <= {"W206"}  # who made it is not known yet
    way = told[0]["progress"]
    assert (way["entries"], way["done"]["words"]) == (0, 0)
    assert len(way["next"]) == 10


def test_sentences_after_a_few_words(begun: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fill(begun)
    paradigms = begun / "paradigms" / f"{TAG}.tsv"
    with paradigms.open("a", encoding="utf-8") as table:
        table.write("hûn\thûnen\tN;PL\n")
    (tmp_path / "mine.txt").write_text("The dogs see the house.\n", encoding="utf-8")
    capsys.readouterr()
    made = ["--lang", TAG, "--lexicon", str(begun), "--paradigms", str(begun), "--offline", "--preview"]
    assert run(["synth", "--source", str(tmp_path / "mine.txt"), *made]) == 0
    assert "De hûnen sjen de hûs." in capsys.readouterr().out
    run(["pack", "check", str(begun)])
    said = capsys.readouterr().err
    assert "4 entries, 4 of the" in said
    assert "next: " in said


def test_an_empty_lexicon_says_what_to_do(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["synth", "--lang", TAG, "--lexicon", str(begun), "--offline", "--preview"]) == 3
    assert "has no entries" in capsys.readouterr().err


def test_a_slip_is_named_with_its_line(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = fill(begun)
    with table.open("a", encoding="utf-8") as lines:
        lines.write("cat\tNOUN\tкот\t\t\nbread\tNOUN\n")
    number = len(table.read_text(encoding="utf-8").splitlines())
    assert run(["pack", "check", str(begun)]) == 1
    out = capsys.readouterr().out
    assert f"{table}:{number}: E502" in out


def test_sealed_it_is_a_pack_like_any_other(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fill(begun)
    card = load_card(begun / "lexicon")
    assert not card.files[0].is_sealed
    assert card.files[0].licence == card.licence == "NOASSERTION"
    assert run(["pack", "seal", str(begun)]) == 0
    assert "lexicon" in capsys.readouterr().err
    assert all(load_card(begun / part).files[0].is_sealed for part in ("lexicon", "paradigms"))
    lexicon = load_lexicon(from_tag(TAG), specs=[str(begun)])
    assert {" ".join(entry.target) for entry in lexicon.entries} == set(SAID.values())
    table = begun / "lexicon" / f"{TAG}.tsv"
    table.write_text(table.read_text(encoding="utf-8") + "cat\tNOUN\tkat\t\t\n", encoding="utf-8")
    assert run(["lexicon", "stats", "--lang", TAG, "--lexicon", str(begun)]) == 3  # changed after sealing


def test_nothing_is_overwritten(begun: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    before = sorted(path.read_bytes() for path in begun.rglob("*") if path.is_file())
    assert run(["init", "--lang", TAG, str(begun)]) == 2
    assert "something already" in capsys.readouterr().err
    assert sorted(path.read_bytes() for path in begun.rglob("*") if path.is_file()) == before
    assert run(["init", "--lang", "eng", str(tmp_path / "other")]) == 2
    assert not (tmp_path / "other").exists()


def test_json_tells_the_steps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--lang", "Gagauz", str(tmp_path / "gag"), "--licence", "CC-BY-4.0", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["language"] == "gag_Latn"
    assert [step["words"] for step in told["coverage"]][:3] == [100, 200, 300]
    assert load_card(tmp_path / "gag" / "lexicon").licence == "CC-BY-4.0"
