"""What a base model is, told from its files without torch: its digest, and whether the files are whole.

An adapter fits one base. Two folders hold the same base when these agree, and the digest goes over them:

    config.json             as sorted JSON, without what says who wrote it (version, path, dtype)
    tokenizer.json          byte for byte; without it, the vocabulary files
    tokenizer_config.json   as config.json
    the weights' header     name, type and shape of each tensor, sorted; not their values, as gigabytes
                            take longer to hash than to load

Weights are read from safetensors only: a pickled file can run code when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import struct
from pathlib import Path, PurePath
from typing import Any

from lexexpand.errors import ConfigError, IntegrityError

CONFIG, TOKENIZER, TOKENIZER_CONFIG = "config.json", "tokenizer.json", "tokenizer_config.json"
WEIGHTS, WEIGHTS_INDEX = "model.safetensors", "model.safetensors.index.json"
VOCABULARIES = (
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "spiece.model",
    "spm.model",
    "tokenizer.model",
)
EXTRAS = ("added_tokens.json", "special_tokens_map.json")
_VOLATILE = {  # who wrote the file, and where; the type of the weights is in their header
    *("transformers_version", "_name_or_path", "name_or_path", "dtype", "torch_dtype"),
    *("is_local", "local_files_only", "tokenizer_file", "vocab_file", "special_tokens_map_file"),
}
_LONGEST_HEADER = 100_000_000  # bytes: safetensors' own limit


def digest_of_base(folder: Path, *also: str) -> str:
    """The digest of the base in `folder`, 64 hexadecimal digits.

    Args:
        folder: Config, tokeniser and weights.
        also: What else is known of it and belongs in the digest.

    Raises:
        ConfigError: It is no model's folder, or its weights are not safetensors.
        IntegrityError: A file is broken.
    """
    digest = hashlib.sha256(b"lexexpand base 1\n")
    for name in (CONFIG, TOKENIZER_CONFIG):
        if (folder / name).is_file():
            _add(digest, name, _canonical(_read_json(folder / name)))
    for name in vocabulary_files(folder):
        _add(digest, name, (folder / name).read_bytes())
    rows = [[name, kind, shape] for path in weight_files(folder) for name, kind, shape in tensors_of(path)]
    _add(digest, "weights", json.dumps(sorted(rows)).encode())
    for text in also:
        _add(digest, "also", text.encode())
    return digest.hexdigest()


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a model's folder: one, or the shards that its index lists.

    Raises:
        ConfigError: It is no model's folder, or its weights are not safetensors.
        IntegrityError: The index is broken, or names a file that is not there.
    """
    if not (folder / CONFIG).is_file():
        raise ConfigError(
            f"{folder}: no {CONFIG} here; a base is a folder that Hugging Face's libraries open"
        )
    if (folder / WEIGHTS).is_file():
        return [folder / WEIGHTS]
    if not (folder / WEIGHTS_INDEX).is_file():
        pickled = sorted(path.name for path in folder.glob("*.bin"))
        told = f"; {pickled[0]} is pickled, which can run code: convert it to safetensors" if pickled else ""
        raise ConfigError(f"{folder}: no {WEIGHTS} here{told}")
    index = _read_json(folder / WEIGHTS_INDEX).get("weight_map")
    names = sorted({str(name) for name in index.values()}) if isinstance(index, dict) else []
    for name in names:
        if PurePath(name).name != name or not (folder / name).is_file():
            raise IntegrityError(
                f"{folder / WEIGHTS_INDEX}: it names {name!r}, and there is no such file here"
            )
    if not names:
        raise IntegrityError(f"{folder / WEIGHTS_INDEX}: it lists no weights")
    return [folder / name for name in names]


def tensors_of(path: Path) -> list[tuple[str, str, list[int]]]:
    """Name, type and shape of each tensor of a safetensors file, from its header.

    Raises:
        IntegrityError: It is not such a file, or was cut off.
    """
    with path.open("rb") as file:
        start = file.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else 0
        text = file.read(length) if 0 < length <= _LONGEST_HEADER else b""
    try:
        header = json.loads(text)
        header.pop("__metadata__", None)
        rows = [
            (str(name), str(row["dtype"]), [int(n) for n in row["shape"]]) for name, row in header.items()
        ]
        end = max(int(row["data_offsets"][1]) for row in header.values())
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise IntegrityError(f"{path}: not a safetensors file, or a broken one") from error
    if (size := path.stat().st_size) != 8 + length + end:
        raise IntegrityError(
            f"{path}: {size:,} bytes, and its header says {8 + length + end:,}; it was not copied whole"
        )
    return rows


def vocabulary_files(folder: Path) -> list[str]:
    """The names of the files that the tokeniser in `folder` is made of; none where there is no tokeniser."""
    if (folder / TOKENIZER).is_file():
        return [TOKENIZER]
    found = [name for name in VOCABULARIES if (folder / name).is_file()]
    return found + [name for name in EXTRAS if found and (folder / name).is_file()]


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise IntegrityError(f"{path}: cannot be read as JSON ({error})") from error
    if not isinstance(content, dict):
        raise IntegrityError(f"{path}: not a JSON object")
    return content


def _canonical(content: dict[str, Any]) -> bytes:
    kept = {key: value for key, value in content.items() if key not in _VOLATILE}
    return json.dumps(kept, sort_keys=True, separators=(",", ":")).encode()


def _add(digest: Any, name: str, content: bytes) -> None:
    """Add a part so that no two lists of parts read the same."""
    digest.update(f"{name} {len(content)}\n".encode())
    digest.update(content)
