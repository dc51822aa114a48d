"""Progress as an object that is passed in, and may be None: the rooms below never print.

`tqdm` draws it: it is small, knows terminals, and estimates the time left.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol


class Progress(Protocol):
    """What long work needs of a progress bar."""

    def update(self, n: int = 1) -> object:
        """Say that `n` more units are done."""

    def close(self) -> None:
        """Say that the work has ended."""


MakeProgress = Callable[[str, "int | None", str], "Progress | None"]
"""Makes a bar of a label, a total and a unit; None where nobody would see it."""


def bar(label: str, total: int | None, unit: str) -> Progress:
    """A bar on standard error for `total` units (None: unknown)."""
    from tqdm import tqdm

    made: Progress = tqdm(desc=label, total=total, unit=unit, unit_scale=True, file=sys.stderr)
    return made
