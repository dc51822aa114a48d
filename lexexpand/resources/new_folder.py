"""A folder that appears whole or not at all: written beside its place, flushed, and renamed.

A training run of hours must not end in half a bundle because the disk was full or Ctrl-C came at the wrong
moment; and whoever reads the old bundle in the meantime reads a whole one.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, DataError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def new_folder(path: Path | str, *, mark: str, force: bool = False) -> Iterator[Path]:
    """A temporary folder that takes its place at `path` when the block ends well.

    Args:
        mark: a file that such a folder has: with `force`, only a folder that has it is replaced.
        force: replace a folder that is there.

    Raises:
        ConfigError: There is something at `path` that may not be replaced.
        DataError: It cannot be written.
    """
    place = Path(os.path.abspath(path))
    check_free(place, mark, force)
    aside = place.with_name(f".{place.name}.{secrets.token_hex(4)}.part")
    try:
        aside.mkdir(parents=True)
        yield aside
        _flush(aside)
        _move(aside, place)
    except OSError as error:
        raise DataError(f"{place}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_free(place: Path, mark: str, force: bool) -> None:
    """Whether a folder may take this place.

    Raises:
        ConfigError: There is something that may not be replaced.
    """
    if not place.exists() and not place.is_symlink():
        return
    if place.is_dir() and not any(place.iterdir()):
        return
    if not force:
        raise ConfigError(f"{place}: exists already. Name another place, or replace it with --force.")
    if not (place / mark).is_file():
        raise ConfigError(f"{place}: not a folder of this kind (no {mark}), so that it is not replaced.")


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())


def _move(aside: Path, place: Path) -> None:
    """Rename `aside` to `place`; what was there goes away after the new one stands."""
    if not place.exists():
        aside.rename(place)
        return
    old = place.with_name(f".{place.name}.{secrets.token_hex(4)}.old")
    place.rename(old)
    try:
        aside.rename(place)
    except OSError:
        old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)
