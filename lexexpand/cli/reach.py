"""`lexexpand lexicon coverage`: how much of a text of the target language does a dictionary know?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.cli.lemmas import lemmatizer
from lexexpand.cli.lexicon import choice, lexicon, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lexexpand.language import Language
    from lexexpand.morphology.lemmatize import Lemmas, Lemmatizer

_CHUNK = 500


@lexicon.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@choice
@click.option(
    "--model",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="A learned inflector, for forms that no table has (default: the language's, if there is one).",
)
@click.option(
    "--paradigms",
    multiple=True,
    metavar="PACK|PATH",
    help="Tables of forms (default: all packs that have the language).",
)
@click.option("--tables-only", is_flag=True, help="No learned inflector.")
@click.option("--missing", default=20, show_default=True, metavar="N", help="Words to add next: how many.")
def coverage(
    files: tuple[Path, ...],
    folder: Path | None,
    paradigms: tuple[str, ...],
    tables_only: bool,
    missing: int,
    as_json: bool,
    **options: Any,
) -> None:
    """How many words of FILES, text in the target language, are translations of something?

    A word counts if its lemma does: by the language's paradigm tables, else by a learned inflector where it
    is sure. Then the most frequent words that the lexicon does not have: those to add next.
    """
    from lexexpand.lexicon.reach import reach
    from lexexpand.resources.fetch import Fetcher

    if tables_only and folder is not None:
        raise click.UsageError("--tables-only and --model contradict each other")
    found = load(**options)
    lemmas = lemmatizer(
        found.target,
        Fetcher(mirror=options["mirror"], offline=options["offline"]),
        paradigms,
        folder,
        model=not tables_only,
    )
    told = reach(found, _words(files, found.target), _by_and_by(lemmas))
    if as_json:
        numbers = {**asdict(told), "missing": told.missing[:missing], "share": round(told.share, 4)}
        output.emit({"language": str(found.target), **numbers})
        return
    total = sum(told.tokens.values())
    click.echo(f"{found.target}: the lexicon has {told.share:.1%} of {total:,} words")
    rows = [
        (way, told.tokens[way], told.types[way]) for way in sorted(told.tokens, key=lambda w: -told.tokens[w])
    ]
    click.echo("\n" + output.table(("known how", "words", "distinct"), rows))
    if told.missing and missing:
        click.echo("\n" + output.table(("to add next", "times"), told.missing[:missing]))


def _by_and_by(lemmatizer: Lemmatizer) -> Callable[[Sequence[str]], list[Lemmas]]:
    """Lemmatizing with a bar: a learned inflector takes its time."""

    def lemmatize(words: Sequence[str]) -> list[Lemmas]:
        bar = output.progress("lemmas", len(words), "word")
        found: list[Lemmas] = []
        for start in range(0, len(words), _CHUNK):
            chunk = words[start : start + _CHUNK]
            found += lemmatizer.lemmas_many(chunk)
            if bar is not None:
                bar.update(len(chunk))
        if bar is not None:
            bar.close()
        return found

    return lemmatize


def _words(files: tuple[Path, ...], language: Language) -> Iterator[str]:
    from lexexpand.text.lines import SourceFile, read_lines
    from lexexpand.text.report import ReadReport
    from lexexpand.text.tokenizer import tokenizer_for

    cut = tokenizer_for(language)
    for path in files:
        for _, lines in read_lines(SourceFile(path.name, path), ReadReport()):
            for tokens in cut.cut([line for line in lines if line.strip()]):
                yield from tokens
