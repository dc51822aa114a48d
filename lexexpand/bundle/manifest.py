"""`bundle.json`: what is in a bundle, for which base, from what data, with which scores.

    {"schema": 1, "language": "fao_Latn",
     "base": {"id": ..., "revision": ..., "digest": ..., "prefix": "query: "},
     "tokeniser": {"name": "lexexpand", "language": "fao_Latn", "version": ...},
     "adapter": {"r": 16, "alpha": 32, "dropout": 0.0, "rows": [], "folder": "language"},
     "tasks": {"pos": {"kind": "pos", "adapter": {..., "folder": "tasks/pos"},
                       "heads": [{"name": "upos", "kind": "token", "labels": [...], "file": ...}],
                       "words": "tasks/pos/words.json", "glosses": null}},
     "encoder": null, "scores": [...], "data": {...}, "versions": {...}}

What a bundle of schema N means never changes. Readers know N and N - 1; a bundle of N + 1 is refused with the
version that wrote it. Fields that this version does not know are kept out of the way: a newer writer of the
same schema may add some.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.fields import Fields
from lexexpand.bundle.folder import AGAIN, inside
from lexexpand.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA = 1
TOKENISER = "lexexpand"
TRAINED_ON = "trained_on.safetensors"
WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
"""The names that peft gives the two files of an adapter."""


@dataclass(frozen=True, slots=True)
class BaseNote:
    """The base model that a bundle fits: see `lexexpand.model.base.Base`."""

    id: str
    revision: str | None
    digest: str
    prefix: str


@dataclass(frozen=True, slots=True)
class TokeniserNote:
    """What cuts raw text into words: the tokeniser of lexexpand for a language, and its rules' version."""

    name: str
    language: str
    version: str


@dataclass(frozen=True, slots=True)
class AdapterNote:
    """A LoRA adapter as peft saves it, in a folder of its own.

    Attributes:
        rows: ids of the pieces whose embeddings were trained too.
        folder: where it lies, relative to the bundle.
    """

    r: int
    alpha: int
    dropout: float
    rows: tuple[int, ...]
    folder: str

    @property
    def weights(self) -> str:
        """The file with its tensors."""
        return f"{self.folder}/{WEIGHTS}"

    @property
    def config(self) -> str:
        """The file with peft's own description of it."""
        return f"{self.folder}/{CONFIG}"


