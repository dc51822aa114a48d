"""Scores for people: a table in percent, and under it how they were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexexpand.evaluation.evaluate import Evaluation
    from lexexpand.evaluation.score import Interval

HEADER = ("metric", "score", "95 % interval", "n")
DIFFERENCE = ("difference", "95 % interval", "clear")


def header(found: Evaluation) -> tuple[str, ...]:
    """The names of the columns of `rows`."""
    return (*HEADER, *DIFFERENCE) if found.differences else HEADER


def rows(found: Evaluation) -> list[tuple[str, ...]]:
    """A row a metric, in percent, with the difference from the baseline where there is one."""
    told: list[tuple[str, ...]] = []
    for index, score in enumerate(found.scores):
        row: tuple[str, ...] = (score.name, percent(score.value), span(score.interval), f"{score.n:,}")
        if found.differences:
            gain = found.differences[index]
            row += (percent(gain.value, "+"), span(gain.interval, "+"), "yes" if gain.is_clear else "no")
        told.append(row)
    return told


def notes(found: Evaluation) -> list[str]:
    """What a reader must know of the numbers, a sentence each."""
    signature = found.scores[0].signature
    told = []
    if signature.get("authors") == "non-native":
        told.append(
            "The gold data were written by people who do not speak the language: a smoke test, no evidence."
        )
    if found.ignored:
        told.append(f"{', '.join(found.ignored)} of the gold data: unknown to the task, scored as no entity.")
    if found.leaks is None:
        told.append("The bundle does not say what it was trained on: leaks were not looked for.")
    elif found.leaks:
        done = "they are scored" if (signature.get("leaks") or "").startswith("kept") else "they are left out"
        told.append(f"{found.leaks} sentences of the gold data were trained on: {done}.")
    return told


def percent(value: float, sign: str = "") -> str:
    """A share in percent.

    >>> percent(0.1234), percent(0.1234, "+")
    ('12.3', '+12.3')
    """
    return f"{100 * value:{sign}.1f}"


def span(interval: Interval, sign: str = "") -> str:
    """An interval in percent.

    >>> span((0.1, 0.25))
    '10.0 to 25.0'
    """
    low, high = interval
    return f"{percent(low, sign)} to {percent(high, sign)}"
