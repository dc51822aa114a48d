"""A language that says by forms what English says by words: Basque, a few words typed by a non-speaker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lexexpand.cli import run

TAG = "eus_Latn"
WORDS = """
be AUX izan
I PRON ni
dog NOUN txakur
house NOUN etxe
king NOUN errege
go VERB joan
"""
FORMS = """
txakur txakurra N;ABS;DEF;SG
txakur txakurrak N;ABS;DEF;PL
etxe etxean N;IN+ESS;DEF;SG
errege erregearekin N;COM;DEF;SG
izan da V;IND;PRS;3;SG
"""
SENTENCES = "The dog is in the house.\nI go with the king.\n"


@pytest.fixture
def mine(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `mine` as `init` writes it, with the words and forms typed in; we stand beside it."""
    monkeypatch.chdir(tmp_path)
    assert run(["init", "--lang", "Basque", "--licence", "CC0-1.0", "--citation", "a test", "mine"]) == 0
    (tmp_path / "my.txt").write_text(SENTENCES, encoding="utf-8")
    type_in("lexicon", WORDS)
    type_in("paradigms", FORMS)
    capsys.readouterr()
    return Path("mine")


def type_in(part: str, rows: str, name: str = f"{TAG}.tsv") -> None:
    """Add rows at the end of a table; blanks become tabs."""
    with (Path("mine") / part / name).open("a", encoding="utf-8") as table:
        table.write("".join("\t".join(line.split()) + "\n" for line in rows.strip().splitlines()))


