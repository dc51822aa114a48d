"""What does `V;IND;PRS;3;SG` say, and does it say the same as `V;PRS;IND;SG;3`?

UniMorph writes the cell of a paradigm as values joined by `;`. The files that people have differ in four
ways, and a bundle read here is equal to its variants in all of them:

1. Order is free. `N;DEF;ACC;PL` = `N;PL;ACC;DEF`. We print in one order: the dimensions of
   `data/unimorph_schema.tsv`, and within a dimension its values.
2. Flat or hierarchical. `V;ACC(2,SG)` marks an object of the second person; a `;` can stand inside the
   brackets. Inside, order is free too.
3. Alternatives and sums. Faroese `ADJ;NOM/ACC;NEUT;SG` is one form for two cases; Navajo `3;SG/DU/PL` for
   three numbers; `IN+ESS` (in, at rest) is one case made of two parts; Pashto `(non)NOM` is any other case.
4. Old names and slips of the pen: `V.PTCP.PRS` (fao), `INST` (kaz), `PRES` (swc). Rows of
   `data/unimorph_aliases.tsv`, some of one language alone: what Northern Sami tables call `PRP` is a
   locative.

The part of speech is apart from the rest. `V.PTCP`, `V.CVB`, `V.MSDR`, `NFIN` and `FIN` are forms of verbs:
their part of speech is `V`, so `V.PTCP;PST` = `V;V.PTCP;PST`.

>>> str(FeatureBundle.parse("V;SG;3;PRS;IND"))
'V;IND;PRS;3;SG'
>>> FeatureBundle.parse("N;PL").subsumes(FeatureBundle.parse("N;INDF;NOM;PL"))
True

A value that the schema does not know is kept (dimension `unknown`), so that no table is lost over a new tag;
`unknown` lists them. Broken brackets and empty values are errors.

Source: Sylak-Glassman 2016, "The composition and use of the universal morphological feature schema"
(UniMorph schema), and the files themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError
from lexexpand.morphology.schema import UNKNOWN, dimension_of, expand, order_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

POS = "Part of speech"
_ATOM = re.compile(r"[^;,/+(){}]+")
_NEGATED = re.compile(r"^(?:non\{(?P<braces>[^}]*)\}|\(non\)(?P<plain>.*))$")


@dataclass(frozen=True, slots=True)
class Feature:
    """One place of a bundle: its dimension and the values that it admits.

    `choices` are the alternatives (`NOM/ACC`: two), each printed with its `+` parts in order; `arguments`
    are what stands in brackets behind the value; `negated` is `non{…}`.
    """

    dimension: str
    choices: tuple[str, ...]
    arguments: tuple[Feature, ...] = ()
    negated: bool = False

    def __str__(self) -> str:
        text = "/".join(self.choices)
        if self.arguments:
            text += f"({','.join(map(str, self.arguments))})"
        return f"non{{{text}}}" if self.negated else text

    def admits(self, other: Feature) -> bool:
        """Whether some value fits both (`NOM/ACC` admits `ACC`)."""
        if self.dimension != other.dimension:
            return False
        shared = not set(self.choices).isdisjoint(other.choices)
        if self.negated != other.negated:
            return not shared
        return shared and (not self.arguments or not other.arguments or self.arguments == other.arguments)

    def covers(self, other: Feature) -> bool:
        """Whether every value of `other` is one of these."""
        if self == other:
            return True
        if self.dimension != other.dimension or (self.arguments and self.arguments != other.arguments):
            return False
        if self.negated and not other.negated:
            return set(self.choices).isdisjoint(other.choices)
        return self.negated == other.negated and set(other.choices) <= set(self.choices)


@dataclass(frozen=True, slots=True)
class FeatureBundle:
    """A cell of a paradigm, or a request for one. Hashable; equal to its re-orderings."""

    pos: str | None
    features: tuple[Feature, ...]

    @classmethod
    def parse(cls, text: str, language: str | None = None) -> FeatureBundle:
        """Read a bundle; `language` (ISO 639-3) adds the aliases of that language's tables.

        Raises:
            ConfigError: where brackets are not closed or a value is empty; the message shows the bundle.
        """
        return _parse(text, language)

    @classmethod
    def of(cls, features: Iterable[Feature]) -> FeatureBundle:
        """A bundle of features in any order; repeated ones count once."""
        unique = sorted(set(features), key=order_key)
        pos = next((str(feature) for feature in unique if feature.dimension == POS), None)
        return cls(
            pos, tuple(feature for feature in unique if feature.dimension != POS or str(feature) != pos)
        )

    def __str__(self) -> str:
        parts = [] if self.pos is None else [self.pos]
        return ";".join([*parts, *map(str, self.features)])

    @property
    def unknown(self) -> tuple[str, ...]:
        """The values that the schema does not have."""
        lost = [str(feature) for feature in self.features if feature.dimension == UNKNOWN]
        if self.pos is not None:
            lost += [part for part in re.split(r"[/+]", self.pos) if dimension_of(part) != POS]
        return tuple(lost)

    def get(self, dimension: str) -> tuple[Feature, ...]:
        """The features of a dimension; mostly none or one."""
        return tuple(feature for feature in self.features if feature.dimension == dimension)

    def with_features(self, *texts: str) -> FeatureBundle:
        """This bundle with more said; a new value replaces the old one of its dimension."""
        added = [feature for text in texts for feature in FeatureBundle.parse(text)._all()]
        replaced = {feature.dimension for feature in added}
        return FeatureBundle.of([*added, *(f for f in self._all() if f.dimension not in replaced)])

    def union(self, other: FeatureBundle) -> FeatureBundle:
        """What both say, `other` winning where they disagree."""
        replaced = {feature.dimension for feature in other._all()}
        return FeatureBundle.of([*other._all(), *(f for f in self._all() if f.dimension not in replaced)])

    def subsumes(self, other: FeatureBundle) -> bool:
        """Whether all that this bundle says holds of `other`: `N;PL` subsumes `N;NOM;PL`."""
        if self.pos is not None and self.pos != other.pos:
            return False
        return all(any(mine.covers(theirs) for theirs in other.features) for mine in self.features)

    def contradicts(self, other: FeatureBundle) -> tuple[str, ...]:
        """The dimensions in which both speak and no value fits both, in canonical order."""
        found = []
        if self.pos is not None and other.pos is not None and self.pos != other.pos:
            found.append(POS)
        for mine in self.features:
            theirs = other.get(mine.dimension)
            if theirs and not any(mine.admits(one) for one in theirs):
                found.append(mine.dimension)
        return tuple(dict.fromkeys(found))

    def flat(self) -> FeatureBundle:
        """The same without brackets: `V;NOM(3,SG)` is `V;3;SG`, `V;ACC(2,SG)` is `V;ARGAC2S`.

        The subject of a verb (`NOM`) is its plain person and number, `PSS(3,SG)` is `PSS3S`; a noun's case in
        front of brackets (`N;NOM(DEF,SG)`) stands beside what they hold.
        """
        if not any(feature.arguments for feature in self.features):
            return self
        return FeatureBundle.of([*self._all()[: self.pos is not None], *self._flattened()])

    def _flattened(self) -> Iterator[Feature]:
        for feature in self.features:
            head, inside = feature.choices[0], feature.arguments
            bare = Feature(feature.dimension, feature.choices, (), feature.negated)
            if not inside:
                yield feature
            elif head == "PSS":
                owner, rest = _owner(inside)
                yield Feature(feature.dimension, ("PSS" + owner,))
                yield from rest
            elif self.pos == "V" and feature.dimension == "Case":
                if head == "NOM":
                    yield from FeatureBundle.of(inside).flat().features
                else:
                    yield Feature("Argument", ("ARG" + head[:2] + _owner(inside)[0],))
            elif feature.dimension == "Case":
                yield bare
                yield from FeatureBundle.of(inside)._flattened()
            else:
                yield feature

    def distance(self, other: FeatureBundle) -> int:
        """How many values must be struck out or added to get from one bundle to the other. A metric."""
        mine, theirs = {*self._all()}, {*other._all()}
        return len(mine ^ theirs)

    def _all(self) -> tuple[Feature, ...]:
        return (
            self.features if self.pos is None else (Feature(POS, tuple(self.pos.split("/"))), *self.features)
        )


def _owner(features: Iterable[Feature]) -> tuple[str, list[Feature]]:
    """Person, number and gender as in `PSS3SM`, and what else was in the brackets."""
    known = [feature for feature in features if feature.dimension in ("Person", "Number", "Gender")]
    letters = [str(feature) if feature.dimension == "Person" else str(feature)[0] for feature in known]
    order = {"Person": 0, "Number": 1, "Gender": 2}
    ranked = sorted(zip((order[f.dimension] for f in known), letters, strict=True))
    return "".join(letter for _, letter in ranked), [feature for feature in features if feature not in known]


def order_key(feature: Feature) -> tuple[int, int, str]:
    """Where a feature stands in canonical order."""
    dimension, value = order_of(feature.dimension, feature.choices[0].split("+")[0])
    return dimension, value, str(feature)


@lru_cache(maxsize=1 << 16)
def _parse(text: str, language: str | None) -> FeatureBundle:
    items = [item.strip() for item in _split(text.rstrip("; \t"), ";", text)]  # ckb has `V.MSDR;NEG;`
    values = expand(items, language)
    return FeatureBundle.of(_feature(value, text, top=True) for value in values)


def _split(text: str, separators: str, whole: str) -> list[str]:
    """Cut at separators that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
            if depth < 0:
                raise ConfigError(f"feature bundle {whole!r}: a bracket closes that was never opened.")
        elif depth == 0 and char in separators:
            parts.append(text[start:place])
            start = place + 1
    if depth:
        raise ConfigError(f"feature bundle {whole!r}: a bracket is not closed.")
    return [*parts, text[start:]]


