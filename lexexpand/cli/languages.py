"""`lexexpand languages`: what there is for whom, from the cards alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lexexpand.cli import output

if TYPE_CHECKING:
    from lexexpand.resources.holdings import LanguageHoldings

pack_dir_option = click.option(
    "--pack-dir",
    "pack_dirs",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A folder of packs, searched before all others.",
)


@click.command()
@click.argument("tags", nargs=-1, metavar="[LANGUAGE]...")
@pack_dir_option
@output.json_option
def languages(tags: tuple[str, ...], pack_dirs: tuple[Path, ...], as_json: bool) -> None:
    """List what there is for which language.

    Entries of lexicons, triples of paradigms, packs and licences, from the packs' cards: nothing is fetched.
    A LANGUAGE is a tag or a name: fo, fao, fao_Latn, Faroese and føroyskt are the same.
    """
    from lexexpand.resources.holdings import holdings
    from lexexpand.resources.packs import find_packs

    packs = find_packs(pack_dirs=pack_dirs)
    listed = holdings(packs)
    if tags:
        listed = _chosen(tags, listed)
    open_packs = [card.id for card in packs if card.any_language]
    if as_json:
        output.emit({"languages": [each.as_json() for each in listed], "any_language": open_packs})
        return
    click.echo(
        output.table(("language", "name", "entries", "paradigms", "packs", "licences"), map(_row, listed))
    )
    for each in listed:
        for holding in each.packs:
            for reason in holding.blocked:
                output.note(f"{each.language}: {holding.pack}/{reason}")
    if open_packs:
        output.note(f"any language that they know: {', '.join(open_packs)}")


def _chosen(tags: tuple[str, ...], listed: tuple[LanguageHoldings, ...]) -> tuple[LanguageHoldings, ...]:
    """The languages that the user names, in all scripts that there are data in; related codes too."""
    from lexexpand.errors import ConfigError
    from lexexpand.language import parse_languages, related

    known = [each.language for each in listed]
    found: list[LanguageHoldings] = []
    for tag in tags:
        wanted = {other for one in parse_languages(tag, known) for other in (one, *related(one))}
        chosen = [each for each in listed if each.language in wanted]
        if not chosen:
            raise ConfigError(
                f"there are no data for {tag!r}; `lexicon add` and `morphology add` take your own"
            )
        found += chosen
    return tuple(dict.fromkeys(found))


def _row(each: LanguageHoldings) -> tuple[object, ...]:
    def count(kind: str) -> str:
        rows = each.rows(kind)
        return ("" if not each.of(kind) else "?") if not rows else f"{rows:,}"

    packs = " ".join(dict.fromkeys(holding.pack for holding in each.packs if holding.files))
    licences = " ".join(each.licences)
    return (each.language, each.name, count("lexicon"), count("paradigms"), packs or "(blocked)", licences)
