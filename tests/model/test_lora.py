from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import torch
from peft import PeftModel, get_peft_model_state_dict
from safetensors.torch import save_file
from transformers import AutoModel

from lexexpand.errors import BundleError, ConfigError
from lexexpand.model import lora
from lexexpand.model.base import Base, load_encoder
from lexexpand.model.lora import LoraSpec, linear_modules, target_pattern
from lexexpand.model.network import Network
from lexexpand.model.pieces import collate
from lexexpand.model.tasks import Task

if TYPE_CHECKING:
    from pathlib import Path

TASK = Task("pos", "pos", (("upos", ("NOUN", "VERB")),))
EXPECTED = {"bert": 12, "xlm-r": 12, "distilbert": 12, "modernbert": 8}


def stir(network: Network) -> None:
    """Give adapters values that change the output, as training does."""
    torch.manual_seed(3)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if "lora_B" in name or "trainable_tokens_delta" in name:
                tensor.normal_(std=0.3)


def save(network: Network, folder: Path, part: str, name: str) -> None:
    folder.mkdir()
    save_file(network.parts()[part], folder / "adapter_model.safetensors")
    config = network.encoder.peft_config[name].to_dict()
    told = {key: sorted(value) if isinstance(value, set) else value for key, value in config.items()}
    (folder / "adapter_config.json").write_text(json.dumps(told), "utf-8")


def test_every_linear_layer_of_the_blocks_is_found(base: Base) -> None:
    found = linear_modules(load_encoder(base))
    assert len(found) == EXPECTED[base.id.removeprefix("tiny-")]
    assert len(set(found)) == len(found)


def test_a_pooler_gets_no_adapter(bert: Base) -> None:
    pooled = AutoModel.from_pretrained(bert.folder, add_pooling_layer=True)
    assert linear_modules(pooled) == linear_modules(load_encoder(bert))
    assert "pooler" not in target_pattern(pooled)


def test_layers_that_are_not_alike_are_named_one_by_one() -> None:
    blocks = torch.nn.ModuleList(
        [torch.nn.Sequential(torch.nn.Linear(2, 2)), torch.nn.Sequential(torch.nn.Identity())]
    )
    encoder = torch.nn.ModuleDict({"layer": blocks})
    assert linear_modules(encoder) == ["layer.0.0"]
    assert target_pattern(encoder) == r"layer\.0\.0"


def test_an_encoder_without_linear_layers_is_refused() -> None:
    with pytest.raises(ConfigError, match="no linear layers"):
        linear_modules(torch.nn.Embedding(3, 3))


def test_parts_are_named_as_peft_itself_names_them(network: Network) -> None:
    network.add_task(TASK, LoraSpec(r=4))
    network.add_language(LoraSpec(r=2))
    stir(network)
    for part, name in (("language", "language"), ("task:pos", "task_pos")):
        own = get_peft_model_state_dict(network.encoder, adapter_name=name, save_embedding_layers=False)
        found = network.parts()[part]
        assert found.keys() == own.keys()
        assert all(torch.equal(found[key], own[key]) for key in own)


def test_rows_are_named_as_peft_itself_names_them(network: Network) -> None:
    network.add_language(LoraSpec(r=2, rows=(20, 11)))
    stir(network)
    own = get_peft_model_state_dict(network.encoder, adapter_name="language", save_embedding_layers=False)
    found = network.parts()["language"]
    assert found.keys() == own.keys()
    assert all(torch.equal(found[key], own[key]) for key in own)


@pytest.mark.parametrize("rows", [(), (20, 11, 12)])
def test_the_language_adapter_opens_with_peft_alone(
    network: Network, tmp_path: Path, rows: tuple[int, ...]
) -> None:
    network.add_language(LoraSpec(r=4, rows=rows))
    network.add_task(TASK, LoraSpec(r=4))
    stir(network)
    save(network, tmp_path / "language", "language", "language")
    network.activate(None, None)
    ids, mask = collate([network.words("pos")(["the", "dog", "sleeps", "by", "the", "sea"])], network.pad)

    alone = PeftModel.from_pretrained(AutoModel.from_pretrained(network.base.folder), tmp_path / "language")
    alone.eval()
    with torch.no_grad():
        states = alone(input_ids=ids, attention_mask=mask).last_hidden_state
        assert torch.equal(states, network.last(ids, mask))
        assert not torch.allclose(states, network.teacher().last(ids, mask), atol=1e-2)


def test_only_changed_rows_are_stored(bert_network: Network) -> None:
    bert_network.add_language(LoraSpec(r=2, rows=(20, 11)))
    rows = [value for key, value in bert_network.parts()["language"].items() if "delta" in key]
    assert [value.shape for value in rows] == [(2, 32)]
    assert torch.equal(
        rows[0], bert_network.bare_encoder.get_input_embeddings().original_module.weight[[20, 11]]
    )


def test_an_adapter_names_its_base_and_no_path(bert_network: Network) -> None:
    bert_network.add_language(LoraSpec(r=2))
    bert_network.add_task(TASK, LoraSpec(r=2))
    for name in ("language", "task_pos"):
        assert bert_network.encoder.peft_config[name].base_model_name_or_path == bert_network.base.id
        assert str(bert_network.base.folder) not in json.dumps(
            bert_network.encoder.peft_config[name].to_dict(), default=str
        )


def test_an_adapter_of_another_shape_is_refused(bert: Base) -> None:
    small, large = Network.open(bert), Network.open(bert)
    small.add_language(LoraSpec(r=2))
    large.add_language(LoraSpec(r=4))
    with pytest.raises(BundleError, match="lora_A"):
        large.load_parts(small.parts())


def test_an_adapter_with_missing_tensors_is_refused_and_nothing_is_loaded(bert: Base) -> None:
    network = Network.open(bert)
    network.add_language(LoraSpec(r=2))
    part = network.parts()["language"]
    before = {key: tensor.clone() for key, tensor in part.items()}
    stirred = {key: tensor + 1 for key, tensor in part.items()}
    stirred.popitem()
    with pytest.raises(BundleError, match="1 tensors are missing"):
        network.load_parts({"language": stirred})
    after = network.parts()["language"]
    assert all(torch.equal(before[key], after[key]) for key in before)


@pytest.mark.parametrize(
    "wrong", [{"r": 0}, {"alpha": 0}, {"dropout": 1.0}, {"rows": (3, 3)}, {"rows": (-1,)}]
)
def test_a_spec_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        LoraSpec(**wrong)  # type: ignore[arg-type]


def test_names_that_begin_alike_are_told_apart(bert: Base) -> None:
    network = Network.open(bert)
    network.add_task(Task("ner", "ner", (("tags", ("O", "B-x")),)), LoraSpec(r=2))
    network.add_task(Task("ner-b", "ner", (("tags", ("O", "B-x")),)), LoraSpec(r=4))
    short, long = (lora.tensors(network.encoder, f"task_{name}") for name in ("ner", "ner-b"))
    assert short.keys() == long.keys()
    assert all(min(short[key].shape) == 2 and min(long[key].shape) == 4 for key in short)
