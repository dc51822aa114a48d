"""Bases by folder and hub id: found, told apart by digest, opened without heads, or refused plainly."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import (
    MODEL_FOR_MASKED_LM_MAPPING,
    AutoConfig,
    AutoTokenizer,
    BartConfig,
    BartModel,
    BertModel,
    GPT2Config,
    GPT2Model,
)

from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError
from lexexpand.model.base import find_base, load_encoder, load_tokenizer, prefix_of
from lexexpand.model.hub import parse_hub_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from lexexpand.model.base import Base

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def folder(bert: Base, tmp_path: Path) -> Path:
    """A copy of the tiny BERT that a test may break."""
    return shutil.copytree(bert.folder, tmp_path / "mine")


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in load_file(folder / "model.safetensors").items()}


def rewrite(folder: Path, tensors: dict[str, torch.Tensor]) -> None:
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


# Opening


def test_an_encoder_of_each_kind_opens_in_float32_on_the_cpu_without_a_pooler(base: Base) -> None:
    encoder = load_encoder(base)
    assert not encoder.training
    assert {(tensor.dtype, tensor.device.type) for tensor in encoder.parameters()} == {(torch.float32, "cpu")}
    assert not any("pooler" in name for name, _ in encoder.named_modules())
    states = encoder(torch.tensor([[2, 5, 6, 3]])).last_hidden_state
    assert states.shape == (1, 4, 32)


def test_an_encoder_of_each_kind_opens_out_of_a_checkpoint_with_a_masked_token_head(
    base: Base, tmp_path: Path
) -> None:
    config = AutoConfig.from_pretrained(base.folder)
    MODEL_FOR_MASKED_LM_MAPPING[type(config)](config).save_pretrained(tmp_path / "masked")
    encoder = load_encoder(find_base(str(tmp_path / "masked")))
    saved = load_file(tmp_path / "masked" / "model.safetensors")
    name = next(name for name in saved if name.endswith(("word_embeddings.weight", "tok_embeddings.weight")))
    assert torch.equal(encoder.get_input_embeddings().weight, saved[name])


def test_a_pooler_in_the_files_is_left_aside(bert: Base, tmp_path: Path) -> None:
    BertModel(AutoConfig.from_pretrained(bert.folder)).save_pretrained(tmp_path)
    assert load_encoder(find_base(str(tmp_path))).pooler is None


def test_half_precision_and_shards_open_as_the_same_float32(folder: Path) -> None:
    exact = load_encoder(find_base(str(folder)))
    exact.half().save_pretrained(folder.parent / "half", max_shard_size="20KB")
    assert (folder.parent / "half" / "model.safetensors.index.json").is_file()
    half = load_encoder(find_base(str(folder.parent / "half")))
    for name, tensor in half.named_parameters():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, exact.get_parameter(name).float())


def test_opening_says_nothing_on_the_screen(base: Base, capfd: pytest.CaptureFixture[str]) -> None:
    load_tokenizer(base)
    load_encoder(base)
    assert capfd.readouterr() == ("", "")


def test_a_special_piece_written_in_a_text_is_text(base: Base) -> None:
    tokenizer = load_tokenizer(base)
    assert tokenizer.is_fast
    for special in ("<s>", "</s>", "<pad>", "<mask>", "[CLS]", "[SEP]", "[PAD]", "[MASK]"):
        ids = tokenizer(f"the {special} house{special}", add_special_tokens=False)["input_ids"]
        assert tokenizer.convert_tokens_to_ids(special) not in {*ids} - {tokenizer.unk_token_id}
        assert len(ids) > 3


def test_text_without_specials_is_cut_as_transformers_cuts_it(base: Base) -> None:
    plain = AutoTokenizer.from_pretrained(base.folder)
    for text in ("the old man < s > by the sea", "", "ein Hund", "a  b\tc"):
        assert load_tokenizer(base)(text)["input_ids"] == plain(text)["input_ids"]


# Refused


def test_a_weight_that_the_files_lack_is_not_drawn_at_random(folder: Path) -> None:
    tensors = weights(folder)
    del tensors["encoder.layer.1.output.dense.weight"]
    rewrite(folder, tensors)
    with pytest.raises(
        IntegrityError, match=r"mine: the files lack encoder\.layer\.1\.output\.dense\.weight"
    ):
        load_encoder(find_base(str(folder)))


def test_a_layer_that_the_config_does_not_have_is_not_dropped(folder: Path) -> None:
    edit(folder / "config.json", num_hidden_layers=1)
    with pytest.raises(IntegrityError, match=r"encoder\.layer\.1\.\S+ and 15 more; is it the config.json"):
        load_encoder(find_base(str(folder)))


def test_weights_of_another_shape_are_refused(folder: Path) -> None:
    edit(folder / "config.json", intermediate_size=48)
    with pytest.raises(IntegrityError, match="mine: "):
        load_encoder(find_base(str(folder)))


@pytest.mark.parametrize(
    ("model", "config"),
    [
        (GPT2Model, GPT2Config(n_embd=32, n_layer=1, n_head=2, vocab_size=50)),
        (BartModel, BartConfig(d_model=32, encoder_layers=1, decoder_layers=1, vocab_size=50)),
    ],
)
def test_a_model_that_is_not_an_encoder_is_refused(model: Any, config: Any, tmp_path: Path) -> None:
    model(config).save_pretrained(tmp_path / "other")
    with pytest.raises(ConfigError, match=f"other: a {config.model_type} model is not an encoder"):
        load_encoder(find_base(str(tmp_path / "other")))


def test_a_model_of_an_unknown_kind_is_refused_and_its_code_not_run(folder: Path) -> None:
    edit(folder / "config.json", model_type="newest", auto_map={"AutoConfig": "code.NewestConfig"})
    (folder / "code.py").write_text("raise SystemExit('it ran')")
    with pytest.raises(
        ConfigError, match=r"config\.json: not a model that this version of transformers knows"
    ):
        load_encoder(find_base(str(folder)))


def test_pickled_weights_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ConfigError, match=r"pytorch_model\.bin is pickled"):
        find_base(str(folder))


BROKEN: dict[str, Callable[[Path], object]] = {
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "longer": lambda path: path.write_bytes(path.read_bytes() + b"x"),
    "empty": lambda path: path.write_bytes(b""),
    "a web page": lambda path: path.write_bytes(b"<!doctype html><html>" * 100),
    "not a header": lambda path: path.write_bytes((9).to_bytes(8, "little") + b"[1, 2, 3]"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_weights_are_refused_before_torch_opens_them(how: str, folder: Path) -> None:
    BROKEN[how](folder / "model.safetensors")
    with pytest.raises(IntegrityError, match=r"model\.safetensors: "):
        find_base(str(folder))


def test_an_index_may_not_name_files_elsewhere_or_files_that_are_missing(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder.parent / "model.safetensors")
    for name in ("../model.safetensors", "model-2.safetensors"):
        (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": name}}))
        with pytest.raises(IntegrityError, match="there is no such file here"):
            find_base(str(folder))


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no config\.json here"):
        find_base(str(tmp_path))


def test_a_broken_config_is_refused(folder: Path) -> None:
    (folder / "config.json").write_text("{")
    with pytest.raises(IntegrityError, match=r"config\.json: cannot be read as JSON"):
        find_base(str(folder))


def test_a_base_without_tokeniser_is_one_until_its_tokeniser_is_asked_for(folder: Path) -> None:
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        (folder / name).unlink(missing_ok=True)
    base = find_base(str(folder))
    load_encoder(base)
    with pytest.raises(IntegrityError, match=r"mine: no tokeniser here \(no tokenizer\.json"):
        load_tokenizer(base)


def test_a_broken_tokeniser_is_refused(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(IntegrityError, match="mine: the tokeniser cannot be opened"):
        load_tokenizer(find_base(str(folder)))


def test_a_tokeniser_with_more_pieces_than_the_model_has_rows_is_refused(folder: Path) -> None:
    edit(folder / "config.json", vocab_size=20)
    with pytest.raises(ConfigError, match=r"knows \d+ pieces, and the model 20"):
        load_tokenizer(find_base(str(folder)))


# Digest


def test_the_digest_is_that_of_the_content_wherever_it_lies(bert: Base, folder: Path) -> None:
    again = find_base(str(folder))
    assert again.digest == bert.digest
    assert (again.id, again.revision, again.prefix) == ("mine", None, "")
    assert len(again.digest) == 64


def test_the_digest_does_not_tell_who_saved_the_config_and_how_it_is_ordered(
    bert: Base, folder: Path
) -> None:
    path = folder / "config.json"
    config = dict(reversed(json.loads(path.read_text()).items()))
    path.write_text(
        json.dumps(config | {"transformers_version": "6.0.0", "_name_or_path": "models/mine"}, indent=8)
    )
    assert find_base(str(folder)).digest == bert.digest


def test_the_digest_tells_another_config_tokeniser_and_header(bert: Base, folder: Path) -> None:
    digests = {bert.digest}
    edit(folder / "config.json", layer_norm_eps=1e-5)
    digests.add(find_base(str(folder)).digest)
    edit(folder / "tokenizer_config.json", model_max_length=32)
    digests.add(find_base(str(folder)).digest)
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes() + b"\n")
    digests.add(find_base(str(folder)).digest)
    tensors = weights(folder)
    rewrite(folder, {name: tensor.half() for name, tensor in tensors.items()})
    digests.add(find_base(str(folder)).digest)
    rewrite(folder, {f"bert.{name}": tensor for name, tensor in tensors.items()})
    digests.add(find_base(str(folder)).digest)
    assert len(digests) == 6


# Names


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("intfloat/multilingual-e5-base", "query: "),
        ("intfloat/e5-small-v2", "query: "),
        ("models/my_E5_copy", "query: "),
        ("intfloat/multilingual-e5-large-instruct", ""),
        ("FacebookAI/xlm-roberta-base", ""),
        ("e5-owner/bert", ""),
        ("some/core5-large", ""),
    ],
)
def test_models_of_the_e5_family_want_a_prefix(name: str, prefix: str) -> None:
    assert prefix_of(name) == prefix


@pytest.mark.parametrize(
    "spec", ["./models/none", "/models/none", "a/b/c", "a@", "", "-x", "a b", "~/none", "a/../b"]
)
def test_what_is_neither_folder_nor_hub_id_is_refused(spec: str) -> None:
    assert parse_hub_id(spec) is None
    with pytest.raises(ConfigError, match="neither a folder nor a hub id"):
        find_base(spec)


def test_a_slip_in_the_name_of_the_embedded_base_is_understood() -> None:
    with pytest.raises(ConfigError, match="did you mean embedded"):
        find_base("embeded")


def test_the_embedded_base_of_another_version_is_not_looked_for_on_the_hub() -> None:
    with pytest.raises(ConfigError, match="of another version of lexexpand"):
        find_base("lexexpand/embedded-000000000000")


def test_a_base_file_is_refused_for_another_base(folder: Path) -> None:
    with pytest.raises(ConfigError, match="--base-file is for the embedded base alone"):
        find_base(str(folder), base_file=folder / "config.json")


# The hub


@pytest.fixture
def hub(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub's cache with one model in it, and no network."""
    from huggingface_hub import constants

    cache = tmp_path / "hub"
    model = cache / "models--someone--tiny-e5-base"
    (model / "refs").mkdir(parents=True)
    (model / "refs" / "main").write_text(COMMIT)
    shutil.copytree(folder, model / "snapshots" / COMMIT)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    return cache


