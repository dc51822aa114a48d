"""`fetch`, `cache`, `languages` and `pack` as a user sees them: exit codes, JSON, what is said where."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lexexpand.cli import run
from lexexpand.resources.card import load_card
from lexexpand.resources.store import ROOMS, cache_dir, url_path

CARD = """schema = 1
id = "tiny"
kind = "lexicon"
title = "A tiny pack"
version = "1"
languages = ["fao_Latn", "isl_Latn"]
source_language = "eng_Latn"
licence = "CC0-1.0"
reader = "tsv"
"""


@pytest.fixture
def packs(tmp_path, monkeypatch):
    """One pack with its files in a mirror: two of Faroese (one of them a twin), a blocked one, a document."""
    import hashlib

    from lexexpand.resources.card import COLUMNS

    place = tmp_path / "packs" / "tiny"
    place.mkdir(parents=True)
    (place / "pack.toml").write_text(CARD, encoding="utf-8")
    lines = ["\t".join(COLUMNS)]
    for language, role, path, options, blocked in (
        ("fao_Latn", "data", "fo.tsv", "rows=2", ""),
        ("fao_Latn", "data", "fo.twin.tsv", "rows=2;default=no", ""),
        ("tso_Latn", "data", "ts.tsv", "rows=2", "the rows are those of Tswana"),
        ("", "doc", "upstream/README.md", "", ""),
    ):
        url = f"https://example.org/{path}"
        content = f"{path}\torð\n".encode()
        target = tmp_path / "mirror" / url_path(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        cells = (language, role, path, url, str(len(content)), digest, "CC-BY-SA-3.0", options, blocked)
        lines.append("\t".join(cells))
    (place / "files.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("LEXEXPAND_MIRROR", str(tmp_path / "mirror"))
    return str(tmp_path / "packs")


def fetch(packs: str, *options: str) -> int:
    return run(["fetch", "--pack", "tiny", "--pack-dir", packs, "--offline", *options])


def test_fetch_brings_the_default_files_into_the_cache(packs, capsys):
    assert fetch(packs, "--lang", "fo", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(f["path"], f["state"], f["language"]) for f in told["files"]] == [
        ("fo.tsv", "fetched", "fao_Latn")
    ]
    assert Path(told["files"][0]["file"]).is_relative_to(cache_dir())
    assert fetch(packs, "--lang", "føroyskt", "--json") == 0
    assert [f["state"] for f in json.loads(capsys.readouterr().out)["files"]] == ["here"]


def test_fetch_every_and_docs(packs, capsys):
    assert fetch(packs, "--lang", "fao", "--every", "--docs", "--json") == 0
    paths = [f["path"] for f in json.loads(capsys.readouterr().out)["files"]]
    assert paths == ["fo.tsv", "fo.twin.tsv", "upstream/README.md"]


def test_a_dry_run_fetches_nothing(packs, capsys):
    assert fetch(packs, "--lang", "all", "--dry-run", "--json") == 0
    assert [f["state"] for f in json.loads(capsys.readouterr().out)["files"]] == ["to fetch"]
    assert not cache_dir().exists()


def test_a_language_whose_files_are_blocked_is_no_success_and_says_why(packs, capsys):
    assert fetch(packs, "--lang", "tso") == 3
    assert "blocked: tiny/ts.tsv: the rows are those of Tswana" in capsys.readouterr().err


def test_what_cannot_be_had_is_reported_after_the_rest_and_is_exit_3(packs, tmp_path, capsys):
    (tmp_path / "mirror/example.org/fo.twin.tsv").unlink()
    assert fetch(packs, "--lang", "fao", "--every", "--json") == 3
    out = capsys.readouterr()
    assert [f["state"] for f in json.loads(out.out)["files"]] == ["fetched", "failed"]
    assert fetch(packs, "--lang", "fao", "--every", "--quiet") == 3
    err = capsys.readouterr().err
    assert "lexexpand: fo.twin.tsv: " in err
    assert "not in the mirror" in err
    assert "1 failed" in err


def test_fetch_of_nothing_known_is_wrong_usage(packs, capsys):
    assert fetch(packs, "--lang", "isl") == 2
    assert "`lexexpand languages` lists those that there are" in capsys.readouterr().err
    assert fetch(packs, "--lang", "xx") == 2
    assert "Did you mean" in capsys.readouterr().err
    assert run(["fetch"]) == 2


def test_a_cache_that_cannot_be_written_is_exit_3(packs, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LEXEXPAND_CACHE", str(tmp_path / "file"))
    assert fetch(packs, "--lang", "fo") == 3
    assert "set LEXEXPAND_CACHE" in capsys.readouterr().err


def test_the_cache_is_shown_counted_and_cleared_but_nothing_else_in_its_folder(packs, capsys):
    fetch(packs, "--lang", "fo", "--quiet")
    (cache_dir() / "thesis.docx").write_text("mine")
    capsys.readouterr()
    assert run(["cache", "dir"]) == 0
    assert capsys.readouterr().out.strip() == os.environ["LEXEXPAND_CACHE"]
    assert run(["cache", "size", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rooms"]["files"]["files"] == 1
    assert run(["cache", "clear", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed"] is False
    assert run(["cache", "clear"]) == 2  # nobody to ask
    assert run(["cache", "clear", "--yes"]) == 0
    assert [p.name for p in cache_dir().iterdir()] == ["thesis.docx"]
    assert run(["cache", "size"]) == 0


def test_languages_lists_entries_paradigms_and_licences_as_json(capsys):
    assert run(["languages", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["any_language"] == ["cldr"]
    by_tag = {each["language"]: each for each in told["languages"]}
    assert len(by_tag) > 200
    fao = by_tag["fao_Latn"]
    assert (fao["name"], fao["entries"] > 4597, fao["paradigms"] > 45474) == ("Faroese", True, True)
    assert {"CC-BY-4.0", "CC-BY-SA-3.0", "CC0-1.0"} == set(fao["licences"])
    assert list(fao) == ["language", "name", "entries", "paradigms", "licences", "packs"]
    (gatitos,) = [pack for pack in by_tag["tso_Latn"]["packs"] if pack["pack"] == "gatitos"]
    assert gatitos["files"] == 0
    assert "Tswana" in gatitos["blocked"][0]


@pytest.mark.parametrize(
    ("name", "tags"), [("føroyskt", ["fao_Latn"]), ("crh", ["crh_Cyrl", "crh_Latn"]), ("ayr", ["aym_Latn"])]
)
def test_languages_of_a_name(name, tags, capsys):
    assert run(["languages", name, "--json"]) == 0
    assert [each["language"] for each in json.loads(capsys.readouterr().out)["languages"]] == tags


def test_languages_as_a_table_and_unknown_ones(capsys):
    assert run(["languages", "fo"]) == 0
    assert "Faroese" in capsys.readouterr().out
    assert run(["languages", "xx"]) == 2
    assert run(["languages", "French", "klingon"]) == 2


def test_pack_list(packs, capsys):
    assert run(["pack", "list", "--pack-dir", packs, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed[0]["pack"] == "tiny"
    assert {"gatitos", "giellalt", "cldr", "unimorph"} <= {each["pack"] for each in listed}
    assert run(["pack", "list", "--kind", "paradigms"]) == 0
    assert "gatitos" not in capsys.readouterr().out


def test_pack_seal(packs, capsys):
    folder = Path(packs) / "tiny"
    (folder / "fo.tsv").write_text("changed\torð\n", encoding="utf-8")
    assert run(["pack", "seal", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"pack": str(folder), "changed": ["fo.tsv"]}]
    assert load_card(folder).files[0].size == len("changed\torð\n".encode())


def test_only_own_packs_are_removed_and_not_without_a_yes(tmp_path, capsys):
    from lexexpand.language import from_tag
    from lexexpand.resources.user_packs import add_pack

    (tmp_path / "own.tsv").write_text("house\thús\n", encoding="utf-8")
    card = add_pack(
        "lexicon", tmp_path / "own.tsv", from_tag("fao_Latn"), source_language=from_tag("eng_Latn")
    )
    assert run(["pack", "remove", "own"]) == 2
    assert card.folder.exists()
    assert run(["pack", "remove", "own", "--yes", "--json"]) == 0
    assert not card.folder.exists()
    assert run(["pack", "remove", "gatitos", "--yes"]) == 2
    assert "not one of your own packs" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.data
def test_the_cards_are_what_their_script_makes_of_the_mirror(mirror, repository, tmp_path):
    script = repository / "experiments" / "packs" / "make_cards.py"
    subprocess.run([sys.executable, str(script), str(mirror), str(tmp_path)], check=True, capture_output=True)
    made = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.*"))
    assert len(made) == 8
    for name in made:
        assert (tmp_path / name).read_bytes() == (repository / name).read_bytes(), name


def test_all_that_is_kept_in_the_cache_is_cleared_with_it(repository):
    text = "".join(path.read_text(encoding="utf-8") for path in (repository / "lexexpand").rglob("*.py"))
    rooms = set(re.findall(r'cache(?:_dir\(\))? / "(\w+)"', text))
    assert {"files", "locks", "analysis"} <= rooms <= set(ROOMS)


@pytest.mark.slow
@pytest.mark.data
def test_all_files_of_the_mirror_are_listed_and_right(mirror, capsys):
    """The cards against the real files: every row of FILES.tsv is there, with size, sha256 and URL."""
    from lexexpand.resources.packs import get_pack

    lines = (Path(mirror) / "FILES.tsv").read_text(encoding="utf-8").splitlines()[1:]
    real = {(c[0], c[2], c[4], c[5]) for c in (line.split("\t") for line in lines)}
    ours = {
        (name, row.url, str(row.size), row.sha256)
        for name in {row[0] for row in real}
        for row in get_pack(name).files
    }
    assert ours == real
    assert (
        run(["fetch", "--lang", "all", "--every", "--docs", "--offline", "--mirror", str(mirror), "--json"])
        == 0
    )
    told = json.loads(capsys.readouterr().out)
    assert {file["state"] for file in told["files"]} == {"fetched"}
    assert len(told["files"]) + len(told["blocked"]) >= 660
