"""What training eats: labelled sentences, encoded, as columns that travel in one .npz file.

Gold sentences and the rows of a pseudo-labelled corpus become `TaskRow`s, a task's labels are collected from
them, and encoding gives `Examples`. A token label stands with its word; the loss is taken at the word's first
piece. What is not known (`_` in a column of parts of speech) is -100, which the loss leaves out. A
pseudo-labelled sentence weighs as much as of its words were translated: one that is three quarters English
teaches little of the language.

    rows = list(task_rows(sentences(block), "pos"))
    task = task_of("pos", "pos", rows)
    Examples.load(...)  # on another machine, after encode_task(rows, task, encoder).save(...)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.adaptation.encoded import Encoded, digest_of, flat, gather, load_columns, save_columns
from lexexpand.errors import ConfigError, DataError
from lexexpand.model.tasks import KINDS, Task
from lexexpand.text.bio import tags_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.model.pieces import Pieces, WordEncoder
    from lexexpand.text.corpus import Corpus
    from lexexpand.text.sentence import Sentence

IGNORED = -100
UNKNOWN_UPOS = "_"
# Which field of a row a head learns from, where the two are not called the same.
_FIELDS = {"slots": "tags"}


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A labelled sentence, ready to be encoded.

    Attributes:
        words: its words.
        upos: a part of speech for each word; `_` where it is not known.
        tags: an IOB2 tag for each word.
        label, intent: of the whole.
        weight: how much it counts, 1 for gold.
    """

    words: Sequence[str]
    upos: Sequence[str] | None = None
    tags: Sequence[str] | None = None
    label: str | None = None
    intent: str | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Examples:
    """Encoded sentences with their targets.

    Attributes:
        task: what its targets mean.
        text: the sentences.
        targets: per head, a label number for each word (token heads) or sentence; -100 is ignored (int32).
        weight: of each sentence (N,), float32.
    """

    task: Task
    text: Encoded
    targets: Mapping[str, NDArray[np.int32]]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        """How many sentences."""
        return len(self.text)

    def select(self, indices: Sequence[int]) -> Examples:
        """Some sentences, in the order asked for."""
        chosen = np.asarray(indices, np.int64)
        words = gather(self.text.word_offsets, chosen)
        tokens = set(token_heads(self.task.kind))
        targets = {head: values[words if head in tokens else chosen] for head, values in self.targets.items()}
        return Examples(self.task, self.text.select(chosen), targets, self.weight[chosen])

    def of_words(self) -> Examples:
        """The same, teaching nothing of sentences as a whole."""
        tokens = set(token_heads(self.task.kind))
        targets = {
            head: values if head in tokens else np.full_like(values, IGNORED)
            for head, values in self.targets.items()
        }
        return Examples(self.task, self.text, targets, self.weight)

    @property
    def digest(self) -> str:
        """sha256 over all of it: 64 hex digits."""
        return digest_of(self._columns(), _facts(self.task))

    def save(self, path: Path) -> None:
        """Write to one .npz file, which appears whole or not at all."""
        save_columns(path, "examples", self._columns(), _facts(self.task))

    @classmethod
    def load(cls, path: Path) -> Examples:
        """Read what `save` wrote.

        Raises:
            MissingDataError: There is no such file.
            IntegrityError: It is damaged, of another kind, or of a newer version.
        """
        columns, facts = load_columns(path, "examples")
        labels = tuple((head, tuple(names)) for head, names in facts["labels"])
        targets = {head: columns[f"target-{head}"] for head, _ in labels}
        task = Task(facts["name"], facts["task_kind"], labels)
        return cls(task, Encoded.from_columns(columns), targets, columns["weight"])

    def _columns(self) -> dict[str, NDArray[Any]]:
        targets = {f"target-{head}": values for head, values in self.targets.items()}
        return {**self.text.columns(), **targets, "weight": self.weight}


def _facts(task: Task) -> dict[str, Any]:
    labels = [[head, list(names)] for head, names in task.labels]
    return {"name": task.name, "task_kind": task.kind, "labels": labels}


def token_heads(kind: str) -> list[str]:
    """The heads of a kind of task that label words."""
    return [head.name for head in _heads(kind) if head.level == "token"]


def task_rows(many: Iterable[Sentence], kind: str) -> Iterator[TaskRow]:
    """Gold sentences as rows of a task.

    Raises:
        DataError: A sentence lacks what the task asks for.
    """
    heads = _heads(kind)
    for number, sentence in enumerate(many, 1):
        known = [token.upos for token in sentence.tokens]
        row = TaskRow(
            words=tuple(token.form for token in sentence.tokens),
            upos=None if not any(known) else tuple(name or UNKNOWN_UPOS for name in known),
            tags=None if sentence.spans is None else tuple(tags_of(sentence.spans, len(sentence))),
            label=sentence.label,
            intent=sentence.intent,
        )
        for head in heads:
            if _value(row, head.name) is None:
                where = f"line {sentence.line}" if sentence.line else f"sentence {number}"
                field = _FIELDS.get(head.name, head.name)
                raise DataError(
                    f"{where}: no {field} here, and a task of the kind {kind} learns from it. Is the file of"
                    " another task?"
                )
        yield row


