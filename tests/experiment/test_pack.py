"""The travelling base: exact where it can be, and never the wrong row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.errors import DataError
from lexexpand.experiment.pack import pack_base, pack_q4, pack_tensors, unpack_base, unpack_q4, unpack_tensors
from tests.model.conftest import tiny_base

if TYPE_CHECKING:
    from pathlib import Path


def blocks(count: int) -> np.ndarray:
    chance = np.random.default_rng(1)
    nibbles = chance.integers(0, 16, (count, 32))
    nibbles[:, 5] = 0  # the largest magnitude, of a scale of either sign
    scale = chance.normal(size=(count, 1)).astype(np.float16).astype(np.float32)
    return ((nibbles - 8) * scale).astype(np.float32)


def test_four_bit_values_come_back_exactly() -> None:
    values = blocks(40).reshape(8, 160)
    packed = pack_q4(values)
    assert packed is not None
    assert np.array_equal(unpack_q4(*packed, values.shape), values)


def test_other_values_are_not_taken_for_four_bit_ones() -> None:
    assert pack_q4(np.random.default_rng(1).normal(size=(4, 32)).astype(np.float32)) is None


def test_large_tensors_lose_at_most_half_precision_and_small_ones_nothing() -> None:
    chance = np.random.default_rng(1)
    large, small = chance.normal(size=(200, 100)).astype(np.float32), chance.normal(size=7).astype(np.float32)
    found = unpack_tensors(pack_tensors({"large": large, "small": small, "exact": blocks(600)}))
    assert np.abs(found["large"] - large).max() < 2e-3
    assert np.array_equal(found["small"], small)
    assert np.array_equal(found["exact"], blocks(600))


def test_a_cut_base_has_the_rows_asked_for(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    base = tiny_base("bert")
    kept = pack_base(base.folder, [0, 1, 2, 3, 4, 9, 30], tmp_path / "base")
    folder = unpack_base(tmp_path / "base", tmp_path / "out")
    name = "embeddings.word_embeddings.weight"
    whole, cut = (load_file(place / "model.safetensors")[name] for place in (base.folder, folder))
    assert np.allclose(cut, whole[kept], atol=1e-3)


def test_a_cut_that_loses_the_padding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="pad_token_id"):
        pack_base(tiny_base("bert").folder, [5, 6], tmp_path / "base")
