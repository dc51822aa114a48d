"""A base model small enough to travel: the embedding rows in use alone, in as few bits as they need.

A study of one base has cells by the hundred, and may run on a machine that can fetch nothing. Its inputs are
encoded already, so that of the 250,037 rows of an embedding some tens of thousands are needed and no
tokenizer at all. What is left is packed without loss where that is possible:

    q4     blocks of 32 values (n - 8) * d with n in 0..15 and one half-precision d: what the embedded base
           is made of (18 bytes for 32 values; the layout of its file)
    f16    other large tensors; exact for what was half precision, else rounded by a fraction of 2**-11
    f32    all small tensors

    base/config.json      the encoder's own, with vocab_size cut
    base/weights.npz      the packed tensors
    base/ids.npz          the old id of each row that was kept
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[Any]

BLOCK = 32
SMALL = 1 << 14
"""Tensors of fewer values stay as they are: biases and norms weigh nothing and matter."""
CONFIG, WEIGHTS, IDS = "config.json", "weights.npz", "ids.npz"


def pack_q4(values: Array) -> tuple[Array, Array] | None:
    """f16 scales (blocks,), nibbles (blocks, 16) of f32 values; None where that would lose something."""
    if values.size % BLOCK or not values.size:
        return None
    blocks = np.ascontiguousarray(values, np.float32).reshape(-1, BLOCK)
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1)[:, None], axis=1)
    exact = extreme / np.float32(-8)
    scale = exact.astype(np.float16)
    with np.errstate(divide="ignore", invalid="ignore"):
        nibbles = np.rint(blocks / scale.astype(np.float32)) + 8
    nibbles = np.where(np.isfinite(nibbles), np.clip(nibbles, 0, 15), 8).astype(np.uint8)
    if not np.array_equal((nibbles.astype(np.float32) - 8) * scale.astype(np.float32), blocks):
        return None
    half = BLOCK // 2
    return scale[:, 0], nibbles[:, :half] | (nibbles[:, half:] << 4)


def unpack_q4(scale: Array, nibbles: Array, shape: tuple[int, ...]) -> Array:
    """The f32 values that `pack_q4` packed."""
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    values -= 8
    values *= scale.astype(np.float32)[:, None]
    return values.reshape(shape)


def pack_tensors(tensors: Mapping[str, Array]) -> dict[str, Array]:
    """Arrays for one npz: `NAME` or `NAME|q4s`, `NAME|q4n` and `NAME|shape`."""
    packed: dict[str, Array] = {}
    for name, values in tensors.items():
        quantised = pack_q4(values) if values.size >= SMALL else None
        if quantised is not None:
            packed[f"{name}|q4s"], packed[f"{name}|q4n"] = quantised
            packed[f"{name}|shape"] = np.array(values.shape, np.int64)
        elif values.size >= SMALL:
            packed[name] = values.astype(np.float16)
        else:
            packed[name] = values.astype(np.float32)
    return packed


def unpack_tensors(packed: Mapping[str, Array]) -> dict[str, Array]:
    """The inverse of `pack_tensors`, all f32."""
    found: dict[str, Array] = {}
    for key in packed:
        name, _, part = key.partition("|")
        if part == "q4s":
            shape = tuple(packed[f"{name}|shape"].tolist())
            found[name] = unpack_q4(packed[key], packed[f"{name}|q4n"], shape)
        elif not part:
            found[name] = packed[key].astype(np.float32)
    return found


def pack_base(folder: Path, ids: Iterable[int], out: Path) -> Array:
    """Write the base of a Hugging Face folder into `out`, cut to `ids`; the special ones must be among them.

    Returns:
        The ids that were kept, ascending: row r of the cut table is their r-th.
    """
    from safetensors.numpy import load_file

    kept = np.unique(np.fromiter(ids, np.int64))
    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    tensors = {}
    for path in sorted(folder.glob("*.safetensors")):
        tensors.update(load_file(path))
    name = _embedding(tensors, config)
    tensors[name] = tensors[name][kept]
    config["vocab_size"] = len(kept)
    for key in (
        "pad_token_id",
        "bos_token_id",
        "eos_token_id",
        "cls_token_id",
        "sep_token_id",
        "mask_token_id",
    ):
        if isinstance(config.get(key), int):
            config[key] = _moved(kept, config[key], key)
    out.mkdir(parents=True, exist_ok=True)
    (out / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    np.savez(out / WEIGHTS, allow_pickle=False, **pack_tensors(tensors))
    np.savez(out / IDS, ids=kept.astype(np.int32))
    return kept


def unpack_base(packed: Path, folder: Path) -> Path:
    """Write the packed base as a Hugging Face folder (no tokenizer); whole or not at all."""
    from safetensors.numpy import save_file

    if (folder / CONFIG).is_file():
        return folder
    beside = folder.with_name(folder.name + ".part")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    with np.load(packed / WEIGHTS) as arrays:
        tensors = unpack_tensors({key: arrays[key] for key in arrays.files})
    save_file(tensors, beside / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(packed / CONFIG, beside / CONFIG)
    beside.rename(folder)
    return folder


def _embedding(tensors: Mapping[str, Array], config: Mapping[str, Any]) -> str:
    """The word embedding: the one table with a row for each id."""
    found = [name for name, values in tensors.items() if values.shape[:1] == (config["vocab_size"],)]
    found = [name for name in found if tensors[name].ndim == 2]
    if not found:
        raise DataError("the base has no tensor with a row for each of its ids, so that none can be left out")
    return min(found, key=lambda name: ("embed" not in name, name))


def _moved(kept: Array, old: int, key: str) -> int:
    at = int(np.searchsorted(kept, old))
    if at == len(kept) or kept[at] != old:
        raise DataError(f"the id {old} ({key}) is not among those kept")
    return at
