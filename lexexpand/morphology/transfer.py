"""Which words of the source does the form of a target word say already?

English *in the house* is three words, Northern Sami *viesus* one: the locative says *in*, and there is no
article. The rows of the pack `morphology/transfer` tell such facts, one file for each language and one line
for each word:

    source_upos  source_lemma  context      action  adds    note
    DET          the           before_noun  drop            no articles (Nickel & Sammallahti 2011)
    ADP          in            before_noun  drop    LOC     locative; the table calls it PRP
    ADP          til           before_noun  govern  GEN     the word stays, the noun takes the case

`context` is `before_noun` (adjectives and numerals may stand between), `after_noun`, `before_verb`,
`before_participle` (of the present) or `before_past_participle`; `adds` is what the head's bundle gains, in
the terms of the language's tables: with a part of speech in front it is the whole bundle, `=` is the word's
own bundle. `drop` takes the word away where the head has such a form, `govern` leaves the word and asks the
head for the case, `mute` takes the word away in any case: it means nothing outside its own language; `stray`
takes it away where the lexicon has no word for it.

A pack of paradigms may have a file too: where the pack is in use, its rows are read before those of the
packs of rules, so that whoever writes the paradigms says what their forms say.

A source language has files of its own: its words that the forms of other languages say (English *do* in *did
you see*, *to* before an infinitive, *'s*), and verb particles (*turn the light off*), by which phrases are
found with a gap.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError, Where
from lexexpand.morphology.features import FeatureBundle
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.licence import allowed
from lexexpand.resources.packs import find_packs, named_packs
from lexexpand.resources.spreadsheet import unquoted, without_empty_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.resources.card import Card

COLUMNS = ("source_upos", "source_lemma", "context", "action", "adds", "note")
CONTEXTS = ("before_noun", "after_noun", "before_verb", "before_participle", "before_past_participle")
OWN = "="
_USUAL = {
    "DET": "before_noun",
    "ADP": "before_noun",
    "PART": "before_verb",
    "AUX": "before_verb",
}  # where a word stands that has no meaning of its own, by its part of speech
ACTIONS = ("drop", "govern", "mute", "stray")
_PARTICLES = "particles"
_ADVERBIALS = "adverbials"
_EXPANSIONS = "expansions"
_SOURCE = "source"


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A word of the source that the form of its head says. `source_lemma` is its lemma or its form."""

    source_upos: str
    source_lemma: str
    context: str
    action: str
    adds: str
    note: str


def load_transfer(
    language: Language,
    fetcher: Fetcher | None = None,
    *,
    source: Language | None = None,
    actions: Sequence[str] = ACTIONS,
    pack_dirs: Sequence[Path] = (),
) -> tuple[TransferRow, ...]:
    """The rows of a target language with one of `actions`, in the order of the packs of rules; or none.

    Raises:
        FormatError: a row is wrong; says file and line.
    """
    paths = list(_files(language, "", fetcher, pack_dirs))
    if source is not None:
        paths += _files(source, _SOURCE, fetcher, pack_dirs)
    rows = [row for path in paths for row in read_transfer(path)]
    return tuple(row for row in rows if row.action in actions)


def load_own_transfer(
    language: Language,
    specs: Sequence[str] = (),
    fetcher: Fetcher | None = None,
    *,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
    pack_dirs: Sequence[Path] = (),
) -> tuple[TransferRow, ...]:
    """The rows that the packs of paradigms in use bring along; they go before those of the packs of rules.

    Args:
        language: the target.
        specs: what `load_paradigms` is asked for; empty for the default packs.
        fetcher: gets the packs' files.
        allow, deny: patterns of licences.
        pack_dirs: more places to look for packs.

    Raises:
        FormatError: a row is wrong; says file and line.
    """
    cards = named_packs("paradigms", specs, pack_dirs=pack_dirs)
    paths = _files_of(cards, language, "", fetcher, (allow, deny))
    return tuple(row for path in paths for row in read_transfer(path))


