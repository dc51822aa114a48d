from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import FormatError
from lexexpand.text.bio import TagError, spans_of, tags_of
from lexexpand.text.columns import align
from lexexpand.text.sentence import sentences

if TYPE_CHECKING:
    from tests.text.conftest import Read


def test_spans_are_read_with_one_blank_between(read: Read) -> None:
    (block,), _ = read("a.iob2", "Mark B-PER\nWatson I-PER\nsaw O\nOslo B-LOC\nParis B-LOC\n\n# O\n")
    first, second = sentences(block)
    assert first.spans == ((0, 2, "PER"), (3, 4, "LOC"), (4, 5, "LOC"))
    assert first.text == "Mark Watson saw Oslo Paris"
    assert (second.spans, second.text, second.line) == ((), "#", 7)


def test_uner_has_ids_tags_and_annotators(read: Read) -> None:
    rows = "# newdoc id = w\n# sent_id = 1\n# text = Mark's here\n"
    rows += "1\tMark\tB-PER\t-\tann\n2\t's\tO\n3\there\tO\t-\tann\n"
    (block,), report = read("a.iob2", rows)
    (sentence,) = sentences(block)
    assert (sentence.text, sentence.doc, sentence.spans) == ("Mark's here", "w", ((0, 1, "PER"),))
    assert report.counts == {}


def test_a_text_that_does_not_fit_is_counted(read: Read) -> None:
    (block,), report = read("a.iob2", "# text = other\na O\nb O\n")
    assert block.text.to_pylist() == ["a b"]
    assert report.counts == {"texts that the tokens do not give back": 1}


def test_parts_of_speech_have_the_same_shape(read: Read) -> None:
    (block,), _ = read("a.iob2", "San NOUN\nfila NUM\n\n# SYM\n")
    assert block.upos.to_pylist() == ["NOUN", "NUM", "SYM"]
    assert block.span_type is None
    assert block.labelled == {"upos"}


def test_document_marks_begin_documents(read: Read) -> None:
    (block,), _ = read("a.iob2", "-DOCSTART- -X- O O\n\na O\n\n-DOCSTART-\n\nb X Y B-PER\n")
    assert block.doc.to_pylist() == ["document 1", "document 2"]
    assert block.span_type.to_pylist() == ["PER"]


def test_old_document_marks_are_read_as_outside(read: Read) -> None:
    (block,), report = read("a.iob2", "a B-O\nb O\n")
    assert len(block.span_type) == 0
    assert report.counts == {"B-O marks read as O": 1}


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("a O\nb I-PER\n", 2, "must begin with B-PER"),
        ("a B-LOC\nb I-PER\n", 2, "after B-LOC"),
        ("a I-PER\n", 1, "start of a sentence"),
        ("a O\nb S-PER\n", 2, "not IOB2"),
        ("a O\nb B-\n", 2, "not IOB2"),
        ("a O\nb\n", 2, "a token and its tag"),
        ("a NOUN\nb B-PER\n", 2, "part of speech"),
    ],
)
def test_wrong_tags_are_errors_with_their_line(read: Read, rows: str, line: int, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        read("a.iob2", rows)
    assert caught.value.where.line == line
    blocks, report = read("b.iob2", rows + "\n" + rows.split("\n")[0].split(" ")[0] + " O\n", skip_bad=True)
    assert report.skipped >= 1
    assert sum(len(block) for block in blocks) <= 1


@given(st.lists(st.sampled_from(["O", "B-A", "I-A", "B-B", "I-B"])))
def test_spans_and_tags_say_the_same(tags: list[str]) -> None:
    try:
        spans = spans_of(tags)
    except TagError as error:
        spans = spans_of(tags[: error.index])
        tags = tags[: error.index]
    assert tags_of(spans, len(tags)) == tags


@given(st.lists(st.text("ab", min_size=1, max_size=3)), st.data())
def test_alignment_finds_exactly_the_gaps(tokens: list[str], data: st.DataObject) -> None:
    gaps = [data.draw(st.sampled_from(["", " ", "\u00a0\t"])) for _ in tokens]
    text = "".join(token + gap for token, gap in zip(tokens, gaps, strict=True))
    assert align(tokens, text) == ("", gaps)
    assert align([*tokens, "z"], text) is None
    assert align(tokens, text + "z") is None
