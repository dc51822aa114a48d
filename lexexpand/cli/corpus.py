"""`lexexpand corpus`: look at corpora, count, check and export them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lexexpand.cli import output, summary

if TYPE_CHECKING:
    from lexexpand.text.corpus import Corpus

EXPORTS = ("text", "tsv", "conllu", "jsonl", "pharaoh")

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group()
def corpus() -> None:
    """Show, count, check and export corpora."""


@corpus.command()
@_folder
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "-n",
    "count",
    type=click.IntRange(min=1),
    default=summary.SENTENCES,
    show_default=True,
    help="How many sentences, spread over the corpus, where no ID is given.",
)
@click.option(
    "--explain", is_flag=True, help="A line for each word: entry, pack, licence, inflection, casing."
)
@output.json_option
def show(folder: Path, ids: tuple[str, ...], count: int, explain: bool, as_json: bool) -> None:
    """Show sentences with the origin of each word: those with an ID, or some of all."""
    from lexexpand.synthesis.show import sample_rows
    from lexexpand.synthesis.trace import explain_rows

    opened = _open(folder)
    rows = [opened.row(row_id) for row_id in ids] if ids else sample_rows(opened, count)
    if explain:
        traces = explain_rows(opened, rows)
        if as_json:
            output.emit([trace.as_dict() for trace in traces])
        else:
            click.echo("\n\n".join(map(str, traces)))
    elif as_json:
        output.emit(rows)
    else:
        summary.show_rows(rows)


@corpus.command()
@_folder
@output.json_option
def stats(folder: Path, as_json: bool) -> None:
    """Count a corpus: coverage, kinds of match, inflection, words without a translation, licences."""
    told = summary.numbers(_open(folder))
    if as_json:
        output.emit(told)
    else:
        summary.tell(told)


@corpus.command()
@_folder
@output.json_option
def verify(folder: Path, as_json: bool) -> int:
    """Check digests of all files and the laws of all rows.

    The exit code is 1 if something is wrong.
    """
    opened = _open(folder)
    findings = opened.verify()
    if as_json:
        listed = [{"file": finding.file, "message": finding.message} for finding in findings]
        output.emit({"folder": str(folder), "rows": len(opened), "findings": listed})
    else:
        for finding in findings:
            click.echo(f"{finding.file}: {finding.message}")
        if not findings:
            click.echo(f"{folder}: {len(opened):,} rows in {len(opened.shards)} shards, all as the card says")
    return output.EXIT_NO if findings else 0


@corpus.command()
@_folder
@click.option("--to", "format_", type=click.Choice(EXPORTS), required=True, help="The format to write.")
@click.option(
    "-o",
    "--output",
    "out",
    metavar="FILE",
    default="-",
    show_default=True,
    help="The file to write; - is standard output.",
)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@output.json_option
def export(folder: Path, format_: str, out: str, force: bool, as_json: bool) -> None:
    """Write a corpus in a format that other tools read.

    text: a sentence a line. tsv: text and label, or source and target. conllu: words with alignment (Align,
    words of the source counted from 1) and spans in MISC. jsonl: all columns. pharaoh: links source-target,
    counted from 0. With --json, a report of what was written (to a file).
    """
    from lexexpand.text.export import EXPORTERS, export_lines, write_lines

    if as_json and out == "-":
        raise click.UsageError("--json reports on a file that was written: name one with -o.")
    lines = export_lines(_open(folder), format_)
    if out == "-":
        for line in lines:
            sys.stdout.buffer.write(f"{line}\n".encode())
        sys.stdout.buffer.flush()
    else:
        count = write_lines(lines, Path(out), force=force)
        if as_json:
            output.emit({"file": out, "format": format_, "lines": count, "bytes": os.path.getsize(out)})
        else:
            output.note(f"{out}: {count:,} lines")
    if EXPORTERS[format_].note:
        output.note(EXPORTERS[format_].note)


def _open(folder: Path) -> Corpus:
    from lexexpand.text.corpus import Corpus

    return Corpus.open(folder)
