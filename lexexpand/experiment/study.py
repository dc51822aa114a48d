"""The trainings and predictions of a study's cells: what `lexexpand.experiment.cell` runs.

Stages are looked for before they are trained: one that several cells stand on is kept as safetensors. Each
cell and each training is claimed by a lock, so that several processes can work on one folder.
"""

from __future__ import annotations

import json
import platform
import shutil
import time
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from safetensors.torch import load_file, save_file

from lexexpand.adaptation.config import AdaptConfig
from lexexpand.adaptation.encoded import Encoded, load_columns
from lexexpand.adaptation.examples import Examples
from lexexpand.adaptation.halfway import half_way
from lexexpand.adaptation.language import train_language
from lexexpand.adaptation.pairs import Pairs
from lexexpand.adaptation.run import RunFolder
from lexexpand.adaptation.task import train_task
from lexexpand.experiment.pack import IDS, unpack_base
from lexexpand.experiment.stage import (
    BASE,
    CELLS,
    INPUTS,
    PREDICTIONS,
    RECORD,
    STAGES,
    CellSpec,
    Stage,
    write_json,
)
from lexexpand.model.base import Base, load_encoder
from lexexpand.model.lora import LoraSpec
from lexexpand.model.network import Network
from lexexpand.model.predict import label, mean_of, of_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lexexpand.model.predict import Scores
    from lexexpand.model.tasks import Task

Parts = dict[str, dict[str, torch.Tensor]]
KEPT_SCORES = 3
"""Test sets, as models read them, that are kept in memory."""


class HeldError(Exception):
    """Another process is at it."""


