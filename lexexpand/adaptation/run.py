"""A training's folder: from what is in it, a killed run goes on, and a finished one is not run again.

    run.json                    what is trained, on what, how: a digest; another one does not go on here
    step-000100/                the newest checkpoint: weights, optimiser, counters
    best-000050.safetensors     the weights that were best on development data so far
    final.safetensors           the weights that the run ended with, record.json beside them

Only what is trained is saved, in safetensors and JSON; nothing is pickled. Each file or folder appears whole:
it is written beside and renamed.
"""

from __future__ import annotations

import dataclasses
import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand.errors import ConfigError, DataError, IntegrityError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    Tensors = Mapping[str, torch.Tensor]

SCHEMA = 1
_STEP = re.compile(r"step-(\d{6,})")


@dataclass(frozen=True, slots=True)
class TrainRecord:
    """What happened in a training.

    Attributes:
        name: what was trained, as in `task pos`.
        steps: how many.
        losses: (step, mean loss since the last entry, in nats), every tenth of the run or so.
        dev: (step, score from 0 to 1) at each look at the development data.
        best_step: the step whose weights were kept: the best on development data, else the last.
        tokens: padded pieces that were read, on the trained side.
        seconds: spent in steps, over all resumes.
        trained: how many values were trained.
        device: where.
        precision: of the products.
        digest: of settings and data.
    """

    name: str
    steps: int
    losses: list[tuple[int, float]] = field(default_factory=list)
    dev: list[tuple[int, float]] = field(default_factory=list)
    best_step: int = 0
    tokens: int = 0
    seconds: float = 0.0
    trained: int = 0
    device: str = ""
    precision: str = ""
    digest: str = ""

    @property
    def tokens_per_second(self) -> float:
        """Padded pieces a second."""
        return self.tokens / self.seconds if self.seconds else 0.0

    def to_json(self) -> dict[str, Any]:
        """As a dictionary for JSON."""
        return {**dataclasses.asdict(self), "tokens_per_second": round(self.tokens_per_second, 1)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> TrainRecord:
        """The inverse of `to_json`."""
        known = {one.name for one in dataclasses.fields(cls)}
        values = {name: value for name, value in told.items() if name in known}
        for name in ("losses", "dev"):
            values[name] = [(int(step), float(value)) for step, value in values[name]]
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A run in its middle."""

    step: int
    weights: Tensors
    optimiser: Tensors
    counters: dict[str, Any]


class RunFolder:
    """One training's folder; `run / "task-pos"` is another inside it."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def __truediv__(self, name: str) -> RunFolder:
        return RunFolder(self.path / name)

    def claim(self, digest: str, name: str) -> None:
        """Begin or go on with the run of this digest.

        Raises:
            ConfigError: The folder holds a run with other settings or data.
            DataError: It cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            told = _read(self.path / "run.json")
            if told is None:
                _write(self.path / "run.json", {"schema": SCHEMA, "name": name, "digest": digest})
                return
        except OSError as error:
            raise DataError(f"{self.path}: cannot be written: {error.strerror or error}") from error
        if told.get("digest") != digest or told.get("schema") != SCHEMA:
            raise ConfigError(
                f"{self.path}: holds a training of other settings, data or base ({told.get('name')}). Remove"
                " it, or name another folder."
            )

    def record(self) -> TrainRecord | None:
        """The record of a finished run."""
        told = _read(self.path / "record.json")
        return None if told is None else TrainRecord.from_json(told)

    def final(self) -> dict[str, torch.Tensor]:
        """The weights of a finished run."""
        return _load(self.path / "final.safetensors")

    def best(self, step: int) -> dict[str, torch.Tensor]:
        """The weights that were kept at a step."""
        return _load(self._best(step))

    def keep_best(self, step: int, weights: Tensors) -> None:
        """Keep the weights of a step as the best so far. The one before stays until the next checkpoint."""
        _save(self._best(step), weights)

    def latest(self) -> Checkpoint | None:
        """The newest whole checkpoint."""
        folders = sorted(path for path in self.path.glob("step-*") if _STEP.fullmatch(path.name))
        if not folders:
            return None
        told = _read(folders[-1] / "state.json")
        if told is None:
            raise IntegrityError(
                f"{folders[-1]}: no state.json; remove this folder, and the run goes on without"
            )
        return Checkpoint(
            int(told.pop("step")),
            _load(folders[-1] / "weights.safetensors"),
            _load(folders[-1] / "optimiser.safetensors"),
            told,
        )

    def checkpoint(self, point: Checkpoint) -> None:
        """Write a checkpoint, then remove older ones and best weights that it does not name.

        Raises:
            DataError: The disk is full or the folder not writable.
        """
        name = f"step-{point.step:06d}"
        part = self.path / f"{name}.part"
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(parents=True)
            _save(part / "weights.safetensors", point.weights)
            _save(part / "optimiser.safetensors", point.optimiser)
            _write(part / "state.json", {"step": point.step, **point.counters})
            shutil.rmtree(self.path / name, ignore_errors=True)
            part.rename(self.path / name)
        except OSError as error:
            raise DataError(f"{part}: the checkpoint cannot be written: {error.strerror or error}") from error
        kept = self._best(point.counters.get("best_step", 0))
        for old in self.path.glob("step-*"):
            if old.name != name:
                shutil.rmtree(old, ignore_errors=True)
        for old in self.path.glob("best-*.safetensors"):
            if old != kept:
                old.unlink()

    def finish(self, record: TrainRecord, weights: Tensors) -> None:
        """Write the final weights and the record, then remove what was needed on the way."""
        _save(self.path / "final.safetensors", weights)
        _write(self.path / "record.json", record.to_json())
        for old in self.path.glob("step-*"):
            shutil.rmtree(old, ignore_errors=True)
        for old in self.path.glob("best-*.safetensors"):
            old.unlink()

    def _best(self, step: int) -> Path:
        return self.path / f"best-{step:06d}.safetensors"


def _save(path: Path, tensors: Tensors) -> None:
    from safetensors.torch import save_file

    part = path.with_name(path.name + ".part")
    try:
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, part)
        part.replace(path)
    except OSError as error:
        raise DataError(f"{path}: cannot be written: {error.strerror or error}") from error


def _load(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        loaded: dict[str, torch.Tensor] = load_file(path)
    except (OSError, SafetensorError) as error:
        raise IntegrityError(
            f"{path}: missing or damaged ({error}). Remove {path.parent} to begin anew."
        ) from error
    return loaded


def _write(path: Path, told: Mapping[str, Any]) -> None:
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise IntegrityError(f"{path}: damaged ({error}). Remove {path.parent} to begin anew.") from error
    if not isinstance(told, dict):
        raise IntegrityError(f"{path}: damaged. Remove {path.parent} to begin anew.")
    return told
