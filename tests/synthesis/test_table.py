"""What is decided once per type, and drawn by one look-up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.synthesis.columns import Interner
from lexexpand.synthesis.rows import ragged
from lexexpand.synthesis.table import alias_table


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=12))
def test_alias_tables_give_back_the_weights(weights: list[float]) -> None:
    keep, alias = alias_table(weights)
    shares = [0.0] * len(weights)
    for slot, (stay, other) in enumerate(zip(keep, alias, strict=True)):
        assert 0 <= stay <= 1 + 1e-9
        shares[slot] += stay / len(weights)
        shares[other] += (1 - stay) / len(weights)
    assert shares == pytest.approx([weight / sum(weights) for weight in weights], abs=1e-6)


def test_alias_tables_of_equal_and_of_single_weights() -> None:
    assert alias_table([1.0]) == ([1.0], [0])
    assert alias_table([2.0, 2.0])[0] == [1.0, 1.0]


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)), max_size=20))
def test_ragged_counts_on_from_each_start(pairs: list[tuple[int, int]]) -> None:
    start, length = (np.array([pair[i] for pair in pairs], np.int64) for i in (0, 1))
    wanted = [first + k for first, n in pairs for k in range(n)]
    assert ragged(start, length).tolist() == wanted


def test_names_are_numbered_as_they_come() -> None:
    names = Interner()
    assert [names(word) for word in ("b", "a", "b", "c")] == [0, 1, 0, 2]
    assert names.values == ["b", "a", "c"]
