r"""Reading tables of paradigms as they are found: `lemma TAB form TAB features`, with everything that goes
wrong.

Half of UniMorph's files have blank lines between paradigms, 28 have CRLF line ends, some open with a `#
name` line or a byte-order mark, one is comma-separated, SIGMORPHON 2023 puts the features second. Forms can
be several words; a lemma and bundle can have several forms, and lines are repeated. Kyrgyz and Kazakh files
spell Cyrillic words with Latin look-alikes: `aйдoo`, which no dictionary contains; rows of
`data/lookalikes.tsv` mend a word that mixes the scripts if all its foreign letters are in the rows, and the
report counts them.

Icelandic *kona* has the plural `indefinite`: headings of Wiktionary's tables were taken for forms, rows of
`data/not_forms.tsv` list them.

What cannot be read is skipped and reported with its line; a file without one good line is an error.

Options of a file (column `options` of `files.tsv`): `columns` (names joined by commas, blank to pass over;
default `lemma,form,tags`, or the features second if they stand there), `delimiter` (`,` or `tab`),
`lookalikes` (`keep` to leave them).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, FormatError, Where
from lexexpand.morphology.features import POS, FeatureBundle
from lexexpand.morphology.schema import dimension_of, rows
from lexexpand.resources.spreadsheet import (
    SAVE_WITH_TABS,
    other_separator,
    unquoted,
    without_empty_end,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

NAMES = ("lemma", "form", "tags")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file of paradigms: its path, its options, and its sha256 where somebody has computed it."""

    path: Path
    options: Mapping[str, str] = field(default_factory=dict)
    sha256: str | None = None
    pack: str = ""
    version: str = ""
    licence: str = "NOASSERTION"


@dataclass(slots=True)
class TableReport:
    """What was read of the files, and what was not. `skipped` shows the first lines left out."""

    lines: int = 0
    triples: int = 0
    duplicates: int = 0
    lookalikes: int = 0
    skipped_lines: int = 0
    skipped: list[str] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)

    def skip(self, where: Where, why: str) -> None:
        """Count a line that is left out."""
        self.skipped_lines += 1
        if len(self.skipped) < _SHOWN:
            self.skipped.append(f"{where}: {why}")


def read_triples(
    file: TableFile, report: TableReport, *, language: str | None = None, script: str | None = None
) -> Iterator[tuple[str, str, FeatureBundle]]:
    """Lemma, form and bundle of each good line, in file order, NFC.

    Args:
        file: The table.
        report: Counts what is read and left out.
        language: ISO 639-3, for that language's aliases of features.
        script: ISO 15924 of the language, for look-alikes of other scripts.

    Raises:
        FormatError: the file is not UTF-8, or no line of it can be read.
    """
    lines = list(_lines(file.path))
    separator = _separator(file, lines)
    places = _columns(file, lines, separator)
    mend = Mender(language, script) if file.options.get("lookalikes") != "keep" else Mender(None, None)
    headings = {row["form"] for row in rows("not_forms.tsv") if row["language"] in ("*", language)}
    good = 0
    for number, line in lines:
        report.lines += 1
        where = Where(file.path, number)
        triple = _read_line(line, separator, places, where, report, language)
        if triple is not None and triple[1] in headings:
            report.skip(where, f"{triple[1]!r} is no form, but a heading of the table it was taken from")
        elif triple is not None:
            good += 1
            lemma, form, bundle = triple
            mended = mend(lemma), mend(form)
            report.lookalikes += mended != (lemma, form)
            yield (*mended, bundle)
    if lines and not good:
        hint = report.skipped[-1] if report.skipped else "no line has lemma, form and features"
        name = other_separator([line for _, line in lines]) if separator != "\t" else None
        hint = f"cells with {name} between: {SAVE_WITH_TABS}" if name else hint
        raise FormatError(
            Where(file.path), f"no paradigm could be read ({hint}). Expected lemma, form, features."
        )
    report.triples += good


