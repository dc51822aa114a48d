"""Is a language as cheap as the next? The first 100 languages of a lexicon, by code, N/50 sentences each.

One command makes them all from one analysis; a language's time is that between its corpus and the one before.
"""

from __future__ import annotations

import shutil
from statistics import mean, median
from typing import TYPE_CHECKING

from benchmarks.command import synth
from benchmarks.measurement import Measurement
from benchmarks.setting import STARTER
from lexexpand.synthesis.dry import languages_of
from lexexpand.synthesis.pipeline import Inputs
from lexexpand.text.corpus import CARD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.setting import Setting

TEN = 10


def run(setting: Setting) -> Iterator[Measurement]:
    """Seconds a language, of the first, the last and all."""
    size = max(1, setting.sentences // 50)
    tags = [str(tag) for tag in languages_of(Inputs(lexicons=(setting.lexicon,)))[: setting.languages]]
    out = setting.folder / "languages"
    done = synth(
        setting,
        "languages",
        [
            *("--lang", ",".join(tags), "--lexicon", setting.lexicon),
            *("--source", str(setting.text(size)), "-o", str(out)),
            # Each language has the paradigms that there are for it; the starter needs no others.
            *(("--paradigms", STARTER) if setting.lexicon == STARTER else ()),
        ],
    )
    seconds = _seconds(out, tags, done.analysed)
    if not seconds:
        raise RuntimeError(f"no corpus was made: {done.told}")
    shutil.rmtree(out)
    signature = setting.signature(
        text=setting.text_name, sentences=size, languages=len(tags), lexicon=setting.lexicon, procs=1
    )

    def measured(name: str, value: float, unit: str, target: str = "") -> Measurement:
        return Measurement("languages", name, value, unit, signature, target)

    spent = list(seconds.values())
    slowest = max(seconds, key=seconds.__getitem__)
    yield measured("languages made", len(seconds), "", f"{len(tags)}")
    yield measured("all of it", done.seconds, "s")
    yield measured("analysis and start", done.analysed - done.begun, "s")
    yield measured(f"a language, first {TEN}", mean(spent[:TEN]), "s", "flat")
    yield measured(f"a language, last {TEN}", mean(spent[-TEN:]), "s", "flat")
    yield measured("a language, median", median(spent), "s")
    yield measured(f"slowest language ({slowest})", seconds[slowest], "s")
    yield measured("sentences a second, all languages", size * len(seconds) / sum(spent), "/s")
    yield measured("peak memory", done.peak / 2**20, "MiB")


def _seconds(out: Path, tags: list[str], start: float) -> dict[str, float]:
    """Seconds that each language took that was made, in the order in which they were."""
    places = {tag: (out / tag if len(tags) > 1 else out) / CARD for tag in tags}
    finished = sorted((path.stat().st_mtime, tag) for tag, path in places.items() if path.is_file())
    seconds: dict[str, float] = {}
    for end, tag in finished:
        seconds[tag], start = end - start, end
    return seconds
