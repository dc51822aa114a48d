"""Killed at any moment and run again, a run goes on and ends with the same bytes; nothing outlives it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.synthesis.conftest import content, synth_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.synthesis.conftest import Maker

pytestmark = pytest.mark.slow
WORDS = [
    "the",
    "old",
    "light",
    "house",
    "turn",
    "off",
    "up",
    "on",
    "good",
    "morning",
    "run",
    "and",
    "see",
    "it",
    "now",
    "give",
]
ENTRIES = [
    ("light", "NOUN", "ljós", "3"),
    ("light", "NOUN", "birta", "2"),
    ("house", "NOUN", "hús"),
    ("run", "VERB", "renna"),
    ("turn off", "VERB", "sløkkja"),
    ("good morning", "góðan morgun"),
    ("old", "ADJ", "gamal"),
    ("and", "og"),
]
KILLS = 50
CHAIN = 10  # kills of one run before it may finish


class Runs:
    """Runs of one command over a text of several shards, each in a fresh folder."""

    def __init__(self, make: Maker, n: int = 45_000) -> None:
        drawn = random.Random(9)
        lines = [" ".join(drawn.choices(WORDS, k=drawn.randint(2, 6))) for _ in range(n)]
        self.source = make.write("s.txt", "\n".join(lines) + "\n")
        self.lexicon = make.lexicon(ENTRIES)
        self._make = make

    def fresh(self) -> Path:
        return self._make.folder()

    def start(self, folder: Path, procs: int = 1, *more: str) -> subprocess.Popen[bytes]:
        """Start the command in a session of its own, so that a signal reaches it alone."""
        command = synth_command(self.source, self.lexicon, folder / "out", "--procs", str(procs), *more)
        environment = {**os.environ, "LEXEXPAND_CACHE": str(folder / "cache")}
        return subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
        )

    def finish(self, folder: Path, procs: int = 1, *more: str) -> dict[str, bytes]:
        """Run to the end; return the corpus's files."""
        process = self.start(folder, procs, *more)
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told.decode()
        return content(folder / "out")


@pytest.fixture(scope="module")
def runs(make: Maker) -> Iterator[Runs]:
    return Runs(make)


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def outlived(processes: list[psutil.Process], seconds: float = 15) -> list[psutil.Process]:
    """Those that still run after a while."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


def test_killed_at_fifty_random_moments(runs: Runs) -> None:
    began = time.monotonic()
    wanted = runs.finish(runs.fresh())
    whole = time.monotonic() - began
    assert sum(name.startswith("data/") for name in wanted) == 3
    drawn = random.Random(2026)
    folder, kills_here, midway = runs.fresh(), 0, 0
    for killed in range(KILLS):
        process = runs.start(folder, procs=1 + killed % 2)
        time.sleep(drawn.uniform(0.1, 0.9) * whole)
        workers = family(process)
        process.kill()
        process.communicate()
        kills_here += 1
        assert not outlived(workers), "a worker outlived its parent"
        midway += (folder / ".out.part").exists()
        is_done = (folder / "out").exists()
        if is_done or kills_here == CHAIN or killed == KILLS - 1:
            assert runs.finish(folder, procs=1 + killed % 2) == wanted
            assert sorted(path.name for path in folder.iterdir() if path.name != "cache") == ["out"]
            folder, kills_here = runs.fresh(), 0
    assert midway, "no run was killed while it wrote"


def test_what_was_finished_is_not_made_again(runs: Runs) -> None:
    folder = runs.fresh()
    process = runs.start(folder)
    record = folder / ".out.part" / "records" / "00000.json"
    deadline = time.monotonic() + 60
    while not record.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    _, told = process.communicate()
    if (folder / "out").exists():
        pytest.skip("the run was faster than this test")
    assert record.exists(), told.decode()
    shard = folder / ".out.part" / "data" / "00000.parquet"
    made = shard.stat().st_mtime_ns
    runs.finish(folder)
    assert (folder / "out" / "data" / "00000.parquet").stat().st_mtime_ns == made


@pytest.mark.parametrize("procs", [1, 2])
@pytest.mark.parametrize("moment", [0.9, 1.6, 2.4])
def test_an_interrupt_is_clean(runs: Runs, procs: int, moment: float) -> None:
    folder = runs.fresh()
    process = runs.start(folder, procs)
    time.sleep(moment)
    workers = family(process)
    if process.poll() is not None:
        pytest.skip("the run was faster than this test")
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: all of the group
    _, told = process.communicate(timeout=30)
    assert b"Traceback" not in told, told.decode()
    # -SIGINT: it came when all was done and Python was on its way out.
    is_done = (folder / "out").exists()
    assert process.returncode in ((130, 0, -signal.SIGINT) if is_done else (130,)), told.decode()
    assert not outlived(workers)
    wanted = runs.finish(runs.fresh())
    assert runs.finish(folder, procs) == wanted
