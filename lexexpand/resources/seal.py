"""Write down what the files of a pack are: their sizes and sha256, into `files.tsv`.

Whoever edits a file of a pack (the starter's lexicon, say) makes its card wrong, and lexexpand will refuse
the file until the card says what it is now. `lexexpand pack seal DIR` does that; all else in the table stays.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lexexpand.resources.card import COLUMNS, load_card
from lexexpand.resources.store import sha256_of

if TYPE_CHECKING:
    from pathlib import Path

CHANGED = "E103"
"""The check that finds files which are not what their card says."""

_SIZE, _SHA256 = COLUMNS.index("size"), COLUMNS.index("sha256")


def seal(folder: Path) -> list[str]:
    """Bring size and sha256 of the files beside the card up to date; the paths whose rows have changed.

    Raises:
        FormatError: The card cannot be read.
    """
    card = load_card(folder)
    table = folder / "files.tsv"
    lines = table.read_text(encoding="utf-8").split("\n")
    changed = []
    for row in card.files:
        path = folder / row.path
        if not path.is_file():
            continue
        size, digest = path.stat().st_size, sha256_of(path)
        if (size, digest) != (row.size, row.sha256):
            cells = lines[row.line - 1].split("\t")
            cells[_SIZE], cells[_SHA256] = str(size), digest
            lines[row.line - 1] = "\t".join(cells)
            changed.append(row.path)
    if changed:
        draft = table.with_name(".files.tsv.part")
        draft.write_text("\n".join(lines), encoding="utf-8", newline="\n")
        os.replace(draft, table)
    return changed
