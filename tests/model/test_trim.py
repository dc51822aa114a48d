from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lexexpand.errors import ConfigError, DataError
from lexexpand.model.lora import LoraSpec
from lexexpand.model.network import Network
from lexexpand.model.pieces import Pieces, collate
from lexexpand.model.tasks import Task
from lexexpand.model.trim import trim

if TYPE_CHECKING:
    from lexexpand.model.base import Base

POS = Task("pos", "pos", (("upos", ("DET", "NOUN", "VERB")),))
WORDS = ["the old man reads", "a dog", "boats sail to the islands when the wind is good"]


def examples(network: Network) -> list[Pieces]:
    return [network.words("pos")(line.split()) for line in WORDS]


def used(pieces: list[Pieces]) -> list[int]:
    return [piece for one in pieces for piece in one.ids]


def train(network: Network, pieces: list[Pieces], task: str | None, train: str) -> None:
    network.activate(task, train)
    network.eval()
    optimiser = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=0.01)
    for _ in range(2):
        ids, mask = collate(pieces, network.pad)
        read = network.logits(task, ids, mask)["upos"] if task else network.last(ids, mask)
        (read * mask.unsqueeze(-1)).pow(2).mean().backward()
        optimiser.step()
        optimiser.zero_grad()
    network.activate(task, None)


def stacked(base: Base, rows: tuple[int, ...] = ()) -> Network:
    torch.manual_seed(5)
    network = Network.open(base)
    network.add_language(LoraSpec(r=4, rows=rows))
    network.add_task(POS, LoraSpec(r=2))
    return network


def test_a_cut_network_reads_the_same(network: Network) -> None:
    pieces = examples(network)
    whole = network.embed(pieces)
    table = network.bare_encoder.get_input_embeddings().weight
    cut = trim(network, used(pieces))
    assert network.bare_encoder.get_input_embeddings().weight.shape[0] == len(cut.ids) < table.shape[0]
    assert torch.equal(whole, network.embed([cut.map(one) for one in pieces]))
    cut.restore()
    assert torch.equal(whole, network.embed(pieces))
    assert network.bare_encoder.get_input_embeddings().weight is table
    cut.restore()


def test_an_adapter_trained_on_a_cut_table_fits_the_whole_base(base: Base) -> None:
    network = stacked(base)
    pieces = examples(network)
    cut = trim(network, used(pieces))
    mapped = [cut.map(one) for one in pieces]
    train(network, mapped, None, "language")
    train(network, mapped, "pos", "task")
    vectors, labels = network.embed(mapped), network.predict("pos", mapped)
    parts = network.parts()
    cut.restore()
    other = stacked(base)
    other.load_parts(parts)
    for each in (network, other):
        assert torch.equal(vectors, each.embed(pieces))
        assert labels == each.predict("pos", pieces)


def test_training_on_a_cut_table_is_training_on_the_whole_one(base: Base) -> None:
    whole, cut_one = stacked(base, rows=(20, 11)), stacked(base, rows=(20, 11))
    pieces = [*examples(whole), Pieces((20, 11))]
    cut = trim(cut_one, used(pieces))
    train(whole, pieces, None, "language")
    train(cut_one, [cut.map(one) for one in pieces], None, "language")
    cut.restore()
    mine, its = whole.parts()["language"], cut_one.parts()["language"]
    assert mine.keys() == its.keys()
    assert all(torch.allclose(mine[key], its[key], atol=1e-4) for key in mine)
    assert cut_one.encoder.peft_config["language"].trainable_token_indices == [20, 11]
    assert torch.allclose(whole.embed(pieces), cut_one.embed(pieces), atol=1e-4)


def test_full_tuning_on_a_cut_table_is_written_back(base: Base) -> None:
    network = Network.open(base)
    network.add_task(POS, None)
    pieces = examples(network)
    before = network.bare_encoder.get_input_embeddings().weight.detach().clone()
    cut = trim(network, used(pieces))
    mapped = [cut.map(one) for one in pieces]
    train(network, mapped, "pos", "full")
    vectors = network.embed(mapped)
    cut.restore()
    assert torch.equal(vectors, network.embed(pieces))
    after = network.parts()["encoder"]
    table = next(tensor for tensor in after.values() if tensor.shape == before.shape)
    differ = {int(row) for row in (table != before).any(dim=1).nonzero()}
    assert differ
    assert differ <= set(cut.ids.tolist())
    other = Network.open(base)
    other.add_task(POS, None)
    other.load_parts(network.parts())
    assert torch.equal(vectors, other.embed(pieces))


def test_special_pieces_and_rows_are_kept(bert: Base) -> None:
    network = stacked(bert, rows=(20, 11))
    cut = trim(network, [15])
    assert {15, 20, 11, *network.tokenizer.all_special_ids} == set(cut.ids.tolist())
    assert network.pad == cut.map(np.array([network.tokenizer.pad_token_id]))[0]


def test_rows_added_to_a_cut_network_are_those_of_the_whole_base(bert: Base) -> None:
    network = Network.open(bert)
    cut = trim(network, [20, 11, 15])
    network.add_language(LoraSpec(r=2, rows=(20, 11)))
    part = next(value for key, value in network.parts()["language"].items() if "delta" in key)
    cut.restore()
    assert torch.equal(part, network.bare_encoder.get_input_embeddings().original_module.weight[[20, 11]])
    assert network.encoder.peft_config["language"].trainable_token_indices == [20, 11]
    other = Network.open(bert)
    trim(other, [15])
    with pytest.raises(ConfigError, match="cut from the word embedding"):
        other.add_language(LoraSpec(rows=(20,)))


def test_maps_arrays_tensors_and_pieces(bert_network: Network) -> None:
    cut = trim(bert_network, [20, 30])
    assert cut.ids[cut.map(np.array([[20, 30]]))].tolist() == [[20, 30]]
    assert cut.ids[cut.map(torch.tensor([30])).numpy()].tolist() == [30]
    assert cut.map(Pieces((20,), (0,), (1,))) == Pieces((int(cut.map(np.array([20]))[0]),), (0,), (1,))


def test_a_piece_that_was_cut_away_is_refused(bert_network: Network) -> None:
    cut = trim(bert_network, [20])
    with pytest.raises(DataError, match="such as id 31"):
        cut.map(np.array([20, 31]))


def test_a_piece_of_another_base_is_refused(bert_network: Network) -> None:
    with pytest.raises(DataError, match="another base"):
        trim(bert_network, [10_000])


def test_a_table_is_cut_once(bert_network: Network) -> None:
    cut = trim(bert_network, [20])
    with pytest.raises(ConfigError, match="cut already"):
        trim(bert_network, [20])
    cut.restore()
    trim(bert_network, [20]).restore()


def test_cutting_uses_up_no_chance(bert: Base) -> None:
    network = stacked(bert)
    torch.manual_seed(1)
    trim(network, [20]).restore()
    mine = torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(mine, torch.rand(1))
