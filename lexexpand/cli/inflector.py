"""`lexexpand morphology train` and `score`: an inflector for words that no table has."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.cli.languages import pack_dir_option
from lexexpand.cli.morphology import LANG, PARADIGMS, find_language, find_paradigms, morphology

if TYPE_CHECKING:
    from lexexpand.language import Language
    from lexexpand.morphology.learned.folder import Learned
    from lexexpand.morphology.learned.score import Score
    from lexexpand.morphology.learned.walks import Triple

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@morphology.command()
@LANG
@click.option("--train", "train_file", type=_FILE, metavar="FILE", help="Learn from this table alone.")
@click.option(
    "--dev",
    "dev_file",
    type=_FILE,
    metavar="FILE",
    help="Set the gate by these words.",
)
@click.option("--fast", is_flag=True, help="One network, trained for about a minute.")
@click.option("--seed", type=int, default=13, show_default=True, metavar="N", help="Of every draw.")
@click.option(
    "-o",
    "--output",
    "out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Its folder (default: among your own data).",
)
@click.option("--force", is_flag=True, help="Replace the model that is there.")
@PARADIGMS
@pack_dir_option
@output.mirror_option
@output.offline_option
@output.quiet_option
@output.json_option
def train(
    tag: str,
    train_file: Path | None,
    dev_file: Path | None,
    fast: bool,
    seed: int,
    out: Path | None,
    force: bool,
    quiet: bool,
    as_json: bool,
    **place: Any,
) -> None:
    """Learn to inflect words that no table has.

    FILE has lemma, form and UniMorph features, with tabs between; without --train the language's packs are
    learned from. A tenth of the words is held out to tell how sure the answers are, or --dev is used.
    """
    from lexexpand.adaptation.inflector import learn
    from lexexpand.adaptation.transducer import FAST, FULL
    from lexexpand.morphology.learned.folder import check_free, model_dir, save

    if train_file is not None:
        language = find_language(tag)
        triples, sources = _triples(train_file, language), [_source(train_file)]
    else:
        language, paradigms = find_paradigms(tag=tag, **place)
        triples = [
            (lemma, str(bundle), form)
            for lemma in paradigms.lemmas()
            for bundle, form in paradigms.cells(lemma)
        ]
        sources = [asdict(use) for use in paradigms.sources]
    dev = None if dev_file is None else _triples(dev_file, language)
    folder = out or model_dir(language)
    check_free(folder, force=force)  # before the minutes of training, not after
    trained = learn(
        triples,
        dev,
        replace(FAST if fast else FULL, seed=seed),
        language=str(language),
        sources=sources,
        progress=lambda label, total, unit: output.progress(label, total, unit, quiet=quiet or as_json),
    )
    save(folder, trained.learned, trained.networks, force=force)
    _tell(trained.learned, folder, as_json)


@morphology.command()
@click.option(
    "--model", "folder", type=click.Path(path_type=Path), required=True, metavar="DIR", help="Its folder."
)
@click.option("--test", "test_file", type=_FILE, required=True, metavar="FILE", help="Words it has not seen.")
@click.option(
    "--precision",
    type=click.FloatRange(0, 1, min_open=True),
    default=0.95,
    show_default=True,
    metavar="F",
    help="How often it must be right where it speaks.",
)
@output.json_option
def score(folder: Path, test_file: Path, precision: float, as_json: bool) -> None:
    """Score a model on lemma, form and features of FILE. Nothing but the model is looked at."""
    from lexexpand.language import parse_language
    from lexexpand.morphology.learned.folder import open_model
    from lexexpand.morphology.learned.score import score as scored

    model, learned = open_model(folder, precision)
    triples = _triples(test_file, parse_language(learned.language))
    found = scored(model, triples)
    if as_json:
        output.emit({"model": str(folder), "test": str(test_file), "precision": precision, **asdict(found)})
        return
    rows: list[tuple[str, object]] = [
        ("forms", f"{found.n:,} of {found.lemmas:,} lemmas"),
        ("accuracy, gate off", f"{found.accuracy:.1%}"),
        ("it speaks on", f"{found.share_gated:.1%}"),
        ("precision where it speaks", "-" if found.precision_gated is None else _percent(found)),
        ("calibration error", f"{found.calibration_error:.1%}"),
    ]
    click.echo(output.table(("of " + learned.language, ""), rows))


def _percent(found: Score) -> str:
    if found.precision_gated is None or found.precision_interval is None:
        return "-"
    low, high = found.precision_interval
    return f"{found.precision_gated:.1%} ({low:.1%} to {high:.1%}, lemmas drawn anew)"


def _triples(path: Path, language: Language) -> list[Triple]:
    from lexexpand.morphology.tables import TableFile, TableReport, read_triples

    report = TableReport()
    found = read_triples(TableFile(path), report, language=language.iso, script=language.script)
    triples = [(lemma, str(bundle), form) for lemma, form, bundle in found]
    for line in report.skipped:
        output.note(f"left out: {line}")
    return triples


def _source(path: Path) -> dict[str, Any]:
    from hashlib import sha256

    return {"pack": path.name, "licence": "NOASSERTION", "sha256": [sha256(path.read_bytes()).hexdigest()]}


def _tell(learned: Learned, folder: Path, as_json: bool) -> None:
    from lexexpand.morphology.learned.gate import PRECISION

    trained = learned.trained
    found = None if learned.reliability is None else learned.reliability.spoken(PRECISION)
    share = found and found[0]
    said = {"language": learned.language, "folder": str(folder), **trained, "speaks": share}
    if as_json:
        output.emit(said)
        return
    click.echo(
        f"{learned.language}: {trained['triples']:,} forms of {trained['lemmas']:,} lemmas learned in"
        f" {trained['seconds']:.0f} s; in {folder}"
    )
    if share is None:
        output.note(
            f"{trained['held_out_lemmas']:,} words were held out: too few, or too few were right, to"
            " tell when it is right. So it stays silent; `score` shows how good it is."
        )
    else:
        output.note(
            f"with the gate at 95 % it speaks on {share:.0%} of the forms of words that were held out"
        )
