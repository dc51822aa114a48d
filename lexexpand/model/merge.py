"""Merged copies: W + (alpha / r) B A computed once, so that prediction is as fast as the bare base.

The copy is a network of its own. What merging leaves as it is (the word embedding above all: four fifths of a
multilingual encoder) shares its memory with the network that it came from, which nothing writes to: under
adapters the base is frozen.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from torch import nn

from lexexpand.model import lora

if TYPE_CHECKING:
    from lexexpand.model.network import Network


def merge(network: Network, task: str | None) -> Network:
    """A copy for prediction whose language adapter, and that of one task, are merged into the weights.

    Args:
        network: stays as it is.
        task: whose adapter is merged and whose heads are kept; None merges the language adapter alone.
            Tasks that have heads and no adapter come along where no adapter of a task is merged.

    Raises:
        ConfigError: there is no such task, or the network is a merged copy itself.
    """
    network.check_unmerged()
    network.check_task(task)
    adapted = task if task is not None and network.task_specs[task] is not None else None
    names = [lora.LANGUAGE] if network.language_spec else []
    names += [lora.adapter_of(adapted)] if adapted else []
    made = type(network)(network.base, _encoder(network, names), network.known_tokenizer)
    made.rows_at = network.rows_at
    for name, found in network.tasks.items():
        if name == task or (adapted is None and network.task_specs[name] is None):
            made.tasks[name], made.task_specs[name] = found, None
            made.heads[name] = copy.deepcopy(network.heads[name])
    made.is_merged = True
    made.merged_task = adapted
    made.activate(task, None)
    return made


def teach(network: Network) -> Network:
    """The base without adapters as a network of its own, on the same memory: a teacher for what is trained.

    Cheaper than switching the adapters off at every step (28 ms a time on the embedded base). Make it where
    the network stands (on its device, its embedding cut or whole). Of a fully tuned network it is a copy of
    the encoder as it is now: make it before the first step.
    """
    made = type(network)(network.base, _encoder(network, []), network.known_tokenizer)
    made.rows_at = network.rows_at
    made.is_merged = True
    return made


def _encoder(network: Network, names: list[str]) -> nn.Module:
    """A copy of the encoder with these adapters merged, on the same memory where merging writes nothing."""
    encoder: Any = network.encoder
    if not network.is_adapted:
        return copy.deepcopy(encoder).requires_grad_(False)  # type: ignore[no-any-return]
    layers = [layer for layer in encoder.modules() if hasattr(layer, "lora_A")] if names else []
    rewritten = {id(weight) for layer in layers for weight in layer.parameters()}
    # New parameters on the same memory: to move the copy to a device moves only the copy.
    shared = {
        id(weight): nn.Parameter(weight.detach(), requires_grad=False)
        for weight in encoder.parameters()
        if id(weight) not in rewritten
    }
    copied: Any = copy.deepcopy(encoder, dict(shared))
    if not names:
        return copied.unload()  # type: ignore[no-any-return]
    lora.activate(copied, names)
    return copied.merge_and_unload()  # type: ignore[no-any-return]
