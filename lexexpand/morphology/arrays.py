"""Named numpy arrays in one file that is mapped into memory, written whole or not at all.

Layout: an 8-byte magic, the header's length (uint64), the header (JSON: schema, the caller's metadata, and
per array dtype, offset and length), padding, the arrays, each at a multiple of 64 bytes. The header holds
the CRC-32 of all that follows it, so that a file cut short or damaged is noticed when it is opened:
`IntegrityError`, upon which the caller builds it anew. A file is written beside its place and renamed: two
processes at once both succeed.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lexexpand.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Array = NDArray[Any]
SCHEMA = 1
_MAGIC = b"LXARRAYS"
_ALIGN = 64


def write_arrays(path: Path, metadata: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write the file whole; an OSError (read-only folder, full disk) leaves nothing behind."""
    table, body, offset = {}, [], 0
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        raw += b"\0" * (-len(raw) % _ALIGN)
        table[name] = [array.dtype.str, offset, len(array)]
        body.append(raw)
        offset += len(raw)
    crc = 0
    for raw in body:
        crc = zlib.crc32(raw, crc)
    header = {"schema": SCHEMA, "crc": crc, "size": offset, "arrays": table, "metadata": dict(metadata)}
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    head += b" " * (-(len(_MAGIC) + 8 + len(head)) % _ALIGN)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines([_MAGIC, len(head).to_bytes(8, "little"), head, *body])
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def read_arrays(path: Path) -> tuple[dict[str, Any], dict[str, Array]]:
    """The metadata and the arrays, mapped.

    Raises:
        IntegrityError: the file is not one of these, of another schema, cut short or damaged.
        FileNotFoundError: there is none.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < len(_MAGIC) + 8:
            raise IntegrityError(f"{path}: too short for an index.")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    start = len(_MAGIC) + 8
    length = int.from_bytes(mapped[len(_MAGIC) : start], "little")
    if mapped[: len(_MAGIC)] != _MAGIC or start + length > len(mapped):
        raise IntegrityError(f"{path}: not an index of lexexpand.")
    try:
        header = json.loads(mapped[start : start + length])
    except ValueError as error:
        raise IntegrityError(f"{path}: the header is damaged.") from error
    body = start + length
    if header.get("schema") != SCHEMA or len(mapped) - body != header.get("size"):
        raise IntegrityError(f"{path}: of another version, or cut short.")
    if zlib.crc32(memoryview(mapped)[body:]) != header["crc"]:
        raise IntegrityError(f"{path}: damaged.")
    arrays: dict[str, Array] = {
        name: np.frombuffer(mapped, np.dtype(kind), count, body + offset)
        for name, (kind, offset, count) in header["arrays"].items()
    }
    return header["metadata"], arrays
