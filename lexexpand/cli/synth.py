"""`lexexpand synth`: source text and a dictionary go in, a corpus of another language comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output, summary, synth_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.cli.synth_options import Asked
    from lexexpand.language import Language
    from lexexpand.synthesis.config import SynthConfig
    from lexexpand.synthesis.workers import Crew
    from lexexpand.text.analysis import Analysis
    from lexexpand.text.corpus import Corpus

TOLD_IN_FULL = 3
_MODES = ("dry_run", "preview", "explain")

Failure = dict[str, str]


@click.command()
@synth_options.ingredients
@synth_options.knobs
@synth_options.running
def synth(**options: Any) -> int:
    """Make a corpus in a language from source text and a lexicon.

    Words of the source are looked up (phrases first), translated, inflected as the source asks, cased and
    spaced as the target's script wants. Labels of the source are carried over. The same inputs and seed give
    the same bytes; a run that was stopped goes on where it was when the same command is given again.
    """
    modes = [name for name in _MODES if options[name]]
    if len(modes) > 1:
        named = " and ".join(f"--{name.replace('_', '-')}" for name in modes)
        raise click.UsageError(f"{named} do not go together: choose one.")
    asked = synth_options.asked(options)
    if not modes:
        return _make(asked)
    from lexexpand.cli import trial

    if options["dry_run"]:
        return trial.dry_run(asked)
    if options["preview"]:
        return trial.preview(asked)
    return trial.explain(asked, options["explain"])


def _make(asked: Asked) -> int:
    """Make the corpora, one after another, of one analysis; one that fails does not keep back the others."""
    from lexexpand.synthesis.pipeline import analyze, settle_kind
    from lexexpand.synthesis.workers import Crew

    try:
        analysis = analyze(asked.inputs, progress=asked.progress)
        config = settle_kind(asked.config, asked.kind, analysis)
        with Crew(asked.procs) as crew:
            made, failed = _make_all(asked, analysis, config, crew)
    except KeyboardInterrupt:
        output.note("What is finished is kept: the same command goes on from there.")
        raise
    _report(made, failed, asked)
    return 3 if failed else 0


def _make_all(
    asked: Asked, analysis: Analysis, config: SynthConfig, crew: Crew
) -> tuple[list[Corpus], list[Failure]]:
    from lexexpand.errors import LexexpandError

    made: list[Corpus] = []
    failed: list[Failure] = []
    for language in asked.languages:
        try:
            made.append(_make_one(asked, analysis, language, config, crew))
        except LexexpandError as error:
            if len(asked.languages) == 1:
                raise
            failed.append({"language": str(language), "error": str(error)})
            output.note(f"lexexpand: {language}: {error}")
    return made, failed


def _make_one(
    asked: Asked, analysis: Analysis, language: Language, config: SynthConfig, crew: Crew
) -> Corpus:
    from lexexpand.synthesis.job import Job
    from lexexpand.synthesis.pipeline import recipe
    from lexexpand.synthesis.run import make_corpus

    job = Job(recipe(asked.inputs, analysis, language, config))
    if asked.inputs.own_inflector and job.learned is None:
        output.note(
            f"{language}: no learned inflector is used: `lexexpand morphology train --lang {language}` makes "
            "and keeps one, if there are tables"
        )
    return make_corpus(job, asked.place(language), crew, force=asked.force, progress=asked.progress)


def _report(made: Sequence[Corpus], failed: Sequence[Failure], asked: Asked) -> None:
    """What has been made: in full for few languages, a line each for many."""
    from lexexpand.synthesis.show import sample_rows

    if asked.as_json:
        told = [
            {**summary.numbers(corpus), "sentences": sample_rows(corpus, summary.SENTENCES)}
            for corpus in made
        ]
        output.emit({"corpora": told, "failed": list(failed)})
    elif asked.quiet:
        return
    elif len(asked.languages) > TOLD_IN_FULL:
        click.echo(_table(made))
    else:
        for number, corpus in enumerate(made):
            if number:
                click.echo("\n" + "=" * 80)
            summary.show_rows(sample_rows(corpus, summary.SENTENCES))
            summary.tell(summary.numbers(corpus))


def _table(made: Sequence[Corpus]) -> str:
    header = ("tag", "language", "sentences", "coverage", "inflected", "licences", "folder")
    return output.table(header, map(_line, made))


def _line(corpus: Corpus) -> tuple[object, ...]:
    told = summary.numbers(corpus)
    inflected = [told["inflected"].get(name) or 0.0 for name in summary.INFLECTED]
    return (
        told["language"],
        told["name"],
        f"{told['kept']:,}",
        summary.percent(told["coverage"]),
        summary.percent(sum(inflected)),
        summary.licence_text(told["packs"]),
        told["folder"],
    )
