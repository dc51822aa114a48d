"""The order of batches follows from seed and shares, and can be entered anywhere."""

from __future__ import annotations

from itertools import islice

import pytest

from lexexpand.adaptation.mixture import Mixture
from lexexpand.errors import DataError

LENGTHS = [[5] * 40, [7] * 10]


def first(mixture: Mixture, count: int, start: int = 0) -> list[tuple[int, list[int]]]:
    return list(islice(mixture.steps(start), count))


def test_equal_shares_alternate() -> None:
    found = first(Mixture(LENGTHS, [0.5, 0.5], 50, 13), 6)
    assert [source for source, _ in found] == [0, 1, 0, 1, 0, 1]


def test_shares_are_kept_in_the_long_run() -> None:
    found = first(Mixture(LENGTHS, [0.8, 0.2], 50, 13), 100)
    assert sum(source for source, _ in found) == 20


def test_an_epoch_reads_each_sentence_once() -> None:
    found = first(Mixture([LENGTHS[0]], [1.0], 50, 13), 4)
    assert sorted(i for _, rows in found for i in rows) == list(range(40))


def test_a_run_that_goes_on_reads_what_the_whole_run_would_have() -> None:
    mixture = Mixture(LENGTHS, [0.6, 0.4], 50, 13)
    assert first(mixture, 20)[7:] == first(mixture, 13, start=7)


def test_epochs_and_seeds_differ() -> None:
    one = first(Mixture([LENGTHS[0]], [1.0], 50, 13), 8)
    assert one[:4] != one[4:]
    assert one != first(Mixture([LENGTHS[0]], [1.0], 50, 14), 8)


def test_the_share_of_an_empty_source_goes_to_the_others() -> None:
    found = first(Mixture([LENGTHS[0], []], [0.5, 0.5], 50, 13), 5)
    assert {source for source, _ in found} == {0}


def test_nothing_to_read_is_an_error() -> None:
    with pytest.raises(DataError, match="empty"):
        Mixture([[], []], [0.5, 0.5], 50, 13)
