"""The device is what was asked for, or an error; bfloat16 only where the hardware has it."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
import torch

from lexexpand.errors import ConfigError
from lexexpand.model.device import autocast, has_bfloat16, pick_device

CPU = torch.device("cpu")


def test_without_a_name_the_gpu_is_taken_where_there_is_one() -> None:
    assert pick_device().type == ("cuda" if torch.cuda.is_available() else "cpu")
    assert pick_device("cpu") == CPU


@pytest.mark.parametrize("name", ["cuda:99", "gpu", "tpu9", "meta:x"])
def test_a_device_that_is_not_there_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=f"device '{name}' is not to be had here"):
        pick_device(name)


@pytest.mark.parametrize("has", [True, False])
def test_products_are_taken_in_bfloat16_only_where_the_processor_has_it(
    has: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: has, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False, raising=False)
    monkeypatch.setattr("lexexpand.model.device._is_faster", lambda: True)
    assert has_bfloat16(CPU) is has
    matrix = torch.ones(2, 2)
    with autocast(CPU):
        assert (matrix @ matrix).dtype == (torch.bfloat16 if has else torch.float32)
    assert isinstance(autocast(CPU, enabled=False), nullcontext)


def test_a_processor_on_which_it_is_no_faster_keeps_to_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True, raising=False)
    monkeypatch.setattr("lexexpand.model.device._is_faster", lambda: False)
    assert not has_bfloat16(CPU)


@pytest.mark.gpu
def test_a_gpu_takes_products_in_bfloat16() -> None:
    device = pick_device()
    matrix = torch.ones(2, 2, device=device)
    with autocast(device):
        assert (matrix @ matrix).dtype == torch.bfloat16
