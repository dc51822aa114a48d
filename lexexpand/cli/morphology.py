"""`lexexpand morphology`: inflect and analyse words with a language's paradigms; count and add tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.cli.languages import pack_dir_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from lexexpand.language import Language
    from lexexpand.morphology.inflect import Inflection
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.resources.card import Card

LANG = click.option("--lang", "tag", required=True, metavar="LANGUAGE", help="A tag or a name: fao, Faroese.")
PARADIGMS = click.option(
    "--paradigms",
    "specs",
    multiple=True,
    metavar="PACK|PATH",
    help="Only these: packs, files, or unimorph-store (the unimorph package's); repeatable.",
)


@click.group()
def morphology() -> None:
    """Inflect and analyse words; count paradigms."""


def _asks(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of commands that look into a language's paradigms."""
    options = (
        LANG, PARADIGMS, pack_dir_option, output.mirror_option, output.offline_option, output.json_option,
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


MODEL = click.option(
    "--model",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A learned inflector, for words that no table has (default: the language's, if there is one).",
)


@morphology.command()
@click.argument("lemma")
@click.argument("bundle", required=False)
@_asks
@MODEL
def inflect(lemma: str, bundle: str | None, as_json: bool, folder: Path | None, **place: Any) -> int:
    """Show the form of LEMMA for a UniMorph BUNDLE such as 'N;PL', or all its cells.

    What the bundle leaves out is filled with unmarked values: 'N;PL' is the nominative, indefinite. The
    answer says how it was found: attested, nearest-cell, learned, citation (the word as it
    is), none (nothing is known). Exit code 1 where there is no form.
    """
    from lexexpand.cli.lemmas import find_inflector
    from lexexpand.morphology.inflect import Inflector

    language, paradigms = find_paradigms(**place)
    if bundle is None:
        return _show_cells(lemma, language, paradigms, as_json)
    _check_bundle(bundle, language)
    found = Inflector(paradigms, learned=find_inflector(folder, language)).inflect(lemma, bundle)
    if as_json:
        output.emit({"language": str(language), "lemma": lemma, "asked": bundle, **_as_json(found)})
    else:
        click.echo(f"{found.form}\t{found.how}\t{found.bundle or ''}")
    return 0 if found.bundle is not None else output.EXIT_NO


@morphology.command()
@click.argument("form")
@_asks
@MODEL
def analyze(form: str, as_json: bool, folder: Path | None, **place: Any) -> int:
    """Show the lemmas and cells that FORM can be. Exit code 1 where there is none.

    A form that no table has is taken back to its lemma by a learned inflector, if that is sure enough.
    """
    from lexexpand.cli.lemmas import find_inflector

    language, paradigms = find_paradigms(**place)
    found = [(lemma, str(bundle), "attested") for lemma, bundle in paradigms.analyses(form)]
    model = find_inflector(folder, language)
    if not found and model is not None:
        [(analysis, enough)] = model.analyze_many([form])
        found = [(analysis.lemma, bundle, "learned") for bundle in analysis.bundles if enough]
    if as_json:
        analyses = [{"lemma": lemma, "bundle": bundle, "how": how} for lemma, bundle, how in found]
        output.emit({"language": str(language), "form": form, "analyses": analyses})
    else:
        for lemma, bundle, how in found:
            click.echo(f"{lemma}\t{bundle}" + ("" if how == "attested" else f"\t{how}"))
    if not found:
        output.note(f"{form!r} is no form in the paradigms of {language}")
    return 0 if found else output.EXIT_NO


@morphology.command()
@_asks
@click.option(
    "--model",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A learned inflector (default: the language's, if there is one).",
)
@click.option(
    "--figure",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw how reliable it is (svg, png, pdf).",
)
def stats(as_json: bool, folder: Path | None, figure: Path | None, **place: Any) -> None:
    """Count a language's lemmas, forms and cells; show how reliable its learned inflector is."""
    from lexexpand.cli.reliability import find_model, show

    language, paradigms = find_paradigms(**place)
    counts = paradigms.stats()
    learned = find_model(language, folder, figure)
    sources = [
        {"pack": use.pack, "version": use.version, "licence": use.licence, "cells": use.entries}
        for use in paradigms.sources
    ]
    if as_json:
        told = None if learned is None else show(learned, figure, as_json=True)
        output.emit({"language": str(language), **counts, "sources": sources, "inflector": told})
        return
    report = counts.pop("report")
    by_pos = counts.pop("parts_of_speech")
    rows = [*counts.items(), *((f"cells of {pos}", count) for pos, count in by_pos.items())]
    rows += [(name.replace("_", " "), count) for name, count in report.items() if isinstance(count, int)]
    click.echo(output.table(("of " + str(language), "count"), rows))
    click.echo()
    click.echo(
        output.table(("pack", "version", "licence", "cells"), [list(source.values()) for source in sources])
    )
    for line in report["skipped"]:
        output.note(f"left out: {line}")
    if learned is not None:
        click.echo()
        show(learned, figure)


@morphology.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--lang", "tag", metavar="LANGUAGE", help="Whose paradigms; of a folder, only this language's files."
)
@click.option("--licence", default="NOASSERTION", show_default=True, metavar="SPDX", help="Of the table.")
@click.option("--name", metavar="ID", help="The pack's name; by default the file's.")
@click.option("--columns", metavar="NAMES", help="Order of the columns, e.g. lemma,tags,form.")
@click.option("--replace", is_flag=True, help="Take the place of your pack of this name.")
@click.option(
    "--unimorph", "download", is_flag=True, help="No FILE: let the unimorph package download --lang."
)
@output.json_option
def add(
    file: Path | None,
    tag: str | None,
    licence: str,
    name: str | None,
    columns: str | None,
    replace: bool,
    download: bool,
    as_json: bool,
) -> None:
    """Make a table of paradigms (or a folder of them) one of your packs.

    FILE has lemma, form and UniMorph features, with tabs between. A folder's files are named
    <tag>.<source>.tsv; a pack such as `lexexpand init` begins is taken with its card. It is read once before
    it is taken, and copied. With --unimorph the unimorph package clones the language's repository into its
    own store ($UNIMORPH), which is read from there on.
    """
    if download == (file is not None):
        raise click.UsageError("give either FILE or --unimorph")
    language = None if tag is None else find_language(tag)
    if file is None:
        if language is None:
            raise click.UsageError("--unimorph needs --lang")
        _download(language, as_json)
        return
    from lexexpand.errors import MissingDataError
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.morphology.tables import TableFile
    from lexexpand.resources.packs import pack_at
    from lexexpand.resources.user_packs import add_pack, copy_pack

    stated = None if licence == "NOASSERTION" else licence
    options = {"columns": columns} if columns else {}
    if not file.exists():
        raise MissingDataError(f"{file}: there is no such file or folder")
    begun = pack_at(file, "paradigms") if file.is_dir() else None
    if begun is not None:
        _tell_added(copy_pack(begun, {}, licence=stated, name=name, replace=replace), None, as_json)
        return
    cells = None
    if file.is_file():
        cells = Paradigms.open([TableFile(file, options)], language=language).stats()["cells"]
    card = add_pack(
        "paradigms",
        file,
        language,
        licence=licence,
        name=name,
        reader="unimorph",
        options=options,
        replace=replace,
    )
    _tell_added(card, cells, as_json)


def _tell_added(card: Card, cells: int | None, as_json: bool) -> None:
    said = {"pack": card.id, "folder": str(card.folder), "languages": [str(each) for each in card.languages]}
    if as_json:
        output.emit({**said, "cells": cells, "licence": card.licence})
    else:
        counted = "" if cells is None else f", {cells:,} cells"
        click.echo(f"{card.id}: {', '.join(said['languages'])}{counted}, {card.licence}, in {card.folder}")


def _download(language: Language, as_json: bool) -> None:
    from lexexpand.morphology.unimorph_store import VARIABLE, download, is_named, store_dir

    files = download(language)
    if as_json:
        output.emit(
            {"store": str(store_dir()), "language": str(language), "files": [str(f.path) for f in files]}
        )
    else:
        click.echo("\n".join(str(file.path) for file in files))
    if not is_named():
        output.note(f"it is used where {VARIABLE} names the store, or with --paradigms unimorph-store")


def find_language(tag: str) -> Language:
    """The language that a tag or a name means."""
    from lexexpand.language import parse_language
    from lexexpand.resources.packs import known_languages

    return parse_language(tag, known_languages("paradigms"))


def find_paradigms(
    tag: str, specs: tuple[str, ...], pack_dirs: tuple[Path, ...], mirror: str | None, offline: bool
) -> tuple[Language, Paradigms]:
    """The language and its paradigms; an error that says what to do where there are none."""
    from lexexpand.errors import MissingDataError
    from lexexpand.language import parse_language
    from lexexpand.morphology.load import load_paradigms
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.packs import known_languages

    language = parse_language(tag, known_languages("paradigms", pack_dirs=pack_dirs))
    fetcher = Fetcher(mirror=mirror, offline=offline)
    found = load_paradigms(language, specs=specs, fetcher=fetcher, pack_dirs=pack_dirs)
    if found is None:
        raise MissingDataError(
            f"no pack has paradigms of {language}. `lexexpand morphology add FILE --lang {language}` takes "
            f"your own; `lexexpand morphology add --unimorph --lang {language}` asks UniMorph."
        )
    return language, found


def _show_cells(lemma: str, language: Language, paradigms: Paradigms, as_json: bool) -> int:
    cells = [{"bundle": str(bundle), "form": form} for bundle, form in paradigms.cells(lemma)]
    if as_json:
        output.emit({"language": str(language), "lemma": lemma, "cells": cells})
    else:
        for cell in cells:
            click.echo(f"{cell['form']}\t{cell['bundle']}")
    if not cells:
        output.note(f"{lemma!r} is no lemma in the paradigms of {language}")
    return 0 if cells else output.EXIT_NO


def _check_bundle(bundle: str, language: Language) -> None:
    """Refuse values that the schema does not have; name those like them."""
    from lexexpand.errors import ConfigError
    from lexexpand.morphology.features import FeatureBundle
    from lexexpand.morphology.schema import suggestions

    parsed = FeatureBundle.parse(bundle, language.iso)
    for value in parsed.unknown:
        near = suggestions(value)
        hint = f" Is it {' or '.join(near)}?" if near else ""
        raise ConfigError(f"{value!r} in {bundle!r} is not in the UniMorph schema.{hint}")
    if parsed.pos is None:
        raise ConfigError(f"{bundle!r} names no part of speech. Write e.g. N;PL, V;PST or ADJ;CMPR.")


def _as_json(found: Inflection) -> dict[str, Any]:
    bundle = None if found.bundle is None else str(found.bundle)
    return {"form": found.form, "how": found.how, "bundle": bundle, "confidence": found.confidence}
