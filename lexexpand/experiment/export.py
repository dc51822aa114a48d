"""From a plan to a folder of cells that a machine without linguistics can run.

Each cell is a chain of trainings (`lexexpand.experiment.stage`):

    language   the language adapter, where the arm has one, on pseudo-parallel text
    source     the task on gold data alone: the same for all arms of a task, source and seed
    arm        the task goes on, with the language adapter active, on the arm's own data

All arms take equally many steps on their task. That the language adapter takes steps more is counted
against nobody: `identity` and `shuffled` take them too, `lexexpand -language` does not.
"""

from __future__ import annotations

import io
import shutil
import tarfile
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import ConfigError
from lexexpand.experiment.arms import LANGUAGE_FIELDS
from lexexpand.experiment.pack import IDS, pack_base
from lexexpand.experiment.stage import BASE, CELL, CELLS, INPUTS, CellSpec, Stage, write_json
from lexexpand.model.tasks import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.experiment.inputs import Maker
    from lexexpand.experiment.plan import Cell

STUDY = "study"
_ID_COLUMNS = ("ids", "source-ids", "target-ids")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the study's folder, its cells, and how many trainings they stand on."""

    folder: Path
    cells: tuple[CellSpec, ...]
    trainings: int


def specify(maker: Maker, cell: Cell) -> CellSpec:
    """The trainings of a cell; makes the inputs that they need."""
    plan, task = maker.plan, maker.plan.tasks[cell.task]
    sources = cell.arm.sources or (plan.source,)
    gold = [maker.gold(cell.task, tag) for tag in sources]
    pseudo, pairs = maker.pseudo(cell), maker.pairs(cell)
    if pairs is not None and plan.adapt.get("tune") == "full":
        raise ConfigError(f"{cell.slug}: full tuning has no language adapter beside it; leave such arms out")
    shared: dict[str, Any] = {"base": maker.base.digest}
    config = {**plan.adapt, "seed": cell.seed}
    stages: list[Stage] = []

    def add(**fields: Any) -> str:
        stages.append(Stage(**{**shared, **fields}))
        return stages[-1].key

    own = dict(cell.arm.adapt)
    language = None
    if pairs is not None:
        changed = {name: own[name] for name in LANGUAGE_FIELDS if name in own}
        steps = {**config, "steps": plan.language.steps, **changed}
        language = add(kind="language", pairs=pairs, config=steps)
    steps = {**config, "task_steps": task.steps}
    read = {"task": cell.task, "gold": gold[0], "more_gold": tuple(gold[1:])}
    source = add(kind="task", **read, config=steps)
    changed = {name: value for name, value in own.items() if name not in LANGUAGE_FIELDS}
    steps = {**config, "task_steps": task.arm_steps, **changed}
    final = add(kind="task", **read | _mix(pseudo, cell), start=source, language=language, config=steps)
    about = {
        "task": cell.task,
        "kind": task.kind,
        "language": cell.language,
        "arm": cell.arm.name,
        "seed": cell.seed,
    }
    test = maker.test(cell.task, cell.language)
    has_whole = any(head.level == "sentence" for head in KINDS[task.kind])
    names = [name for name in cell.arm.gloss if has_whole or name != "instead"]
    readings = {name: maker.test(cell.task, cell.language, name) for name in names}
    added = maker.word_tags(cell.task, cell.language) if cell.arm.tags else None
    trainings = {stage.key: stage for stage in stages}
    again, instead = readings.get("behind"), readings.get("instead")
    arm = cell.arm
    return CellSpec(cell.slug, about, trainings, final, test, added, again, instead, arm.paths, arm.halfway)


def _mix(pseudo: str | None, cell: Cell) -> dict[str, Any]:
    """What the arm's stage reads but for gold, or instead of it."""
    if pseudo is None:
        return {}
    return {"pseudo": (pseudo,)} if cell.arm.gold else {"gold": pseudo, "more_gold": ()}


def export(maker: Maker, cells: Iterable[Cell]) -> Exported:
    """Write the study's folder: specifications, inputs with their ids cut, the packed base.

    What the folder has of an earlier export stays, predictions and trainings included, but for cells that the
    plan no longer has.
    """
    specs = _counted([specify(maker, cell) for cell in cells])
    folder = maker.folder / STUDY
    names = sorted({name for spec in specs for name in _inputs_of(spec)})
    ids = _ids(maker, names)
    kept = _cut(maker, folder, ids, names)
    for name in names:
        path = folder / INPUTS / f"{name}.npz"
        if not path.is_file():
            _remap(maker.path(name), path, kept)
    for spec in specs:
        write_json(folder / CELLS / spec.slug / CELL, spec.to_json())
    _clear(folder, {cell.slug for cell in maker.plan.cells})
    return Exported(folder, tuple(specs), len({key for spec in specs for key in spec.stages}))


