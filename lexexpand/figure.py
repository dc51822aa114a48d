"""Pictures without a window: the same numbers give the same file, and what cannot be drawn is said.

`matplotlib` draws: everybody who makes figures knows it, and it writes svg, pdf and png.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

_DATES = {".svg": "Date", ".pdf": "CreationDate"}


def pyplot() -> Any:
    """Matplotlib's pyplot, drawing to files.

    Raises:
        DataError: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ModuleNotFoundError as error:
        raise DataError("the figure needs matplotlib: pip install 'lexexpand[adapt]'") from error
    matplotlib.use("Agg")
    matplotlib.rcParams["svg.hashsalt"] = "lexexpand"  # else names inside are drawn by chance
    from matplotlib import pyplot as drawing

    return drawing


def write_figure(figure: Any, path: Path) -> Path:
    """Write a figure (format by suffix) without the date, and close it.

    Raises:
        DataError: there is no such format.
    """
    dated = _DATES.get(path.suffix)
    try:
        figure.savefig(path, metadata={dated: None} if dated else None)
    except ValueError as error:
        raise DataError(f"{path}: cannot be drawn: {error}") from error
    finally:
        pyplot().close(figure)
    return path
