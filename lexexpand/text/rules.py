"""What a language does with its apostrophes and full stops is data: where are those rows?

Packs of kind `rules` hold tables named `<language>.<table>.tsv`, with a header, listed in `files.tsv` with
role `rules`; `morphology/analysis` is the one that ships. A line that starts with `# ` is a comment.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError, MissingDataError, Where
from lexexpand.resources.packs import find_packs

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.language import Language


@lru_cache(maxsize=64)
def rule_rows(language: Language, table: str) -> tuple[dict[str, str], ...]:
    """The rows of a language's table (`contractions`), each by header; none where no pack has it.

    Raises:
        FormatError: A row has not as many cells as the header.
    """
    path = rule_path(language, table)
    return () if path is None else tuple(_read(path))


def rule_path(language: Language, table: str) -> Path | None:
    """The file of a language's table, or None: the first pack that has one."""
    for card in find_packs("rules"):
        for row in card.rows(language, "rules"):
            if row.path.endswith(f".{table}.tsv"):
                return card.folder / row.path
    return None


def rules_digest(language: Language, tables: tuple[str, ...]) -> str:
    """Eight hex digits over the rows of some tables: what was decided by them is stale when it changes."""
    rows = [[sorted(row.items()) for row in rule_rows(language, table)] for table in tables]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:8]


def _read(path: Path) -> list[dict[str, str]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError as error:
        raise MissingDataError(f"{path}: the pack lists this file and does not have it") from error
    header: list[str] = []
    rows = []
    for number, line in enumerate(lines, 1):
        line = line.rstrip("\r")
        if not line or line.startswith("# "):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
        elif len(cells) == len(header):
            rows.append(dict(zip(header, cells, strict=True)))
        else:
            raise FormatError(
                Where(path, number),
                f"{len(cells)} cells, expected {len(header)} ({', '.join(header)}). Is a tab missing?",
            )
    return rows
