"""What is this data set, and what does each of its files hold?

A pack is a folder with a card. `pack.toml` says what is true of the whole (title, licence, how to read it),
`files.tsv` has a row for each file, whether it lies beside the card or must be fetched:

    language  role  path       url                             size   sha256    licence    options    blocked
    fao_Latn  data  en_fo.tsv  https://example.org/en_fo.tsv   76564  8f3a...   CC-BY-4.0  rows=4597

`options` are `key=value` joined by `;` (a comma-separated file says `delimiter=,`; a file that is listed but
not used unless asked for says `default=no`). A file that is still being written has neither size nor sha256:
it is taken as it is, until `lexexpand pack seal` writes them. An empty licence is the pack's. `blocked` is
empty, or the reason why the file must not be used: it is shown to whoever asks for it. Reading a card touches
no other file; every fault names file and line.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from lexexpand.errors import ConfigError, FormatError, MissingDataError, Where
from lexexpand.language import Language, from_tag, related

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SCHEMA = 1
KINDS = ("lexicon", "paradigms", "text", "labelled", "rules")
ROLES = ("data", "doc", "rules", "transfer", "text", "labelled")
NORMAL_FORMS = ("NFC", "NFD", "NFKC", "NFKD", "none")
COLUMNS = ("language", "role", "path", "url", "size", "sha256", "licence", "options", "blocked")
OPTIONS = {  # what `options` of a file can say
    "rows": "how many entries or triples it has",
    "default": "`no`: listed, and used only where it is named",
    "columns": "`swapped` (translation first), or the names of the columns with commas between",
    "delimiter": "what stands between cells, where it is not a tab",
    "reversed": "`yes`: a dictionary from the target language, turned round",
    "quality": "as the pack's, for this file alone",
    "skip-bad": "`yes`: broken lines are counted and passed over",
    "source": "the source that the user's file name has, as in `<tag>.wiktionary.tsv`",
    "content": "`gloss`, `sentences`: not what the kind of the pack says",
    "tags": "`hierarchical`: bundles with brackets",
    "split": "`train`, `dev` or `test` of the task that the file was made for",
    "authors": "`non-native`: written by people who do not speak the language; every score says so",
    "as-o": "entity types that count as no entity, with commas between",
    "holds": "test data of a task that are inside",
    "unfinished": "`yes`: a word without a translation is still to be done, paradigms may all be",
    "lookalikes": "`latin`: Latin letters in words of another script; `keep`: they are meant",
}
ANY_LANGUAGE = "*"
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row of `files.tsv`. `line` is where it stands, for messages.

    `size` is 0 and `sha256` empty while the file is being written.
    """

    language: Language | None
    role: str
    path: str
    url: str
    size: int
    sha256: str
    licence: str
    options: dict[str, str]
    blocked: str | None
    line: int = 0

    @property
    def is_sealed(self) -> bool:
        """Whether the row says what the file must be."""
        return bool(self.sha256)

    @property
    def delimiter(self) -> str:
        """What stands between cells."""
        named = self.options.get("delimiter", "\t")
        return {"tab": "\t", "comma": ",", "semicolon": ";"}.get(named, named)

    @property
    def is_default(self) -> bool:
        """Whether the file is used where nobody names it: neither blocked nor `default=no`."""
        return self.blocked is None and self.options.get("default") != "no"


@dataclass(frozen=True, slots=True)
class Card:
    """A pack: `pack.toml` and `files.tsv` of one folder, read and checked.

    `languages` is empty where the pack serves any language (`languages = ["*"]`). `quality` (1.0 curated, 0.3
    mined) decides who wins where several lexicons know a word; `default` is whether the pack is used unasked.
    """

    id: str
    kind: str
    title: str
    version: str
    languages: tuple[Language, ...]
    any_language: bool
    source_language: Language | None
    licence: str
    citation: str
    homepage: str
    reader: str
    normal_form: str
    cleaning: tuple[str, ...]
    quality: float
    default: bool
    folder: Path
    files: tuple[FileRow, ...]

    def covers(self, language: Language) -> bool:
        """Whether the pack has something for `language`, under its own code or a related one."""
        return self.any_language or any(tag in self.languages for tag in (language, *related(language)))

    def rows(self, language: Language, role: str = "data", *, defaults: bool = True) -> tuple[FileRow, ...]:
        """The rows of `language` (else of a related code) in the order of the card.

        Args:
            language: Whose files.
            role: Which of `ROLES`.
            defaults: Leave out blocked rows and those with `default=no`.
        """
        for tag in (language, *related(language)):
            listed = (row for row in self.files if row.language == tag and row.role == role)
            found = tuple(row for row in listed if row.is_default or not defaults)
            if found:
                return found
        return ()

    def reasons(self, language: Language) -> tuple[str, ...]:
        """Why files of `language` are blocked, each as `pack/path: reason`: for an error to quote."""
        tags = (language, *related(language))
        blocked = (row for row in self.files if row.language in tags and row.blocked is not None)
        return tuple(f"{self.id}/{row.path}: {row.blocked}" for row in blocked)


def load_card(folder: Path) -> Card:
    """Read the card of a pack folder; read again only when one of its two files has changed.

    Raises:
        MissingDataError: There is no `pack.toml`.
        FormatError: A field or a row is wrong; says file and line.
    """
    stamps = []
    for name in ("pack.toml", "files.tsv"):
        try:
            stat = (folder / name).stat()
        except OSError as error:
            if name == "pack.toml":
                raise MissingDataError(f"{folder}: not a pack: there is no pack.toml in it") from error
            stamps.append((0, 0))
        else:
            stamps.append((stat.st_mtime_ns, stat.st_size))
    return _load(folder, tuple(stamps))


