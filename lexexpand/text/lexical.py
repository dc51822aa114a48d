"""Part of speech, lemma and features of words, from rows of data and a paradigm table: no model to install.

    The dogs were barking .     DET NOUN AUX VERB PUNCT     the dog be bark .     _ Number=Plur ...

A tag of the tagger is a part of speech with its inflection (`VERB.pst`), so the UD features follow from it;
words of the closed classes have lemma and features of their own. A language that has no such rows gets the
lemmas of simplemma where it has the language, and no part of speech: `_`.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.text.agreement import SUBJECTS, agree, find_subjects, roles_of, subject_of
from lexexpand.text.block import UPOS
from lexexpand.text.context_rules import Layout
from lexexpand.text.lemmas import LemminflectTable, lemma_of
from lexexpand.text.rules import rule_rows, rules_digest
from lexexpand.text.shapes import fold
from lexexpand.text.tagger import Tagger
from lexexpand.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from lexexpand.language import Language
    from lexexpand.text.analyzers import Columns

TABLES = ("tags", "closed", "endings", "context")
AS_ANY = "*"
"""In the table `closed`: lemma and features are those of any word with this tag."""
_ALGORITHM = "1"


class LexicalAnalyzer:
    """The analyser `lexical` of a language: see `Analyzer`."""

    id = "lexical"

    def __init__(self, language: Language) -> None:
        """Load the rows of `language`."""
        self._lemmas = Vocabulary()
        self._feats = Vocabulary(["_"])
        self._inflected = (
            _Inflected(language, self._lemmas, self._feats) if rule_rows(language, "tags") else None
        )
        self._bare = None if self._inflected else _Bare(language, self._lemmas)
        parts = [
            _ALGORITHM,
            rules_digest(language, TABLES),
            *(_installed(name) for name in ("lemminflect", "simplemma")),
        ]
        self.version = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:8]

    @property
    def lemmas(self) -> list[str]:
        """What the lemma numbers point into."""
        return self._lemmas.values

    @property
    def feats(self) -> list[str]:
        """What the feature numbers point into."""
        return self._feats.values

    def analyze(self, forms: list[str], form: NDArray[np.int32], offsets: NDArray[np.int64]) -> Columns:
        """Part of speech, lemma and features of each token; see `Analyzer.analyze`."""
        if self._inflected is not None:
            return self._inflected.analyze(forms, form, offsets)
        assert self._bare is not None
        return np.zeros(len(form), np.int8), self._bare.lemma(forms)[form], np.zeros(len(form), np.int32)


class _Inflected:
    """A tagger, and what follows from a form and its tag, each pair worked out once."""

    def __init__(self, language: Language, lemmas: Vocabulary, feats: Vocabulary) -> None:
        self._table = LemminflectTable()
        self._tagger = Tagger(language, self._table)
        self._tags = rule_rows(language, "tags")
        self._closed = {(fold(row["form"]), row["tag"]): row for row in rule_rows(language, "closed")}
        self._lemmas, self._feats = lemmas, feats
        self._upos = np.array([UPOS.index(row["upos"]) for row in self._tags], np.int8)
        self._lemma = np.zeros(0, np.int32)
        self._feat = np.zeros(0, np.int32)
        self._subject = np.zeros(0, np.int8)
        self._roles = roles_of(self._tags)
        self._agreed: dict[int, int] = {}

    def analyze(self, forms: list[str], form: NDArray[np.int32], offsets: NDArray[np.int64]) -> Columns:
        tag = self._tagger.tag(forms, form, offsets)
        size = len(self._tags)
        missing = len(forms) * size - len(self._lemma)
        self._lemma = np.append(self._lemma, np.full(missing, -1, np.int32))
        self._feat = np.append(self._feat, np.full(missing, -1, np.int32))
        self._subject = np.append(self._subject, np.zeros(missing, np.int8))
        pair = form * np.int64(size) + tag
        unseen = pair[self._lemma[pair] < 0]
        for number in np.unique(unseen).tolist():
            lemma, feats = self._entry(forms[number // size], number % size)
            self._lemma[number] = self._lemmas.add([lemma])[0]
            self._feat[number] = self._feats.add([feats])[0]
            self._subject[number] = subject_of(self._tags[number % size]["upos"], feats)
        return self._upos[tag], self._lemma[pair], self._with_agreement(tag, pair, offsets)

    def _with_agreement(
        self, tag: NDArray[np.int8], pair: NDArray[np.int64], offsets: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        feats: NDArray[np.int32] = self._feat[pair]
        verbs = np.flatnonzero(self._roles.finite[tag])
        if not len(verbs):
            return feats
        subject = find_subjects(Layout(offsets), tag, self._subject[pair], self._roles, verbs)
        both = feats[verbs] * np.int64(len(SUBJECTS)) + subject
        distinct, where = np.unique(both, return_inverse=True)
        for key in distinct.tolist():
            if key not in self._agreed:
                old, person = divmod(key, len(SUBJECTS))
                self._agreed[key] = int(self._feats.add([agree(self._feats.values[old], person)])[0])
        feats[verbs] = np.array([self._agreed[key] for key in distinct.tolist()], np.int32)[where]
        return feats

    def _entry(self, form: str, tag: int) -> tuple[str, str]:
        row = self._tags[tag]
        closed = self._closed.get((fold(form), row["tag"]))
        if closed and closed["lemma"] != AS_ANY:
            return closed["lemma"], closed["feats"]
        feats = row["feats"]
        if row["upos"] == "NUM":
            feats = f"NumForm={'Digit' if any(map(str.isdigit, form)) else 'Word'}|NumType=Card"
        return lemma_of(form, row["upos"], row["penn"], self._table), feats


class _Bare:
    """Lemmas alone, by simplemma."""

    def __init__(self, language: Language, lemmas: Vocabulary) -> None:
        self._lemmas = lemmas
        self._ids = np.zeros(0, np.int32)
        self._lemmatize = _lemmatizer(language)

    def lemma(self, forms: list[str]) -> NDArray[np.int32]:
        new = forms[len(self._ids) :]
        self._ids = np.append(self._ids, self._lemmas.add(map(self._lemmatize, new)))
        return self._ids


def _lemmatizer(language: Language) -> Callable[[str], str]:
    import langcodes
    import simplemma

    code = langcodes.standardize_tag(language.iso)
    try:
        simplemma.lemmatize("a", lang=code)
    except ValueError:
        return str.lower

    def lemma(form: str) -> str:
        found: str = simplemma.lemmatize(form, lang=code)
        return found.lower()

    return lemma


def _installed(name: str) -> str:
    try:
        return f"{name}={version(name)}"
    except PackageNotFoundError:
        return f"{name}=none"
