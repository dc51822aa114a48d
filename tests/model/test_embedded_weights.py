"""The embedded base's own weights: the checks of its fact sheet (format, values, vectors, tokeniser)."""

from __future__ import annotations

import hashlib
import os
import struct
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from lexexpand.errors import MissingDataError
from lexexpand.model import embedded_folder
from lexexpand.model.base import find_base, load_encoder, load_tokenizer
from lexexpand.model.embedded import Weights
from lexexpand.model.obtain import embedded_weights
from lexexpand.resources import store

if TYPE_CHECKING:
    from pathlib import Path

    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from lexexpand.model.base import Base

pytestmark = pytest.mark.slow

# First four components with "query: " by the package's own engine, and cosine to the first.
VECTORS = {
    "The weather is nice today.": ((-0.0027, 0.0141, -0.0425, -0.0682), 1.0),
    "Das Wetter ist heute schön.": ((0.0313, -0.0032, -0.0484, -0.0659), 0.948),
    "Сегодня хорошая погода.": ((-0.0281, 0.0222, -0.0388, -0.0814), 0.956),
    "今日は天気がいいです。": ((0.0025, -0.0262, -0.0338, -0.0239), 0.898),
    "الطقس جميل اليوم.": ((-0.0084, 0.0011, -0.0405, -0.0726), 0.949),
    "Ninasoma kitabu katika maktaba.": ((0.0558, -0.0080, -0.0660, -0.1221), 0.736),
}
GOLDEN_IDS = {
    "query: how much protein should a female eat": "41 1294 12 3642 5045 21308 5608 10 117776 73203",
    "Das Wetter ist heute schön.": "1858 64555 443 14322 33420 5",
    "今日は天気がいいです。": "100752 171391 281 9108 1453 30",
    "الطقس جميل اليوم.": "35717 94129 105937 7089 5",
    "e\u0301cole": "6 67543",
    "wave\uff5edash": "259 272 6087 155892",
    "\uff5e\uff5e": "6 171283",
    "\u1014\u103e\u1004\u103a\u1037": "6 26409",
    "\u0645\u0651\u064e": "665 2897",
    "a\tb\n c ": "10 876 501",
    "": "",
    "\u2581a": "10",
    "\u061c": "6 3",
    "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ": "6 3 6 3",
}
SEEN = {
    "yor": "Mo fẹ́ràn láti ka ìwé ní ilé.",
    "grn": "Che ahayhu che retã.",
    "que": "Ñuqaqa wasiymanmi richkani.",
    "hau": "Ina son karanta littafi a gida.",
    "fao": "Eg lesi eina bók í húsinum.",
}
BLIND = {
    "Cherokee": "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
    "N'Ko": "ߒߞߏ ߞߊ߲",
    "Tifinagh": "ⵜⴰⵎⴰⵣⵉⵖⵜ ⵜⵓⵜⵍⴰⵢⵜ",
    "Ol Chiki": "ᱥᱟᱱᱛᱟᱲᱤ ᱯᱟᱹᱨᱥᱤ",
    "Tibetan": "བོད་སྐད",
    "Adlam": "𞤆𞤵𞤤𞤢𞤪",
    "Gothic": "𐌲𐌿𐍄𐌹𐍃𐌺",
    "Javanese": "ꦧꦱꦗꦮ",
    "Mongolian": "ᠮᠣᠩᠭᠣᠯ",
    "Canadian syllabics": "ᐃᓄᒃᑎᑐᑦ",
}


@pytest.fixture(scope="module")
def weights(embedded_base: Base) -> Weights:
    try:
        return Weights(embedded_weights(cache=embedded_base.folder.parents[1]))
    except MissingDataError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def tokenizer(embedded_base: Base) -> PreTrainedTokenizerFast:
    return load_tokenizer(embedded_base)


@pytest.fixture(scope="module")
def encoder(embedded_base: Base) -> PreTrainedModel:
    return load_encoder(embedded_base)


