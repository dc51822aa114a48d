"""`lexexpand morphology`."""

import json
from pathlib import Path

import pytest

from lexexpand.cli import run

Capture = pytest.CaptureFixture[str]
STARTER = ["--lang", "fao", "--paradigms", "starter"]


def ask(capsys: Capture, *arguments: str) -> tuple[int, str, str]:
    code = run(["morphology", *arguments])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.tsv"
    path.write_text("hestur\thestar\tN;PL\nhestur\thestur\tN;SG\nbroken\n", encoding="utf-8")
    return path


def test_inflect_prints_form_how_and_cell(capsys: Capture, table: Path) -> None:
    asked = ("hestur", "N;PL", "--lang", "Faroese", "--paradigms", str(table))
    assert ask(capsys, "inflect", *asked)[:2] == (0, "hestar\tattested\tN;PL\n")
    code, out, _ = ask(capsys, "inflect", *asked, "--json")
    assert code == 0
    assert json.loads(out) == {
        "language": "fao_Latn", "lemma": "hestur", "asked": "N;PL", "form": "hestar", "how": "attested",
        "bundle": "N;PL", "confidence": 1.0,
    }  # fmt: skip


def test_a_word_that_is_not_there_is_answered_with_itself_and_code_1(capsys: Capture) -> None:
    code, out, _ = ask(capsys, "inflect", "nosuch", "N;PL", *STARTER)
    assert (code, out) == (1, "nosuch\tcitation\t\n")


def test_inflect_without_a_bundle_shows_all_cells(capsys: Capture, table: Path) -> None:
    code, out, _ = ask(capsys, "inflect", "hestur", "--lang", "fao", "--paradigms", str(table))
    assert code == 0
    assert out.splitlines() == ["hestur\tN;SG", "hestar\tN;PL"]
    code, out, _ = ask(capsys, "inflect", "hestur", "--lang", "fao", "--paradigms", str(table), "--json")
    assert len(json.loads(out)["cells"]) == 2
    assert ask(capsys, "inflect", "nosuch", "--lang", "fao", "--paradigms", str(table))[0] == 1


def test_analyze_lists_lemmas_and_cells(capsys: Capture, table: Path) -> None:
    asked = ("--lang", "fao", "--paradigms", str(table))
    assert ask(capsys, "analyze", "hestar", *asked)[:2] == (0, "hestur\tN;PL\n")
    code, out, _ = ask(capsys, "analyze", "hestar", *asked, "--json")
    assert json.loads(out)["analyses"] == [{"lemma": "hestur", "bundle": "N;PL", "how": "attested"}]
    code, out, err = ask(capsys, "analyze", "nosuch", *asked)
    assert (code, out) == (1, "")
    assert "nosuch" in err


def test_stats_counts_and_tells_what_was_left_out(capsys: Capture, table: Path) -> None:
    asked = ("--lang", "fao", "--paradigms", str(table))
    code, out, err = ask(capsys, "stats", *asked)
    assert code == 0
    assert "lemmas" in out
    assert "mine.tsv:3: 1 columns" in err
    stats = json.loads(ask(capsys, "stats", *asked, "--json")[1])
    assert (stats["lemmas"], stats["cells"], stats["report"]["skipped_lines"]) == (1, 2, 1)
    assert stats["sources"][0]["cells"] == 2


@pytest.mark.parametrize(
    ("bundle", "message"),
    [("N;PLU", "PL"), ("PL", "part of speech"), ("N;(PL", "bracket"), ("", "not a value")],
)
def test_a_wrong_bundle_is_a_usage_error(capsys: Capture, bundle: str, message: str) -> None:
    code, _, err = ask(capsys, "inflect", "hestur", bundle, *STARTER)
    assert code == 2
    assert message in err


def test_a_language_without_paradigms_says_what_to_do(capsys: Capture) -> None:
    code, _, err = ask(capsys, "stats", "--lang", "wol")
    assert code == 3
    assert "morphology add" in err


def test_a_table_becomes_a_pack_and_is_used(capsys: Capture, table: Path) -> None:
    code, out, _ = ask(capsys, "add", str(table), "--lang", "nob", "--licence", "CC0-1.0", "--json")
    assert code == 0
    said = json.loads(out)
    assert (said["cells"], said["languages"], said["licence"]) == (2, ["nob_Latn"], "CC0-1.0")
    assert ask(capsys, "inflect", "hestur", "N;PL", "--lang", "nob")[1] == "hestar\tattested\tN;PL\n"


def test_columns_in_another_order_can_be_stated(capsys: Capture, tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("N;PL\thestar\thestur\n", encoding="utf-8")
    assert ask(capsys, "add", str(path), "--lang", "nob", "--columns", "tags,form,lemma")[0] == 0
    assert ask(capsys, "inflect", "hestur", "N;PL", "--lang", "nob")[1].startswith("hestar\t")


BAD_FILES = {"prose": b"no table at all\n", "cp1252": "f\xf3r\tf\xf3r\tN\n".encode("latin-1"), "empty": b""}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_file_that_is_no_table_is_not_taken(capsys: Capture, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(BAD_FILES[kind])
    code, _, err = ask(capsys, "add", str(path), "--lang", "nob")
    assert code == 3
    assert "bad.tsv" in err
    assert ask(capsys, "stats", "--lang", "nob")[0] == 3


def test_add_wants_a_file_or_unimorph(capsys: Capture, tmp_path: Path) -> None:
    assert ask(capsys, "add", "--lang", "fao")[0] == 2
    assert ask(capsys, "add", "--unimorph")[0] == 2
    assert ask(capsys, "add", str(tmp_path / "nosuch"), "--lang", "fao")[0] == 3


def test_a_download_that_fails_is_an_error_with_advice(
    capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNIMORPH", str(tmp_path / "store"))
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = ask(capsys, "add", "--unimorph", "--lang", "fao")
    assert code == 2
    assert "git" in err
