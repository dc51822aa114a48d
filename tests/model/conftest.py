"""Tiny random models of each kind, made from configs as Hugging Face folders: two layers, width 32."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

from typing import TYPE_CHECKING

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    ModernBertConfig,
    ModernBertModel,
    PreTrainedTokenizerFast,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from lexexpand.model.base import Base, find_base
from lexexpand.model.network import Network

if TYPE_CHECKING:
    from lexexpand.model.pieces import WordEncoder

KINDS = ("bert", "xlm-r", "distilbert", "modernbert")
TEXT = [
    "the house of the old man stands by the sea",
    "a dog barks at the moon and the cat sleeps",
    "she reads the book that he wrote in the winter",
    "boats sail to the islands when the wind is good",
    "ein Hund bellt den Mond an und die Katze schläft",
]
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64}


WORDS = sorted({word for line in TEXT for word in line.split()})
LETTERS = sorted({letter for word in WORDS for letter in word})


def _wordpiece() -> tuple[Tokenizer, list[str]]:
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    # Every other word is whole: the rest is cut into letters.
    pieces = [*specials, *LETTERS, *(f"##{letter}" for letter in LETTERS), *WORDS[::2]]
    vocab = {piece: n for n, piece in enumerate(dict.fromkeys(pieces))}
    made = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    return made, specials


def _unigram() -> tuple[Tokenizer, list[str]]:
    # The order of XLM-R: <s> 0, <pad> 1, </s> 2, <unk> 3; its positions are counted by the padding's id.
    scored = [*(("\u2581" + word, -4.0) for word in WORDS[::2]), ("\u2581", -5.0)]
    scored += [(letter, -6.0) for letter in LETTERS]
    specials = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    made = Tokenizer(models.Unigram([*specials, *scored, ("<mask>", 0.0)], unk_id=3))
    made.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC()])
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]
    )
    made.decoder = decoders.Metaspace()
    return made, ["<pad>", "<unk>", "<s>", "</s>", "<mask>"]


def _bytes() -> tuple[Tokenizer, list[str]]:
    specials = ["[UNK]", "[CLS]", "[SEP]", "[MASK]", "[PAD]"]
    made = Tokenizer(models.BPE(unk_token="[UNK]"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=360, special_tokens=specials, initial_alphabet=alphabet)
    made.train_from_iterator(TEXT, trainer)
    return made, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def _tokenizer(made: Tokenizer, names: list[str]) -> PreTrainedTokenizerFast:
    pad, unk, start, end, mask = names
    ids = {name: made.token_to_id(name) for name in names}
    made.post_processor = processors.TemplateProcessing(
        single=f"{start} $A {end}", pair=None, special_tokens=[(start, ids[start]), (end, ids[end])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token=pad, unk_token=unk, cls_token=start, sep_token=end, mask_token=mask,
        model_max_length=64, model_input_names=["input_ids", "attention_mask"],
    )  # fmt: skip


def _model(kind: str, vocab: int, tokenizer: PreTrainedTokenizerFast) -> torch.nn.Module:
    known = {"vocab_size": vocab, "pad_token_id": tokenizer.pad_token_id}
    if kind == "bert":
        return BertModel(BertConfig(**SIZE, **known, max_position_embeddings=64), add_pooling_layer=False)
    if kind == "xlm-r":
        config = XLMRobertaConfig(**SIZE, **known, max_position_embeddings=66, type_vocab_size=1)
        return XLMRobertaModel(config, add_pooling_layer=False)
    if kind == "distilbert":
        config = DistilBertConfig(dim=32, n_layers=2, n_heads=4, hidden_dim=64, **known)
        return DistilBertModel(config)
    ends = {"bos_token_id": tokenizer.cls_token_id, "eos_token_id": tokenizer.sep_token_id}
    ends |= {"cls_token_id": tokenizer.cls_token_id, "sep_token_id": tokenizer.sep_token_id}
    config = ModernBertConfig(**SIZE, **known, **ends, max_position_embeddings=64, local_attention=8)
    return ModernBertModel(config)


@functools.cache
def tiny_base(kind: str) -> Base:
    """A base of `kind` in a temporary folder, the same weights each time."""
    holder = tempfile.TemporaryDirectory(prefix="lexexpand-tiny-")
    KEPT.append(holder)
    folder = Path(holder.name) / f"tiny-{kind}"
    made, names = {"xlm-r": _unigram, "modernbert": _bytes}.get(kind, _wordpiece)()
    tokenizer = _tokenizer(made, names)
    torch.manual_seed(13)
    model = _model(kind, len(tokenizer), tokenizer)
    with torch.no_grad():
        # Random models barely tell words apart; with larger weights their states differ as trained ones' do.
        for tensor in model.parameters():
            if tensor.dim() == 2:
                tensor.mul_(5)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return find_base(str(folder))


KEPT: list[tempfile.TemporaryDirectory[str]] = []


@pytest.fixture(params=KINDS)
def base(request: pytest.FixtureRequest) -> Base:
    """A tiny base of each kind in turn."""
    return tiny_base(request.param)


@pytest.fixture
def bert() -> Base:
    """A tiny BERT."""
    return tiny_base("bert")


@pytest.fixture
def network(base: Base) -> Network:
    """A bare network of each kind in turn."""
    torch.manual_seed(7)
    return Network.open(base)


@pytest.fixture
def bert_network(bert: Base) -> Network:
    """A bare tiny BERT."""
    torch.manual_seed(7)
    return Network.open(bert)


@pytest.fixture(scope="session")
def encoders() -> list[WordEncoder]:
    """Word encoders of each kind."""
    return [Network.open(tiny_base(kind)).words("pos") for kind in KINDS]
