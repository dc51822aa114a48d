"""Some sentences of a corpus that is not made: the recipe tried on the start of the source."""

from __future__ import annotations

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


def preview(
    inputs: Inputs, analysis: Analysis, language: Language, config: SynthConfig, n: int = 10
) -> list[dict[str, Any]]:
    """`n` rows out of the first block of an analysis, with the coverage that the config asks for.

    Selection by `n` and `cap` looks at the whole source, so it is not tried here.
    """
    job = Job(recipe(inputs, analysis, language, config))
    block = analysis.block(0)
    sentences = np.arange(len(block))
    table, _ = make_rows(job, select_rows(block, sentences, np.zeros_like(sentences)))
    kept = np.flatnonzero(table["coverage"].to_numpy() >= np.float32(config.min_coverage))
    rows: list[dict[str, Any]] = table.take(kept[spread(len(kept), n)]).to_pylist()
    return rows
