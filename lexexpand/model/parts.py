"""What a network holds beyond its base, part by part: for saving, loading, checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from lexexpand.errors import BundleError
from lexexpand.model import lora

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lexexpand.model.network import Network


def take(network: Network) -> dict[str, dict[str, torch.Tensor]]:
    """Copies of all parts, on the CPU in float32: what a bundle or a checkpoint holds.

    Returns:
        "language", "task:<name>", "heads:<name>", "encoder" (full tuning) -> name -> tensor; those of
        adapters are named as peft saves them, the encoder's as transformers does.

    Raises:
        ConfigError: this is a merged copy.
    """
    return {
        name: {key: tensor.detach().to("cpu", torch.float32, copy=True) for key, tensor in state.items()}
        for name, state in _live(network).items()
    }


def fill(network: Network, parts: Mapping[str, Mapping[str, torch.Tensor]]) -> None:
    """Give a network the values that `take` took of one of the same make: its adapters and tasks are added.

    Parts that are not given stay as they are. "encoder" makes the network a fully tuned one.

    Raises:
        BundleError: an unknown part, or one that does not fit.
    """
    if "encoder" in parts and not network.is_adapted:
        network.is_full = True
    places = _live(network)
    for name, state in parts.items():
        if name not in places:
            known = ", ".join(places) or "none"
            raise BundleError(f"There is no place for the part {name!r}; this network has {known}.")
        lora.fill(places[name], state, f"part {name!r}")


def _live(network: Network) -> dict[str, dict[str, torch.Tensor]]:
    """The tensors themselves."""
    network.check_unmerged()
    found: dict[str, dict[str, torch.Tensor]] = {}
    if network.language_spec is not None:
        found["language"] = lora.tensors(network.encoder, lora.LANGUAGE)
    for name, spec in network.task_specs.items():
        if spec is not None:
            found[f"task:{name}"] = lora.tensors(network.encoder, lora.adapter_of(name))
        found[f"heads:{name}"] = dict(network.heads[name].state_dict(keep_vars=True))
    if network.is_full:
        found["encoder"] = dict(network.encoder.state_dict(keep_vars=True))
    return found
