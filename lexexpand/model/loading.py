"""A base's tokeniser and encoder, opened: any encoder that transformers knows, and nothing but the encoder.

What is an encoder is asked of transformers (it has a masked-token head, and no decoder), never of a list of
names. Heads and poolers of the files are left aside. A weight of the encoder that the files lack would be
drawn at random, with no more than a warning: here that is an error.
"""

from __future__ import annotations

import inspect
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lexexpand.errors import ConfigError, IntegrityError
from lexexpand.model.digest import CONFIG, TOKENIZER, vocabulary_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from transformers import PreTrainedModel, PreTrainedTokenizerFast

    from lexexpand.model.base import Base

_POOLER = "pooler"


def load_tokenizer(base: Base) -> PreTrainedTokenizerFast:
    """The base's tokeniser. A special piece that is written out in a text, `<s>`, is text to it.

    Raises:
        ConfigError: It is not a fast tokeniser, has no padding, or knows more pieces than the base.
        IntegrityError: Its files are broken, or not there.
    """
    from transformers import AutoTokenizer

    if not vocabulary_files(base.folder):  # transformers would make an empty one, and every word unknown
        raise IntegrityError(f"{base.folder}: no tokeniser here (no {TOKENIZER}, no vocabulary)")
    with _quiet():
        try:
            tokenizer: Any = AutoTokenizer.from_pretrained(
                str(base.folder), local_files_only=True, trust_remote_code=False, split_special_tokens=True
            )
        except Exception as error:  # tokenizers raises bare Exception for a broken file
            raise IntegrityError(
                f"{base.folder}: the tokeniser cannot be opened: {_first_line(error)}"
            ) from error
    if not getattr(tokenizer, "is_fast", False):
        raise ConfigError(
            f"{base.id}: its tokeniser has no fast version, which alone says where a piece comes from"
        )
    if tokenizer.pad_token_id is None:
        raise ConfigError(f"{base.id}: its tokeniser has no padding piece; it is not an encoder's")
    rows = getattr(_config(base.folder), "vocab_size", None)
    if rows is not None and len(tokenizer) > rows:
        raise ConfigError(f"{base.id}: the tokeniser knows {len(tokenizer):,} pieces, and the model {rows:,}")
    _write_specials_out(tokenizer)
    opened: PreTrainedTokenizerFast = tokenizer
    return opened


def load_encoder(base: Base) -> PreTrainedModel:
    """The encoder alone: float32, on the CPU, in evaluation mode, without pooler and heads.

    Raises:
        ConfigError: The model is not an encoder, or of a kind that this transformers does not know.
        IntegrityError: The files lack weights of the encoder, or have some that it does not know.
    """
    import torch

    config = _config(base.folder)
    kind = _encoder_class(base, config)
    options = (
        {"add_pooling_layer": False} if "add_pooling_layer" in inspect.signature(kind).parameters else {}
    )
    with _quiet():
        try:
            model, report = kind.from_pretrained(
                str(base.folder),
                config=config,
                dtype=torch.float32,
                local_files_only=True,
                use_safetensors=True,
                output_loading_info=True,
                **options,
            )
        except Exception as error:  # safetensors, torch and transformers each have their own
            raise IntegrityError(
                f"{base.folder}: the weights cannot be loaded: {_first_line(error)}"
            ) from error
    _refuse_other_weights(base, model, report)
    opened: PreTrainedModel = model.eval()
    return opened


def _config(folder: Path) -> Any:
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(str(folder), local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(
            f"{folder / CONFIG}: not a model that this version of transformers knows: {_first_line(error)}"
        ) from error


def _encoder_class(base: Base, config: Any) -> Any:
    """The class of the bare encoder, with the check that it is one."""
    from transformers import MODEL_FOR_MASKED_LM_MAPPING, MODEL_MAPPING

    is_encoder = type(config) in MODEL_FOR_MASKED_LM_MAPPING and type(config) in MODEL_MAPPING
    if not is_encoder or config.is_encoder_decoder or getattr(config, "is_decoder", False):
        raise ConfigError(
            f"{base.id}: a {config.model_type} model is not an encoder; adapters for tagging and embedding "
            "need one (BERT, XLM-R, ModernBERT and the like)"
        )
    found = MODEL_MAPPING[type(config)]
    return found[0] if isinstance(found, tuple) else found


def _refuse_other_weights(base: Base, model: Any, report: dict[str, Any]) -> None:
    """Refuse files that lack weights of the encoder, or have some that the encoder does not."""
    missing = sorted(report["missing_keys"])
    wrong = sorted(str(row[0] if isinstance(row, tuple) else row) for row in report["mismatched_keys"])
    parts = {name for name, _ in model.named_children()} - {_POOLER}
    start = f"{model.base_model_prefix}."
    extra = sorted(key for key in report["unexpected_keys"] if key.removeprefix(start).split(".")[0] in parts)
    for what, keys in (
        ("lack", missing),
        ("have in another shape", wrong),
        ("have, and it does not,", extra),
    ):
        if keys:
            more = f" and {len(keys) - 1} more" if len(keys) > 1 else ""
            raise IntegrityError(
                f"{base.folder}: the files {what} {keys[0]}{more}; is it the {CONFIG} of these weights?"
            )


def _write_specials_out(tokenizer: Any) -> None:
    """Break a special piece that a text spells out, where the model itself would still find it.

    `split_special_tokens` keeps the tokeniser from cutting specials out of a text, but Unigram models have
    them among their pieces too: `<mask>` in a user's text would hide a word that is not there.
    """
    from tokenizers import normalizers

    backend = tokenizer.backend_tokenizer
    backend.encode_special_tokens = True
    specials = dict(zip(tokenizer.all_special_tokens, tokenizer.all_special_ids, strict=True))
    specials.pop(tokenizer.unk_token, None)  # a text may well be unknown
    found = [text for text, n in specials.items() if n in backend.encode(text, add_special_tokens=False).ids]
    if not found:
        return
    steps = [normalizers.Replace(text, f"{text[0]} {text[1:]}") for text in found]
    first = [backend.normalizer] if backend.normalizer is not None else []
    backend.normalizer = normalizers.Sequence([*first, *steps])


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers' bars and reports off the user's screen: what matters of them is raised here."""
    from transformers.utils import logging

    chatter: Any = logging  # untyped
    level, has_bars = chatter.get_verbosity(), chatter.is_progress_bar_enabled()
    chatter.set_verbosity_error()
    chatter.disable_progress_bar()
    try:
        yield
    finally:
        chatter.set_verbosity(level)
        if has_bars:
            chatter.enable_progress_bar()


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
