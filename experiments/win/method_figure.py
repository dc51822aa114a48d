"""The figure of docs/method.md: what goes where, from a dictionary to labels.

python experiments/win/method_figure.py docs/method.svg
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from lexexpand.figure import pyplot, write_figure

BOXES = {
    "near": (0.2, 4.5, "gold text of a\nnearer language"),
    "gold": (0.2, 3.0, "gold text\nof English"),
    "dictionary": (0.2, 1.5, "dictionary,\nparadigms"),
    "text": (0.2, 0.0, "real text of\nthe language"),
    "synth": (3.4, 3.0, "synthesis: match, inflect,\nproject labels, select"),
    "train": (7.0, 3.7, "training: LoRA and\nheads, half gold"),
    "tables": (3.4, 1.5, "parts of speech of words\nand endings; glosses"),
    "predict": (10.2, 1.5, "labels: network\nand dictionary"),
}
ARROWS = (
    "near train",
    "gold synth",
    "gold tables",
    "dictionary synth",
    "dictionary tables",
    "synth train",
    "train predict",
    "tables predict",
    "text predict",
)
WIDTHS = {"synth": 2.9, "tables": 2.9, "train": 2.5}
WIDTH, HEIGHT = 2.1, 0.9


def main(path: Path) -> None:
    figure, axes = pyplot().subplots(figsize=(9, 3.6))
    axes.set_xlim(0, 12.6)
    axes.set_ylim(-0.2, 5.6)
    axes.axis("off")
    for name, (x, y, text) in BOXES.items():
        colour = "#dbe9f6" if name in (*WIDTHS, "predict") else "#f3f3ee"
        width = WIDTHS.get(name, WIDTH)
        axes.add_patch(pyplot().Rectangle((x, y), width, HEIGHT, facecolor=colour, edgecolor="#555555"))
        axes.text(x + width / 2, y + HEIGHT / 2, text, ha="center", va="center", fontsize=8.5)
    for arrow in ARROWS:
        _arrow(axes, *arrow.split())
    figure.tight_layout()
    write_figure(figure, path)


def _arrow(axes: Any, start: str, end: str) -> None:
    """From the right side of one box to the left side of another."""
    (x, y, _), (u, v, _) = BOXES[start], BOXES[end]
    tail = (x + WIDTHS.get(start, WIDTH), y + HEIGHT / 2)
    head = (u, v + HEIGHT / 2)
    axes.annotate("", head, tail, arrowprops={"arrowstyle": "->", "color": "#555555"})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
