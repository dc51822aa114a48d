"""The embedded base as a Hugging Face folder: converted once, kept in the cache, never half there.

    bases/embedded-1571fc982750/
        config.json             a BertModel (not XLM-R's, whose positions begin at 2: that still looks right
        model.safetensors       in retrieval, and is wrong)
        tokenizer.json, tokenizer_config.json
        lexexpand.json          what it was made from, and the size of each file; written last

The folder is written aside, a block of rows at a time, and renamed: a process that is killed leaves a
`.part` folder, which the next one removes. The bytes are the same on every machine, so that a copy of the
folder elsewhere is known by its sha256.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError
from lexexpand.model import embedded_tokenizer
from lexexpand.model.embedded import Header, Weights
from lexexpand.model.obtain import ROOM, WEIGHTS_SHA256, WEIGHTS_SIZE, embedded_weights
from lexexpand.resources import store
from lexexpand.resources.card import FileRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lexexpand.progress import MakeProgress, Progress


EMBEDDED_ID = f"lexexpand/embedded-{WEIGHTS_SHA256[:12]}"
PREFIX = "query: "  # before both sides of symmetric tasks and for features: the model card
MARK = "lexexpand.json"
CONVERSION = 1  # of what is written: a folder of another one is made anew
CONVERTED_SHA256 = "8520eedb7ea5147f2345d7535bda10480394cca9f4451e415bf76a00d7eb8071"  # model.safetensors
CONVERTED_SIZE = 470_045_872
_NEEDED = 500_000_000  # bytes of disk


def embedded_folder(
    base_file: Path | None, cache: Path, *, offline: bool = False, progress: MakeProgress | None = None
) -> Path:
    """The folder of the embedded base in `cache`; made there, from the weights, if it is not.

    Raises:
        ConfigError: `base_file` does not exist.
        IntegrityError: It is not the weights.
        MissingDataError: The weights are nowhere, and cannot be fetched.
        DataError: The cache cannot be written.
    """
    folder = cache / ROOM / f"embedded-{WEIGHTS_SHA256[:12]}"
    if _is_whole(folder) and base_file is None:
        return folder
    weights = embedded_weights(base_file, cache=cache, offline=offline, progress=progress)
    if _is_whole(folder):
        return folder
    row = FileRow(None, "data", folder.name, f"{EMBEDDED_ID}/converted", WEIGHTS_SIZE, "", "MIT", {}, None)
    with store.locked(cache, row):
        if not _is_whole(folder):  # another process may have made it meanwhile
            _make(weights, folder, progress)
    return folder


def is_converted(folder: Path) -> bool:
    """Whether a folder, wherever it is, has the very weights that the conversion writes."""
    path = folder / "model.safetensors"
    try:
        return path.stat().st_size == CONVERTED_SIZE and store.sha256_of(path) == CONVERTED_SHA256
    except OSError:
        return False


def _is_whole(folder: Path) -> bool:
    """Whether the conversion has ended and none of its files was cut off since."""
    try:
        mark = json.loads((folder / MARK).read_text(encoding="utf-8"))
        if (mark["conversion"], mark["weights"]) != (CONVERSION, WEIGHTS_SHA256):
            return False
        return all((folder / name).stat().st_size == size for name, size in mark["sizes"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _make(weights: Path, folder: Path, progress: MakeProgress | None) -> None:
    """Convert into a folder beside, and put that in the place of `folder`; the caller holds the lock."""
    bar = progress("converting the embedded base", CONVERTED_SIZE, "B") if progress else None
    try:
        with _aside(folder) as part:
            convert(weights, part, bar)
            sizes = {path.name: path.stat().st_size for path in sorted(part.iterdir())}
            mark = {"schema": 1, "conversion": CONVERSION, "weights": WEIGHTS_SHA256, "sizes": sizes}
            _write_json(part / MARK, mark)
    except OSError as error:
        raise store.disk_error(folder.parent, _NEEDED, error) from error
    finally:
        if bar is not None:
            bar.close()


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """A new folder that becomes `folder` when the block ends well, and is removed when it does not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for stale in folder.parent.glob(f".{folder.name}-*.part"):
        shutil.rmtree(stale, ignore_errors=True)
    part = folder.parent / f".{folder.name}-{secrets.token_hex(8)}.part"
    old = part.with_suffix(".old.part")
    part.mkdir()
    try:
        yield part
        if folder.exists():  # broken, or of another conversion
            folder.rename(old)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def convert(source: Path, folder: Path, progress: Progress | None = None) -> None:
    """Write the weights in `source` to `folder` as a Hugging Face model: config, tokeniser, safetensors.

    Args:
        source: The 4-bit file.
        folder: An empty folder.
        progress: Told the bytes of weights that are written.

    Raises:
        IntegrityError: `source` is not such a file.
        OSError: The disk is full, or cannot be written.
    """
    weights = Weights(source)
    _write_json(folder / "config.json", config(weights.header))
    _write_json(folder / "tokenizer_config.json", embedded_tokenizer.tokenizer_config())
    with (folder / "tokenizer.json").open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(embedded_tokenizer.tokenizer_json(weights.pieces()))
    _write_safetensors(weights, folder / "model.safetensors", progress)


def config(header: Header) -> dict[str, Any]:
    """What `config.json` says: a BertModel. Padding is 1, as the tokeniser pads, not upstream's 0."""
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "vocab_size": header.vocabulary,
        "hidden_size": header.hidden,
        "num_hidden_layers": header.layers,
        "num_attention_heads": header.heads,
        "intermediate_size": header.feed_forward,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "max_position_embeddings": header.positions,
        "type_vocab_size": header.types,
        "initializer_range": 0.02,
        "layer_norm_eps": 1e-12,  # the header's, which float32 writes as 9.99999996e-13
        "pad_token_id": header.pad,
        "bos_token_id": header.bos,
        "eos_token_id": header.eos,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_safetensors(weights: Weights, path: Path, progress: Progress | None) -> None:
    """Stream the tensors into a safetensors file: its header, then the values some rows at a time."""
    tensors = sorted(weights.tensors.values(), key=lambda tensor: tensor.hub_name)
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    end = 0
    for tensor in tensors:
        start, end = end, end + 4 * tensor.count
        header[tensor.hub_name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [start, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with store.open_part(path) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors:
            for values in weights.rows(tensor):
                file.write(values.tobytes())
                if progress is not None:
                    progress.update(values.nbytes)
        file.flush()
        os.fsync(file.fileno())
    if path.stat().st_size != 8 + len(text) + end:
        raise DataError(f"{path}: not written whole, and the system gave no reason; is the disk full?")
