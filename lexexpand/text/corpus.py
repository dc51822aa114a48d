"""A corpus on disk: shards of Parquet, a card, and the lexicon entries that its tokens cite.

    corpora/fao_Latn/
        corpus.json           the card: origin, language, seed, versions, packs and licences, counts, digests
        README.md             the card for people, and for `datasets.load_dataset("corpora/fao_Latn")`
        entries.parquet       the entries that the corpus can cite, by row
        data/00000.parquet    shards of equal row counts

A folder is a corpus if it has a `corpus.json`; that is written last. Synthesis writes a corpus, adaptation
reads one: nothing else passes between them.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError
from lexexpand.text.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CARD, ENTRIES, DATA = "corpus.json", "entries.parquet", "data"
_CARD_NEEDS: dict[str, type] = {
    "origin": str,
    "kind": str,
    "language": str,
    "rows": int,
    "shards": list,
    "packs": list,
    "versions": dict,
}
_SHARD_NEEDS: dict[str, type] = {"path": str, "rows": int, "sha256": str, "rows_digest": str}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that `verify` found wrong."""

    file: str
    message: str


class Corpus:
    """A corpus that is whole. Opening reads the card alone; shards are read when they are asked for."""

    def __init__(self, folder: Path, card: Mapping[str, Any]) -> None:
        self.folder = folder
        self.card = card

    @classmethod
    def open(cls, folder: Path | str) -> Corpus:
        """Open the corpus in `folder`.

        Raises:
            MissingDataError: there is no corpus, or one that is not finished.
            IntegrityError: its card cannot be read, or is of a newer version.
        """
        folder = Path(folder)
        path = folder / CARD
        try:
            card = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise MissingDataError(
                f"{folder}: no corpus here (no {CARD}). `lexexpand synth` makes one."
            ) from error
        except (OSError, ValueError) as error:
            raise IntegrityError(f"{path}: not a readable corpus card ({error})") from error
        if not isinstance(card, dict) or not isinstance(card.get("schema"), int):
            raise IntegrityError(f"{path}: not a corpus card: it has no schema number")
        if card["schema"] > SCHEMA_VERSION:
            made = card.get("versions", {}).get("lexexpand", "a newer version")
            raise IntegrityError(f"{path}: written by lexexpand {made}; upgrade to read it")
        lacks = _lacks(card)
        if lacks:
            raise IntegrityError(
                f"{path}: damaged: it has no usable {', '.join(lacks)}. `lexexpand synth` makes it again."
            )
        return cls(folder, card)

    def __len__(self) -> int:
        """How many rows."""
        return int(self.card["rows"])

    def __repr__(self) -> str:
        return f"<Corpus {self.language}, {len(self)} rows, {self.card['kind']}, {self.folder}>"

    @property
    def language(self) -> str:
        """Tag of the language, as in `fao_Latn`."""
        return str(self.card["language"])

    @property
    def shards(self) -> list[Path]:
        """The shards' files, in their order."""
        return [self.folder / shard["path"] for shard in self.card["shards"]]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns that this corpus has."""
        return tuple(name for name in _open_shard(self.shards[0]).schema_arrow.names)

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The shards as tables, one after another, with all columns or some."""
        for path in self.shards:
            yield read_shard(path, columns)

    def rows(self, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows as dictionaries."""
        for table in self.tables(columns):
            for batch in table.to_batches(max_chunksize=1000):
                yield from batch.to_pylist()

    def row(self, row_id: str) -> dict[str, Any]:
        """The row with an id.

        Raises:
            ConfigError: there is none.
        """
        for path in self.shards:
            ids = read_shard(path, ["id"])["id"].to_pylist()
            if row_id in ids:
                found: dict[str, Any] = read_shard(path).slice(ids.index(row_id), 1).to_pylist()[0]
                return found
        first = next(self.rows(["id"]), {"id": "(none: the corpus is empty)"})["id"]
        raise ConfigError(f"{self.folder}: no row {row_id!r}. Ids look like {first}.")

    @cached_property
    def entries(self) -> pa.Table:
        """The entries that the column `entry` points into."""
        return read_shard(self.folder / ENTRIES)

    def verify(self) -> list[Finding]:
        """Check sizes, digests and the laws of the columns; return what is wrong."""
        found: list[Finding] = []
        try:
            n_entries = self.entries.num_rows
        except IntegrityError as error:
            return [Finding(ENTRIES, str(error))]
        if sum(shard["rows"] for shard in self.card["shards"]) != len(self):
            found.append(Finding(CARD, f"its shards do not sum up to its {len(self)} rows"))
        found.extend(self._unlisted())
        for shard in self.card["shards"]:
            path = self.folder / shard["path"]
            if not path.is_file():
                found.append(Finding(shard["path"], "missing"))
            elif file_digest(path) != shard["sha256"]:
                found.append(Finding(shard["path"], "its sha256 is not the card's: damaged or edited"))
            else:
                table = read_shard(path)
                found.extend(Finding(shard["path"], message) for message in check_rows(table, n_entries))
                if set(table["language"].unique().to_pylist()) - {self.language}:
                    found.append(Finding(shard["path"], f"rows of a language that is not {self.language}"))
                if rows_digest(table) != shard["rows_digest"]:
                    found.append(Finding(shard["path"], "its rows are not those that the card describes"))
        return found

    def _unlisted(self) -> list[Finding]:
        """Parquet files that the card does not list: whoever loads the folder would read them."""
        listed = set(self.shards)
        message = "not a shard of the card, yet `load_dataset` would read it"
        there = sorted((self.folder / DATA).glob("*.parquet"))
        return [Finding(f"{DATA}/{path.name}", message) for path in there if path not in listed]


def _lacks(card: Mapping[str, Any]) -> list[str]:
    """The fields that a card should have and has not, or not of their type."""
    lacks = [name for name, kind in _CARD_NEEDS.items() if not isinstance(card.get(name), kind)]
    if "shards" not in lacks and not all(
        isinstance(shard, dict) and all(isinstance(shard.get(k), kind) for k, kind in _SHARD_NEEDS.items())
        for shard in card["shards"]
    ):
        lacks.append("shards")
    return lacks


def read_shard(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file of a corpus.

    Raises:
        IntegrityError: it is missing or damaged.
        ConfigError: a column that it does not have was asked for.
    """
    file = _open_shard(path)
    missing = set(columns or ()) - set(file.schema_arrow.names)
    if missing:
        raise ConfigError(f"{path}: no column {', '.join(sorted(missing))} (the corpus was made without)")
    try:
        return file.read(columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _open_shard(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> IntegrityError:
    return IntegrityError(f"{path}: missing or damaged ({error}). `lexexpand corpus verify` tells more.")


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table so that the same rows give the same bytes; the file appears whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        pq.write_table(table, part, compression="zstd", compression_level=1, write_statistics=False)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from error


def file_digest(path: Path) -> str:
    """The sha256 of a file's bytes, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def rows_digest(table: pa.Table) -> str:
    """A digest of the rows' content, the same whatever version of Parquet or Arrow wrote the file."""
    digest = hashlib.sha256()
    for name in table.column_names:
        digest.update(name.encode())
        for chunk in (
            table[name].combine_chunks().chunks if table[name].num_chunks > 1 else table[name].chunks
        ):
            _digest_array(chunk, digest)
    return digest.hexdigest()


def _digest_array(array: pa.Array, digest: hashlib._Hash) -> None:
    """Feed an array's values: structure first (lengths, nulls), then leaves."""
    if pa.types.is_list(array.type):
        offsets = array.offsets.to_numpy().astype(np.int64)
        digest.update(np.ascontiguousarray(offsets - offsets[:1]).tobytes())
        if array.null_count:
            digest.update(np.packbits(array.is_null().to_numpy(zero_copy_only=False)).tobytes())
        _digest_array(array.flatten() if array.null_count else _values(array), digest)
    elif pa.types.is_dictionary(array.type):
        names = array.dictionary.to_pylist()
        codes = [hashlib.blake2b(str(name).encode(), digest_size=8).digest() for name in [*names, "\0none"]]
        table = np.frombuffer(b"".join(codes), np.uint64)
        indices = array.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)
        digest.update(table[indices].tobytes())
    elif pa.types.is_struct(array.type):
        for child in array.flatten():
            _digest_array(child, digest)
    elif pa.types.is_string(array.type):
        lengths = array.is_null().to_numpy(zero_copy_only=False)
        filled = array.fill_null("") if array.null_count else array
        digest.update(np.packbits(lengths).tobytes() if array.null_count else b"\0")
        _, starts, data = filled.buffers()
        bounds = np.frombuffer(starts, np.int32, count=len(filled) + 1, offset=4 * filled.offset).astype(
            np.int64
        )
        digest.update((bounds - bounds[0]).tobytes())
        if data is not None:
            digest.update(memoryview(data)[bounds[0] : bounds[-1]])
    elif pa.types.is_null(array.type) or array.null_count == len(array):
        digest.update(len(array).to_bytes(8, "little"))
    else:
        digest.update(np.ascontiguousarray(array.to_numpy(zero_copy_only=False)).tobytes())


def _values(array: pa.ListArray) -> pa.Array:
    """The values of a list column, those before its first and behind its last row cut off."""
    bounds = array.offsets
    return array.values.slice(bounds[0].as_py(), bounds[len(bounds) - 1].as_py() - bounds[0].as_py())


def check_rows(table: pa.Table, n_entries: int) -> list[str]:
    """The laws of the columns (docs/formats.md), each checked on every row; what is broken, in words."""
    if "tokens" not in table.column_names:  # made with trace=off: there are no columns by token
        return []
    found: list[str] = []
    per_token = [
        name
        for name in (
            "starts",
            "alignment",
            "match",
            "inflection",
            "lemma",
            "bundle",
            "casing",
            "entry",
            "upos",
        )
        if name in table.column_names
    ]
    names = [
        *per_token,
        "id",
        "text",
        "tokens",
        *(c for c in ("source_tokens", "spans") if c in table.column_names),
    ]
    for row in table.select(names).to_pylist():
        found.extend(f"row {row['id']}: {message}" for message in _check_row(row, per_token, n_entries))
        if len(found) >= 20:
            break
    return found


def _check_row(row: dict[str, Any], per_token: list[str], n_entries: int) -> Iterator[str]:
    n, text = len(row["tokens"]), row["text"]
    for name in per_token:
        if len(row[name]) != n:
            yield f"{name} has {len(row[name])} values for {n} tokens"
    for token, start in zip(row["tokens"], row["starts"], strict=False):
        if text[start : start + len(token)] != token:
            yield f"token {token!r} does not stand at offset {start}"
            break
    if any(not -1 <= entry < n_entries for entry in row["entry"]):
        yield f"an entry is not among the {n_entries} of {ENTRIES}"
    if "source_tokens" in row and any(
        not 0 <= i < len(row["source_tokens"]) for a in row["alignment"] for i in a
    ):
        yield "an alignment names a source token that is not there"
    for span in row.get("spans") or ():
        if not 0 <= span["start"] < span["end"] <= n:
            yield f"span {span['start']}:{span['end']} is not within {n} tokens"
