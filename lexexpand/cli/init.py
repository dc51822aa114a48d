"""`lexexpand init`: begin a language."""

from __future__ import annotations

from pathlib import Path

import click

from lexexpand.cli import output


@click.command()
@click.option("--lang", "tag", required=True, metavar="TAG", help="The language: a tag or a name.")
@click.option("--source-lang", metavar="TAG", help="Language to translate from (default: English).")
@click.option(
    "--licence", metavar="SPDX", default="NOASSERTION", help="Of what you will write, as in CC-BY-4.0."
)
@click.option("--citation", metavar="TEXT", default="", help="Who makes it.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@output.json_option
def init(tag: str, source_lang: str | None, licence: str, citation: str, folder: Path, as_json: bool) -> None:
    """Begin a language: a folder with a lexicon and a paradigm table to fill, and a checklist.

    The lexicon lists the words to translate first, with what they bring: how much of everyday text, and of
    requests to an assistant, they cover together. Ten translations are enough to see sentences.
    """
    from lexexpand.language import default_source, display_name, parse_language
    from lexexpand.lexicon.project import start_project

    language = parse_language(tag)
    from_language = parse_language(source_lang) if source_lang else default_source()
    brought = start_project(
        folder, language, source_language=from_language, licence=licence, citation=citation
    )
    table = folder / "lexicon" / f"{language}.tsv"
    command = f"lexexpand synth --lang {language} --lexicon {folder} --paradigms {folder} --preview"
    _warn_of_licence(licence)
    if as_json:
        output.emit(
            {
                "folder": str(folder),
                "language": str(language),
                "table": str(table),
                "coverage": [
                    {"words": s.words, "everyday": round(s.everyday, 4), "requests": round(s.requests, 4)}
                    for s in brought
                ],
            }
        )
        return
    click.echo(
        f"{display_name(language)} ({language}), from {display_name(from_language)} ({from_language})\n"
    )
    rows = [(f"{step.words:,}", f"{step.everyday:.0%}", f"{step.requests:.0%}") for step in brought]
    click.echo(output.table(("words", "everyday English", "requests to an assistant"), rows) + "\n")
    output.note(
        f"{folder}: begun. Fill the column `target` of {table}, from the top; after ten words:\n"
        f"  {command}\n"
        f"  lexexpand pack check {folder}\n"
        f"What else there is to do: {folder / 'README.md'}"
    )


def _warn_of_licence(licence: str) -> None:
    """Say that nobody else will understand what is stated of the licence."""
    from lexexpand.resources.licence import is_known

    if not is_known(licence):
        output.note(
            f"{licence!r} is no SPDX id that lexexpand knows: write one such as CC0-1.0, CC-BY-4.0 or "
            "CC-BY-SA-4.0 into `licence` of both pack.toml"
        )
