"""spaCy and stanza are not installed where these tests run: what a user is told, and what a stub gives."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.errors import ConfigError
from lexexpand.language import Language
from lexexpand.text.analyzers import make_analyzer
from lexexpand.text.block import UPOS
from lexexpand.text.model_analyzers import ModelAnalyzer, Word

if TYPE_CHECKING:
    from collections.abc import Iterable

ENGLISH = Language("eng", "Latn")


@pytest.mark.parametrize(("module", "argument"), [("spacy", "en_core_web_sm"), ("stanza", "models")])
def test_a_missing_package_names_the_extra_to_install(module: str, argument: str) -> None:
    if importlib.util.find_spec(module):
        pytest.skip(f"{module} is installed here")
    with pytest.raises(ConfigError, match=rf"lexexpand\[{module}\].*--analyzer lexical"):
        make_analyzer(f"{module}:{argument}", ENGLISH)


@pytest.mark.parametrize("module", ["spacy", "stanza"])
def test_a_missing_model_is_asked_for(module: str) -> None:
    with pytest.raises(ConfigError, match=f"{module}:"):
        make_analyzer(module, ENGLISH)


class _Stub(ModelAnalyzer):
    def __init__(self, words: list[list[Word]]) -> None:
        super().__init__("stub:1", "1")
        self._words = words

    def _analyze(self, sentences: list[list[str]]) -> Iterable[list[Word]]:
        return self._words


def test_a_models_words_become_columns_and_gaps_are_filled() -> None:
    stub = _Stub([[("NOUN", "dog", "Number=Plur")], [("SPACE", "", "")]])
    upos, lemma, feats = stub.analyze(["dogs", "x"], np.array([0, 1], np.int32), np.array([0, 1, 1, 2]))
    assert [UPOS[u] for u in upos] == ["NOUN", "_"]
    assert [stub.lemmas[i] for i in lemma] == ["dog", "x"]
    assert [stub.feats[i] for i in feats] == ["Number=Plur", "_"]


def test_a_model_that_cuts_words_anew_is_refused() -> None:
    stub = _Stub([[("NOUN", "a", ""), ("NOUN", "b", "")]])
    with pytest.raises(ConfigError, match="cuts words anew"):
        stub.analyze(["ab"], np.array([0], np.int32), np.array([0, 1]))
