"""Get the paradigms of a language: from the packs that have them, the user's files, the unimorph package's
store.

    load_paradigms(parse_language("fao"))                       all default packs of Faroese, in one
    load_paradigms(language, specs=["unimorph"])                one pack load_paradigms(language,
    specs=["my.tsv"])                  the user's file, or a folder `<tag>.<source>.tsv`
    load_paradigms(language, specs=["unimorph-store"])          what the unimorph package has downloaded

Curated packs come before others: where tables disagree, the forms of the first stand first. Unasked, the
store is read last, and only where $UNIMORPH names it: a folder in the home directory must not change a
corpus.

A table in another script than the language's is left out with a warning, and words stay uninflected: Tatar
tables are in Latin letters, Tatar dictionaries in Cyrillic ones. None is the answer where nothing is left.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language, related
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.tables import TableFile, same_scripts, script_of
from lexexpand.morphology.unimorph_store import STORE, is_named, store_files
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.licence import allowed
from lexexpand.resources.packs import find_packs, get_pack, pack_at
from lexexpand.resources.store import digest_of

if TYPE_CHECKING:
    from lexexpand.resources.card import Card

_LOG = logging.getLogger(__name__)
_ROOM = "paradigms"
_SAMPLE = 1 << 16
Licences = tuple[Sequence[str], Sequence[str]]


def load_paradigms(
    language: Language,
    *,
    specs: Sequence[str] = (),
    fetcher: Fetcher | None = None,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    pack_dirs: Sequence[Path] = (),
) -> Paradigms | None:
    """The paradigms of `language`, None where there are none.

    Args:
        language: In its script. specs: Packs (`unimorph`), files of packs (`unimorph:kaz.sm`), files,
        folders, or `unimorph-store`; empty
            takes the default packs that have the language.
        fetcher: Gets the files of packs.
        allow: Patterns of licences; empty allows all.
        deny: Patterns of licences that are not used.
        pack_dirs: More places to look for packs.

    Raises:
        ConfigError: `specs` names a pack or a file that does not exist.
        MissingDataError: a listed file cannot be had, or `specs` has nothing of the language.
        FormatError: a table cannot be read.
    """
    fetcher = fetcher or Fetcher()
    found = list(_named(language, specs, fetcher, pack_dirs, (allow, deny)))
    if specs and not found:
        raise MissingDataError(
            f"{', '.join(specs)}: no paradigms of {language} there (or none of an allowed licence)"
        )
    if not specs:
        found = list(_defaults(language, fetcher, pack_dirs, (allow, deny)))
        if not found:
            _warn_of_other_scripts(language, pack_dirs)
    files = [file for file in found if not _is_to_do(file) and _is_in_script(file, language)]
    if not files:
        return None
    assert fetcher.cache is not None
    return Paradigms.open(files, fetcher.cache / _ROOM, language=language)


def _defaults(
    language: Language, fetcher: Fetcher, pack_dirs: Sequence[Path], licences: Licences
) -> Iterator[TableFile]:
    cards = [
        card
        for card in find_packs("paradigms", pack_dirs=pack_dirs)
        if card.default and card.covers(language)
    ]
    for card in sorted(cards, key=lambda card: -card.quality):
        yield from _of_card(card, language, fetcher, licences)
    if is_named():
        yield from (file for file in store_files(language) if allowed(file.licence, *licences))


def _warn_of_other_scripts(language: Language, pack_dirs: Sequence[Path]) -> None:
    codes = {each.iso for each in (language, *related(language))}
    cards = find_packs("paradigms", pack_dirs=pack_dirs)
    others = sorted({str(other) for card in cards for other in card.languages if other.iso in codes})
    if others:
        _LOG.warning(
            "there are paradigms of %s, none of %s: words stay uninflected.", ", ".join(others), language
        )


def _named(
    language: Language, specs: Sequence[str], fetcher: Fetcher, pack_dirs: Sequence[Path], licences: Licences
) -> Iterator[TableFile]:
    for spec in specs:
        path = Path(spec)
        if spec == STORE:
            found = store_files(language)
        elif path.exists() and pack_at(path, "paradigms") is None:
            found = list(_of_path(path, language))
        else:
            name, _, wanted = (spec, "", "") if path.exists() else spec.partition(":")
            card = get_pack(name, "paradigms", pack_dirs=pack_dirs)
            found = list(_of_card(card, language, fetcher, licences, wanted))
            if wanted and not found:
                raise ConfigError(f"pack {card.id} has no file {wanted!r} of {language}")
        yield from (file for file in found if allowed(file.licence, *licences))


def _of_card(
    card: Card, language: Language, fetcher: Fetcher, licences: Licences, wanted: str = ""
) -> Iterator[TableFile]:
    for row in card.rows(language, defaults=not wanted):
        if wanted and wanted not in (row.path, Path(row.path).name):
            continue
        if allowed(row.licence, *licences):  # what is not allowed need not be fetched
            file = fetcher.path(card, row)
            yield TableFile(file, row.options, digest_of(file, row), card.id, card.version, row.licence)


def _of_path(path: Path, language: Language) -> Iterator[TableFile]:
    """The user's file, or the files of the language in the user's folder."""
    tags = {str(tag) for tag in (language, *related(language))}
    inside = sorted(path.iterdir()) if path.is_dir() else [path]
    for file in inside:
        if path.is_file() or (file.is_file() and file.name.partition(".")[0] in tags):
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            yield TableFile(file, {}, digest, file.name, digest[:12])


def _is_to_do(file: TableFile) -> bool:
    """Whether a table that is being written has no row yet: words stay uninflected, and that is no fault."""
    if file.options.get("unfinished") != "yes":
        return False
    with file.path.open(encoding="utf-8", errors="replace") as lines:
        return not any("\t" in line for line in lines)


def _is_in_script(file: TableFile, language: Language) -> bool:
    """Whether a table's words are in the language's script, judged by its beginning; a warning if not."""
    with file.path.open("rb") as handle:
        text = handle.read(_SAMPLE).decode("utf-8", "ignore")
    found = script_of(line.split("\t")[0] for line in text.splitlines() if "\t" in line)
    if found is None or found in same_scripts(language.script):
        return True
    _LOG.warning(
        "%s: its words are in the script %s, and %s was asked for: left out, words stay uninflected.",
        file.path, found, language,
    )  # fmt: skip
    return False
