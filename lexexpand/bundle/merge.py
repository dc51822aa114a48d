"""A plain Hugging Face folder, for servers that know no adapters.

    merged/
        config.json  model.safetensors  tokenizer.json ...     AutoModel.from_pretrained opens it
        heads.safetensors  heads.json                          where a task's heads fit no class of theirs

A task with one head for words fits `AutoModelForTokenClassification` where the base's class puts one linear
layer on the last states, and is written as one, labels in the config. Whether it does is not looked up in a
list of names: the class is built, filled, and its outputs are compared with ours on a sentence. Heads for
whole texts read the mean of the states, which no class of transformers does; they go into a file beside the
encoder.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.save import write_tensors
from lexexpand.errors import ConfigError
from lexexpand.resources.new_folder import new_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

    from lexexpand.bundle.bundle import Bundle
    from lexexpand.model.base import Base
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task

HEADS, NOTE, CONFIG = "heads.safetensors", "heads.json", "config.json"
_CLOSE = 1e-4
_PROBE = ["a", "b", "c"]


def merge_bundle(
    path: Path | str,
    out: Path | str,
    task: str | None = None,
    *,
    base: Base | Path | str | None = None,
    base_file: Path | None = None,
    offline: bool = False,
    force: bool = False,
) -> Path:
    """Write the base with the language adapter, and with a task's, merged into its weights.

    Args:
        path: the bundle.
        out: the folder to make.
        task: the task to merge; None merges the language adapter alone.
        base, base_file, offline: as in `load_bundle`.
        force: replace such a folder.

    Returns:
        The folder.

    Raises:
        BundleError: The bundle cannot be loaded.
        ConfigError: It has no such task, or `out` exists.
        DataError: `out` cannot be written.
    """
    bundle = load_bundle(path, base=base, base_file=base_file, offline=offline, device="cpu")
    if task is not None and task not in bundle.tasks:
        raise ConfigError(f"{path}: there is no task {task!r}. It has: {', '.join(bundle.tasks) or 'none'}.")
    network = bundle.reader(task)
    with new_folder(out, mark=CONFIG, force=force) as folder:
        _write(folder, bundle, network, None if task is None else bundle.tasks[task])
    return Path(out)


def _write(folder: Path, bundle: Bundle, network: Network, task: Task | None) -> None:
    network.tokenizer.save_pretrained(folder)
    heads = {} if task is None else bundle.network.parts()[f"heads:{task.name}"]
    tagger = None if task is None else _tagger(network, task, heads)
    model = network.bare_encoder if tagger is None else tagger
    with _no_bars():
        model.save_pretrained(folder)
    if task is not None and tagger is None:
        write_tensors(folder / HEADS, heads)
        (folder / NOTE).write_text(_note(bundle, task), encoding="utf-8", newline="\n")


@contextmanager
def _no_bars() -> Iterator[None]:
    """No progress bars of transformers: it draws them whoever looks."""
    from transformers.utils import logging

    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _note(bundle: Bundle, task: Task) -> str:
    heads = [
        {"name": head.name, "reads": head.level, "labels": list(task.labels_of(head.name))}
        for head in task.heads
    ]
    told = {
        "language": bundle.language,
        "task": task.name,
        "prefix": bundle.manifest.base.prefix if task.reads_sentences else "",
        "sentence": "mean of the last states over the attention mask, then weight and bias",
        "token": "last state of a word's first piece, then weight and bias",
        "heads": heads,
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _tagger(network: Network, task: Task, heads: Mapping[str, torch.Tensor]) -> Any:
    """The base's class for labelling words, filled with the task's head; None if it says something else."""
    import torch
    from transformers import AutoModelForTokenClassification

    if [head.level for head in task.heads] != ["token"]:
        return None
    head = task.heads[0].name
    labels = dict(enumerate(task.labels_of(head)))
    config = type(network.bare_encoder.config).from_dict(network.bare_encoder.config.to_dict())
    config.id2label, config.label2id = labels, {label: i for i, label in labels.items()}
    try:
        tagger = AutoModelForTokenClassification.from_config(config)  # type: ignore[no-untyped-call]
        layers = [layer for layer in tagger.children() if isinstance(layer, torch.nn.Linear)]
        encoder = getattr(tagger, tagger.base_model_prefix)
        encoder.load_state_dict(network.bare_encoder.state_dict())
        layers[-1].load_state_dict({part: heads[f"linear.{head}.{part}"] for part in ("weight", "bias")})
    except (ValueError, RuntimeError, AttributeError, IndexError):
        return None  # no such class for this base, or one of another build
    pieces = network.words(task.kind)(_PROBE)
    ids = torch.tensor([pieces.ids])
    mask = torch.ones_like(ids)
    with torch.inference_mode():
        ours = network.logits(task.name, ids, mask.bool())[head]
        theirs = tagger.eval()(input_ids=ids, attention_mask=mask).logits
    return tagger if torch.allclose(ours, theirs, atol=_CLOSE) else None
