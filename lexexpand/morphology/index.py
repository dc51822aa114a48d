"""The index of a language's paradigms: what is computed once and mapped ever after.

From the triples of one or more files, de-duplicated, the arrays are, with L lemmas, C cells (a cell is one
lemma, one bundle, one form), S distinct strings, B bundles, D dimensions of features:

| array | shape | meaning |
|---|---|---|
| `bytes`, `offsets`, `slots` | | the strings (see `strings`) |
| `lemma_of` | S | lemma number of a string, -1 if it is none |
| `lemma_string` | L | string number of a lemma |
| `lemma_start` | L+1 | where a lemma's cells begin; they are sorted by bundle, then as in the file |
| `cell_bundle`, `cell_form`, `cell_lemma` | C | bundle, string of the form, lemma |
| `form_start`, `form_cell` | S+1, C | cells whose form is string s |
| `values` | B*D | per bundle and dimension a number into that dimension's list of values; 0: says nothing |

The metadata hold the bundles as text, in canonical order, the values of each dimension, and the reading
report. The file's name is a digest of everything that the content depends on: the files' bytes and options,
this schema, and the rows of aliases and look-alikes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import DataError, IntegrityError, MissingDataError
from lexexpand.morphology.arrays import SCHEMA, Array, read_arrays, write_arrays
from lexexpand.morphology.features import POS, FeatureBundle, order_key
from lexexpand.morphology.schema import dimensions, order_of
from lexexpand.morphology.strings import EMPTY, pool_arrays
from lexexpand.morphology.tables import TableFile, TableReport, read_triples, script_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_LOG = logging.getLogger(__name__)
INDEX_SCHEMA = 3
_ROWS = ("unimorph_schema.tsv", "unimorph_aliases.tsv", "lookalikes.tsv", "not_forms.tsv")
_SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Index:
    """The arrays and what is said about them; see the module's table."""

    metadata: Mapping[str, Any]
    arrays: Mapping[str, Array]


def load_index(
    files: Sequence[TableFile], folder: Path | None, language: str | None, script: str | None
) -> Index:
    """The index of `files`: mapped from `folder` where it is there and whole, else built (and kept if
    possible).
    """
    digest = index_digest(files, language, script)
    path = None if folder is None else folder / f"{digest[:32]}.paradigms"
    if path is not None:
        try:
            return Index(*read_arrays(path))
        except FileNotFoundError:
            pass
        except (IntegrityError, OSError) as error:
            _LOG.warning("%s It is built anew.", error)
    metadata, arrays = build_index(files, language, script)
    if path is not None:
        try:
            write_arrays(path, metadata, arrays)
        except OSError as error:
            _LOG.warning(
                "the index of paradigms cannot be kept (%s): it is built in memory this time.", error
            )
    return Index(metadata, arrays)


def index_digest(files: Sequence[TableFile], language: str | None, script: str | None) -> str:
    """Sha256 of all that an index depends on."""
    parts = [[file.sha256 or _sha256(file.path), sorted(file.options.items())] for file in files]
    text = json.dumps([SCHEMA, INDEX_SCHEMA, language, script, _rows_digest(), parts])
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def _rows_digest() -> str:
    folder = resources.files("lexexpand").joinpath("data")
    return hashlib.sha256(b"".join(folder.joinpath(name).read_bytes() for name in _ROWS)).hexdigest()


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise MissingDataError(
            f"{path}: the table of paradigms cannot be read ({error.strerror})."
        ) from error


