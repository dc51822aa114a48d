"""A number is nothing without its interval, what it was counted over, and how.

`Score` and `Difference` are what every evaluation returns. Values are shares from 0 to 1; tables show them
as percent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lexexpand.signature import Signature

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value on gold data.

    Attributes:
        name: the metric, as `accuracy` or `span_f1`.
        value: from 0 to 1.
        interval: 95 % bootstrap interval of it.
        n: how many things were scored: words for `accuracy` of words, gold spans for span F1, else sentences.
        signature: how it was made.
    """

    name: str
    value: float
    interval: Interval
    n: int
    signature: Signature

    def as_dict(self) -> dict[str, Any]:
        """The score as JSON takes it."""
        return _as_dict(self)

    def as_note(self, task: str, system: str) -> dict[str, Any]:
        """The score as a bundle keeps it: see `lexexpand.bundle.manifest.ScoreNote`.

        Args:
            task: name of the task.
            system: `bundle`, or what it stands beside, as in `zero-shot`.
        """
        return {"task": task, "system": system, **self.as_dict()}


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better than a baseline, on the same sentences.

    Attributes:
        name: the metric.
        value: score less the baseline's, from -1 to 1.
        interval: 95 % interval of the difference, both drawn together (paired bootstrap, Koehn 2004).
        n: as in `Score`.
        signature: how it was made.
    """

    name: str
    value: float
    interval: Interval
    n: int
    signature: Signature

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out zero."""
        low, high = self.interval
        return low > 0 or high < 0

    def as_dict(self) -> dict[str, Any]:
        """The difference as JSON takes it."""
        return {**_as_dict(self), "is_clear": self.is_clear}


def _as_dict(one: Score | Difference) -> dict[str, Any]:
    low, high = one.interval
    return {
        "name": one.name,
        "value": round(one.value, 6),
        "interval": [round(low, 6), round(high, 6)],
        "n": one.n,
        "signature": str(one.signature),
    }
