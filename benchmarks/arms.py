"""The contestants: each reads a block of sentences, transforms it and writes what it made, timed apart.

The published script gets what it expects: lines of tokens with blanks between, and a dictionary of all
translations of each English text, from the same cleaned entries that ours has.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pyarrow.compute as pc

from benchmarks.published_script import translate
from lexexpand.synthesis.job import Job
from lexexpand.synthesis.rows import select_rows
from lexexpand.synthesis.shard import Counts, make_rows
from lexexpand.text.corpus import file_digest, rows_digest, write_parquet

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from benchmarks.stopwatch import Stopwatch
    from lexexpand.lexicon.entry import Entry
    from lexexpand.synthesis.job import Recipe
    from lexexpand.text.analysis import Analysis


class Arm(Protocol):
    """Somebody who translates sentences."""

    name: str
    read: int
    written: int
    """Bytes."""

    def block(self, index: int, watch: Stopwatch) -> None:
        """Read, transform and write one block; stretches NAME, `NAME: read` and `NAME: write`."""

    def close(self) -> None:
        """Be done."""


class Script:
    """The published per-token script."""

    name = "script"

    def __init__(self, analysis: Analysis, lexicon: dict[str, list[str]], folder: Path) -> None:
        folder.mkdir()
        path = folder / "tokenised.txt"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for block in analysis.blocks():
                file.writelines(f"{line}\n" for line in pc.binary_join(block.tokens, " ").to_pylist())
        self._sizes = [len(block) for block in analysis.blocks()]
        self._lexicon = lexicon
        self._source = path.open(encoding="utf-8", newline="\n")
        self._out = (folder / "made.txt").open("w", encoding="utf-8", newline="\n")
        self.read, self.written, self.kept = path.stat().st_size, 0, 0

    def block(self, index: int, watch: Stopwatch) -> None:
        """Read lines, swap words, write lines."""
        with watch.time("script: read"):
            lines = [line.rstrip("\n") for line in islice(self._source, self._sizes[index])]
        with watch.time("script"):
            made = list(translate(lines, self._lexicon))
        with watch.time("script: write"):
            self._out.writelines(f"{line}\n" for line in made)
            self._out.flush()
        self.kept += len(made)
        self.written = self._out.tell()

    def close(self) -> None:
        """Close the files."""
        self._source.close()
        self._out.close()


class Ours:
    """Synthesis as `lexexpand synth` does it, in one configuration."""

    def __init__(self, name: str, recipe: Recipe, folder: Path, watch: Stopwatch) -> None:
        folder.mkdir()
        self.name, self._folder = name, folder
        self.written = self.read = self.entries = 0
        self.job = Job(recipe)
        with watch.time(f"{name}: load"):
            assert self.job.lexicon.entries is not None
            assert self.job.analysis.types is not None
            paradigms = self.job.paradigms
        self.inflects = paradigms is not None
        with watch.time(f"{name}: compile"):
            assert self.job.transformer.renderer is not None
            assert self.job.assembler is not None
        self._counts = Counts(self.job)

    def block(self, index: int, watch: Stopwatch) -> None:
        """Read a block of the analysis, make its rows, write them as a shard; then count and digest it."""
        name, job = self.name, self.job
        with watch.time(f"{name}: read"):
            block = job.analysis.block(index)
        sentence, variant = np.arange(len(block)), np.zeros(len(block), np.int64)
        with watch.time(name):
            rows = select_rows(block, sentence, variant)
            table, chosen = make_rows(job, rows)
        path = self._folder / f"{index:05d}.parquet"
        with watch.time(f"{name}: write"):
            table = table.unify_dictionaries().combine_chunks()
            write_parquet(table, path)
        with watch.time(f"{name}: digest"):
            self._counts.add(rows, chosen)
            file_digest(path)
            rows_digest(table)
        self.read += (job.analysis.folder / f"block-{index:05d}.arrow").stat().st_size
        self.written += path.stat().st_size
        path.unlink()

    def close(self) -> None:
        """Nothing is left open."""


def dictionary(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """The script's dictionary: all translations of each text, exactly as it is written."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        found.setdefault(" ".join(entry.source), []).append(" ".join(entry.target))
    return found
