"""A cleaned dictionary kept in the cache, so that 18,000 lines of XML are cleaned once and not at every
start.

The key is a digest of everything that the result depends on: the file's content, how it is read, the two
languages, the tables of rules and the code of this room. Nothing is ever stale; what is no longer asked for
is cleared with the cache. A file that cannot be read back is cleaned anew, and a cache that cannot be
written is done without.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.lexicon.cleaning import Clean
from lexexpand.lexicon.report import Change, CleaningReport
from lexexpand.lexicon.tables import data_bytes
from lexexpand.resources.store import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lexexpand.language import Language

log = logging.getLogger(__name__)

WORTH_KEEPING = 0.1
"""Seconds that reading and cleaning must take for the result to be kept."""

_TABLES = ("cleaning", "lexicon_letters", "pos_tags", "script_names", "cldr_names")
_CODE = ("cleaning", "rules", "scripts", "pos", "rows", "decode", "tabular", "giellalt", "readers", "memory")

Kept = tuple[list[Clean], CleaningReport, int]


@dataclass(slots=True)
class Watch:
    """How long something took."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Watch]:
    """Time what is done inside."""
    watch, start = Watch(), time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - start


def key_of(
    sha256: str,
    reader: str,
    cleaning: Sequence[str],
    options: Mapping[str, str],
    source: Language,
    target: Language,
) -> str:
    """The name of a cleaned file in the cache."""
    told = repr((sha256, reader, tuple(cleaning), sorted(options.items()), str(source), str(target)))
    return hashlib.sha256(told.encode() + _code_digest()).hexdigest()


@cache
def _code_digest() -> bytes:
    folder = Path(__file__).parent
    paths = [*(folder / f"{name}.py" for name in _CODE), folder.parent / "resources" / "spreadsheet.py"]
    code = b"\0".join(path.read_bytes() for path in paths)
    return hashlib.sha256(code + data_bytes(_TABLES)).digest()


def recall(key: str) -> Kept | None:
    """The translations, report and highest row number that were kept, or None."""
    path = _path(key)
    if not path.is_file():
        return None
    import pyarrow as pa
    import pyarrow.feather as feather

    try:
        table = feather.read_table(path, memory_map=False)
    except (OSError, pa.ArrowException) as error:
        log.warning("%s cannot be read back (%s): cleaning anew", path, error)
        return None
    counts = {name.decode(): int(value) for name, value in (table.schema.metadata or {}).items()}
    columns = [column.to_pylist() for column in table.itercolumns()]
    cleans, changes = [], []
    for source, target, upos, note, number, weight, rank, rule in zip(*columns, strict=True):
        if rule is None:
            cleans.append(
                Clean(tuple(source.split()), tuple(target.split()), upos, note, number, weight, rank)
            )
        else:
            changes.append(Change(note, number, rule, source, target))
    report = CleaningReport(counts["rows"], counts["kept"], counts["identical"], 0, tuple(changes))
    return cleans, report, counts["last"]


def keep(key: str, cleans: Sequence[Clean], report: CleaningReport, last: int) -> None:
    """Keep a cleaned file; without a word where the cache cannot be written."""
    import pyarrow as pa
    import pyarrow.feather as feather

    names = ("source", "target", "upos", "note", "number", "weight", "rank", "rule")
    found: list[tuple[object, ...]] = [(" ".join(c.source), " ".join(c.target), *c[2:], None) for c in cleans]
    found += [(c.before, c.after, None, c.pack, c.row, 0.0, 0, c.rule) for c in report.changes]
    text, count, number = pa.string(), pa.int64(), pa.float64()
    types = (text, text, text, text, count, number, count, text)
    columns = list(zip(*found, strict=True)) or [()] * len(names)
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    counts = {"rows": report.rows, "kept": report.kept, "identical": report.identical, "last": last}
    table = pa.table(dict(zip(names, arrays, strict=True))).replace_schema_metadata(
        {name: str(value) for name, value in counts.items()}
    )
    path = _path(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".part.")
        os.close(handle)
        feather.write_feather(table, part, compression="lz4")
        os.replace(part, path)
    except OSError as error:
        log.info("%s: not kept in the cache: %s", path, error)


def _path(key: str) -> Path:
    return cache_dir() / "lexicons" / f"{key}.arrow"
