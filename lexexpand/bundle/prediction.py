"""What a bundle says about a text, as values: words with tags and places, spans, a label.

    prediction = bundle("Hon las bókina.", task="pos")
    prediction.tags            ("PRON", "VERB", "NOUN", "PUNCT")
    prediction.words[1]        Word(text="las", start=4, end=7, tag="VERB")

Which fields are filled is the task's doing: `tags` where it labels words, `spans` where these are IOB2,
`label` where it labels the whole (a topic, a sentiment, an intent).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.bundle.words import Place


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: the word as it stands in the user's text.
        start, end: `prediction.text[start:end] == text`, in code points.
        tag: what the task says of it; None where the task labels the whole alone.
    """

    text: str
    start: int
    end: int
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of words with a type: a name, a slot.

    Attributes:
        text: the stretch as it stands in the user's text, with what is between its words.
        start, end: where, in code points of `prediction.text`.
        first, last: its words: `prediction.words[first:last]`.
        type: as in `PER`.
    """

    text: str
    start: int
    end: int
    first: int
    last: int
    type: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a task of a bundle says about one text.

    Attributes:
        text: the text as it was given (words given apart: joined with blanks).
        task: name of the task.
        words: the words, with tags where the task has them.
        spans: for IOB2 tags, the stretches that they mark; else None.
        label: for tasks that label the whole, the label; None for a text without words.
        unread: how many words at the end were too many for the base and not read (labels of the whole only:
            tags are given to words of texts of any length).
    """

    text: str
    task: str
    words: tuple[Word, ...]
    spans: tuple[Span, ...] | None = None
    label: str | None = None
    unread: int = 0

    @property
    def tags(self) -> tuple[str, ...]:
        """The tag of each word; empty where the task labels the whole alone."""
        return tuple(word.tag for word in self.words if word.tag is not None)

    def as_dict(self) -> dict[str, Any]:
        """The prediction as JSON takes it; fields that the task does not fill are left out."""
        told: dict[str, Any] = {"text": self.text, "task": self.task}
        if self.label is not None:
            told["label"] = self.label
        told["words"] = [
            {"text": word.text, "start": word.start, "end": word.end}
            | ({} if word.tag is None else {"tag": word.tag})
            for word in self.words
        ]
        if self.spans is not None:
            names = ("text", "start", "end", "first", "last", "type")
            told["spans"] = [{name: getattr(span, name) for name in names} for span in self.spans]
        if self.unread:
            told["unread"] = self.unread
        return told


def make_prediction(
    text: str,
    task: str,
    places: Sequence[Place],
    tags: Sequence[str] | None,
    label: str | None,
    *,
    spans: bool,
    unread: int = 0,
) -> Prediction:
    """Join a text, the places of its words, and what the heads said.

    Args:
        tags: one a word, or None where the task has no head for words.
        spans: whether the tags are IOB2 and mark stretches.
    """
    said: Sequence[str | None] = [None] * len(places) if tags is None else tags
    words = tuple(
        Word(text[start:end], start, end, tag) for (_, start, end), tag in zip(places, said, strict=True)
    )
    found = _spans(text, words) if spans else None
    return Prediction(text, task, words, found, label, unread)


def is_iob2(labels: Sequence[str]) -> bool:
    """Whether an inventory of labels is IOB2: `O`, and the rest `B-` and `I-`."""
    return "O" in labels and all(label == "O" or label[:2] in {"B-", "I-"} for label in labels)


def _spans(text: str, words: Sequence[Word]) -> tuple[Span, ...]:
    """The stretches that IOB2 tags mark.

    A model may say `I-` without a beginning: it begins a stretch then, as in conlleval: nothing gets lost.
    """
    stretches: list[tuple[int, int, str]] = []
    for index, word in enumerate(words):
        mark, _, kind = (word.tag or "O").partition("-")
        if mark == "O":
            continue
        if mark == "I" and stretches and stretches[-1][1:] == (index, kind):
            stretches[-1] = (stretches[-1][0], index + 1, kind)
        else:
            stretches.append((index, index + 1, kind))
    return tuple(
        Span(text[words[a].start : words[b - 1].end], words[a].start, words[b - 1].end, a, b, kind)
        for a, b, kind in stretches
    )
