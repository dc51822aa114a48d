"""What a corpus's card says, as tables for people and as JSON with stable keys; and sentences, in colour."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lexexpand.synthesis.show import Line
    from lexexpand.text.corpus import Corpus

MISSED_SHOWN = 15
SENTENCES = 10
INFLECTED = ("attested", "nearest-cell", "learned")
_COLOURS: dict[str, dict[str, Any]] = {
    "translated": {"fg": "green"},
    "phrase": {"fg": "cyan"},
    "missed": {"fg": "red"},
    "copied": {"dim": True},
}


def numbers(corpus: Corpus) -> dict[str, Any]:
    """The summary of a corpus; the keys are part of the command line's promise."""
    from lexexpand.resources.licence import notes

    card = corpus.card
    counts = card["counts"]
    match, inflection = dict(counts.get("match", {})), dict(counts.get("inflection", {}))
    translated = sum(inflection.values())
    return {
        "language": card["language"],
        "name": card["name"],
        "kind": card["kind"],
        "folder": str(corpus.folder),
        "seed": card["seed"],
        "read": card["source"]["sentences"],
        "skipped": card["source"]["skipped"]["skipped"],
        "kept": card["rows"],
        "dropped": card["dropped"],
        "tokens": counts.get("tokens", 0),
        "coverage": card["coverage"],
        "coverage_content": card["coverage_content"],
        "match": match,
        "inflection": inflection,
        "inflected": {name: _share(count, translated) for name, count in inflection.items()},
        "phrases": counts.get("phrases", 0),
        "said_by_form": counts.get("dropped_words", 0),
        "missed": card["missed"][:MISSED_SHOWN],
        "packs": [{**pack, "notes": list(notes(pack["licence"]))} for pack in card["packs"]],
        "licences": card["licences"],
        "analyzer": card["source"]["analyzer"],
        "content": card["content"],
    }


def tell(told: Mapping[str, Any]) -> None:
    """The summary as text."""
    skipped = f", {told['skipped']:,} broken lines skipped" if told["skipped"] else ""
    click.echo(f"{told['name']} ({told['language']}), {told['kind']}, seed {told['seed']}")
    click.echo(f"{told['read']:,} sentences read{skipped}, {told['kept']:,} kept, {told['tokens']:,} tokens")
    for reason, count in told["dropped"].items():
        click.echo(f"    {count:,} dropped: {reason}")
    content = percent(told["coverage_content"])
    click.echo(f"coverage {percent(told['coverage'])} of words, {content} of content words\n")
    rows = _counted(told["match"])
    if rows:
        click.echo(output.table(("match", "units", "share"), rows) + "\n")
    rows = _counted(told["inflection"])
    if rows:
        click.echo(output.table(("inflection", "translated", "share"), rows) + "\n")
    if told["missed"]:
        click.echo("Most often without a translation (what a lexicon of your own should add first):")
        click.echo("    " + _missed(told["missed"]) + "\n")
    click.echo(output.table(("pack", "kind", "rows", "licence", "binds"), _pack_rows(told["packs"])))
    click.echo(f"\n{told['folder']}")


def show_rows(rows: Iterable[Mapping[str, Any]]) -> None:
    """Sentences with their origins, a blank line behind each."""
    from lexexpand.synthesis.show import sentence_lines

    for row in rows:
        click.echo(f"{row['id']}  coverage {row['coverage']:.2f}")
        for line in sentence_lines(row):
            click.echo(coloured(line))
        click.echo()


def coloured(line: Line) -> str:
    """A line, in colour where standard output is a terminal and NO_COLOR is not set."""
    if os.environ.get("NO_COLOR") or not sys.stdout.isatty():
        return "".join(piece.text for piece in line)
    return "".join(click.style(piece.text, **_COLOURS.get(piece.role, {})) for piece in line)


def percent(share: float | None) -> str:
    """A share as people read it; `-` where there is nothing to share."""
    return "-" if share is None else f"{100 * share:.1f}%"


def licence_text(packs: Sequence[Mapping[str, Any]]) -> str:
    """The licences of packs in one line, each with its marks."""
    told = {pack["licence"]: f" [{' '.join(pack['notes'])}]" if pack["notes"] else "" for pack in packs}
    return ", ".join(f"{licence}{marks}" for licence, marks in sorted(told.items()))


def _counted(counts: Mapping[str, int]) -> list[tuple[str, str, str]]:
    total = sum(counts.values())
    return [(name, f"{count:,}", percent(_share(count, total))) for name, count in counts.items() if count]


def _missed(words: Sequence[Mapping[str, Any]]) -> str:
    told = (
        f"{word['lemma']}{'' if word['upos'] == '_' else '/' + word['upos']} {word['count']}"
        for word in words
    )
    return ", ".join(told)


def _pack_rows(packs: Sequence[Mapping[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (
            f"{pack['id']}",
            pack["kind"],
            f"{pack['entries']:,}",
            pack["licence"],
            " ".join(pack["notes"]) or "-",
        )
        for pack in packs
    ]


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
