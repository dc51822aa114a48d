"""What is the lemma of "saw"? It depends on the part of speech, and on a table of paradigms.

    saw  VBD see      saw  NN saw      better  JJR good      better  RBR well      Iraqi  JJ Iraqi

The paradigms of English are those of the library lemminflect (its word list, and its rules for words that are
not in it). Two questions are asked of it, once per form: which inflections can this form be, and what is
the lemma if it is this one. Inflections go by their Penn Treebank names, as they do there.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lexexpand.text.shapes import fold, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_INFLECTIONS = {
    "VERB": ("VB", "VBD", "VBN", "VBG", "VBZ"),
    "NOUN": ("NN", "NNS"),
    "ADJ": ("JJ", "JJR", "JJS"),
    "ADV": ("RB", "RBR", "RBS"),
}
_CATEGORY = {tag: category for category, tags in _INFLECTIONS.items() for tag in tags}
_BASE = frozenset(tags[0] for tags in _INFLECTIONS.values())
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_REGULAR_PAST = "ed"
UNKNOWN = "-"
IRREGULAR = "IRR"
"""Stands beside VBD for a form such as "fell": seldom anything else, even where the table has more."""


class LemminflectTable:
    """The paradigms of lemminflect, asked once per form."""

    def __init__(self) -> None:
        import lemminflect

        self._lemmas_of = lemminflect.getAllLemmas
        self._forms_of = lru_cache(maxsize=None)(lemminflect.getAllInflections)
        self._guess = lemminflect.getAllLemmasOOV
        self._known: dict[str, dict[str, tuple[str, ...]]] = {}

    def inflections(self, form: str) -> str:
        """The inflections that a folded form can be, as `NN.VB`; `-` if it is unknown."""
        return ".".join(self._candidates(form)) or UNKNOWN

    def lemma(self, form: str, inflection: str) -> str:
        """The lemma of a folded form that is of an inflection."""
        known = self._candidates(form).get(inflection)
        if known:
            return known[0]
        if inflection in _BASE:
            return form
        category = _CATEGORY[inflection]
        listed: tuple[str, ...] = self._lemmas_of(form).get(category, ())
        guessed: tuple[str, ...] = listed or self._guess(form, category).get(category, ())
        return guessed[0] if guessed else form

    def _candidates(self, form: str) -> dict[str, tuple[str, ...]]:
        found = self._known.get(form)
        if found is None:
            found = self._known[form] = self._search(form)
        return found

    def _search(self, form: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for name, lemmas in self._lemmas_of(form).items():
            category = "VERB" if name == "AUX" else name
            tags = _INFLECTIONS.get(category, ())
            for lemma in lemmas if tags else ():
                forms = _with_participle(self._forms_of(lemma))
                for tag in tags:
                    is_base = tag == tags[0] and lemma == form
                    if (is_base or form in forms.get(tag, ())) and lemma not in found.setdefault(tag, []):
                        found[tag].append(lemma)
        past = found.get("VBD", [])
        if any(lemma != form for lemma in past):
            # "fell", "saw", "found": the past of one verb, and hardly ever the base of another
            found.pop("VB", None)
            if not form.endswith(_REGULAR_PAST):
                found[IRREGULAR] = past
                if "VBN" not in found:
                    found.pop("JJ", None)  # nor is a past that is no participle an adjective
        return {tag: tuple(found[tag]) for tag in sorted(found) if found[tag]}


def _with_participle(forms: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The table gives a past participle only where it differs from the past."""
    return {**forms, "VBN": forms["VBD"]} if "VBD" in forms and "VBN" not in forms else forms


def lemma_of(form: str, upos: str, inflection: str, table: LemminflectTable) -> str:
    """The lemma of a form with a part of speech: in small letters, names apart.

    Args:
        form: as it stands in the text.
        upos: its part of speech.
        inflection: its Penn tag where it is inflected, else "".
        table: the paradigms.
    """
    if upos == "PROPN":
        return _name_lemma(form, inflection, table)
    if upos == "NUM":
        return _THOUSANDS.sub("", fold(form))
    if upos in {"PUNCT", "SYM", "X"}:
        return form
    lower = fold(form)
    if not inflection:
        return lower
    shape = shape_of(form)
    if shape != "lower" and table.inflections(lower) == UNKNOWN:
        # "Iraqi", "EPM", "iPod": the table knows no such word in small letters, so the capital is its own
        if inflection in {"JJ", "NN"} and (shape != "Title" or inflection == "JJ"):
            return form
        if inflection == "NNS" and shape == "miXed" and form[-1] == "s":
            return form[:-1]
    return table.lemma(lower, inflection)


def _name_lemma(form: str, inflection: str, table: LemminflectTable) -> str:
    if inflection == "NNS":
        lemma = table.lemma(fold(form), "NNS")
        return lemma.upper() if form.isupper() else lemma[:1].upper() + lemma[1:]
    return form[:1].upper() + form[1:] if shape_of(form) == "lower" else form
