"""A language is begun: a folder with an empty lexicon, an empty paradigm table, and the list of what to do.

    DIR/
      README.md          a checklist
      lexicon/           a pack: pack.toml, files.tsv, README.md, <tag>.tsv with the words to translate first
      paradigms/         a pack: the same, <tag>.tsv, and <tag>.transfer.tsv: what forms say

`lexexpand synth --lexicon DIR --paradigms DIR` uses them as they are. Their files have no sha256 until
`lexexpand pack seal` writes it: whoever types into a table must not be stopped by its old digest.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, LexexpandError
from lexexpand.language import Language, default_source, display_name
from lexexpand.lexicon.firsts import FirstWord, Share, done, first_words, share, steps
from lexexpand.lexicon.proof import clean_proof, dictionaries
from lexexpand.resources.card import COLUMNS, SCHEMA, load_card
from lexexpand.resources.store import disk_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_TEMPLATES = Path(__file__).parents[1] / "data" / "project"
_HEADER = ("source", "upos", "target", "weight", "note", "covers", "example")
_HUNDREDS = (100, 200, 300, 400, 500, 750, 1000, 1500, 2000)
_PARADIGMS = (
    "# lemma, form and features of UniMorph, with tabs between. A line such as this one is passed over.\n"
)
NOT_STATED = "NOASSERTION"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a lexicon is: what its entries cover, what the whole list would, and which words come next.

    `absent` words are those that the language has not, `changed` cells those that cleaning has mended.
    """

    entries: int
    absent: int
    changed: int
    done: Share
    all: Share
    next: tuple[FirstWord, ...]


def start_project(
    place: Path,
    language: Language,
    *,
    source_language: Language | None = None,
    licence: str = NOT_STATED,
    citation: str = "",
) -> tuple[Share, ...]:
    """Write the folder of a new language.

    Args:
        place: the folder; it must not exist, or be empty.
        language: of the translations.
        source_language: what is translated from; None for the default.
        licence: SPDX id.
        citation: who makes it.

    Returns:
        What each hundred words of the list bring.

    Raises:
        ConfigError: there is something at `place`.
        DataError: it cannot be written.
        MissingDataError: no pack has a list of words of the source language.
    """
    source = source_language or default_source()
    if language == source:
        raise ConfigError(f"{language} is the source language: name the language to translate into")
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise ConfigError(f"{place}: there is something already; name a new folder")
    words = first_words(source)
    brought = tuple(steps(words, _HUNDREDS))
    draft = place.parent / f".{place.name}.{secrets.token_hex(8)}"
    try:
        draft.mkdir(parents=True)
        try:
            facts = {"licence": licence, "citation": citation}
            table = "".join("\t".join(row) + "\n" for row in (_HEADER, *_rows(words)))
            _pack(draft / "lexicon", place, language, facts, source, {"data": table})
            said = (_TEMPLATES / "transfer.tsv").read_text(encoding="utf-8")
            _pack(draft / "paradigms", place, language, facts, None, {"data": _PARADIGMS, "transfer": said})
            text = (
                (_TEMPLATES / "README.md")
                .read_text(encoding="utf-8")
                .format(
                    name=display_name(language),
                    tag=language,
                    folder=place,
                    licence=licence,
                    steps=told(brought),
                )
            )
            (draft / "README.md").write_text(text, encoding="utf-8", newline="\n")
            if place.exists():
                place.rmdir()
            draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise disk_error(place, 0, error, "another folder") from error
    return brought


def progress(folder: Path, following: int = 10) -> Progress | None:
    """How far the lexicon of one language is; None where it is no such pack, or its source has no list.

    Args:
        folder: a pack.
        following: how many of the words that come next to name.
    """
    try:
        card = load_card(folder)
        if card.kind != "lexicon" or len(card.languages) != 1 or card.source_language is None:
            return None
        words = first_words(card.source_language)
    except LexexpandError:  # of a card that cannot be read the check itself tells
        return None
    read = [clean_proof(card, row, path) for row, path in dictionaries(card)]
    cleans = [clean for found, _ in read for clean in found]
    ready = done(words, {(" ".join(clean.source), clean.upos or "") for clean in cleans})
    behind = set(ready)
    coming = [word for word in words if word not in behind]
    absent = sum(clean.is_absent for clean in cleans)
    changed = sum(not change.dropped for _, report in read for change in report.changes)
    numbers = (len(cleans) - absent, absent, changed)
    return Progress(*numbers, share(ready), share(words), tuple(coming[:following]))


def told(brought: Sequence[Share]) -> str:
    """Coverage as lines of a table in Markdown."""
    lines = ["| words | everyday English | requests to an assistant |", "|---:|---:|---:|"]
    lines += [f"| {step.words:,} | {step.everyday:.0%} | {step.requests:.0%} |" for step in brought]
    return "\n".join(lines)


def _rows(words: Sequence[FirstWord]) -> Iterator[tuple[str, ...]]:
    for number, word in enumerate(words, 1):
        so_far = share(words[:number])
        covers = f"{(so_far.everyday + so_far.requests) / 2:.1%}"
        yield word.source, word.upos, "", "", "", covers, word.example


def _pack(
    folder: Path,
    place: Path,
    language: Language,
    facts: dict[str, str],
    source: Language | None,
    tables: dict[str, str],
) -> None:
    """Write a pack; `tables` are its files by role."""
    kind = "lexicon" if source is not None else "paradigms"
    name = display_name(language)
    fields = {
        "schema": SCHEMA,
        "id": re.sub(r"[^a-z0-9._-]+", "-", place.resolve().name.lower()).strip("-._") or str(language),
        "kind": kind,
        "title": f"{display_name(source)}-{name} lexicon" if source is not None else f"{name} paradigms",
        "version": "0.1.0",
        "languages": [str(language)],
        **({"source_language": str(source)} if source is not None else {}),
        **facts,
        "homepage": "",
        "reader": "tsv" if source is not None else "unimorph",
    }
    paths = {role: f"{language}.tsv" if role == "data" else f"{language}.{role}.tsv" for role in tables}
    options = {"data": "unfinished=yes"}
    rows = [(str(language), role, paths[role], *[""] * 4, options.get(role, ""), "") for role in tables]
    what = "translations" if source is not None else "paradigms"
    texts = {
        "pack.toml": "".join(
            f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items()
        ),
        "files.tsv": "".join("\t".join(cells) + "\n" for cells in (COLUMNS, *rows)),
        "README.md": f"# {fields['title']}\n\nWho made these {what}, from what, and who has checked them?\n",
        **{paths[role]: text for role, text in tables.items()},
    }
    folder.mkdir()
    for path, text in texts.items():
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
