"""A study from its plan to its results, in three steps that may run on different machines.

build     text, corpora, encoded inputs, cells       here: needs packs and data
run       trainings and predictions                  anywhere: `lexexpand.experiment.cell`
collect   scores, table, figure                      here: needs the gold labels

runs/first/
    text/ corpora/ encoded/      what the cells are made of, kept for the next time
    study/                       the cells: this is what travels
experiments/first/
    plan.toml results.jsonl table.md figure.svg
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import DataError
from lexexpand.experiment.export import STUDY, Exported, export, specify
from lexexpand.experiment.figure import by_task, draw
from lexexpand.experiment.inputs import Maker
from lexexpand.experiment.plan import read_plan
from lexexpand.experiment.results import collect, write_results
from lexexpand.experiment.stage import CELLS
from lexexpand.experiment.table import markdown
from lexexpand.model.base import find_base, load_tokenizer

if TYPE_CHECKING:
    from lexexpand.experiment.plan import Cell
    from lexexpand.experiment.results import Result
    from lexexpand.progress import MakeProgress

RUNS = Path("runs")
RESULTS, TABLE, FIGURE = "results.jsonl", "table.md", "figure.svg"


@dataclass(frozen=True, slots=True)
class Collected:
    """What came out: results, how many cells have not run, and the files written."""

    results: tuple[Result, ...]
    missing: tuple[str, ...]
    files: tuple[Path, ...]


def open_study(
    plan: Path,
    folder: Path | None = None,
    *,
    base: str | None = None,
    base_file: Path | None = None,
    offline: bool = False,
    progress: MakeProgress | None = None,
) -> Maker:
    """Read a plan and find its base.

    Args:
        plan: the file.
        folder: where everything is kept (None: `runs/` and the name of the plan's folder).
        base: instead of the plan's.
        base_file: of the embedded base.
        offline: never use the network.
        progress: makes progress bars.
    """
    read = read_plan(plan)
    found = find_base(base or read.base, base_file=base_file, offline=offline)
    place = folder or RUNS / read.path.resolve().parent.name
    return Maker(read, place, found, load_tokenizer(found), offline=offline, progress=progress)


def build(maker: Maker, only: str | None = None) -> Exported:
    """Make the inputs of the cells and export them.

    Args:
        maker: of the study.
        only: cells whose name holds this alone.

    Raises:
        DataError: no cell's name does.
    """
    return export(maker, chosen(maker, only))


def chosen(maker: Maker, only: str | None) -> tuple[Cell, ...]:
    """The plan's cells, or those whose name holds a text."""
    cells = tuple(cell for cell in maker.plan.cells if only is None or only in cell.slug)
    if not cells:
        raise DataError(f"no cell has {only!r} in its name. They are like {maker.plan.cells[0].slug}.")
    return cells


def run(exported: Exported, device: str | None = None, procs: int = 1) -> None:
    """Run what has not run yet, on this machine."""
    from lexexpand.experiment.cell import run_cells, spawn
    from lexexpand.model.device import pick_device

    cells = [exported.folder / CELLS / spec.slug for spec in exported.cells]
    if procs > 1:
        code = spawn(cells, device, procs)
        if code:
            raise DataError(f"a worker ended with code {code}; what ran is kept, the same command goes on")
        return
    _, failed = run_cells(cells, pick_device(device))
    if failed:
        raise DataError(f"{len(failed)} cells failed: {', '.join(failed)}. What ran is kept.")


def collect_study(maker: Maker, out: Path | None = None, only: str | None = None) -> Collected:
    """Score all cells that have run; write results, table and figure.

    Raises:
        DataError: none has run.
    """
    named = replace(maker, makes=False)
    specs = [specify(named, cell) for cell in chosen(maker, only)]
    results = collect(maker, specs, maker.folder / STUDY)
    if not results:
        raise DataError(f"{maker.folder / STUDY}: no cell has run yet. `lexexpand experiment run` runs them.")
    there = {result.slug for result in results}
    out = out or maker.plan.path.parent
    out.mkdir(parents=True, exist_ok=True)
    write_results(results, out / RESULTS)
    (out / TABLE).write_text(markdown(results), encoding="utf-8")
    files = [out / RESULTS, out / TABLE]
    if by_task(results):
        files.append(draw(results, out / FIGURE, title=maker.plan.title))
    missing = tuple(spec.slug for spec in specs if spec.slug not in there)
    return Collected(tuple(results), missing, tuple(files))
