"""Which number has this string? A vocabulary that grows while a text streams by.

Work is done once per distinct string of a column, never per row: `encode` asks pyarrow for the distinct
ones, looks those up in a dictionary, and spreads the numbers with one numpy gather.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray


class Vocabulary:
    """Strings numbered from 0 in the order in which they were first seen."""

    __slots__ = ("_index", "values")

    def __init__(self, values: Iterable[str] = ()) -> None:
        self.values: list[str] = []
        self._index: dict[str, int] = {}
        self.add(values)

    def __len__(self) -> int:
        return len(self.values)

    def add(self, strings: Iterable[str]) -> NDArray[np.int32]:
        """The numbers of `strings`; those not seen before get the next ones."""
        index, values = self._index, self.values
        ids = []
        for string in strings:
            number = index.get(string)
            if number is None:
                number = index[string] = len(values)
                values.append(string)
            ids.append(number)
        return np.array(ids, np.int32)

    def encode(self, column: pa.Array) -> NDArray[np.int32]:
        """The numbers of a column of strings, -1 for null."""
        codes, distinct = encode(column)
        ids = np.append(self.add(distinct), np.int32(-1))
        return ids[codes]


class Mapping:
    """Another's growing list of strings, each mapped once to our vocabulary."""

    __slots__ = ("_ids", "_vocabulary")

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._ids = np.empty(0, np.int32)

    def translate(self, ids: NDArray[np.int32], values: Sequence[str]) -> NDArray[np.int32]:
        """Turn numbers into `values` (which has grown since the last call) into numbers of ours."""
        if len(values) > len(self._ids):
            self._ids = np.append(self._ids, self._vocabulary.add(values[len(self._ids) :]))
        return self._ids[ids]


def encode(column: pa.Array) -> tuple[NDArray[np.int32], list[Any]]:
    """Codes into the distinct values of a column, and those; the code of null is -1."""
    coded = column.dictionary_encode()
    indices = coded.indices
    if indices.null_count:
        indices = indices.fill_null(-1)
    codes: NDArray[np.int32] = indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    return codes, coded.dictionary.to_pylist()