def _read_line(
    line: str, separator: str, places: Sequence[int], where: Where, report: TableReport, language: str | None
) -> tuple[str, str, FeatureBundle] | None:
    """One line as a triple; None, with a note in the report, where it is none."""
    cells = _cells(line, separator)
    if len(cells) <= max(places) or (len(cells) != 3 and len(places) == len(NAMES) and max(places) == 2):
        report.skip(where, f"{len(cells)} columns, expected 3 (lemma, form, features)")
        return None
    lemma, form, tags = (cells[place] for place in places)
    if not lemma or not form or not tags or "\0" in line:
        report.skip(where, "an empty column" if "\0" not in line else "a NUL character")
        return None
    try:
        bundle = FeatureBundle.parse(tags, language)
    except ConfigError as error:
        report.skip(where, str(error))
        return None
    if bundle.unknown:
        report.unknown.update(bundle.unknown)
        if bundle.pos is None or ":" in bundle.pos:
            report.skip(where, f"{tags!r} has no part of speech of the schema (a table of derivations?)")
            return None
    return lemma, form, bundle


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines that are neither blank nor a `# name`; NFC, byte-order mark and CR removed."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = error.object[: error.start].count(b"\n") + 1
        raise FormatError(Where(path, place), "not UTF-8. Convert the file, e.g. with iconv.") from error
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").split("\n")
    for number, raw in enumerate(unquoted(lines), 1):
        line = raw.rstrip("\r")
        if line.strip() and not (line.startswith("#") and "\t" not in line):
            yield number, line


def _separator(file: TableFile, lines: Sequence[tuple[int, str]]) -> str:
    stated = {"tab": "\t", "comma": ","}.get(file.options.get("delimiter", ""), file.options.get("delimiter"))
    return stated or ("\t" if any("\t" in line for _, line in lines[:50]) else ",")


def _cells(line: str, separator: str) -> list[str]:
    if separator == "\t":
        return [cell.strip() for cell in without_empty_end(line.split("\t"), len(NAMES))]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=separator), [])]


def _columns(file: TableFile, lines: Sequence[tuple[int, str]], separator: str) -> tuple[int, ...]:
    """Places of lemma, form and features: stated, or found by where the features stand."""
    if "columns" in file.options:
        names = file.options["columns"].split(",")
        missing = [name for name in NAMES if name not in names]
        if missing:
            raise ConfigError(
                f"{file.path}: option columns lacks {', '.join(missing)}. Write e.g. lemma,tags,form."
            )
        return tuple(names.index(name) for name in NAMES)
    second = third = 0
    for _, line in lines[:200]:
        cells = _cells(line, separator)
        if len(cells) == 3:
            second += _looks_like_features(cells[1])
            third += _looks_like_features(cells[2])
    return (0, 2, 1) if second > third else (0, 1, 2)


def _looks_like_features(cell: str) -> bool:
    return dimension_of(re.split(r"[;.]", cell)[0]) == POS or dimension_of(cell.split(";")[0]) == "Verb form"


class Mender:
    """Spelling of the tables made that of texts, by rows of `lookalikes.tsv`.

    Rows for all languages (`*`) replace letters in a word that mixes them with letters of its own script;
    rows of one language hold for all its words.
    """

    def __init__(self, language: str | None, script: str | None) -> None:
        chosen = [row for row in rows("lookalikes.tsv") if row["script"] == script]
        self._alike = str.maketrans({row["letter"]: row["meant"] for row in chosen if row["language"] == "*"})
        self._always = str.maketrans(
            {row["letter"]: row["meant"] for row in chosen if row["language"] == language}
        )
        self._foreign = re.compile(f"[{''.join(map(chr, self._alike))}]") if self._alike else None
        self._script = script

    def __call__(self, word: str) -> str:
        """The word, mended; or the same word."""
        word = word.translate(self._always) if self._always else word
        if self._foreign is None or not self._foreign.search(word):
            return word
        mended = word.translate(self._alike)
        scripts = {script_of_letter(char) for char in mended if char.isalpha()}
        own = {script_of_letter(char) for char in word if char.isalpha()}
        return mended if scripts == {self._script} and self._script in own else word


@lru_cache(maxsize=4096)
def script_of_letter(char: str) -> str:
    """ISO 15924 of a letter, by the first word of its Unicode name; `Zyyy` where no row knows it."""
    name = unicodedata.name(char, "").split(" ")[0].split("-")[0]
    return _script_of_name().get(name, "Zyyy")


@lru_cache(maxsize=1)
def _script_of_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows("script_names.tsv"):
        for name in row["names"].split(","):
            found.setdefault(name, row["script"])
    return found


def same_scripts(script: str) -> frozenset[str]:
    """The scripts that share letters with one, itself among them (`Aran` is written in letters of `Arab`)."""
    names = {row["script"]: set(row["names"].split(",")) for row in rows("script_names.tsv")}
    mine = names.get(script, set())
    return frozenset({script, *(other for other, theirs in names.items() if mine & theirs)})


def script_of(words: Iterable[str]) -> str | None:
    """The script of most letters of `words`; None without letters."""
    letters = Counter(char for word in words for char in word if char.isalpha())
    scripts: Counter[str] = Counter()
    for char, count in letters.items():
        scripts[script_of_letter(char)] += count
    del scripts["Zyyy"]
    return scripts.most_common(1)[0][0] if scripts else None
