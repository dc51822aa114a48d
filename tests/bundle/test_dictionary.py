"""What a bundle has of a dictionary: written, read, heeded, checked."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.save import add_scores, save_bundle
from lexexpand.bundle.verify import verify_bundle
from lexexpand.errors import BundleError
from lexexpand.model.glosses import Glosses
from lexexpand.model.predict import mean_of, of_whole
from lexexpand.model.word_tags import WordTags
from tests.bundle.conftest import UPOS, tiny_network

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from lexexpand.model.base import Base

WORDS = "tasks/pos/words.json"


@pytest.fixture
def told(bert: Base, tmp_path: Path) -> Path:
    """A bundle that knows a verb, whatever its network thinks."""
    network = tiny_network(bert)
    rows = np.log(np.array([[1e-9, 1e-9, 1e-9, 1.0], [0.25] * 4], np.float32))
    network.word_tags["pos"] = WordTags(UPOS, rows, {"sleeps": 0}, {"": 1}, weight=5.0)
    return save_bundle(tmp_path / "fao", network, language="fao_Latn")


def test_a_bundle_heeds_its_table(told: Path, made: Path, bert: Base) -> None:
    text = ["the cat sleeps .", "SLEEPS " * 700]
    with_table, without = load_bundle(told, base=bert), load_bundle(made, base=bert)
    first, second = with_table(text, task="pos"), without(text, task="pos")
    assert first[0].tags[2] == "VERB"
    assert set(first[1].tags) == {"VERB"}
    assert first[0].tags[:2] == second[0].tags[:2]
    assert "words.json" in (told / "README.md").read_text(encoding="utf-8")
    assert not verify_bundle(told)


def test_scores_put_into_a_bundle_leave_the_table(told: Path) -> None:
    before = (told / WORDS).read_bytes()
    add_scores(told, [])
    assert (told / WORDS).read_bytes() == before
    assert not verify_bundle(told)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: told.update(labels=["NOUN", "VERB", "ADJ", "X"]),
        lambda told: told.update(words={"sleeps": 7}),
        lambda told: told.pop("rows"),
        lambda told: told.update(weight="much"),
    ],
)
def test_a_table_of_something_else_is_refused(
    told: Path, bert: Base, spoil: Callable[[dict[str, Any]], Any]
) -> None:
    table = json.loads((told / WORDS).read_text(encoding="utf-8"))
    spoil(table)
    (told / WORDS).write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(BundleError, match="edited"):
        load_bundle(told, base=bert)
    digest = hashlib.sha256((told / WORDS).read_bytes()).hexdigest()
    sums = (told / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = [f"{digest}  {WORDS}" if line.endswith(WORDS) else line for line in sums]
    (told / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="utf-8")
    with pytest.raises(BundleError, match=r"words\.json"):
        load_bundle(told, base=bert)
    assert [finding.file for finding in verify_bundle(told)] == [WORDS]


def test_a_sentence_is_read_again_with_its_glosses(bert: Base, tmp_path: Path) -> None:
    network = tiny_network(bert)
    network.glosses["topic"] = Glosses({"maður": "man", "sævur": "the sea"})
    folder = save_bundle(tmp_path / "fao", network, language="fao_Latn")
    assert not verify_bundle(folder)
    bundle = load_bundle(folder, base=bert)
    encoder = bundle.network.words("topic")
    plain, behind = (
        bundle.reader("topic").score("topic", [encoder(words.split())])[0]
        for words in ("old Maður sleeps", "old Maður sleeps old man sleeps")
    )
    mean = mean_of([plain, behind])["label"]
    expected = bundle.network.tasks["topic"].labels_of("label")[mean.argmax()]
    assert bundle([["old", "Maður", "sleeps"]], task="topic")[0].label == expected
    scores = bundle._scores(bundle.network.tasks["topic"], [["old", "Maður", "sleeps"], ["boats"], []], 100)
    assert np.allclose(scores[0]["label"], mean, atol=1e-5)
    assert not np.allclose(scores[0]["label"], plain["label"], atol=1e-5)


def test_a_mean_goes_by_what_was_read() -> None:
    first = {"tags": np.array([[0.0, -2.0], [np.nan, np.nan], [-4.0, -4.0]], np.float32)}
    second = {"tags": np.array([[-2.0, 0.0], [-1.0, -3.0], [np.nan, np.nan], [9.0, 9.0]], np.float32)}
    assert mean_of([first, second])["tags"].tolist() == [[-1, -1], [-1, -3], [-4, -4]]
    unread = {"tags": np.full((1, 2), np.nan, np.float32)}
    assert np.isnan(mean_of([unread, unread])["tags"]).all()


def test_a_reading_of_other_words_counts_for_the_whole_alone() -> None:
    first = {"slots": np.zeros((2, 3), np.float32), "intent": np.array([0.0, -4.0], np.float32)}
    other = {"slots": np.ones((5, 3), np.float32), "intent": np.array([-2.0, 0.0], np.float32)}
    found = mean_of([first, of_whole(other)])
    assert found["slots"].tolist() == first["slots"].tolist()
    assert found["intent"].tolist() == [-1, -2]


def test_glosses_that_are_none_are_refused(bert: Base, tmp_path: Path) -> None:
    network = tiny_network(bert)
    network.glosses["topic"] = Glosses({"maður": "man"})
    folder = save_bundle(tmp_path / "fao", network, language="fao_Latn")
    file = folder / "tasks" / "topic" / "glosses.json"
    file.write_text('{"glosses": {"maður": 3}}', encoding="utf-8")
    with pytest.raises(BundleError, match="edited"):
        load_bundle(folder, base=bert)
