"""The reliability of a learned inflector as a picture: what confidence is worth, and what silence buys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.errors import DataError
from lexexpand.morphology.learned.gate import PRECISION

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.morphology.learned.gate import Reliability


def draw(told: Reliability, path: Path, *, title: str = "") -> Path:
    """Write the figure (format by suffix); the same forms give the same picture.

    Raises:
        DataError: matplotlib is not installed, or knows no such format.
    """
    try:
        import matplotlib
    except ModuleNotFoundError as error:
        raise DataError("the figure needs matplotlib: pip install 'lexexpand[adapt]'") from error
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "lexexpand"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6))
    bins = told.bins()
    left.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    left.plot([sure for sure, _, _ in bins], [share for _, share, _ in bins], marker="o")
    left.set(xlabel="confidence", ylabel="share that is right", title=title)
    coverage, risk = told.risk()
    right.plot(coverage, 1 - risk)
    right.axhline(PRECISION, color="0.7", linewidth=1)
    right.set(xlabel="share of forms it speaks on", ylabel="share that is right")
    figure.tight_layout()
    dated = {".svg": "Date", ".pdf": "CreationDate"}.get(path.suffix)
    try:
        figure.savefig(path, metadata={dated: None} if dated else None)
    except ValueError as error:
        raise DataError(f"{path}: cannot be drawn: {error}") from error
    finally:
        pyplot.close(figure)
    return path
