"""Which sentences are kept, and why those?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexexpand.errors import ConfigError
from lexexpand.synthesis.select import Considered, Kept, select

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

VOCABULARY = [f"w{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
ENTRIES = [(word, f"t{word}") for word in VOCABULARY]


def sentences(n: int, seed: int = 7) -> list[str]:
    """Sentences of five words, common ones more often."""
    drawn = random.Random(seed)
    return [" ".join(VOCABULARY[int(drawn.random() ** 3 * 100)] for _ in range(5)) for _ in range(n)]


def distinct(rows: list[dict[str, Any]]) -> int:
    return len({entry for row in rows for entry in row["entry"] if entry >= 0})


def test_minimum_coverage_drops_and_counts(plain: Maker) -> None:
    text = "the light of it\nthe lights and the light\nthe tree\n... !\n"
    entries = [("light", "ljós"), ("lights", "ljós"), ("and", "og")]
    corpus = plain(text, entries, min_coverage=0.5)
    assert [row["source_text"] for row in corpus.rows()] == ["the lights and the light", "... !"]
    assert corpus.card["dropped"] == {"coverage too low": 2}
    assert len(plain(text, entries, min_coverage=0.25)) == 3
    assert len(plain(text, entries, min_coverage=1.0)) == 1


def test_nothing_kept_is_an_empty_corpus(plain: Maker) -> None:
    corpus = plain("the house\na tree\n", ENTRIES, min_coverage=0.3)
    assert len(corpus) == 0
    assert list(corpus.rows()) == []
    assert corpus.verify() == []


def test_n_keeps_that_many_in_the_order_of_the_source(plain: Maker) -> None:
    text = sentences(300)
    corpus = plain("\n".join(text), ENTRIES, n=40)
    numbers = [int(row["id"].split(":")[1]) for row in corpus.rows()]
    assert len(numbers) == 40
    assert numbers == sorted(numbers)
    assert [text[i] for i in numbers] == [row["source_text"] for row in corpus.rows()]
    assert corpus.card["dropped"] == {"not among the best": 260}


def test_n_keeps_what_teaches_most(plain: Maker) -> None:
    text = sentences(800)
    best = list(plain("\n".join(text), ENTRIES, n=100).rows())
    drawn = random.Random(3)
    for _ in range(3):
        any_ = list(plain("\n".join(drawn.sample(text, 100)), ENTRIES).rows())
        assert distinct(best) > distinct(any_)


def test_more_than_there_are_keeps_all(plain: Maker) -> None:
    assert len(plain("\n".join(sentences(20)), ENTRIES, n=1000)) == 20


def test_a_cap_limits_the_use_of_entries(plain: Maker) -> None:
    text = "waa\n" * 10 + "waa wab\n" * 3 + "zebra\n"
    corpus = plain(text, ENTRIES, cap=2)
    assert [row["source_text"] for row in corpus.rows()] == ["waa", "waa", "waa wab", "waa wab"]
    assert corpus.card["dropped"] == {"taught nothing new": 10}


def test_n_and_cap_and_coverage_together(plain: Maker) -> None:
    text = sentences(300) + ["the house stands waa"] * 50
    rows = list(plain("\n".join(text), ENTRIES, n=60, cap=3, min_coverage=0.6).rows())
    assert len(rows) <= 60
    assert min(row["coverage"] for row in rows) >= 0.6


@pytest.mark.parametrize(
    "knobs", [{"n": 0}, {"n": -1}, {"cap": 0}, {"min_coverage": 1.5}, {"min_coverage": -0.1}]
)
def test_bounds_are_checked(plain: Maker, knobs: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        plain("waa", ENTRIES, **knobs)


def considered(rows: list[tuple[int, float, list[int]]]) -> Considered:
    """A block of rows of (sentence, coverage, items)."""
    counts = [len(set(items)) for _, _, items in rows]
    return Considered(
        sentence=np.array([sentence for sentence, _, _ in rows], np.int64),
        variant=np.zeros(len(rows), np.int64),
        coverage=np.array([coverage for _, coverage, _ in rows], np.float32),
        length=np.full(len(rows), 5, np.int32),
        item_offsets=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        item=np.array([item for _, _, items in rows for item in sorted(set(items))], np.int64),
        dropped={},
    )


def kept(result: Kept) -> list[int]:
    return result.sentence.tolist()


ROWS = st.lists(
    st.tuples(st.sampled_from([0.25, 0.5, 1.0]), st.lists(st.integers(0, 9), max_size=5)),
    min_size=1,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, n=st.none() | st.integers(1, 30), cap=st.none() | st.integers(1, 3), cut=st.integers(1, 40))
def test_blocks_do_not_matter(
    rows: list[tuple[float, list[int]]], n: int | None, cap: int | None, cut: int
) -> None:
    numbered = [(i, coverage, items) for i, (coverage, items) in enumerate(rows)]
    whole = select([considered(numbered)], n, cap)
    pieces = [considered(numbered[i : i + cut]) for i in range(0, len(numbered), cut)]
    assert kept(select(pieces, n, cap)) == kept(whole)
    assert kept(whole) == sorted(kept(whole))
    if n is not None:
        assert len(kept(whole)) <= n


@settings(max_examples=30, deadline=None)
@given(rows=ROWS, cap=st.integers(1, 3))
def test_no_row_is_kept_by_the_cap_that_teaches_nothing_new(
    rows: list[tuple[float, list[int]]], cap: int
) -> None:
    numbered = [(i, coverage, items) for i, (coverage, items) in enumerate(rows)]
    used: dict[int, int] = {}
    wanted = []
    for sentence, _, items in numbered:
        if items and min(used.get(item, 0) for item in items) < cap:
            wanted.append(sentence)
            for item in set(items):
                used[item] = used.get(item, 0) + 1
    assert kept(select([considered(numbered)], None, cap)) == wanted


def test_equal_rows_go_by_their_ids() -> None:
    rows = [(i, 1.0, [1]) for i in range(200)]
    assert kept(select([considered(rows)], 10, None)) == list(range(10))
