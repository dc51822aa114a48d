"""Where the arithmetic is done, and in which precision.

Weights and optimiser stay in float32; where the processor multiplies bfloat16 natively, and faster, the
products are taken in it, which costs the embedded base a cosine of 0.00003 at most. Faster is a matter of
trial: of two CPUs that both have AVX512-BF16, one took 0.6 of float32's time for a forward pass and the other
1.7 times as long.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import torch


def pick_device(name: str | None = None) -> torch.device:
    """The device that `name` says ("cpu", "cuda:1", "mps"); without a name CUDA where it is, else the CPU.

    Raises:
        ConfigError: There is no such device here.
    """
    import torch

    if name is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ConfigError(
            f"device {name!r} is not to be had here ({reason}); leave it out, or take cpu"
        ) from error
    return device


def autocast(device: torch.device, enabled: bool = True) -> AbstractContextManager[object]:
    """Products in bfloat16 within the block, where `device` has them in hardware; else nothing changes."""
    import torch

    if not enabled or not has_bfloat16(device):
        return nullcontext()
    return torch.autocast(device_type=device.type, dtype=torch.bfloat16)


def has_bfloat16(device: torch.device) -> bool:
    """Whether `device` multiplies bfloat16 natively (CUDA from Ampere on; CPUs with AVX512-BF16 or AMX).

    Of a CPU that does, a trial of some milliseconds tells whether it is any faster than float32.
    """
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # private: absent in some versions
    able = any(bool(getattr(torch.cpu, name)()) for name in asked if hasattr(torch.cpu, name))
    return able and _is_faster()


@cache
def _is_faster() -> bool:
    """Whether products of an encoder's size are clearly faster in bfloat16: the best of some tries each."""
    import torch

    taken = {}
    for dtype in (torch.float32, torch.bfloat16):
        left, right = torch.ones(512, 384, dtype=dtype), torch.ones(384, 1536, dtype=dtype)
        tries = []
        for _ in range(6):
            start = perf_counter()
            left @ right
            tries.append(perf_counter() - start)
        taken[dtype] = min(tries)
    return taken[torch.bfloat16] < 0.8 * taken[torch.float32]
