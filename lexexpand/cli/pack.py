"""`lexexpand pack`: check, list and seal data packs of every kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lexexpand.cli import output
from lexexpand.cli.languages import pack_dir_option

if TYPE_CHECKING:
    from lexexpand.lexicon.project import Progress
    from lexexpand.resources.checks import Finding, Report

# Modules of higher rooms that add checks of their own to the table when they are imported.
MORE_CHECKS = ("lexexpand.lexicon.checks", "lexexpand.morphology.checks")


@click.group()
def pack() -> None:
    """Check and list data packs."""


@pack.command("list")
@click.option("--kind", metavar="KIND", help="Only lexicon, paradigms, text, labelled or rules.")
@pack_dir_option
@output.json_option
def list_packs(kind: str | None, pack_dirs: tuple[Path, ...], as_json: bool) -> None:
    """List the packs there are, nearest place first."""
    from lexexpand.resources.licence import notes
    from lexexpand.resources.packs import find_packs

    packs = find_packs(kind, pack_dirs=pack_dirs)
    if as_json:
        output.emit(
            [
                {
                    "pack": card.id,
                    "kind": card.kind,
                    "title": card.title,
                    "version": card.version,
                    "languages": ["*"] if card.any_language else [str(tag) for tag in card.languages],
                    "licence": card.licence,
                    "notes": list(notes(card.licence)),
                    "files": len(card.files),
                    "folder": str(card.folder),
                }
                for card in packs
            ]
        )
        return
    rows = [
        (card.id, card.kind, card.version, "any" if card.any_language else len(card.languages), card.licence)
        for card in packs
    ]
    click.echo(output.table(("pack", "kind", "version", "languages", "licence"), rows))


@pack.command()
@click.argument("names", nargs=-1, required=True, metavar="DIR|PACK...")
@click.option(
    "--select", metavar="CODES", default="", help="Only these checks: E,W302 (beginnings of codes)."
)
@click.option(
    "--fetch", "may_fetch", is_flag=True, help="Fetch files that are not at hand, and check them too."
)
@click.option("--limit", default=20, show_default=True, help="Findings of one check in one file to list.")
@pack_dir_option
@output.mirror_option
@output.json_option
def check(
    names: tuple[str, ...],
    select: str,
    may_fetch: bool,
    limit: int,
    pack_dirs: tuple[Path, ...],
    mirror: str | None,
    as_json: bool,
) -> int:
    """Check packs: what is wrong (E) or doubtful (W), with file and line.

    A folder that holds packs, such as one that `lexexpand init` wrote, has them all checked; of a lexicon it
    is told how much of running text it covers, and which words come next. The exit code is 1 if there is a
    finding. The content of files that are not at hand is not checked, and a note says how many; --fetch gets
    them first.
    """
    from lexexpand.lexicon.project import progress
    from lexexpand.resources.checks import check_pack
    from lexexpand.resources.fetch import Fetcher

    _load_more_checks()
    folders = {label: folder for name in names for label, folder in _folders(name, pack_dirs)}
    codes = [code.strip() for code in select.split(",") if code.strip()]
    fetcher = Fetcher(mirror=mirror, offline=not may_fetch)
    reports = {
        label: check_pack(folder, select=codes, fetcher=fetcher, fetch=may_fetch, limit=limit)
        for label, folder in folders.items()
    }
    ways = {label: progress(folder) for label, folder in folders.items()}
    if as_json:
        output.emit([_as_json(label, report, ways[label]) for label, report in reports.items()])
    else:
        for label, report in reports.items():
            _tell(label, report, ways[label])
    return output.EXIT_NO if any(report.findings for report in reports.values()) else 0


@pack.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Seal though something is wrong in a pack.")
@output.json_option
def seal(folder: Path, force: bool, as_json: bool) -> None:
    """Bring sizes and sha256 of a pack's own files up to date in its files.tsv.

    A folder that holds packs, such as one that `lexexpand init` wrote, has them all sealed. Where `pack
    check` finds something wrong (E), nothing is sealed.
    """
    from lexexpand.errors import DataError
    from lexexpand.resources.packs import packs_in
    from lexexpand.resources.seal import seal as seal_pack

    places = packs_in(folder) or (folder,)
    wrong = [] if force else [finding for place in places for finding in _errors(place)]
    if wrong:
        told = "".join(f"\n{finding}" for finding in wrong)
        raise DataError(f"{folder}: not sealed; mend what is wrong, or say --force:{told}")
    changed = {str(place): seal_pack(place) for place in places}
    if as_json:
        output.emit([{"pack": place, "changed": paths} for place, paths in changed.items()])
        return
    for place, paths in changed.items():
        told = f"sealed {', '.join(paths)}" if paths else "nothing has changed"
        output.note(f"{place}: {told}")


@pack.command()
@click.argument("name", metavar="DIR|PACK")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output.json_option
def remove(name: str, yes: bool, as_json: bool) -> None:
    """Remove one of your own packs, which `lexicon add` or `morphology add` has written."""
    import sys

    from lexexpand.errors import ConfigError
    from lexexpand.resources.packs import get_pack
    from lexexpand.resources.user_packs import remove_pack, require_own

    card = get_pack(name)
    require_own(card)
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"{card.folder} would be removed; say --yes")
        click.confirm(f"Remove {card.folder} ({len(card.files)} files)?", abort=True, err=True)
    remove_pack(card)
    if as_json:
        output.emit({"removed": str(card.folder)})
    else:
        output.note(f"removed {card.folder}")


def _folders(name: str, pack_dirs: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """The folder that is named, the packs inside it, or the folder of the pack of this id: name and place."""
    from lexexpand.resources.packs import get_pack, packs_in

    place = Path(name)
    inside = packs_in(place) if place.is_dir() else ()
    if inside and inside != (place,):
        return [(str(folder), folder) for folder in inside]
    if inside or (place.is_dir() and ("/" in name or name == ".")):
        return [(name, place)]
    return [(name, get_pack(name, pack_dirs=pack_dirs).folder)]


def _errors(place: Path) -> list[Finding]:
    """What is wrong in a pack, but that its files are not what the card says: sealing mends that."""
    from lexexpand.resources.checks import check_pack
    from lexexpand.resources.seal import CHANGED

    _load_more_checks()
    return [f for f in check_pack(place, select=["E"]).findings if f.code != CHANGED]


def _load_more_checks() -> None:
    from importlib import import_module
    from importlib.util import find_spec

    for name in MORE_CHECKS:
        if find_spec(name) is not None:
            import_module(name)


def _as_json(name: str, report: Report, way: Progress | None) -> dict[str, object]:
    return {
        "pack": name,
        "findings": [
            {
                "code": finding.code,
                "message": finding.message,
                "file": str(finding.where.path),
                "line": finding.where.line,
                "detail": finding.detail,
            }
            for finding in report.findings
        ],
        "files_checked": report.files_checked,
        "files_absent": report.files_absent,
        **({} if way is None else {"progress": _way(way)}),
    }


def _way(way: Progress) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "entries": way.entries,
        "absent": way.absent,
        "changed": way.changed,
        "done": asdict(way.done),
        "all": asdict(way.all),
        "next": [{"source": word.source, "upos": word.upos, "example": word.example} for word in way.next],
    }


def _number(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _tell(name: str, report: Report, way: Progress | None) -> None:
    for finding in report.findings:
        click.echo(str(finding))
    away = f"; {report.files_absent} not at hand (--fetch gets them)" if report.files_absent else ""
    found, files = _number(len(report.findings), "finding"), _number(report.files_checked, "file")
    output.note(f"{name}: {found} in {files}{away}")
    if way is None:
        return
    absent = f" and {way.absent} without a word (-)" if way.absent else ""
    output.note(
        f"{name}: {_number(way.entries, 'entry', 'entries')}{absent}, {way.done.words:,} of the "
        f"{way.all.words:,} words to translate first: {way.done.everyday:.0%} of everyday English, "
        f"{way.done.requests:.0%} of requests"
    )
    if way.changed:
        listing = f"lexexpand lexicon stats --lang TAG --lexicon {name} --dropped"
        output.note(f"{name}: {_number(way.changed, 'cell')} cleaned in reading; `{listing}` lists them")
    if way.next:
        output.note(f"next: {', '.join(' '.join((word.source, word.upos)).strip() for word in way.next)}")
