"""Which part of speech has each word of this text? Rows of votes, counted for a block of sentences at once.

    form, setting  --Priors-->  votes, class  --Rules over classes-->  votes  --Rules over tags-->  tag

Nearly all work is done once per form and setting (see `shapes`); only tokens whose votes leave a doubt are
looked at in context, all at the same time. The rows stand in the tables `tags`, `closed`, `endings` and
`context` of the language's pack of rules; a language without them has no tagger.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.errors import FormatError, Where
from lexexpand.text.ambiguity import Priors
from lexexpand.text.context_rules import Layout, Rules, apply_rules, parse_template
from lexexpand.text.rules import rule_path, rule_rows
from lexexpand.text.shapes import SETTINGS, flags_of, fold, settings, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lexexpand.language import Language
    from lexexpand.text.ambiguity import InflectionTable

DOUBT = 110
"""A form is looked at in context if its second tag is less than this many votes behind the first."""
SWEEPS = 1
"""A second one was worth 0.01 points on EWT dev, and a third of the speed."""
NOWHERE, OTHER = "^", "?"
"""Values of a cell: beyond the sentence; a class or shape that no rule names."""
_CHUNK = 8192


class Lookup:
    """For each form in each setting, worked out at first sight: votes, class, shape, best tag, doubt."""

    def __init__(
        self, priors: Priors, classes: Mapping[str, int], shapes: Mapping[str, int], n_tags: int
    ) -> None:
        self._priors, self._classes, self._shapes = priors, classes, shapes
        self._flags = np.zeros(0, np.int8)
        self._row = np.zeros(0, np.int32)
        self.votes = np.zeros((0, n_tags), np.int16)
        self.context_class = np.zeros(0, np.int32)
        self.shape = np.zeros(0, np.int32)
        self.best = np.zeros(0, np.int8)
        self.doubtful = np.zeros(0, np.bool_)

    def rows(
        self, forms: list[str], form: NDArray[np.int32], offsets: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """[T], the row of each token in the columns of this look-up."""
        new = len(forms) - len(self._flags)
        if new:
            self._flags = np.append(self._flags, flags_of(forms[-new:]))
            self._row = np.append(self._row, np.full(new * len(SETTINGS), -1, np.int32))
        pair = form * np.int64(len(SETTINGS)) + settings(self._flags[form], offsets)
        unseen = pair[self._row[pair] < 0]
        if len(unseen):
            pairs = np.unique(unseen)
            self._add([forms[p // len(SETTINGS)] for p in pairs.tolist()], (pairs % len(SETTINGS)).tolist())
            self._row[pairs] = np.arange(len(self.best) - len(pairs), len(self.best))
        row: NDArray[np.int32] = self._row[pair]
        return row

    def _add(self, forms: list[str], setting: list[int]) -> None:
        votes = self._priors.votes(forms, setting)
        names = self._priors.class_names(forms, votes)
        other = self._classes[OTHER]
        classes = [next((self._classes[n] for n in some if n in self._classes), other) for some in names]
        shapes = [
            self._shapes.get(f"{shape_of(form)}/{SETTINGS[where]}", self._shapes[OTHER])
            for form, where in zip(forms, setting, strict=True)
        ]
        first_two = np.partition(votes, -2, axis=1)[:, -2:]
        self.votes = np.concatenate((self.votes, votes))
        self.context_class = np.append(self.context_class, np.array(classes, np.int32))
        self.shape = np.append(self.shape, np.array(shapes, np.int32))
        self.best = np.append(self.best, votes.argmax(1).astype(np.int8))
        self.doubtful = np.append(self.doubtful, first_two[:, 1] - first_two[:, 0] < DOUBT)


class Tagger:
    """A language's tags, priors and rules."""

    def __init__(self, language: Language, table: InflectionTable) -> None:
        rows = rule_rows(language, "tags")
        self.tags = [row["tag"] for row in rows]
        self._number = {tag: number for number, tag in enumerate(self.tags)}
        self._verbal = np.array([row["upos"] in {"VERB", "AUX"} for row in rows])
        endings = {
            row["key"]: self._votes(row["votes"], language, "endings")
            for row in rule_rows(language, "endings")
        }
        closed = rule_rows(language, "closed")
        for form, votes in self._listed(closed).items():
            endings.setdefault(f"w={form}", votes)
        of_form = defaultdict(set)
        for row in closed:
            of_form[fold(row["form"])].add(row["tag"])
        self._priors = Priors(endings, of_form, table, {row["tag"]: row["penn"] for row in rows})
        self._load_rules(language)
        self._lookup = Lookup(self._priors, self._names["c"], self._names["h"], len(self.tags))

    def tag(self, forms: list[str], form: NDArray[np.int32], offsets: NDArray[np.int64]) -> NDArray[np.int8]:
        """[T], the tag of each token as a number into `tags`. Arguments as of `Analyzer.analyze`."""
        look = self._lookup
        row = look.rows(forms, form, offsets)
        layout = Layout(offsets)
        tag = look.best[row]
        at = np.flatnonzero(look.doubtful[row])
        if not len(at):
            return tag
        columns = {"c": layout.spread(look.context_class[row]), "h": layout.spread(look.shape[row])}
        votes = np.empty((len(at), len(self.tags)), np.int16)
        place = layout.place[at]
        for start in range(0, len(at), _CHUNK):
            part = slice(start, start + _CHUNK)
            votes[part] = apply_rules(self._over_classes, look.votes[row[at[part]]], columns, place[part])
            tag[at[part]] = votes[part].argmax(1)
        for _ in range(SWEEPS if self._over_tags else 0):
            columns["t"] = layout.spread(tag.astype(np.int32) + 1)
            columns["l"] = layout.last_verbs(tag.astype(np.int32), self._verbal)
            for start in range(0, len(at), _CHUNK):
                part = slice(start, start + _CHUNK)
                tag[at[part]] = apply_rules(self._over_tags, votes[part], columns, place[part]).argmax(1)
        return tag

    def _listed(self, closed: Sequence[Mapping[str, str]]) -> dict[str, NDArray[np.int16]]:
        """Votes of closed-class forms for the tags that they are listed with, where none were counted."""
        listed: dict[str, NDArray[np.int16]] = defaultdict(lambda: np.zeros(len(self.tags), np.int16))
        for row in closed:
            if row["tag"] in self._number:
                listed[fold(row["form"])][self._number[row["tag"]]] = DOUBT
        return listed

    def _load_rules(self, language: Language) -> None:
        rows = rule_rows(language, "context")
        self._names = {"c": _numbers(rows, "c"), "h": _numbers(rows, "h")}
        sizes = {name: len(numbers) for name, numbers in self._names.items()}
        sizes |= {"t": len(self.tags) + 1, "l": (len(self.tags) + 1) * 5}
        found: dict[tuple[str, str], dict[tuple[int, ...], NDArray[np.int16]]] = defaultdict(dict)
        for row in rows:
            cells = parse_template(row["template"])
            values = tuple(
                self._value(cell.column, value)
                for cell, value in zip(cells, row["values"].split(" "), strict=True)
            )
            found[row["stage"], row["template"]][values] = self._votes(row["votes"], language, "context")
        rules = {key: Rules(key[1], sizes, of_template) for key, of_template in found.items()}
        self._over_classes: Sequence[Rules] = [rule for (stage, _), rule in rules.items() if stage == "1"]
        self._over_tags: Sequence[Rules] = [rule for (stage, _), rule in rules.items() if stage == "2"]

    def _value(self, column: str, value: str) -> int:
        if value == NOWHERE:
            return 0
        if column == "t":
            return self._number[value] + 1
        if column == "l":
            tag, _, distance = value.rpartition(":")
            return (self._number[tag] + 1) * 5 + int(distance)
        return self._names[column][value]

    def _votes(self, text: str, language: Language, table: str) -> NDArray[np.int16]:
        votes = np.zeros(len(self.tags), np.int16)
        for part in text.split():
            tag, _, count = part.partition("=")
            if tag not in self._number or not count.lstrip("-").isdecimal():
                path = rule_path(language, table) or table
                raise FormatError(
                    Where(path), f"{part!r} is not a vote, which is TAG=NUMBER with a tag of table `tags`"
                )
            votes[self._number[tag]] = int(count)
        return votes


def _numbers(rows: Sequence[Mapping[str, str]], column: str) -> dict[str, int]:
    """The values of a column's cells, numbered; 0 is beyond the sentence, 1 is any other."""
    numbers = {NOWHERE: 0, OTHER: 1}
    for row in rows:
        for cell, value in zip(row["template"].split(","), row["values"].split(" "), strict=True):
            if cell[0] == column:
                numbers.setdefault(value, len(numbers))
    return numbers
