"""The text of a row made again from its trace: the law that keeps the trace honest.

Each cited token is inflected and cased again from its entry, lemma, bundle and casing, each other one is
taken from the source, and the white space follows the rules of `lexexpand.synthesis.render`, here said one
sentence at a time. `replay(row) == row["text"]` for every row of every corpus (a property test).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError
from lexexpand.synthesis.casing import case_rules
from lexexpand.synthesis.scripts import script_rules
from lexexpand.synthesis.trace import place_of, units_of
from lexexpand.text.kinds import NUMBER, WORD, kind_of
from lexexpand.text.schema import TRANSLATED

if TYPE_CHECKING:
    from lexexpand.language import Language
    from lexexpand.morphology.inflect import Inflector
    from lexexpand.synthesis.trace import Entries, Row, Unit

_CLITICS = "'’"


def replay(
    row: Row, entries: Entries, inflector: Inflector, language: Language, *, punctuation: bool = True
) -> str:
    """The text of a row, made again from its trace; equal to `row["text"]`.

    Args:
        row: of a corpus that has its source's columns.
        entries: by the numbers in the row's column `entry`.
        inflector: of the language, in the mode and over the paradigms of the corpus's card.
        language: of the corpus.
        punctuation: whether the corpus was made with the script's own punctuation (its option).

    Raises:
        ConfigError: the corpus was made with `--slim`, or without its trace.
    """
    if "source_tokens" not in row or "entry" not in row:
        raise ConfigError("a corpus made with --slim or trace=off has nothing to replay from")
    scripts, units = script_rules(language), list(units_of(row))
    forms = replay_tokens(row, entries, inflector, language, punctuation=punctuation)
    lead, gaps = _source_gaps(row)
    places = [place_of(row, unit, entries.get(row["entry"][unit.start])) for unit in units]
    words = [scripts.joiner.join(forms[unit.start : unit.end]) for unit in units]
    text = [lead]
    for number, unit in enumerate(units):
        place = places[number]
        following = places[number + 1] if number + 1 < len(units) else len(gaps)
        clings = following - place > 1 and not gaps[place] and not _is_wordlike(row, place)
        gap = "" if clings else gaps[following - 1]
        if number + 1 < len(units):
            pair = (unit, units[number + 1])
            changed = tuple(
                words[i] != row["source_tokens"][at] for i, at in ((number, place), (number + 1, following))
            )
            gap = _gap_between(row, pair, (place, following), changed, gap, scripts.joiner)
        text += [words[number], gap]
    return "".join(text)


def replay_tokens(
    row: Row, entries: Entries, inflector: Inflector, language: Language, *, punctuation: bool = True
) -> list[str]:
    """The tokens of a row, made again: cited ones through the inflector, the others from the source."""
    case = case_rules(language)
    marks = dict(script_rules(language).punctuation) if punctuation else {}
    words: list[tuple[str, str | None]] = []
    made: dict[int, str] = {}
    for unit in units_of(row):
        for index in range(unit.start, unit.end):
            number = row["entry"][index]
            if number >= 0:
                words.append((entries[number].target[index - unit.start], row["bundle"][index]))
                continue
            form = row["source_tokens"][place_of(row, unit)]
            made[index] = marks.get(form, form) if row["match"][index] == "punct" else form
    asked = [(word, bundle) for word, bundle in words if bundle is not None]
    inflected = iter(inflector.inflect_many(asked))
    cited = iter([word if bundle is None else next(inflected).form for word, bundle in words])
    return [
        case.apply(made[index] if index in made else next(cited), row["casing"][index])
        for index in range(len(row["tokens"]))
    ]


def _source_gaps(row: Row) -> tuple[str, list[str]]:
    """White space before the first source token, and after each."""
    text, starts = row["source_text"], row["source_starts"]
    ends = [start + len(token) for start, token in zip(starts, row["source_tokens"], strict=True)]
    bounds = [*starts[1:], len(text)]
    lead = text[: starts[0]] if starts else text
    return lead, [text[end:bound] for end, bound in zip(ends, bounds, strict=True)]


def _gap_between(
    row: Row,
    units: tuple[Unit, Unit],
    places: tuple[int, int],
    changed: tuple[bool, ...],
    gap: str,
    joiner: str,
) -> str:
    """White space between two units, by the rules of `lexexpand.synthesis.render`."""
    here, there = (row["match"][unit.start] in TRANSLATED for unit in units)
    if not (here or there) or not all(_is_wordlike(row, place) for place in places):
        return gap
    clitic = row["source_tokens"][places[1]][0] in _CLITICS
    if not gap and ((there and changed[1]) or (here and changed[0] and not clitic)):
        gap = " "
    return joiner if here and there and gap == " " else gap


def _is_wordlike(row: Row, place: int) -> bool:
    return kind_of(row["source_tokens"][place]) in (WORD, NUMBER)
