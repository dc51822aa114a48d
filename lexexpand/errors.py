"""Errors as complete sentences: what happened, where, and what to do next.

Every error that a user can cause is a `LexexpandError`; anything else that escapes is a bug. The exit
code of the command line is a property of the class, so that no command decides it anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file: path, and line and column counted from 1 where they are known."""

    path: Path | str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [str(self.path), self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


class LexexpandError(Exception):
    """Base of all errors that are the input's or the environment's, never a bug of ours."""

    exit_code = 3


class ConfigError(LexexpandError):
    """A wrong option, an unknown language or pack: the user can mend it on the command line."""

    exit_code = 2


class DataError(LexexpandError):
    """Data are missing, broken, or not what they should be."""


class FormatError(DataError):
    """A line of a file cannot be read. `where` says which; the message starts with it."""

    def __init__(self, where: Where, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where
        self.message = message

    def __reduce__(self) -> tuple[type[FormatError], tuple[Where, str]]:
        """Pickle by the arguments, so that the error crosses from a worker process whole."""
        return (type(self), (self.where, self.message))


class MissingDataError(DataError):
    """A file that is needed is neither in the cache nor in the mirror, and cannot be fetched."""


class IntegrityError(DataError):
    """A file's content is not what its card says: wrong size, wrong sha256, HTML instead of data."""


class BundleError(LexexpandError):
    """An adapter bundle cannot be loaded, or not on this base model."""
