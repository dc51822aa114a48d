"""Text in, typed predictions out: offsets, batches, long texts, empty ones, words given apart."""

from __future__ import annotations

import json
import logging
import threading
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.prediction import make_prediction
from lexexpand.bundle.words import carry_back, given_words, words_of
from lexexpand.errors import BundleError, ConfigError, DataError
from lexexpand.language import from_tag
from lexexpand.text.tokenizer import tokenizer_for

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.bundle.bundle import Bundle
    from lexexpand.model.base import Base


@pytest.fixture(scope="module")
def bundle(made: Path, bert: Base) -> Bundle:
    return load_bundle(made, base=bert, device="cpu")


def test_words_stand_where_they_say(bundle: Bundle) -> None:
    text = "  The old\tman's dog -- barks (loudly)!\n"
    told = bundle(text, task="pos")
    assert told.text == text
    assert all(text[word.start : word.end] == word.text for word in told.words)
    assert "".join(word.text for word in told.words) == "".join(text.split())
    assert len(told.tags) == len(told.words)


@pytest.mark.parametrize(
    "text", ["cafe\u0301 noir", "\u1112\u1161\u11ab\u1100\u116e\u11a8 x", "a\u0327\u0301b c"]
)
def test_offsets_are_those_of_the_text_as_it_was_given(bundle: Bundle, text: str) -> None:
    assert not unicodedata.is_normalized("NFC", text)
    told = bundle(text, task="pos")
    assert [word.text for word in told.words] == text.split()
    assert [text[word.start : word.end] for word in told.words] == text.split()


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_offsets_in_any_text_give_the_word(text: str) -> None:
    tokenizer = tokenizer_for(from_tag("fao_Latn"))
    end = 0
    for form, start, stop in words_of([text], tokenizer)[0]:
        assert end <= start <= stop <= len(text)
        end = stop
        if unicodedata.is_normalized("NFC", text):
            assert text[start:stop] == form


@given(st.text(st.sampled_from("ea\u0301\u0327\u1100\u1161\u11a8 \u00e9"), max_size=12))
def test_carrying_back_keeps_order_and_ends(text: str) -> None:
    normal = unicodedata.normalize("NFC", text)
    back = carry_back(text, normal)
    places = [back(at) for at in range(len(normal) + 1)]
    assert places == sorted(places)
    assert (places[0], places[-1]) == (0, len(text))


def test_one_text_gives_one_prediction_and_many_a_list(bundle: Bundle) -> None:
    one = bundle("the old man", task="pos")
    assert bundle(["the old man", "boats"], task="pos")[0] == one
    assert bundle(("the old man",), task="pos") == [one]
    assert bundle([], task="pos") == []
    assert bundle([["the", "old", "man"]], task="pos")[0].tags == one.tags


def test_batches_do_not_change_what_is_said(bundle: Bundle) -> None:
    texts = ["the old man reads the book", "boats", "a dog barks at the moon", ""] * 5
    together = bundle(texts, task="intent-slots")
    assert [bundle(text, task="intent-slots") for text in texts] == together
    assert bundle(texts, task="intent-slots", budget=16) == together
    assert list(bundle.pipe(iter(texts), "intent-slots")) == together


def test_words_given_apart_keep_their_number_whatever_they_are(bundle: Bundle) -> None:
    words = ["don't", "New York", "\u200d", "<s>", "[MASK]", "e\u0301"]
    told = bundle([words], task="pos")[0]
    assert [word.text for word in told.words] == words
    assert len(told.tags) == len(words)


def test_a_text_without_words_has_no_label(bundle: Bundle) -> None:
    for text in ("", " \n"):
        told = bundle(text, task="intent-slots")
        assert (told.words, told.spans, told.label, told.tags) == ((), (), None, ())
        assert bundle(text, task="topic").label is None


def test_every_word_of_a_long_text_gets_a_tag_and_a_label_says_what_it_did_not_read(bundle: Bundle) -> None:
    words = ["boats", "sail"] * 100  # the tiny base reads 64 pieces
    told = bundle([words], task="intent-slots")[0]
    assert len(told.tags) == 200
    assert 0 < told.unread < 200
    assert bundle([words[: 200 - told.unread]], task="intent-slots")[0].unread == 0
    assert bundle([words], task="pos")[0].unread == 0
    assert bundle([words], task="topic")[0].unread > 0


