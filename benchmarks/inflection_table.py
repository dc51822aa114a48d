"""The tables of `inflection.jsonl`, printed, and written into `inflection.md`.

python -m benchmarks.inflection_table
"""

from __future__ import annotations

import json
from statistics import mean
from typing import TYPE_CHECKING, Any

from benchmarks.inflection import HERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PAGE, MARK = HERE / "inflection.md", "<!-- tables: written by inflection_table -->"
OFFICIAL = {
    "afb": 30.8, "amh": 65.4, "dan": 89.5, "deu": 79.8, "eng": 96.6, "fin": 80.8, "fra": 77.7, "grc": 52.6,
    "heb": 30.9, "heb_unvoc": 64.5, "hye": 86.3, "ita": 75.0, "jap": 64.1, "mkd": 91.6, "nav": 35.8,
    "rus": 86.0, "san": 62.2, "sme": 56.0, "spa": 87.8, "sqi": 83.4,
}  # fmt: skip
"""Accuracy of the shared task's non-neural baseline, run after its option parser was repaired."""

Row = dict[str, Any]
FULL: Mapping[str, Callable[[Row], float | None]] = {
    "official rules": lambda row: OFFICIAL.get(row["set"]),
    "our rules": lambda row: 100 * row["suffix_rules"],
    "accuracy": lambda row: 100 * row["accuracy"],
    "speaks on": lambda row: 100 * row["share_gated"],
    "right there": lambda row: row["precision_gated"] and 100 * row["precision_gated"],
    "at most (95 %)": lambda row: row["precision_interval"] and 100 * row["precision_interval"][1],
    "calibration error": lambda row: 100 * row["calibration_error"],
    "risk at 25 %": lambda row: 100 * row["risk"]["0.25"],
    "50 %": lambda row: 100 * row["risk"]["0.5"],
    "75 %": lambda row: 100 * row["risk"]["0.75"],
    "seconds": lambda row: row["seconds"],
    "computed / s": lambda row: row["computed_per_second"],
    "looked up / s": lambda row: row["looked_up_per_second"],
}
SHORT = ("our rules", "accuracy", "speaks on", "right there", "at most (95 %)")
LOW = ("our rules", "accuracy")
TABLES: Sequence[tuple[str, str, int, Sequence[str]]] = (
    ("All triples, with the development file", "full", 0, tuple(FULL)),
    ("All triples, `--fast`", "fast", 0, SHORT),
    ("Some 1,000 triples of whole lemmas, `--fast`, no gate", "fast", 1000, LOW),
    ("Some 100 triples of whole lemmas, `--fast`, no gate", "fast", 100, LOW),
)


def table(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[str]:
    """A row a set, and their mean; where nothing was said, nothing is counted."""
    yield "| set | " + " | ".join(columns) + " |"
    yield "|---|" + "---:|" * len(columns)
    values = [[FULL[name](row) for name in columns] for row in rows]
    for row, line in zip(rows, values, strict=True):
        yield f"| {row['set']} | " + " | ".join(map(_text, line)) + " |"
    means = [mean([v for v in column if v is not None] or [0.0]) for column in zip(*values, strict=True)]
    yield "| **mean** | " + " | ".join(f"**{_text(each)}**" for each in means) + " |"


def _text(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 101 else f"{value:.1f}"


def tables() -> str:
    """All of them."""
    with (HERE / "inflection.jsonl").open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    parts = []
    for title, how, triples, columns in TABLES:
        mine = [r for r in rows if (r["how"], r["triples"], r["split"]) == (how, triples, "tst")]
        if mine:
            parts.append(f"{title} ({len(mine)} sets):\n")
            parts.append("\n".join(table(sorted(mine, key=lambda row: str(row["set"])), columns)) + "\n")
    return "\n".join(parts)


def main() -> None:
    head, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(f"{head}{mark}\n\n{tables()}", encoding="utf-8")
    print(tables())


if __name__ == "__main__":
    main()