@lru_cache(maxsize=256)
def _load(folder: Path, stamps: tuple[tuple[int, int], ...]) -> Card:
    fields = _Fields(folder / "pack.toml")
    fields.check_schema()
    tags = fields.strings("languages")
    any_language = tags == (ANY_LANGUAGE,)
    source = fields.text("source_language", "")
    path = folder / "files.tsv"
    licence = fields.text("licence")
    files = read_files(path) if path.exists() else ()
    return Card(
        id=fields.text("id"),
        kind=fields.choice("kind", KINDS),
        title=fields.text("title"),
        version=fields.text("version"),
        languages=() if any_language else tuple(fields.language("languages", tag) for tag in tags),
        any_language=any_language,
        source_language=fields.language("source_language", source) if source else None,
        licence=licence,
        citation=fields.text("citation", ""),
        homepage=fields.text("homepage", ""),
        reader=fields.text("reader", ""),
        normal_form=fields.choice("normal_form", NORMAL_FORMS, "NFC"),
        cleaning=fields.strings("cleaning"),
        quality=fields.number("quality", 1.0),
        default=fields.flag("default", True),
        folder=folder,
        files=tuple(replace(row, licence=row.licence or licence) for row in files),
    )


class _Fields:
    """The fields of a `pack.toml`, each fetched with its type; a fault knows the field's line."""

    known = frozenset(
        (
            "schema",
            "id",
            "kind",
            "title",
            "version",
            "languages",
            "source_language",
            "licence",
            "citation",
            "homepage",
            "reader",
            "normal_form",
            "cleaning",
            "quality",
            "default",
        )
    )

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.source = path.read_text(encoding="utf-8-sig")
            self.values: dict[str, Any] = tomllib.loads(self.source)
        except UnicodeDecodeError as error:
            raise FormatError(Where(path), f"not UTF-8: {error.reason} at byte {error.start}") from error
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            raise FormatError(Where(path, int(line[1]) if line else None), f"not TOML: {error}") from error
        for key in self.values:
            if key not in self.known:
                fields = ", ".join(sorted(self.known))
                raise self.fault(key, f"{key!r} is not a field of a card; the fields are {fields}")

    def fault(self, key: str, message: str) -> FormatError:
        """An error at the line where `key` is set (the first line where it is missing)."""
        lines = self.source.split("\n")
        found = [n for n, line in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\s*=", line)]
        return FormatError(Where(self.path, found[0] if found else 1), message)

    def check_schema(self) -> None:
        schema = self.values.get("schema")
        if schema != SCHEMA:
            later = isinstance(schema, int) and schema > SCHEMA
            ours = f"a card starts with `schema = {SCHEMA}`"
            advice = "written by a later lexexpand: upgrade" if later else ours
            raise self.fault("schema", f"schema is {schema!r}: {advice}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.fault(key, f"{key} must be a text, and is {value!r}")
        return value

    def choice(self, key: str, choices: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(key, default)
        if value not in choices:
            raise self.fault(key, f"{key} is {value!r}: it must be one of {', '.join(choices)}")
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(key, f"{key} must be a list of texts")
        return tuple(value)

    def number(self, key: str, default: float) -> float:
        value = self.values.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
            raise self.fault(key, f"{key} must be a number above 0, and is {value!r}")
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.fault(key, f"{key} must be true or false, and is {value!r}")
        return value

    def language(self, key: str, tag: str) -> Language:
        try:
            return from_tag(tag)
        except ConfigError as error:
            raise self.fault(key, str(error)) from error


def read_files(path: Path) -> tuple[FileRow, ...]:
    """The rows of a `files.tsv`.

    Raises:
        FormatError: The header, a row's number of cells, or a cell is wrong.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise FormatError(Where(path), f"not UTF-8: {error.reason} at byte {error.start}") from error
    if tuple(lines[0].rstrip("\r").split("\t")) != COLUMNS:
        raise FormatError(Where(path, 1), f"the header must be, with tabs between: {' '.join(COLUMNS)}")
    numbered = ((n, line.rstrip("\r")) for n, line in enumerate(lines[1:], 2))
    return tuple(_row(Where(path, n), line) for n, line in numbered if line.strip())


def _row(where: Where, line: str) -> FileRow:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        message = f"{len(cells)} cells, expected {len(COLUMNS)} ({', '.join(COLUMNS)}). Is a tab missing?"
        raise FormatError(where, message)
    tag, role, path, url, size, sha256, licence, options, blocked = cells
    if role not in ROLES:
        raise FormatError(where, f"role is {role!r}: it must be one of {', '.join(ROLES)}")
    if not _is_inside(path):
        raise FormatError(where, f"path {path!r} must be relative, with /, and stay inside the pack")
    is_draft = not url and size == sha256 == ""
    if not is_draft and not size.isdecimal():
        raise FormatError(where, f"size is {size!r}: it must be the number of bytes")
    if not is_draft and not _SHA256.fullmatch(sha256):
        raise FormatError(where, f"sha256 is {sha256!r}: it must be 64 small hexadecimal digits")
    try:
        language = from_tag(tag) if tag not in {"", "-"} else None
    except ConfigError as error:
        raise FormatError(where, str(error)) from error
    return FileRow(
        language=language,
        role=role,
        path=path,
        url=url,
        size=int(size or 0),
        sha256=sha256,
        licence=licence,
        options=_options(where, options),
        blocked=blocked or None,
        line=where.line or 0,
    )


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    outside = path.startswith("/") or ".." in parts or "\\" in path or "\0" in path
    return bool(parts) and not outside


def _options(where: Where, text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(";") if part]
    for key, sign, _ in pairs:
        if not sign or not key:
            raise FormatError(where, f"options {text!r}: must be key=value, joined by ;")
    return {key: value for key, _, value in pairs}
