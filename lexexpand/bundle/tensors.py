"""Tensors of a bundle: from bytes that were checked, and checked themselves before they are used.

safetensors holds no code, and its reader refuses a header that lies about the data. What it cannot know is
what the manifest promises: types, shapes, numbers that are numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.bundle.folder import AGAIN
from lexexpand.bundle.manifest import TRAINED_ON
from lexexpand.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from lexexpand.bundle.folder import Folder
    from lexexpand.bundle.manifest import AdapterNote, Manifest, TaskNote

    State = dict[str, torch.Tensor]

_MADE = "It was not written by `save_bundle`, or by a newer version: make the bundle again, or upgrade."


def read_parts(folder: Folder, sums: Mapping[str, str], manifest: Manifest) -> dict[str, tuple[str, State]]:
    """All tensors of a bundle, checked against its manifest.

    Returns:
        Parts as `Network.parts` names them (`language`, `task:NAME`, `heads:NAME`, `encoder`), each with the
        file that it came from.

    Raises:
        BundleError: A file is missing, damaged, no safetensors, or not what the manifest says; says which.
    """
    parts: dict[str, tuple[str, State]] = {}
    if manifest.adapter is not None:
        parts["language"] = _adapter(folder, sums, manifest.adapter)
    for name, task in manifest.tasks.items():
        if task.adapter is not None:
            parts[f"task:{name}"] = _adapter(folder, sums, task.adapter)
        parts[f"heads:{name}"] = _heads(folder, sums, task)
    if manifest.encoder is not None:
        parts["encoder"] = (manifest.encoder, _read(folder, sums, manifest.encoder))
    return parts


def read_trained_on(folder: Folder) -> NDArray[np.uint64] | None:
    """Digests of the sentences that a bundle was trained on; None where it does not say.

    Raises:
        BundleError: The file is damaged.
    """
    import numpy as np
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if TRAINED_ON not in folder.files:
        return None
    path = folder.path / TRAINED_ON
    try:
        found = load(folder.read(TRAINED_ON, folder.sums()))["digests"]
    except (SafetensorError, KeyError) as error:
        raise BundleError(f"{path}: not a list of digests ({error}). {AGAIN}") from error
    if found.dtype != np.int64 or found.ndim != 1:
        raise BundleError(f"{path}: {found.dtype} of shape {found.shape}, expected int64 (n,). {_MADE}")
    return found.view(np.uint64)


def _read(folder: Folder, sums: Mapping[str, str], name: str) -> State:
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load

    path = folder.path / name
    try:
        state: State = load(folder.read(name, sums))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{path}: not safetensors, or cut off ({error}). {AGAIN}") from error
    for key, tensor in state.items():
        if tensor.dtype != torch.float32:
            kind = str(tensor.dtype).removeprefix("torch.")
            raise BundleError(f"{path}: {key} is {kind}; a bundle holds float32. {_MADE}")
        if not bool(torch.isfinite(tensor).all()):
            raise BundleError(f"{path}: {key} holds numbers that are none (NaN or infinite): train it again.")
    return state


def _adapter(folder: Folder, sums: Mapping[str, str], note: AdapterNote) -> tuple[str, State]:
    state = _read(folder, sums, note.weights)
    for key, tensor in state.items():
        rank = {"lora_A": 0, "lora_B": 1}.get(key.split(".")[-2] if "." in key else "")
        wanted = len(note.rows) if key.endswith("trainable_tokens_delta") else note.r
        found = tensor.shape[rank or 0] if tensor.ndim else 0
        if found != wanted or (rank is None and not key.endswith("trainable_tokens_delta")):
            raise _other(folder.path / note.weights, key, tensor, f"r = {note.r} and {len(note.rows)} rows")
    return note.weights, state


def _heads(folder: Folder, sums: Mapping[str, str], task: TaskNote) -> tuple[str, State]:
    name = task.heads[0].file
    state = _read(folder, sums, name)
    for head in task.heads:
        mine = {key: tensor for key, tensor in state.items() if f".{head.name}." in f".{key}"}
        if not mine:
            raise BundleError(
                f"{folder.path / name}: nothing of the head {head.name}, which bundle.json lists."
            )
        for key, tensor in mine.items():
            if not tensor.ndim or tensor.shape[0] != len(head.labels):
                raise _other(folder.path / name, key, tensor, f"{len(head.labels)} labels")
    return name, state


def _other(path: Path, key: str, tensor: torch.Tensor, said: str) -> BundleError:
    return BundleError(f"{path}: {key} has the shape {tuple(tensor.shape)}; bundle.json says {said}. {_MADE}")
