"""Is a pack what it says it is? A table of checks, each a code and a small function.

A code that starts with E is wrong, one with W is doubtful. The first line of a check's docstring is what the
user reads, so a check without a sentence cannot be written:

    @check("E101")
    def double_path(subject: Subject) -> Iterator[Finding]:
        '''Two rows of files.tsv have the same path.'''

E1xx and W2xx look at the card, E3xx and W4xx at the content of the files that are at hand (nothing is
fetched). Rooms above this one add their own checks to the same table by importing `check`.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from lexexpand.errors import ConfigError, DataError, LexexpandError, Where
from lexexpand.resources.card import Card, FileRow, load_card
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.spreadsheet import unquoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    Place: TypeAlias = tuple[Where, str]  # where, and what exactly (may be empty)
    Check: TypeAlias = Callable[["Subject"], Iterator[Place]]

log = logging.getLogger(__name__)

CHECKS: dict[str, Check] = {}
UNREADABLE = "E100"
_UNREADABLE_MESSAGE = "The card cannot be read."


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (E) or doubtful (W): the check's code and sentence, the place, the detail."""

    code: str
    message: str
    where: Where
    detail: str = ""

    def __str__(self) -> str:
        detail = f" {self.detail}" if self.detail else ""
        return f"{self.where}: {self.code} {self.message}{detail}"


@dataclass(frozen=True)
class Subject:
    """What a check looks at: a card, and the files of it that are at hand."""

    card: Card
    files: tuple[tuple[FileRow, Path], ...]
    texts: dict[str, list[str] | None] = field(default_factory=dict)

    def row_where(self, row: FileRow) -> Where:
        """The row's place in `files.tsv`."""
        return Where(self.card.folder / "files.tsv", row.line)

    def lines(self, path: Path) -> list[str]:
        """The lines of a file, read once for all checks; none if it is not UTF-8 (which is E301).

        Cells that a spreadsheet has put in quotes stand without them, as they are read.
        """
        key = str(path)
        if key not in self.texts:
            try:
                text = path.read_bytes().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.texts[key] = None
            else:
                self.texts[key] = list(unquoted(text.replace("\r\n", "\n").split("\n")))
        return self.texts[key] or []


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of a pack has found, and how many files it could not look into."""

    findings: tuple[Finding, ...]
    files_checked: int
    files_absent: int


def check(code: str) -> Callable[[Check], Check]:
    """Put a check into the table under `code`."""

    def add(function: Check) -> Check:
        assert code not in CHECKS, f"{code} is taken"
        assert function.__doc__, f"{code}: the docstring is what the user reads"
        CHECKS[code] = function
        return function

    return add


def message(code: str) -> str:
    """The sentence that stands for a code."""
    if code == UNREADABLE:
        return _UNREADABLE_MESSAGE
    return (CHECKS[code].__doc__ or "").strip().split("\n")[0]


def check_pack(
    folder: Path,
    *,
    select: Sequence[str] = (),
    fetcher: Fetcher | None = None,
    fetch: bool = False,
    limit: int = 20,
) -> Report:
    """Run the checks on a pack.

    Args:
        folder: The pack.
        select: Codes, or beginnings of codes (`E`, `W2`); empty runs all.
        fetcher: Where to look for files; by default only beside the card, in the cache and in the mirror.
        fetch: Get files that are not at hand.
        limit: Findings of one check in one file that are listed one by one; the rest is counted.

    Raises:
        ConfigError: `select` names no check.
    """
    codes = _selected(select)
    try:
        card = load_card(folder)
    except LexexpandError as error:
        where = getattr(error, "where", Where(folder / "pack.toml"))
        told = getattr(error, "message", str(error))
        return Report((Finding(UNREADABLE, _UNREADABLE_MESSAGE, where, told),), 0, 0)
    subject, absent = _subject(card, fetcher or Fetcher(offline=True), fetch)
    found = (
        finding for code in codes if code in CHECKS for finding in _capped(code, CHECKS[code](subject), limit)
    )
    return Report(tuple(found), len(subject.files), absent)


def _selected(select: Sequence[str]) -> list[str]:
    from lexexpand.resources import card_checks, content_checks  # noqa: F401  they fill the table

    codes = sorted({UNREADABLE, *CHECKS})
    for wanted in select:
        if not any(code.startswith(wanted) for code in codes):
            raise ConfigError(f"no check begins with {wanted!r}; there are {', '.join(codes)}")
    return [code for code in codes if not select or code.startswith(tuple(select))]


def _subject(card: Card, fetcher: Fetcher, fetch: bool) -> tuple[Subject, int]:
    """The subject, and the number of files that should be checked and are not at hand."""
    here, absent = [], 0
    for row in card.files:
        if row.role == "doc" or row.blocked is not None:
            continue
        beside = card.folder / row.path
        if beside.is_file():
            here.append((row, beside))
            continue
        try:
            if not fetch and not fetcher.has(card, row):
                absent += 1
            else:
                here.append((row, fetcher.path(card, row)))
        except DataError as error:  # not to be had, or a URL that E104 speaks of
            log.warning("%s", error)
            absent += 1
    return Subject(card, tuple(here)), absent


def _capped(code: str, places: Iterable[Place], limit: int) -> Iterator[Finding]:
    """Findings of one check, those of one file beyond `limit` as one sum."""
    text = message(code)
    counts: Counter[str] = Counter()
    for where, detail in places:
        counts[str(where.path)] += 1
        if counts[str(where.path)] <= limit:
            yield Finding(code, text, where, detail)
    for path, count in counts.items():
        if count > limit:
            yield Finding(code, text, Where(path), f"... and {count - limit:,} more")
