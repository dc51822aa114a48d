"""What every command shares: exit codes, JSON or text on stdout, log and progress on stderr.

| code | meaning |
|---|---|
| 0 | done |
| 1 | ran, and the answer is no (findings of a check, coverage under --fail-under) |
| 2 | wrong usage or configuration |
| 3 | data or environment missing or corrupt |
| 70 | a bug of ours; --debug shows the traceback |
| 130 | interrupted with Ctrl-C |
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lexexpand.progress import Progress

EXIT_NO = 1
EXIT_BUG = 70
EXIT_INTERRUPTED = 130

json_option = click.option("--json", "as_json", is_flag=True, help="Write JSON to standard output.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress bar, no summary.")
offline_option = click.option("--offline", is_flag=True, help="Never use the network.")
mirror_option = click.option(
    "--mirror",
    metavar="DIR|URL",
    envvar="LEXEXPAND_MIRROR",
    help="Look for files here (host + path of their URL) before the network.",
)


def emit(data: Mapping[str, Any] | Sequence[Any]) -> None:
    """Write `data` as JSON to standard output, keys in the order given."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def note(message: str) -> None:
    """Write one line of log to standard error."""
    click.echo(message, err=True)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as aligned text columns, numbers to the right; widths in code points."""
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(header), *body]) for i in range(len(header))]
    numeric = [
        bool(body)
        and all(row[i].replace(",", "").replace(".", "").rstrip("%").lstrip("-").isdigit() for row in body)
        for i in range(len(header))
    ]

    def line(cells: Sequence[str]) -> str:
        pairs = zip(cells, widths, numeric, strict=True)
        return "  ".join(c.rjust(w) if right else c.ljust(w) for c, w, right in pairs).rstrip()

    return "\n".join([line(list(header)), line(["-" * w for w in widths]), *map(line, body)])


def progress(label: str, total: int | None, unit: str, *, quiet: bool = False) -> Progress | None:
    """A progress bar on standard error, or None where nobody would see it."""
    if quiet or not sys.stderr.isatty():
        return None
    from lexexpand.progress import bar

    return bar(label, total, unit)
