"""What is there for whom? One line for each language: its lexicons, its paradigms, their licences.

It is told from the cards alone (`rows` in the options of a file), so the list is there at once and offline. A
file that is listed but not used unasked is not counted, and a blocked one says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexexpand.language import Language, display_name
from lexexpand.resources.licence import notes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lexexpand.resources.card import Card, FileRow


@dataclass(frozen=True, slots=True)
class Holding:
    """What one pack has for one language. `rows` is None where the card does not say how many."""

    pack: str
    kind: str
    files: int
    rows: int | None
    size: int
    licences: tuple[str, ...]
    blocked: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """The marks of its licences: NC, ND, NOASSERTION, SA."""
        return tuple(sorted({mark for licence in self.licences for mark in notes(licence)}))


@dataclass(frozen=True, slots=True)
class LanguageHoldings:
    """All that there is for one language."""

    language: Language
    packs: tuple[Holding, ...]

    def of(self, kind: str) -> tuple[Holding, ...]:
        """The holdings of the packs of one kind."""
        return tuple(holding for holding in self.packs if holding.kind == kind and holding.files)

    def rows(self, kind: str) -> int | None:
        """Rows of all packs of one kind; None where some card does not say."""
        counts = [holding.rows for holding in self.of(kind)]
        return None if None in counts else sum(count for count in counts if count is not None)

    @property
    def name(self) -> str:
        """The English name."""
        return display_name(self.language)

    @property
    def licences(self) -> tuple[str, ...]:
        """All licences, sorted."""
        return tuple(sorted({licence for holding in self.packs for licence in holding.licences}))

    def as_json(self) -> dict[str, object]:
        """Stable keys for `lexexpand languages --json`."""
        return {
            "language": str(self.language),
            "name": self.name,
            "entries": self.rows("lexicon"),
            "paradigms": self.rows("paradigms"),
            "licences": list(self.licences),
            "packs": [
                {
                    "pack": holding.pack,
                    "kind": holding.kind,
                    "files": holding.files,
                    "rows": holding.rows,
                    "bytes": holding.size,
                    "licences": list(holding.licences),
                    "notes": list(holding.notes),
                    "blocked": list(holding.blocked),
                }
                for holding in self.packs
            ],
        }


def holdings(packs: Iterable[Card], only: Collection[Language] = ()) -> tuple[LanguageHoldings, ...]:
    """What `packs` have, by language, sorted by tag.

    Args:
        packs: The cards; packs for any language are passed over, since they name none.
        only: These languages alone (under their own code); empty for all.
    """
    found: dict[Language, list[Holding]] = {}
    for card in packs:
        for language in sorted({row.language for row in card.files if row.language is not None}):
            if not only or language in only:
                holding = _holding(card, language)
                if holding.files or holding.blocked:
                    found.setdefault(language, []).append(holding)
    return tuple(LanguageHoldings(language, tuple(found[language])) for language in sorted(found))


def _holding(card: Card, language: Language) -> Holding:
    rows = [row for row in card.files if row.language == language and row.role != "doc"]
    used = [row for row in rows if row.is_default and row.role == _role(card.kind)]
    known = [count for row in used if (count := _count(card, row)) is not None]
    return Holding(
        pack=card.id,
        kind=card.kind,
        files=len(used),
        rows=sum(known) if len(known) == len(used) else None,
        size=sum(row.size for row in used),
        licences=tuple(sorted({row.licence for row in used})),
        blocked=tuple(f"{row.path}: {row.blocked}" for row in rows if row.blocked is not None),
    )


def _count(card: Card, row: FileRow) -> int | None:
    """What the card says, or the lines of a file beside it; None where neither is there."""
    told = row.options.get("rows", "")
    if told.isdecimal():
        return int(told)
    try:
        with (card.folder / row.path).open("rb") as lines:
            return sum(1 for line in lines if line.strip())
    except OSError:
        return None


def _role(kind: str) -> str:
    return kind if kind in {"text", "labelled", "rules"} else "data"
