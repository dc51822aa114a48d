"""What a cleaning rule is, and what its action does to one translation.

A rule is a row of `data/cleaning.tsv`; its action is one of the functions below. An action gets a draft (one
translation on its way to becoming an entry) and returns what becomes of it: the draft changed, several, or
none.

    to-infinitive   "to go"           pos VERB     ->  "go", VERB
    bracket         "adrese (verb)"   note         ->  "adrese", note "verb"
    semicolon       "a; b"            split        ->  "a", "b"
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from lexexpand.lexicon.tables import rows

if TYPE_CHECKING:
    from lexexpand.language import Language

Side = Literal["source", "target"]


class Draft(NamedTuple):
    """A translation between a file's row and an entry."""

    source: str
    target: str
    upos: str | None = None
    note: str = ""
    rank: int = 0

    def text(self, side: Side) -> str:
        """The cell of one side."""
        return self.source if side == "source" else self.target

    def other(self, side: Side) -> str:
        """The cell of the other side."""
        return self.target if side == "source" else self.source

    def put(self, side: Side, text: str, *, upos: str | None = None, note: str = "", rank: int = 0) -> Draft:
        """The draft with another cell, its blanks single; and a part of speech, a note, a later rank."""
        text = " ".join(text.split())
        notes = "; ".join(part for part in (self.note, note) if part)
        source, target = (text, self.target) if side == "source" else (self.source, text)
        return Draft(source, target, upos or self.upos, notes, self.rank + rank)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of `data/cleaning.tsv` on one side."""

    id: str
    side: Side
    when: frozenset[str]
    needs: frozenset[str]
    pattern: re.Pattern[str] | None
    action: str
    argument: str

    def applies(self, draft: Draft) -> bool:
        """Whether the draft's part of speech is one of the rule's."""
        return not self.when or (draft.upos or "-") in self.when

    def apply(self, draft: Draft) -> list[Draft]:
        """What becomes of the draft; the draft itself, alone, if nothing does."""
        match = self.search(draft)
        return [draft] if match is None else list(ACTIONS[self.action](self, draft, match))

    def search(self, draft: Draft) -> re.Match[str] | None:
        """Where the rule has something to do in the draft."""
        text = draft.source if self.side == "source" else draft.target
        if self.pattern is None or (self.needs and self.needs.isdisjoint(text)) or not self.applies(draft):
            return None
        return self.pattern.search(text)


def load_rules(source: Language, target: Language, profiles: Iterable[str]) -> tuple[Rule, ...]:
    """The rules in force between two languages, in the order of the table.

    Args:
        source: Whose rules `side` `source` are.
        target: Whose rules `side` `target` are.
        profiles: The reader's name and what the card's `cleaning` lists.
    """
    active = set(profiles)
    found = []
    for row in rows("cleaning"):
        if row["profile"] and row["profile"] not in active:
            continue
        sides: tuple[Side, ...] = ("source", "target")
        for side in sides:
            language = source if side == "source" else target
            if row["side"] in (side, "both") and _is_here(row["where"], language):
                found.append(_rule(row, side))
    return tuple(found)


def profiles() -> frozenset[str]:
    """The profiles that some rule is for."""
    return frozenset(row["profile"] for row in rows("cleaning") if row["profile"])


def _is_here(where: str, language: Language) -> bool:
    return not where or bool({language.iso, language.script, str(language)} & set(where.split()))


def _rule(row: dict[str, str], side: Side) -> Rule:
    pattern = re.compile(row["pattern"], re.MULTILINE) if row["pattern"] else None
    return Rule(
        row["id"],
        side,
        frozenset(row["when"].split()),
        frozenset(row["needs"]),
        pattern,
        row["action"],
        row["argument"],
    )


Action = Callable[[Rule, Draft, "re.Match[str]"], Iterable[Draft]]


def _replace(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    yield draft.put(rule.side, _sub(rule, draft, rule.argument))


def _pos(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    yield draft.put(rule.side, _sub(rule, draft, ""), upos=rule.argument)


def _note(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    notes = "; ".join(found.group().strip(" ()[]{}:") for found in _all(rule, draft))
    yield draft.put(rule.side, _sub(rule, draft, " "), note=notes)


def _mark(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    yield draft.put(rule.side, _sub(rule, draft, " "), note=rule.argument)


def _drop(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    return iter(())


def _unescape(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    yield draft.put(rule.side, html.unescape(draft.text(rule.side)))


def _inner(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    yield draft.put(rule.side, next(group for group in match.groups() if group is not None))


def _optional(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    letters = next(group for group in match.groups() if group is not None)
    text = draft.text(rule.side)
    for rank, middle in enumerate((letters, "")):
        yield draft.put(rule.side, text[: match.start()] + middle + text[match.end() :], rank=rank)


def _split(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    assert rule.pattern is not None
    pieces = [piece for piece in rule.pattern.split(draft.text(rule.side)) if piece.strip()]
    if any(len(piece.split()) > int(rule.argument) for piece in pieces):
        yield draft
        return
    for rank, piece in enumerate(pieces):
        yield draft.put(rule.side, piece, rank=rank if rule.side == "target" else 0)


def _split_even(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterable[Draft]:
    assert rule.pattern is not None
    counts = [len(piece.split()) for piece in rule.pattern.split(draft.text(rule.side))]
    is_even = max(counts) - min(counts) <= (min(counts) > 1)
    return _split(rule, draft, match) if is_even else [draft]


def _split_unless_target(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterable[Draft]:
    same = match.group().strip()[:1] in draft.other(rule.side)
    return [draft] if same else _split(rule, draft, match)


def _split_if_one(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterable[Draft]:
    words = draft.source.split()
    many = len(words) > 1 and not (len(words) == 2 and draft.upos in ("VERB", "NOUN"))
    return [draft] if many else _split(rule, draft, match)


def _split_group(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    text = draft.text(rule.side)
    for piece in (text[: match.start(1)], text[match.end(1) :]):
        yield draft.put(rule.side, piece)


def _alternatives(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    text = draft.text(rule.side)
    for word in match.groups():
        yield draft.put(rule.side, text[: match.start()] + word + text[match.end() :])


def _unless_light(rule: Rule, draft: Draft, match: re.Match[str]) -> Iterator[Draft]:
    rest = draft.text(rule.side)[: match.start()]
    yield draft if rest.split()[-1].lower() in rule.argument.split() else draft.put(rule.side, rest)


def _sub(rule: Rule, draft: Draft, by: str) -> str:
    assert rule.pattern is not None
    return rule.pattern.sub(by, draft.text(rule.side))


def _all(rule: Rule, draft: Draft) -> Iterator[re.Match[str]]:
    assert rule.pattern is not None
    return rule.pattern.finditer(draft.text(rule.side))


ACTIONS: dict[str, Action] = {
    "replace": _replace,
    "pos": _pos,
    "note": _note,
    "mark": _mark,
    "drop": _drop,
    "unescape": _unescape,
    "inner": _inner,
    "optional": _optional,
    "split": _split,
    "split-even": _split_even,
    "split-unless-target": _split_unless_target,
    "split-if-one": _split_if_one,
    "split-group": _split_group,
    "alternatives": _alternatives,
    "unless-light": _unless_light,
}
