from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import pytest
import torch

from lexexpand.errors import BundleError, ConfigError
from lexexpand.model.lora import LoraSpec
from lexexpand.model.network import Network
from lexexpand.model.pieces import Pieces, collate
from lexexpand.model.tasks import KINDS, Task, kind_of

if TYPE_CHECKING:
    from lexexpand.model.base import Base

POS = Task("pos", "pos", (("upos", ("DET", "NOUN", "VERB")),))
NER = Task("ner-news", "ner", (("tags", ("B-PER", "O")),))
SLOTS = Task("intent-slots", "intent-slots", (("intent", ("ask", "tell")), ("slots", ("O", "B-x", "I-x"))))
WORDS = ["the old man reads", "a dog", "boats sail to the islands when the wind is good"]


def examples(network: Network, kind: str = "pos") -> list[Pieces]:
    return [network.words(kind)(line.split()) for line in WORDS]


def stir(network: Network) -> Network:
    """Give adapters and heads values that change the output, as training does."""
    torch.manual_seed(3)
    with torch.no_grad():
        for name, tensor in network.named_parameters():
            if "lora_B" in name or "trainable_tokens_delta" in name or name.startswith("heads."):
                tensor.normal_(std=0.3)
    return network


def full_stack(base: Base) -> Network:
    torch.manual_seed(5)
    network = Network.open(base)
    network.add_language(LoraSpec(r=4, rows=(20, 11), dropout=0.5))
    network.add_task(POS, LoraSpec(r=2, dropout=0.5))
    network.add_task(SLOTS, LoraSpec(r=4))
    return stir(network)


def step(network: Network, task: str | None) -> None:
    """One step of AdamW with weight decay on something that all trainable weights matter for."""
    optimiser = torch.optim.AdamW(
        [p for p in network.parameters() if p.requires_grad], lr=0.1, weight_decay=0.1
    )
    ids, mask = collate(examples(network), network.pad)
    ids[0, 1], ids[1, 1] = 20, 11
    read = network.logits(task, ids, mask).values() if task else [network.last(ids, mask)]
    sum(states.pow(2).mean() for states in read).backward()
    optimiser.step()


def changed(
    before: dict[str, dict[str, torch.Tensor]], after: dict[str, dict[str, torch.Tensor]]
) -> set[str]:
    return {
        part for part in before if any(not torch.equal(before[part][k], after[part][k]) for k in before[part])
    }


def test_training_a_task_leaves_the_language_adapter_bit_for_bit(base: Base) -> None:
    network = full_stack(base)
    before, weights = (
        network.parts(),
        network.bare_encoder.get_input_embeddings().original_module.weight.clone(),
    )
    network.activate("pos", "task")
    for _ in range(3):
        step(network, "pos")
    assert changed(before, network.parts()) == {"task:pos", "heads:pos"}
    assert torch.equal(weights, network.bare_encoder.get_input_embeddings().original_module.weight)


def test_training_the_language_adapter_leaves_all_else_bit_for_bit(bert: Base) -> None:
    network = full_stack(bert)
    before = network.parts()
    network.activate(None, "language")
    step(network, None)
    after = network.parts()
    assert changed(before, after) == {"language"}
    assert all(not torch.equal(before["language"][key], after["language"][key]) for key in before["language"])


def test_full_tuning_trains_encoder_and_heads(base: Base) -> None:
    network = Network.open(base)
    network.add_task(POS, None)
    network.activate("pos", "full")
    before = network.parts()
    step(network, "pos")
    assert changed(before, network.parts()) == {"encoder", "heads:pos"}
    assert network.is_full


def test_nothing_is_trained_unless_asked_for(bert: Base) -> None:
    network = full_stack(bert)
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())
    network.activate("pos", "task")
    network.activate("pos", None)
    assert not any(p.requires_grad for p in network.parameters())


