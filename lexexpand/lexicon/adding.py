"""Take a user's dictionary in: read it first, then make it a pack.

    lexexpand lexicon add my.tsv --lang fo --licence CC-BY-4.0
    lexexpand lexicon add dictionaries/            # fao_Latn.wiktionary.tsv, sme_Latn.wiktionary.tsv ...

What can be known of a dictionary by the name of its source (`wiktionary`) is a row of
`data/lexicon_sources.tsv`: its licence, how far to trust it, whether it was turned round. The user's word
goes before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language, from_tag, related
from lexexpand.lexicon.load import source_name
from lexexpand.lexicon.readers import get_reader, sniff
from lexexpand.lexicon.rows import Request
from lexexpand.lexicon.tables import rows
from lexexpand.resources.user_packs import add_pack

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
    counts: dict[Language, int] = {}
    formats = set()
    for file, tag in _files(path, language):
        reader = sniff(file)
        formats.add(reader)
        request = Request(file, source_language, tag, skip_bad=skip_bad)
        counts[tag] = counts.get(tag, 0) + sum(1 for _ in get_reader(reader)(request))
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
        options={**options, **({"source": own} if own else {})},
        citation=citation,
        replace=replace,
    )
    return card, counts


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
