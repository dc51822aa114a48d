"""What was in the source, and what was left out? Counts that every reader fills in.

A reader that drops something says so here: blank lines, lines skipped under `skip_bad` (with the first
few places, so that a user can look), multiword ranges and empty nodes that are not words, a `# text`
that the tokens do not give back.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lexexpand.errors import FormatError

SHOWN = 20
"""So many skipped places are kept with their message; beyond, they are only counted."""


@dataclass(slots=True)
class ReadReport:
    """Counts of one pass over a source.

    Attributes:
        files: files read.
        sentences: sentences read.
        tokens: tokens read.
        skipped: sentences or lines left out because they were broken (`skip_bad`).
        skipped_at: `file:line: message` of the first of them.
        counts: whatever else a reader counted, by name (`blank lines`, `multiword ranges`, ...).
    """

    files: int = 0
    sentences: int = 0
    tokens: int = 0
    skipped: int = 0
    skipped_at: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def count(self, name: str, n: int = 1) -> None:
        """Add `n` to the count `name`."""
        if n:
            self.counts[name] = self.counts.get(name, 0) + n

    def reject(self, error: FormatError, *, skip_bad: bool) -> None:
        """Raise `error`, or count it where broken input is to be skipped."""
        if not skip_bad:
            raise error
        self.skipped += 1
        if len(self.skipped_at) < SHOWN:
            self.skipped_at.append(str(error))

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ReadReport:
        """The report that `as_dict` wrote."""
        return cls(**data)