def test_the_frozen_adapter_drops_nothing_out(bert: Base) -> None:
    network = full_stack(bert)
    network.activate("pos", "task")
    modes = {name: set() for name in ("language", "task_pos", "task_intent-slots")}
    for module in network.encoder.modules():
        for name, dropout in getattr(module, "lora_dropout", {}).items():
            modes[name].add(dropout.training)
    assert modes == {"language": {False}, "task_pos": {True}, "task_intent-slots": {False}}


def test_a_fresh_adapter_changes_nothing_and_a_trained_one_does(base: Base) -> None:
    network = Network.open(base)
    bare = network.embed(examples(network))
    network.add_language(LoraSpec(r=4, rows=(20,)))
    assert torch.equal(bare, network.embed(examples(network)))
    stir(network)
    assert not torch.allclose(bare, network.embed(examples(network)), atol=1e-2)


def test_the_teacher_is_the_base_and_training_goes_on_behind_it(base: Base) -> None:
    network = full_stack(base)
    ids, mask = collate(examples(network), network.pad)
    base_states = Network.open(base).hidden(ids, mask)
    network.activate("pos", "task")
    trainable = {name for name, p in network.named_parameters() if p.requires_grad}
    student = network.logits("pos", ids, mask)["upos"].pow(2).sum()
    with torch.no_grad():
        taught = network.teacher().eval().hidden(ids, mask)
    assert all(torch.equal(mine, its) for mine, its in zip(taught, base_states, strict=True))
    assert network.training
    assert {name for name, p in network.named_parameters() if p.requires_grad} == trainable
    student.backward()
    assert {name for name, p in network.named_parameters() if p.grad is not None} == trainable


def test_a_teacher_of_its_own_shares_the_memory_and_stays_the_base(base: Base) -> None:
    network = full_stack(base)
    network.activate("pos", "task")
    teacher = network.teacher()
    taught = teacher.embed(examples(network))
    assert torch.equal(taught, Network.open(base).embed(examples(network)))
    step(network, "pos")
    assert torch.equal(taught, teacher.embed(examples(network)))
    places = {weight.data_ptr() for weight in network.encoder.parameters()}
    assert all(weight.data_ptr() in places for weight in teacher.encoder.parameters())
    assert not any(weight.requires_grad for weight in teacher.parameters())


def test_the_teacher_of_full_tuning_is_a_copy(bert: Base) -> None:
    network = Network.open(bert)
    network.add_task(POS, None)
    network.activate("pos", "full")
    teacher = network.teacher()
    taught = teacher.embed(examples(network))
    step(network, "pos")
    assert torch.equal(taught, teacher.embed(examples(network)))
    assert not torch.allclose(taught, network.embed(examples(network)), atol=1e-2)


def test_predicting_and_embedding_leave_training_as_it_was(bert: Base) -> None:
    network = full_stack(bert)
    network.activate(None, "language")
    trainable = {name for name, p in network.named_parameters() if p.requires_grad}
    network.predict("pos", examples(network))
    network.embed(examples(network))
    assert network.training
    assert {name for name, p in network.named_parameters() if p.requires_grad} == trainable


def test_vectors_come_from_the_language_adapter_alone(bert: Base) -> None:
    network = full_stack(bert)
    vectors = network.embed(examples(network))
    network.activate("pos", None)
    assert torch.equal(vectors, network.embed(examples(network)))
    assert torch.allclose(vectors.norm(dim=-1), torch.ones(3))


def test_padding_and_batches_change_nothing(network: Network) -> None:
    network.add_task(POS, LoraSpec(r=2))
    stir(network)
    pieces = examples(network)
    alone = torch.cat([network.embed([one]) for one in pieces])
    assert torch.allclose(network.embed(pieces), alone, atol=1e-5)
    assert network.predict("pos", pieces) == [network.predict("pos", [one])[0] for one in pieces]
    assert network.predict("pos", pieces, budget=1) == network.predict("pos", pieces)


def test_states_of_all_layers_end_with_the_last(network: Network) -> None:
    ids, mask = collate(examples(network), network.pad)
    states = network.hidden(ids, mask)
    assert [tuple(state.shape) for state in states] == [(3, ids.shape[1], 32)] * 3
    assert torch.equal(states[-1], network.last(ids, mask))