@dataclass(frozen=True, slots=True)
class HeadNote:
    """A head of a task: `kind` is token or sentence, `labels` in the order of its outputs."""

    name: str
    kind: str
    labels: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class TaskNote:
    """A task: its kind, its adapter (None where it has heads alone), its heads.

    Attributes:
        words: file with what a dictionary says of words (`lexexpand.model.word_tags`); None without.
        glosses: file with glosses that are read too (`lexexpand.model.glosses`); None without.
    """

    kind: str
    adapter: AdapterNote | None
    heads: tuple[HeadNote, ...]
    words: str | None = None
    glosses: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreNote:
    """A score on real text: the fields of `lexexpand.evaluation.score.Score`, and whose it is.

    Attributes:
        task: name of the task.
        system: `bundle`, or what it is compared with, as in `zero-shot`.
        name: the metric, as in `accuracy`.
        value: from 0 to 1.
        interval: its 95 % interval; None where there is none.
        n: how many units were scored.
        signature: the line that says how it came about.
    """

    task: str
    system: str
    name: str
    value: float
    interval: tuple[float, float] | None
    n: int
    signature: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The content of `bundle.json`.

    Attributes:
        adapter: the language adapter; None where there is none (a zero-shot arm, or full tuning).
        encoder: file of the whole encoder, after full tuning; else None.
        data: corpora with digests, packs, licences: see docs/formats.md.
        training: settings and record of the training, for people.
        versions: of the libraries that wrote it.
    """

    language: str
    name: str
    base: BaseNote
    tokeniser: TokeniserNote
    adapter: AdapterNote | None
    tasks: dict[str, TaskNote]
    encoder: str | None = None
    scores: tuple[ScoreNote, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def licences(self) -> tuple[str, ...]:
        """SPDX ids of all data that went in."""
        return tuple(sorted(set(self.data.get("licences", ()))))

    def as_json(self) -> str:
        """The text of the file: the same manifest, the same bytes."""
        told = asdict(self)
        return json.dumps({"schema": told.pop("schema"), **told}, ensure_ascii=False, indent=1) + "\n"


def read_manifest(text: str, where: Path) -> Manifest:
    """The manifest that a text says.

    Args:
        where: the file it came from, for errors.

    Raises:
        BundleError: It is no manifest or of an unknown schema, or a field is not what it should be.
    """
    top = Fields(_schema_checked(_parsed(text, where), where), where)
    adapter = top.maybe("adapter")
    tasks = top.part("tasks")
    encoder = top.get("encoder", (str, type(None)))
    return Manifest(
        language=top.text("language"),
        name=top.text("name"),
        base=_base(top.part("base")),
        tokeniser=TokeniserNote(*(top.part("tokeniser").text(n) for n in ("name", "language", "version"))),
        adapter=None if adapter is None else _adapter(adapter),
        tasks={name: _task(tasks.part(name), name) for name in tasks.names()},
        encoder=None if encoder is None else inside(encoder, where),
        scores=tuple(_score(row) for row in top.parts("scores")),
        data=_data(top.part("data")),
        training=top.get("training", dict),
        versions=top.get("versions", dict),
        schema=top.get("schema", int),
    )


def score_notes(rows: Any, where: Path) -> tuple[ScoreNote, ...]:
    """Scores from plain mappings.

    Raises:
        BundleError: A row lacks a field.
    """
    plain = [dict(row) if not isinstance(row, ScoreNote) else asdict(row) for row in rows]
    return tuple(_score(row) for row in Fields({"scores": plain}, where).parts("scores"))


def _parsed(text: str, where: Path) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{where}: not JSON ({error}): cut off or damaged. {AGAIN}") from error
    if not isinstance(found, dict) or not isinstance(found.get("schema"), int):
        raise BundleError(f"{where}: not the manifest of a bundle: it has no schema number.")
    return found


def _schema_checked(found: dict[str, Any], where: Path) -> dict[str, Any]:
    versions = found.get("versions")
    written = versions.get("lexexpand") if isinstance(versions, dict) else None
    by = f"lexexpand {written}" if isinstance(written, str) else "a newer lexexpand"
    if found["schema"] > SCHEMA:
        raise BundleError(
            f"{where}: a bundle of schema {found['schema']}, written by {by}; "
            f"this version reads up to {SCHEMA}. Upgrade: pip install --upgrade lexexpand."
        )
    if found["schema"] < max(1, SCHEMA - 1):
        raise BundleError(f"{where}: a bundle of schema {found['schema']}, which this version does not read.")
    return found


def _base(fields: Fields) -> BaseNote:
    revision = fields.get("revision", (str, type(None)))
    return BaseNote(fields.text("id"), revision, fields.text("digest"), fields.get("prefix", str))


def _adapter(fields: Fields) -> AdapterNote:
    rows = fields.get("rows", list)
    if not all(isinstance(row, int) and row >= 0 for row in rows):
        raise fields.wrong("rows", "ids of pieces")
    r, alpha = fields.get("r", int), fields.get("alpha", int)
    if not 0 < r <= 4096 or alpha <= 0:
        raise fields.wrong("r", "a rank from 1 to 4096 and a positive alpha")
    folder = inside(fields.text("folder"), fields.where)
    return AdapterNote(r, alpha, float(fields.get("dropout", (int, float))), tuple(rows), folder)


def _task(fields: Fields, name: str) -> TaskNote:
    inside(name, fields.where)
    adapter = fields.maybe("adapter")
    heads = tuple(_head(head) for head in fields.parts("heads"))
    if not heads:
        raise fields.wrong("heads", "at least one head")
    files = [fields.get(field, (str, type(None))) for field in ("words", "glosses")]
    words, glosses = (None if file is None else inside(file, fields.where) for file in files)
    return TaskNote(
        fields.text("kind"), None if adapter is None else _adapter(adapter), heads, words, glosses
    )


def _head(fields: Fields) -> HeadNote:
    labels = fields.get("labels", list)
    if not labels or not all(isinstance(label, str) for label in labels) or len(set(labels)) < len(labels):
        raise fields.wrong("labels", "different strings")
    file = inside(fields.text("file"), fields.where)
    return HeadNote(fields.text("name"), fields.text("kind"), tuple(labels), file)


def _score(fields: Fields) -> ScoreNote:
    ends = fields.get("interval", (list, tuple, type(None)))
    if ends is not None and (len(ends) != 2 or not all(isinstance(end, (int, float)) for end in ends)):
        raise fields.wrong("interval", "two numbers")
    return ScoreNote(
        task=fields.text("task"),
        system=fields.text("system"),
        name=fields.text("name"),
        value=float(fields.get("value", (int, float))),
        interval=None if ends is None else (float(ends[0]), float(ends[1])),
        n=fields.get("n", int),
        signature=fields.get("signature", str),
    )


def _data(fields: Fields) -> dict[str, Any]:
    for name in ("corpora", "packs", "licences"):
        fields.get(name, list)
    if not all(isinstance(licence, str) for licence in fields.get("licences", list)):
        raise fields.wrong("licences", "SPDX ids")
    return fields.values
