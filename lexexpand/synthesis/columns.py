"""Columns that grow: the table is compiled in batches, and read as plain arrays in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import DTypeLike, NDArray


class GrowingColumns:
    """Named columns of one length; appended row by row, read as arrays.

    >>> columns = GrowingColumns({"length": np.int8, "entry": np.int32})
    >>> columns.append((1, 7))
    0
    >>> columns["entry"].tolist()
    [7]
    """

    def __init__(self, dtypes: Mapping[str, DTypeLike]) -> None:
        self.names = tuple(dtypes)
        self._arrays: dict[str, NDArray[Any]] = {name: np.empty(64, dtype) for name, dtype in dtypes.items()}
        self._pending: list[tuple[Any, ...]] = []
        self._settled = 0

    def __len__(self) -> int:
        return self._settled + len(self._pending)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The column as an array: a view, good until the next row is added."""
        if self._pending:
            self._settle()
        return self._arrays[name][: self._settled]

    def append(self, row: tuple[Any, ...]) -> int:
        """Add one row, its values in the order of `names`; return its index."""
        self._pending.append(row)
        return self._settled + len(self._pending) - 1

    def extend(self, **columns: NDArray[Any]) -> None:
        """Add many rows at once, every column named."""
        n = len(next(iter(columns.values())))
        start = len(self)
        self._grow(start + n)
        for name, values in columns.items():
            self._arrays[name][start : start + n] = values
        self._settled = start + n

    def _settle(self) -> None:
        rows, self._pending = self._pending, []
        self.extend(
            **{
                name: np.array(values)
                for name, values in zip(self.names, zip(*rows, strict=True), strict=True)
            }
        )

    def _grow(self, size: int) -> None:
        """Settle what is pending, and make room for `size` rows: at least twice what there was."""
        if self._pending:
            self._settle()
        for name, array in self._arrays.items():
            if len(array) < size:
                larger = np.empty(max(size, 2 * len(array)), array.dtype)
                larger[: self._settled] = array[: self._settled]
                self._arrays[name] = larger


class Interner:
    """Strings numbered in the order in which they are first seen."""

    def __init__(self) -> None:
        self.values: list[str] = []
        self._number: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.values)

    def __call__(self, value: str) -> int:
        """The number of `value`, a new one if it was not seen."""
        number = self._number.get(value)
        if number is None:
            number = self._number[value] = len(self.values)
            self.values.append(value)
        return number


class PairTable:
    """Whole numbers -> list ids, for many at once: a hash table with open addressing in two arrays."""

    def __init__(self) -> None:
        self._keys = np.full(16, -1, np.int64)
        self._values = np.full(16, -1, np.int64)
        self._count = 0

    def look_up(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(n,) keys from 0 -> (n,) values, (n,) whether each is known."""
        slot = self._slot(keys)
        met = self._keys[slot]
        values = self._values[slot]
        known = met == keys
        open_ = np.flatnonzero(~known & (met >= 0))
        while len(open_):
            slot[open_] = (slot[open_] + 1) & (len(self._keys) - 1)
            met = self._keys[slot[open_]]
            hit = met == keys[open_]
            values[open_[hit]] = self._values[slot[open_[hit]]]
            known[open_[hit]] = True
            open_ = open_[~hit & (met >= 0)]
        return values, known

    def add(self, keys: NDArray[np.int64], values: NDArray[np.int64]) -> None:
        """Add new keys, each once."""
        self._count += len(keys)
        if 4 * self._count > len(self._keys):
            filled = self._keys >= 0
            keys, values = np.append(self._keys[filled], keys), np.append(self._values[filled], values)
            size = 1 << int(8 * self._count).bit_length()
            self._keys, self._values = np.full(size, -1, np.int64), np.full(size, -1, np.int64)
        for key, slot, value in zip(keys.tolist(), self._slot(keys).tolist(), values.tolist(), strict=True):
            while self._keys[slot] >= 0:
                slot = (slot + 1) & (len(self._keys) - 1)
            self._keys[slot], self._values[slot] = key, value

    def _slot(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        with np.errstate(over="ignore"):
            mixed = (keys * np.int64(0x1E3779B97F4A7C15)) >> np.int64(20)
        slot: NDArray[np.int64] = mixed & (len(self._keys) - 1)
        return slot
