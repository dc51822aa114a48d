"""Encoded text as columns: a hundred thousand sentences of pieces in a handful of arrays.

Lists of Python tuples take fifty times the memory and cannot be sent to another machine. Here sentence `i` is
`ids[offsets[i]:offsets[i + 1]]`, its words' first and last pieces stand between `word_offsets[i]` and
`word_offsets[i + 1]`, counted from the sentence's first piece, and one `.npz` file holds the columns; nothing
in it is pickled.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import IntegrityError, MissingDataError
from lexexpand.model.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Columns = Mapping[str, NDArray[Any]]

_COLUMNS = ("ids", "offsets", "first", "last", "word_offsets")
SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Encoded:
    """Sentences as pieces.

    Attributes:
        ids: all pieces, specials included (int32).
        offsets: (N + 1,) where each sentence begins in `ids`.
        first, last: per word, its first piece and behind its last, from the sentence's first; -1 where it has
            none.
        word_offsets: (N + 1,) where each sentence begins in `first` and `last`.
    """

    ids: NDArray[np.int32]
    offsets: Ints
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    word_offsets: Ints

    @classmethod
    def of(cls, many: Iterable[Pieces]) -> Encoded:
        """The columns of encoded sentences."""
        rows = list(many)
        return cls(
            flat([row.ids for row in rows], np.int32),
            starts([len(row.ids) for row in rows]),
            flat([row.first for row in rows], np.int32),
            flat([row.last for row in rows], np.int32),
            starts([len(row.first) for row in rows]),
        )

    def __len__(self) -> int:
        """How many sentences."""
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """Pieces of each sentence (N,)."""
        return np.diff(self.offsets)

    @property
    def n_words(self) -> int:
        """How many words."""
        return len(self.first)

    def pieces(self, index: int) -> Pieces:
        """One sentence."""
        a, b = self.offsets[index : index + 2]
        c, d = self.word_offsets[index : index + 2]
        return Pieces(
            tuple(self.ids[a:b].tolist()), tuple(self.first[c:d].tolist()), tuple(self.last[c:d].tolist())
        )

    def select(self, indices: Sequence[int] | Ints) -> Encoded:
        """Some sentences, in the order asked for."""
        rows = gather(self.offsets, indices)
        words = gather(self.word_offsets, indices)
        return Encoded(
            self.ids[rows],
            starts(self.lengths[np.asarray(indices, np.int64)]),
            self.first[words],
            self.last[words],
            starts(np.diff(self.word_offsets)[np.asarray(indices, np.int64)]),
        )

    @classmethod
    def join(cls, parts: Sequence[Encoded]) -> Encoded:
        """Several, one behind another."""
        return cls(
            np.concatenate([part.ids for part in parts]),
            starts(np.concatenate([part.lengths for part in parts])),
            np.concatenate([part.first for part in parts]),
            np.concatenate([part.last for part in parts]),
            starts(np.concatenate([np.diff(part.word_offsets) for part in parts])),
        )

    def columns(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        return {prefix + name: getattr(self, name) for name in _COLUMNS}

    @classmethod
    def from_columns(cls, columns: Columns, prefix: str = "") -> Encoded:
        """The inverse of `columns`."""
        return cls(*(columns[prefix + name] for name in _COLUMNS))

    def save(self, path: Path) -> None:
        """Write to one .npz file."""
        save_columns(path, "text", self.columns(), {})

    @classmethod
    def load(cls, path: Path) -> Encoded:
        """Read what `save` wrote.

        Raises:
            MissingDataError: There is no such file.
            IntegrityError: It is damaged, of another kind, or of a newer version.
        """
        columns, _ = load_columns(path, "text")
        return cls.from_columns(columns)


def starts(lengths: Sequence[int] | Ints) -> Ints:
    """Offsets (N + 1,) of stretches of these lengths."""
    return np.concatenate([[0], np.cumsum(np.asarray(lengths, np.int64))]).astype(np.int64)


def flat(rows: Sequence[Sequence[int]], dtype: type[np.generic]) -> NDArray[Any]:
    """All values of all rows, one behind another."""
    return np.fromiter(chain.from_iterable(rows), dtype, count=sum(map(len, rows)))


def gather(offsets: Ints, indices: Sequence[int] | Ints) -> Ints:
    """Where the values of some stretches stand, stretch after stretch."""
    chosen = np.asarray(indices, np.int64)
    lengths = offsets[chosen + 1] - offsets[chosen]
    shift = np.repeat(offsets[chosen] - starts(lengths)[:-1], lengths)
    return np.arange(lengths.sum(), dtype=np.int64) + shift


def digest_of(columns: Columns, facts: Mapping[str, Any]) -> str:
    """sha256 over the content of columns, whatever file they stand in."""
    whole = hashlib.sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False).encode())
    for name in sorted(columns):
        column = np.ascontiguousarray(columns[name])
        whole.update(f"{name}|{column.dtype.str}|{column.shape}".encode())
        whole.update(column.tobytes())
    return whole.hexdigest()


def save_columns(path: Path, kind: str, columns: Columns, facts: Mapping[str, Any]) -> None:
    """Write columns and facts to one .npz; the file appears whole or not at all."""
    told = json.dumps({"schema": SCHEMA, "kind": kind, **facts}, ensure_ascii=False).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez_compressed(file, **{"facts": np.frombuffer(told, np.uint8), **columns})  # type: ignore[arg-type]
    part.replace(path)


def load_columns(path: Path, kind: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read what `save_columns` wrote.

    Raises:
        MissingDataError: There is no such file.
        IntegrityError: It is damaged, of another kind, or of a newer version.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
        facts = json.loads(columns.pop("facts").tobytes())
    except FileNotFoundError as error:
        raise MissingDataError(f"{path}: no such file of encoded text") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise IntegrityError(
            f"{path}: not a readable file of encoded text ({error}); encode it again"
        ) from error
    if facts.get("schema") != SCHEMA:
        raise IntegrityError(
            f"{path}: schema {facts.get('schema')}, this version reads {SCHEMA}; encode it again"
        )
    if facts.get("kind") != kind:
        raise IntegrityError(f"{path}: holds {facts.get('kind')}, expected {kind}")
    return columns, facts
