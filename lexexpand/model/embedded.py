"""The embedded base: multilingual-e5-small out of one 4-bit file, as a Hugging Face folder.

After Wang et al. 2024, *Multilingual E5 Text Embeddings: A Technical Report*. The file (little-endian, no
padding inside the sections) holds everything in this order:

    header         magic, version, sizes of the model, block of the quantisation, special ids
    pieces         where each begins, unigram log probabilities, their text
    normaliser     code points and what they become (read over: see `embedded_tokenizer`)
    directory      of each tensor: name, type, number of values, where
    tensors        each at a multiple of 64

A 4-bit tensor is a row of blocks: 32 values are a scale `d` (float16, signed) and 16 bytes; byte j has
value j in its low half and value j + 16 in its high half, and value = (half - 8) * d. Rows are multiples
of 32, so that a piece of a tensor can be read alone: the conversion never holds more than some rows.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import IntegrityError
from lexexpand.model.obtain import MAGIC, VOCABULARY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO


VERSION, BLOCK, BLOCK_BYTES = 1, 32, 18
CONVERSION = 1  # of what is written: a folder of another one is made anew
_HEADER = struct.Struct("<4sI7if6iQ")  # magic, version, 7 sizes, epsilon, block, 5 counts and ids, text bytes
_ROWS_AT_ONCE = 4096
_Q4 = np.dtype([("scale", "<f2"), ("halves", "u1", (BLOCK // 2,))])

_WHOLE = {
    "emb.word": ("embeddings.word_embeddings.weight", ("vocabulary", "hidden")),
    "emb.pos": ("embeddings.position_embeddings.weight", ("positions", "hidden")),
    "emb.type": ("embeddings.token_type_embeddings.weight", ("types", "hidden")),
    "emb.ln.w": ("embeddings.LayerNorm.weight", ("hidden",)),
    "emb.ln.b": ("embeddings.LayerNorm.bias", ("hidden",)),
}
# Of each layer: name in the file, in Hugging Face's module tree, output and input size.
_LAYER = (
    ("q", "attention.self.query", "hidden", "hidden"),
    ("k", "attention.self.key", "hidden", "hidden"),
    ("v", "attention.self.value", "hidden", "hidden"),
    ("ao", "attention.output.dense", "hidden", "hidden"),
    ("aln", "attention.output.LayerNorm", "hidden", None),
    ("fi", "intermediate.dense", "feed_forward", "hidden"),
    ("fo", "output.dense", "hidden", "feed_forward"),
    ("oln", "output.LayerNorm", "hidden", None),
)


@dataclass(frozen=True, slots=True)
class Header:
    """The sizes of the model and of its vocabulary."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    block: int
    pieces: int
    bos: int
    eos: int
    pad: int
    unk: int
    text_bytes: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies in the file, and what it is called in Hugging Face's module tree."""

    name: str
    hub_name: str
    shape: tuple[int, ...]
    is_quantised: bool
    offset: int

    @property
    def count(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape))


