"""`lexexpand lexicon`: bring a dictionary, count it, look a word up."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable

    from lexexpand.language import Language
    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.lexicon.report import CleaningReport

_lang = click.option("--lang", required=True, metavar="TAG", help="The language: fo, fao_Latn, Faroese ...")
_source_lang = click.option(
    "--source-lang", metavar="TAG", help="What it translates from (English if not said)."
)


def choice(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a lexicon."""
    options = [
        _lang,
        _source_lang,
        click.option(
            "--lexicon",
            "specs",
            multiple=True,
            metavar="PACK|PATH",
            help="A pack, a pack's file (pack:file), a file or a folder; may be given again.",
        ),
        click.option(
            "--allow-licence", "allow", multiple=True, metavar="PATTERN", help="Only these licences."
        ),
        click.option("--deny-licence", "deny", multiple=True, metavar="PATTERN", help="Not these licences."),
        output.mirror_option,
        output.offline_option,
        output.json_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def lexicon() -> None:
    """Add, show and count bilingual lexicons."""


@lexicon.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--lang", metavar="TAG", help="The language of a file; of a folder, only this language's files."
)
@_source_lang
@click.option(
    "--licence", metavar="SPDX", help="Licence, such as CC-BY-4.0 (default: what is known, or none)."
)
@click.option("--name", metavar="ID", help="Name of the pack (default: from the name of PATH).")
@click.option("--citation", default="", help="How to cite it.")
@click.option("--skip-bad", is_flag=True, help="Skip and count lines that cannot be read.")
@click.option("--replace", is_flag=True, help="Take the place of a pack of this name.")
@output.json_option
def add(
    path: Path,
    lang: str | None,
    source_lang: str | None,
    licence: str | None,
    name: str | None,
    citation: str,
    skip_bad: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Make a dictionary of your own a pack.

    PATH is a TSV, CSV or GiellaLT XML file, or a folder of files named <tag>.<source>.tsv, such as
    fao_Latn.wiktionary.tsv; a pack such as `lexexpand init` begins is taken with its card. It is read first:
    a line that cannot be read is an error, and nothing is added.
    """
    from lexexpand.language import default_source, parse_language
    from lexexpand.lexicon.adding import add_lexicon

    card, counts = add_lexicon(
        path,
        language=parse_language(lang) if lang else None,
        source_language=parse_language(source_lang) if source_lang else default_source(),
        licence=licence,
        name=name,
        citation=citation,
        skip_bad=skip_bad,
        replace=replace,
    )
    if as_json:
        told = {"pack": card.id, "version": card.version, "licence": card.licence, "folder": str(card.folder)}
        output.emit({**told, "entries": {str(language): count for language, count in counts.items()}})
        return
    total = sum(counts.values())
    languages = ", ".join(map(str, counts)) if len(counts) < 6 else f"{len(counts)} languages"
    output.note(f"pack {card.id}: {total:,} entries, {languages}, licence {card.licence}")
    if "NOASSERTION" in card.licence:
        output.note(
            "No licence is stated (NOASSERTION): say --licence, so that it can travel with what is made."
        )


@lexicon.command()
@choice
@click.option("--dropped", is_flag=True, help="List everything that cleaning dropped or changed.")
@click.option("--rule", metavar="ID", help="With --dropped: only what this rule did.")
def stats(dropped: bool, rule: str | None, as_json: bool, **options: Any) -> None:
    """Count a lexicon: entries, parts of speech, what cleaning did, licences."""
    found = load(**options)
    if dropped:
        _list_changes(found.report, rule, as_json)
        return
    numbers = _numbers(found)
    if as_json:
        output.emit(numbers)
        return
    click.echo(f"{found.source_language} -> {found.target}: {len(found):,} entries")
    packs = [(use.pack, use.entries, use.licence, use.version) for use in found.sources]
    click.echo("\n" + output.table(("pack", "translations", "licence", "version"), packs))
    facts = [
        (key, numbers[key])
        for key in ("source words", "target words", "multiword source", "multiword target")
    ]
    click.echo("\n" + output.table(("what", "number"), facts))
    click.echo("\n" + output.table(("part of speech", "entries"), numbers["upos"].items()))
    report = found.report
    click.echo(
        f"\n{report.rows:,} rows read, {report.kept:,} translations kept, {report.dropped:,} dropped, "
        f"{report.merged:,} merged, {report.identical:,} translate to themselves"
    )
    if report.counts:
        rows = [(name, count, _example(report, name)) for name, count in report.counts.items()]
        click.echo("\n" + output.table(("cleaning rule", "cells", "example"), rows))


@lexicon.command()
@click.argument("word")
@choice
def show(word: str, as_json: bool, **options: Any) -> int:
    """Show the entries of a WORD or phrase, and those that translate to it.

    A word that has none is taken back to its lemma, by the tables of forms that are on this machine or the
    language's learned inflector, and that is shown. The exit code is 1 if there are none.
    """
    found = load(**options)
    entries, back = found.look_up(word), found.look_up_target(word)
    lemmas: tuple[str, ...] = ()
    how = "none"
    if not entries and not back:
        lemmas, how = _lemmas(word, found.target, options["mirror"])
        back = tuple(entry for lemma in lemmas for entry in found.look_up_target(lemma))
    if as_json:
        told = {"entries": [*map(_entry, entries)], "as_target": [*map(_entry, back)]}
        output.emit({"word": word, "lemmas": lemmas, "lemmas_by": how, **told})
        return 0 if entries or back else output.EXIT_NO
    if lemmas and back:
        seems = "is" if how == "attested" else "is probably"
        output.note(f"{word!r} {seems} a form of {' or '.join(map(repr, lemmas))}")
    header = ("source", "target", "upos", "weight", "pack", "row", "note")
    rows = [tuple("" if v is None else v for v in _entry(entry).values()) for entry in (*entries, *back)]
    if not rows:
        packs = ", ".join(use.pack for use in found.sources)
        output.note(
            f"{word!r} is not in the lexicon from {found.source_language} into {found.target} "
            f"({len(found):,} entries of {packs})"
        )
        return output.EXIT_NO
    click.echo(output.table(header, rows))
    return 0


def _lemmas(word: str, language: Language, mirror: str | None) -> tuple[tuple[str, ...], str]:
    """What a word is a form of, by the tables that are on this machine: nothing is fetched for a question."""
    from lexexpand.cli.lemmas import lemmatizer
    from lexexpand.errors import MissingDataError
    from lexexpand.resources.fetch import Fetcher

    try:
        return lemmatizer(language, Fetcher(mirror=mirror, offline=True)).lemmas_many([word])[0]
    except MissingDataError:
        return (), "none"


def load(
    lang: str,
    source_lang: str | None,
    specs: tuple[str, ...],
    allow: tuple[str, ...],
    deny: tuple[str, ...],
    mirror: str | None,
    offline: bool,
) -> Lexicon:
    """The lexicon that the options of `choice` name."""
    from lexexpand.language import default_source, parse_language
    from lexexpand.lexicon.load import load_lexicon
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.packs import known_languages

    language: Language = parse_language(lang, known_languages("lexicon"))
    return load_lexicon(
        language,
        source_language=parse_language(source_lang) if source_lang else default_source(),
        specs=specs,
        fetcher=Fetcher(mirror=mirror, offline=offline),
        allow=allow,
        deny=deny,
    )


def _numbers(found: Lexicon) -> dict[str, Any]:
    from lexexpand.resources.licence import notes

    upos = Counter(entry.upos or "-" for entry in found)
    return {
        "language": str(found.target),
        "source_language": str(found.source_language),
        "entries": len(found),
        "source words": len(found.exact),
        "target words": len(found.targets),
        "multiword source": sum(entry.is_multiword for entry in found),
        "multiword target": sum(len(entry.target) > 1 for entry in found),
        "upos": dict(sorted(upos.items(), key=lambda item: (-item[1], item[0]))),
        "packs": [
            {
                "pack": use.pack,
                "version": use.version,
                "translations": use.entries,
                "licence": use.licence,
                "notes": list(notes(use.licence)),
            }
            for use in found.sources
        ],
        "cleaning": found.report.as_dict(),
    }


def _entry(entry: Any) -> dict[str, Any]:
    return {
        "source": entry.source_text,
        "target": entry.target_text,
        "upos": entry.upos,
        "weight": entry.weight,
        "pack": entry.pack,
        "row": entry.row,
        "note": entry.note,
    }


def _example(report: CleaningReport, rule: str) -> str:
    change = next(report.examples(rule, 1))
    text = f"{change.before} dropped" if change.after is None else f"{change.before} -> {change.after}"
    return text if len(text) <= 70 else text[:67] + "..."


def _list_changes(report: CleaningReport, rule: str | None, as_json: bool) -> None:
    changes = [change for change in report.changes if rule in (None, change.rule)]
    rows = [(c.pack, c.row, c.rule, c.before, c.after) for c in changes]
    if as_json:
        output.emit([dict(zip(("pack", "row", "rule", "before", "after"), row, strict=True)) for row in rows])
        return
    for row in rows:
        click.echo("\t".join("" if cell is None else str(cell) for cell in row))
