"""From what a dictionary says to what can stand in a sentence.

    to answer somebody    verb    andsvara         ->   answer   VERB   andsvara
    address               -       adrese (verb)    ->   address  VERB   adrese
    mission               -       мог, миссия      ->   mission = мог;  mission = миссия
    ok dear               -       í lagi, góða     ->   as it is: the comma belongs to the phrase
    false                 -       FALSKUR          ->   falskur, where the pack is known for such capitals
    bear                  -       if it is animal it is - ...   dropped, counted

Each rule is a row of `data/cleaning.tsv`; here is the engine. Most cells need nothing, so a rule looks
through a whole column at once, and only the rows that it finds go through the rules one by one. What was
changed or dropped is in the report, under the rule's id. Cleaning what is clean changes nothing (a property
test).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from lexexpand.lexicon.pos import is_word, upos_of
from lexexpand.lexicon.report import Change, CleaningReport
from lexexpand.lexicon.rows import NO_WORD
from lexexpand.lexicon.rules import Draft, Rule, Side, load_rules
from lexexpand.lexicon.scripts import is_foreign, lookalikes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lexexpand.language import Language
    from lexexpand.lexicon.rows import Row

_PASSES = 6
_TABLES = frozenset({"tsv", "csv", "starter"})  # where people write down that there is no such word
_PARTS = re.compile(r"[\W\d_]+")
_BLANKS = re.compile(r"[^\S\n ]|  |^ | $", re.MULTILINE)
# Soft hyphen, zero-width space, direction marks, word joiner, byte order mark, and control characters: they
# show nothing and part equal words. The joiners U+200C and U+200D are letters' shapes in many scripts, and
# stay there.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x01-\x08\x0b-\x1f\x7f-\x84\x86-\x9f"
_JOINERS = "\u200c\u200d"
_NO_JOINERS = frozenset({"Latn", "Cyrl", "Grek", "Armn", "Geor"})


class Clean(NamedTuple):
    """A translation that is ready to be an entry, but for its weight; or the word that there is none."""

    source: tuple[str, ...]
    target: tuple[str, ...]
    upos: str | None
    note: str
    number: int
    weight: float
    rank: int

    @property
    def is_absent(self) -> bool:
        """Whether the target language has no such word."""
        return self.target == (NO_WORD,)


class Cleaner:
    """The rules between two languages for one kind of pack.

    Args:
        source_language: Language of the source cells.
        target: Language of the target cells.
        profiles: The reader's name and what the card's `cleaning` lists.
    """

    def __init__(self, source_language: Language, target: Language, profiles: Iterable[str] = ()) -> None:
        self.languages: dict[Side, Language] = {"source": source_language, "target": target}
        names = frozenset(profiles)
        self.says_absence = not names.isdisjoint(_TABLES)
        rules = load_rules(source_language, target, names)
        self.rules = tuple(rule for rule in rules if rule.pattern is not None)
        self.last = tuple(rule for rule in rules if rule.pattern is None)

    def clean(self, rows: Sequence[Row], pack: str = "") -> tuple[list[Clean], CleaningReport]:
        """The translations of the rows, in their order, and the report."""
        changes: list[Change] = []
        cells: dict[Side, list[str]] = {}
        for side in self.languages:
            before = [row.source if side == "source" else row.target for row in rows]
            cells[side] = _Column(before, rows, pack, changes).normalize(self.languages[side])
        flagged = self._candidates(cells)
        finish = _Finish(self.last, cells, self.languages["target"])
        found: list[Clean] = []
        for index, row in enumerate(rows):
            draft = Draft(
                cells["source"][index], cells["target"][index], upos_of(row.tag), row.note.strip(), row.rank
            )
            log = _Log(pack, row.number, changes)
            if not is_word(row.tag):
                log.drop("not-a-word", draft)
                continue
            if self.says_absence and draft.target == NO_WORD and draft.source:
                words = (tuple(draft.source.split()), (NO_WORD,))
                found.append(Clean(*words, draft.upos, draft.note, row.number, row.weight, row.rank))
                continue
            drafts = self._run(draft, flagged[index], log) if index in flagged else [draft]
            found.extend(
                Clean(*pair, kept.upos, kept.note, row.number, row.weight, kept.rank)
                for kept, pair in finish.run(drafts, log)
            )
        identical = sum(clean.source == clean.target for clean in found if not clean.is_absent)
        kept = sum(not clean.is_absent for clean in found)
        return found, CleaningReport(len(rows), kept, identical, 0, tuple(changes))

    def _candidates(self, cells: dict[Side, list[str]]) -> dict[int, set[int]]:
        """Row index -> the rules that have something to do there."""
        flagged: dict[int, set[int]] = {}
        for side, column in cells.items():
            mine = [(position, rule) for position, rule in enumerate(self.rules) if rule.side == side]
            special = frozenset().union(*(rule.needs for _, rule in mine))
            odd = [index for index, cell in enumerate(column) if not special.isdisjoint(cell)]
            views = (_View([column[index] for index in odd], odd), _View(column, range(len(column))))
            for position, rule in mine:
                for index in views[not rule.needs].rows_with(rule):
                    flagged.setdefault(index, set()).add(position)
        return flagged

    def _run(self, draft: Draft, positions: set[int], log: _Log) -> list[Draft]:
        """Put a draft through the rules, again until nothing changes."""
        drafts, todo = [draft], positions
        everything = set(range(len(self.rules)))
        for _ in range(_PASSES):
            changed = False
            for position, rule in enumerate(self.rules):
                if not changed and position not in todo:
                    continue
                if all(rule.search(old) is None for old in drafts):
                    continue
                after = [new for old in drafts for new in log.note(rule, old, rule.apply(old))]
                changed, drafts = changed or after != drafts, after
            if not changed:
                break
            todo = everything
        return drafts


class _View:
    """Some cells of a column as one text, and which rows they are."""

    def __init__(self, cells: Sequence[str], rows: Sequence[int]) -> None:
        self.text = "\n".join(cells)
        self.letters = set(self.text)
        self.starts = list(accumulate((len(cell) + 1 for cell in cells), initial=0))
        self.rows = rows

    def rows_with(self, rule: Rule) -> Iterable[int]:
        """The rows where the rule's pattern is found."""
        if rule.pattern is None or not self.rows or (rule.needs and rule.needs.isdisjoint(self.letters)):
            return
        for match in rule.pattern.finditer(self.text):
            yield self.rows[bisect_right(self.starts, match.start()) - 1]


