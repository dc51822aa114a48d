"""A loaded bundle: text in, typed predictions and vectors out.

    bundle = load_bundle("bundles/fao_Latn")
    bundle("Hon las bókina.", task="pos")                    one text: a Prediction
    bundle(["Hon las.", "Góðan dag!"], task="pos")           texts: a list
    bundle([["Hon", "las", "."]], task="pos")                words that are cut already
    bundle.embed(["Hon las.", "She read."])                  (2, H), of length 1

Adapters are merged when a task is first used, into a copy of the layers that they change: the base itself and
other bundles on it never notice. One bundle may be used by several threads; they take turns.
"""

from __future__ import annotations

import logging
import threading
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, overload

from lexexpand.bundle.folder import MANIFEST, Folder
from lexexpand.bundle.manifest import TOKENISER
from lexexpand.bundle.prediction import is_iob2, make_prediction
from lexexpand.bundle.words import given_words, words_of
from lexexpand.errors import BundleError, ConfigError
from lexexpand.model.predict import label, mean_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from lexexpand.bundle.manifest import Manifest
    from lexexpand.bundle.prediction import Prediction, Word
    from lexexpand.bundle.words import Place
    from lexexpand.model.glosses import Glosses
    from lexexpand.model.network import Network
    from lexexpand.model.predict import Scores
    from lexexpand.model.tasks import Task
    from lexexpand.text.tokenizer import Tokenizer

_log = logging.getLogger(__name__)
BUDGET = 4096
"""Padded pieces in a batch: some 200 sentences."""
CHUNK = 1024
"""Texts that `pipe` takes at a time."""