def test_a_model_of_the_hub_comes_from_its_cache_offline(hub: Path, bert: Base) -> None:
    base = find_base("someone/tiny-e5-base", offline=True)
    assert (base.id, base.revision, base.prefix) == ("someone/tiny-e5-base", COMMIT, "query: ")
    assert base.digest == bert.digest
    load_encoder(base)
    for revision in ("main", COMMIT):
        assert find_base(f"someone/tiny-e5-base@{revision}", offline=True) == base


@pytest.mark.parametrize("spec", ["someone/other", "someone/tiny-e5-base@v2"])
def test_offline_what_the_cache_lacks_is_missing(spec: str, hub: Path) -> None:
    with pytest.raises(MissingDataError, match=r"not whole in the hub's cache.*--offline forbids.*embedded"):
        find_base(spec, offline=True)


def test_the_revision_is_asked_for_and_only_what_an_encoder_needs(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    asked: dict[str, Any] = {}

    def download(name: str, **options: Any) -> str:
        asked.update(options, name=name)
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    base = find_base("someone/model@v1.0")
    assert (asked["name"], asked["revision"], asked["local_files_only"]) == ("someone/model", "v1.0", False)
    assert not any(Path("pytorch_model.bin").match(pattern) for pattern in asked["allow_patterns"])
    assert not any(Path("model.onnx").match(pattern) for pattern in asked["allow_patterns"])
    assert base.revision == "v1.0"


def failures() -> dict[str, tuple[Exception, type[Exception], str]]:
    from huggingface_hub import errors

    answer: Any = SimpleNamespace(request=None, headers={}, status_code=404)
    return {
        "none": (
            errors.RepositoryNotFoundError("no", response=answer),
            ConfigError,
            "the hub has no such model",
        ),
        "gated": (errors.GatedRepoError("no", response=answer), ConfigError, "accepted its terms"),
        "revision": (errors.RevisionNotFoundError("no", response=answer), ConfigError, "no revision 'v1'"),
        "server": (
            errors.HfHubHTTPError("500: busy", response=answer),
            MissingDataError,
            "answers: 500: busy",
        ),
        "network": (errors.LocalEntryNotFoundError("no"), MissingDataError, "out of reach"),
        "setting": (errors.OfflineModeIsEnabled("no"), MissingDataError, "out of reach"),
        "proxy": (errors.HTTPError("a proxy refuses"), MissingDataError, "out of reach"),
        "disk": (OSError(28, "No space left on device"), DataError, "No space left"),
    }


@pytest.mark.parametrize(
    "why", ["none", "gated", "revision", "server", "network", "setting", "proxy", "disk"]
)
def test_what_goes_wrong_with_the_hub_is_told_plainly(why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    error, kind, told = failures()[why]

    def download(name: str, **options: Any) -> str:
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    with pytest.raises(kind, match=f"someone/model.*{told}"):
        find_base("someone/model@v1")


WITHOUT_LINGUISTICS = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"langcodes", "language_data", "babel", "conllu", "datasets", "unimorph",
                                  "platformdirs", "pooch", "simplemma", "defusedxml", "seqeval"}:
            raise ImportError(name)
sys.meta_path.insert(0, Absent())
from lexexpand.model.base import find_base, load_encoder, load_tokenizer
base = find_base(sys.argv[1])
assert "torch" not in sys.modules, "a base is found without torch"
load_tokenizer(base), load_encoder(base)
print(base.digest)
"""


@pytest.mark.slow
def test_a_base_is_found_without_torch_and_opened_without_linguistics(bert: Base) -> None:
    line = [sys.executable, "-c", WITHOUT_LINGUISTICS, str(bert.folder)]
    assert subprocess.run(line, capture_output=True, text=True, check=True).stdout.split() == [bert.digest]