class _Log:
    """Writes the changes of one row."""

    def __init__(self, pack: str, number: int, changes: list[Change]) -> None:
        self.pack, self.number, self.changes = pack, number, changes

    def note(self, rule: Rule, before: Draft, after: list[Draft]) -> list[Draft]:
        if not after:
            self.drop(rule.id, before)
        elif after[0] != before or len(after) > 1:
            text = " | ".join(draft.text(rule.side) for draft in after)
            self.changes.append(Change(self.pack, self.number, rule.id, before.text(rule.side), text))
        return after

    def drop(self, rule: str, draft: Draft) -> None:
        self.changes.append(Change(self.pack, self.number, rule, f"{draft.source} = {draft.target}", None))


Words = tuple[tuple[str, ...], tuple[str, ...]]


class _Finish:
    """The last rules, which need words, both sides or the whole column, not a pattern."""

    def __init__(self, rules: Sequence[Rule], cells: dict[Side, list[str]], target: Language) -> None:
        self.no_names = frozenset(
            word for rule in rules if rule.action == "no-name" for word in rule.argument.split()
        )
        # A key with a capital is a name, a language's more often than not.
        self.names = {key for key in cells["source"] if key[:1].isupper() and key not in self.no_names}
        letters = set().union(*cells["target"])
        self.foreign = frozenset(
            letter for letter in letters | {c.lower() for c in letters} if is_foreign(letter, target.script)
        )
        # Letters that some language of the script has borrowed for good, such as a theta.
        self.mixed = self.foreign.difference(*lookalikes(target).values())
        self.script = target.script
        checks: dict[str, Callable[[Rule, Draft, Words], Draft | None]] = {
            "sentence-case": self._sentence_case,
            "stray-name": self._stray_name,
            "definition": _definition,
        }
        if self.foreign:
            checks["other-script"] = self._other_script
            checks["mixed-script"] = self._mixed_script
        self.checks = [(rule, checks[rule.action]) for rule in rules if rule.action in checks]
        many = [int(rule.argument.split()[0]) for rule in rules if rule.action == "definition"]
        self.many = min(many, default=1)

    def run(self, drafts: Iterable[Draft], log: _Log) -> Iterable[tuple[Draft, Words]]:
        for draft in drafts:
            words: Words = (tuple(draft.source.split()), tuple(draft.target.split()))
            if not words[0] or not words[1]:
                log.drop("empty", draft)
                continue
            if self._is_plain(draft, words):
                yield draft, words
                continue
            kept: Draft | None = draft
            for rule, check in self.checks:
                after = check(rule, draft, words)
                if after is not draft:
                    kept = after
                    log.note(rule, draft, [after] if after else [])
                    if after is None:
                        break
                    draft, words = after, (words[0], tuple(after.target.split()))
            if kept is not None:
                yield kept, words

    def _is_plain(self, draft: Draft, words: Words) -> bool:
        """Whether no check can have anything to say: most rows."""
        short = len(words[0]) < self.many > len(words[1])
        return short and not draft.target[0].isupper() and self.foreign.isdisjoint(draft.target)

    def _stray_name(self, rule: Rule, draft: Draft, words: Words) -> Draft | None:
        is_stray = draft.target[0].isupper() and draft.target in self.names and draft.source.islower()
        return None if is_stray and draft.target.casefold() != draft.source.casefold() else draft

    def _sentence_case(self, rule: Rule, draft: Draft, words: Words) -> Draft:
        """Small letters for a target that begins with a capital although its source has none."""
        target = draft.target
        if not target[0].isupper() or target[0] in rule.argument:
            return draft
        if not draft.source.islower() and not all(w.islower() or w in self.no_names for w in words[0]):
            return draft
        letters = [c for c in target if c.isalpha() and c not in rule.argument]
        if len(letters) > 1 and all(c.isupper() for c in letters):
            return draft.put("target", "".join(c if c in rule.argument else c.lower() for c in target))
        return draft.put("target", target[0].lower() + target[1:])

    def _other_script(self, rule: Rule, draft: Draft, words: Words) -> Draft | None:
        if self.foreign.isdisjoint(draft.target):
            return draft
        own = any(c.isalpha() and not is_foreign(c, self.script) for c in draft.target)
        return draft if own else None

    def _mixed_script(self, rule: Rule, draft: Draft, words: Words) -> Draft | None:
        if self.mixed.isdisjoint(draft.target):
            return draft
        for word in _PARTS.split(draft.target):
            own = any(c.isalpha() and not is_foreign(c, self.script) for c in word if c not in self.mixed)
            if own and not self.mixed.isdisjoint(word):
                return None
        return draft