def embed(
    encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, texts: list[str], *, is_alone: bool = False
) -> torch.Tensor:
    """Mean over the mask, normalised, (N, 384); `is_alone`: each text without the padding of others."""
    if is_alone:
        return torch.cat([embed(encoder, tokenizer, [text]) for text in texts])
    batch = tokenizer(
        [f"query: {text}" for text in texts], padding=True, truncation=True, return_tensors="pt"
    )
    with torch.no_grad():
        states = encoder(**batch).last_hidden_state.float()  # (B, T, H)
    mask = batch["attention_mask"][..., None]
    return torch.nn.functional.normalize((states * mask).sum(1) / mask.sum(1), dim=-1)


def values(weights: Weights, name: str) -> np.ndarray[Any, Any]:
    return np.concatenate(list(weights.rows(weights.tensors[name])))


# 1: header, counts, offsets


def test_the_header_is_as_described(weights: Weights) -> None:
    head = weights.header
    assert (head.hidden, head.layers, head.heads, head.feed_forward) == (384, 12, 12, 1536)
    assert (head.vocabulary, head.positions, head.types, head.block) == (250_037, 512, 2, 32)
    assert head.epsilon == pytest.approx(1e-12)
    assert (head.pieces, head.bos, head.eos, head.pad, head.unk) == (250_002, 0, 2, 1, 3)
    assert head.text_bytes == 2_581_345


