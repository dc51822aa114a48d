r"""A corpus in the formats that other tools read: lines that are made as they are written.

    text      Hestarnir renna heim.                  a sentence a line
    tsv       text  label  |  source  target         with header; labels of sentences, else the two sides
    conllu    1  Hestarnir  hestur  NOUN  ...        MISC has Align=1,2 (words of the source) and SpaceAfter
    jsonl     {"id": ..., "tokens": [...], ...}      every column, and BIO tags of spans
    pharaoh   0-0 1-0 2-1                            links source-target, counted from 0

What is synthetic says so where the format has a place for it. A line break inside a text is written as a
blank, since every format here has a line for something. `_` as a part of speech means: not known, not to be
trained on.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow.compute as pc

from lexexpand.errors import ConfigError, DataError
from lexexpand.text.bio import tags_of

if TYPE_CHECKING:
    from lexexpand.text.corpus import Corpus

Row = Mapping[str, Any]

_BREAK = re.compile(r"[\r\n]+")
_CELL_BREAK = re.compile(r"[\t\r\n]+")
# https://universaldependencies.org/misc.html: white space in MISC
_ESCAPES = (
    ("\\", "\\\\"),
    (" ", "\\s"),
    ("\t", "\\t"),
    ("\r", "\\r"),
    ("\n", "\\n"),
    ("|", "\\p"),
    ("\u00a0", "\\u00A0"),
)
_SENTENCE_LABELS = ("label", "intent")
_CONLLU = (
    "id",
    "doc",
    "text",
    "tokens",
    "starts",
    "source_text",
    "alignment",
    "match",
    "lemma",
    "upos",
    "spans",
)


@dataclass(frozen=True, slots=True)
class Exporter:
    """How one format is written: its lines, and what a reader must know beside them."""

    lines: Callable[[Corpus], Iterator[str]]
    needs: tuple[str, ...]
    """Columns without which there is nothing to write."""
    note: str = ""


def export_lines(corpus: Corpus, format: str) -> Iterator[str]:
    """The lines of a corpus in a format, without line ends.

    Raises:
        ConfigError: there is no such format, or the corpus lacks a column that it needs.
    """
    exporter = EXPORTERS.get(format)
    if exporter is None:
        raise ConfigError(f"there is no format {format!r}: it is one of {', '.join(EXPORTERS)}")
    missing = [name for name in exporter.needs if name not in corpus.columns]
    if missing:
        raise ConfigError(
            f"{corpus.folder}: no column {', '.join(missing)}, which {format} needs "
            "(made with --slim or trace=off)"
        )
    return exporter.lines(corpus)


def write_lines(lines: Iterable[str], path: Path, *, force: bool = False) -> int:
    """Write lines to a file that appears whole or not at all; return how many.

    Raises:
        ConfigError: the file is there, and `force` is off.
        DataError: it cannot be written.
    """
    if path.exists() and not force:
        raise ConfigError(f"{path}: is there already. Choose another -o, or --force to replace it.")
    if path.is_dir():
        raise ConfigError(f"{path}: is a folder. Name a file.")
    try:
        descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        with open(descriptor, "w", encoding="utf-8", newline="\n") as file:
            count = _write(lines, file)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o666 & ~_umask())
        os.replace(part, path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        Path(part).unlink(missing_ok=True)
    return count


def _write(lines: Iterable[str], file: IO[str]) -> int:
    count = 0
    for line in lines:
        file.write(line + "\n")
        count += 1
    return count


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _text(corpus: Corpus) -> Iterator[str]:
    for table in corpus.tables(["text"]):
        yield from pc.replace_substring_regex(table["text"], r"[\r\n]+", " ").to_pylist()


def _table(corpus: Corpus) -> Iterator[str]:
    """Text and the labels that there are; without labels, the two sides; without a source, the text."""
    labels = [name for name in _SENTENCE_LABELS if name in corpus.columns and _has(corpus, name)]
    if labels:
        header = {"text": "text", **{name: name for name in labels}}
    elif "source_text" in corpus.columns:
        header = {"source": "source_text", "target": "text"}
    else:
        header = {"text": "text"}
    yield "\t".join(header)
    for row in corpus.rows(list(header.values())):
        yield "\t".join(_cell(row[column]) for column in header.values())


def _has(corpus: Corpus, column: str) -> bool:
    return any(table[column].null_count < table.num_rows for table in corpus.tables([column]))


def _cell(value: str | None) -> str:
    """A cell of a table with tabs: breaks become blanks, and what opens with a quote is quoted."""
    text = _CELL_BREAK.sub(" ", value or "")
    return '"' + text.replace('"', '""') + '"' if text.startswith('"') else text


def _conllu(corpus: Corpus) -> Iterator[str]:
    document = None
    wanted = [name for name in (*_CONLLU, *_SENTENCE_LABELS) if name in corpus.columns]
    for row in corpus.rows(wanted):
        if row["doc"] is not None and row["doc"] != document:
            document = row["doc"]
            yield f"# newdoc id = {_BREAK.sub(' ', document)}"
        yield f"# sent_id = {row['id']}"
        yield f"# text = {_BREAK.sub(' ', row['text']).strip()}"
        yield f"# origin = {corpus.card['origin']}"
        if row.get("source_text") is not None:
            yield f"# source_text = {_BREAK.sub(' ', row['source_text']).strip()}"
        yield from (f"# {name} = {row[name]}" for name in _SENTENCE_LABELS if row.get(name) is not None)
        yield from _tokens(row)
        yield ""


def _tokens(row: Row) -> Iterator[str]:
    n = len(row["tokens"])
    upos = row.get("upos") or ["_"] * n
    tags = _tags(row) or ["O"] * n
    gaps = _gaps(row)
    lead = row["text"][: row["starts"][0]] if n else ""
    for number, (form, lemma) in enumerate(zip(row["tokens"], row["lemma"], strict=True)):
        misc = [f"SpacesBefore={_escaped(lead)}"] if lead and not number else []
        if number < n - 1 and gaps[number] != " ":
            misc.append("SpaceAfter=No" if not gaps[number] else f"SpacesAfter={_escaped(gaps[number])}")
        if row["alignment"][number]:
            misc.append("Align=" + ",".join(str(index + 1) for index in row["alignment"][number]))
        misc.append(f"Match={row['match'][number]}")
        if tags[number] != "O":
            misc.append(f"Span={_escaped(tags[number])}")
        cells = (str(number + 1), form, lemma or "_", upos[number], "_", "_", "_", "_", "_", "|".join(misc))
        yield "\t".join(cells)


def _gaps(row: Row) -> list[str]:
    """White space after each token but the last."""
    ends = [start + len(token) for start, token in zip(row["starts"], row["tokens"], strict=True)]
    return [row["text"][end:start] for end, start in zip(ends, row["starts"][1:], strict=False)]


def _escaped(text: str) -> str:
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def _tags(row: Row) -> list[str] | None:
    spans = row.get("spans")
    if spans is None:
        return None
    return tags_of([(span["start"], span["end"], span["type"]) for span in spans], len(row["tokens"]))


def _jsonl(corpus: Corpus) -> Iterator[str]:
    origin = corpus.card["origin"]
    for row in corpus.rows():
        told = {"id": row["id"], "origin": origin, **row}
        for name in ("coverage", "coverage_content"):
            told[name] = round(row[name], 4)
        tags = _tags(row)
        if tags is not None:
            told["tags"] = tags
        yield json.dumps(told, ensure_ascii=False, allow_nan=False)


def _pharaoh(corpus: Corpus) -> Iterator[str]:
    for row in corpus.rows(["alignment"]):
        links = [(i, j) for j, sources in enumerate(row["alignment"]) for i in sources]
        yield " ".join(f"{i}-{j}" for i, j in sorted(links))


EXPORTERS: dict[str, Exporter] = {
    "text": Exporter(_text, ("text",)),
    "tsv": Exporter(_table, ("text",)),
    "conllu": Exporter(_conllu, ("text", "tokens")),
    "jsonl": Exporter(_jsonl, ("text",)),
    "pharaoh": Exporter(
        _pharaoh,
        ("alignment", "source_tokens"),
        "A line of source-target links for each sentence, counted from 0, in the order of the rows. "
        "The words of the two sides are the columns source_tokens and tokens (--to jsonl).",
    ),
}