class Bundle:
    """What `load_bundle` returns.

    Attributes:
        path: the folder it came from.
        manifest: what it says of itself: base, data, licences, scores.
        network: the base with adapters and heads.
    """

    def __init__(self, path: Path, manifest: Manifest, network: Network, *, merge: bool = True) -> None:
        self.path, self.manifest, self.network = path, manifest, network
        self._merge = merge
        self._merged: dict[str | None, Network] = {}
        self._lock = threading.Lock()
        self._tokenizer: Tokenizer | None = None

    def __repr__(self) -> str:
        return f"<Bundle {self.language} on {self.manifest.base.id}: {', '.join(self.tasks) or 'no tasks'}>"

    @property
    def language(self) -> str:
        """Tag of the language, as in `fao_Latn`."""
        return self.manifest.language

    @cached_property
    def trained_on(self) -> NDArray[np.uint64] | None:
        """Digests of the sentences that it was trained on; None where the bundle does not say.

        Raises:
            BundleError: The file is damaged.
        """
        from lexexpand.bundle.tensors import read_trained_on

        return read_trained_on(Folder(self.path))

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The tasks by name, with their labels."""
        return self.network.tasks

    @overload
    def __call__(  # type: ignore[overload-overlap]  # a str is a sequence of them, and means one text
        self, text: str, task: str | None = None, *, budget: int = BUDGET
    ) -> Prediction: ...

    @overload
    def __call__(
        self, text: Iterable[str | Sequence[str]], task: str | None = None, *, budget: int = BUDGET
    ) -> list[Prediction]: ...

    def __call__(
        self, text: str | Iterable[str | Sequence[str]], task: str | None = None, *, budget: int = BUDGET
    ) -> Prediction | list[Prediction]:
        """What a task says about a text, or about each of many.

        Args:
            text: a text; or many, each a text or a list of its words.
            task: name of the task; may be left out where the bundle has one.
            budget: pieces that are read at once, padding included: memory against speed.

        Raises:
            ConfigError: The bundle has no such task.
            DataError: A text holds a lone surrogate, or a word is empty.
        """
        known = self._task(task)
        items = [text] if isinstance(text, str) else list(text)
        predictions = self._predict(known, items, budget)
        return predictions[0] if isinstance(text, str) else predictions

    def pipe(
        self, texts: Iterable[str | Sequence[str]], task: str | None = None, *, budget: int = BUDGET
    ) -> Iterator[Prediction]:
        """As calling it with many, for texts without end: a thousand are read at a time."""
        known, rest = self._task(task), iter(texts)
        while chunk := list(islice(rest, CHUNK)):
            yield from self._predict(known, chunk, budget)

    @overload
    def embed(self, text: str, *, budget: int = BUDGET) -> NDArray[np.float32]: ...

    @overload
    def embed(self, text: Iterable[str | Sequence[str]], *, budget: int = BUDGET) -> NDArray[np.float32]: ...

    def embed(
        self, text: str | Iterable[str | Sequence[str]], *, budget: int = BUDGET
    ) -> NDArray[np.float32]:
        """Vectors of length 1: the mean of the last states, language adapter included, no task's.

        Compare them with each other by their product; rank by it, and do not put a threshold on it.

        Args:
            text: a text: (H,); or many, each a text or a list of its words: (N, H).
            budget: as in calling.
        """
        from lexexpand.text.normalize import nfc

        items = [text] if isinstance(text, str) else list(text)
        encoder = self.network.words(None)
        examples = [
            encoder.text(nfc(item))
            if isinstance(item, str)
            else encoder([w for w, *_ in given_words(item)[1]])
            for item in items
        ]
        with self._lock:
            reader = self.reader(None)
            vectors: NDArray[np.float32] = reader.embed(examples, budget=budget).numpy()
        return vectors[0] if isinstance(text, str) else vectors

    def words(self, text: str) -> tuple[Word, ...]:
        """The words of a text, as the bundle cuts them, without tags."""
        return make_prediction(text, "", words_of([text], self._cutter())[0], None, None, spans=False).words

    def _predict(self, task: Task, items: Sequence[str | Sequence[str]], budget: int) -> list[Prediction]:
        texts, places = self._words(items)
        per_word, per_text = _head(task, "token"), _head(task, "sentence")
        encoder = self.network.words(task.kind)
        forms = [[form for form, *_ in row] for row in places]
        # A text that is longer than the base can read is read in windows; one without words not at all.
        windows = [(i, start, end) for i, row in enumerate(forms) for start, end in encoder.windows(row)]
        if per_word is None:
            windows = [window for window in windows if window[1] == 0]
        said = label(self._scores(task, [forms[i][a:b] for i, a, b in windows], budget), task)
        tags: list[list[str]] = [[] for _ in items]
        labels: list[str | None] = [None] * len(items)
        unread = [0] * len(items)
        for (i, start, end), heads in zip(windows, said, strict=True):
            if per_word is not None:
                tags[i] += heads[per_word]
            if per_text is not None and start == 0:
                labels[i], unread[i] = heads[per_text], len(forms[i]) - end
        spans = per_word is not None and is_iob2(task.labels_of(per_word))
        return [
            make_prediction(
                texts[i],
                task.name,
                places[i],
                None if per_word is None else tags[i],
                labels[i],
                spans=spans,
                unread=unread[i],
            )
            for i in range(len(items))
        ]

    def _scores(self, task: Task, sentences: Sequence[list[str]], budget: int) -> list[Scores]:
        """What the network says of sentences, and with it what the bundle has of a dictionary."""
        encoder = self.network.words(task.kind)
        glosses, known = self.network.glosses.get(task.name), self.network.word_tags.get(task.name)
        with self._lock:
            reader = self.reader(task.name)
            scores = reader.score(task.name, [encoder(words) for words in sentences], budget=budget)
            if glosses is not None:
                self._read_glosses(reader, task, glosses, sentences, scores, budget)
        if known is not None:
            for words, row in zip(sentences, scores, strict=True):
                row |= {head: known.add_to(rows, words) for head, rows in row.items() if rows.ndim == 2}
        return scores

    def _read_glosses(
        self,
        reader: Network,
        task: Task,
        glosses: Glosses,
        sentences: Sequence[list[str]],
        scores: list[Scores],
        budget: int,
    ) -> None:
        """Take the mean of scores and of what is said of the sentences with their glosses."""
        encoder = self.network.words(task.kind)
        glossed = {n: words for n, words in enumerate(map(glosses.translate, sentences)) if words}
        behind = [encoder([*sentences[n], *words]) for n, words in glossed.items()]
        for n, more in zip(glossed, reader.score(task.name, behind, budget=budget), strict=True):
            scores[n] = mean_of([scores[n], more])

    def _words(self, items: Sequence[str | Sequence[str]]) -> tuple[list[str], list[list[Place]]]:
        """Text and words of each item."""
        raw = [item for item in items if isinstance(item, str)]
        cut = iter(words_of(raw, self._cutter()) if raw else ())
        pairs = [(item, next(cut)) if isinstance(item, str) else given_words(item) for item in items]
        return [text for text, _ in pairs], [places for _, places in pairs]

    def _cutter(self) -> Tokenizer:
        """The tokeniser that the manifest names.

        Raises:
            BundleError: This version does not have it.
        """
        if self._tokenizer is None:
            from lexexpand.language import from_tag
            from lexexpand.text.tokenizer import tokenizer_for

            note = self.manifest.tokeniser
            if note.name != TOKENISER:
                raise BundleError(
                    f"{self.path / MANIFEST}: its text was cut by the tokeniser {note.name!r}, which this "
                    "version does not have: upgrade lexexpand, or give lists of words."
                )
            self._tokenizer = tokenizer_for(from_tag(note.language))
            if self._tokenizer.version != note.version:
                _log.warning(
                    "%s: trained on words as tokeniser rules %s cut them; the installed ones are %s, so that "
                    "some words may be cut otherwise.",
                    self.path,
                    note.version,
                    self._tokenizer.version,
                )
        return self._tokenizer

    def _task(self, name: str | None) -> Task:
        if name is None and len(self.tasks) == 1:
            return next(iter(self.tasks.values()))
        if name is None or name not in self.tasks:
            asked = "which task?" if name is None else f"there is no task {name!r}."
            known = f"It has: {', '.join(self.tasks)}." if self.tasks else "It has none: only `embed` works."
            raise ConfigError(f"{self.path}: {asked} {known}")
        return self.tasks[name]

    def reader(self, task: str | None) -> Network:
        """The network that reads for a task (None: the language adapter alone). Not for several threads."""
        if not self._merge:
            self.network.activate(task, None)
            return self.network
        if task not in self._merged:
            self.network.activate(task, None)
            self._merged[task] = self.network.merged(task)
        return self._merged[task]


def _head(task: Task, level: str) -> str | None:
    """The name of the task's head for words (`token`) or for the whole (`sentence`)."""
    return next((head.name for head in task.heads if head.level == level), None)
