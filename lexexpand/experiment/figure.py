"""Results as a picture: how far each arm is from zero-shot, a panel a task, with paired 95 % intervals."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError
from lexexpand.figure import pyplot, write_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lexexpand.experiment.results import Result

_WIDTH = 0.8
_LEFT_OUT = " -"
"""Arms less an ingredient are the table's business: a panel with all of them shows none."""


def draw(results: Sequence[Result], path: Path, *, title: str = "") -> Path:
    """Write the figure (format by suffix); the same results give the same picture.

    Raises:
        DataError: matplotlib is not installed, or nothing can be compared.
    """
    tasks = by_task(results)
    if not tasks:
        raise DataError("nothing to draw: no arm stands beside zero-shot of its seed")
    figure, axes = pyplot().subplots(len(tasks), 1, figsize=(9, 2.4 * len(tasks)), squeeze=False)
    for axis, (task, shown) in zip(axes[:, 0], tasks.items(), strict=True):
        _panel(axis, task, shown)
    axes[0, 0].set_title(title)
    handles = {
        label: handle
        for axis in axes[:, 0]
        for handle, label in zip(*axis.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="lower center", ncols=3, fontsize=8)
    figure.tight_layout(rect=(0, 0.3 / (0.6 + len(tasks)), 1, 1))
    return write_figure(figure, path)


def by_task(results: Sequence[Result]) -> dict[str, list[Result]]:
    """What a figure shows: by task, the results that stand beside zero-shot."""
    tasks: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        if result.differences and _LEFT_OUT not in result.about["arm"]:
            tasks[result.about["task"]].append(result)
    return tasks


def _panel(axis: Any, task: str, results: Sequence[Result]) -> None:
    languages = list(dict.fromkeys(result.about["language"] for result in results))
    arms = list(dict.fromkeys(_name(result) for result in results))
    step = _WIDTH / len(arms)
    for number, arm in enumerate(arms):
        at, middle, low, high = [], [], [], []
        for place, language in enumerate(languages):
            found = [r.differences[0] for r in results if _name(r) == arm and r.about["language"] == language]
            if not found:
                continue
            mean = sum(one["value"] for one in found) / len(found)
            at.append(place + (number - (len(arms) - 1) / 2) * step)
            middle.append(100 * mean)
            low.append(max(0.0, 100 * (mean - min(one["interval"][0] for one in found))))
            high.append(max(0.0, 100 * (max(one["interval"][1] for one in found) - mean)))
        colour = f"C{_order(arm)}"
        axis.errorbar(
            at, middle, yerr=[low, high], fmt="o", markersize=4, elinewidth=1, label=arm, color=colour
        )
    axis.axhline(0, color="grey", linewidth=0.8)
    axis.set_xticks(range(len(languages)), languages, fontsize=8)
    axis.set_ylabel(f"{task}\npoints over zero-shot", fontsize=8)


_ORDER = (
    "zero-shot, other source",
    "word-translation",
    "word-translation+gold",
    "identity",
    "shuffled",
    "lexexpand",
)


def _name(result: Result) -> str:
    arm: str = result.about["arm"]
    return _ORDER[0] if arm.startswith("zero-shot:") else arm


def _order(arm: str) -> int:
    return _ORDER.index(arm) if arm in _ORDER else len(_ORDER)
