"""Results as Markdown: a table a task, a row an arm, a column a language; then what was refused.

Values are percent of the task's first metric. Several seeds give mean and range; one seed gives its value.
A cell whose paired 95 % interval over zero-shot of the same seed leaves out zero is marked: + better, - worse
(with several seeds, where all of them say so).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.experiment.results import Result

Key = tuple[str, str]


def markdown(results: Sequence[Result]) -> str:
    """All tables."""
    tasks: dict[str, list[Result]] = defaultdict(list)
    for result in results:
        tasks[result.about["task"]].append(result)
    parts = [_task(name, rows) for name, rows in tasks.items()]
    refused = [result for result in results if result.refused]
    if refused:
        lines = [f"- `{result.slug}`: {result.refused}" for result in refused]
        parts.append("### Refused\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _task(name: str, results: Sequence[Result]) -> str:
    scored = [result for result in results if result.scores]
    metric = scored[0].scores[0]["name"] if scored else "nothing scored"
    languages = list(dict.fromkeys(result.about["language"] for result in results))
    arms = list(dict.fromkeys(_row(result.about["arm"]) for result in results))
    cells: dict[Key, list[Result]] = defaultdict(list)
    for result in scored:
        cells[_row(result.about["arm"]), result.about["language"]].append(result)
    lines = [
        f"### {name}: {metric}, %",
        "",
        _line(["arm", *languages]),
        _line(["---", *["---:"] * len(languages)]),
    ]
    lines += [_line([arm, *(_value(cells[arm, language]) for language in languages)]) for arm in arms]
    return "\n".join(lines)


def _row(arm: str) -> str:
    """Arms of one row: zero-shot from whichever other source its language has."""
    return "zero-shot, nearest source" if arm.startswith("zero-shot:") else arm


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _value(results: Sequence[Result]) -> str:
    if not results:
        return ""
    values = [100 * result.scores[0]["value"] for result in results]
    mark = _mark(results)
    if len(values) == 1:
        return f"{values[0]:.1f}{mark}"
    return f"{sum(values) / len(values):.1f}{mark} ({min(values):.1f} to {max(values):.1f})"


def _mark(results: Sequence[Result]) -> str:
    signs = set()
    for result in results:
        if not result.differences or not result.differences[0]["is_clear"]:
            return ""
        signs.add("+" if result.differences[0]["value"] > 0 else "-")
    return signs.pop() if len(signs) == 1 else ""
