"""Some sentences of a corpus that is not made: the recipe tried on the start of the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.synthesis.job import Job
from lexexpand.synthesis.pipeline import recipe
from lexexpand.synthesis.rows import select_rows
from lexexpand.synthesis.shard import make_rows
from lexexpand.synthesis.show import spread

if TYPE_CHECKING:
    from lexexpand.language import Language
    from lexexpand.synthesis.config import SynthConfig
    from lexexpand.synthesis.pipeline import Inputs
    from lexexpand.text.analysis import Analysis


LOW = np.float32(0.5)
"""Where the mean coverage is lower, a sample would show little but the source."""


@dataclass(frozen=True)
class Preview:
    """Rows to show; how many sentences were read, and how many have the coverage asked for."""

    rows: list[dict[str, Any]]
    read: int
    covered: int


def preview(
    inputs: Inputs, analysis: Analysis, language: Language, config: SynthConfig, n: int = 10
) -> Preview:
    """`n` rows out of the first block of an analysis, with the coverage that the config asks for.

    They are spread evenly; where little is translated yet, they are the best covered ones. Selection by `n`
    and `cap` looks at the whole source, so it is not tried here.
    """
    job = Job(recipe(inputs, analysis, language, config))
    block = analysis.block(0)
    sentences = np.arange(len(block))
    table, _ = make_rows(job, select_rows(block, sentences, np.zeros_like(sentences)))
    coverage = table["coverage"].to_numpy()
    kept = np.flatnonzero(coverage >= np.float32(config.min_coverage))
    if not config.min_coverage and coverage.mean() < LOW:
        content = table["coverage_content"].to_numpy()
        shown = np.sort(np.lexsort((kept, -content, -coverage))[:n])
    else:
        shown = kept[spread(len(kept), n)]
    rows: list[dict[str, Any]] = table.take(shown).to_pylist()
    return Preview(rows, len(block), len(kept))