def test_a_word_without_pieces_is_labelled_all_the_same(bert_network: Network) -> None:
    network = bert_network
    for task in (POS, NER):
        network.add_task(task, LoraSpec(r=2))
    stir(network)
    pieces = network.words("pos")(["\u200b", "the", "\u200b", "dog"])
    assert (pieces.first[0], pieces.first[2]) == (-1, -1)
    tags = network.predict("pos", [pieces])[0]["upos"]
    assert len(tags) == 4
    assert tags[0] == "DET"
    assert tags[2] == tags[1]
    assert network.predict("ner-news", [pieces])[0]["tags"][::2] == ["O", "O"]
    assert network.predict("pos", [network.words("pos")([])]) == [{"upos": []}]
    assert network.predict("pos", []) == []


def test_parts_put_into_a_fresh_network_predict_the_same(base: Base) -> None:
    network = full_stack(base)
    other = Network.open(base)
    other.add_task(SLOTS, LoraSpec(r=4))
    other.add_language(LoraSpec(r=4, rows=(20, 11)))
    other.add_task(POS, LoraSpec(r=2))
    other.load_parts(network.parts())
    for task in ("pos", "intent-slots"):
        assert other.predict(task, examples(other)) == network.predict(task, examples(network))
    assert torch.equal(other.embed(examples(other)), network.embed(examples(network)))


def test_a_fully_tuned_encoder_goes_into_a_bare_network(bert: Base) -> None:
    network = Network.open(bert)
    network.add_task(POS, None)
    network.activate("pos", "full")
    step(network, "pos")
    network.activate("pos", None)
    other = Network.open(bert)
    other.add_task(POS, None)
    other.load_parts(network.parts())
    assert other.is_full
    assert torch.equal(other.embed(examples(other)), network.embed(examples(network)))


def test_an_unknown_part_is_refused(bert_network: Network) -> None:
    with pytest.raises(BundleError, match="no place for the part 'task:pos'"):
        bert_network.load_parts({"task:pos": {}})


@pytest.mark.parametrize("task", [None, "pos", "intent-slots"])
def test_a_merged_copy_says_the_same_and_leaves_the_original_alone(base: Base, task: str | None) -> None:
    network = full_stack(base)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.activate(task, None)
    ids, mask = collate(examples(network), network.pad)
    merged = network.merged()
    assert torch.allclose(merged.last(ids, mask), network.last(ids, mask), atol=1e-3)
    if task is None:
        assert torch.allclose(merged.embed(examples(network)), network.embed(examples(network)), atol=1e-4)
    else:
        assert merged.predict(task, examples(network)) == network.predict(task, examples(network))
        with pytest.raises(ConfigError, match="merged into this copy"):
            merged.embed(examples(network))
    with torch.no_grad():
        for layer in (m for m in merged.encoder.modules() if isinstance(m, torch.nn.Linear)):
            layer.weight.zero_()
    after = network.state_dict()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_merged_copy_is_the_bare_encoder_and_shares_its_embedding(base: Base) -> None:
    network = Network.open(base)
    bare = type(network.encoder)
    network.add_language(LoraSpec(r=4))
    merged = network.merged()
    assert type(merged.encoder) is bare
    assert not any("lora" in name for name, _ in merged.named_modules())
    mine, its = (each.bare_encoder.get_input_embeddings().weight for each in (network, merged))
    assert mine.data_ptr() == its.data_ptr()
    assert mine is not its


def test_a_merged_copy_only_predicts(bert: Base) -> None:
    merged = full_stack(bert).merged("pos")
    assert list(merged.tasks) == ["pos"]
    for call in (
        lambda: merged.activate("pos", "task"),
        merged.parts,
        merged.merged,
        lambda: merged.add_language(LoraSpec()),
    ):
        with pytest.raises(ConfigError):
            call()