def unsaid(rows: Iterable[TransferRow], absent: Iterable[tuple[str, str]]) -> tuple[TransferRow, ...]:
    """The rows, with those of words that the target language has not made `mute`, and rows for the others.

    Args:
        rows: of the packs.
        absent: word and part of speech (empty: any). Words that are neither determiner, adposition, particle
            nor auxiliary stay as they are: a sentence without its noun says something else.
    """
    left = dict.fromkeys(
        (kind, word.lower()) for word, upos in absent for kind in _USUAL if upos in ("", kind)
    )
    told = [
        replace(row, action="mute") if (row.source_upos, row.source_lemma) in left else row for row in rows
    ]
    more = (TransferRow(kind, word, _USUAL[kind], "mute", "", "no such word") for kind, word in left)
    return (*told, *more)


def load_particles(
    language: Language, fetcher: Fetcher | None = None, *, pack_dirs: Sequence[Path] = ()
) -> frozenset[str]:
    """The verb particles of a source language: words that a verb's translation may need from further on."""
    return _words(_files(language, _PARTICLES, fetcher, pack_dirs), "particle")


def load_adverbials(
    language: Language, fetcher: Fetcher | None = None, *, pack_dirs: Sequence[Path] = ()
) -> frozenset[str]:
    """Nouns of a source language that stand by themselves: "tonight" heads no "the door tonight"."""
    return _words(_files(language, _ADVERBIALS, fetcher, pack_dirs), "adverbial")


def load_expansions(
    language: Language, fetcher: Fetcher | None = None, *, pack_dirs: Sequence[Path] = ()
) -> dict[tuple[str, str, str], str]:
    """(form, upos, lemma) of a clitic -> the word that a dictionary has: English `'s` of *be* -> `is`."""
    header = ("form", "upos", "lemma", "stands_for", "note")
    paths = _files(language, _EXPANSIONS, fetcher, pack_dirs)
    lines = (cells for path in paths for _, cells in _lines(path, header))
    return {(form, upos, lemma): word for form, upos, lemma, word, _ in lines}


def _words(paths: Iterator[Path], column: str) -> frozenset[str]:
    return frozenset(cells[0] for path in paths for _, cells in _lines(path, (column, "note")))


def read_transfer(path: Path) -> tuple[TransferRow, ...]:
    """The rows of one file."""
    return tuple(_row(Where(path, number), cells) for number, cells in _lines(path, COLUMNS))


def _files(
    language: Language, content: str, fetcher: Fetcher | None, pack_dirs: Sequence[Path]
) -> Iterator[Path]:
    return _files_of(find_packs("rules", pack_dirs=pack_dirs), language, content, fetcher)


def _files_of(
    cards: Iterable[Card],
    language: Language,
    content: str,
    fetcher: Fetcher | None,
    licences: tuple[Sequence[str], Sequence[str]] = ((), ()),
) -> Iterator[Path]:
    fetcher = fetcher or Fetcher(offline=True)
    for card in cards:
        for row in card.rows(language, "transfer"):
            if row.options.get("content", "") == content and allowed(row.licence, *licences):
                yield fetcher.path(card, row)


def _lines(path: Path, header: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Rows with their numbers; the last column, a note, may be left out."""
    try:
        lines = unquoted(path.read_text(encoding="utf-8-sig").split("\n"))
    except UnicodeDecodeError as error:
        raise FormatError(Where(path), f"not UTF-8: {error.reason} at byte {error.start}") from error
    if without_empty_end(lines[0].split("\t"), len(header)) != list(header):
        raise FormatError(Where(path, 1), f"the header must be, with tabs between: {' '.join(header)}")
    for number, line in enumerate(lines[1:], 2):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in without_empty_end(line.split("\t"), len(header))]
        if len(cells) == len(header) - 1 and header[-1] == COLUMNS[-1]:
            cells.append("")
        if len(cells) != len(header):
            raise FormatError(
                Where(path, number),
                f"{len(cells)} columns, expected {len(header)} ({', '.join(header)}). Is a tab missing?",
            )
        yield number, cells


def _row(where: Where, cells: Sequence[str]) -> TransferRow:
    row = TransferRow(*cells)
    if row.context not in CONTEXTS:
        raise FormatError(where, f"context is {row.context!r}: it must be one of {', '.join(CONTEXTS)}")
    if row.action not in ACTIONS:
        raise FormatError(where, f"action is {row.action!r}: it must be one of {', '.join(ACTIONS)}")
    if row.adds and row.adds != OWN:
        unknown = FeatureBundle.parse(row.adds).unknown
        if unknown:
            raise FormatError(where, f"adds {', '.join(unknown)}: no value of the UniMorph schema")
    return row
