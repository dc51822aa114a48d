"""`lexexpand cache`: where fetched files and analyses are, how much they take, and how to be rid of them."""

from __future__ import annotations

import click

from lexexpand.cli import output


@click.group()
def cache() -> None:
    """Show or clear the cache of fetched files."""


@cache.command("dir")
@output.json_option
def show_dir(as_json: bool) -> None:
    """Print the folder of the cache (LEXEXPAND_CACHE sets it)."""
    from lexexpand.resources.store import cache_dir

    if as_json:
        output.emit({"dir": str(cache_dir())})
    else:
        click.echo(cache_dir())


@cache.command()
@output.json_option
def size(as_json: bool) -> None:
    """Print how many files the cache has, and how many bytes."""
    from lexexpand.resources.store import cache_dir, room_sizes

    sizes = room_sizes(cache_dir())
    if as_json:
        rooms = {name: {"files": count, "bytes": total} for name, (count, total) in sizes.items()}
        output.emit({"dir": str(cache_dir()), "rooms": rooms})
        return
    rows = [(name, count, f"{total:,}") for name, (count, total) in sizes.items()]
    click.echo(output.table(("room", "files", "bytes"), rows))


@cache.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed; remove nothing.")
@output.json_option
def clear(yes: bool, dry_run: bool, as_json: bool) -> None:
    """Remove all that can be fetched or computed again.

    Your own packs are not in the cache, and stay.
    """
    import sys

    from lexexpand.errors import ConfigError
    from lexexpand.resources.store import cache_dir, clear_rooms, room_sizes

    sizes = room_sizes(cache_dir())
    count, total = sum(n for n, _ in sizes.values()), sum(n for _, n in sizes.values())
    if not dry_run and not yes:
        if not sys.stdin.isatty():
            raise ConfigError(f"{cache_dir()}: {count:,} files would be removed; say --yes (or --dry-run)")
        click.confirm(f"Remove {count:,} files ({total:,} bytes) from {cache_dir()}?", abort=True, err=True)
    if not dry_run:
        clear_rooms(cache_dir())
    if as_json:
        output.emit({"dir": str(cache_dir()), "files": count, "bytes": total, "removed": not dry_run})
    else:
        output.note(f"{'would remove' if dry_run else 'removed'} {count:,} files ({total:,} bytes)")
