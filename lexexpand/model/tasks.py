"""What can a model be asked to do with a sentence? A task is a name, a kind, and the labels of its heads.

    kind           heads (level)                         column of a corpus
    pos            upos (token)                          upos
    ner            tags (token, BIO)                     spans
    topic          label (sentence)                      label
    sentiment      label (sentence)                      label
    label          label (sentence)                      label
    intent-slots   intent (sentence), slots (token, BIO) intent, spans

The kind is read off the start of the name, so that `ner-news` and `ner-tweets` are two tasks of one kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
OUTSIDE = "O"
"""The label of a word outside all spans."""


@dataclass(frozen=True, slots=True)
class HeadSpec:
    """One linear layer on the encoder's last states: one label a word, or one a sentence."""

    name: str
    level: Literal["token", "sentence"]


KINDS: Mapping[str, tuple[HeadSpec, ...]] = MappingProxyType(
    {
        "pos": (HeadSpec("upos", "token"),),
        "ner": (HeadSpec("tags", "token"),),
        "topic": (HeadSpec("label", "sentence"),),
        "sentiment": (HeadSpec("label", "sentence"),),
        "label": (HeadSpec("label", "sentence"),),
        "intent-slots": (HeadSpec("intent", "sentence"), HeadSpec("slots", "token")),
    }
)


def kind_of(name: str) -> str:
    """The kind that a task's name starts with: `ner-news` is of kind `ner`.

    Raises:
        ConfigError: no known kind starts the name.
    """
    for kind in sorted(KINDS, key=len, reverse=True):
        if name == kind or name.startswith(f"{kind}-"):
            return kind
    raise ConfigError(
        f"The task {name!r} does not say what kind it is. Begin its name with one of {', '.join(KINDS)} "
        f"(such as ner-news), or name the kind behind a colon: {name}:ner=FILE."
    )


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a model: `labels` holds (head name, its labels in order), heads in the order of the kind.

    Raises:
        ConfigError: the name has other characters than a-z, 0-9 and hyphens between them, the kind is
            unknown, the heads are not those of the kind, or a head has no labels or one of them twice.
    """

    name: str
    kind: str
    labels: tuple[tuple[str, tuple[str, ...]], ...]

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ConfigError(f"A task is named by a-z, 0-9 and hyphens between them; {self.name!r} is not.")
        if self.kind not in KINDS:
            raise ConfigError(f"Task {self.name}: unknown kind {self.kind!r}; known are {', '.join(KINDS)}.")
        wanted = [head.name for head in KINDS[self.kind]]
        found = [head for head, _ in self.labels]
        if found != wanted:
            raise ConfigError(f"Task {self.name}: kind {self.kind} has the heads {wanted}, not {found}.")
        for head, labels in self.labels:
            if not labels or len(set(labels)) != len(labels):
                raise ConfigError(f"Task {self.name}: the labels of {head} are none, or one comes twice.")

    @property
    def heads(self) -> tuple[HeadSpec, ...]:
        """The heads of the task's kind."""
        return KINDS[self.kind]

    @property
    def reads_sentences(self) -> bool:
        """Whether a head speaks of the sentence as a whole: then the base's prefix stands before the text."""
        return any(head.level == "sentence" for head in self.heads)

    def labels_of(self, head: str) -> tuple[str, ...]:
        """The labels of one head, in the order of its outputs."""
        return dict(self.labels)[head]
