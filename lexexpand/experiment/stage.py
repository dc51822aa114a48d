"""A cell as a folder, and the trainings that it stands on, each named by what goes into it.

    study/
        base/                        the base, cut and packed (`lexexpand.experiment.pack`)
        inputs/NAME.npz              encoded data, shared by cells
        cells/SLUG/cell.json         what to train, on which inputs, and what to predict
        cells/SLUG/predictions.npz   written when it has run, with record.json
        stages/KEY.safetensors       trainings that several cells stand on

A cell is a chain of trainings. Its first stage on gold data is the same for all arms of a task and seed;
one model without target data serves all languages; a language adapter serves all tasks. So a stage's key
is a digest of all that it depends on, and stages of one key are trained once.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lexexpand.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA = 1
CELL, PREDICTIONS, RECORD = "cell.json", "predictions.npz", "record.json"
BASE, INPUTS, CELLS, STAGES = "base", "inputs", "cells", "stages"


@dataclass(frozen=True, slots=True)
class Stage:
    """One training.

    Attributes:
        kind: of the language adapter, or of a task.
        config: fields of `AdaptConfig` that are not its defaults.
        task: name of the task.
        gold: input that is read as gold; of a language stage none.
        more_gold: gold of other source languages, which shares the batches of `gold`.
        pseudo: inputs that share the other batches.
        pairs: input of a language stage.
        start: key of the stage whose task it goes on with.
        language: key of the stage whose language adapter is active.
        base: digest of the base.
        is_shared: whether several cells stand on it. It is then kept.
    """

    kind: Literal["task", "language"]
    config: Mapping[str, Any]
    base: str
    task: str | None = None
    gold: str | None = None
    more_gold: tuple[str, ...] = ()
    pseudo: tuple[str, ...] = ()
    pairs: str | None = None
    start: str | None = None
    language: str | None = None
    is_shared: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The inputs that it is trained on."""
        named = (self.gold, *self.more_gold, self.pairs, *self.pseudo)
        return tuple(name for name in named if name is not None)

    @property
    def key(self) -> str:
        """A digest of all that the result depends on: 16 hex digits."""
        told = {name: value for name, value in asdict(self).items() if name != "is_shared"}
        if not self.more_gold:
            del told["more_gold"]
        whole = json.dumps(told, sort_keys=True, default=list)
        return hashlib.sha256(whole.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class CellSpec:
    """What a cell's folder asks for.

    Attributes:
        slug: name of the folder.
        about: task, language, arm and seed, for the record.
        stages: by key, all that it stands on.
        final: key of the stage whose model predicts.
        test: input that is labelled.
        added: input with what is added to the scores of its words; None: nothing.
        again: input with the same sentences and their glosses behind, read too; None: not.
        instead: input with the glosses alone, read too, for what is said of the whole; None: not.
        paths: whether tags of spans are the likeliest sequence, or each word's own.
        halfway: whether the model's weights are half way between its stage's start and end.
    """

    slug: str
    about: Mapping[str, Any]
    stages: Mapping[str, Stage]
    final: str
    test: str
    added: str | None = None
    again: str | None = None
    instead: str | None = None
    paths: bool = False
    halfway: bool = False
    schema: int = field(default=SCHEMA)

    @property
    def digest(self) -> str:
        """Of the model and the test data: predictions of another digest are of another cell."""
        told = "|".join(filter(None, (self.final, self.test, self.added, self.again, self.instead)))
        told += ("|paths" if self.paths else "") + ("|halfway" if self.halfway else "")
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """As a dictionary for JSON."""
        return {**asdict(self), "stages": {key: asdict(stage) for key, stage in self.stages.items()}}

    @classmethod
    def read(cls, folder: Path) -> CellSpec:
        """Read a cell's folder.

        Raises:
            IntegrityError: its cell.json is missing, damaged, or of another version.
        """
        path = folder / CELL
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            if told["schema"] != SCHEMA:
                raise IntegrityError(
                    f"{path}: schema {told['schema']}, this version reads {SCHEMA}; export it anew"
                )
            stages = {key: _stage(stage) for key, stage in told["stages"].items()}
            return cls(
                told["slug"],
                told["about"],
                stages,
                told["final"],
                told["test"],
                told.get("added"),
                told.get("again"),
                told.get("instead"),
                told.get("paths", False),
                told.get("halfway", False),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IntegrityError(f"{path}: not a readable cell ({error}); export it anew") from error


def _stage(told: Mapping[str, Any]) -> Stage:
    lists = {name: tuple(told.get(name, ())) for name in ("pseudo", "more_gold")}
    return Stage(**{**told, **lists})


def write_json(path: Path, told: Any) -> None:
    """Write a JSON file; it appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(told, ensure_ascii=False, indent=1, default=list) + "\n", encoding="utf-8")
    part.replace(path)