class Study:
    """A study's folder, opened for running.

    Args:
        folder: as `lexexpand.experiment.stage` describes it.
        device: where to train.
    """

    def __init__(self, folder: Path, device: torch.device) -> None:
        self.folder = folder
        self.device = device
        meta = json.loads((folder / BASE / "base.json").read_text(encoding="utf-8"))
        with FileLock(str(folder / ".base.lock")):
            unpacked = unpack_base(folder / BASE, folder / ".base")
        self.base = Base(meta["id"], meta["revision"], unpacked, meta["digest"], meta["prefix"])
        with np.load(folder / BASE / IDS) as arrays:
            self.pad = int(np.searchsorted(arrays["ids"], meta["pad"]))
        self._last: tuple[tuple[str, bool], Network] | None = None
        self._scores: dict[tuple[str, bool, str], tuple[Task, list[Scores], dict[str, Any]]] = {}

    # -- cells ---------------------------------------------------------------------------------------------

    def run(self, spec: CellSpec) -> dict[str, Any]:
        """Run one cell and write its predictions and record.

        Raises:
            HeldError: another process runs it, or trains what it stands on.
        """
        folder = self.folder / CELLS / spec.slug
        with _claimed(folder / ".lock"):
            if is_done(folder, spec):
                return {}
            began = time.perf_counter()
            task, scores, records = self._read(spec, spec.test)
            readings = [scores]
            if spec.again is not None:
                readings.append(self._read(spec, spec.again)[1])
            if spec.instead is not None:
                readings.append([of_whole(row) for row in self._read(spec, spec.instead)[1]])
            if len(readings) > 1:
                scores = [mean_of(each) for each in zip(*readings, strict=True)]
            if spec.added is not None:
                scores = _added(scores, self._input(spec.added))
            columns, labels = _columns(label(scores, task, paths=spec.paths), task)
            columns |= _score_columns(scores, task)
            part = folder / f"{PREDICTIONS}.part"
            with part.open("wb") as file:
                np.savez_compressed(file, allow_pickle=False, **columns)
            part.replace(folder / PREDICTIONS)
            record = {
                "digest": spec.digest,
                "about": dict(spec.about),
                "labels": labels,
                "sentences": len(scores),
                "seconds": round(time.perf_counter() - began, 2),
                "stages": records,
                **_machine(self.device),
            }
            write_json(folder / RECORD, record)
            return record

    def _read(self, spec: CellSpec, test: str) -> tuple[Task, list[Scores], dict[str, Any]]:
        """The task, its scores of an input's sentences, and the records of what it was trained by.

        The last ones are kept: arms that add to one model's scores follow one another.
        """
        asked = (spec.final, spec.halfway, test)
        if asked not in self._scores:
            network, task, records = self._model(spec)
            encoded = Encoded.load(self._input(test))
            scores = network.score(task.name, [encoded.pieces(i) for i in range(len(encoded))])
            self._scores[asked] = task, scores, records
            while len(self._scores) > KEPT_SCORES:
                del self._scores[next(iter(self._scores))]
        return self._scores[asked]

    # -- trainings -----------------------------------------------------------------------------------------

    def _model(self, spec: CellSpec) -> tuple[Network, Task, dict[str, Any]]:
        """The network of a cell's last stage, ready to predict."""
        key = spec.final
        stage = spec.stages[key]
        task = self._task(stage)
        if self._last is not None and self._last[0] == (key, spec.halfway):
            return self._last[1], task, self._records(spec, key)
        parts, network = self._parts(spec, key)
        if network is None:
            network = self._network(spec, stage)
            _add(network, stage, task)
            network.load_parts(parts)
            network.activate(task.name, None)
        if spec.halfway and stage.start is not None:
            network.load_parts(half_way(self._parts(spec, stage.start)[0], parts))
        self._last = ((key, spec.halfway), network)
        return network, task, self._records(spec, key)

    def _parts(self, spec: CellSpec, key: str) -> tuple[Parts, Network | None]:
        """What a stage trains: read where it is kept, else trained now (then with its network)."""
        stage = spec.stages[key]
        path = self.folder / STAGES / f"{key}.safetensors"
        if path.is_file():
            return _read_parts(path), None
        path.parent.mkdir(parents=True, exist_ok=True)
        with _claimed(path.with_suffix(".lock")):
            if path.is_file():
                return _read_parts(path), None
            network, record = self._train(spec, stage)
            wanted = (
                ("language",) if stage.kind == "language" else (f"task:{stage.task}", f"heads:{stage.task}")
            )
            live = network.parts()
            parts = {name: live[name] for name in (*wanted, "encoder") if name in live}
            write_json(path.with_suffix(".json"), record)
            if stage.is_shared:
                _write_parts(path, parts)
            return parts, network

    def _train(self, spec: CellSpec, stage: Stage) -> tuple[Network, dict[str, Any]]:
        config = AdaptConfig(**{**_QUIET, **stage.config})
        run = RunFolder(self.folder / STAGES / f"{stage.key}.run")
        # What a killed process left has no checkpoint, and may be of a table that was cut otherwise.
        shutil.rmtree(run.path, ignore_errors=True)
        # First, because another process may be at it: then nothing has been done in vain.
        start = None if stage.start is None else self._parts(spec, stage.start)[0]
        network = self._network(spec, stage)
        torch.manual_seed(config.seed)
        if stage.kind == "language":
            network.add_language(LoraSpec(r=config.r, alpha=config.alpha))
            record = train_language(network, self._pairs(str(stage.pairs)), None, config, run)
        else:
            task = self._task(stage)
            if start is not None:
                _add(network, stage, task)
                network.load_parts(start)
            pseudo = [self._examples(name) for name in stage.pseudo]
            more = [self._examples(name) for name in stage.more_gold]
            gold = self._examples(str(stage.gold))
            record = train_task(network, task, gold, pseudo, None, config, run, more_gold=more)
        shutil.rmtree(run.path, ignore_errors=True)
        return network, record.to_json()

    def _network(self, spec: CellSpec, stage: Stage) -> Network:
        """The base, with the stage's language adapter where it has one."""
        tokenizer = SimpleNamespace(pad_token_id=self.pad, all_special_ids=[self.pad])
        network = Network(self.base, load_encoder(self.base), tokenizer).to(self.device)
        if stage.language is not None:
            config = AdaptConfig(**spec.stages[stage.language].config)
            parts, _ = self._parts(spec, stage.language)
            network.add_language(LoraSpec(r=config.r, alpha=config.alpha))
            network.load_parts(parts)
        return network

    def _records(self, spec: CellSpec, key: str) -> dict[str, Any]:
        """The records of a stage and of all that it stands on."""
        found: dict[str, Any] = {}
        for name in (spec.stages[key].start, spec.stages[key].language):
            if name is not None:
                found |= self._records(spec, name)
        path = self.folder / STAGES / f"{key}.json"
        return {**found, key: json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}}

    # -- inputs --------------------------------------------------------------------------------------------

    def _task(self, stage: Stage) -> Task:
        return self._examples(str(stage.gold)).task

    def _input(self, name: str) -> Path:
        return self.folder / INPUTS / f"{name}.npz"

    def _examples(self, name: str) -> Examples:
        return _load_examples(self._input(name))

    def _pairs(self, name: str) -> Pairs:
        return Pairs.load(self._input(name))


