"""`lexexpand synth` as a user runs it, in a process and with a cache of its own: seconds and peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.setting import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from benchmarks.setting import Setting

TOLD = 2000


@dataclass(frozen=True)
class Finished:
    """What a run has taken.

    Attributes:
        begun: when it was started, as files' times are told.
        analysed: when the analysis of the source was finished.
        seconds: all of it, the start of the interpreter included.
        peak: bytes.
        code: exit code; 3 where some of several languages failed.
        told: the end of its standard error.
    """

    begun: float
    analysed: float
    seconds: float
    peak: int
    code: int
    told: str


def synth(setting: Setting, name: str, arguments: Sequence[str]) -> Finished:
    """Run `lexexpand synth` in a new process.

    Raises:
        RuntimeError: it ended with an error of its own.
    """
    cache, note = setting.folder / f"cache-{name}", setting.folder / f"peak-{name}"
    environment = {**os.environ, "LEXEXPAND_CACHE": str(cache)}
    if setting.mirror:
        environment["LEXEXPAND_MIRROR"] = setting.mirror
    command = [sys.executable, "-m", "benchmarks.peak", str(note), "synth", "--quiet", *arguments]
    if setting.offline:
        command.append("--offline")
    begun, start = time.time(), time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 3) or not note.is_file():
        raise RuntimeError(f"lexexpand synth ended with {done.returncode}:\n{done.stderr[-TOLD:]}")
    analysed = max((_finished(path) for path in (cache / "analysis").glob("*/meta.json")), default=begun)
    return Finished(begun, analysed, seconds, int(note.read_text()), done.returncode, done.stderr[-TOLD:])


def _finished(path: Path) -> float:
    return path.stat().st_mtime
