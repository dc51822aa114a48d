"""Sentences a second against the published per-token script, on one core, after the shared analysis.

All contestants run in one process, block by block in turn (20,000 sentences each, the order turned round from
block to block), so that whatever slows the machine down slows all of them. Quoted is the transformation
alone; loading, compiling, reading and writing are timed apart and stand beside it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from benchmarks.arms import Arm, Ours, Script, dictionary
from benchmarks.measurement import Measurement
from benchmarks.stopwatch import Stopwatch
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.job import Job
from lexexpand.synthesis.memory import keep_memory
from lexexpand.synthesis.pipeline import Inputs, analyze, recipe
from lexexpand.synthesis.plan import SHARD_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.setting import Setting
    from lexexpand.text.analysis import Analysis

SCRIPT = "script"
MONO, PARALLEL = "pseudo-mono", "pseudo-parallel"
MONO_FULL, PARALLEL_FULL = "pseudo-mono, default", "pseudo-parallel, default"
# The first two do what the targets name: text alone as the script writes it; and lemma and phrase match,
# inflection, alignment and origins. The default adds what the script has no counterpart of: words that the
# target's forms say already are dropped, adpositions govern cases, auxiliaries hand on their tense.
OURS = {
    MONO: (SynthConfig(kind="pseudo-mono", trace=False, transfer=False), ">= 4"),
    PARALLEL: (SynthConfig(kind="pseudo-parallel", transfer=False), ">= 2"),
    MONO_FULL: (SynthConfig(kind="pseudo-mono"), ""),
    PARALLEL_FULL: (SynthConfig(kind="pseudo-parallel"), ""),
}
ANALYSIS, MB = "analysis", 1e6

Told = tuple[str, float, str, str]
"""Name, value, unit and target of a measurement."""


def run(setting: Setting) -> Iterator[Measurement]:
    """Ratios first, then what they are made of."""
    watch = Stopwatch()
    folder = setting.folder / "synthesis"
    folder.mkdir()
    keep_memory()
    with one_core():
        inputs = Inputs(
            source=(setting.text(setting.sentences),),
            lexicons=(setting.lexicon,),
            paradigms=(setting.paradigms,),
            mirror=setting.mirror,
            offline=setting.offline,
        )
        with watch.time(ANALYSIS):
            analysis = analyze(inputs, cache_dir=folder / "analysis")
        recipes = {
            name: recipe(inputs, analysis, setting.language, config) for name, (config, _) in OURS.items()
        }
        lexicon = Job(recipes[PARALLEL]).lexicon
        script = Script(analysis, dictionary(lexicon.entries), folder / SCRIPT)
        ours = [Ours(name, made, folder / name, watch) for name, made in recipes.items()]
        _race([script, *ours], analysis.n_blocks, watch)
    signature = setting.signature(
        text=setting.text_name,
        sentences=analysis.n_sentences,
        lang=setting.language,
        lexicon=setting.lexicon,
        entries=len(lexicon),
        paradigms=setting.paradigms if ours[-1].inflects else "none",
        seed=OURS[PARALLEL][0].seed,
        cores=1,
    )
    fresh = -(-setting.distinct() // SHARD_ROWS)  # blocks whose text was not met before
    told = (_ratios(watch, ours, fresh), _rates(analysis, watch, script, ours), _beside(watch, script, ours))
    for name, value, unit, target in chain.from_iterable(told):
        yield Measurement("synthesis", name, value, unit, signature, target)


def _race(arms: list[Arm], blocks: int, watch: Stopwatch) -> None:
    for index in range(blocks):
        for arm in arms if index % 2 == 0 else reversed(arms):
            arm.block(index, watch)
    for arm in arms:
        arm.close()


def _ratios(watch: Stopwatch, ours: list[Ours], fresh: int) -> Iterator[Told]:
    """What has a target; then where it comes from."""
    for arm in ours:
        ratio = watch.ratio(SCRIPT, arm.name)
        yield f"{arm.name}: times the script's sentences/s", ratio, "", OURS[arm.name][1]
    yield "analysis: times the script's time", watch.ratio(ANALYSIS, SCRIPT), "", "<= 15"
    for arm in ours:
        yield f"{arm.name}: by processor time", watch.processor_ratio(SCRIPT, arm.name), "", ""
        yield f"{arm.name}: text not met before", watch.ratio(SCRIPT, arm.name, slice(fresh)), "", ""
        if len(watch.laps[SCRIPT]) > fresh:
            yield f"{arm.name}: text met before", watch.ratio(SCRIPT, arm.name, slice(fresh, None)), "", ""
        compiled = watch.seconds(arm.name) + watch.seconds(f"{arm.name}: compile")
        yield f"{arm.name}: compiling counted", watch.seconds(SCRIPT) / compiled, "", ""


def _rates(analysis: Analysis, watch: Stopwatch, script: Script, ours: list[Ours]) -> Iterator[Told]:
    n, tokens = analysis.n_sentences, analysis.n_tokens
    for name in (SCRIPT, *(arm.name for arm in ours)):
        yield f"{name}: sentences", n / watch.seconds(name), "/s", ""
        yield f"{name}: a token", 1e9 * watch.seconds(name) / tokens, "ns", ""
    yield "script: share of sentences kept (3 swaps)", script.kept / n, "", ""
    yield "analysis: once for all languages", watch.seconds(ANALYSIS), "s", ""
    yield "analysis: sentences", n / watch.seconds(ANALYSIS), "/s", ""
    yield "analysis: tokens", tokens / watch.seconds(ANALYSIS), "/s", ""


def _beside(watch: Stopwatch, script: Script, ours: list[Ours]) -> Iterator[Told]:
    """What the transformation does not include."""
    arms: list[Arm] = [script, *ours]
    for arm in arms:
        for verb, size in (("read", arm.read), ("write", arm.written)):
            seconds = watch.seconds(f"{arm.name}: {verb}")
            yield f"{arm.name}: {verb}", seconds, "s", ""
            yield f"{arm.name}: {verb}, speed", size / MB / max(seconds, 1e-9), "MB/s", ""
    for made in ours:
        yield f"{made.name}: load lexicon, paradigms, types", watch.seconds(f"{made.name}: load"), "s", ""
        compiling = watch.seconds(f"{made.name}: compile")
        yield f"{made.name}: compile the table, once a language", compiling, "s", ""
        yield f"{made.name}: counts and digests", watch.seconds(f"{made.name}: digest"), "s", ""


@contextmanager
def one_core() -> Iterator[None]:
    """This process on one core, Arrow with one thread."""
    threads, reading = pa.cpu_count(), pa.io_thread_count()
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if allowed:
        os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        if allowed:
            os.sched_setaffinity(0, allowed)
        pa.set_cpu_count(threads)
        pa.set_io_thread_count(reading)
