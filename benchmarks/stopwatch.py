"""Times of named stretches, added up over many laps: by the wall, and by the processor of this process.

The wall's time is the one quoted. The processor's does not count what other processes take of a busy machine,
so where the two ratios differ, the machine was not quiet.
"""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL = slice(None)


class Stopwatch:
    """Laps of stretches by name."""

    def __init__(self) -> None:
        self.laps: dict[str, list[float]] = defaultdict(list)
        self._processor: dict[str, float] = defaultdict(float)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Time one lap of a stretch."""
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.laps[name].append(time.perf_counter() - wall)
        self._processor[name] += time.process_time() - processor

    def seconds(self, name: str) -> float:
        """All laps of a stretch, by the wall."""
        return sum(self.laps[name])

    def ratio(self, slow: str, fast: str, laps: slice = ALL) -> float:
        """How many times as long one stretch takes as another, over all laps or some."""
        return sum(self.laps[slow][laps]) / sum(self.laps[fast][laps])

    def processor_ratio(self, slow: str, fast: str) -> float:
        """Likewise, by the processor's time."""
        return self._processor[slow] / max(self._processor[fast], 1e-9)