def test_a_task_that_is_not_there_is_named_with_those_that_are(bundle: Bundle) -> None:
    with pytest.raises(ConfigError, match=r"there is no task 'ner'\. It has: intent-slots, pos, topic"):
        bundle("the", task="ner")
    with pytest.raises(ConfigError, match="which task"):
        bundle("the")


def test_broken_text_is_refused(bundle: Bundle) -> None:
    with pytest.raises(DataError, match="surrogate"):
        bundle("a\ud800", task="pos")
    with pytest.raises(DataError, match="word 1 of a sentence is ''"):
        bundle([["a", ""]], task="pos")
    with pytest.raises(DataError, match="word 0 of a sentence is 5"):
        bundle([[5]], task="pos")  # type: ignore[list-item]


def test_vectors_have_length_one_and_no_task_in_them(bundle: Bundle) -> None:
    before = bundle.embed(["the old man", "boats"])
    bundle("the old man", task="pos")
    after = bundle.embed(["the old man", "boats"])
    assert before.shape == (2, 32)
    assert before.dtype == np.float32
    assert np.allclose(np.linalg.norm(before, axis=1), 1, atol=1e-5)
    assert np.array_equal(before, after)
    assert bundle.embed("boats").shape == (32,)
    assert bundle.embed([]).shape == (0, 32)


def test_unmerged_vectors_have_no_task_in_them_either(made: Path, bert: Base) -> None:
    bundle = load_bundle(made, base=bert, device="cpu", merge=False)
    before = bundle.embed("boats")
    bundle("boats", task="pos")
    assert np.array_equal(before, bundle.embed("boats"))


def test_threads_take_turns(made: Path, bert: Base) -> None:
    bundle = load_bundle(made, base=bert, device="cpu", merge=False)
    wanted = {task: bundle("the old man reads", task=task) for task in bundle.tasks}
    wrong: list[Any] = []

    def ask(task: str) -> None:
        wrong.extend(
            p for p in (bundle("the old man reads", task=task) for _ in range(5)) if p != wanted[task]
        )

    threads = [threading.Thread(target=ask, args=(task,)) for task in bundle.tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


SPANS = [
    ("B-A I-A O", [(0, 2, "A")]),
    ("B-A B-A I-A", [(0, 1, "A"), (1, 3, "A")]),
    ("O I-A I-A", [(1, 3, "A")]),
    ("B-A I-B I-B", [(0, 1, "A"), (1, 3, "B")]),
    ("B-A O I-A", [(0, 1, "A"), (2, 3, "A")]),
    ("B-a-b I-a-b O", [(0, 2, "a-b")]),
    ("O O O", []),
]


@pytest.mark.parametrize(("tags", "spans"), SPANS)
def test_tags_become_spans(tags: str, spans: list[tuple[int, int, str]]) -> None:
    text, places = given_words(["x", "yy", "z"])
    told = make_prediction(text, "ner", places, tags.split(), None, spans=True)
    assert told.spans is not None
    assert [(span.first, span.last, span.type) for span in told.spans] == spans
    assert all(text[span.start : span.end] == span.text for span in told.spans)


def test_a_prediction_is_json(bundle: Bundle) -> None:
    told = json.loads(json.dumps(bundle("the old man", task="intent-slots").as_dict()))
    assert list(told) == ["text", "task", "label", "words", "spans"]
    assert list(told["words"][0]) == ["text", "start", "end", "tag"]


def test_other_rules_of_the_tokeniser_are_warned_of(made: Path, bert: Base, caplog: Any) -> None:
    from dataclasses import replace

    bundle = load_bundle(made, base=bert, device="cpu")
    note = replace(bundle.manifest.tokeniser, version="1-00000000")
    bundle.manifest = replace(bundle.manifest, tokeniser=note)
    with caplog.at_level(logging.WARNING):
        bundle("the", task="pos")
    assert "tokeniser rules 1-00000000" in caplog.text
    other = load_bundle(made, base=bert, device="cpu")
    other.manifest = replace(other.manifest, tokeniser=replace(note, name="mecab"))
    with pytest.raises(BundleError, match="the tokeniser 'mecab'"):
        other("the", task="pos")
    assert other([["the"]], task="pos")[0].tags