def _clear(folder: Path, planned: set[str]) -> None:
    """Remove cells that the plan has no more, and inputs that no cell reads."""
    read: set[str] = set()
    for cell in (folder / CELLS).iterdir():
        if cell.name in planned:
            read.update(_inputs_of(CellSpec.read(cell)))
        else:
            shutil.rmtree(cell)
    for old in (folder / INPUTS).glob("*.npz"):
        if old.stem not in read:
            old.unlink()


def pack(folder: Path, out: Path) -> None:
    """One compressed archive of the study, without what running it made; unpack it with tar.

    The arrays go in as they are: cells share sentences, and what stands twice in one archive costs once.
    """
    part = out.with_name(out.name + ".part")
    filters = [{"id": 0x21, "preset": 6, "dict_size": 128 << 20}]
    import lzma

    with lzma.open(part, "wb", filters=filters) as stream, tarfile.open(fileobj=stream, mode="w|") as archive:
        for name in (BASE, INPUTS, CELLS):
            for path in sorted((folder / name).rglob("*")):
                if path.is_file() and (name != CELLS or path.name == CELL):
                    _put(archive, path, path.relative_to(folder.parent).as_posix())
    part.replace(out)


def _put(archive: tarfile.TarFile, path: Path, name: str) -> None:
    data = path.read_bytes()
    if path.suffix == ".npz":
        with np.load(path) as arrays:
            plain = io.BytesIO()
            np.savez(plain, **{key: arrays[key] for key in arrays.files})
        data = plain.getvalue()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _counted(specs: list[CellSpec]) -> list[CellSpec]:
    """The same, with trainings that several cells stand on marked as shared."""
    # A cell half way reads its start twice.
    uses = Counter(key for spec in specs for key in list(spec.stages) * (1 + spec.halfway))
    return [
        replace(spec, stages={k: replace(s, is_shared=uses[k] > 1) for k, s in spec.stages.items()})
        for spec in specs
    ]


def _inputs_of(spec: CellSpec) -> list[str]:
    more = [name for name in (spec.added, spec.again, spec.instead) if name is not None]
    return [spec.test, *more, *(name for stage in spec.stages.values() for name in stage.reads)]


def _ids(maker: Maker, names: Iterable[str]) -> NDArray[np.int64]:
    """All ids in use, and the tokenizer's special ones."""
    found = [np.array(sorted(maker.tokenizer.all_special_ids), np.int64)]
    for name in names:
        with np.load(maker.path(name)) as arrays:
            found += [np.unique(arrays[key]).astype(np.int64) for key in _ID_COLUMNS if key in arrays.files]
    return np.unique(np.concatenate(found))


def _cut(maker: Maker, folder: Path, ids: NDArray[np.int64], names: Iterable[str]) -> NDArray[np.int64]:
    """The cut base; where it has other rows than before, the inputs are made anew."""
    path = folder / BASE / IDS
    if path.is_file():
        with np.load(path) as arrays:
            before = arrays["ids"].astype(np.int64)
        if np.isin(ids, before).all():
            return np.asarray(before)
        shutil.rmtree(folder / INPUTS, ignore_errors=True)
        shutil.rmtree(folder / ".base", ignore_errors=True)
    kept = pack_base(maker.base.folder, ids.tolist(), folder / BASE)
    base = maker.base
    about: Mapping[str, Any] = {
        "id": base.id,
        "revision": base.revision,
        "digest": base.digest,
        "prefix": base.prefix,
        "pad": int(maker.tokenizer.pad_token_id),
    }
    write_json(folder / BASE / "base.json", about)
    return kept


def _remap(source: Path, target: Path, kept: NDArray[np.int64]) -> None:
    """Copy an input, its ids being rows of the cut table."""
    with np.load(source) as arrays:
        columns = {key: arrays[key] for key in arrays.files}
    for key in _ID_COLUMNS:
        if key in columns:
            columns[key] = np.searchsorted(kept, columns[key]).astype(columns[key].dtype)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        np.savez_compressed(file, **columns)
    part.replace(target)
