"""Who says that "dogs" is the plural noun "dog"? An analyser, and there are several.

An analyser sees a block of sentences as numbers into a vocabulary of forms that grows from block to
block, so that it can decide most of its work once per form. It answers with three columns of numbers:
the part of speech, the lemma and the UD features of each token. The table `ANALYZERS` names them;
`spacy:en_core_web_sm` is the analyser `spacy` with the argument `en_core_web_sm`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Protocol

import numpy as np

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lexexpand.language import Language

Columns = tuple["NDArray[np.int8]", "NDArray[np.int32]", "NDArray[np.int32]"]
"""Codes into `UPOS` [T], numbers into `lemmas` [T], numbers into `feats` [T]."""


class Analyzer(Protocol):
    """What the analysis of a source needs of an analyser.

    Attributes:
        id: its name in a digest, with whatever model it uses (`lexical`, `spacy:en_core_web_sm-3.8.0`).
        version: changes whenever its answers may.
        lemmas: the lemmas that the second column points into; grows.
        feats: the UD features (`Number=Plur`, `_` for none) that the third column points into; grows.
    """

    @property
    def id(self) -> str:
        """Name in a digest."""

    @property
    def version(self) -> str:
        """Version in a digest."""

    @property
    def lemmas(self) -> Sequence[str]:
        """Lemmas by number."""

    @property
    def feats(self) -> Sequence[str]:
        """UD features by number."""

    def analyze(self, forms: list[str], form: NDArray[np.int32], offsets: NDArray[np.int64]) -> Columns:
        """Analyse sentences.

        Args:
            forms: the vocabulary of forms; the same list at each call, longer each time.
            form: [T], numbers into `forms`.
            offsets: [B + 1], where each sentence starts in `form`.

        Returns:
            Part of speech, lemma and features of each token.
        """


class PlainAnalyzer:
    """No knowledge at all: part of speech unknown, the lemma is the form in small letters."""

    id = "plain"
    version = "1"

    def __init__(self) -> None:
        self.lemmas: list[str] = []
        self.feats: list[str] = ["_"]

    def analyze(self, forms: list[str], form: NDArray[np.int32], offsets: NDArray[np.int64]) -> Columns:
        """Every token `_`, its own lower-cased form, and no features."""
        self.lemmas.extend(word.lower() for word in forms[len(self.lemmas) :])
        return np.zeros(len(form), np.int8), form, np.zeros(len(form), np.int32)


def _plain(argument: str, language: Language) -> Analyzer:
    return PlainAnalyzer()


def _lexical(argument: str, language: Language) -> Analyzer:
    from lexexpand.text.lexical import LexicalAnalyzer

    made: Analyzer = LexicalAnalyzer(language)
    return made


def _spacy(argument: str, language: Language) -> Analyzer:
    from lexexpand.text.model_analyzers import SpacyAnalyzer

    return SpacyAnalyzer(argument, language)


def _stanza(argument: str, language: Language) -> Analyzer:
    from lexexpand.text.model_analyzers import StanzaAnalyzer

    return StanzaAnalyzer(argument, language)


ANALYZERS: dict[str, Callable[[str, Language], Analyzer]] = {
    "plain": _plain,
    "lexical": _lexical,
    "spacy": _spacy,
    "stanza": _stanza,
}
"""Name of an analyser -> what makes one of the text behind the colon and the language."""


def make_analyzer(spec: str, language: Language) -> Analyzer:
    """The analyser that `--analyzer` names, as `name` or `name:argument`.

    Raises:
        ConfigError: There is no such analyser, or it cannot be had here.
    """
    name, _, argument = spec.partition(":")
    factory = ANALYZERS.get(name)
    if factory is None:
        near = get_close_matches(name, ANALYZERS, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(ANALYZERS)}."
        raise ConfigError(f"there is no analyser {name!r}. {hint}")
    return factory(argument, language)