def _feature(text: str, whole: str, *, top: bool) -> Feature:
    negation = _NEGATED.match(text)
    if negation:
        inner = _feature(negation["braces"] or negation["plain"] or "", whole, top=top)
        return Feature(inner.dimension, inner.choices, inner.arguments, not inner.negated)
    if text.startswith("{") and text.endswith("}"):
        return _feature(text[1:-1], whole, top=top)
    head, bracket, rest = text.partition("(")
    arguments: tuple[Feature, ...] = ()
    if bracket:
        if not rest.endswith(")"):
            raise ConfigError(f"feature bundle {whole!r}: {text!r} goes on after its bracket.")
        inside = [_feature(part.strip(), whole, top=False) for part in _split(rest[:-1], ",;", whole)]
        arguments = tuple(sorted(set(inside), key=order_key))
    choices = tuple(sorted({_sum(part, whole) for part in head.split("/")}, key=_choice_order))
    return Feature(dimension_of(choices[0].split("+")[0]), choices, arguments)


def _sum(text: str, whole: str) -> str:
    parts = [part.strip() for part in text.split("+")]
    if not all(_ATOM.fullmatch(part) for part in parts):
        raise ConfigError(
            f"feature bundle {whole!r}: {text!r} is not a value. Is a value missing between two `;`?"
        )
    return "+".join(sorted(dict.fromkeys(parts), key=_choice_order))


def _choice_order(text: str) -> tuple[int, int, str]:
    first = text.split("+")[0]
    dimension, value = order_of(dimension_of(first), first)
    return dimension, value, text
