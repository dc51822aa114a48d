"""Low-rank adapters on an encoder: the one module that knows how peft names and holds them.

W x + (alpha / r) B A x, with B and A of rank r beside each frozen linear layer W (Hu et al. 2022, LoRA).
Where they go is read off the module tree: every linear layer inside the repeated blocks. A pooler or a head
stands outside of them and gets none, so that an adapter fits the base however it was loaded.

Three things of peft (0.18 to 0.21) that this module keeps from the rest:

- With 20 targets or more, peft shortens a list of names to common endings; `dense` then also hits a pooler.
  So the targets are given as one pattern, which peft matches whole.
- `get_peft_model_state_dict` fails for an adapter without trainable rows beside one that has them, and may
  ask the network whether the base's table was resized. So names are taken from the module tree here, and a
  test holds them against peft's own.
- Activating adapters makes all of them trainable; `freeze` comes after it.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lexexpand.errors import BundleError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from peft import LoraConfig, PeftModel

LANGUAGE = "language"
"""Name of the language adapter inside peft."""


def adapter_of(task: str) -> str:
    """The name that a task's adapter has inside peft."""
    return f"task_{task}"


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """Size of an adapter. `rows` are ids of pieces whose rows in the word embedding are trained too."""

    r: int = 16
    alpha: int = 32
    dropout: float = 0.0
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.r < 1 or self.alpha <= 0 or not 0 <= self.dropout < 1:
            raise ConfigError(
                f"LoRA needs r >= 1, alpha > 0 and a dropout in [0, 1); got r={self.r}, alpha={self.alpha}, "
                f"dropout={self.dropout}."
            )
        if len(set(self.rows)) != len(self.rows) or min(self.rows, default=0) < 0:
            raise ConfigError("The rows of an adapter are ids of pieces, none negative and each once.")


def placed(spec: LoraSpec, rows_at: Mapping[int, int] | None) -> LoraSpec:
    """The spec with its rows where a cut word embedding has them (None: it is whole).

    Raises:
        ConfigError: rows were cut away.
    """
    if rows_at is None or not spec.rows:
        return spec
    gone = [row for row in spec.rows if row not in rows_at]
    if gone:
        raise ConfigError(
            f"{len(gone)} of the adapter's rows (such as {gone[0]}) were cut from the word embedding; "
            "keep them when it is trimmed."
        )
    return replace(spec, rows=tuple(rows_at[row] for row in spec.rows))


def linear_modules(encoder: nn.Module) -> list[str]:
    """Qualified names of the linear layers inside the encoder's repeated blocks, in the tree's order.

    The names are those of the bare encoder, whether adapters are attached to it or not.

    Raises:
        ConfigError: there is none (an encoder with other layers than `nn.Linear`).
    """
    modules = dict(encoder.named_modules())
    adapted = [name for name, module in modules.items() if hasattr(module, "lora_A")]
    inner = tuple(f"{name}." for name in adapted)
    linear = [name for name, module in modules.items() if isinstance(module, nn.Linear)]
    known = {*adapted, *(name for name in linear if not name.startswith(inner))}
    names = [name for name in modules if name in known]
    blocks = [f"{name}." for name, module in modules.items() if isinstance(module, nn.ModuleList)]
    inside = [name for name in names if name.startswith(tuple(blocks))] if blocks else []
    if not (inside or names):
        raise ConfigError(f"{type(encoder).__name__} has no linear layers for LoRA; use --tune full.")
    return inside or names


def target_pattern(encoder: nn.Module) -> str:
    """One pattern that matches the names of `linear_modules` whole, and no other module's."""
    wanted = linear_modules(encoder)
    shapes = dict.fromkeys(re.sub(r"(?<=\\\.)\d+(?=\\\.)", r"\\d+", re.escape(name)) for name in wanted)
    pattern = "|".join(shapes)
    found = [name for name, _ in encoder.named_modules() if re.fullmatch(pattern, name)]
    # Blocks that are not alike (a first layer without a norm, say) are named one by one.
    return pattern if found == wanted else "|".join(map(re.escape, wanted))


def lora_config(encoder: nn.Module, spec: LoraSpec, *, base: str, revision: str | None) -> LoraConfig:
    """The peft configuration of an adapter: on `encoder`, whose rows are named by `spec`."""
    from peft import LoraConfig

    return LoraConfig(
        r=spec.r,
        lora_alpha=spec.alpha,
        lora_dropout=spec.dropout,
        bias="none",
        target_modules=target_pattern(encoder),
        trainable_token_indices=list(spec.rows) or None,
        base_model_name_or_path=base,
        revision=revision,
    )


def attach(encoder: nn.Module, name: str, config: LoraConfig) -> PeftModel:
    """Add an adapter to an encoder, bare or adapted already; returns the adapted one (same weights)."""
    from peft import PeftModel, get_peft_model

    base, revision = config.base_model_name_or_path, config.revision
    with warnings.catch_warnings():
        # peft 0.21 asks for an attribute that transformers 5.23 has renamed.
        warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
        if isinstance(encoder, PeftModel):
            encoder.add_adapter(name, config)
            adapted: PeftModel = encoder
        else:
            config.base_model_name_or_path = None  # peft puts the folder's path here; it is put right below
            adapted = get_peft_model(encoder, config, adapter_name=name)
    config.base_model_name_or_path, config.revision = base, revision
    return adapted


def activate(encoder: PeftModel, names: Sequence[str]) -> None:
    """Let exactly these adapters take part; none of them is trainable afterwards."""
    tuner: Any = encoder.base_model
    if names:
        tuner.enable_adapter_layers()
        tuner.set_adapter(list(names))
    else:
        tuner.disable_adapter_layers()
    encoder.requires_grad_(False)


def tensors(encoder: PeftModel, name: str) -> dict[str, torch.Tensor]:
    """The live tensors of an adapter under the names by which peft saves them."""
    found = {}
    for key, tensor in encoder.state_dict(keep_vars=True).items():
        head, dot, tail = key.rpartition(f".{name}")
        ours = "lora_" in head or head.endswith("trainable_tokens_delta")
        if dot and ours and (not tail or tail.startswith(".")):
            found[head + tail] = tensor
    return found


def load(encoder: PeftModel, name: str, state: Mapping[str, torch.Tensor]) -> None:
    """Fill an adapter that `attach` made.

    Raises:
        BundleError: the state has other tensors, or other shapes, than the adapter.
    """
    fill(tensors(encoder, name), state, f"adapter {name}")


def fill(into: Mapping[str, torch.Tensor], state: Mapping[str, torch.Tensor], what: str) -> None:
    """Copy `state` into live tensors of the same names and shapes, whatever their device.

    Raises:
        BundleError: names or shapes differ; says which.
    """
    if into.keys() != state.keys():
        missing, extra = sorted(into.keys() - state.keys()), sorted(state.keys() - into.keys())
        raise BundleError(
            f"The {what} does not fit this base: {len(missing)} tensors are missing ({_some(missing)}), "
            f"{len(extra)} are not known to it ({_some(extra)}). Load it on the base that it was made for."
        )
    for key, tensor in into.items():
        if tensor.shape != state[key].shape:
            raise BundleError(
                f"The {what} does not fit this base: {key} is {tuple(state[key].shape)}, the base wants "
                f"{tuple(tensor.shape)}. Load it on the base that it was made for."
            )
    with torch.no_grad():
        for key, tensor in into.items():
            tensor.copy_(state[key])


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "") if names else "none"
