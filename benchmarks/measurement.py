"""A measured number beside its target, with the machine it was measured on and what it depends on.

A machine is told by its processor, its cores and the versions of what does the work: no host name, no clock.
Results are lines of JSON (`results.jsonl`), and README's table is written from them.
"""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).resolve().parent
RESULTS, README = HERE / "results.jsonl", HERE / "README.md"
BEGIN, END = "<!-- results: written by --write -->", "<!-- end of results -->"


@dataclass(frozen=True)
class Measurement:
    """One number. `target` is what it should be, as in `>= 4`; empty where there is no target."""

    benchmark: str
    name: str
    value: float
    unit: str
    signature: str
    target: str = ""

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps({**asdict(self), "machine": machine()}, ensure_ascii=False)

    @property
    def shown(self) -> str:
        """The value and its unit, with as many digits as mean something."""
        size = abs(self.value)
        digits = 0 if size >= 100 or self.value == int(self.value) else 1 if size >= 10 else 2
        return f"{self.value:,.{digits}f} {self.unit}".strip()


@lru_cache(maxsize=1)
def machine() -> str:
    """What the numbers were measured on."""
    import numpy as np
    import pyarrow as pa

    return (
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()}, Python {platform.python_version()}, "
        f"numpy {np.__version__}, pyarrow {pa.__version__}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    found: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        found.setdefault(name.strip(), value.strip())
    model = found.get("model name") or platform.processor() or platform.machine()
    # A virtual machine hides the model's name; family and model numbers still say the generation.
    numbers = [
        f"{short} {found[name]}"
        for short, name in (("family", "cpu family"), ("model", "model"))
        if name in found
    ]
    return f"{model} ({', '.join(numbers)})" if numbers else model


def text_table(measured: Iterable[Measurement]) -> str:
    """Aligned columns, for a terminal."""
    rows = [(m.benchmark, m.name, m.shown, m.target) for m in measured]
    rows.insert(0, ("benchmark", "what", "measured", "target"))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        f"{a:{widths[0]}}  {b:{widths[1]}}  {c:>{widths[2]}}  {d}".rstrip() for a, b, c, d in rows
    )


def store(measured: Iterable[Measurement], path: Path = RESULTS) -> None:
    """Put new results in the place of the old ones of the same benchmarks."""
    new = list(measured)
    fresh = {m.benchmark for m in new}
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in lines if json.loads(line)["benchmark"] not in fresh]
    lines = [*kept, *(m.line() for m in new)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def write_readme(results: Path = RESULTS, readme: Path = README) -> None:
    """Write README's table from the results."""
    lines = results.read_text(encoding="utf-8").splitlines() if results.is_file() else []
    rows = [json.loads(line) for line in lines]
    text = readme.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    body = _markdown(rows) if rows else "No results yet."
    readme.write_text(f"{before}{BEGIN}\n\n{body}\n\n{END}{after}", encoding="utf-8")


def _markdown(rows: list[dict[str, str]]) -> str:
    """A table for each benchmark; the machine is named once for those that ran on the same."""
    parts: list[str] = []
    host = ""
    groups: dict[tuple[str, str, str], list[Measurement]] = {}
    for row in rows:
        where = (row.pop("machine"), row["benchmark"], row["signature"])
        groups.setdefault(where, []).append(Measurement(**row))  # type: ignore[arg-type]
    for (machine_line, benchmark, signature), measured in groups.items():
        if machine_line != host:
            host = machine_line
            parts.append(f"On {host}:")
        table = "\n".join(f"| {m.name} | {m.shown} | {m.target} |" for m in measured)
        parts.append(f"`{benchmark}` ({signature})\n\n| what | measured | target |\n|---|---:|---|\n{table}")
    return "\n\n".join(parts)