def build_index(
    files: Sequence[TableFile], language: str | None, script: str | None
) -> tuple[dict[str, Any], dict[str, Array]]:
    """Read the files and lay out the arrays.

    Raises:
        DataError: no file has a paradigm.
    """
    report = TableReport()
    cells: dict[tuple[str, str, str], FeatureBundle] = {}
    per_file = []  # what each file adds to those before it
    for file in files:
        before = len(cells)
        for lemma, form, bundle in read_triples(file, report, language=language, script=script):
            key = (lemma, str(bundle), form)
            report.duplicates += key in cells
            cells.setdefault(key, bundle)
        per_file.append(len(cells) - before)
    if files and not cells:
        raise DataError(f"{', '.join(str(file.path) for file in files)}: no paradigm in it.")
    bundles = {text: bundle for (_, text, _), bundle in cells.items()}
    names = sorted(bundles, key=lambda text: _canonical(bundles[text]))
    values, listed = _values([bundles[name] for name in names])
    metadata = {
        "bundles": names,
        "values": listed,
        "new_cells": per_file,
        "script": script_of([lemma for lemma, _, _ in list(cells)[:_SAMPLE]]),
        "report": {
            "lines": report.lines, "triples": report.triples, "duplicates": report.duplicates,
            "lookalikes": report.lookalikes, "skipped_lines": report.skipped_lines, "skipped": report.skipped,
            "unknown": dict(report.unknown.most_common(20)),
        },
    }  # fmt: skip
    return metadata, {**_cell_arrays(cells, names), "values": values}


def _canonical(bundle: FeatureBundle) -> tuple[tuple[int, int, str], ...]:
    pos = (*order_of(POS, bundle.pos or ""), bundle.pos or "")
    return (pos, *map(order_key, bundle.features))


def _cell_arrays(
    cells: Mapping[tuple[str, str, str], FeatureBundle], names: Sequence[str]
) -> dict[str, Array]:
    number_of = {name: number for number, name in enumerate(names)}
    strings = list(dict.fromkeys(text for lemma, _, form in cells for text in (lemma, form)))
    string_of = {text: number for number, text in enumerate(strings)}
    lemmas = list(dict.fromkeys(lemma for lemma, _, _ in cells))
    lemma_of_text = {text: number for number, text in enumerate(lemmas)}
    cell_lemma = np.fromiter((lemma_of_text[key[0]] for key in cells), np.int32, len(cells))
    cell_bundle = np.fromiter((number_of[key[1]] for key in cells), np.int32, len(cells))
    cell_form = np.fromiter((string_of[key[2]] for key in cells), np.int32, len(cells))
    order = np.lexsort((np.arange(len(cells)), cell_bundle, cell_lemma))
    cell_lemma, cell_bundle, cell_form = cell_lemma[order], cell_bundle[order], cell_form[order]
    lemma_of = np.full(len(strings), EMPTY, np.int32)
    lemma_string = np.array([string_of[text] for text in lemmas], np.int32)
    lemma_of[lemma_string] = np.arange(len(lemmas), dtype=np.int32)
    return {
        **pool_arrays(strings),
        "lemma_of": lemma_of,
        "lemma_string": lemma_string,
        "lemma_start": np.searchsorted(cell_lemma, np.arange(len(lemmas) + 1)).astype(np.int32),
        "cell_bundle": cell_bundle,
        "cell_form": cell_form,
        "cell_lemma": cell_lemma,
        "form_start": np.searchsorted(np.sort(cell_form), np.arange(len(strings) + 1)).astype(np.int32),
        "form_cell": np.argsort(cell_form, kind="stable").astype(np.int32),
    }


def _values(bundles: Sequence[FeatureBundle]) -> tuple[Array, dict[str, list[str]]]:
    """Per bundle and dimension the number of what it says there, and the lists behind the numbers."""
    listed: dict[str, dict[str, int]] = {name: {"": 0} for name in dimensions()}
    table = np.zeros((len(bundles), len(listed)), np.int16)
    for row, given in enumerate(bundles):
        bundle = given.flat()
        for column, (name, known) in enumerate(listed.items()):
            text = bundle.pos or "" if name == POS else ";".join(map(str, bundle.get(name)))
            table[row, column] = known.setdefault(text, len(known))
    return table.reshape(-1), {name: list(known) for name, known in listed.items()}
