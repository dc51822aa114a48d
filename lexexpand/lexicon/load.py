"""Get the lexicon of a language: from the packs that have it, or from what the user names.

    load_lexicon(parse_language("fao"))                                      all default packs of Faroese
    load_lexicon(language, specs=["gatitos"])                                one pack
    load_lexicon(language, specs=["gatitos:fo_en.tsv"])                      one file of a pack
    load_lexicon(language, specs=["my.tsv", "dictionaries/"])                the user's files

A folder holds files named `<tag>.<source>.tsv`; those of the language are read. Licences are filtered here,
at the source; a dictionary in another script than the language's is an error, since no word of it could be
meant. A file that took long to clean is kept, cleaned, in the cache, under a digest of its content, the
rules and this code.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, DataError, MissingDataError
from lexexpand.language import Language, default_source, from_tag, related
from lexexpand.lexicon import memory
from lexexpand.lexicon.cldr import has_locale
from lexexpand.lexicon.cleaning import Clean, Cleaner
from lexexpand.lexicon.merging import Part, merge
from lexexpand.lexicon.readers import get_reader, sniff
from lexexpand.lexicon.report import Change, CleaningReport, total
from lexexpand.lexicon.rows import Request
from lexexpand.lexicon.scripts import dominant_script
from lexexpand.lexicon.tables import rows
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.licence import allowed
from lexexpand.resources.packs import blocked_reasons, find_packs, get_pack, pack_at
from lexexpand.resources.store import digest_of
from lexexpand.resources.use import PackUse

if TYPE_CHECKING:
    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.resources.card import Card, FileRow

log = logging.getLogger(__name__)

NO_FILE = Path("(no file)")
"""The path of a reader that reads none."""


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """A file to read, and all that is known of it."""

    pack: str
    version: str
    path: Path
    sha256: str
    licence: str
    reader: str
    cleaning: tuple[str, ...]
    options: dict[str, str]
    quality: float
    is_reversed: bool
    skip_bad: bool


def load_lexicon(
    language: Language,
    *,
    source_language: Language | None = None,
    specs: Sequence[str] = (),
    fetcher: Fetcher | None = None,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    pack_dirs: Sequence[Path] = (),
) -> Lexicon:
    """The lexicon into `language`.

    Args:
        language: The target language, in its script.
        source_language: What it translates from; English if nothing else is said.
        specs: Packs (`gatitos`), files of packs (`gatitos:fo_en.tsv`), files or folders; empty takes the
            default packs that have the language.
        fetcher: Gets the files of packs.
        allow: Patterns of licences; empty allows all.
        deny: Patterns of licences that are not used.
        pack_dirs: More places to look for packs.

    Raises:
        ConfigError: A pack or a file of one does not exist.
        MissingDataError: No pack has the language, or licences leave none, or a file cannot be had.
        DataError: A dictionary is in another script than the language.
        FormatError: A line of the user's own file cannot be read; says file and line.
    """
    source_language = source_language or default_source()
    fetcher = fetcher or Fetcher()
    files = list(_files(language, source_language, specs, fetcher, pack_dirs, (allow, deny)))
    refused = sorted({file.licence for file in files if not allowed(file.licence, allow, deny)})
    files = [file for file in files if file.licence not in refused]
    if not files or (not specs and all(file.path == NO_FILE for file in files)):
        # Names of countries and months alone are no dictionary; whoever wants just them names the pack.
        raise MissingDataError(_nothing(language, source_language, specs, refused, pack_dirs))
    packs: dict[str, list[LexiconFile]] = {}
    for file in files:
        packs.setdefault(file.pack, []).append(file)
    parts = [part for found in packs.values() for part in _read_pack(found, source_language, language)]
    return merge(parts, source_language, language)


def _nothing(
    language: Language,
    source: Language,
    specs: Sequence[str],
    refused: Sequence[str],
    pack_dirs: Sequence[Path],
) -> str:
    if refused:
        licences = ", ".join(refused)
        return (
            f"the lexicons of {language} are under {licences}: --allow-licence and --deny-licence leave none"
        )
    if specs:
        return f"{', '.join(specs)}: nothing from {source} into {language} there"
    blocked = blocked_reasons("lexicon", language, pack_dirs)
    why = f" Blocked: {'; '.join(blocked)}." if blocked else ""
    return (
        f"no pack has a lexicon from {source} into {language}.{why} "
        "`lexexpand languages` lists what there is; `lexexpand lexicon add FILE --lang TAG` brings your own."
    )


Licences = tuple[Sequence[str], Sequence[str]]


def _files(
    language: Language,
    source: Language,
    specs: Sequence[str],
    fetcher: Fetcher,
    pack_dirs: Sequence[Path],
    licences: Licences,
) -> Iterator[LexiconFile]:
    if not specs:
        for card in find_packs("lexicon", pack_dirs=pack_dirs):
            if card.default and card.covers(language) and card.source_language in (None, source):
                yield from _files_of_card(card, language, fetcher, licences)
    for spec in specs:
        path = Path(spec)
        if path.exists() and pack_at(path, "lexicon") is None:
            yield from _files_of_path(path, language)
            continue
        name, _, wanted = (spec, "", "") if path.exists() else spec.partition(":")
        card = get_pack(name, "lexicon", pack_dirs=pack_dirs)
        if card.source_language not in (None, source):
            raise ConfigError(f"pack {card.id} translates from {card.source_language}, not from {source}")
        found = list(_files_of_card(card, language, fetcher, licences, wanted))
        if wanted and not found:
            raise ConfigError(f"pack {card.id} has no file {wanted!r} of {language}")
        yield from found


def _files_of_card(
    card: Card, language: Language, fetcher: Fetcher, licences: Licences, wanted: str = ""
) -> Iterator[LexiconFile]:
    if card.reader == "cldr":
        if has_locale(language):
            yield _file_of_card(card, None, NO_FILE)
        return
    for row in card.rows(language, defaults=False):
        if row.blocked is not None and row.options.get("default") != "no":
            log.warning("%s of %s is not used: %s", row.path, card.id, row.blocked)
    for row in card.rows(language, defaults=not wanted):
        if wanted and wanted not in (row.path, Path(row.path).name):
            continue
        is_allowed = allowed(row.licence, *licences)  # what is not allowed need not be fetched
        yield _file_of_card(card, row, fetcher.path(card, row) if is_allowed else NO_FILE)


def _file_of_card(card: Card, row: FileRow | None, path: Path) -> LexiconFile:
    options = dict(row.options) if row is not None else {}
    facts = _facts(options.get("source", card.id))
    is_reversed = options.get("reversed", facts.get("reversed", "")) == "yes" or card.reader == "giellalt"
    quality = float(options.get("quality", facts.get("quality", card.quality)))
    return LexiconFile(
        card.id,
        card.version,
        path,
        digest_of(path, row) if row is not None and path != NO_FILE else "",
        row.licence if row is not None else card.licence,
        card.reader if card.reader not in ("", "tsv") or path == NO_FILE else sniff(path),
        card.cleaning,
        options,
        min(quality, card.quality),
        is_reversed,
        skip_bad=bool(row is not None and row.url) or options.get("skip-bad") == "yes",
    )


def _files_of_path(path: Path, language: Language) -> Iterator[LexiconFile]:
    """The user's file, or the files of the language in the user's folder."""
    if path.is_file():
        yield _file_of_path(path)
        return
    tags = {str(tag) for tag in (language, *related(language))}
    found = [
        file for file in sorted(path.iterdir()) if file.is_file() and file.name.partition(".")[0] in tags
    ]
    if not found:
        raise MissingDataError(
            f"{path}: no file of {language} there; their names are like {language}.mine.tsv"
        )
    for file in found:
        yield _file_of_path(file)


def _file_of_path(path: Path) -> LexiconFile:
    facts = _facts(source_name(path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return LexiconFile(
        path.name.removesuffix(path.suffix),
        digest[:12],
        path,
        digest,
        facts.get("licence", "NOASSERTION"),
        sniff(path),
        (),
        {},
        float(facts.get("quality", 1.0)),
        facts.get("reversed") == "yes",
        skip_bad=False,
    )


def source_name(path: Path) -> str:
    """The source in a file's name: `wiktionary` of `<tag>.wiktionary.tsv`, else nothing."""
    parts = path.name.split(".")
    try:
        from_tag(parts[0])
    except ConfigError:
        return ""
    return parts[1] if len(parts) > 2 else ""


