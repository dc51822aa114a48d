"""The reader of the embedded base on a tiny file of its format; the real one is in test_embedded_weights."""

from __future__ import annotations

import errno
import hashlib
import io
import json
import struct
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load_file

from lexexpand.errors import DataError, IntegrityError
from lexexpand.model import base as base_module
from lexexpand.model import embedded, embedded_folder, embedded_tokenizer, obtain
from lexexpand.model.base import find_base, load_encoder, load_tokenizer
from lexexpand.model.embedded import Weights, dequantise
from lexexpand.resources import store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HIDDEN, LAYERS, WIDE, POSITIONS, ROWS = 32, 2, 64, 16, 40
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "\u2581", *"abcdefghijklmnopqrstuvwxyz<>/", "<mask>"]
SIZES = {"w": {"q": (32, 32), "k": (32, 32), "v": (32, 32), "ao": (32, 32), "fi": (64, 32), "fo": (32, 64)}}


def blocks(values: np.ndarray[Any, Any]) -> tuple[bytes, np.ndarray[Any, Any]]:
    """Values as 4-bit blocks, one at a time and by the letter of the format; and what they come back as."""
    data, back = [], []
    for row in values.reshape(-1, 32):
        largest = row[np.argmax(np.abs(row))]
        scale = np.float16(largest / -8)
        halves = [int(min(15, max(0, round(float(value) / float(scale)) + 8))) for value in row]
        data.append(scale.tobytes() + bytes(halves[n] | halves[n + 16] << 4 for n in range(16)))
        back.append([(half - 8) * float(scale) for half in halves])
    return b"".join(data), np.array(back, "f4").reshape(values.shape)


def tensors() -> dict[str, tuple[int, ...]]:
    """Name and shape of each tensor of the tiny model, the shape in the file's order."""
    shapes: dict[str, tuple[int, ...]] = {"emb.word": (ROWS, HIDDEN), "emb.pos": (POSITIONS, HIDDEN)}
    shapes |= {"emb.type": (2, HIDDEN), "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    for layer in range(LAYERS):
        for name, shape in SIZES["w"].items():
            shapes |= {f"l{layer}.{name}.w": shape, f"l{layer}.{name}.b": shape[:1]}
        for name in ("aln", "oln"):
            shapes |= {f"l{layer}.{name}.w": (HIDDEN,), f"l{layer}.{name}.b": (HIDDEN,)}
    return shapes


def tiny_file(path: Path, **changes: int) -> dict[str, np.ndarray[Any, Any]]:
    """Write a tiny file of the format, as section 2 of its description says; return its values."""
    field = {"version": 1, "vocabulary": ROWS, "block": 32} | changes
    rng = np.random.default_rng(13)
    text = "".join(PIECES).encode()
    starts = np.cumsum([0, *(len(piece.encode()) for piece in PIECES)])
    scores = [0.0 if len(piece) > 2 else -1.0 - n / 8 for n, piece in enumerate(PIECES)]
    head = b"E5S1" + struct.pack(
        "<I7i", field["version"], HIDDEN, LAYERS, 4, WIDE, field["vocabulary"], POSITIONS, 2
    )
    head += struct.pack("<f6iQ", 1e-12, field["block"], len(PIECES), 0, 2, 1, 3, len(text))
    head += starts.astype("<u4").tobytes() + np.array(scores, "<f4").tobytes() + text
    table = struct.pack("<IBI", 0x41, 1, 0x61)
    head += struct.pack("<iI", 1, len(table)) + table
    values, bodies = {}, {}
    for name, shape in tensors().items():
        numbers = rng.normal(0, 0.1, shape).astype("<f4")
        is_matrix = name == "emb.word" or (name.endswith(".w") and len(shape) == 2)
        bodies[name], values[name] = blocks(numbers) if is_matrix else (numbers.tobytes(), numbers)
    offset = len(head) + 4 + sum(2 + len(name) + 21 for name in bodies)
    directory, data = struct.pack("<i", len(bodies)), b""
    for name, body in bodies.items():
        data += b"\0" * (-(offset + len(data)) % 64)
        kind = int(len(body) < 4 * values[name].size)
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, values[name].size, offset + len(data), len(body))
        data += body
    path.write_bytes(head + directory + data)
    return values


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny file that passes for the embedded base's weights."""
    path = tmp_path / "tiny.bin"
    tiny_file(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    row = (None, "data", obtain.MEMBER, "", path.stat().st_size, digest, "MIT", {}, None)
    for module in (embedded, obtain):
        monkeypatch.setattr(module, "VOCABULARY", ROWS)
    for module in (obtain, embedded_folder, base_module):
        monkeypatch.setattr(module, "WEIGHTS_SHA256", digest)
    monkeypatch.setattr(obtain, "_ROW", obtain.FileRow(*row))
    specials = ((0, "<s>"), (1, "<pad>"), (2, "</s>"), (3, "<unk>"), (len(PIECES) - 1, "<mask>"))
    monkeypatch.setattr(embedded_tokenizer, "_SPECIALS", specials)
    return path


def test_a_block_with_a_negative_scale_is_read_with_its_sign() -> None:
    first = np.float16(-0.5).tobytes() + bytes(n | (15 - n) << 4 for n in range(16))
    second = np.float16(0.25).tobytes() + bytes([0x08] * 16)
    values = dequantise(first + second)
    assert values.dtype == np.dtype("<f4")
    assert values[:16].tolist() == [(n - 8) * -0.5 for n in range(16)]
    assert values[16:32].tolist() == [(7 - n) * -0.5 for n in range(16)]
    assert values[32:48].tolist() == [0.0] * 16
    assert values[48:].tolist() == [-2.0] * 16


def test_every_tensor_is_read_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "VOCABULARY", ROWS)
    monkeypatch.setattr(embedded, "_ROWS_AT_ONCE", 7)
    written = tiny_file(tmp_path / "tiny.bin")
    weights = Weights(tmp_path / "tiny.bin")
    assert weights.tensors.keys() == written.keys()
    for name, values in written.items():
        tensor = weights.tensors[name]
        read = np.concatenate(list(weights.rows(tensor))).reshape(tensor.shape)
        np.testing.assert_array_equal(read, values, err_msg=name)