class Weights:
    """The file, opened: header, pieces and tensors. Nothing is kept but the directory.

    Raises:
        IntegrityError: It is not such a file, or not of this version, or cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.header = _read_header(file, path)
                self._skip_normalizer(file)
                self.tensors = _read_directory(file, self.header, path)
        except struct.error as error:
            raise IntegrityError(f"{path}: the file ends too early; it was not copied whole") from error

    def pieces(self) -> list[tuple[str, float]]:
        """The pieces by id, each with its unigram log probability."""
        count = self.header.pieces
        with self.path.open("rb") as file:
            file.seek(_HEADER.size)
            starts = np.frombuffer(file.read(4 * (count + 1)), "<u4").tolist()
            scores = np.frombuffer(file.read(4 * count), "<f4").tolist()
            text = file.read(self.header.text_bytes)
        bounds = zip(starts, starts[1:], scores, strict=False)
        return [(text[start:end].decode("utf-8"), score) for start, end, score in bounds]

    def rows(self, tensor: Tensor) -> Iterator[np.ndarray[Any, np.dtype[np.float32]]]:
        """The values of a tensor as flat float32 blocks of whole rows, in order."""
        width = tensor.shape[-1]
        step = width * _ROWS_AT_ONCE
        with self.path.open("rb") as file:
            file.seek(tensor.offset)
            for start in range(0, tensor.count, step):
                count = min(step, tensor.count - start)
                yield _read_values(file, count, tensor.is_quantised, self.path)

    def _skip_normalizer(self, file: BinaryIO) -> None:
        file.seek(_HEADER.size + 4 * (2 * self.header.pieces + 1) + self.header.text_bytes)
        _, size = struct.unpack("<iI", file.read(8))
        file.seek(size, os.SEEK_CUR)


def _read_header(file: BinaryIO, path: Path) -> Header:
    magic, version, *sizes = _HEADER.unpack(file.read(_HEADER.size))
    header = Header(*sizes)
    if magic != MAGIC:
        raise IntegrityError(f"{path}: not the embedded base's weights (magic {magic!r}, not {MAGIC!r})")
    expected = {"version": (version, VERSION), "block": (header.block, BLOCK)}
    expected["vocabulary"] = (header.vocabulary, VOCABULARY)
    for what, (found, known) in expected.items():
        if found != known:
            raise IntegrityError(
                f"{path}: {what} is {found:,}, and only {known:,} is known; another file of the package?"
            )
    return header


def _read_directory(file: BinaryIO, header: Header, path: Path) -> dict[str, Tensor]:
    names = _names(header)
    tensors: dict[str, Tensor] = {}
    (count,) = struct.unpack("<i", file.read(4))
    end = path.stat().st_size
    for _ in range(count):
        (length,) = struct.unpack("<H", file.read(2))
        name = file.read(length).decode("ascii", "replace")
        kind, values, offset, size = struct.unpack("<BIQQ", file.read(21))
        if name not in names:
            raise IntegrityError(f"{path}: a tensor {name!r} that the model does not have")
        tensor = Tensor(name, *names[name], kind == 1, offset)
        told = values // BLOCK * BLOCK_BYTES if kind == 1 else 4 * values
        if kind not in {0, 1} or values != tensor.count or size != told or offset + size > end:
            raise IntegrityError(f"{path}: tensor {name}: type, size or place is wrong; a damaged file?")
        tensors[name] = tensor
    if missing := names.keys() - tensors.keys():
        raise IntegrityError(f"{path}: no tensor {sorted(missing)[0]}")
    return tensors


def _names(header: Header) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Of each tensor in the file: its name in Hugging Face's module tree, and its shape."""
    names = {
        name: (hub, tuple(int(getattr(header, size)) for size in sizes))
        for name, (hub, sizes) in _WHOLE.items()
    }
    for layer in range(header.layers):
        for name, hub, rows, columns in _LAYER:
            out = int(getattr(header, rows))
            shape = (out,) if columns is None else (out, int(getattr(header, columns)))
            names[f"l{layer}.{name}.w"] = (f"encoder.layer.{layer}.{hub}.weight", shape)
            names[f"l{layer}.{name}.b"] = (f"encoder.layer.{layer}.{hub}.bias", (out,))
    return names


def _read_values(
    file: BinaryIO, count: int, is_quantised: bool, path: Path
) -> np.ndarray[Any, np.dtype[np.float32]]:
    size = count // BLOCK * BLOCK_BYTES if is_quantised else 4 * count
    data = file.read(size)
    if len(data) != size:
        raise IntegrityError(f"{path}: the file ends too early; it was not copied whole")
    return dequantise(data) if is_quantised else np.frombuffer(data, "<f4")


def dequantise(data: bytes) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The values of 4-bit blocks, as little-endian float32.

    >>> dequantise(np.float16(-0.5).tobytes() + bytes([0x80] + [0x99] * 15))[[0, 1, 16, 17]]
    array([ 4. , -0.5, -0. , -0.5], dtype=float32)
    """
    blocks = np.frombuffer(data, _Q4)
    halves = blocks["halves"]
    levels = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype("<f4")
    levels -= 8
    levels *= blocks["scale"].astype("<f4")[:, None]
    return levels.reshape(-1)
