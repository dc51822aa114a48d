"""Take a user's dictionary in: read it first, then make it a pack.

    lexexpand lexicon add my.tsv --lang fo --licence CC-BY-4.0
    lexexpand lexicon add mine                     # what `lexexpand init` has begun, with its card
    lexexpand lexicon add dictionaries/            # fao_Latn.wiktionary.tsv, sme_Latn.wiktionary.tsv ...

What can be known of a dictionary by the name of its source (`wiktionary`) is a row of
`data/lexicon_sources.tsv`: its licence, how far to trust it, whether it was turned round. The user's word
goes before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language, from_tag, related
from lexexpand.lexicon.load import load_lexicon, source_name
from lexexpand.lexicon.proof import dictionaries
from lexexpand.lexicon.readers import get_reader, sniff
from lexexpand.lexicon.rows import Request
from lexexpand.lexicon.tables import rows
from lexexpand.resources.packs import pack_at
from lexexpand.resources.user_packs import add_pack, copy_pack

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.resources.card import Card

_DOCUMENTS = ("readme", "license", "licence", "copying", "authors")


def add_lexicon(
    path: Path,
    *,
    language: Language | None,
    source_language: Language,
    licence: str | None = None,
    name: str | None = None,
    citation: str = "",
    skip_bad: bool = False,
    replace: bool = False,
) -> tuple[Card, dict[Language, int]]:
    """Make a file or folder a pack of the user's, and count its rows by language.

    Raises:
        FormatError: A line cannot be read, and `skip_bad` is not set.
        ConfigError: No language is named, or there is another pack of that name.
        MissingDataError: There is no entry in it, or it is neither a file nor a folder.
    """
    begun = pack_at(path, "lexicon") if path.is_dir() else None
    if begun is not None:
        return _add_pack_of(begun, licence=licence, name=name, citation=citation, replace=replace)
    counts: dict[Language, int] = {}
    formats = set()
    for file, tag in _files(path, language):
        reader = sniff(file)
        formats.add(reader)
        request = Request(file, source_language, tag, skip_bad=skip_bad)
        rows_read = get_reader(reader)(request)
        counts[tag] = counts.get(tag, 0) + sum(1 for row in rows_read if row.target.strip())
    if counts and not any(counts.values()):
        raise MissingDataError(
            f"{path}: no entry in it, so nothing is added. Two columns are enough: word, translation."
        )
    known = {row["source"]: row["licence"] for row in rows("lexicon_sources")}
    own = source_name(path) if path.is_file() else ""
    options = {"skip-bad": "yes"} if skip_bad else {}
    card = add_pack(
        "lexicon",
        path,
        language,
        source_language=source_language,
        licence=licence or (known.get(own, "NOASSERTION") if path.is_file() else known),
        name=name,
        reader=formats.pop() if len(formats) == 1 else "tsv",
        options={**options, **({"source": own} if own else {}), **_counted(path, counts)},
        citation=citation,
        replace=replace,
    )
    return card, counts


def _counted(path: Path, counts: dict[Language, int]) -> dict[str, str]:
    """How many rows of the one file have a translation, for the list of languages."""
    return {"rows": str(sum(counts.values()))} if path.is_file() else {}


def _add_pack_of(
    card: Card, *, licence: str | None, name: str | None, citation: str, replace: bool
) -> tuple[Card, dict[Language, int]]:
    """Copy a pack with its card; each file must be as loading would have it."""
    counts: dict[Language, int] = {}
    by_path: dict[str, int] = {}
    for row, _ in dictionaries(card):
        assert row.language is not None
        lexicon = load_lexicon(row.language, source_language=card.source_language, specs=[str(card.folder)])
        by_path[row.path] = counts[row.language] = len(lexicon)
    if not any(counts.values()):
        raise MissingDataError(f"{card.folder}: no translation in it yet, so nothing is added")
    copied = copy_pack(card, by_path, licence=licence, name=name, citation=citation, replace=replace)
    return copied, counts


def _files(path: Path, language: Language | None) -> list[tuple[Path, Language]]:
    """The files to read, each with its language; names that are none of ours are `add_pack`'s to refuse."""
    if path.is_file():
        if language is None:
            raise ConfigError(f"{path}: say which language it is in (--lang)")
        return [(path, language)]
    if not path.is_dir():
        raise MissingDataError(f"{path}: neither a file nor a folder")
    wanted = {language, *related(language)} if language is not None else None
    found = []
    for file in sorted(path.iterdir()):
        if not file.is_file() or file.name.startswith(".") or file.name.lower().startswith(_DOCUMENTS):
            continue
        try:
            tag = from_tag(file.name.partition(".")[0])
        except ConfigError:
            continue
        if wanted is None or tag in wanted:
            found.append((file, tag))
    return found
