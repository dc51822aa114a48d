"""`lexexpand synth` as a user sees it: exit codes, what is said where, what is written and what is not."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, get_args

import pytest

from lexexpand.cli import run, summary, synth_options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STARTER = ("--lexicon", "starter", "--paradigms", "starter", "--offline")
Synth = "Callable[..., tuple[int, str, str]]"


@pytest.fixture
def synth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run `synth` in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def synth(*arguments: str, lang: str = "fao") -> tuple[int, str, str]:
        code = run(["synth", "--lang", lang, *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return synth


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def source(folder: Path, text: str, name: str = "source.txt") -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def lexicon(folder: Path, text: str, tag: str = "fao_Latn") -> None:
    (folder / "lexica").mkdir(exist_ok=True)
    (folder / "lexica" / f"{tag}.mine.tsv").write_text(text, encoding="utf-8")


def test_ten_sentences_with_origins_and_a_summary_are_shown(synth: Any, tmp_path: Path) -> None:
    code, shown, log = synth(*STARTER)
    assert (code, log) == (0, "")
    assert (
        len([line for line in shown.splitlines() if "coverage 1.00" in line or "coverage 0." in line]) == 10
    )
    assert "←" in shown
    for said in (
        "1,029 sentences read, 1,029 kept",
        "starter  lexicon",
        "CC0-1.0",
        "corpora/fao_Latn",
        "attested",
    ):
        assert said in shown
    assert (tmp_path / "corpora" / "fao_Latn" / "corpus.json").is_file()
    assert "\x1b" not in shown


def test_json_has_the_same_with_stable_keys(synth: Any) -> None:
    code, shown, _ = synth(*STARTER, "--json", "-o", "here")
    told = json.loads(shown)
    assert code == 0
    assert list(told) == ["corpora", "failed"]
    assert list(told["corpora"][0]) == [
        *("language", "name", "kind", "folder", "seed", "read", "skipped", "kept", "dropped", "tokens"),
        *("coverage", "coverage_content", "match", "inflection", "inflected", "phrases", "said_by_form"),
        *("missed", "packs", "licences", "analyzer", "content", "sentences"),
    ]
    assert told["corpora"][0]["folder"] == "here"
    assert len(told["corpora"][0]["sentences"]) == 10
    assert "NaN" not in shown


def test_quiet_says_nothing(synth: Any) -> None:
    assert synth(*STARTER, "--quiet") == (0, "", "")


def test_names_of_a_language_are_one_language(synth: Any, tmp_path: Path) -> None:
    for name in ("fo", "Faroese", "føroyskt"):
        assert synth(*STARTER, "-q", lang=name)[0] == 0
    assert [path.name for path in (tmp_path / "corpora").iterdir()] == ["fao_Latn"]


def test_a_list_of_languages_makes_a_folder_each_and_one_that_fails_stops_no_other(
    synth: Any, tmp_path: Path
) -> None:
    lexicon(tmp_path, "house\thús\nhorse\thestur\n")
    lexicon(tmp_path, "", "sme_Latn")
    lexicon(tmp_path, "house\tдом\n", "kpv_Cyrl")
    code, shown, log = synth(
        "--lexicon", "lexica", "--offline", "--inflector", "none", "-o", "out", lang="fao,sme,kpv"
    )
    assert code == 3
    assert "sme_Latn" in log
    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.name[0] != ".") == [
        "fao_Latn",
        "kpv_Cyrl",
    ]
    assert "Faroese" in shown


def test_all_is_every_language_of_the_lexicons(synth: Any, tmp_path: Path) -> None:
    for tag in ("fao_Latn", "sme_Latn", "kpv_Cyrl", "wol_Latn"):
        lexicon(tmp_path, "house\thús\n" if tag[-4:] == "Latn" else "house\tдом\n", tag)
    code, shown, _ = synth("--lexicon", "lexica", "--offline", "--inflector", "none", "--json", lang="all")
    told = json.loads(shown)
    assert code == 0
    assert [corpus["language"] for corpus in told["corpora"]] == [
        "fao_Latn",
        "kpv_Cyrl",
        "sme_Latn",
        "wol_Latn",
    ]
    code, shown, _ = synth("--lexicon", "lexica", "--offline", "--inflector", "none", lang="all")
    assert code == 0
    assert "Wolof" in shown
    assert len(shown.splitlines()) == 6


def test_all_of_a_single_file_says_to_name_the_language(synth: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.tsv").write_text("house\thús\n")
    code, _, log = synth("--lexicon", "mine.tsv", lang="all")
    assert code == 2
    assert "mine.tsv" in log


def test_standard_input_is_a_source(synth: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"The horse runs.\n")))
    code, shown, _ = synth(*STARTER, "--source", "-", "--json")
    assert code == 0
    assert json.loads(shown)["corpora"][0]["read"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--lexicon", "gatitoes"), "gatitos"),
        (("--set", "multword=off"), "multiword"),
        (("--set", "multiword=perhaps"), "on or off"),
        (("--senses", "last"), "first"),
        (("--analyzer", "lexicl"), "lexical"),
        (("--min-coverage", "7"), "between 0 and 1"),
        (("--n", "0"), "1 or more"),
        (("--kind", "pseudo-labelled"), "no labels"),
        (("--dry-run", "--preview"), "--preview"),
        (("--source", "notes.odt"), "--format"),
        (("--nonsense",), "nonsense"),
    ],
)
def test_wrong_options_end_with_2_and_say_what_is_right(
    arguments: tuple[str, ...], said: str, synth: Any, tmp_path: Path
) -> None:
    source(tmp_path, "words\n", "notes.odt")
    code, shown, log = synth(*STARTER, *arguments)
    assert code == 2
    assert said in log
    assert shown == ""
    assert not (tmp_path / "corpora").exists()


@pytest.mark.parametrize(
    ("tag", "said"), [("xx", "Did you mean"), ("", "no language"), ("fao,Klingonese", "Kling")]
)
def test_an_unknown_language_ends_with_2(tag: str, said: str, synth: Any) -> None:
    code, _, log = synth(lang=tag)
    assert code == 2
    assert said in log


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--source", "missing.txt"), "missing.txt"),
        (("--source", "empty.txt"), "no sentence"),
        (("--lexicon", "gatitos", "--offline"), "offline"),
        (("--deny-licence", "CC0*"), "CC0-1.0"),
        (("--allow-licence", "MIT"), "CC0-1.0"),
        (("--source", "bad.conllu"), "bad.conllu:1"),
    ],
)
def test_missing_or_broken_data_end_with_3(
    arguments: tuple[str, ...], said: str, synth: Any, tmp_path: Path
) -> None:
    source(tmp_path, "", "empty.txt")
    source(tmp_path, "1\tonly two\n\n", "bad.conllu")
    more = () if "--lexicon" in arguments else STARTER
    code, shown, log = synth(*more, *arguments)
    assert code == 3
    assert said in log
    assert shown == ""


def test_a_corpus_of_another_run_is_kept_unless_forced(synth: Any, tmp_path: Path) -> None:
    assert synth(*STARTER, "-q", "-o", "c")[0] == 0
    before = files(tmp_path / "c")
    code, _, log = synth(*STARTER, "-q", "-o", "c", "--seed", "14", "--senses", "first")
    assert code == 2
    assert "--force" in log
    assert files(tmp_path / "c") == before
    assert synth(*STARTER, "-q", "-o", "c")[0] == 0, "the same run is no other run"
    assert files(tmp_path / "c") == before
    assert synth(*STARTER, "-q", "-o", "c", "--seed", "14", "--senses", "first", "--force")[0] == 0
    assert json.loads((tmp_path / "c" / "corpus.json").read_text())["seed"] == 14


def test_force_deletes_no_folder_that_is_no_corpus(synth: Any, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    source(tmp_path / "c", "dear", "letter.txt")
    code, _, log = synth(*STARTER, "-o", "c", "--force")
    assert code == 2
    assert "not a corpus" in log
    assert (tmp_path / "c" / "letter.txt").read_text() == "dear"


def test_any_number_of_processes_gives_the_same_bytes(synth: Any, tmp_path: Path) -> None:
    assert synth(*STARTER, "-q", "-o", "one")[0] == 0
    assert synth(*STARTER, "-q", "-o", "two", "--procs", "2")[0] == 0
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_set_switches_ingredients_off_and_has_the_last_word(synth: Any, tmp_path: Path) -> None:
    code, _, _ = synth(
        *STARTER,
        "-q",
        "--seed",
        "1",
        "--set",
        "seed=5",
        "--set",
        "multiword=off",
        "--set",
        "kind=pseudo-mono",
    )
    card = json.loads((tmp_path / "corpora" / "fao_Latn" / "corpus.json").read_text())
    assert code == 0
    assert (card["seed"], card["options"]["multiword"], card["kind"]) == (5, False, "pseudo-mono")
    assert card["counts"]["match"]["multiword"] == 0


def test_labelled_sources_make_pseudo_labelled_corpora(synth: Any, tmp_path: Path) -> None:
    name = source(tmp_path, "text\tlabel\nThe horse runs.\tnature\n", "table.tsv")
    code, shown, _ = synth(*STARTER, "--source", name, "--json")
    told = json.loads(shown)["corpora"][0]
    assert (code, told["kind"], told["sentences"][0]["label"]) == (0, "pseudo-labelled", "nature")


def test_named_columns_of_a_table(synth: Any, tmp_path: Path) -> None:
    name = source(tmp_path, "phrase\tgenre\nThe horse runs.\tnature\n", "table.tsv")
    code, shown, _ = synth(
        *STARTER, "--source", name, "--text-column", "phrase", "--label-column", "genre", "--json"
    )
    assert code == 0
    assert json.loads(shown)["corpora"][0]["sentences"][0]["label"] == "nature"


def test_slim_leaves_the_source_out(synth: Any) -> None:
    code, shown, _ = synth(*STARTER, "--slim")
    assert code == 0
    assert "←" not in shown
    assert "(exact" in shown


def test_a_dry_run_tells_files_licences_and_places_and_writes_nothing(synth: Any, tmp_path: Path) -> None:
    code, shown, _ = synth("--offline", "--dry-run", lang="fao,sme")
    assert code == 0
    for said in (
        "sentences.txt",
        "gatitos",
        "en_fo.tsv",
        "to fetch",
        "CC-BY-SA-3.0 [SA]",
        "corpora/sme_Latn",
        "built in",
    ):
        assert said in shown
    code, shown, _ = synth("--offline", "--dry-run", "--json", "--inflector", "none", "-o", "x")
    told = json.loads(shown)
    assert list(told) == ["source", "kind", "options", "corpora", "failed"]
    assert {file["kind"] for file in told["corpora"][0]["files"]} == {"lexicon"}
    assert told["corpora"][0]["folder"] == "x"
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_knows_what_will_fail(synth: Any, tmp_path: Path) -> None:
    assert synth(*STARTER, "--dry-run", "--source", "missing.txt")[0] == 3
    code, _, log = synth(*STARTER, "--dry-run", "--deny-licence", "CC0*")
    assert code == 3
    assert "licence refused" in log
    assert list(tmp_path.iterdir()) == []


def test_a_preview_shows_ten_sentences_and_writes_no_corpus(synth: Any, tmp_path: Path) -> None:
    code, shown, _ = synth(*STARTER, "--preview")
    assert code == 0
    assert shown.count("coverage") == 10
    assert "←" in shown
    told = json.loads(synth(*STARTER, "--preview", "--json", "--min-coverage", "0.9")[1])
    assert all(row["coverage"] >= 0.9 for row in told["previews"][0]["sentences"])
    assert list(tmp_path.iterdir()) == []


def test_explain_prints_the_trace_of_one_row(synth: Any) -> None:
    told = json.loads(synth(*STARTER, "--json")[1])
    row = told["corpora"][0]["sentences"][0]
    code, shown, _ = synth("--explain", row["id"])
    assert code == 0
    assert row["text"] in shown
    assert "starter:" in shown
    trace = json.loads(synth("--explain", row["id"], "--json")[1])
    assert [token["form"] for token in trace["tokens"]] == row["tokens"]
    assert synth("--explain", "nothing:0:0")[0] == 2
    assert synth("--explain", row["id"], "-o", "elsewhere")[0] == 3


def test_choices_are_those_of_the_rooms_below() -> None:
    from lexexpand.synthesis import config
    from lexexpand.text.source import READERS

    assert get_args(config.Kind) == synth_options.KINDS
    assert get_args(config.Senses) == synth_options.SENSES
    assert get_args(config.InflectorMode) == synth_options.INFLECTORS
    assert tuple(READERS) == synth_options.FORMATS


def test_defaults_are_those_of_the_config() -> None:
    from lexexpand.cli.synth import synth
    from lexexpand.synthesis.config import SynthConfig

    options = {option.name: option.default for option in synth.params}
    for name in ("min_coverage", "senses", "variants", "inflector", "seed"):
        assert options[name] == getattr(SynthConfig(), name), name


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from lexexpand.synthesis.show import Piece

    line = (Piece("hestar", "translated"), Piece(" "))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert summary.coloured(line) == "\x1b[32mhestar\x1b[0m \x1b[0m"
    monkeypatch.setenv("NO_COLOR", "1")
    assert summary.coloured(line) == "hestar "


@pytest.mark.slow
def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(tmp_path: Path) -> None:
    sentences = [f"The horse of house {i} runs." for i in range(42_000)]
    source(tmp_path, "\n".join(sentences) + "\n")
    base = [
        sys.executable,
        "-m",
        "lexexpand",
        "synth",
        "--lang",
        "fao",
        *STARTER,
        "--source",
        "source.txt",
        "-q",
    ]
    first = subprocess.Popen([*base, "-o", "cut"], cwd=tmp_path, stderr=subprocess.PIPE)
    part = tmp_path / ".cut.part" / "records" / "00000.json"
    end = time.monotonic() + 60
    while not part.exists() and first.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    first.send_signal(signal.SIGINT)
    _, log = first.communicate(timeout=60)
    assert first.returncode == 130
    assert b"goes on from there" in log
    assert b"Traceback" not in log
    assert not (tmp_path / "cut").exists()
    subprocess.run([*base, "-o", "cut"], cwd=tmp_path, check=True, timeout=120)
    subprocess.run([*base, "-o", "whole"], cwd=tmp_path, check=True, timeout=120)
    assert files(tmp_path / "cut") == files(tmp_path / "whole")
