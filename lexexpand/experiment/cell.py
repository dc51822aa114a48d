"""Run cells of a study: train what each stands on, predict its test set, write both down.

    python -m lexexpand.experiment.cell work/first/study --device cuda --procs 8
    python -m lexexpand.experiment.cell work/first/study/cells/pos.sme_Latn.lexexpand.13

Knows no linguistics and no files but the study's own, so that it runs where only numpy, pyarrow, torch,
transformers, peft and accelerate are installed. Cells that have run are passed over; several processes may
work on one study: each cell and each shared training is done by the first that claims it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import DataError, LexexpandError
from lexexpand.experiment.stage import CELL, CELLS, CellSpec
from lexexpand.experiment.study import HeldError, Study, is_done
from lexexpand.model.device import pick_device

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

PAUSE = 0.5  # seconds between looks at what other processes hold


def find_cells(paths: Sequence[Path]) -> list[tuple[Path, CellSpec]]:
    """Study folder and cell of each path: a cell's folder, or a study's, which means all its cells.

    Raises:
        DataError: a path is neither.
    """
    found = []
    for path in paths:
        if (path / CELL).is_file():
            found.append((path.parent.parent, CellSpec.read(path)))
        elif (path / CELLS).is_dir():
            cells = [folder for folder in (path / CELLS).iterdir() if (folder / CELL).is_file()]
            found += [(path, CellSpec.read(folder)) for folder in cells]
        else:
            raise DataError(f"{path}: neither a cell nor a study. `lexexpand experiment export` makes one.")
    return sorted(found, key=lambda each: _order(each[1]))


def _order(spec: CellSpec) -> tuple[int, str, str, str]:
    """Seeds one after the other, so that a study cut short has whole tables; arms of one model together."""
    return spec.about["seed"], spec.about["task"], spec.about["language"], spec.final


def run_cells(paths: Sequence[Path], device: torch.device) -> tuple[int, list[str]]:
    """Run what has not run, always the first cell that no other process holds.

    A cell that fails is told and left; the others run.

    Returns:
        How many ran here, and the names of those that failed.
    """
    waiting = find_cells(paths)
    studies = {folder: Study(folder, device) for folder in dict.fromkeys(folder for folder, _ in waiting)}
    ran, failed = 0, list[str]()
    while waiting:
        for item in waiting:
            folder, spec = item
            if is_done(folder / CELLS / spec.slug, spec):
                break
            try:
                record = studies[folder].run(spec)
            except HeldError:
                continue
            except Exception:  # a lent machine must not stand idle for one cell's bug: told, and the next
                _say(f"{spec.slug} failed:\n{traceback.format_exc()}")
                failed.append(spec.slug)
            else:
                ran += bool(record)
                _say(f"{spec.slug}: {record['seconds']} s" if record else f"{spec.slug}: there already")
            break
        else:
            time.sleep(PAUSE)
            continue
        waiting.remove(item)
    return ran, failed


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: see the module's docstring."""
    parser = argparse.ArgumentParser(prog="python -m lexexpand.experiment.cell", description=main.__doc__)
    parser.add_argument("folders", nargs="+", type=Path, help="studies, or single cells")
    parser.add_argument("--device", help="cuda or cpu (default: cuda where there is one)")
    parser.add_argument("--procs", type=int, default=1, help="processes, all on the one device")
    asked = parser.parse_args(arguments)
    if asked.procs > 1:
        return spawn(asked.folders, asked.device, asked.procs)
    try:
        device = pick_device(asked.device)
        began = time.perf_counter()
        ran, failed = run_cells(asked.folders, device)
    except LexexpandError as error:
        _say(f"lexexpand: {error}")
        return error.exit_code
    _say(f"{ran} cells in {time.perf_counter() - began:.0f} s on {device}, {len(failed)} failed")
    return LexexpandError.exit_code if failed else 0


def spawn(folders: Sequence[Path], device: str | None, procs: int) -> int:
    """The same cells in several processes on one device; the highest of their exit codes."""
    command = [sys.executable, "-m", "lexexpand.experiment.cell", *map(str, folders)]
    command += ["--device", device] if device else []
    # Threads of several processes wait for each other on the same cores.
    threads = str(max(1, (os.cpu_count() or 1) // procs))
    env = {**os.environ, "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", threads)}
    running = [subprocess.Popen(command, env=env) for _ in range(procs)]
    return max(process.wait() for process in running)


if __name__ == "__main__":
    sys.exit(main())
