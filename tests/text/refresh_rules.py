"""Keep `files.tsv` of `morphology/analysis` in step with the tables beside it.

python tests/text/refresh_rules.py
"""

from __future__ import annotations

import hashlib
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "morphology" / "analysis"
HEADER = ["language", "role", "path", "url", "size", "sha256", "licence", "options", "blocked"]


def listing(folder: Path = FOLDER) -> str:
    """What `files.tsv` must be."""
    rows = [HEADER]
    for path in sorted(folder.glob("*_*.tsv")):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        rows.append(
            [path.name.split(".")[0], "rules", path.name, "", str(len(content)), digest, "CC0-1.0", "", ""]
        )
    return "".join("\t".join(row) + "\n" for row in rows)


if __name__ == "__main__":
    (FOLDER / "files.tsv").write_text(listing(), encoding="utf-8")
