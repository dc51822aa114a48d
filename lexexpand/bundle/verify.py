"""Look at a bundle without loading it: what it is, and whether it is whole.

`verify_bundle` goes on after the first thing that is wrong, so that one look tells all that must be mended;
`load_bundle` stops there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.dictionary import read_glosses, read_words
from lexexpand.bundle.folder import MANIFEST, SUMS, Folder
from lexexpand.bundle.manifest import Manifest, read_manifest
from lexexpand.bundle.tensors import read_parts, read_trained_on
from lexexpand.errors import BundleError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a file of a bundle."""

    file: str
    message: str


def verify_bundle(path: Path | str) -> list[Finding]:
    """Check a bundle's files, digests, manifest and tensors; not whether its base is at hand.

    Returns:
        What is wrong; empty if nothing is.

    Raises:
        BundleError: There is no bundle, or something is in it that makes reading it unsafe.
    """
    folder = Folder(path)
    found: list[Finding] = []

    def tried(file: str, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except BundleError as error:
            found.append(Finding(file, str(error)))
            return None

    manifest = tried(MANIFEST, lambda: read_manifest(folder.text(MANIFEST), folder.path / MANIFEST))
    sums = tried(SUMS, folder.sums)
    if manifest is None or sums is None:
        return found
    for name in sums:
        tried(name, lambda name=name: folder.read(name, sums) and None)  # type: ignore[misc]
    if not found:
        tried(MANIFEST, lambda: read_parts(folder, sums, manifest) and None)
        for note in manifest.tasks.values():
            for file, read in ((note.words, read_words), (note.glosses, read_glosses)):
                if file is not None:
                    tried(file, lambda note=note, read=read: read(folder, sums, note) and None)  # type: ignore[misc]
        tried(MANIFEST, lambda: read_trained_on(folder))
    return found


def describe(path: Path | str) -> dict[str, Any]:
    """What `bundle show` tells: the manifest, sizes in bytes, the bundle's licences.

    Raises:
        BundleError: There is no bundle, or its manifest cannot be read.
    """
    folder = Folder(path)
    manifest: Manifest = read_manifest(folder.text(MANIFEST), folder.path / MANIFEST)
    sizes = {name: (folder.path / name).stat().st_size for name in folder.files}
    parts: dict[str, int] = {}
    for name, size in sizes.items():
        top = "/".join(name.split("/")[: 2 if name.startswith("tasks/") else 1])
        parts[top] = parts.get(top, 0) + size
    return {
        "folder": str(path),
        **asdict(manifest),
        "licences": list(manifest.licences),
        "bytes": {"total": sum(sizes.values()), **parts},
    }