# No checkpoints: a stage takes seconds on what this module is for. The table is cut already.
_QUIET: dict[str, Any] = {"checkpoint_every": 1_000_000, "trim": False}


@lru_cache(maxsize=6)
def _load_examples(path: Path) -> Examples:
    return Examples.load(path)


def _add(network: Network, stage: Stage, task: Task) -> None:
    config = AdaptConfig(**stage.config)
    network.add_task(task, None if config.tune == "full" else LoraSpec(r=config.r, alpha=config.alpha))


def _claimed(path: Path) -> Any:
    """A lock that is had at once or not at all."""
    return _Claim(path)


class _Claim:
    def __init__(self, path: Path) -> None:
        self._lock = FileLock(str(path), timeout=0)

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise HeldError from None

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def _read_parts(path: Path) -> Parts:
    parts: Parts = {}
    for key, tensor in load_file(path).items():
        part, _, name = key.partition("//")
        parts.setdefault(part, {})[name] = tensor
    return parts


def _write_parts(path: Path, parts: Parts) -> None:
    tensors = {
        f"{part}//{name}": t.contiguous() for part, state in parts.items() for name, t in state.items()
    }
    beside = path.with_name(path.name + ".part")
    save_file(tensors, beside)
    beside.replace(path)


def _added(scores: list[Scores], path: Path) -> list[Scores]:
    """Scores of words with those of an input added, head by head."""
    more, _ = load_columns(path, "word tags")
    place = 0
    found = []
    for row in scores:
        count = len(row[next(iter(more))]) if more else 0
        found.append(row | {head: row[head] + values[place : place + count] for head, values in more.items()})
        place += count
    return found


def _columns(predicted: Sequence[dict[str, Any]], task: Task) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """Predictions as label numbers: per head one for each sentence, or one for each word and offsets."""
    columns: dict[str, Any] = {}
    for head, names in task.labels:
        number = {label: i for i, label in enumerate(names)}
        rows = [row[head] for row in predicted]
        if rows and isinstance(rows[0], str):
            columns[head] = np.array([number[label] for label in rows], np.int16)
        else:
            columns[head] = np.array([number[label] for row in rows for label in row], np.int16)
            columns[f"{head}-offsets"] = np.cumsum([0, *map(len, rows)]).astype(np.int32)
    return columns, {head: list(names) for head, names in task.labels}


def _score_columns(scores: Sequence[Scores], task: Task) -> dict[str, Any]:
    """Log probabilities in half precision, of words one under another: what decoding is studied on."""
    return {
        f"{head}-scores": np.concatenate([np.atleast_2d(row[head]) for row in scores]).astype(np.float16)
        for head, _ in task.labels
        if scores
    }


def _machine(device: torch.device) -> dict[str, Any]:
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.machine()
    import peft
    import transformers

    versions = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "peft": peft.__version__,
    }
    return {"device": f"{device.type}: {name}", "versions": versions}


def is_done(folder: Path, spec: CellSpec) -> bool:
    """Whether the predictions there are of this cell as it is now."""
    try:
        told = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return told.get("digest") == spec.digest and (folder / PREDICTIONS).is_file()
