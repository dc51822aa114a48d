"""The reliability of a learned inflector as a picture: what confidence is worth, and what silence buys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.figure import pyplot, write_figure
from lexexpand.morphology.learned.gate import PRECISION

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.morphology.learned.gate import Reliability


def draw(told: Reliability, path: Path, *, title: str = "") -> Path:
    """Write the figure (format by suffix); the same forms give the same picture.

    Raises:
        DataError: matplotlib is not installed, or knows no such format.
    """
    figure, (left, right) = pyplot().subplots(1, 2, figsize=(9, 3.6))
    bins = told.bins()
    left.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    left.plot([sure for sure, _, _ in bins], [share for _, share, _ in bins], marker="o")
    left.set(xlabel="confidence", ylabel="share that is right", title=title)
    coverage, risk = told.risk()
    right.plot(coverage, 1 - risk)
    right.axhline(PRECISION, color="0.7", linewidth=1)
    right.set(xlabel="share of forms it speaks on", ylabel="share that is right")
    figure.tight_layout()
    return write_figure(figure, path)