def _definition(rule: Rule, draft: Draft, words: Words) -> Draft | None:
    many, few = map(int, rule.argument.split())
    long, short = words if rule.side == "source" else words[::-1]
    return None if rule.applies(draft) and len(long) >= many and len(short) <= few else draft


class _Column:
    """The cells of one side, made NFC, with single blanks, nothing invisible, and letters of one script."""

    def __init__(self, cells: list[str], rows: Sequence[Row], pack: str, changes: list[Change]) -> None:
        self.cells = [cell.replace("\n", " ") if "\n" in cell else cell for cell in cells]
        self.rows, self.pack, self.changes = rows, pack, changes

    def normalize(self, language: Language) -> list[str]:
        """The cells in their normal form; each change is counted under its step."""
        invisible = re.compile(f"[{_INVISIBLE}{_JOINERS if language.script in _NO_JOINERS else ''}]")
        table = lookalikes(language)
        suspects = frozenset(map(chr, table))
        self._mend("invisible", invisible.search, lambda cell: invisible.sub("", cell))
        self._mend("blanks", _BLANKS.search, lambda cell: " ".join(cell.split()))
        self._mend("nfc", _is_decomposed, lambda cell: unicodedata.normalize("NFC", cell))
        self._mend(
            "look-alike",
            lambda cell: not suspects.isdisjoint(cell),
            lambda cell: " ".join(_own_letters(word, table, language.script) for word in cell.split(" ")),
        )
        return self.cells

    def _mend(self, rule: str, needs: Callable[[str], object], mend: Callable[[str], str]) -> None:
        if not needs("\n".join(self.cells)):
            return
        for index, cell in enumerate(self.cells):
            if needs(cell) and (mended := mend(cell)) != cell:
                self.changes.append(Change(self.pack, self.rows[index].number, rule, cell, mended))
                self.cells[index] = mended


def _is_decomposed(text: str) -> bool:
    return not unicodedata.is_normalized("NFC", text)


def _own_letters(word: str, table: dict[int, str], script: str) -> str:
    """A word with its look-alikes mended, if it has letters of the script at all and none foreign is left."""
    if not any(c.isalpha() and ord(c) not in table and not is_foreign(c, script) for c in word):
        return word
    mended = word.translate(table)
    return word if any(is_foreign(c, script) for c in mended if c.isalpha() and ord(c) < 0x370) else mended
