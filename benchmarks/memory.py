"""Does `lexexpand synth` grow with its source? Peak memory and time at N/20, N/5 and N sentences.

Each size is a process of its own with an empty cache: it reads, analyses, makes and writes everything.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from benchmarks.command import Finished, synth
from benchmarks.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting

MIB = 2**20


def run(setting: Setting) -> Iterator[Measurement]:
    """Peak and seconds at each size, and how the largest compares."""
    signature = setting.signature(
        text=setting.text_name,
        lang=setting.language,
        lexicon=setting.lexicon,
        paradigms=setting.paradigms,
        procs=1,
    )

    def measured(name: str, value: float, unit: str, target: str = "") -> Measurement:
        return Measurement("memory", name, value, unit, signature, target)

    sizes = sorted({max(1, setting.sentences // share) for share in (20, 5, 1)})
    runs = {size: _run(setting, size) for size in sizes}
    for size, done in runs.items():
        limit = "<= 1,431 MiB (1.5 GB)" if size == sizes[-1] else ""
        yield measured(f"peak at {size:,} sentences", done.peak / MIB, "MiB", limit)
    if len(sizes) > 1:
        ratio = runs[sizes[-1]].peak / runs[sizes[-2]].peak
        yield measured(f"peak, {sizes[-1]:,} over {sizes[-2]:,}", ratio, "", "<= 1.20")
    for size, done in runs.items():
        yield measured(f"time at {size:,} sentences", done.seconds, "s")
        yield measured(f"  of it the analysis, at {size:,}", done.analysed - done.begun, "s")
    for size, done in runs.items():
        yield measured(f"time per 100,000, at {size:,}", 1e5 * done.seconds / size, "s", "linear")
    if len(sizes) > 1:
        (few, less), (many, more) = list(runs.items())[-2:]
        each = (more.seconds - less.seconds) / (many - few)
        yield measured(f"each further 100,000, {few:,} to {many:,}", 1e5 * each, "s")


def _run(setting: Setting, size: int) -> Finished:
    out, name = setting.folder / f"corpus-{size}", f"memory-{size}"
    made = synth(
        setting,
        name,
        [
            *("--lang", str(setting.language), "--source", str(setting.text(size)), "-o", str(out)),
            *("--lexicon", setting.lexicon, "--paradigms", setting.paradigms, "--procs", "1"),
        ],
    )
    if made.code:
        raise RuntimeError(f"no corpus of {setting.language} was made: {made.told}")
    for folder in (out, setting.folder / f"cache-{name}"):
        shutil.rmtree(folder)
    return made
