"""A neural analyser that the user has installed, in the place of ours.

    --analyzer spacy:en_core_web_sm     a spaCy pipeline, installed as a Python package or a folder
    --analyzer stanza:/data/stanza      a folder of stanza models, as `stanza.download` leaves it

Both get our tokens as they are: the cut into words is never theirs. They are slow next to `lexical` and may
answer differently on another version, which is why the version is part of their name.
"""

from __future__ import annotations

import importlib
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import ConfigError
from lexexpand.text.block import UPOS
from lexexpand.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from lexexpand.language import Language
    from lexexpand.text.analyzers import Columns

Word = tuple[str, str, str]
"""Part of speech, lemma, features; "" where the model has none."""
_CODES = {tag: code for code, tag in enumerate(UPOS)}


class ModelAnalyzer:
    """What the two have in common: sentences of words in, columns of numbers out. See `Analyzer`."""

    def __init__(self, name: str, release: str) -> None:
        """Name the analyser and the release of its model."""
        self.id = name
        self.version = release
        self._lemmas = Vocabulary()
        self._feats = Vocabulary(["_"])

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
        ids, ends = form.tolist(), offsets.tolist()
        sentences = [[forms[i] for i in ids[start:end]] for start, end in pairwise(ends)]
        words = [word for sentence in self._analyze([s for s in sentences if s]) for word in sentence]
        if len(words) != len(ids):
            raise ConfigError(
                f"{self.id} gave {len(words)} words for {len(ids)} tokens: "
                "the model cuts words anew, and cannot be used here"
            )
        upos = np.array([_CODES.get(word[0], 0) for word in words], np.int8)
        lemma = self._lemmas.add(word[1] or forms[i] for word, i in zip(words, ids, strict=True))
        return upos, lemma, self._feats.add(word[2] or "_" for word in words)

    def _analyze(self, sentences: list[list[str]]) -> Iterable[list[Word]]:
        raise NotImplementedError


class SpacyAnalyzer(ModelAnalyzer):
    """A spaCy pipeline on words that are cut already."""

    def __init__(self, model: str, language: Language) -> None:
        """Load `model`, the name of an installed pipeline or its folder."""
        spacy = _require("spacy", model, "en_core_web_sm", "spacy")
        try:
            self._pipeline = spacy.load(model, exclude=["parser", "ner", "senter"])
        except OSError as error:
            raise ConfigError(
                f"spaCy has no pipeline {model!r} here. Install it (`python -m spacy download {model}`), "
                "or use --analyzer lexical"
            ) from error
        self._doc = importlib.import_module("spacy.tokens").Doc
        meta = self._pipeline.meta
        super().__init__(f"spacy:{Path(model).name}-{meta.get('version', '')}", _installed("spacy"))

    def _analyze(self, sentences: list[list[str]]) -> Iterator[list[Word]]:
        docs = (self._doc(self._pipeline.vocab, words=words) for words in sentences)
        for doc in self._pipeline.pipe(docs):
            yield [(token.pos_, token.lemma_, str(token.morph)) for token in doc]


class StanzaAnalyzer(ModelAnalyzer):
    """The tagger and lemmatiser of a folder of stanza models."""

    def __init__(self, folder: str, language: Language) -> None:
        """Load the models of `language` from `folder`; nothing is downloaded."""
        stanza = _require("stanza", folder, "FOLDER", "stanza")
        if not Path(folder).is_dir():
            raise ConfigError(
                f"{folder}: there is no such folder of stanza models (--analyzer stanza:FOLDER)"
            )
        import langcodes

        code = langcodes.standardize_tag(language.iso)
        try:
            self._pipeline = stanza.Pipeline(
                code,
                dir=folder,
                processors="tokenize,pos,lemma",
                tokenize_pretokenized=True,
                download_method=None,
                verbose=False,
            )
        except Exception as error:  # stanza raises whatever the missing file raised
            raise ConfigError(
                f"{folder}: stanza cannot load models of {language} from it: {error}"
            ) from error
        super().__init__(f"stanza:{Path(folder).name}", _installed("stanza"))

    def _analyze(self, sentences: list[list[str]]) -> Iterator[list[Word]]:
        for sentence in self._pipeline(sentences).sentences:
            yield [(word.upos or "", word.lemma or "", word.feats or "") for word in sentence.words]


def _require(module: str, argument: str, example: str, extra: str) -> Any:
    """The module, or what to do about its absence."""
    if not argument:
        raise ConfigError(f"--analyzer {module} needs a model: {module}:{example}")
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"--analyzer {module}:{argument} needs the package {module}, which is not installed: "
            f"`pip install 'lexexpand[{extra}]'`, or use --analyzer lexical"
        ) from error


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0"