def test_two_networks_of_one_base_do_not_disturb_each_other(bert: Base) -> None:
    first, second = Network.open(bert), full_stack(bert)
    assert torch.equal(first.embed(examples(first)), Network.open(bert).embed(examples(first)))
    bare = first.embed(examples(first))
    second.activate("pos", "task")
    step(second, "pos")
    assert torch.equal(bare, first.embed(examples(first)))


def test_bfloat16_trains_the_same_weights_in_float32(base: Base) -> None:
    network = full_stack(base)
    network.activate("pos", "task")
    ids, mask = collate(examples(network), network.pad)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = network.logits("pos", ids, mask)["upos"].float().logsumexp(-1).mean()
    loss.backward()
    grads = [p.grad for p in network.parameters() if p.requires_grad]
    assert grads
    assert all(grad is not None and grad.dtype == torch.float32 and grad.isfinite().all() for grad in grads)
    plain = network.embed(examples(network))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        rounded = network.embed(examples(network))
    assert rounded.dtype == torch.float32
    assert (plain * rounded).sum(-1).min() > 0.99


def test_networks_are_freed_when_dropped(bert: Base) -> None:
    gone = []
    for _ in range(3):
        network = full_stack(bert)
        merged = network.merged("pos")
        merged.predict("pos", examples(merged))
        gone += [weakref.ref(network), weakref.ref(merged), weakref.ref(network.encoder)]
        del network, merged
    gc.collect()
    assert [ref() for ref in gone] == [None] * 9


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU")
def test_a_network_predicts_the_same_on_a_gpu(base: Base) -> None:
    network = full_stack(base)
    here = network.embed(examples(network)), network.predict("pos", examples(network))
    network.to("cuda")
    assert torch.allclose(here[0], network.embed(examples(network)), atol=1e-4)
    assert network.predict("pos", examples(network)) == here[1]
    merged = network.merged("pos").to("cpu")
    assert network.device.type == "cuda"
    assert merged.predict("pos", examples(merged)) == here[1]


def test_wrong_choices_are_refused(bert: Base) -> None:
    network = Network.open(bert)
    for task, train in ((None, "language"), (None, "task"), (None, "all"), ("pos", None)):
        with pytest.raises(ConfigError):
            network.activate(task, train)
    network.add_task(POS, LoraSpec(r=2))
    network.add_language(LoraSpec(r=2))
    network.add_task(NER, LoraSpec(r=2))
    with pytest.raises(ConfigError, match="already"):
        network.add_task(POS, None)
    with pytest.raises(ConfigError, match="already"):
        network.add_language(LoraSpec())
    with pytest.raises(ConfigError, match="language adapter, not to a task"):
        network.add_task(SLOTS, LoraSpec(rows=(5,)))
    with pytest.raises(ConfigError, match="exclude each other"):
        network.activate("pos", "full")
    network.activate("pos", "task")
    with pytest.raises(ConfigError, match="is trained"):
        network.logits("ner-news", *collate(examples(network), network.pad))


def test_the_kind_is_read_off_the_start_of_a_name() -> None:
    assert [kind_of(name) for name in ("pos", "ner-news", "intent-slots-home", "label-x")] == [
        "pos", "ner", "intent-slots", "label",
    ]  # fmt: skip
    with pytest.raises(ConfigError, match="intent-slots"):
        kind_of("parsing")


@pytest.mark.parametrize(
    ("name", "kind", "labels"),
    [
        ("a.b", "pos", (("upos", ("X",)),)),
        ("pos", "parse", (("upos", ("X",)),)),
        ("pos", "pos", (("tags", ("X",)),)),
        ("pos", "pos", (("upos", ()),)),
        ("pos", "pos", (("upos", ("X", "X")),)),
    ],
)
def test_a_task_that_cannot_be_is_refused(
    name: str, kind: str, labels: tuple[tuple[str, tuple[str, ...]], ...]
) -> None:
    with pytest.raises(ConfigError):
        Task(name, kind, labels)
    assert kind not in KINDS or KINDS[kind]
