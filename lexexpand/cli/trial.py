"""`lexexpand synth` without making anything: a plan, a preview, or one row of a finished corpus explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output, summary

if TYPE_CHECKING:
    from lexexpand.cli.synth_options import Asked
    from lexexpand.language import Language
    from lexexpand.synthesis.dry import Need

PREVIEW_READ = 2000


def dry_run(asked: Asked) -> int:
    """Say what would be read, fetched and made."""
    from lexexpand.errors import LexexpandError
    from lexexpand.synthesis.dry import source_needs

    source = source_needs(asked.inputs)
    plans: list[dict[str, Any]] = []
    failed: list[dict[str, str]] = []
    for language in asked.languages:
        try:
            plans.append(_plan(asked, language))
        except LexexpandError as error:
            if len(asked.languages) == 1:
                raise
            failed.append({"language": str(language), "error": str(error)})
            output.note(f"lexexpand: {language}: {error}")
    told = {
        "source": list(map(_plain, source)),
        "kind": asked.kind or "by the source's labels",
        "options": {key: value for key, value in asked.config.as_dict().items() if key != "kind"},
        "corpora": plans,
        "failed": failed,
    }
    if asked.as_json:
        output.emit(told)
    else:
        _tell(told)
    return 3 if failed or any(need.state == "missing" for need in source) else 0


def preview(asked: Asked) -> int:
    """Show sentences from the start of the source; its analysis goes to a folder that is deleted."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from lexexpand.synthesis.pipeline import analyze, settle_kind
    from lexexpand.synthesis.preview import preview

    told: list[dict[str, Any]] = []
    with TemporaryDirectory(prefix="lexexpand-") as folder:
        analysis = analyze(asked.inputs, progress=asked.progress, limit=PREVIEW_READ, cache_dir=Path(folder))
        config = settle_kind(asked.config, asked.kind, analysis)
        for language in asked.languages:
            found = preview(asked.inputs, analysis, language, config, summary.SENTENCES)
            rows = found.rows
            if found.covered < summary.SENTENCES and config.min_coverage:
                output.note(
                    f"{language}: {found.covered} of the first {found.read:,} sentences have a coverage of "
                    f"{config.min_coverage} or more. Lower --min-coverage, or translate more words."
                )
            told.append({"language": str(language), "sentences": rows})
            if not asked.as_json:
                if len(asked.languages) > 1:
                    click.echo(f"{language}\n")
                summary.show_rows(rows)
    if asked.as_json:
        output.emit({"previews": told})
    return 0


def explain(asked: Asked, row_id: str) -> int:
    """Print the trace of one row."""
    from lexexpand.synthesis.trace import explain_rows
    from lexexpand.text.corpus import Corpus

    if len(asked.languages) > 1:
        raise click.UsageError("--explain is of one row: name one language.")
    corpus = Corpus.open(asked.place(asked.languages[0]))
    (trace,) = explain_rows(corpus, [corpus.row(row_id)])
    if asked.as_json:
        output.emit(trace.as_dict())
    else:
        click.echo(str(trace))
    return 0


def _plan(asked: Asked, language: Language) -> dict[str, Any]:
    from lexexpand.synthesis.dry import needs

    place = asked.place(language)
    found = needs(asked.inputs, language, asked.config)
    return {
        "language": str(language),
        "folder": str(place),
        "exists": place.exists(),
        "files": list(map(_plain, found)),
    }


def _plain(need: Need) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(need), "notes": list(need.notes)}


def _tell(told: dict[str, Any]) -> None:
    rows = [_row("", file) for file in told["source"]]
    rows += [_row(plan["language"], file) for plan in told["corpora"] for file in plan["files"]]
    click.echo(output.table(("language", "what", "pack", "file", "bytes", "licence", "state"), rows))
    click.echo(f"\nkind: {told['kind']}")
    for plan in told["corpora"]:
        there = " (there is something already)" if plan["exists"] else ""
        click.echo(f"{plan['language']} -> {plan['folder']}{there}")
    click.echo("Nothing was fetched or written.")


def _row(language: str, file: dict[str, Any]) -> tuple[object, ...]:
    size = "" if file["size"] is None else f"{file['size']:,}"
    marks = f" [{' '.join(file['notes'])}]" if file["notes"] else ""
    licence = f"{file['licence'] or ''}{marks}"
    return (language, file["kind"], file["pack"], file["path"], size, licence, file["state"])
