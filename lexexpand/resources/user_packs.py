"""A user's own dictionary becomes a pack: copied, described, and never changed in place.

`lexexpand lexicon add my.tsv --lang fao` must make `my.tsv` as good as a shipped pack: with a licence, a
sha256 and a name that stands in the card of every corpus made from it. So the file is copied into the user's
folder of packs, under a card. A folder of files that are named `<tag>.<source>.<suffix>`, such as
`fao_Latn.wiktionary.tsv`, becomes one pack with a row for each file. The pack is written beside its place and
renamed: it is there, or it is not.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language, from_tag, related
from lexexpand.resources.card import COLUMNS, SCHEMA, Card, load_card
from lexexpand.resources.packs import user_pack_dir
from lexexpand.resources.store import disk_error, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_DOCUMENTS = ("readme", "license", "licence", "copying", "authors")


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file that a user brings.

    Attributes:
        path, language: where it is, and whose language it is in.
        source: the name of its source, if its own name has one.
        role: as in `files.tsv`.
        licence: SPDX id, where it is known of the file.
        options: of its row.
    """

    path: Path
    language: Language | None
    source: str
    role: str = "data"
    licence: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def add_pack(
    kind: str,
    source: Path,
    language: Language | None = None,
    *,
    source_language: Language | None = None,
    licence: str | Mapping[str, str] = "NOASSERTION",
    name: str | None = None,
    title: str = "",
    reader: str = "tsv",
    cleaning: Sequence[str] = (),
    quality: float = 1.0,
    default: bool = True,
    options: Mapping[str, str] | None = None,
    citation: str = "",
    homepage: str = "",
    replace: bool = False,
) -> Card:
    """Write a pack into the user's folder from a file, or from a folder of `<tag>.<source>.<suffix>` files.

    Args:
        kind: `lexicon`, `paradigms`, `text` or `labelled`.
        source: The file or folder; it is only read.
        language: The file's language; of a folder, take this language's files alone.
        source_language: For a lexicon, the language that it translates from.
        licence: SPDX id of all files, or one for each source name (`{"wiktionary": "CC-BY-SA-3.0"}`).
        name: The pack's id; by default from the name of `source`.
        title: A line that says what it is.
        reader: How the files are read.
        cleaning: Names of cleaning profiles.
        quality: 1.0 for curated data, 0.3 for mined ones.
        default: Whether it is used where nobody names it.
        options: Options of every file (`{"delimiter": ","}`).
        citation: How to cite it.
        homepage: Where it comes from.
        replace: Take the place of a pack of this name.

    Raises:
        ConfigError: No language, a wrong name, or a pack of this name with another content.
        MissingDataError: There is no such file or folder, or nothing in it.
    """
    files = _user_files(source, language)
    card_id = name or _slug(source.stem if source.is_file() else source.resolve().name)
    if not _ID.fullmatch(card_id):
        raise ConfigError(
            f"{card_id!r} cannot be the name of a pack: small letters, digits, `.`, `_` and `-` only"
        )
    fields: dict[str, object] = {
        "schema": SCHEMA,
        "id": card_id,
        "kind": kind,
        "title": title or f"{source.name}, added by the user",
        "languages": sorted({str(file.language) for file in files if file.language is not None}),
        **({"source_language": str(source_language)} if source_language is not None else {}),
        "licence": _card_licence(licence, files),
        "citation": citation,
        "homepage": homepage,
        "reader": reader,
        "cleaning": list(cleaning),
        "quality": quality,
        "default": default,
    }
    return _write(user_pack_dir() / kind / card_id, fields, files, licence, options or {}, replace)


def copy_pack(
    card: Card,
    rows: Mapping[str, int],
    *,
    licence: str | None = None,
    name: str | None = None,
    citation: str = "",
    replace: bool = False,
) -> Card:
    """Copy a pack, such as one that `lexexpand init` has begun, into the user's folder: card, files and all.

    Args:
        card: the pack.
        rows: how many rows count, by path.
        licence, name, citation: in place of what the card says.
        replace: take the place of a pack of this name.

    Raises:
        ConfigError: there is another pack of this name, or two files of one name.
        MissingDataError: a file does not lie beside the card.
    """
    listed = [row for row in card.files if not row.url]
    files = [
        UserFile(
            card.folder / row.path,
            row.language,
            "",
            row.role,
            licence or row.licence,
            {**row.options, **({"rows": str(rows[row.path])} if row.path in rows else {})},
        )
        for row in listed
    ]
    known = {file.path for file in files}
    files += [
        UserFile(path, None, "", "doc", licence or card.licence)
        for path in sorted(card.folder.iterdir())
        if path.is_file() and path.name.lower().startswith(_DOCUMENTS) and path not in known
    ]
    for file in files:
        if not file.path.is_file():
            raise MissingDataError(
                f"{file.path}: there is no such file; {card.folder / 'files.tsv'} lists it"
            )
    if len({file.path.name for file in files}) < len(files):
        raise ConfigError(f"{card.folder}: two files of one name in different folders cannot be copied")
    fields: dict[str, object] = {
        "schema": SCHEMA,
        "id": name or card.id,
        "kind": card.kind,
        "title": card.title,
        "languages": [str(language) for language in card.languages],
        **({"source_language": str(card.source_language)} if card.source_language is not None else {}),
        "licence": licence or card.licence,
        "citation": citation or card.citation,
        "homepage": card.homepage,
        "reader": card.reader,
        "normal_form": card.normal_form,
        "cleaning": list(card.cleaning),
        "quality": card.quality,
        "default": card.default,
    }
    place = user_pack_dir() / card.kind / str(fields["id"])
    return _write(place, fields, files, card.licence, {}, replace)