def test_the_pieces_come_by_id_with_their_scores(tiny: Path) -> None:
    pieces = Weights(tiny).pieces()
    assert [piece for piece, _ in pieces] == PIECES
    assert pieces[0] == ("<s>", 0.0)
    assert pieces[5] == ("a", -1.625)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"version": 2}, "version is 2, and only 1 is known"),
        ({"vocabulary": 39}, "vocabulary is 39"),
        ({"block": 64}, "block is 64, and only 32"),
    ],
)
def test_another_kind_of_file_is_refused(
    change: dict[str, int], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "VOCABULARY", ROWS)
    tiny_file(tmp_path / "tiny.bin", **change)
    with pytest.raises(IntegrityError, match=told):
        Weights(tmp_path / "tiny.bin")


def test_another_magic_is_refused(tiny: Path) -> None:
    tiny.write_bytes(b"GGUF" + tiny.read_bytes()[4:])
    with pytest.raises(IntegrityError, match="magic b'GGUF'"):
        Weights(tiny)


def test_a_file_cut_off_anywhere_is_refused(tiny: Path) -> None:
    whole = tiny.read_bytes()
    for length in (0, 3, 50, 80, 300, 500, 900, 3000, len(whole) // 2, len(whole) - 1):
        tiny.write_bytes(whole[:length])
        with pytest.raises(IntegrityError):
            Weights(tiny)


def test_the_tiny_file_becomes_a_base_that_transformers_opens(tiny: Path, tmp_path: Path) -> None:
    base = find_base(base_file=tiny, cache=tmp_path / "cache")
    assert base.id == embedded_folder.EMBEDDED_ID
    assert (base.revision, base.prefix) == (None, "query: ")
    tokenizer, encoder = load_tokenizer(base), load_encoder(base)
    assert type(encoder).__name__ == "BertModel"
    assert encoder.config.pad_token_id == tokenizer.pad_token_id == 1
    ids = tokenizer("ab <mask>")["input_ids"]
    assert (ids[0], ids[-1]) == (0, 2)
    assert len(PIECES) - 1 not in ids
    assert tokenizer("a", "b")["input_ids"] == [0, 4, 5, 2, 2, 4, 6, 2]


def test_the_safetensors_are_the_dequantised_values_under_their_hub_names(tiny: Path, tmp_path: Path) -> None:
    written = tiny_file(tmp_path / "again.bin")
    base = find_base(base_file=tiny, cache=tmp_path / "cache")
    read = load_file(base.folder / "model.safetensors")
    assert len(read) == len(written)
    pairs = {
        "emb.word": "embeddings.word_embeddings.weight",
        "emb.ln.b": "embeddings.LayerNorm.bias",
        "l1.k.w": "encoder.layer.1.attention.self.key.weight",
        "l0.ao.b": "encoder.layer.0.attention.output.dense.bias",
        "l1.aln.w": "encoder.layer.1.attention.output.LayerNorm.weight",
        "l0.fi.w": "encoder.layer.0.intermediate.dense.weight",
        "l1.fo.w": "encoder.layer.1.output.dense.weight",
        "l1.oln.b": "encoder.layer.1.output.LayerNorm.bias",
    }
    for name, hub_name in pairs.items():
        np.testing.assert_array_equal(read[hub_name], written[name])


def test_a_second_call_converts_nothing(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = find_base(base_file=tiny, cache=tmp_path / "cache")
    monkeypatch.setattr(embedded_folder, "convert", lambda *_: pytest.fail("converted again"))
    assert find_base(cache=tmp_path / "cache", offline=True) == first
    assert find_base(first.id, cache=tmp_path / "cache") == first


def test_two_conversions_have_the_same_bytes_and_digest(tiny: Path, tmp_path: Path) -> None:
    one, two = (find_base(base_file=tiny, cache=tmp_path / name) for name in ("one", "two"))
    assert one.digest == two.digest
    for path in one.folder.iterdir():
        assert path.read_bytes() == (two.folder / path.name).read_bytes()


def test_a_copy_of_the_folder_elsewhere_is_the_same_base(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    base = find_base(base_file=tiny, cache=tmp_path / "cache")
    weights = base.folder / "model.safetensors"
    monkeypatch.setattr(embedded_folder, "CONVERTED_SIZE", weights.stat().st_size)
    monkeypatch.setattr(embedded_folder, "CONVERTED_SHA256", store.sha256_of(weights))
    shutil.copytree(base.folder, tmp_path / "copy")
    copy = find_base(str(tmp_path / "copy"))
    assert (copy.id, copy.digest, copy.prefix) == (base.id, base.digest, base.prefix)
    content = bytearray((tmp_path / "copy" / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (tmp_path / "copy" / "model.safetensors").write_bytes(content)
    assert find_base(str(tmp_path / "copy")).id == "copy"


BREAKS: dict[str, Callable[[Path], object]] = {
    "the mark is gone": lambda folder: (folder / "lexexpand.json").unlink(),
    "the mark is broken": lambda folder: (folder / "lexexpand.json").write_text("{"),
    "the mark is of another kind": lambda folder: (folder / "lexexpand.json").write_text('["sizes"]'),
    "weights are cut off": lambda folder: (folder / "model.safetensors").write_bytes(b"x"),
    "the tokeniser is gone": lambda folder: (folder / "tokenizer.json").unlink(),
    "another conversion": lambda folder: (folder / "lexexpand.json").write_text(
        json.dumps(json.loads((folder / "lexexpand.json").read_text()) | {"conversion": 0})
    ),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_folder_that_is_not_whole_is_made_anew(how: str, tiny: Path, tmp_path: Path) -> None:
    base = find_base(base_file=tiny, cache=tmp_path / "cache")
    BREAKS[how](base.folder)
    assert find_base(base_file=tiny, cache=tmp_path / "cache") == base
    load_encoder(base)
    assert [path.name for path in base.folder.parent.iterdir()] == [base.folder.name]


def test_what_a_killed_process_left_is_removed(tiny: Path, tmp_path: Path) -> None:
    stale = tmp_path / "cache" / "bases" / f".embedded-{obtain.WEIGHTS_SHA256[:12]}-00ff.part"
    stale.mkdir(parents=True)
    (stale / "model.safetensors").write_bytes(b"half")
    base = find_base(base_file=tiny, cache=tmp_path / "cache")
    assert [path.name for path in base.folder.parent.iterdir()] == [base.folder.name]


def test_a_full_disk_is_told_and_leaves_nothing(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.FileIO):
        def write(self, data: Any) -> int:
            if self.tell() > 1000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(data)

    monkeypatch.setattr(store, "open_part", lambda part: Full(part, "x"))
    with pytest.raises(DataError, match=r"the disk is full, 500,000,000 bytes are needed.*LEXEXPAND_CACHE"):
        find_base(base_file=tiny, cache=tmp_path / "cache")
    assert list((tmp_path / "cache" / "bases").iterdir()) == []


def test_a_write_that_loses_bytes_is_noticed(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Losing(io.FileIO):
        def write(self, data: Any) -> int:
            return super().write(data[:-4]) if len(data) == 128 else super().write(data)

    monkeypatch.setattr(store, "open_part", lambda part: Losing(part, "x"))
    with pytest.raises(DataError, match="not written whole"):
        find_base(base_file=tiny, cache=tmp_path / "cache")


def test_a_cache_that_cannot_be_made_is_told(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="LEXEXPAND_CACHE"):
        find_base(base_file=tiny, cache=tmp_path / "file")


def test_several_at_once_convert_it_once(tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    convert = embedded_folder.convert
    monkeypatch.setattr(embedded_folder, "convert", lambda *given: (calls.append(1), convert(*given)))
    found: list[str] = []
    crew = [
        threading.Thread(
            target=lambda: found.append(find_base(base_file=tiny, cache=tmp_path / "cache").digest)
        )
        for _ in range(4)
    ]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1
    assert len(calls) == 1


def test_progress_is_told_all_bytes_and_closed(tiny: Path, tmp_path: Path) -> None:
    class Bar:
        done, is_closed = 0, False

        def update(self, n: int = 1) -> None:
            self.done += n

        def close(self) -> None:
            self.is_closed = True

    bar = Bar()
    asked: list[tuple[str, int | None, str]] = []
    find_base(base_file=tiny, cache=tmp_path / "c", progress=lambda *given: (asked.append(given), bar)[1])
    assert bar.is_closed
    assert bar.done == sum(4 * int(np.prod(shape)) for shape in tensors().values())
    assert [unit for _, _, unit in asked] == ["B"]


def test_the_marks_are_put_into_the_order_of_the_vocabulary() -> None:
    from tokenizers import normalizers

    rows = embedded_tokenizer._normalizers()
    text = json.dumps({"type": "Sequence", "normalizers": rows})
    shell = json.loads("".join(embedded_tokenizer.tokenizer_json([("<unk>", 0.0)] * 4)))
    assert shell["normalizer"] == json.loads(text)
    from tokenizers import Tokenizer

    shell["added_tokens"] = []
    normalize = Tokenizer.from_str(json.dumps(shell)).normalizer
    assert isinstance(normalize, normalizers.Sequence)
    cases = {
        "\u1014\u1037\u103a": "\u1014\u103a\u1037",  # Burmese: asat before the dot
        "\u0645\u064e\u0651": "\u0645\u0651\u064e",  # Arabic: shadda before the vowel
        "\u05d1\u05b8\u05bc": "\u05d1\u05bc\u05b8",  # Hebrew: dagesh before the point
        "wave\uff5edash": "wave\uff5edash",
        "\uff21\u200b": "A ",
        "e\u0301": "\u00e9",
        "a <mask> b": "a < mask> b",
    }
    assert {text: normalize.normalize_str(text) for text in cases} == cases
