"""Labelled sentences become columns, and come back from a file as they were."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lexexpand.adaptation.examples import (
    IGNORED,
    Examples,
    TaskRow,
    corpus_rows,
    encode_task,
    join,
    task_of,
    task_rows,
)
from lexexpand.errors import DataError, IntegrityError, MissingDataError
from lexexpand.text.sentence import Sentence, Token
from tests.adaptation.conftest import encoded, rows

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task


class FakeCorpus:
    """What `corpus_rows` asks of a corpus."""

    folder = "corpora/fake"

    def __init__(self, *found: dict[str, Any]) -> None:
        self._rows = found
        self.columns = tuple(found[0])

    def rows(self, columns: list[str]) -> Any:
        return ({name: row[name] for name in columns} for row in self._rows)


ROW = {
    "tokens": ["hundurin", "svevur", "nú"],
    "upos": ["NOUN", "VERB", "_"],
    "spans": [{"start": 0, "end": 1, "type": "ANIMAL"}],
    "label": None,
    "intent": "ask",
    "coverage": 0.5,
    "alignment": [[0, 1], [2], []],
}


def test_gold_sentences_become_rows_with_their_labels() -> None:
    sentence = Sentence(
        (Token("Dogs", upos="NOUN"), Token("sleep", upos=None)), spans=((0, 1, "ANIMAL"),), intent="ask"
    )
    [row] = task_rows([sentence], "pos")
    assert row.upos == ("NOUN", "_")
    [row] = task_rows([sentence], "intent-slots")
    assert (row.intent, row.tags) == ("ask", ("B-ANIMAL", "O"))


def test_a_sentence_without_the_labels_of_the_task_is_refused_by_its_line() -> None:
    sentence = Sentence((Token("Dogs"),), line=7)
    with pytest.raises(DataError, match="line 7: no upos"):
        list(task_rows([sentence], "pos"))


def test_labels_are_in_an_order_that_does_not_depend_on_the_rows() -> None:
    some = rows(30)
    assert task_of("pos", "pos", some) == task_of("pos", "pos", some[::-1])
    assert task_of("pos", "pos", some).labels == (("upos", ("NOUN", "VERB", "X")),)


def test_each_type_of_span_has_both_its_tags_behind_o() -> None:
    assert task_of("ner", "ner", rows(30)).labels_of("tags") == ("O", "B-THING", "I-THING")


def test_a_task_needs_two_labels() -> None:
    with pytest.raises(DataError, match="1 labels for upos"):
        task_of("pos", "pos", [TaskRow(["a"], ["X"])])


def test_pseudo_labelled_rows_weigh_what_was_translated_of_them() -> None:
    [row] = corpus_rows(FakeCorpus(ROW), "intent-slots")  # type: ignore[arg-type]
    assert (row.weight, row.tags, row.intent) == (0.5, ["B-ANIMAL", "O", "O"], "ask")


def test_rows_without_the_label_or_with_nothing_translated_are_left_out() -> None:
    assert not list(corpus_rows(FakeCorpus(ROW), "topic"))  # type: ignore[arg-type]
    assert not list(corpus_rows(FakeCorpus({**ROW, "coverage": 0.0}), "pos"))  # type: ignore[arg-type]


def test_rows_with_a_phrase_for_a_word_can_be_left_out() -> None:
    phrase = {**ROW, "alignment": [[0], [0], [1]]}
    found = list(corpus_rows(FakeCorpus(ROW, phrase), "pos", single_words=True))  # type: ignore[arg-type]
    assert len(found) == 1


def test_a_corpus_without_labels_is_refused() -> None:
    bare = {name: ROW[name] for name in ("tokens", "coverage")}
    with pytest.raises(DataError, match=r"no upos.*pseudo-labelled"):
        list(corpus_rows(FakeCorpus(bare), "pos"))  # type: ignore[arg-type]


def test_what_is_unknown_is_ignored(network: Network, pos: Task) -> None:
    row = TaskRow(["dog", "barks"], ["NOUN", "_"])
    assert encode_task([row], pos, network.words("pos")).targets["upos"].tolist() == [0, IGNORED]


def test_a_label_that_the_task_has_not_is_refused(network: Network, pos: Task) -> None:
    with pytest.raises(DataError, match="'ADJ'"):
        encode_task([TaskRow(["dog"], ["ADJ"])], pos, network.words("pos"))


def test_more_labels_than_words_are_refused(network: Network, pos: Task) -> None:
    with pytest.raises(DataError, match="2 labels of upos for 1 words"):
        encode_task([TaskRow(["dog"], ["X", "X"])], pos, network.words("pos"))


@pytest.mark.parametrize("kind", ["pos", "intent-slots", "topic"])
def test_examples_come_back_from_a_file_as_they_were(network: Network, tmp_path: Path, kind: str) -> None:
    made = encoded(task_of(kind, kind, rows(20)), network, rows(20))
    made.save(tmp_path / "some.npz")
    again = Examples.load(tmp_path / "some.npz")
    assert again.digest == made.digest
    assert again.task == made.task
    assert again.text.pieces(7) == made.text.pieces(7)


def test_selecting_and_joining_keep_words_with_their_targets(network: Network) -> None:
    made = encoded(task_of("intent-slots", "intent-slots", rows(20)), network, rows(20))
    again = join([made.select(range(12)), made.select(range(12, 20))])
    assert again.digest == made.digest
    turned = made.select([3, 1])
    words = made.text.word_offsets
    assert (
        turned.targets["slots"].tolist()[-int(words[2] - words[1]) :]
        == made.targets["slots"][words[1] : words[2]].tolist()
    )
    assert turned.targets["intent"].tolist() == made.targets["intent"][[3, 1]].tolist()


def test_another_weight_is_another_digest(network: Network, pos: Task) -> None:
    made = encoded(pos, network, rows(5))
    assert replace(made, weight=np.zeros(5, np.float32)).digest != made.digest


def test_files_that_are_missing_damaged_or_of_another_kind_are_refused(
    network: Network, pos: Task, tmp_path: Path
) -> None:
    path = tmp_path / "some.npz"
    with pytest.raises(MissingDataError):
        Examples.load(path)
    made = encoded(pos, network, rows(5))
    made.text.save(path)
    with pytest.raises(IntegrityError, match="holds text, expected examples"):
        Examples.load(path)
    made.save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(IntegrityError, match=r"some\.npz"):
        Examples.load(path)
