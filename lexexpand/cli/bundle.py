"""`lexexpand bundle`: look at bundles, check, merge and publish them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lexexpand.cli import output
from lexexpand.cli.predict import loading

_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group()
def bundle() -> None:
    """Show, verify, merge and push bundles."""


@bundle.command()
@_folder
@output.json_option
def show(folder: Path, as_json: bool) -> None:
    """Show what a bundle is: base, tasks, scores, data, licences, sizes."""
    from lexexpand.bundle.verify import describe

    told = describe(folder)
    if as_json:
        output.emit(told)
    else:
        _tell(told)


@bundle.command()
@_folder
@output.json_option
def verify(folder: Path, as_json: bool) -> int:
    """Check a bundle's files, digests, manifest and tensors.

    The exit code is 1 if something is wrong.
    """
    from lexexpand.bundle.verify import describe, verify_bundle

    found = verify_bundle(folder)
    if as_json:
        listed = [{"file": finding.file, "message": finding.message} for finding in found]
        output.emit({"folder": str(folder), "findings": listed})
    elif found:
        for finding in found:
            click.echo(finding.message)
    else:
        size = describe(folder)["bytes"]["total"]
        click.echo(f"{folder}: {size:,} bytes, all as its manifest and digests say")
    return output.EXIT_NO if found else 0


@bundle.command()
@_folder
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder to make.",
)
@click.option("--task", metavar="NAME", help="The task to merge (default: the language adapter alone).")
@click.option("--force", is_flag=True, help="Replace a folder that is there.")
@loading
@output.json_option
def merge(folder: Path, out: Path, task: str | None, force: bool, as_json: bool, **options: Any) -> None:
    """Merge adapters into the base: a plain Hugging Face folder.

    For servers that know no adapters. A task that labels words opens with AutoModelForTokenClassification
    where the base has such a class; other heads are written beside the encoder, as heads.safetensors and
    heads.json.
    """
    from lexexpand.bundle.merge import merge_bundle

    made = merge_bundle(folder, out, task, force=force, **options)
    files = {path.name: path.stat().st_size for path in sorted(made.iterdir())}
    if as_json:
        output.emit({"folder": str(made), "task": task, "bytes": files})
    else:
        click.echo(f"{made}: {', '.join(files)}")


@bundle.command()
@_folder
@click.argument("repo", metavar="OWNER/NAME")
@click.option("--private", is_flag=True, help="Make the repository private, if it is made.")
@click.option("--yes", is_flag=True, help="Also where nobody has stated a licence of the data.")
@output.json_option
def push(folder: Path, repo: str, private: bool, yes: bool, as_json: bool) -> None:
    """Upload a bundle to the Hugging Face hub.

    `hf auth login` logs in. Data without a stated licence keep a bundle back, unless you say --yes.
    """
    from lexexpand.bundle.push import push_bundle

    where = push_bundle(folder, repo, private=private, yes=yes)
    if as_json:
        output.emit({"folder": str(folder), "repository": repo, "url": where})
    else:
        click.echo(where)


def _tell(told: dict[str, Any]) -> None:
    base = told["base"]
    at = f" at {base['revision']}" if base["revision"] else ""
    lines = [
        f"{told['name']} ({told['language']}), schema {told['schema']}",
        f"base       {base['id']}{at}, digest {base['digest'][:12]}",
        f"language   {_adapter(told['adapter'])}",
    ]
    if told["encoder"]:
        lines.append(f"encoder    tuned in full: {told['encoder']}")
    for name, task in told["tasks"].items():
        heads = ", ".join(f"{head['name']} ({len(head['labels'])} labels)" for head in task["heads"])
        lines.append(f"task       {name}: {heads}; {_adapter(task['adapter'])}")
    lines.append(f"licences   {', '.join(told['licences']) or 'none recorded'}")
    sizes = (f"{name} {size / 1e6:.2f} MB" for name, size in told["bytes"].items())
    lines.append(f"size       {', '.join(sizes)}")
    click.echo("\n".join(lines))
    if told["scores"]:
        click.echo(
            "\n"
            + output.table(("task", "system", "metric", "score", "95 %", "n"), map(_score, told["scores"]))
        )


def _adapter(note: dict[str, Any] | None) -> str:
    if note is None:
        return "no adapter"
    rows = f", {len(note['rows'])} trained rows" if note["rows"] else ""
    return f"LoRA r={note['r']}{rows}"


def _score(row: dict[str, Any]) -> tuple[object, ...]:
    ends = (
        "-" if row["interval"] is None else "{:.1f} to {:.1f}".format(*(100 * end for end in row["interval"]))
    )
    return row["task"], row["system"], row["name"], f"{100 * row['value']:.1f}", ends, row["n"]
