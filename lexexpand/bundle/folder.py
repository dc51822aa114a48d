"""Is this folder what it says it is? Asked of every file before any of them is believed.

Bundles are sent around, unpacked by other tools, edited by hand, and now and then made by somebody who
means harm. So nothing outside of the folder is ever read, no link is followed, nothing is unpickled, and each
file's bytes are read once: what was checked is what is used.

    SHA256SUMS        <64 hex digits>  <path with />      as `sha256sum` writes it

Names that begin with a dot at the top (`.git`, `.cache` of a download) are not the bundle's and never read.
A digest tells a damaged file from a whole one; it does not tell who wrote it. What would be dangerous is
therefore refused even where the digests agree.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MANIFEST, SUMS, CARD = "bundle.json", "SHA256SUMS", "README.md"
AGAIN = "Copy or download the bundle again."
_SUFFIXES = (".json", ".safetensors", ".md")
_CODE = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".npy", ".npz", ".py", ".pyc", ".so")
_PICKLE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
_LARGEST_TEXT = 64 << 20
_DEEPEST = 4


class Folder:
    """The files of a bundle, surveyed; read with `read`, each against its digest."""

    def __init__(self, path: Path | str) -> None:
        """Survey the folder.

        Raises:
            BundleError: There is no bundle; or a link, a special file, or a file that may hold code is in it.
        """
        self.path = Path(path)
        if not (self.path / MANIFEST).is_file():
            raise BundleError(_no_bundle(self.path))
        self.files = sorted(_survey(self.path))

    def sums(self) -> dict[str, str]:
        """The digest of each file but `SHA256SUMS` itself, as that says.

        Raises:
            BundleError: It is missing or broken or names a path outside; a file is missing, or not listed.
        """
        where = self.path / SUMS
        if SUMS not in self.files:
            raise BundleError(f"{where}: missing, so that nothing can be checked. {AGAIN}")
        listed: dict[str, str] = {}
        content = _text(where, self._bytes(SUMS))
        if not content.endswith("\n"):
            raise BundleError(f"{where}: cut off: its last line has no end. {AGAIN}")
        for number, line in enumerate(content.splitlines(), 1):
            match = _LINE.fullmatch(line)
            if match is None:
                raise BundleError(
                    f"{where}:{number}: not a digest, two blanks and a path. The file is damaged. {AGAIN}"
                )
            listed[inside(match[2], where)] = match[1]
        there = set(self.files) - {SUMS}
        for name in sorted(listed.keys() - there):
            raise BundleError(f"{self.path / name}: missing, though {SUMS} lists it. {AGAIN}")
        for name in sorted(there - listed.keys()):
            raise BundleError(
                f"{self.path / name}: not a file of this bundle ({SUMS} does not list it). "
                "Take it out of the folder."
            )
        return listed

    def read(self, name: str, sums: Mapping[str, str] | None = None) -> bytes:
        """The bytes of a file; where `sums` are given, they are those of its digest.

        Raises:
            BundleError: The file is missing, not listed, truncated or changed.
        """
        inside(name, self.path / MANIFEST)
        if name not in self.files:
            raise BundleError(f"{self.path / name}: missing. {AGAIN}")
        content = self._bytes(name)
        if sums is not None and hashlib.sha256(content).hexdigest() != sums.get(name):
            raise BundleError(
                f"{self.path / name}: not the file that {SUMS} lists: damaged, cut off or edited "
                f"({len(content):,} bytes). {AGAIN}"
            )
        return content

    def text(self, name: str, sums: Mapping[str, str] | None = None) -> str:
        """As `read`, of a text file.

        Raises:
            BundleError: As `read`; or the file is too large for a text or not UTF-8.
        """
        path = self.path / name
        if name in self.files and path.stat().st_size > _LARGEST_TEXT:
            raise BundleError(f"{path}: too large for a file of text. {AGAIN}")
        return _text(path, self.read(name, sums))

    def _bytes(self, name: str) -> bytes:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        path = self.path / name
        try:
            with os.fdopen(os.open(path, flags), "rb") as file:
                return file.read()
        except OSError as error:
            raise BundleError(f"{path}: cannot be read: {error.strerror or error}") from error


def inside(name: object, where: Path) -> str:
    """`name`, if it is a plain relative path that stays in the folder.

    Raises:
        BundleError: It is not; the message names `where`, the file that says so.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name.split("/")) > _DEEPEST:
        raise BundleError(
            f"{where}: names the path {name!r}, which may lie outside of the bundle. "
            "Do not use this bundle: no tool of lexexpand writes such a path."
        )
    return name


def digests(path: Path) -> str:
    """The content of `SHA256SUMS` for the files that lie in a folder."""
    names = sorted(set(_survey(path)) - {SUMS})
    lines = (f"{hashlib.sha256((path / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    return "".join(lines)


def _survey(top: Path) -> Iterator[str]:
    """Names of all files, relative, with `/`; refuses what has no place in a bundle."""
    waiting = [(top, "")]
    while waiting:
        folder, prefix = waiting.pop()
        for entry in os.scandir(folder):
            if not prefix and entry.name.startswith("."):
                continue
            name, path = prefix + entry.name, Path(entry.path)
            if entry.is_symlink() or _is_junction(path):
                raise BundleError(
                    f"{path}: a link. A bundle holds its files themselves: copy the folder with its links "
                    "followed (`cp -rL`), or download it with `--local-dir`."
                )
            if entry.is_dir(follow_symlinks=False):
                waiting.append((path, f"{inside(name, path)}/"))
            elif not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
                raise BundleError(f"{path}: neither a file nor a folder. Take it out of the bundle.")
            else:
                yield _harmless(inside(name, path), path)


def _harmless(name: str, path: Path) -> str:
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        start = file.read(9)
    # A safetensors file begins with the length of its header, 8 bytes, and `{`: 640 looks like a pickle.
    if suffix in _CODE or (start.startswith(_PICKLE) and not start.endswith(b"{")):
        raise BundleError(
            f"{path}: may hold a pickle or code, which a bundle never does; it was not opened. "
            "Take it out of the folder, and ask whoever sent the bundle."
        )
    if name != SUMS and suffix not in _SUFFIXES:
        raise BundleError(f"{path}: not a kind of file that a bundle holds. Take it out of the folder.")
    return name


def _is_junction(path: Path) -> bool:
    """Whether a folder is a junction of Windows, which is a link by another name."""
    tag = getattr(os.lstat(path), "st_reparse_tag", 0)
    return tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"{path}: not a text in UTF-8 (byte {error.start}): damaged. {AGAIN}") from error


def _no_bundle(path: Path) -> str:
    if not path.exists():
        return f"{path}: there is no such folder. `lexexpand adapt` makes a bundle."
    if not path.is_dir():
        return f"{path}: a bundle is a folder, and this is a file: unpack it first."
    if (path / "adapter_config.json").is_file():
        return (
            f"{path}: a bare peft adapter, no bundle (no {MANIFEST}): open it with PeftModel.from_pretrained."
        )
    return f"{path}: no bundle here (no {MANIFEST}). `lexexpand adapt` makes one."
