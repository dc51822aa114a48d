"""Strings as numbers: a pool of distinct strings, and the number of a string by hashing.

A Python dictionary of 100,000 forms takes a tenth of a second to load and tens of megabytes in every
process. Here the strings lie one after the other in a byte array with their offsets, and a table of slots
(open addressing on CRC-32, at most half full) gives the number of a string: nothing is loaded, pages come
from disk as they are asked for, and a look-up costs about a microsecond.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lexexpand.morphology.arrays import Array

EMPTY = -1


def pool_arrays(strings: Sequence[str]) -> dict[str, Array]:
    """The arrays of a pool of distinct strings: `bytes`, `offsets` and `slots`."""
    encoded = [text.encode("utf-8", "surrogatepass") for text in strings]
    offsets = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(raw) for raw in encoded], out=offsets[1:])
    size = 1 << max(3, (2 * len(encoded)).bit_length())
    slots = np.full(size, EMPTY, np.int32)
    mask = size - 1
    for number, raw in enumerate(encoded):
        place = zlib.crc32(raw) & mask
        while slots[place] != EMPTY:
            place = (place + 1) & mask
        slots[place] = number
    return {"bytes": np.frombuffer(b"".join(encoded), np.uint8), "offsets": offsets, "slots": slots}


class StringPool:
    """Number of a string and string of a number, over the arrays of `pool_arrays`."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self._bytes = arrays["bytes"].data if len(arrays["bytes"]) else memoryview(b"")
        self._offsets = arrays["offsets"].data
        self._slots = arrays["slots"].data
        self._mask = len(arrays["slots"]) - 1

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def find(self, text: str) -> int:
        """The number of `text`, or `EMPTY`."""
        raw = text.encode("utf-8", "surrogatepass")
        offsets, slots, mask, size = self._offsets, self._slots, self._mask, len(raw)
        place = zlib.crc32(raw) & mask
        while True:
            number: int = slots[place]
            if number < 0:
                return number
            start, end = offsets[number], offsets[number + 1]
            if end - start == size and self._bytes[start:end].tobytes() == raw:
                return number
            place = (place + 1) & mask

    def text(self, number: int) -> str:
        """The string of a number."""
        raw = self._bytes[self._offsets[number] : self._offsets[number + 1]]
        return raw.tobytes().decode("utf-8", "surrogatepass")
