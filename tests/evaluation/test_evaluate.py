"""From a bundle's folder to a score, with a stub for what is asked of the bundle and with a tiny real one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lexexpand.bundle.prediction import make_prediction
from lexexpand.bundle.words import given_words
from lexexpand.cli import run
from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation import evaluate as module
from lexexpand.evaluation import leaks, report
from lexexpand.evaluation.evaluate import evaluate
from lexexpand.model.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
NER = "".join(
    f"{name} B-PER\nlas O\nmánadagin{i} B-DATE\n\n" for i, name in enumerate(["Anna", "Jákup", "Eyð"] * 10)
)
TASKS = {
    "ner": Task("ner", "ner", (("tags", ("O", "B-PER", "I-PER")),)),
    "asst": Task("asst", "intent-slots", (("intent", ("a", "b")), ("slots", ("O", "B-x")))),
}


@dataclass
class Stub:
    """Says of each word what `tags` has, else O; vectors are what letters a text has."""

    tags: dict[str, str] = field(default_factory=dict)
    intents: dict[str, str] = field(default_factory=dict)
    trained_on: Any = None
    path: Path = Path("stub")
    language: str = "fao_Latn"
    tasks: dict[str, Task] = field(default_factory=lambda: TASKS)
    manifest: Any = field(
        default_factory=lambda: SimpleNamespace(base=SimpleNamespace(id="a/base:x", digest="ab" * 32))
    )

    def __call__(self, texts: Sequence[Sequence[str]], task: str) -> list[Any]:
        made = []
        for words in texts:
            text, places = given_words(words)
            tags = [self.tags.get(word, "O") for word in words]
            made.append(
                make_prediction(text, task, places, tags, self.intents.get(words[0], "a"), spans=True)
            )
        return made

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[text.count(chr(97 + i)) + 0.1 for i in range(26)] for text in texts], np.float32)


@pytest.fixture(autouse=True)
def _digests(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    if "folder" not in request.fixturenames:
        monkeypatch.setattr(module, "bundle_digest", lambda path: "cd" * 32)


@pytest.fixture
def ner(tmp_path: Path) -> Path:
    path = tmp_path / "test file.txt"
    path.write_text(NER, encoding="utf-8")
    return path


def stub(**changes: Any) -> Any:
    return Stub(**changes)


def test_types_that_the_task_does_not_know_are_no_entity_and_the_signature_says_so(ner: Path) -> None:
    found = evaluate(stub(tags={"Anna": "B-PER", "Eyð": "B-PER"}), "ner", ner)
    assert found.ignored == ("DATE",)
    strict = found.scores[0]
    assert (strict.name, strict.n) == ("span_f1", 30)
    assert strict.value == pytest.approx(0.8)  # 20 right of 20 predicted, 30 gold
    line = str(strict.signature)
    assert line.startswith(
        "lexexpand:1|task:ner|lang:fao_Latn|bundle:fao_Latn@cdcdcdcd|base:a/base_x@abababab"
    )
    assert "|data:test_file@" in line
    assert "|as-o:DATE|" in line
    assert "|metric:span_f1|scheme:iob2-strict|unit:sentence|boot:1000|bseed:13|" in line
    assert "leaks" not in line
    assert "DATE" in report.notes(found)[0]


def test_a_half_is_half(ner: Path) -> None:
    found = evaluate(stub(), "ner", ner, half="odd")
    assert (found.n, found.scores[0].signature.get("half")) == (15, "odd")


def test_sentences_that_were_trained_on_are_dropped_kept_or_refused(ner: Path) -> None:
    told = stub(trained_on=leaks.digests(["anna LAS mánadagin0", "Jákup las mánadagin1!", "other"]))
    dropped = evaluate(told, "ner", ner)
    assert (dropped.n, dropped.leaks) == (28, 2)
    assert dropped.scores[0].signature.get("leaks") == "dropped-2"
    kept = evaluate(told, "ner", ner, on_leak="keep")
    assert (kept.n, kept.scores[0].signature.get("leaks")) == (30, "kept-2")
    with pytest.raises(DataError, match=r"2 of 30 sentences were trained on.*--on-leak"):
        evaluate(told, "ner", ner, on_leak="fail")
    clean = evaluate(stub(trained_on=leaks.digests(["x"])), "ner", ner)
    assert (clean.leaks, clean.scores[0].signature.get("leaks")) == (0, "0")
    assert evaluate(stub(), "ner", ner).leaks is None


def test_a_baseline_is_scored_on_the_same_sentences(ner: Path) -> None:
    ours = stub(tags={"Anna": "B-PER"}, trained_on=leaks.digests(["Anna las mánadagin0"]))
    theirs = stub(trained_on=leaks.digests(["Jákup las mánadagin1"]))
    found = evaluate(ours, "ner", ner, baseline=theirs)
    assert (found.n, found.leaks) == (28, 2)
    assert found.differences[0].value == found.scores[0].value
    assert found.differences[0].is_clear
    assert found.differences[0].signature.get("baseline") == "fao_Latn@cdcdcdcd"
    assert found.scores[0].signature.get("baseline") is None
    assert report.header(found)[-1] == "clear"
    assert report.rows(found)[0][-1] == "yes"


def test_intents_and_slots_are_taken_from_one_prediction(tmp_path: Path) -> None:
    path = tmp_path / "fo.test.conll"
    path.write_text("1\tVek\ta\tO\n2\tmeg\ta\tB-x\n\n1\tNei\tb\tO\n\n", encoding="utf-8")
    found = evaluate(stub(tags={"meg": "B-x"}, intents={"Nei": "b"}), "asst", path)
    assert [score.value for score in found.scores] == [1.0] * 4


def test_the_starters_requests_say_who_wrote_them() -> None:
    found = evaluate(stub(), "asst", ROOT / "lexicons/starter/assistant.fao.conll", on_leak="keep")
    assert found.scores[0].signature.get("authors") == "non-native"
    assert "smoke test" in report.notes(found)[0]


def test_retrieval_needs_no_task(tmp_path: Path) -> None:
    for side, lines in {"fao": "aab\nccd\nxyz\n", "eng": "baa\ndcc\nzzy\n"}.items():
        (tmp_path / f"tatoeba.fao-eng.{side}").write_text(lines)
    found = evaluate(stub(), "retrieval", tmp_path / "tatoeba.fao-eng.fao", baseline=stub())
    assert [score.name for score in found.scores] == [
        "to_source", "from_source", "to_source_shifted", "from_source_shifted"
    ]  # fmt: skip
    assert found.scores[0].value == 1.0
    assert found.scores[0].signature.get("unit") == "pair"
    assert [one.value for one in found.differences] == [0.0] * 4


def test_a_task_that_is_not_there_is_refused_with_those_that_are(ner: Path) -> None:
    with pytest.raises(ConfigError, match=r"no task 'pos'.*ner, asst, retrieval"):
        evaluate(stub(), "pos", ner)
    with pytest.raises(ConfigError, match="no policy"):
        evaluate(stub(), "ner", ner, on_leak="hide")


def test_json_has_all_of_it(ner: Path) -> None:
    told = evaluate(stub(tags={"Anna": "B-PER"}), "ner", ner, baseline=stub()).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert list(told) == [
        "task", "kind", "language", "n", "scores", "differences", "leaks", "ignored"
    ]  # fmt: skip


POS = "# text = the dog\n1\tthe\t_\tDET\t_\t_\t0\t_\t_\t_\n2\tdog\t_\tNOUN\t_\t_\t1\t_\t_\t_\n\n"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle on a tiny random base."""
    pytest.importorskip("peft")
    from lexexpand.bundle.save import save_bundle
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.network import Network
    from tests.model.conftest import tiny_base

    network = Network.open(tiny_base("bert"))
    network.add_language(LoraSpec(r=4, alpha=8))
    network.add_task(Task("pos", "pos", (("upos", ("DET", "NOUN")),)), LoraSpec(r=4, alpha=8))
    digests = leaks.digests(["The dog!"])
    place = tmp_path_factory.mktemp("evaluated") / "fao"
    return Path(save_bundle(place, network, language="fao_Latn", trained_on=digests))


def test_the_command_scores_a_bundle(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.model.conftest import tiny_base

    path = tmp_path / "a.conllu"
    path.write_text(POS + POS.replace("dog", "cat"), encoding="utf-8")
    base = str(tiny_base("bert").folder)
    asked = ["evaluate", "--bundle", str(folder), "--task", "pos", "--data", str(path), "--base", base]
    assert run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["n"], told["leaks"], told["scores"][0]["name"]) == (1, 1, "accuracy")
    assert "|leaks:dropped-1|" in told["scores"][0]["signature"]
    assert run([*asked, "--on-leak", "keep", "--baseline", str(folder)]) == 0
    shown = capsys.readouterr()
    assert "accuracy" in shown.out
    assert "+0.0 to +0.0" in shown.out
    assert "1 sentences of the gold data were trained on: they are scored." in shown.err
    assert run([*asked, "--on-leak", "fail"]) == 3
    assert "trained on" in capsys.readouterr().err
