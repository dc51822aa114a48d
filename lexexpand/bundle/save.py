"""From a trained network to a folder that others can load.

    bundle.json     what it is                      lexexpand.bundle.manifest
    README.md       the model card                  lexexpand.bundle.readme
    language/       a plain peft adapter: PeftModel.from_pretrained opens it alone
    tasks/NAME/     a peft adapter and heads.safetensors; of a dictionary words.json, glosses.json
    encoder/        the whole encoder, after --tune full only
    SHA256SUMS      digests of all the others

No clock, path or host is in it: the same network and notes give the same bytes.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand._version import __version__
from lexexpand.bundle.folder import CARD, MANIFEST, SUMS, Folder, digests
from lexexpand.bundle.manifest import (
    TOKENISER,
    TRAINED_ON,
    AdapterNote,
    BaseNote,
    HeadNote,
    Manifest,
    TaskNote,
    TokeniserNote,
    read_manifest,
    score_notes,
)
from lexexpand.bundle.readme import model_card
from lexexpand.errors import BundleError
from lexexpand.resources.new_folder import new_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    import torch
    from numpy.typing import NDArray

    from lexexpand.bundle.manifest import ScoreNote
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.network import Network

LANGUAGE, HEADS, ENCODER = "language", "heads.safetensors", "encoder/model.safetensors"
WORDS, GLOSSES = "words.json", "glosses.json"
_LIBRARIES = ("torch", "transformers", "peft", "safetensors")
_NO_DATA: dict[str, Any] = {"corpora": [], "packs": [], "licences": []}


def save_bundle(
    path: Path | str,
    network: Network,
    *,
    language: str,
    name: str | None = None,
    scores: Iterable[ScoreNote | Mapping[str, Any]] = (),
    data: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
    versions: Mapping[str, str] | None = None,
    tokeniser: TokeniserNote | None = None,
    trained_on: NDArray[np.uint64] | None = None,
    force: bool = False,
) -> Path:
    """Write a network's adapters and heads as a bundle.

    Args:
        path: the folder to make.
        network: what was trained; it is not changed.
        language: tag of the language, as in `fao_Latn`.
        name: its English name (None: looked up).
        scores: rows of (task, system, name, value, interval, n, signature): see `ScoreNote`.
        data: `corpora` (mappings with `digest`, `origin`, `kind`, `rows`), `packs` (mappings with `id`,
            `kind`, `version`, `licence`), `licences` (SPDX ids of all that went in), and what else is known.
        training: settings and record of the training.
        versions: libraries' versions (None: the installed ones).
        tokeniser: what cuts raw text (None: lexexpand's, for the language).
        trained_on: digests of the sentences that it was trained on, so that a test can be held against them.
        force: replace a bundle that is there.

    Returns:
        The folder.

    Raises:
        ConfigError: There is something at `path` already.
        DataError: The folder cannot be written.
        BundleError: A score lacks a field, or the data note a list.
    """
    place = Path(path)
    manifest = Manifest(
        language=language,
        name=name or _name_of(language),
        base=BaseNote(network.base.id, network.base.revision, network.base.digest, network.base.prefix),
        tokeniser=tokeniser or _tokeniser(language),
        adapter=_adapter_note(network.language_spec, LANGUAGE),
        tasks={task: _task_note(network, task) for task in sorted(network.tasks)},
        encoder=ENCODER if network.is_full else None,
        scores=score_notes(scores, place / MANIFEST),
        data={**_NO_DATA, **(data or {})},
        training=dict(training or {}),
        versions=dict(versions or _versions()),
    )
    text = manifest.as_json()
    read_manifest(text, place / MANIFEST)  # what could not be read back is not written
    with new_folder(place, mark=MANIFEST, force=force) as folder:
        _write_parts(folder, network, manifest)
        if trained_on is not None:
            _write_trained_on(folder, trained_on)
        _write_notes(folder, manifest)
    return place


def add_scores(path: Path | str, scores: Iterable[ScoreNote | Mapping[str, Any]]) -> Path:
    """Put scores into a bundle that is there, and into its card; its weights stay as they are.

    Raises:
        BundleError: There is no whole bundle at `path`, or a score lacks a field.
    """
    folder = Folder(path)
    sums = folder.sums()
    manifest = read_manifest(folder.text(MANIFEST, sums), folder.path / MANIFEST)
    manifest = replace(manifest, scores=score_notes(scores, folder.path / MANIFEST))
    with new_folder(path, mark=MANIFEST, force=True) as aside:
        for file in folder.files:
            if file not in {MANIFEST, CARD, SUMS}:
                folder.read(file, sums)
                (aside / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder.path / file, aside / file)
        _write_notes(aside, manifest)
    return folder.path


def adapter_config(network: Network, name: str) -> dict[str, Any]:
    """What peft needs to know of an adapter (its `adapter_config.json`); no path of a machine is in it."""
    config = network.encoder.peft_config[name].to_dict()
    told = {key: sorted(value) if isinstance(value, set) else value for key, value in config.items()}
    told |= {
        "base_model_name_or_path": network.base.id,
        "revision": network.base.revision,
        "inference_mode": True,
    }
    told.pop("runtime_config", None)
    return dict(sorted(told.items()))


def write_tensors(path: Path, tensors: Mapping[str, torch.Tensor]) -> None:
    """Write tensors as safetensors, as peft does, but readable for whoever may read the folder."""
    from safetensors.torch import save

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(save({name: tensor.contiguous() for name, tensor in tensors.items()}, {"format": "pt"}))


def _write_parts(folder: Path, network: Network, manifest: Manifest) -> None:
    parts = network.parts()
    if manifest.adapter is not None:
        _write_adapter(folder, manifest.adapter, parts["language"], adapter_config(network, "language"))
    for task, note in manifest.tasks.items():
        if note.adapter is not None:
            _write_adapter(
                folder, note.adapter, parts[f"task:{task}"], adapter_config(network, f"task_{task}")
            )
        write_tensors(folder / note.heads[0].file, parts[f"heads:{task}"])
        if note.words is not None:
            _write_table(folder / note.words, network.word_tags[task].as_dict())
        if note.glosses is not None:
            _write_table(folder / note.glosses, network.glosses[task].as_dict())
    if manifest.encoder is not None:
        write_tensors(folder / manifest.encoder, parts["encoder"])


def _write_table(path: Path, told: Mapping[str, Any]) -> None:
    """JSON with a line a word or a row, so that people can look into it."""
    lines = (f"{json.dumps(name)}: {_lined(value)}" for name, value in told.items())
    path.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8", newline="\n")


def _lined(value: Any) -> str:
    if isinstance(value, dict) and value:
        return json.dumps(value, ensure_ascii=False, indent=0)
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[" + ",\n".join(map(json.dumps, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _write_trained_on(folder: Path, digests_: NDArray[np.uint64]) -> None:
    import numpy as np
    from safetensors.numpy import save

    # Signed, since torch has few operations on unsigned numbers.
    content = save({"digests": np.unique(digests_.astype(np.uint64)).view(np.int64)})
    (folder / TRAINED_ON).write_bytes(content)


def _write_adapter(
    folder: Path, note: AdapterNote, tensors: Mapping[str, torch.Tensor], config: Mapping[str, Any]
) -> None:
    write_tensors(folder / note.weights, tensors)
    (folder / note.config).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def _write_notes(folder: Path, manifest: Manifest) -> None:
    """Manifest, card and, last, the digests."""
    (folder / MANIFEST).write_text(manifest.as_json(), encoding="utf-8", newline="\n")
    (folder / CARD).write_text(model_card(manifest), encoding="utf-8", newline="\n")
    (folder / SUMS).write_text(digests(folder), encoding="utf-8", newline="\n")


def _adapter_note(spec: LoraSpec | None, folder: str) -> AdapterNote | None:
    return None if spec is None else AdapterNote(spec.r, spec.alpha, spec.dropout, spec.rows, folder)


def _task_note(network: Network, name: str) -> TaskNote:
    task, folder = network.tasks[name], f"tasks/{name}"
    heads = tuple(
        HeadNote(head.name, head.level, task.labels_of(head.name), f"{folder}/{HEADS}") for head in task.heads
    )
    words = f"{folder}/{WORDS}" if name in network.word_tags else None
    glosses = f"{folder}/{GLOSSES}" if name in network.glosses else None
    return TaskNote(task.kind, _adapter_note(network.task_specs[name], folder), heads, words, glosses)


def _tokeniser(language: str) -> TokeniserNote:
    from lexexpand.language import from_tag
    from lexexpand.text.tokenizer import tokenizer_for

    return TokeniserNote(TOKENISER, language, tokenizer_for(from_tag(language)).version)


def _name_of(language: str) -> str:
    from lexexpand.language import display_name, from_tag

    return display_name(from_tag(language))


def _versions() -> dict[str, str]:
    found = {"lexexpand": __version__}
    for library in _LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError as error:  # a library without metadata trained it: we must know which
            raise BundleError(f"the version of {library} is unknown: install it properly") from error
    return found
