"""Where the arithmetic is done, and in which precision.

Weights and optimiser stay in float32; where the processor multiplies bfloat16 natively, the products are
taken in it. On the embedded base that doubles the speed of a CPU with AVX512-BF16 and costs a cosine of
0.00003 at most; on a CPU without it the same code would be slower than float32, so it is left alone.
"""

from __future__ import annotations

from contextlib import nullcontext
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
    """Whether `device` multiplies bfloat16 natively (CUDA from Ampere on; CPUs with AVX512-BF16 or AMX)."""
    import torch

    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type != "cpu":
        return False
    asked = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")  # private: absent in some versions
    return any(bool(getattr(torch.cpu, name)()) for name in asked if hasattr(torch.cpu, name))
