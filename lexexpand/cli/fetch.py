"""`lexexpand fetch`: the files of a language, into the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output
from lexexpand.cli.languages import pack_dir_option

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.resources.card import Card, FileRow
    from lexexpand.resources.fetch import Fetcher

ALL = "all"
AT_ONCE = 6  # files in transfer at the same time: polite to a server, and seconds for minutes


@click.command()
@click.option(
    "--lang", "tags", multiple=True, required=True, metavar="LANGUAGE|all", help="Whose files; repeatable."
)
@click.option(
    "--pack", "names", multiple=True, metavar="PACK", help="Only the files of this pack; repeatable."
)
@click.option(
    "--every", is_flag=True, help="Also files that are not used unless named (twins, other columns)."
)
@click.option("--docs", is_flag=True, help="Also README and licence files of the packs.")
@click.option("--dry-run", is_flag=True, help="Say what would be fetched; fetch nothing.")
@pack_dir_option
@output.mirror_option
@output.offline_option
@output.quiet_option
@output.json_option
def fetch(
    tags: tuple[str, ...],
    names: tuple[str, ...],
    every: bool,
    docs: bool,
    dry_run: bool,
    pack_dirs: tuple[Path, ...],
    mirror: str | None,
    offline: bool,
    quiet: bool,
    as_json: bool,
) -> int:
    """Fetch the files of a language into the cache.

    Every file is checked by its size and sha256; it is looked for in the cache, then in the mirror, then on
    the network. What cannot be had is reported at the end, and the exit code is 3.
    """
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.packs import find_packs, get_pack

    if names:
        packs = tuple(get_pack(name, pack_dirs=pack_dirs) for name in names)
    else:
        packs = find_packs(pack_dirs=pack_dirs)
    wanted = list(_wanted(packs, _languages(tags, packs), every=every, docs=docs))
    fetcher = Fetcher(mirror=mirror, offline=offline)
    files = _look(fetcher, wanted) if dry_run else _fetch(fetcher, wanted, quiet)
    blocked = [
        {"pack": c.id, "path": r.path, "reason": r.blocked} for c, r in wanted if r.blocked is not None
    ]
    failed = [file for file in files if file["state"] == "failed"]
    if as_json:
        output.emit({"files": files, "blocked": blocked})
    else:
        _tell(files, blocked, dry_run, quiet)
    return 3 if failed or (blocked and not files) else 0


def _languages(tags: tuple[str, ...], packs: Sequence[Card]) -> set[Language] | None:
    """The languages asked for, or None for all."""
    from lexexpand.language import parse_language, related

    if ALL in tags:
        return None
    known = {row.language for card in packs for row in card.files if row.language is not None}
    asked = [parse_language(tag, known) for tag in tags]
    return {other for language in asked for other in (language, *related(language))}


def _wanted(
    packs: Sequence[Card], languages: set[Language] | None, *, every: bool, docs: bool
) -> Iterator[tuple[Card, FileRow]]:
    """Rows to fetch (those with a URL); blocked ones too, to be reported."""
    from lexexpand.errors import ConfigError

    found = 0
    for card in packs:
        rows = [row for row in card.files if languages is None or row.language in languages]
        found += len(rows)
        used = [
            row for row in rows if row.role != "doc" and (every or row.is_default or row.blocked is not None)
        ]
        papers = [row for row in card.files if docs and row.role == "doc" and _is_about(row, used)]
        yield from ((card, row) for row in (*used, *papers) if row.url)
    if not found:
        raise ConfigError(
            "no pack has files of that language; `lexexpand languages` lists those that there are"
        )


def _is_about(paper: FileRow, used: Sequence[FileRow]) -> bool:
    """Whether a README or licence is about these files: of the same repository, or of the whole pack."""
    folders = {row.path.split("/")[0] for row in used}
    return bool(used) and paper.path.split("/")[0] in {*folders, "upstream"}


def _look(fetcher: Fetcher, wanted: Sequence[tuple[Card, FileRow]]) -> list[dict[str, Any]]:
    return [
        _file(card, row, "here" if fetcher.in_cache(card, row) else "to fetch")
        for card, row in wanted
        if row.blocked is None
    ]


def _fetch(fetcher: Fetcher, wanted: Sequence[tuple[Card, FileRow]], quiet: bool) -> list[dict[str, Any]]:
    """Fetch a few files at a time; one that cannot be had does not keep back the others, a full disk does."""
    from concurrent.futures import ThreadPoolExecutor

    usable = [(card, row) for card, row in wanted if row.blocked is None]
    progress = output.progress("fetch", sum(row.size for _, row in usable), "B", quiet=quiet)
    fetcher.progress = progress
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        return list(pool.map(lambda pair: _fetch_one(fetcher, *pair), usable))
    finally:
        pool.shutdown(cancel_futures=True)
        if progress is not None:
            progress.close()


def _fetch_one(fetcher: Fetcher, card: Card, row: FileRow) -> dict[str, Any]:
    from lexexpand.errors import IntegrityError, MissingDataError

    there = fetcher.in_cache(card, row)
    try:
        path = fetcher.fetch(card, row)
    except (MissingDataError, IntegrityError) as error:
        return {**_file(card, row, "failed"), "error": str(error)}
    if there and fetcher.progress is not None:
        fetcher.progress.update(row.size)
    return {**_file(card, row, "here" if there else "fetched"), "file": str(path)}


def _file(card: Card, row: FileRow, state: str) -> dict[str, Any]:
    language = None if row.language is None else str(row.language)
    return {"pack": card.id, "path": row.path, "language": language, "bytes": row.size, "state": state}


def _tell(files: list[dict[str, Any]], blocked: list[dict[str, Any]], dry_run: bool, quiet: bool) -> None:
    """A line for each file when there are few, always a sum, and every failure."""
    if not quiet:
        rows = [
            (file["language"] or "", file["pack"], file["path"], file["bytes"], file["state"])
            for file in files
        ]
        if rows:
            click.echo(output.table(("language", "pack", "file", "bytes", "state"), rows))
        for row in blocked:
            output.note(f"blocked: {row['pack']}/{row['path']}: {row['reason']}")
    for file in files:
        if file["state"] == "failed":
            output.note(f"lexexpand: {file['error']}")
    counts = {
        state: [f["bytes"] for f in files if f["state"] == state] for state in ("here", "fetched", "failed")
    }
    if dry_run:
        counts = {state: [f["bytes"] for f in files if f["state"] == state] for state in ("here", "to fetch")}
    told = ", ".join(f"{len(sizes)} {state} ({sum(sizes):,} bytes)" for state, sizes in counts.items())
    output.note(f"{len(files)} files: {told}")
