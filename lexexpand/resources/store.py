"""The cache on disk: never half a file, never two writers, never a file that is not what its card says.

A fetched file lies at `files/<host>/<path of its URL>`, the layout of a mirror, so that one machine's cache
can be another's mirror. A file is written under a temporary name in the same folder, checked, flushed to the
disk and renamed; a process that is killed leaves at most a `.part` file, which the next writer of the same
file removes. Locks lie apart, in `locks/`, one for each file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from lexexpand.errors import DataError, IntegrityError, MissingDataError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from lexexpand.resources.card import Card, FileRow

LOCK_SECONDS = 900.0
ROOMS = (
    "files",
    "locks",
    "analysis",
    "lexicons",
    "paradigms",
    "bases",
    "inflections",
)  # what lexexpand keeps in its cache
_BLOCK = 1 << 20
_verified: dict[tuple[str, str], tuple[int, int]] = {}  # (path, sha256) -> (size, mtime) when it was right


def cache_dir() -> Path:
    """The cache: LEXEXPAND_CACHE, else the system's place for what can be fetched again."""
    named = os.environ.get("LEXEXPAND_CACHE")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_cache_dir("lexexpand", appauthor=False))


def url_path(url: str) -> str:
    """Host and path of a URL as the path of a file, `%27` and the like undone.

    Raises:
        DataError: The URL is not http(s), or its path would leave the folder.
    """
    parts = urlsplit(url)
    path = f"{parts.netloc}{unquote(parts.path)}"
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise DataError(f"{url}: only http and https files can be fetched")
    if ".." in PurePosixPath(path).parts or "\\" in path or "\0" in path:
        raise DataError(f"{url}: the path leaves its folder; the card is not to be trusted")
    return path


def sha256_of(path: Path) -> str:
    """The sha256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def digest_of(path: Path, row: FileRow) -> str:
    """The sha256 that the row says, else that of the file as it is now."""
    return row.sha256 or sha256_of(path)


def verify(path: Path, row: FileRow) -> None:
    """Check that a file is what its row says; one that was right and is untouched is not read again.

    A row that is not sealed takes any file.

    Raises:
        IntegrityError: Size or sha256 differ.
        OSError: It cannot be read.
    """
    stat = path.stat()
    stamp = (stat.st_size, stat.st_mtime_ns)
    key = (str(path), row.sha256)
    if not row.is_sealed or _verified.get(key) == stamp:
        return
    if stat.st_size != row.size:
        raise IntegrityError(f"{path}: {stat.st_size:,} bytes, and its card says {row.size:,}{_looks(path)}")
    found = sha256_of(path)
    if found != row.sha256:
        raise IntegrityError(f"{path}: sha256 is {found}, and its card says {row.sha256}{_looks(path)}")
    _verified[key] = stamp


def looks_like_html(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a web page (a log-in form, an error page)."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].lower().startswith((b"<!doctype html", b"<html"))


def _looks(path: Path) -> str:
    with path.open("rb") as file:
        return " (it is a web page, not data)" if looks_like_html(file.read(64)) else ""


@contextmanager
def locked(cache: Path, row: FileRow) -> Iterator[None]:
    """Hold the lock of a row's file in the cache: one writer at a time among all processes.

    Raises:
        DataError: The cache cannot be written, or another process holds the lock for too long.
    """
    from filelock import FileLock, Timeout

    folder = cache / "locks"
    name = hashlib.sha256(row.url.encode()).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / f"{name}.lock")
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise DataError(
            f"{row.path}: another process has been fetching it for {LOCK_SECONDS:.0f} seconds; "
            f"if there is none, remove {folder / name}.lock"
        ) from error
    except OSError as error:
        raise disk_error(cache, row.size, error) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def new_file(target: Path, row: FileRow) -> Iterator[BinaryIO]:
    """A file to write that becomes `target` when the block ends well and the content is right.

    Raises:
        IntegrityError: What was written is not what `row` says; nothing is left.
        DataError: The disk is full or cannot be written; nothing is left.
    """
    part: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _remove_parts(target)
        part = target.parent / f"{_part_prefix(target)}{secrets.token_hex(8)}.part"
        with open_part(part) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        verify(part, row)
        os.replace(part, target)
        _sync_folder(target.parent)
        part = None
    except OSError as error:
        if error.errno is None or isinstance(error, ConnectionError | TimeoutError):
            raise  # the network's, not the disk's
        raise disk_error(target.parent, row.size, error) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def open_part(part: Path) -> BinaryIO:
    """Make the temporary file, readable for whom the umask allows it (a seam: tests put a full disk here)."""
    return part.open("xb")


def disk_error(place: Path, size: int, error: OSError, variable: str = "LEXEXPAND_CACHE") -> DataError:
    """The system's complaint about a disk, as a sentence that says what to do."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DataError(
            f"{place}: the disk is full, {size:,} bytes are needed; free some, or set {variable} to a "
            "folder on another disk"
        )
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return DataError(
            f"{place}: cannot be written ({error.strerror}); set {variable} to a folder that can"
        )
    return DataError(f"{place}: {error.strerror or error}; set {variable} to another folder")


def room_sizes(cache: Path) -> dict[str, tuple[int, int]]:
    """Of each room of the cache that there is: number of files, and their bytes."""
    sizes: dict[str, tuple[int, int]] = {}
    for room in ROOMS:
        files = [path.stat().st_size for path in (cache / room).rglob("*") if path.is_file()]
        if files:
            sizes[room] = (len(files), sum(files))
    return sizes


def clear_rooms(cache: Path) -> None:
    """Remove the rooms of the cache, and nothing else: LEXEXPAND_CACHE may name a folder with other things.

    Raises:
        DataError: A file cannot be removed.
    """
    try:
        for room in ROOMS:
            if (cache / room).is_dir():
                shutil.rmtree(cache / room)
    except OSError as error:
        raise DataError(f"{error.filename}: cannot be removed: {error.strerror}") from error


def missing(row: FileRow, attempts: list[DataError]) -> DataError:
    """One error for all the places that were asked; of the first kind that says most."""
    told = "; ".join(str(attempt) for attempt in attempts)
    kind = IntegrityError if any(isinstance(a, IntegrityError) for a in attempts) else MissingDataError
    return kind(f"{row.path}: {told}")


def not_as_listed(card: Card, row: FileRow, attempts: list[DataError]) -> DataError:
    """The error for a file that has no URL: it has changed since it was sealed, or is not there."""
    if not attempts:
        where = f"{card.folder / 'files.tsv'} lists it and it has no URL"
        return MissingDataError(f"{card.folder / row.path}: there is no such file; {where}")
    seal = f"If you changed it, `lexexpand pack seal {card.folder}`" if row.is_sealed else ""
    kind = IntegrityError if isinstance(attempts[0], IntegrityError) else MissingDataError
    return kind(". ".join(filter(None, (str(attempts[0]), seal))))


def _part_prefix(target: Path) -> str:
    """What the names of a file's parts begin with, and those of no other: `a` must not match `a.args`."""
    return f".{hashlib.sha256(target.name.encode()).hexdigest()[:16]}-"


def _remove_parts(target: Path) -> None:
    """Remove what killed writers have left; the caller holds the lock of `target`."""
    for stale in target.parent.glob(f"{_part_prefix(target)}*.part"):
        stale.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a power cut, where the system can do that to a folder."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
