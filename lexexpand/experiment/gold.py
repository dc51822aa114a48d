"""The gold data of a task, as a user names it: `NAME[:KIND]=FILE`, split for training and for choosing.

    pos=train.conllu                           kind from the name; a tenth is held out for choosing
    intent-slots=starter/assistant.eng.conll   PACK/FILE; the file's own `# split = dev` is held out
    ner-news:ner=news.iob2                     kind named

What is held out is never trained on; word-translated, it says which checkpoint to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation.gold import read_gold
from lexexpand.model.tasks import KINDS, NAME, kind_of
from lexexpand.resources.packs import pack_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.evaluation.gold import GoldSet
    from lexexpand.language import Language
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.text.sentence import Sentence

EVERY, MOST = 10, 300
"""Where a file has no splits, every tenth sentence is held out, at most these many."""


@dataclass(frozen=True, slots=True)
class TaskAsked:
    """A task as it was asked for: name, kind, file."""

    name: str
    kind: str
    file: str


@dataclass(frozen=True, slots=True)
class TaskGold:
    """A task's gold data.

    Attributes:
        name, kind: of the task.
        train: sentences to train on.
        dev: sentences to choose by.
        digest: of the file.
        file: as it was named.
        licence: of the file, where it is a pack's.
        pack: id, kind, version and licence of that pack.
    """

    name: str
    kind: str
    train: tuple[Sentence, ...]
    dev: tuple[Sentence, ...]
    digest: str
    file: str
    licence: str | None = None
    pack: tuple[str, str, str, str] | None = None


def parse_task(text: str) -> TaskAsked:
    """Read `NAME[:KIND]=FILE`.

    Raises:
        ConfigError: it is not of that form, or the kind is unknown.
    """
    head, sign, file = text.partition("=")
    name, colon, kind = head.partition(":")
    if not sign or not file or not NAME.fullmatch(name):
        raise ConfigError(f"--task {text}: expected NAME[:KIND]=FILE, as in pos=train.conllu")
    kind = kind if colon else kind_of(name)
    if kind not in KINDS:
        raise ConfigError(f"--task {text}: unknown kind {kind!r}. There are: {', '.join(KINDS)}.")
    return TaskAsked(name, kind, file)


def read_task(asked: TaskAsked, language: Language, fetcher: Fetcher) -> TaskGold:
    """Read a task's gold data and split it.

    Raises:
        DataError: the file is missing or has no such labels, or too few sentences.
    """
    path, pack = _find(asked.file, fetcher)
    whole = read_gold(asked.kind, path, language)
    train, dev = _split(asked, path, language, whole)
    if len(train) < 2:
        raise DataError(f"{asked.file}: {len(train)} sentences to train on; a task needs more")
    licence = None if pack is None else pack[3]
    return TaskGold(asked.name, asked.kind, train, dev, whole.digest, asked.file, licence, pack)


def find_file(name: str, fetcher: Fetcher) -> Path:
    """A user's file, or PACK/FILE."""
    return _find(name, fetcher)[0]


def _find(name: str, fetcher: Fetcher) -> tuple[Path, tuple[str, str, str, str] | None]:
    found = pack_file(name)
    if found is None:
        if Path(name).exists():
            return Path(name), None
        raise DataError(f"{name}: no such file, and no pack has it. `lexexpand pack list` names the packs.")
    card, row = found
    return fetcher.path(card, row), (card.id, card.kind, card.version, row.licence)


def _split(
    asked: TaskAsked, path: Path, language: Language, whole: GoldSet
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """By the file's own splits, where it has some; else every tenth sentence, few at most."""
    try:
        train = read_gold(asked.kind, path, language, split="train").sentences
        dev = read_gold(asked.kind, path, language, split="dev").sentences
    except (ConfigError, DataError):
        return hold_out(whole.sentences)
    return train, dev


def hold_out(many: Sequence[Sentence]) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """Sentences to train on and to choose by, evenly taken."""
    step = max(EVERY, -(-len(many) // MOST))
    held = set(range(step - 1, len(many), step))
    train = tuple(one for i, one in enumerate(many) if i not in held)
    return train, tuple(many[i] for i in sorted(held))
