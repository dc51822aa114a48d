"""Gold data of any of the formats that tasks come in, as sentences and the labels to be scored.

    read_gold("pos", "fo_oft-ud-test.conllu", language)            UD; ranges and empty nodes are no words
    read_gold("ner", "bam/test.txt", language).as_o({"DATE"})      MasakhaNER has DATE, English sets not
    read_gold("topic", "sib-200/wol_Latn/test.tsv", language)      SIB-200; NusaX and AfriSenti alike
    read_gold("intent-slots", "gsw.test.conll", language)          xSID, both layouts
    read_gold("intent-slots", "is-IS.jsonl", language)             MASSIVE, its `test` part

What a pack's card says of a file, found by its digest, is heeded: entity types that count as no entity
(`as-o`), authors who do not speak the language.

While a method is being chosen, studies look at the odd-numbered sentences alone (`half="odd"`); the even ones
are read once, at the end.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation.massive import SUFFIX as MASSIVE_SUFFIX
from lexexpand.evaluation.massive import read_massive
from lexexpand.resources.packs import find_packs
from lexexpand.resources.store import sha256_of
from lexexpand.text.bio import tags_of
from lexexpand.text.sentence import sentences
from lexexpand.text.source import open_source, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from lexexpand.evaluation.metrics import Labels
    from lexexpand.language import Language
    from lexexpand.text.sentence import Sentence

HALVES = ("odd", "even")
MASSIVE = "massive"


@dataclass(frozen=True, slots=True)
class GoldSet:
    """Sentences with their gold labels.

    Attributes:
        kind: kind of the task.
        name: name of the file, without folder and suffix.
        digest: sha256 of its content, 64 hex digits.
        sentences: what was read.
        labels: by sentence, the labels by head, as `score_task` takes them.
        half: which sentences were kept, counted from 1; None for all.
        ignored: entity types that count as no entity.
        authors: what a pack's card says of who wrote it: `non-native`, or None.
    """

    kind: str
    name: str
    digest: str
    sentences: tuple[Sentence, ...]
    labels: tuple[Labels, ...]
    half: str | None = None
    ignored: tuple[str, ...] = ()
    authors: str | None = None

    def __len__(self) -> int:
        return len(self.sentences)

    @property
    def documents(self) -> list[str | None]:
        """The document of each sentence."""
        return [sentence.doc for sentence in self.sentences]

    @property
    def words(self) -> list[list[str]]:
        """The words of each sentence."""
        return [[token.form for token in sentence.tokens] for sentence in self.sentences]

    @property
    def types(self) -> frozenset[str]:
        """The types of spans that occur."""
        return frozenset(name for sentence in self.sentences for _, _, name in sentence.spans or ())

    def take(self, keep: Iterable[int]) -> GoldSet:
        """The sentences of these indices alone."""
        at = list(keep)
        return replace(
            self,
            sentences=tuple(self.sentences[i] for i in at),
            labels=tuple(self.labels[i] for i in at),
        )

    def joined(self, other: GoldSet) -> GoldSet:
        """Both as one, this one first.

        Raises:
            DataError: They are of different kinds of task, or of different halves.
        """
        if (self.kind, self.half) != (other.kind, other.half):
            raise DataError(f"{self.name} and {other.name} are not of one task and half")
        return replace(
            self,
            name=f"{self.name}+{other.name}",
            digest=hashlib.sha256(f"{self.digest}|{other.digest}".encode()).hexdigest(),
            sentences=self.sentences + other.sentences,
            labels=self.labels + other.labels,
            ignored=tuple(sorted({*self.ignored, *other.ignored})),
        )

    def of_half(self, half: str | None) -> GoldSet:
        """The odd-numbered or even-numbered sentences, counted from 1 in the order of the file; None: all.

        Raises:
            ConfigError: It is neither.
        """
        if half is None:
            return self
        if half not in HALVES:
            raise ConfigError(f"half is {half!r}: it must be odd or even")
        return replace(self.take(range(HALVES.index(half), len(self), 2)), half=half)

    def as_o(self, types: Collection[str]) -> GoldSet:
        """The same with spans of these types taken as no entity; `ignored` names those that occur."""
        gone = sorted(self.types & set(types))
        if not gone:
            return self
        kept = tuple(
            replace(one, spans=tuple(span for span in one.spans or () if span[2] not in gone))
            for one in self.sentences
        )
        labels = tuple(labels_of(one, self.kind) for one in kept)
        return replace(self, sentences=kept, labels=labels, ignored=tuple(sorted({*self.ignored, *gone})))


def read_gold(
    kind: str,
    path: Path | str,
    language: Language,
    *,
    format: str | None = None,
    half: str | None = None,
    split: str | None = None,
) -> GoldSet:
    """Read gold data for a kind of task.

    Args:
        kind: `pos`, `ner`, `topic`, `sentiment`, `label` or `intent-slots`.
        path: the file; `-` is standard input.
        language: of the text, by whose tokeniser plain text is cut.
        format: one of the source formats or `massive`; None goes by the suffix.
        half: `odd` or `even` sentences alone.
        split: part of the file, where it says so (xSID, MASSIVE).

    Raises:
        ConfigError: There is no such kind, format or half.
        DataError: The file is missing, has no such labels, or nothing is left of it.
        FormatError: A line is broken.
    """
    read, name, digest = _read(path, language, format or _format_for(kind, path), split)
    if not read:
        raise DataError(f"{path}: there is no sentence in it")
    labels = tuple(_labelled(sentence, kind, path) for sentence in read)
    card = _card_options(path)
    whole = GoldSet(kind, name, digest, read, labels, authors=card.get("authors"))
    found = whole.as_o(card.get("as-o", "").split(",")).of_half(half)
    if not len(found):
        raise DataError(f"{path}: it has no {half} sentence")
    return found


def labels_of(sentence: Sentence, kind: str) -> Labels:
    """The gold labels of a sentence, by head.

    Raises:
        ConfigError: There is no such kind.
        DataError: The sentence has no such labels.
    """
    if kind not in _LABELS:
        raise ConfigError(f"there is no kind of task {kind!r}. There are: {', '.join(_LABELS)}.")
    return {head: _needed(get(sentence), head) for head, get in _LABELS[kind].items()}


def _format_for(kind: str, path: Path | str) -> str | None:
    """The format that kind and suffix say together; None where the suffix says it alone."""
    suffix = Path(Path(path).name.lower().removesuffix(".gz")).suffix
    if suffix == MASSIVE_SUFFIX:
        return MASSIVE
    if kind == "ner" or (kind == "pos" and suffix == ".txt"):
        return "iob2"
    return None


def _read(
    path: Path | str, language: Language, format: str | None, split: str | None
) -> tuple[tuple[Sentence, ...], str, str]:
    source = open_source([path])
    name = Path(path).name.removesuffix(".gz")
    if format == MASSIVE:
        read = tuple(read_massive(source.files[0], split=split))
    else:
        chosen = open_source([path], split) if split is not None else source
        read = tuple(one for block in read_source(chosen, format, language) for one in sentences(block))
    return read, Path(name).stem or "-", source.digest


def _card_options(path: Path | str) -> Mapping[str, str]:
    """What a pack's card says of a file, found by the file's digest; else nothing."""
    try:
        digest = sha256_of(Path(path))
    except OSError:  # standard input: it is in no pack
        return {}
    rows = (row for card in find_packs() for row in card.files if row.sha256 == digest)
    return next((row.options for row in rows), {})


def _labelled(sentence: Sentence, kind: str, path: Path | str) -> Labels:
    try:
        return labels_of(sentence, kind)
    except DataError as error:
        raise DataError(f"{path}:{sentence.line}: {error}. Is it a file for {kind}?") from error


def _needed(labels: Any, head: str) -> Any:
    if labels is None:
        raise DataError(f"the sentence has no {head}")
    return labels


def _upos(sentence: Sentence) -> list[str | None] | None:
    found = [None if token.upos == "_" else token.upos for token in sentence.tokens]
    return found if any(found) else None


def _tags(sentence: Sentence) -> list[str] | None:
    return None if sentence.spans is None else tags_of(sentence.spans, len(sentence))


_LABELS: Mapping[str, Mapping[str, Callable[[Sentence], Any]]] = {
    "pos": {"upos": _upos},
    "ner": {"tags": _tags},
    "topic": {"label": lambda sentence: sentence.label},
    "sentiment": {"label": lambda sentence: sentence.label},
    "label": {"label": lambda sentence: sentence.label},
    "intent-slots": {"intent": lambda sentence: sentence.intent, "slots": _tags},
}
