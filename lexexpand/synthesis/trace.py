"""Where does each word come from? A row of a corpus explained token by token.

    The horses run home.      Hestarnir renna heim.
    Hestarnir   The horses    lemma, starter:41 horse -> hestur (CC0-1.0), N;PL;DEF, attested, title

Tokens that render the same source words are one *unit*: "good morning" -> `góðan morgun` is one unit of two
words, and "The horses" -> `Hestarnir` one of one word, whose form says the article. Units part the source's
words among them, so a unit is known by its alignment.

`lexexpand.synthesis.replay` makes the text again from all this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from lexexpand.errors import ConfigError, DataError
from lexexpand.lexicon.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from lexexpand.text.corpus import Corpus

_CLOSED = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "SCONJ"})

Row = Mapping[str, Any]
Entries = Mapping[int, Entry]


@dataclass(frozen=True, slots=True)
class Unit:
    """Target tokens `start:end` of a row, and the source tokens that they render together, ascending."""

    start: int
    end: int
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """The dictionary's line that a token cites."""

    pack: str
    row: int
    source: str
    target: str
    upos: str | None
    note: str | None
    licence: str | None

    def __str__(self) -> str:
        licence = f" ({self.licence})" if self.licence else ""
        upos = f" {self.upos}" if self.upos else ""
        return f"{self.pack}:{self.row} {self.source} -> {self.target}{upos}{licence}"


@dataclass(frozen=True, slots=True)
class TokenTrace:
    """What happened for one target token, and why.

    Attributes:
        form: the token; start: its offset in the text, in code points.
        source: the source words that it renders, empty in a corpus without them.
        said: those of them that have no word of their own because the form says them ("the", "in").
        match: how the source was matched.
        entry: the dictionary's line, None for copied tokens.
        lemma, bundle, inflection, casing: how the form came about.
        upos: the label that it carries, None where there is none.
    """

    form: str
    start: int
    alignment: tuple[int, ...]
    source: tuple[str, ...]
    said: tuple[str, ...]
    match: str
    entry: Citation | None
    lemma: str | None
    bundle: str | None
    inflection: str
    casing: str
    upos: str | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """One row, explained."""

    id: str
    language: str
    source: str | None
    text: str
    coverage: float
    coverage_content: float
    tokens: tuple[TokenTrace, ...]
    label: str | None = None
    intent: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values with stable keys, as `--explain --json` prints them."""
        return asdict(self)

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.language}  coverage {self.coverage:.2f}"]
        if self.source is not None:
            lines.append(f"source  {self.source}")
        lines.append(f"text    {self.text}")
        forms = [token.form for token in self.tokens]
        width = min(max(map(len, forms), default=0), 24)
        lines += [f"  {form:{width}}  {_told(token)}" for form, token in zip(forms, self.tokens, strict=True)]
        return "\n".join(lines)


def explain(row: Row, entries: Entries, licences: Mapping[str, str] | None = None) -> Trace:
    """What happened to each token of a row.

    Args:
        row: of a corpus, with all its columns.
        entries: by the numbers in the row's column `entry` (`cited_entries`).
        licences: of the packs, by id.
    """
    licences = licences or {}
    tokens = [
        _token(row, unit, index, entries.get(row["entry"][index]), licences)
        for unit in units_of(row)
        for index in range(unit.start, unit.end)
    ]
    return Trace(
        id=row["id"],
        language=row["language"],
        source=row.get("source_text"),
        text=row["text"],
        coverage=round(row["coverage"], 4),
        coverage_content=round(row["coverage_content"], 4),
        tokens=tuple(tokens),
        label=row.get("label"),
        intent=row.get("intent"),
    )


def explain_rows(corpus: Corpus, rows: Sequence[Row]) -> list[Trace]:
    """The traces of some rows of a corpus.

    Raises:
        ConfigError: the corpus was made with `--set trace=off`.
    """
    if any("entry" not in row for row in rows):
        raise ConfigError(
            f"{corpus.folder}: made with --set trace=off: it does not say where its words come from"
        )
    licences = {pack["id"]: pack["licence"] for pack in corpus.card["packs"]}
    entries = cited_entries(corpus.entries, rows)
    return [explain(row, entries, licences) for row in rows]


def units_of(row: Row) -> Iterator[Unit]:
    """The units of a row, in the order of the text."""
    start = 0
    for sources, group in groupby(row["alignment"], key=tuple):
        end = start + len(list(group))
        yield Unit(start, end, sources)
        start = end


def place_of(row: Row, unit: Unit, entry: Entry | None = None) -> int:
    """The source token where a unit stands: the first of its phrase, or the word whose form says the others.

    What a form says is said by closed classes in the source ("the", "in", "to", "did").

    Args:
        row: with its source's columns.
        unit: of the row.
        entry: that the unit cites, if any.
    """
    sources = unit.sources
    if len(sources) == 1:
        return sources[0]
    words, tags = row["source_tokens"], row["source_upos"]
    spoken = [index for index in sources if tags[index] not in _CLOSED]
    if row["match"][unit.start] != "multiword":
        return (spoken or sources)[-1]
    first = entry.source[0].casefold() if entry is not None else None
    named = [index for index in sources if first is not None and words[index].casefold() == first]
    return (named or spoken or sources)[0]


def cited_entries(table: pa.Table, rows: Iterable[Row]) -> dict[int, Entry]:
    """The entries that rows cite, by their number in the corpus's `entries.parquet`."""
    numbers = sorted({number for row in rows for number in row["entry"] if number >= 0})
    if numbers and numbers[-1] >= table.num_rows:
        raise DataError(f"entry {numbers[-1]} is cited of {table.num_rows}: the corpus is damaged")
    made = (
        Entry(**{**cells, "source": tuple(cells["source"]), "target": tuple(cells["target"])})
        for cells in table.take(numbers).to_pylist()
    )
    return dict(zip(numbers, made, strict=True))


def _token(row: Row, unit: Unit, index: int, entry: Entry | None, licences: Mapping[str, str]) -> TokenTrace:
    words = row.get("source_tokens")
    source = tuple(words[i] for i in unit.sources) if words is not None else ()
    said: tuple[str, ...] = ()
    if words is not None and len(unit.sources) > 1 and row["match"][index] != "multiword":
        own = place_of(row, unit, entry)
        said = tuple(words[i] for i in unit.sources if i != own)
    return TokenTrace(
        form=row["tokens"][index],
        start=row["starts"][index],
        alignment=unit.sources,
        source=source,
        said=said,
        match=row["match"][index],
        entry=None if entry is None else _citation(entry, licences),
        lemma=row["lemma"][index],
        bundle=row["bundle"][index],
        inflection=row["inflection"][index],
        casing=row["casing"][index],
        upos=row["upos"][index] if "upos" in row else None,
    )


def _citation(entry: Entry, licences: Mapping[str, str]) -> Citation:
    licence = licences.get(entry.pack)
    return Citation(
        entry.pack, entry.row, entry.source_text, entry.target_text, entry.upos, entry.note, licence
    )


def _told(token: TokenTrace) -> str:
    """A token's line, behind its form."""
    parts = [f"<- {' '.join(token.source)}" if token.source else "", token.match]
    if token.entry is not None:
        parts.append(str(token.entry))
    if token.bundle is not None:
        parts.append(f"{token.lemma} in {token.bundle}: {token.inflection}")
    if token.casing != "none":
        parts.append(f"case {token.casing}")
    if token.said:
        parts.append(f"says {' '.join(token.said)}")
    if token.upos is not None:
        parts.append(f"label {token.upos}")
    return "; ".join(part for part in parts if part)
