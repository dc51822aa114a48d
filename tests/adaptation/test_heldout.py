"""What an inflector is tested on, it has not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.adaptation.heldout import ENOUGH_LEMMAS, ENOUGH_TRIPLES, LEAST, divide
from lexexpand.adaptation.transducer import FAST, FULL
from lexexpand.errors import DataError

Triple = tuple[str, str, str]


def table(lemmas: int, cells: tuple[str, ...] = ("SG", "PL")) -> list[Triple]:
    return [(f"w{n}", cell, f"w{n}{cell.lower()}") for n in range(lemmas) for cell in cells]


@given(st.integers(1, 600), st.integers(0, 5), st.sampled_from([("SG",), tuple("ABCDEFGHIJ")]))
def test_no_word_is_both_learned_from_and_tested_on(lemmas: int, folds: int, cells: tuple[str, ...]) -> None:
    triples = table(lemmas, cells)
    found = divide(triples, None, replace(FULL, folds=folds))
    for part, held in zip(found.parts, found.held, strict=True):
        assert not {lemma for lemma, _, _ in part} & {lemma for lemma, _, _ in held}
    held = round(0.1 * lemmas)
    if held >= ENOUGH_LEMMAS and held * len(cells) >= ENOUGH_TRIPLES:
        assert sorted(found.parts[0] + found.held[0]) == sorted(triples)
    else:
        assert found.train == triples
    tested = [triple for held in found.held for triple in held]
    assert len(tested) == len(set(tested))
    if len(found.parts) > 1:
        assert sorted(tested) == sorted(triples)  # each word once
    if lemmas >= LEAST and folds > 1:
        assert tested  # more words never make it silent


def test_a_development_file_is_taken_out_of_what_is_learned() -> None:
    found = divide(table(30), table(5), FULL)
    assert len(found.parts) == 1
    assert {lemma for lemma, _, _ in found.train} == {f"w{n}" for n in range(5, 30)}
    with pytest.raises(DataError):
        divide(table(5), table(5), FULL)


@pytest.mark.parametrize(("triples", "updates"), [(100, 800), (4000, 1625), (10_000, 4000), (10**6, 4000)])
def test_many_triples_take_no_longer_and_few_take_less(triples: int, updates: int) -> None:
    assert FULL.updates_of(triples) == updates
    assert FULL.of_a_fold().updates_of(triples) <= updates
    assert FAST.updates_of(triples) <= 1300