def corpus_rows(corpus: Corpus, kind: str, *, single_words: bool = False) -> Iterator[TaskRow]:
    """The rows of a pseudo-labelled corpus, weighted by how much of each was translated.

    Args:
        corpus: a corpus of kind pseudo-labelled.
        kind: of the task.
        single_words: leave out rows where a source word or phrase became several words. (Their labels are a
            guess, and single-word targets alone were 6 points better in Wolof; DESIGN.md 5.)

    Raises:
        DataError: The corpus has no such labels.
    """
    fields = [_FIELDS.get(head.name, head.name) for head in _heads(kind)]
    columns = ["spans" if field == "tags" else field for field in fields]
    lacking = [name for name in (*columns, "tokens", "coverage") if name not in corpus.columns]
    if lacking:
        raise DataError(
            f"{corpus.folder}: its rows have no {', '.join(lacking)}, which the task asks for. Make it with"
            " `lexexpand synth --kind pseudo-labelled` from a labelled source."
        )
    asked = [*columns, "tokens", "coverage", *(["alignment"] if single_words else [])]
    for row in corpus.rows(asked):
        if single_words and _multiword(row["alignment"]):
            continue
        weight = _weight(row["coverage"])
        values = {field: row[column] for field, column in zip(fields, columns, strict=True)}
        if weight == 0 or any(value is None for value in values.values()):
            continue
        if "tags" in values:
            spans = [(span["start"], span["end"], span["type"]) for span in values["tags"]]
            values["tags"] = tags_of(spans, len(row["tokens"]))
        yield TaskRow(row["tokens"], weight=weight, **values)


def task_of(name: str, kind: str, *sources: Iterable[TaskRow]) -> Task:
    """A task with the labels that its rows have, in an order that does not depend on theirs.

    IOB2 tags begin with `O`; every type has its `B-` and its `I-`, whether or not the rows show both.

    Raises:
        DataError: A head has fewer than two labels.
    """
    rows = [row for source in sources for row in source]
    labels = []
    for head in _heads(kind):
        found = _labels(rows, head.name, head.level)
        if len(found) < 2:
            raise DataError(
                f"task {name}: its data have {len(found)} labels for {head.name}; at least 2 are needed"
            )
        labels.append((head.name, found))
    return Task(name, kind, tuple(labels))


def encode_task(rows: Iterable[TaskRow], task: Task, encoder: WordEncoder) -> Examples:
    """Encode rows for a task.

    Args:
        rows: of its kind.
        task: with its labels.
        encoder: of the base's tokenizer, with the base's prefix where the task has a head for the whole.

    Raises:
        DataError: A row has a label that the task has not, or another number of labels than of words.
    """
    pieces: list[Pieces] = []
    weights: list[float] = []
    heads = _heads(task.kind)
    columns: dict[str, list[Sequence[int]]] = {head.name: [] for head in heads}
    numbers = {name: {label: i for i, label in enumerate(names)} for name, names in task.labels}
    for row in rows:
        pieces.append(encoder(row.words))
        weights.append(row.weight)
        for head in heads:
            columns[head.name].append(_numbered(row, head.name, head.level, numbers[head.name], len(pieces)))
    targets = {name: flat(values, np.int32) for name, values in columns.items()}
    return Examples(task, Encoded.of(pieces), targets, np.asarray(weights, np.float32))


def join(parts: Sequence[Examples]) -> Examples:
    """Several of one task, one behind another.

    Raises:
        DataError: They are of different tasks.
    """
    if any(part.task != parts[0].task for part in parts):
        raise DataError("examples of different tasks, or with different labels, cannot be joined")
    heads = parts[0].targets
    targets = {head: np.concatenate([part.targets[head] for part in parts]) for head in heads}
    weight = np.concatenate([part.weight for part in parts])
    return Examples(parts[0].task, Encoded.join([part.text for part in parts]), targets, weight)


def _heads(kind: str) -> tuple[Any, ...]:
    if kind not in KINDS:
        raise ConfigError(f"there is no kind of task {kind!r}. There are: {', '.join(KINDS)}.")
    return tuple(KINDS[kind])


def _value(row: TaskRow, head: str) -> Any:
    return getattr(row, _FIELDS.get(head, head))


def _labels(rows: Iterable[TaskRow], head: str, level: str) -> tuple[str, ...]:
    if level != "token":
        return tuple(sorted({_value(row, head) for row in rows}))
    found = {label for row in rows for label in _value(row, head)} - {UNKNOWN_UPOS}
    if _FIELDS.get(head, head) != "tags":
        return tuple(sorted(found))
    types = sorted({label.partition("-")[2] for label in found} - {""})
    return ("O", *(f"{mark}-{name}" for name in types for mark in "BI"))


def _numbered(row: TaskRow, head: str, level: str, numbers: Mapping[str, int], place: int) -> list[int]:
    value = _value(row, head)
    values = list(value) if level == "token" else [value]
    if level == "token" and len(values) != len(row.words):
        raise DataError(f"row {place}: {len(values)} labels of {head} for {len(row.words)} words")
    try:
        return [IGNORED if label == UNKNOWN_UPOS else numbers[label] for label in values]
    except KeyError as error:
        raise DataError(
            f"row {place}: {head} has the label {error.args[0]!r}, which the task has not"
            f" ({', '.join(list(numbers)[:8])} ...). Are the data of another task?"
        ) from None


def _weight(coverage: float | None) -> float:
    """A row without a word to translate (all names and numbers) is as good as gold."""
    return 1.0 if coverage is None or np.isnan(coverage) else float(coverage)


def _multiword(alignment: Sequence[Sequence[int]]) -> bool:
    aligned = [tuple(sources) for sources in alignment if sources]
    return len(set(aligned)) < len(aligned)
