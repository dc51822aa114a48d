"""Checks of a card: its rows agree with each other, with the folder, and with the pack's own fields."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from lexexpand.errors import DataError, IntegrityError, Where
from lexexpand.language import Language, is_registered
from lexexpand.resources import store
from lexexpand.resources.card import OPTIONS
from lexexpand.resources.checks import Subject, check
from lexexpand.resources.licence import ids, is_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.resources.checks import Place

_NO_ROW_NEEDED = {"pack.toml", "files.tsv", "readme.md"}
_READER_KINDS = ("lexicon", "paradigms")


@check("E101")
def double_path(subject: Subject) -> Iterator[Place]:
    """Two rows of files.tsv have the same path."""
    first: dict[str, int] = {}
    for row in subject.card.files:
        if first.setdefault(row.path, row.line) != row.line:
            yield subject.row_where(row), f"{row.path!r} stands in line {first[row.path]} too"


@check("E102")
def missing_file(subject: Subject) -> Iterator[Place]:
    """A file is neither in the pack's folder nor has it a URL."""
    for row in subject.card.files:
        if not row.url and not (subject.card.folder / row.path).is_file():
            others = {path.name for path in subject.card.folder.iterdir() if path.is_file()}
            others -= {other.path for other in subject.card.files}
            alike = sorted(name for name in others if name.lower().startswith(row.path.lower()))
            yield subject.row_where(row), f"{row.path}{f' (is it {alike[0]}, renamed?)' if alike else ''}"


@check("E103")
def wrong_content(subject: Subject) -> Iterator[Place]:
    """A file in the pack's folder is not what its row says (`lexexpand pack seal` updates the row)."""
    for row in subject.card.files:
        path = subject.card.folder / row.path
        if path.is_file():
            try:
                store.verify(path, row)
            except IntegrityError as error:
                yield subject.row_where(row), str(error)


@check("E104")
def bad_url(subject: Subject) -> Iterator[Place]:
    """A URL cannot be fetched."""
    for row in subject.card.files:
        if row.url:
            try:
                store.url_path(row.url)
            except DataError as error:
                yield subject.row_where(row), str(error)


@check("E106")
def unlisted_language(subject: Subject) -> Iterator[Place]:
    """A data file's language is not among the `languages` of pack.toml."""
    if subject.card.any_language:
        return
    for row in subject.card.files:
        if row.role == "data" and row.is_default and row.language not in subject.card.languages:
            yield subject.row_where(row), str(row.language or "no language")


@check("E107")
def no_source_language(subject: Subject) -> Iterator[Place]:
    """A lexicon does not say which language it translates from (source_language)."""
    if subject.card.kind == "lexicon" and subject.card.source_language is None:
        yield Where(subject.card.folder / "pack.toml", 1), ""


@check("E108")
def no_reader(subject: Subject) -> Iterator[Place]:
    """A lexicon or a paradigms pack does not say how its files are read (reader)."""
    if subject.card.kind in _READER_KINDS and not subject.card.reader:
        yield Where(subject.card.folder / "pack.toml", 1), ""


@check("E109")
def unknown_option(subject: Subject) -> Iterator[Place]:
    """An option of a row is none that lexexpand knows, and would be passed over. Is it a slip?"""
    for row in subject.card.files:
        for key in row.options:
            if key not in OPTIONS:
                near = get_close_matches(key, OPTIONS, n=1)
                yield subject.row_where(row), f"{key!r}{f' ({near[0]}?)' if near else ''}"


@check("W201")
def unknown_licence(subject: Subject) -> Iterator[Place]:
    """A licence is not an SPDX id that lexexpand knows (lexexpand/data/licences.tsv)."""
    for row in subject.card.files:
        if ids(row.licence) and not is_known(row.licence):
            yield subject.row_where(row), repr(row.licence)


@check("W202")
def no_readme(subject: Subject) -> Iterator[Place]:
    """The pack has no README.md."""
    if not (subject.card.folder / "README.md").is_file():
        yield Where(subject.card.folder), ""


@check("W203")
def language_without_file(subject: Subject) -> Iterator[Place]:
    """A language of pack.toml has no data file that may be used."""
    usable = {row.language for row in subject.card.files if row.role != "doc" and row.blocked is None}
    for language in subject.card.languages:
        if language not in usable:
            yield Where(subject.card.folder / "pack.toml"), str(language)


@check("W204")
def unregistered_language(subject: Subject) -> Iterator[Place]:
    """A language code or script is not in the registry (ISO 639-3, ISO 15924)."""
    seen: set[Language] = set()
    for row in subject.card.files:
        if row.language is not None and row.language not in seen and not is_registered(row.language):
            yield subject.row_where(row), str(row.language)
            seen.add(row.language)


@check("W205")
def stray_file(subject: Subject) -> Iterator[Place]:
    """A file in the pack's folder has no row in files.tsv."""
    listed = {row.path for row in subject.card.files}
    folder = subject.card.folder
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden and name not in listed and name.lower() not in _NO_ROW_NEEDED:
            yield Where(path), ""


@check("W206")
def no_citation(subject: Subject) -> Iterator[Place]:
    """The card says neither how to cite the data nor where they come from."""
    if not subject.card.citation and not subject.card.homepage:
        yield Where(subject.card.folder / "pack.toml"), ""


@check("W207")
def strange_path(subject: Subject) -> Iterator[Place]:
    """A path does not work on every system (a reserved character, or a name that differs in case alone)."""
    seen: dict[str, str] = {}
    for row in subject.card.files:
        twin = seen.setdefault(row.path.casefold(), row.path)
        if twin != row.path:
            yield subject.row_where(row), f"{row.path!r} and {twin!r}"
        if not row.url and any(char in '<>:"|?*' or ord(char) < 32 for char in row.path):
            yield subject.row_where(row), repr(row.path)
