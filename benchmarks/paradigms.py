"""Look-ups of forms against the unimorph package (`bench_paradigms.py`), as measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import bench_paradigms
from benchmarks.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting

ROWS = (
    ("ratio", "Paradigms.forms over unimorph.inflect_word", "", ">= 1,000"),
    ("Paradigms.forms, words/s", "Paradigms.forms", "/s", ""),
    ("unimorph.inflect_word, words/s", "unimorph.inflect_word", "/s", ""),
    ("open the index, ms (median)", "open an index", "ms", "<= 50 ms"),
    ("build the index, s", "build an index", "s", ""),
    ("inflect_many, pairs/s", "Inflector.inflect_many", "/s", ""),
)


def run(setting: Setting) -> Iterator[Measurement]:
    """Look-ups a second on both sides, and what opening costs."""
    folder = setting.folder / "paradigms"
    folder.mkdir()
    result = bench_paradigms.run(
        str(setting.language), setting.mirror, setting.seconds, folder, pack=setting.paradigms
    )
    signature = setting.signature(
        lang=setting.language,
        paradigms=setting.paradigms,
        triples=result["triples"],
        same=result["same answers"],
    )
    for key, name, unit, target in ROWS:
        value = result[key]
        assert isinstance(value, float)
        yield Measurement("paradigms", name, value, unit, signature, target)
