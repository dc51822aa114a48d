"""What became of a dictionary's lines: counted by rule, and listed on request.

Wrong input is never silently less output. Each change that cleaning makes is a `Change` under the id of the
rule that made it; a report sums them, and reports of several packs add up.

    fao_Latn.wiktionary.tsv:41   verb-to   "to abandon" -> "abandon"
    en_fo.tsv:3800               definition   "eitt, sum er ..." dropped
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `after` is None where the entry was dropped."""

    pack: str
    row: int
    rule: str
    before: str
    after: str | None

    @property
    def dropped(self) -> bool:
        """Whether the entry is gone."""
        return self.after is None


@dataclass(frozen=True)
class CleaningReport:
    """How many rows were read and kept, and every change between.

    Attributes:
        rows: lines or entries that the files hold.
        kept: entries that came out of them, before merging. A row may give several, or none.
        identical: entries that translate to themselves; they are kept.
        merged: entries that said what another one said; the two became one.
        changes: in the order of the files.
    """

    rows: int = 0
    kept: int = 0
    identical: int = 0
    merged: int = 0
    changes: tuple[Change, ...] = ()

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of changes by rule, the most frequent first."""
        counter = Counter(change.rule for change in self.changes)
        return dict(sorted(counter.items(), key=lambda item: (-item[1], item[0])))

    @property
    def dropped(self) -> int:
        """Number of translations that were dropped."""
        return sum(change.dropped for change in self.changes)

    def examples(self, rule: str, limit: int = 3) -> Iterator[Change]:
        """The first changes that `rule` made."""
        found = (change for change in self.changes if change.rule == rule)
        for change, _ in zip(found, range(limit), strict=False):
            yield change

    def as_dict(self) -> dict[str, object]:
        """The numbers for `--json`."""
        return {
            "rows": self.rows,
            "kept": self.kept,
            "dropped": self.dropped,
            "identical": self.identical,
            "merged": self.merged,
            "rules": self.counts,
        }


def total(reports: Iterable[CleaningReport], merged: int = 0) -> CleaningReport:
    """The sum of several packs' reports; `merged` entries are added to it."""
    parts = list(reports)
    return CleaningReport(
        rows=sum(part.rows for part in parts),
        kept=sum(part.kept for part in parts),
        identical=sum(part.identical for part in parts),
        merged=sum(part.merged for part in parts) + merged,
        changes=tuple(change for part in parts for change in part.changes),
    )