def preview(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    """What a preview of the sentences prints."""
    capsys.readouterr()
    named = ["--lexicon", "mine", "--paradigms", "mine", "--source", "my.txt"]
    assert run(["synth", "--lang", "eus", *named, "--offline", "--preview", *more]) == 0
    return capsys.readouterr().out


def findings(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The findings of `pack check mine`, each as one line."""
    capsys.readouterr()
    run(["pack", "check", "mine"])
    return capsys.readouterr().out.splitlines()


def progress(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """How far the lexicon is."""
    capsys.readouterr()
    run(["pack", "check", "mine", "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)[0]["progress"]
    return told


def test_forms_say_what_english_has_words_for(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "The txakurra da in the etxe." in preview(capsys)
    rows = mine / "paradigms" / f"{TAG}.transfer.tsv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("#DET", "DET").replace("#ADP", "ADP"))
    assert findings(capsys) == []
    said = preview(capsys)
    assert "Txakurra da etxean." in said
    assert "Ni joan erregearekin." in said


def test_what_forms_say_is_part_of_what_a_corpus_is_made_of(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ["synth", "--lang", "eus", "--lexicon", "mine", "--paradigms", "mine", "--source", "my.txt"]
    assert run([*made, "--offline", "-o", "out", "-q"]) == 0
    type_in("paradigms", "DET the before_noun drop DEF", f"{TAG}.transfer.tsv")
    assert run([*made, "--offline", "-o", "out", "-q"]) != 0
    assert "another run" in capsys.readouterr().err


def test_a_slip_in_them_is_named(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    type_in("paradigms", "DET the before_noun dropp DEF", f"{TAG}.transfer.tsv")
    (finding,) = findings(capsys)
    assert "E324" in finding
    assert f"{TAG}.transfer.tsv:" in finding
    listed = mine / "lexicon" / "files.tsv"
    listed.write_text(listed.read_text(encoding="utf-8").replace("\tdata\t", "\ttransfer\t"))
    assert any("E325" in line for line in findings(capsys))


def test_a_hyphen_says_that_there_is_no_such_word(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = progress(capsys)
    type_in("lexicon", "the DET -\na DET -\nin ADP -\nto PART -\nsong NOUN -")
    assert findings(capsys) == []
    after = progress(capsys)
    assert (after["entries"], after["absent"]) == (before["entries"], 5)
    assert not {"the", "a", "in"} & {word["source"] for word in after["next"]}  # type: ignore[attr-defined]
    Path("my.txt").write_text("The dog is in the house.\nThe king is a song.\n", encoding="utf-8")
    said = preview(capsys)
    assert "Txakurra da etxe." in said
    assert "Errege da song." in said


@pytest.mark.parametrize("sign", ["∅", "0", "_"])
def test_other_signs_are_refused_with_advice(
    mine: Path, capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    type_in("lexicon", f"the DET {sign}")
    (finding,) = findings(capsys)
    assert "E505" in finding
    assert "write - and nothing else" in finding
    assert f"{sign} txakur" not in preview(capsys)


@pytest.mark.parametrize(
    ("row", "rule"),
    [("with ADP -ekin", "affix"), ("cat NOUN кату", "other-script"), ("pig NOUN тxerri", "mixed-script")],
)
def test_a_row_that_is_thrown_away_is_named(
    mine: Path, capsys: pytest.CaptureFixture[str], row: str, rule: str
) -> None:
    type_in("lexicon", row)
    number = len((mine / "lexicon" / f"{TAG}.tsv").read_text(encoding="utf-8").splitlines())
    (finding,) = findings(capsys)
    assert f"{TAG}.tsv:{number}: W602" in finding
    assert f"({rule})" in finding


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("cat NOUN", "2 columns, expected at least 3 (source, upos, target)"),
        ("cat NOUN katu 0,5", "write 0.5"),
    ],
)
def test_one_slip_does_not_hide_the_other_words(
    mine: Path, capsys: pytest.CaptureFixture[str], row: str, told: str
) -> None:
    type_in("lexicon", row)
    assert progress(capsys)["entries"] == len(WORDS.split()) // 3
    (finding,) = [line for line in findings(capsys) if "E502" in line]
    assert told in finding


@pytest.mark.parametrize("missing", ["source", "target"])
def test_a_header_without_a_column_is_told_so(
    mine: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    table = mine / "lexicon" / f"{TAG}.tsv"
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
    place = rows[0].index(missing)
    table.write_text("".join("\t".join(row[:place] + row[place + 1 :]) + "\n" for row in rows))
    (finding,) = [line for line in findings(capsys) if "E502" in line]
    assert f"{TAG}.tsv:1: E502" in finding
    assert f"the header has no column {missing}" in finding


def test_a_table_with_every_cell_in_quotes_is_read(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("lexicon", "paradigms"):
        table = mine / part / f"{TAG}.tsv"
        lines = table.read_text(encoding="utf-8").splitlines()
        quoted = ("\t".join(f'"{cell}"' for cell in line.split("\t")) + "\n" for line in lines)
        table.write_text("".join(quoted), encoding="utf-8")
    assert findings(capsys) == []
    assert "The txakurra da in the etxe." in preview(capsys)


@pytest.mark.parametrize("sign", [",", ";"])
def test_a_table_without_tabs_is_told_once(mine: Path, capsys: pytest.CaptureFixture[str], sign: str) -> None:
    table = mine / "lexicon" / f"{TAG}.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace("\t", sign), encoding="utf-8")
    (finding,) = findings(capsys)
    assert "E309" in finding
    assert "save it with tabs" in finding
    assert run(["synth", "--lang", "eus", "--lexicon", "mine", "--offline", "--preview"]) == 3
    assert "save it with tabs" in capsys.readouterr().err


def test_empty_cells_at_the_end_of_a_form_are_nothing(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = mine / "paradigms" / f"{TAG}.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    table.write_text("".join(line + "\t\t\n" for line in lines), encoding="utf-8")
    assert findings(capsys) == []
    assert "txakurra da" in preview(capsys)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("etxe etxeak", "E305"),
        ("etxe etxeak \t", "E306"),
        ("erege errege N;ABS;SG", "W423"),
        ("etxe етхе N;ABS;SG", "W424"),
        ("etxe etxea N,SG", "E321"),
    ],
)
def test_a_slip_in_the_forms_is_named(
    mine: Path, capsys: pytest.CaptureFixture[str], row: str, code: str
) -> None:
    with (mine / "paradigms" / f"{TAG}.tsv").open("a", encoding="utf-8") as table:
        table.write("\t".join(row.split(" ")) + "\n")
    told = findings(capsys)
    assert [line for line in told if code in line], told


def test_what_was_begun_is_taken_in_with_its_card(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(tmp_path / "data"))
    type_in("paradigms", "DET the before_noun drop DEF", f"{TAG}.transfer.tsv")
    assert run(["lexicon", "add", "mine"]) == 0
    assert "pack mine: 6 entries, eus_Latn, licence CC0-1.0" in capsys.readouterr().err
    assert run(["morphology", "add", "mine"]) == 0
    assert "CC0-1.0" in capsys.readouterr().out
    made = ["--lang", "eus", "--source", "my.txt", "--offline", "--preview"]
    assert run(["synth", *made]) == 0
    assert "Txakurra da in etxe." in capsys.readouterr().out
    card = tmp_path / "data" / "packs" / "lexicon" / "mine" / "pack.toml"
    assert 'citation = "a test"' in card.read_text(encoding="utf-8")
    assert run(["lexicon", "add", f"mine/lexicon/{TAG}.tsv", "--lang", "eus", "--name", "bare"]) == 0
    assert "pack bare: 6 entries" in capsys.readouterr().err


def test_a_changed_file_says_seal_and_a_wrong_one_is_not_sealed(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["pack", "seal", "mine"]) == 0
    capsys.readouterr()
    type_in("lexicon", "cat NOUN")
    made = ["synth", "--lang", "eus", "--lexicon", "mine", "--offline", "--preview", "--source", "my.txt"]
    assert run(made) == 3
    said = capsys.readouterr().err
    assert "`lexexpand pack seal mine/lexicon`" in said
    assert said.count(f"{TAG}.tsv") == 1
    assert progress(capsys)["entries"] == 6
    assert run(["pack", "seal", "mine"]) == 3
    assert "E502" in capsys.readouterr().err
    assert run(["pack", "seal", "mine", "--force"]) == 0


def test_init_says_what_it_took(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--lang", "khk", str(tmp_path / "one")]) == 2
    assert "as in khk_Cyrl" in capsys.readouterr().err
    assert run(["init", "--lang", "khk_Cyrl", "--licence", "MINE", str(tmp_path / "one")]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "Halh Mongolian (khk_Cyrl), from English (eng_Latn)"
    assert "'MINE' is no SPDX id" in said.err
    run(["pack", "check", str(tmp_path / "one"), "--select", "W401"])
    assert capsys.readouterr().out == ""


def test_a_preview_shows_what_is_covered_best_and_says_where_little_is(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["Birds sing every morning here."] * 30 + ["The dog is in the house."]
    Path("my.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "txakurra da" in preview(capsys)
    named = ["--lexicon", "mine", "--paradigms", "mine", "--source", "my.txt"]
    assert run(["synth", "--lang", "eus", *named, "--offline", "--preview", "--min-coverage", "0.9"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "0 of the first 31 sentences have a coverage of 0.9 or more" in told.err
