from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from lexexpand.text.block import Block, join_text
from lexexpand.text.vocabulary import Mapping, Vocabulary


def strings(*values: str | None) -> pa.Array:
    return pa.array(values, pa.string())


BLOCK = Block(
    tokens=strings("Go", "!", "No", "."),
    gaps=strings("", "", " ", "\t"),
    lead=strings("", " "),
    offsets=np.array([0, 2, 4]),
    line=np.array([1, 3]),
    file=np.array([0, 0], np.int32),
    doc=strings(None, None),
)


def test_a_blocks_text_is_its_tokens_and_gaps() -> None:
    assert BLOCK.text.to_pylist() == ["Go!", " No .\t"]
    assert (len(BLOCK), BLOCK.n_tokens, BLOCK.labelled) == (2, 4, frozenset())


def test_text_is_right_for_sliced_columns_and_for_none() -> None:
    offsets = np.array([0, 1, 2])
    assert join_text(BLOCK.tokens[1:3], BLOCK.gaps[1:3], strings("", ""), offsets).to_pylist() == ["!", "No "]
    assert join_text(strings(), strings(), strings("", " "), np.zeros(3, np.int64)).to_pylist() == ["", " "]
    assert join_text(strings(), strings(), strings(), np.zeros(1, np.int64)).to_pylist() == []


@pytest.mark.parametrize(
    ("column", "value"), [("offsets", np.array([0, 2, 3])), ("gaps", strings("")), ("label", strings("a"))]
)
def test_columns_of_unequal_length_are_a_bug_that_is_seen(column: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"tokens|rows"):
        replace(BLOCK, **{column: value})  # type: ignore[arg-type]


def test_a_vocabulary_numbers_strings_as_they_come() -> None:
    words = Vocabulary(["a"])
    assert words.encode(strings("b", None, "a", "b", "")).tolist() == [1, -1, 0, 1, 2]
    assert words.encode(strings("", "c")).tolist() == [2, 3]
    assert words.values == ["a", "b", "", "c"]


def test_anothers_numbers_are_translated_as_its_list_grows() -> None:
    ours, theirs = Vocabulary(["x", "y"]), ["y"]
    mapping = Mapping(ours)
    assert mapping.translate(np.array([0, 0]), theirs).tolist() == [1, 1]
    theirs += ["z", "x"]
    assert mapping.translate(np.array([2, 1, 0]), theirs).tolist() == [0, 2, 1]
