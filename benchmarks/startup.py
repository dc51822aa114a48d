"""How soon does the command line answer? Medians over processes, the start of Python included."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measurement import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.setting import Setting


def run(setting: Setting) -> Iterator[Measurement]:
    """Milliseconds of the help, of the import, and of Python alone."""
    signature = setting.signature(runs=setting.repeats)
    script = shutil.which("lexexpand", path=str(Path(sys.executable).parent))
    command = [script] if script else [sys.executable, "-m", "lexexpand"]
    rows: tuple[tuple[str, list[str], str], ...] = (
        ("lexexpand --help", [*command, "--help"], "<= 200 ms"),
        ("import lexexpand", [sys.executable, "-c", "import lexexpand"], "<= 150 ms"),
        ("  of either: Python itself", [sys.executable, "-c", "pass"], ""),
    )
    for name, arguments, target in rows:
        yield Measurement("startup", name, _milliseconds(arguments, setting.repeats), "ms", signature, target)


def _milliseconds(command: Sequence[str], repeats: int) -> float:
    """The median; a first run, which compiles modules and warms the disk's cache, does not count."""
    taken = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(1e3 * (time.perf_counter() - start))
    return statistics.median(taken[1:])
