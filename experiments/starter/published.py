"""What do published resources say of Faroese? Read to compare with, never to copy from.

    GATITOS       en_fo.tsv        English, Faroese: lists of translations
    Wiktionary    fao_Latn.wiktionary.tsv      English, part of speech, Faroese, note
    UniMorph      fao              lemma, form, bundle
    Faroese text  text/fao/*.txt   sentences

All of it lies in the folder of real data that `LEXEXPAND_DATA` names.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

_LEADING = {
    "head": re.compile(r"^(?:to|an?|the) "),
    "translation": re.compile(r"^at "),  # the infinitive mark
}
_ASIDE = re.compile(r" *[(\[].*?[)\]] *")
_WORD = re.compile(r"[^\W\d_]+(?:[-'][^\W\d_]+)*")


def data_folder() -> Path:
    """The folder of real data; the process ends with a message where there is none."""
    folder = Path(os.environ.get("LEXEXPAND_DATA", ""))
    if not folder.name or not folder.is_dir():
        sys.exit("LEXEXPAND_DATA must name the folder of real data")
    return folder


def rows(path: Path) -> list[list[str]]:
    """The cells of a table without quoting, NFC."""
    text = unicodedata.normalize("NFC", path.read_text(encoding="utf-8"))
    return [line.split("\t") for line in text.splitlines() if line]


def plain(words: str, what: str) -> str:
    """A `head` or a `translation` as it is compared: lower case, no article, infinitive mark or aside."""
    return _LEADING[what].sub("", _ASIDE.sub(" ", words.lower()).strip()).strip(" .!?")


def translations(data: Path) -> dict[str, dict[str, set[str]]]:
    """Of each English headword, the Faroese translations in `GATITOS` and in `Wiktionary`."""
    found: dict[str, dict[str, set[str]]] = {
        "GATITOS": defaultdict(set),
        "Wiktionary": defaultdict(set),
    }
    tables = [("GATITOS", path, 1) for path in data.glob("mirror/**/gatitos/en_fo.tsv")]
    tables.append(("Wiktionary", data / "lexicons" / "fao_Latn.wiktionary.tsv", 2))
    for name, path, column in tables:
        for cells in rows(path):
            for part in re.split("[,;/]", cells[column]):
                if word := plain(part, "translation"):
                    found[name][plain(cells[0], "head")].add(word)
    return found


def inflections(data: Path) -> dict[tuple[str, str], set[str]]:
    """Of each lemma and bundle, the forms in UniMorph."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in data.glob("mirror/*/unimorph/fao/*/fao"):
        for cells in rows(path):
            if len(cells) == 3:
                found[cells[0], cells[2]].add(cells[1])
    return found


def text_words(data: Path) -> set[str]:
    """The words of the Faroese text, lower case."""
    found: set[str] = set()
    for path in (data / "text" / "fao").glob("*.txt"):
        found.update(words(path.read_text(encoding="utf-8")))
    return found


def words(text: str) -> list[str]:
    """The words of a text, lower case."""
    return [word.lower() for word in _WORD.findall(unicodedata.normalize("NFC", text))]