def _facts(source: str) -> dict[str, str]:
    return next((row for row in rows("lexicon_sources") if row["source"] == source), {})


def _read_pack(files: Sequence[LexiconFile], source: Language, target: Language) -> list[Part]:
    """The translations of a pack's files: a part for each kind of file, row numbers running through all."""
    found: dict[tuple[float, bool], list[tuple[LexiconFile, list[Clean], CleaningReport]]] = {}
    before = 0
    for file in files:
        cleans, report, last = _read_file(file, source, target)
        if before:
            cleans = [clean._replace(number=clean.number + before) for clean in cleans]
            report = replace(report, changes=tuple(replace(c, row=c.row + before) for c in report.changes))
        before += last
        found.setdefault((file.quality, file.is_reversed), []).append((file, cleans, report))
    parts = [_part(kind, read) for kind, read in found.items()]
    _check_script(files, total(part.report for part in parts), target)
    return parts


def _part(kind: tuple[float, bool], read: Sequence[tuple[LexiconFile, list[Clean], CleaningReport]]) -> Part:
    files = [file for file, _, _ in read]
    found = [clean for _, found, _ in read for clean in found]
    cleans = [clean for clean in found if not clean.is_absent]
    absent = tuple((" ".join(clean.source), clean.upos or "") for clean in found if clean.is_absent)
    licence = " AND ".join(sorted({file.licence for file in files}))
    digests = tuple(file.sha256 for file in files if file.sha256)
    use = PackUse(files[0].pack, files[0].version, licence, digests, len(cleans))
    return Part(use, cleans, total(report for _, _, report in read), *kind, absent)


