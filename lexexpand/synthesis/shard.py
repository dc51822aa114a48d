"""One shard: made, written whole, and summed up in a record beside the others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from lexexpand.synthesis.plan import by_block
from lexexpand.text.corpus import DATA, file_digest, rows_digest, write_parquet
from lexexpand.text.schema import INFLECTIONS, MATCHES

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.synthesis.job import Job
    from lexexpand.synthesis.rows import Rows
    from lexexpand.synthesis.transform import Chosen

Record = dict[str, Any]


def write_shard(
    job: Job, folder: Path, index: int, sentence: NDArray[np.int64], variant: NDArray[np.int64]
) -> Record:
    """Make and write one shard; return what is to be known of it.

    Args:
        job: what is made.
        folder: of the corpus under way.
        index: of the shard.
        sentence, variant: of its rows.
    """
    tables: list[pa.Table] = []
    counts = Counts(job)
    for rows in by_block(job.analysis, sentence, variant):
        made, chosen = make_rows(job, rows)
        tables.append(made)
        counts.add(rows, chosen)
    table = pa.concat_tables(tables) if tables else job.assembler.schema.empty_table()
    table = table.unify_dictionaries().combine_chunks()
    name = f"{DATA}/{index:05d}.parquet"
    write_parquet(table, folder / name)
    return {
        "path": name,
        "rows": table.num_rows,
        "sha256": file_digest(folder / name),
        "rows_digest": rows_digest(table),
        "counts": counts.as_dict(),
    }


def make_rows(job: Job, rows: Rows) -> tuple[pa.Table, Chosen]:
    """Rows of the source as rows of the corpus."""
    transformer, config = job.transformer, job.recipe.config
    chosen = transformer.choose(rows)
    renderer = transformer.renderer
    gap = renderer.gaps_after(rows, chosen.output, chosen.removed)
    text = renderer.texts(rows, chosen.output, chosen.removed, gap)
    if not config.trace:
        return job.assembler.table(rows, chosen, text, None), chosen
    rendered = renderer.render(rows, chosen.output, chosen.removed, gap)
    spans = transformer.spans(rows, chosen, rendered) if config.kind == "pseudo-labelled" else None
    return job.assembler.table(rows, chosen, text, rendered, spans), chosen


class Counts:
    """What happened, counted over source tokens; sums of shards are the corpus's."""

    def __init__(self, job: Job) -> None:
        self._compiled = job.transformer.compiled
        self.match = np.zeros(len(MATCHES), np.int64)
        self.inflection = np.zeros(len(INFLECTIONS), np.int64)
        self.untranslated = np.zeros(len(self._compiled.types.upos), np.int64)
        self.entry = np.zeros(int(self._compiled.reachable.max(initial=-1)) + 1, np.int64)
        self.numbers = dict.fromkeys(
            (
                "source_tokens",
                "tokens",
                "phrases",
                "dropped_words",
                "words",
                "words_translated",
                "content",
                "content_translated",
            ),
            0,
        )

    def add(self, rows: Rows, chosen: Chosen) -> None:
        """Count the rows of one block."""
        compiled, numbers = self._compiled, self.numbers
        outputs, tokens = compiled.table.outputs, compiled.table.tokens
        output = chosen.output[chosen.output >= 0]
        self.match += np.bincount(outputs["match"][output], minlength=len(MATCHES))
        entry = outputs["entry"][output]
        translated = output[entry >= 0]
        start = outputs["start"][translated]
        head = tokens["inflection"][start]
        for k in range(1, int(outputs["length"][translated].max(initial=1))):
            more = outputs["length"][translated] > k
            head = np.where(more & (head == 0), tokens["inflection"][np.where(more, start + k, start)], head)
        self.inflection += np.bincount(head, minlength=len(INFLECTIONS))
        reached = compiled.reachable[entry[entry >= 0]]
        self.entry += np.bincount(reached, minlength=len(self.entry))
        counted, content = compiled.types.counted[rows.type], compiled.types.content[rows.type]
        missed = counted & ~chosen.translated
        missed[chosen.dropped] = False  # nobody needs an entry for what the target leaves unsaid
        missed_types = rows.type[missed]
        self.untranslated += np.bincount(missed_types, minlength=len(self.untranslated))
        numbers["source_tokens"] += len(rows.type)
        numbers["tokens"] += int(outputs["length"][output].sum())
        numbers["phrases"] += len(chosen.units.heads)
        numbers["dropped_words"] += len(chosen.dropped)
        numbers["words"] += int(counted.sum())
        numbers["words_translated"] += int((counted & chosen.translated).sum())
        numbers["content"] += int(content.sum())
        numbers["content_translated"] += int((content & chosen.translated).sum())

    def as_dict(self) -> Record:
        """Plain numbers; what is mostly zero as index -> count."""
        return {
            **self.numbers,
            "match": dict(zip(MATCHES, self.match.tolist(), strict=True)),
            "inflection": dict(zip(INFLECTIONS, self.inflection.tolist(), strict=True)),
            "untranslated": _sparse(self.untranslated),
            "entry": _sparse(self.entry),
        }


def _sparse(counts: NDArray[np.int64]) -> dict[str, int]:
    return {str(index): int(counts[index]) for index in np.flatnonzero(counts).tolist()}


def add_counts(records: list[Record]) -> Record:
    """The sum of the counts of shards."""
    total: Record = {}
    for record in records:
        for name, value in record["counts"].items():
            if isinstance(value, dict):
                into = total.setdefault(name, {})
                for key, count in value.items():
                    into[key] = into.get(key, 0) + count
            else:
                total[name] = total.get(name, 0) + value
    return total


def read_record(path: Path) -> Record | None:
    """A shard's record, None where it is not there or was cut off."""
    try:
        record: Record = json.loads(path.read_text(encoding="utf-8"))
        return record
    except (OSError, ValueError):
        return None
