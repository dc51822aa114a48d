"""The embedded base's tokeniser: XLM-R's 250,002 pieces, cut as SentencePiece would cut them.

The weights' file has the pieces, their log probabilities and SentencePiece's normaliser table cut down to
single code points. The table alone cannot compose (e + acute stays two characters), so the normaliser is
built from `Nmt` and `NFKC`, which do the same and compose, and mended where the vocabulary was trained on
something else:

    U+FF5E, the fullwidth tilde, is kept by XLM-R and folded by NFKC: hidden from it, then put back
    Burmese asat comes before the dot below, Arabic shadda before its vowel, Hebrew dagesh before its
    point: NFKC sorts them the other way, and the pieces could not be reached

Written as JSON by hand, from the file alone: the bytes are the same whatever version of a library is
installed, because the digest of a base goes over them. The loader must not be XLM-R's own, which silently
drops every normaliser that is not a table.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BOS, PAD, EOS, UNK, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
WORD_START = "\u2581"
MAX_LENGTH = 512
_TILDE, _HIDDEN_TILDE = "\uff5e", "\ue9a5\uf3c7"  # two private-use characters that never stand together
_WRITTEN_OUT = "<(?=(?:s|/s|pad|unk|mask)>)"  # a special piece as text: broken, or the model would find it
# What the vocabulary has first, and what canonical order puts before it.
_MARKS_FIRST: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("\u103a", (0x1037,)),  # Burmese asat, dot below
    ("\u1039", (0x1037,)),  # Burmese virama
    ("\u0651", tuple(range(0x064B, 0x0651))),  # Arabic shadda, vowels
    ("\u05bc", tuple(range(0x05B0, 0x05BC))),  # Hebrew dagesh, points
)


def tokenizer_json(pieces: Iterable[tuple[str, float]]) -> Iterator[str]:
    """The text of `tokenizer.json`, in parts, so that it is never in memory as a whole.

    Args:
        pieces: Piece and log probability, by id.
    """
    shell = json.dumps(_shell(), ensure_ascii=False)
    before, after = shell.split('"VOCAB"')
    yield before + "["
    for number, (piece, score) in enumerate(pieces):
        yield ("," if number else "") + json.dumps([piece, score], ensure_ascii=False)
    yield "]" + after


def tokenizer_config() -> dict[str, Any]:
    """What `tokenizer_config.json` says."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BOS,
        "cls_token": BOS,
        "eos_token": EOS,
        "sep_token": EOS,
        "pad_token": PAD,
        "unk_token": UNK,
        "mask_token": MASK,
        "model_max_length": MAX_LENGTH,
        "model_input_names": ["input_ids", "attention_mask"],
        "padding_side": "right",
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": True,
    }


def _shell() -> dict[str, Any]:
    """`tokenizer.json` without its vocabulary."""
    metaspace = {"type": "Metaspace", "replacement": WORD_START, "prepend_scheme": "always", "split": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_special(number, text) for number, text in _SPECIALS],
        "normalizer": {"type": "Sequence", "normalizers": _normalizers()},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace]},
        "post_processor": _post_processor(),
        "decoder": metaspace,
        "model": {"type": "Unigram", "unk_id": 3, "vocab": "VOCAB", "byte_fallback": False},
    }


_SPECIALS = ((0, BOS), (1, PAD), (2, EOS), (3, UNK), (250_001, MASK))


def _special(number: int, text: str) -> dict[str, Any]:
    return {
        "id": number,
        "content": text,
        "single_word": False,
        "lstrip": text == MASK,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _normalizers() -> list[dict[str, Any]]:
    swaps = [(chr(mark) + first, first + chr(mark)) for first, marks in _MARKS_FIRST for mark in marks]
    return [
        _replace(_TILDE, _HIDDEN_TILDE),
        {"type": "Nmt"},
        {"type": "NFKC"},
        _replace(_HIDDEN_TILDE, _TILDE),
        *(_replace(old, new) for old, new in swaps),
        {"type": "Replace", "pattern": {"Regex": _WRITTEN_OUT}, "content": "< "},
    ]


def _replace(old: str, new: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": {"String": old}, "content": new}


def _post_processor() -> dict[str, Any]:
    """`<s> A </s>` and `<s> A </s> </s> B </s>`, all of type 0."""

    def special(text: str) -> dict[str, Any]:
        return {"SpecialToken": {"id": text, "type_id": 0}}

    def sequence(name: str) -> dict[str, Any]:
        return {"Sequence": {"id": name, "type_id": 0}}

    single = [special(BOS), sequence("A"), special(EOS)]
    return {
        "type": "TemplateProcessing",
        "single": single,
        "pair": [*single, special(EOS), sequence("B"), special(EOS)],
        "special_tokens": {
            text: {"id": text, "ids": [number], "tokens": [text]} for number, text in ((0, BOS), (2, EOS))
        },
    }