def _read_file(
    file: LexiconFile, source: Language, target: Language
) -> tuple[list[Clean], CleaningReport, int]:
    """Translations and report of one file, and its highest row number; from the cache where they are kept."""
    key = memory.key_of(file.sha256, file.reader, file.cleaning, file.options, source, target)
    kept = memory.recall(key) if file.sha256 else None
    if kept is not None:
        return kept
    with memory.stopwatch() as watch:
        request = Request(file.path, source, target, file.options, file.skip_bad)
        read = list(get_reader(file.reader)(request))
        cleans, report = Cleaner(source, target, (file.reader, *file.cleaning)).clean(read, file.pack)
        bad = tuple(Change(file.pack, number, "broken-line", line, None) for number, line in request.skipped)
        report = replace(report, rows=report.rows + len(bad), changes=bad + report.changes)
        last = max((row.number for row in read), default=0)
        last = max([last, *(number for number, _ in request.skipped)])
    if file.sha256 and watch.seconds > memory.WORTH_KEEPING:
        memory.keep(key, cleans, report, last)
    return cleans, report, last


def _check_script(files: Sequence[LexiconFile], report: CleaningReport, language: Language) -> None:
    """Refuse a dictionary most of whose translations are in another script than the language asked for."""
    foreign = [change for change in report.changes if change.rule == "other-script"]
    if len(foreign) <= report.kept:
        return
    found = dominant_script(change.before.rpartition(" = ")[2] for change in foreign)
    raise DataError(
        f"{files[0].path}: its translations are in the script {found}, and {language} was asked for. "
        f"Ask for {language.iso}_{found}, or name a lexicon in {language.script}."
    )
