"""`lexexpand predict` and `lexexpand bundle`, through click, on a bundle of a tiny base."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from click.testing import CliRunner

from lexexpand.bundle.save import save_bundle
from lexexpand.cli.bundle import bundle as bundle_command
from lexexpand.cli.predict import predict
from lexexpand.errors import BundleError, ConfigError, DataError, FormatError
from tests.bundle.conftest import DATA, SCORES, tiny_network
from tests.model.conftest import tiny_base

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.model.base import Base


@pytest.fixture(scope="module")
def base() -> Base:
    return tiny_base("bert")


@pytest.fixture(scope="module")
def made(base: Base, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("cli") / "fao"
    return save_bundle(place, tiny_network(base), language="fao_Latn", scores=SCORES, data=DATA)


def asked(made: Path, base: Base, *more: str, text: str = "the old man\nboats\n") -> str:
    arguments = ["--bundle", str(made), "--base", str(base.folder), "--device", "cpu", *more]
    return CliRunner().invoke(predict, arguments, input=text, catch_exceptions=False).output


def test_each_line_gets_a_line(made: Path, base: Base, tmp_path: Path) -> None:
    out = asked(made, base, "--task", "pos")
    lines = [line.split(" ") for line in out.splitlines()]
    assert [[cell.partition("/")[0] for cell in line] for line in lines] == [["the", "old", "man"], ["boats"]]
    (tmp_path / "in.txt").write_text("the old man\nboats\n")
    assert asked(made, base, "--task", "pos", str(tmp_path / "in.txt")) == out
    assert [line.split("\t")[1] for line in asked(made, base, "--task", "topic").splitlines()] == [
        "the old man",
        "boats",
    ]


def test_an_empty_line_stays_a_line(made: Path, base: Base) -> None:
    for task in ("pos", "topic", "intent-slots"):
        assert len(asked(made, base, "--task", task, text="boats\n\nboats\n").splitlines()) == 3


def test_json_is_a_line_for_each(made: Path, base: Base) -> None:
    rows = [json.loads(line) for line in asked(made, base, "--task", "intent-slots", "--json").splitlines()]
    assert [row["text"] for row in rows] == ["the old man", "boats"]
    assert rows[0]["words"][1]["start"] == 4


def test_words_are_taken_as_they_are(made: Path, base: Base) -> None:
    assert asked(made, base, "--task", "pos", "--words", text="don't (x)\n").count("/") == 2


def test_spans_stand_in_brackets() -> None:
    from lexexpand.bundle.prediction import make_prediction
    from lexexpand.bundle.words import given_words
    from lexexpand.cli.predict import shown

    text, places = given_words(["Anna", "Dam", "sails", "home"])
    tags = ["B-PER", "I-PER", "O", "B-LOC"]
    assert (
        shown(make_prediction(text, "ner", places, tags, None, spans=True))
        == "[Anna Dam PER] sails [home LOC]"
    )
    assert shown(make_prediction(text, "x", places, tags, "go", spans=True)).startswith("go\t[Anna Dam PER]")


def test_a_file_that_is_missing_or_not_utf8_is_named(made: Path, base: Base, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no\.txt: there is no such file"):
        asked(made, base, "--task", "pos", str(tmp_path / "no.txt"))
    (tmp_path / "latin.txt").write_bytes(b"fine\n\xe6\xf8\n")
    with pytest.raises(FormatError, match=r"latin\.txt:2: not UTF-8"):
        asked(made, base, "--task", "pos", str(tmp_path / "latin.txt"))
    with pytest.raises(ConfigError, match="no task"):
        asked(made, base, "--task", "ner")


def ran(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        bundle_command, list(arguments), standalone_mode=False, catch_exceptions=False
    )
    return result.return_value or 0, result.output


def test_show_tells_base_tasks_scores_and_sizes(made: Path) -> None:
    out = ran("show", str(made))[1]
    for told in (
        "Faroese (fao_Latn)",
        "base       tiny-bert",
        "pos: upos (4 labels)",
        "CC0-1.0",
        "zero-shot",
        "61.0",
    ):
        assert told in out
    told = json.loads(ran("show", str(made), "--json")[1])
    assert told["tasks"]["pos"]["heads"][0]["labels"] == ["ADJ", "DET", "NOUN", "VERB"]


def test_verify_says_what_is_wrong_and_answers_by_its_exit_code(made: Path, tmp_path: Path) -> None:
    assert ran("verify", str(made))[0] == 0
    spoilt = tmp_path / "fao"
    shutil.copytree(made, spoilt)
    (spoilt / "README.md").write_text("x")
    code, out = ran("verify", str(spoilt))
    assert code == 1
    assert "README.md" in out
    assert json.loads(ran("verify", str(spoilt), "--json")[1])["findings"][0]["file"] == "README.md"
    with pytest.raises(BundleError, match="no such folder"):
        ran("verify", str(tmp_path / "none"))


def test_merge_writes_a_folder(made: Path, base: Base, tmp_path: Path) -> None:
    arguments = (
        "merge",
        str(made),
        "-o",
        str(tmp_path / "m"),
        "--task",
        "pos",
        "--base",
        str(base.folder),
        "--json",
    )
    told = json.loads(ran(*arguments)[1])
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= told["bytes"].keys()
