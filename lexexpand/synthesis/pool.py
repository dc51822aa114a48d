"""All strings that a corpus can hold, as one Arrow column, so that a token is a number until it is written.

Each form stands in it twice, bare at 2n and with a blank behind it at 2n + 1: taking the second gives a text
without joining anything. Types of the source come first, target forms behind them, so that numbers stay as
they are when the table grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.columns import Interner


class StringPool:
    """Forms by number: 0..V-1 the source's types, from V on the target's strings."""

    def __init__(self, types: pa.Array, strings: Interner) -> None:
        self._strings = strings
        self._settled = 0
        self._pool = _pairs(types)
        self._length = pc.utf8_length(types).to_numpy(zero_copy_only=False).astype(np.int32)
        self._settle()

    def take(self, form: NDArray[np.int32]) -> pa.Array:
        """(N,) -> the forms as strings."""
        self._settle()
        return self._pool.take(pa.array(form << 1))

    def take_spaced(self, form: NDArray[np.int32], blank: NDArray[np.int32]) -> pa.Array:
        """(N,), (N,) -> the forms, each with a blank behind it where `blank` is 1."""
        self._settle()
        return self._pool.take(pa.array((form << 1) + blank))

    def length(self, form: NDArray[np.int32]) -> NDArray[np.int32]:
        """(N,) -> length of each form in code points."""
        self._settle()
        found: NDArray[np.int32] = self._length[form]
        return found

    def _settle(self) -> None:
        if self._settled == len(self._strings):
            return
        new = pa.array(self._strings.values[self._settled :], pa.string())
        self._pool = pa.concat_arrays([self._pool, _pairs(new)])
        lengths = pc.utf8_length(new).to_numpy(zero_copy_only=False).astype(np.int32)
        self._length = np.concatenate([self._length, lengths])
        self._settled = len(self._strings)


def _pairs(values: pa.Array) -> pa.Array:
    """Each value bare, and then with a blank behind it."""
    spaced = pc.binary_join_element_wise(values, pa.scalar(" "), "")
    order = np.arange(2 * len(values)).reshape(2, -1).T.reshape(-1)
    return pa.concat_arrays([values, spaced]).take(pa.array(order))


def slice_strings(values: pa.Array, offsets: NDArray[np.int64]) -> pa.Array:
    """Strings [N] joined without separator in groups offsets[i]:offsets[i + 1] -> strings [B].

    Nothing is copied: the groups are slices of the buffer in which the strings already stand end to end.
    """
    if not len(values):
        return pa.array([""] * (len(offsets) - 1), pa.string())
    _, starts, data = values.buffers()
    bounds = np.frombuffer(starts, np.int32, count=len(values) + 1, offset=4 * values.offset)[offsets]
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(np.ascontiguousarray(bounds)), data)