def test_the_tensors_lie_where_described(weights: Weights) -> None:
    tensors = sorted(weights.tensors.values(), key=lambda tensor: tensor.offset)
    quantised = [tensor for tensor in tensors if tensor.is_quantised]
    assert (len(tensors), len(quantised)) == (197, 73)
    assert sum(tensor.count for tensor in quantised) == 117_247_872
    assert sum(tensor.count for tensor in tensors) - 117_247_872 == 258_048
    assert tensors[0].offset == 4_638_272
    assert all(tensor.offset % 64 == 0 for tensor in tensors)
    ends = [t.offset + (t.count // 32 * 18 if t.is_quantised else t.count * 4) for t in tensors]
    gaps = {start - end for start, end in zip([t.offset for t in tensors[1:]], ends, strict=False)}
    assert gaps <= {0, 8}
    assert ends[-1] == weights.path.stat().st_size == 71_622_400


def test_the_pieces_are_as_described(weights: Weights) -> None:
    pieces = weights.pieces()
    names, scores = [name for name, _ in pieces], [score for _, score in pieces]
    assert names[:7] == ["<s>", "<pad>", "</s>", "<unk>", ",", ".", "\u2581"]
    assert names[250_001] == "<mask>"
    assert len(set(names)) == 250_002
    assert all(names)
    assert not any("\u2581" in name[1:] for name in names)
    assert [*scores[:4], scores[250_001]] == [0.0] * 5
    assert scores[4] == pytest.approx(-3.46, abs=0.01)
    assert min(scores) == pytest.approx(-20.364752, abs=1e-6)
    assert all(first >= second for first, second in pairwise(scores[4:250_001]))
    characters = set("".join(names[4:250_001]))
    assert len(characters) == 13_828
    assert characters <= set(names)


# 2: dequantised values


def test_the_word_embedding_is_dequantised_to_the_last_bit(weights: Weights) -> None:
    digest, total, size = hashlib.sha256(), 0.0, 0.0
    blocks = weights.rows(weights.tensors["emb.word"])
    for number, block in enumerate(blocks):
        if number == 0:
            np.testing.assert_allclose(
                block[8 * 384 :][:4], [0.0199585, 0.0798340, 0.0598755, -0.0997925], atol=5e-8
            )
        digest.update(block.astype("<f4").tobytes())
        total += float(block.sum(dtype="f8"))
        size += float(np.abs(block).sum(dtype="f8"))
    assert digest.hexdigest() == "c78f6d75d0adcfd986036352050454d0b002762cf862b3a9acee0f691a87ec38"
    assert total == pytest.approx(-11816.895, abs=1e-3)
    assert size / (250_037 * 384) == pytest.approx(0.06436814, abs=1e-8)


def test_other_tensors_have_the_values_described(weights: Weights) -> None:
    query = values(weights, "l0.q.w")
    np.testing.assert_allclose(query[:4], [0.0806274, -0.0806274, -0.0806274, -0.3225098], atol=5e-8)
    assert query.sum(dtype="f8") == pytest.approx(30.591766, abs=1e-5)
    assert values(weights, "l11.fo.w").sum(dtype="f8") == pytest.approx(10.443516, abs=1e-5)
    positions = values(weights, "emb.pos")
    np.testing.assert_allclose(positions[:2], [-0.0131836, 0.0027752], atol=5e-8)
    assert positions.sum(dtype="f8") == pytest.approx(-20.083345, abs=1e-5)


def test_the_scales_are_signed_and_every_block_uses_its_largest_level(weights: Weights) -> None:
    tensor = weights.tensors["emb.word"]
    with weights.path.open("rb") as file:
        file.seek(tensor.offset)
        data = np.frombuffer(file.read(tensor.count // 32 * 18), np.uint8).reshape(-1, 18)
    scales = np.ascontiguousarray(data[:, :2]).view("<f2")
    assert not (scales == 0).any()
    assert (scales < 0).mean() == pytest.approx(0.499, abs=0.002)
    assert (((data[:, 2:] & 15) == 0) | ((data[:, 2:] >> 4) == 0)).any(axis=1).all()


# 3: the model


def test_the_folder_is_the_known_one(embedded_base: Base) -> None:
    assert embedded_folder.is_converted(embedded_base.folder)
    assert embedded_base.digest == "a1b724241040ba283a897137ddb4260667ded7ad790d23d2a5b2d218ba075fa8"


def test_the_model_has_the_parameters_described(encoder: PreTrainedModel) -> None:
    sizes = {name: tensor.numel() for name, tensor in encoder.named_parameters()}
    assert len(sizes) == 197
    assert sum(sizes.values()) == 117_505_920
    assert sizes["embeddings.word_embeddings.weight"] == 96_014_208
    assert encoder.config.pad_token_id == 1
    assert type(encoder).__name__ == "BertModel"


# 4 and 5: vectors


def test_the_vectors_are_those_of_the_engine(
    encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast
) -> None:
    found = embed(encoder, tokenizer, list(VECTORS))
    for vector, (first, cosine) in zip(found, VECTORS.values(), strict=True):
        np.testing.assert_allclose(vector[:4].numpy(), first, atol=0.004)
        assert float(vector @ found[0]) == pytest.approx(cosine, abs=0.002)


def test_a_forward_pass_in_numpy_gives_the_same_vectors(
    weights: Weights, encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast
) -> None:
    texts = list(VECTORS)[1:4:2]
    for text, vector in zip(texts, embed(encoder, tokenizer, texts).numpy(), strict=True):
        ids = tokenizer(f"query: {text}")["input_ids"]
        assert float(reference(weights, ids) @ vector) >= 0.99999


def test_the_check_on_vectors_would_see_positions_shifted_as_in_xlm_r(
    weights: Weights, tokenizer: PreTrainedTokenizerFast
) -> None:
    text, (first, _) = next(iter(VECTORS.items()))
    shifted = reference(weights, tokenizer(f"query: {text}")["input_ids"], shift=2)
    assert np.abs(shifted[:4] - first).max() > 0.004


def reference(weights: Weights, ids: list[int], shift: int = 0) -> np.ndarray[Any, Any]:
    """BERT after Devlin et al. 2019, from the file's own tensors: the normalised mean of the last layer."""
    from math import erf

    def get(name: str) -> np.ndarray[Any, Any]:
        return values(weights, name).reshape(weights.tensors[name].shape)

    def norm(x: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-12) * get(f"{name}.w") + get(f"{name}.b")

    def linear(x: np.ndarray[Any, Any], name: str) -> np.ndarray[Any, Any]:
        return x @ get(f"{name}.w").T + get(f"{name}.b")

    table = _word_rows(weights, ids)
    x = norm(table + get("emb.pos")[shift : shift + len(ids)] + get("emb.type")[0], "emb.ln")
    for n in range(12):
        q, k, v = (linear(x, f"l{n}.{m}").reshape(-1, 12, 32).transpose(1, 0, 2) for m in "qkv")
        scores = q @ k.transpose(0, 2, 1) / np.sqrt(32)
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(-1, 384)
        x = norm(x + linear(mixed, f"l{n}.ao"), f"l{n}.aln")
        inner = linear(x, f"l{n}.fi")
        inner = inner * 0.5 * (1 + np.vectorize(erf)(inner / np.sqrt(2)))
        x = norm(x + linear(inner, f"l{n}.fo"), f"l{n}.oln")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)  # type: ignore[no-any-return]


def _word_rows(weights: Weights, ids: list[int]) -> np.ndarray[Any, Any]:
    from lexexpand.model.embedded import dequantise

    start, rows = weights.tensors["emb.word"].offset, []
    with weights.path.open("rb") as file:
        for number in ids:
            file.seek(start + number * 216)
            rows.append(dequantise(file.read(216)))
    return np.stack(rows)


def test_padding_changes_nothing(encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast) -> None:
    together = embed(encoder, tokenizer, list(VECTORS))
    alone = embed(encoder, tokenizer, list(VECTORS), is_alone=True)
    assert float((together - alone).abs().max()) < 1e-6


def test_bfloat16_hardly_changes_the_vectors(
    encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast
) -> None:
    exact = embed(encoder, tokenizer, list(VECTORS))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rough = embed(encoder, tokenizer, list(VECTORS))
    assert float((exact * rough).sum(-1).min()) >= 0.9999


# 6: retrieval, and the scripts that the base cannot see


@pytest.mark.data
def test_translations_find_their_english(
    data_dir: Path, encoder: PreTrainedModel, tokenizer: PreTrainedTokenizerFast
) -> None:
    right, count = [], 20
    for code in ("deu", "ell", "heb", "hin", "cmn"):
        pair = data_dir / "retrieval" / "tatoeba" / f"tatoeba.{code}-eng"
        sides = [
            pair.with_name(f"{pair.name}.{side}").read_text(encoding="utf-8").splitlines()[:count]
            for side in (code, "eng")
        ]
        foreign, english = (embed(encoder, tokenizer, side) for side in sides)
        right.append(float(((foreign @ english.T).argmax(1) == torch.arange(count)).float().mean()))
    assert np.median(right) >= 0.9
    assert min(right) >= 0.8


@pytest.mark.parametrize("script", BLIND)
def test_the_base_is_blind_in_some_scripts(script: str, tokenizer: PreTrainedTokenizerFast) -> None:
    ids = tokenizer(BLIND[script], add_special_tokens=False)["input_ids"]
    assert ids.count(3) >= len(BLIND[script].split())


@pytest.mark.parametrize("code", SEEN)
def test_the_base_sees_every_letter_of_others(code: str, tokenizer: PreTrainedTokenizerFast) -> None:
    assert 3 not in tokenizer(SEEN[code])["input_ids"]


# Section 3: the tokeniser


@pytest.mark.parametrize("text", GOLDEN_IDS)
def test_golden_ids(text: str, tokenizer: PreTrainedTokenizerFast) -> None:
    found = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert found == [int(number) for number in GOLDEN_IDS[text].split()]


def test_specials_stand_around_and_are_never_read_out_of_a_text(tokenizer: PreTrainedTokenizerFast) -> None:
    assert tokenizer("a")["input_ids"] == [0, 10, 2]
    assert tokenizer("a", "b")["input_ids"] == [0, 10, 2, 2, 876, 2]
    assert list(tokenizer("a")) == ["input_ids", "attention_mask"]
    ids = tokenizer("<s> <pad> a <mask>b</s> ＜mask＞ <unk>", add_special_tokens=False)["input_ids"]
    assert not {0, 1, 2, 3, 250_001} & set(ids)
    assert tokenizer.model_max_length == 512


def test_transformers_alone_opens_the_same_tokeniser(
    embedded_base: Base, tokenizer: PreTrainedTokenizerFast
) -> None:
    from transformers import AutoTokenizer

    plain = AutoTokenizer.from_pretrained(embedded_base.folder)
    for text in (*GOLDEN_IDS, *BLIND.values(), "a <mask> b"):
        assert plain(text)["input_ids"] == tokenizer(text)["input_ids"]


def test_the_normaliser_agrees_with_the_table_in_the_file(
    weights: Weights, tokenizer: PreTrainedTokenizerFast
) -> None:
    table = _normalizer_table(weights)
    assert len(table) == 4837
    normalize = tokenizer.backend_tokenizer.normalizer.normalize_str
    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    differ = [f"{ord(c):X}" for c in characters if normalize(c) != table.get(c, c)]
    ligatures = ["FC5E", "FC5F", "FC60", "FC61", "FC62", "FCF2", "FCF3", "FCF4"]  # of shadda: put first
    assert differ == [*ligatures, "1F23B"]


def _normalizer_table(weights: Weights) -> dict[str, str]:
    """Section 2: u32 code point, u8 n, n x u32 replacement."""
    head = weights.header
    with weights.path.open("rb") as file:
        file.seek(72 + 4 * (2 * head.pieces + 1) + head.text_bytes)
        count, size = struct.unpack("<iI", file.read(8))
        data = file.read(size)
    table, at = {}, 0
    for _ in range(count):
        code, n = struct.unpack_from("<IB", data, at)
        table[chr(code)] = "".join(map(chr, struct.unpack_from(f"<{n}I", data, at + 5)))
        at += 5 + 4 * n
    assert (at, size) == (len(data), 50_877)
    return table


# Conversion


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read through resource")
def test_two_processes_convert_it_at_once_in_little_memory(weights: Weights, tmp_path: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path; from lexexpand.model.base import find_base\n"
        "print(find_base(base_file=Path(sys.argv[1]), cache=Path(sys.argv[2])).digest)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    line = [sys.executable, "-c", script, str(weights.path), str(tmp_path)]
    crew = [subprocess.Popen(line, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[0].split() for process in crew]
    assert [process.returncode for process in crew] == [0, 0]
    assert said[0][0] == said[1][0] == find_base(cache=tmp_path).digest
    assert max(int(peak) for _, peak in said) / (1 if sys.platform == "darwin" else 1024) < 300 * 1024
    (folder,) = (tmp_path / "bases").iterdir()
    assert store.sha256_of(folder / "model.safetensors") == embedded_folder.CONVERTED_SHA256


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_conversion_that_is_killed_is_made_anew(weights: Weights, tmp_path: Path) -> None:
    import time

    script = (
        "import sys; from pathlib import Path; from lexexpand.model.base import find_base\n"
        "find_base(base_file=Path(sys.argv[1]), cache=Path(sys.argv[2]))"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(weights.path), str(tmp_path)])
    end = time.monotonic() + 60
    while time.monotonic() < end and not list((tmp_path / "bases").glob(".*.part/model.safetensors")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert list((tmp_path / "bases").glob(".*.part"))
    base = find_base(base_file=weights.path, cache=tmp_path)
    assert [path.name for path in (tmp_path / "bases").iterdir()] == [base.folder.name]
    assert embedded_folder.is_converted(base.folder)
