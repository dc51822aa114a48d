"""`lexexpand adapt` on a tiny base: what it makes, that it goes on, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.adaptation.config import AdaptConfig
from lexexpand.cli import run
from lexexpand.errors import ConfigError
from lexexpand.experiment import recipe
from lexexpand.experiment.gold import hold_out, parse_task
from lexexpand.experiment.recipe import adapt
from lexexpand.experiment.request import AdaptRequest
from lexexpand.language import Language
from lexexpand.text.sentence import Sentence
from tests.experiment.conftest import conllu
from tests.model.conftest import tiny_base

if TYPE_CHECKING:
    from pathlib import Path

FAROESE = Language("fao", "Latn")
TINY = AdaptConfig(steps=2, task_steps=2, tokens=60, task_tokens=60, r=2, alpha=4, dev_every=1)


@pytest.fixture
def request_(tmp_path: Path) -> AdaptRequest:
    gold = tmp_path / "train.conllu"
    gold.write_text(conllu(40, 1), encoding="utf-8")
    return AdaptRequest(
        languages=(FAROESE,),
        tasks=(f"pos={gold}",),
        base=str(tiny_base("bert").folder),
        config=TINY,
        lexicons=("starter",),
        paradigms=("starter",),
        offline=True,
        adapter=True,
    )


def test_a_language_and_a_task_become_a_bundle(request_: AdaptRequest, tmp_path: Path) -> None:
    heard: list[str] = []
    made = adapt(request_, tmp_path / "out" / "fao", say=heard.append)
    told = json.loads((made.folder / "bundle.json").read_text(encoding="utf-8"))
    assert set(made.records) == {"language", "pos"}
    assert told["adapter"]
    assert set(told["tasks"]) == {"pos"}
    assert {pack["id"] for pack in told["data"]["packs"]} == {"starter"}
    assert told["data"]["licences"] == ["CC0-1.0"]
    assert any("fewer than 10,000" in text for text in heard)
    assert any("pos: the dictionary is expected" in text and "of the gold words" in text for text in heard)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["fao"]


def test_the_same_command_finds_its_bundle_and_another_is_refused(
    request_: AdaptRequest, tmp_path: Path
) -> None:
    out = tmp_path / "fao"
    assert adapt(request_, out).is_new
    assert not adapt(request_, out).is_new
    other = replace(request_, config=replace(TINY, seed=14))
    with pytest.raises(ConfigError, match="--force"):
        adapt(other, out)
    assert adapt(other, out, force=True).is_new


def test_a_killed_run_goes_on_behind_what_was_done(
    request_: AdaptRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "fao"
    with monkeypatch.context() as patched:
        patched.setattr(recipe, "train_task", _killed)
        with pytest.raises(KeyboardInterrupt):
            adapt(request_, out)
    assert not out.exists()
    done = (tmp_path / ".fao.work" / "run" / "language" / "record.json").read_text(encoding="utf-8")
    made = adapt(request_, out)
    assert json.loads(json.dumps(made.records["language"].to_json())) == json.loads(done)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_zero_shot_makes_no_corpus_and_no_language_adapter(request_: AdaptRequest, tmp_path: Path) -> None:
    config = replace(TINY, objective="none")
    made = adapt(replace(request_, config=config, synth=False), tmp_path / "zero")
    told = json.loads((made.folder / "bundle.json").read_text(encoding="utf-8"))
    assert told["adapter"] is None
    assert told["data"]["corpora"] == []


def test_nothing_to_train_is_refused(request_: AdaptRequest, tmp_path: Path) -> None:
    config = replace(TINY, objective="none")
    with pytest.raises(ConfigError, match="--task"):
        adapt(replace(request_, tasks=(), config=config), tmp_path / "out")


def test_what_is_held_out_is_not_trained_on() -> None:
    many = [Sentence((), doc=str(i)) for i in range(40)]
    train, dev = hold_out(many)
    assert len(train) == 36
    assert len(dev) == 4
    assert not {one.doc for one in train} & {one.doc for one in dev}


@pytest.mark.parametrize("text", ["pos", "=x", "parts=x", "news:nr=x", "POS=x"])
def test_a_task_that_does_not_say_its_kind_or_file_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_task(text)


def test_the_command_line_tells_what_was_trained(
    request_: AdaptRequest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [
        "adapt",
        "--lang",
        "fao",
        "--base",
        request_.base,
        "--lexicon",
        "starter",
        "--paradigms",
        "starter",
    ]
    options += [
        "--task",
        request_.tasks[0],
        "--steps",
        "1",
        "--task-steps",
        "1",
        "--task-tokens",
        "60",
        "--offline",
    ]
    assert run([*options, "-o", str(tmp_path / "fao"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert list(told["bundles"][0]["records"]) == ["language", "pos"]


def test_a_tagger_knows_the_dictionarys_words_unless_asked_not_to(
    request_: AdaptRequest, tmp_path: Path
) -> None:
    made = adapt(request_, tmp_path / "fao").folder
    told = json.loads((made / "tasks" / "pos" / "words.json").read_text(encoding="utf-8"))
    best = told["rows"][told["words"]["hestur"]]
    assert told["labels"][best.index(max(best))] == "NOUN"
    for other in (
        replace(request_, dictionary=False),
        replace(request_, synth=False, dictionary=False, config=replace(TINY, objective="none")),
    ):
        bare = adapt(other, tmp_path / "bare", force=True).folder
        assert not (bare / "tasks" / "pos" / "words.json").exists()


def test_a_second_file_of_a_task_is_gold_of_a_further_language(
    request_: AdaptRequest, tmp_path: Path
) -> None:
    other = tmp_path / "ro.conllu"
    other.write_text(conllu(30, 2).replace("\tVERB\t", "\tAUX\t"), encoding="utf-8")
    asked = replace(request_, tasks=(*request_.tasks, f"pos={other}"))
    told = json.loads((adapt(asked, tmp_path / "fao").folder / "bundle.json").read_text(encoding="utf-8"))
    assert {"AUX", "VERB"} <= set(told["tasks"]["pos"]["heads"][0]["labels"])
    assert [row["file"] for row in told["data"]["gold"]] == ["train.conllu", "ro.conllu"]
    names = tmp_path / "names.txt"
    names.write_text("Mark B-PER\nreads O\n\n" * 20, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"names\.txt is of kind ner"):
        adapt(replace(request_, tasks=(*request_.tasks, f"pos:ner={names}")), tmp_path / "other")


def test_a_classifier_reads_glosses_and_learns_from_gold_alone(
    request_: AdaptRequest, tmp_path: Path
) -> None:
    gold = tmp_path / "topic.tsv"
    rows = [f"{'sport' if n % 2 else 'travel'}\tThe man sees house number {n} ." for n in range(40)]
    gold.write_text("category\ttext\n" + "\n".join(rows) + "\n", encoding="utf-8")
    asked = replace(request_, tasks=(f"topic={gold}",), config=replace(TINY, objective="none"))
    folder = adapt(asked, tmp_path / "fao").folder
    told = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))
    table = json.loads((folder / "tasks" / "topic" / "glosses.json").read_text(encoding="utf-8"))
    assert table["glosses"]["hestur"] == "horse"
    assert table["glosses"]["hestarnir"] == "horse"
    assert {(pack["id"], pack["kind"]) for pack in told["data"]["packs"]} >= {("starter", "lexicon")}
    assert told["data"]["licences"] == ["CC0-1.0"]
    assert len({row["origin"] for row in told["data"]["corpora"]}) <= 1  # the translated dev part at most
    assert len(told["data"]["corpora"]) <= 1


def test_a_name_tagger_learns_from_plain_word_translation_and_asks_the_dictionary(
    request_: AdaptRequest, tmp_path: Path
) -> None:
    gold = tmp_path / "names.txt"
    gold.write_text("The O\nman O\nsees O\nthe O\nhouse O\nof O\nZelda B-PER\n\n" * 40, encoding="utf-8")
    asked = replace(request_, tasks=(f"ner={gold}",), adapter=None)
    made = adapt(asked, tmp_path / "fao")
    assert made.records["ner"].name == "task ner, half way"
    plain = adapt(replace(asked, halfway=False, dictionary=False, synth=False), tmp_path / "plain")
    assert plain.records["ner"].name == "task ner"
    folder = made.folder
    table = json.loads((folder / "tasks" / "ner" / "words.json").read_text(encoding="utf-8"))
    outside = table["labels"].index("O")
    for word in ("maður", "manninum"):
        assert np.argmax(table["rows"][table["words"][word]]) == outside
    assert table["capital"] is not None
    corpora = json.loads((folder / "bundle.json").read_text(encoding="utf-8"))["data"]["corpora"]
    assert {row["kind"] for row in corpora} == {"pseudo-labelled"}
    assert not (folder / "tasks" / "ner" / "glosses.json").exists()


def test_a_task_alone_trains_no_language_adapter_and_looks_at_the_language_all_the_same(
    request_: AdaptRequest, tmp_path: Path
) -> None:
    made = adapt(replace(request_, adapter=None), tmp_path / "fao")
    told = json.loads((made.folder / "bundle.json").read_text(encoding="utf-8"))
    assert set(made.records) == {"pos"}
    assert told["adapter"] is None
    assert told["training"]["known"]["fertility"] > 0
    signs = told["training"]["signs"]["pos"]
    assert signs["entries"] > 1000
    assert signs["forms"] > 1000
    assert 0.5 < signs["coverage"] <= 1
    assert [pack["id"] for pack in told["data"]["packs"] if pack["kind"] == "lexicon"] == ["starter"]
    assert len(told["data"]["corpora"]) == 2  # to learn from and to choose by; a look leaves nothing behind
    assert replace(request_, adapter=None, tasks=()).trains_language
    assert replace(request_, adapter=None, sources=("my.txt",)).trains_language