def remove_pack(card: Card) -> None:
    """Remove a pack that `add_pack` has written; others are not touched.

    Raises:
        ConfigError: The pack is not in the user's folder.
        DataError: It cannot be removed.
    """
    require_own(card)
    try:
        shutil.rmtree(card.folder)
    except OSError as error:
        raise disk_error(card.folder, 0, error, "LEXEXPAND_DATA_HOME") from error


def require_own(card: Card) -> None:
    """Refuse a pack that is not in the user's folder.

    Raises:
        ConfigError: It is not.
    """
    if user_pack_dir().resolve() not in card.folder.resolve().parents:
        raise ConfigError(f"{card.folder}: not one of your own packs ({user_pack_dir()}); it is not removed")


def _user_files(source: Path, language: Language | None) -> list[UserFile]:
    if source.is_file():
        if language is None:
            raise ConfigError(f"{source}: say which language it is in (--lang)")
        return [UserFile(source, language, "")]
    if not source.is_dir():
        raise MissingDataError(f"{source}: there is no such file or folder")
    files, strange = [], []
    for path in sorted(p for p in source.iterdir() if p.is_file() and not p.name.startswith(".")):
        if path.name.lower().startswith(_DOCUMENTS):
            files.append(UserFile(path, None, "", "doc"))
            continue
        tag, _, rest = path.name.partition(".")
        try:
            files.append(UserFile(path, from_tag(tag), rest.partition(".")[0] if "." in rest else ""))
        except ConfigError:
            strange.append(path.name)
    if strange:
        raise ConfigError(
            f"{source}: the names of a folder's files begin with a language tag, as in "
            f"`<tag>.wiktionary.tsv`; these do not: {', '.join(strange[:5])}"
        )
    if language is not None:
        wanted = {language, *related(language)}
        files = [file for file in files if file.role == "doc" or file.language in wanted]
    if not any(file.role == "data" for file in files):
        raise MissingDataError(f"{source}: no file {f'of {language} ' if language else ''}in this folder")
    return files


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9._-]+", "-", text.lower()).strip("-._") or "pack"


def _card_licence(licence: str | Mapping[str, str], files: Sequence[UserFile]) -> str:
    data = [file for file in files if file.role == "data"]
    return " AND ".join(sorted({_licence(licence, file) for file in data}))


def _licence(licence: str | Mapping[str, str], file: UserFile) -> str:
    if file.licence:
        return file.licence
    return licence if isinstance(licence, str) else licence.get(file.source, "NOASSERTION")


def _write(
    place: Path,
    fields: dict[str, object],
    files: Sequence[UserFile],
    licence: str | Mapping[str, str],
    options: Mapping[str, str],
    replace: bool,
) -> Card:
    """Write the pack beside its place, read it back, and put it there."""
    from filelock import FileLock

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(place.parent / ".lock"):
            draft = place.parent / f".{place.name}.{secrets.token_hex(8)}"
            draft.mkdir()
            try:
                rows = list(_rows(draft, files, licence, options))
                digest = hashlib.sha256("".join(f"{row[2]} {row[5]}\n" for row in rows).encode()).hexdigest()
                fields["version"] = digest[:12]
                text = "".join(f"{key} = {_toml(value)}\n" for key, value in fields.items())
                table = "".join("\t".join(cells) + "\n" for cells in (COLUMNS, *rows))
                (draft / "pack.toml").write_text(text, encoding="utf-8", newline="\n")
                (draft / "files.tsv").write_text(table, encoding="utf-8", newline="\n")
                load_card(draft)
                _put(draft, place, replace)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        size = sum(file.path.stat().st_size for file in files if file.path.exists())
        raise disk_error(place, size, error, "LEXEXPAND_DATA_HOME") from error
    return load_card(place)


def _rows(
    draft: Path, files: Sequence[UserFile], licence: str | Mapping[str, str], options: Mapping[str, str]
) -> Iterator[tuple[str, ...]]:
    """Copy each file and describe the copy."""
    for file in files:
        name = re.sub(r"[\t\n\r\\]", "_", file.path.name)
        copy = draft / name
        shutil.copyfile(file.path, copy)
        told = {"rows": str(_count_rows(copy)), **({"source": file.source} if file.source else {})}
        told.update(options, **file.options)
        cells = (name, "", str(copy.stat().st_size), sha256_of(copy), _licence(licence, file))
        listed = ";".join(f"{key}={value}" for key, value in told.items()) if file.role == "data" else ""
        yield (str(file.language or ""), file.role, *cells, listed, "")


def _count_rows(path: Path) -> int:
    """Lines that are not blank, for the list of languages; the reader counts what it understands."""
    with path.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _toml(value: object) -> str:
    """JSON's texts, lists, numbers and booleans are TOML's too."""
    return json.dumps(value, ensure_ascii=False)


def _put(draft: Path, place: Path, replace: bool) -> None:
    """Rename the draft into place; what was there before goes, if it is the same or `replace` is set."""
    if place.exists():
        same = all((draft / n).read_bytes() == (place / n).read_bytes() for n in ("pack.toml", "files.tsv"))
        if not same and not replace:
            raise ConfigError(
                f"there is another pack named {place.name} ({place}): "
                "give this one another name (--name), or take its place (--replace)"
            )
        old = place.parent / f".{place.name}.{secrets.token_hex(8)}.old"
        os.rename(place, old)
        os.rename(draft, place)
        shutil.rmtree(old)
        return
    os.rename(draft, place)
