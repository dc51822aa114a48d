"""The language adapter pulls words of the language to what they mean, and guesses masked ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lexexpand.adaptation.alignment import alike_links, contrast, middle, teacher_of, words_at
from lexexpand.adaptation.language import language_spec, train_language, with_itself
from lexexpand.adaptation.masked import Masking
from lexexpand.adaptation.pairs import Pairs, encode_text
from lexexpand.adaptation.run import RunFolder
from lexexpand.adaptation.vocab import frequent_rows, inside, pull_rows, word_mask
from lexexpand.errors import ConfigError, DataError
from lexexpand.model import lora
from lexexpand.model.lora import LoraSpec
from lexexpand.model.pieces import collate
from tests.adaptation.conftest import pairs_of, rows, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.model.network import Network


@pytest.mark.parametrize("base", ["bert", "xlm-r", "distilbert", "modernbert"])
def test_alignment_pulls_what_belongs_together_on_every_kind_of_base(
    base: str, quick: AdaptConfig, tmp_path: Path
) -> None:
    network = tiny(base)
    pairs = pairs_of(network)
    config = replace(quick, steps=24, lr=2e-2, r=8)
    record = train_language(network, pairs, None, config, RunFolder(tmp_path))
    assert record.losses[-1][1] < record.losses[0][1] - 1


def test_alignment_leaves_the_base_as_it_was(network: Network, quick: AdaptConfig, tmp_path: Path) -> None:
    before = network.embed([network.words()(["the", "dog"])])
    train_language(network, pairs_of(network), None, replace(quick, steps=5), RunFolder(tmp_path))
    assert torch.equal(network.teacher().embed([network.words()(["the", "dog"])]), before)


@pytest.mark.parametrize("tune", ["lora", "full"])
def test_masked_text_is_guessed_better_and_better(
    network: Network, quick: AdaptConfig, tmp_path: Path, tune: str
) -> None:
    text = encode_text([row.words for row in rows(80)], network.words("pos"))
    config = replace(quick, objective="mlm", steps=40, tune=tune, lr=1e-2 if tune == "lora" else 5e-3)
    record = train_language(network, None, text, config, RunFolder(tmp_path))
    assert record.losses[-1][1] < record.losses[0][1] - 0.1


def test_both_objectives_go_together_and_go_on_after_a_stop(quick: AdaptConfig, tmp_path: Path) -> None:
    config = replace(quick, objective="both", vocab=6, vocab_pull=0.5, steps=12, checkpoint_every=4)
    found = []
    for name in ("one", "two"):
        network = tiny()
        text = encode_text([row.words for row in rows(30)], network.words("pos"))
        train_language(network, pairs_of(network), text, config, RunFolder(tmp_path / name))
        found.append(network.parts()["language"])
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_objectives_say_what_they_lack(network: Network, quick: AdaptConfig, tmp_path: Path) -> None:
    text = encode_text([["the", "dog"]], network.words("pos"))
    run = RunFolder(tmp_path)
    with pytest.raises(DataError, match="pseudo-parallel"):
        train_language(network, None, text, quick, run)
    with pytest.raises(ConfigError, match="--objective both"):
        train_language(network, pairs_of(network), text, quick, run)
    with pytest.raises(ConfigError, match="none"):
        train_language(network, None, None, replace(quick, objective="none"), run)


def test_words_are_means_of_their_pieces(network: Network) -> None:
    encoder = network.words("pos")
    text = encode_text([["the", "islands"], ["sleeps", "cat"]], encoder)
    pieces = [text.pieces(i) for i in range(2)]
    ids, mask = collate(pieces, network.pad)
    states = network.last(ids, mask)
    found = words_at(text, np.array([0, 1]), np.array([0, 1]), np.array([1, 0]), ids.shape[1]).pool(states)
    for row, (sentence, word) in enumerate([(0, 1), (1, 0)]):
        stretch = slice(pieces[sentence].first[word], pieces[sentence].last[word])
        assert torch.allclose(found[row], states[sentence, stretch].mean(0), atol=1e-6)


def test_contrast_is_least_where_each_row_meets_its_own() -> None:
    torch.manual_seed(1)
    some = torch.randn(6, 16)
    assert contrast(some, some, None, 0.1) < 0.1
    assert contrast(some.roll(1, 0), some, None, 0.1) > 3


def test_rows_that_mean_the_same_are_not_pushed_apart() -> None:
    torch.manual_seed(1)
    some = torch.randn(4, 16)
    some[1] = some[0]
    alike = torch.eye(4, dtype=torch.bool)
    pushed = contrast(some, some, alike, 0.1)
    alike[0, 1] = alike[1, 0] = True
    assert contrast(some, some, alike, 0.1) < pushed - 0.2


def test_links_of_one_source_word_or_one_target_word_are_alike(network: Network) -> None:
    encoder = network.words("pos")
    source = encode_text([["the", "dog", "the"]], encoder)
    target = encode_text([["cat", "sea", "man"]], encoder)
    links = np.array([[0, 0], [1, 2], [2, 1], [2, 0]], np.int32)
    pairs = Pairs(source, target, links, np.array([0, 4]), np.ones(1, np.float32))
    found = alike_links(pairs, [0], [pairs.linked(0)])
    assert found.tolist() == [
        [True, True, False, True],
        [True, True, False, True],
        [False, False, True, True],
        [True, True, True, True],
    ]


def test_the_middle_is_a_mean_of_layers_and_never_the_embeddings() -> None:
    states = tuple(torch.full((1, 1, 1), float(layer)) for layer in range(13))
    assert middle(states, (0.5, 0.8)).item() == pytest.approx((6 + 7 + 8 + 9 + 10) / 5)
    assert middle(states[:3], (0.0, 0.4)).item() == 1.0


def test_the_teacher_of_full_tuning_is_a_frozen_copy(network: Network) -> None:
    ids, mask = collate([network.words("pos")(["the", "dog"])], network.pad)
    network.activate(None, "full")
    teacher = teacher_of(network)
    before = teacher(ids, mask)[-1]
    with torch.no_grad():
        for parameter in network.encoder.parameters():
            parameter.add_(0.1)
    assert torch.equal(teacher(ids, mask)[-1], before)


def test_sentences_beside_themselves_link_each_word(network: Network) -> None:
    text = encode_text([["the", "dog"], ["a", "cat", "sleeps"]], network.words("pos"))
    made = with_itself(text)
    assert made.linked(1).tolist() == [[0, 0], [1, 1], [2, 2]]


def test_pairs_come_back_from_a_file_as_they_were(network: Network, tmp_path: Path) -> None:
    made = pairs_of(network)
    made.save(tmp_path / "pairs.npz")
    again = Pairs.load(tmp_path / "pairs.npz")
    assert again.digest == made.digest
    joined = Pairs.join([made.select(range(10)), made.select(range(10, len(made)))])
    assert joined.digest == made.digest


def test_only_pieces_of_words_are_masked(network: Network) -> None:
    text = encode_text([row.words for row in rows(10)], network.words("pos"))
    special = set(network.tokenizer.all_special_ids)
    assert not special & set(inside(text).tolist())
    assert word_mask(text).sum() == sum(
        last - first
        for i in range(10)
        for first, last in zip(text.pieces(i).first, text.pieces(i).last, strict=True)
    )
    masking = Masking(network, [text], network.tokenizer.mask_token_id, 1.0)
    ids, _ = collate([text.pieces(i) for i in range(10)], network.pad)
    chosen = masking._words(text, list(range(10)), ids.shape[1])
    shown = masking._hidden(ids, chosen)
    assert torch.equal(shown[~chosen], ids[~chosen])
    masked = (shown == network.tokenizer.mask_token_id).sum() / chosen.sum()
    assert 0.6 < masked < 0.95


def test_a_base_without_a_mask_says_so(network: Network) -> None:
    text = encode_text([["the", "dog"]], network.words("pos"))
    with pytest.raises(ConfigError, match="no mask"):
        Masking(network, [text], None, 0.15)


def test_the_rows_of_a_language_are_frequent_in_it_and_not_in_the_source(network: Network) -> None:
    pairs = pairs_of(network)
    found = frequent_rows(pairs, None, 10)
    assert 0 < len(found) <= 10
    here, there = (np.bincount(inside(text), minlength=400) for text in (pairs.target, pairs.source))
    assert all(here[row] > there[row] for row in found)
    assert frequent_rows(pairs, None, 0) == ()


def test_rows_start_towards_their_translations(network: Network, quick: AdaptConfig) -> None:
    encoder = network.words("pos")
    source = encode_text([["dog"]], encoder)
    target = encode_text([["z"]], encoder)
    [row] = inside(target).tolist()
    pairs = Pairs(source, target, np.array([[0, 0]], np.int32), np.array([0, 1]), np.ones(1, np.float32))
    table = network.bare_encoder.get_input_embeddings().weight.detach().clone()
    network.add_language(LoraSpec(r=4, rows=(row,)))
    assert pull_rows(network, pairs, 0.5) == 1
    delta = lora.tensors(network.encoder, "language")
    [moved] = [value for name, value in delta.items() if name.endswith("trainable_tokens_delta")]
    goal = table[torch.from_numpy(inside(source)).long()].mean(0)
    assert torch.allclose(moved[0], (table[row] + goal) / 2, atol=1e-6)


def test_the_adapter_asked_for_has_its_rows(network: Network, quick: AdaptConfig) -> None:
    spec = language_spec(pairs_of(network), None, replace(quick, vocab=5))
    assert (spec.r, spec.alpha, len(spec.rows)) == (4, 8, 5)


def test_rows_are_trained_on_a_cut_table_and_fit_the_whole_one(quick: AdaptConfig, tmp_path: Path) -> None:
    found = {}
    for trim in (True, False):
        network = tiny()
        config = replace(quick, vocab=5, steps=10, trim=trim, lr=1e-3)
        train_language(network, pairs_of(network), None, config, RunFolder(tmp_path / str(trim)))
        found[trim] = network.parts()["language"]
    assert found[True].keys() == found[False].keys()
    for name, value in found[True].items():
        assert torch.allclose(value, found[False][name], atol=2e-3), name


def test_a_batch_of_one_sentence_without_links_teaches_nothing(
    network: Network, quick: AdaptConfig, tmp_path: Path
) -> None:
    text = encode_text([["the", "dog"]], network.words("pos"))
    pairs = Pairs(text, text, np.zeros((0, 2), np.int32), np.array([0, 0]), np.ones(1, np.float32))
    config = replace(quick, steps=2, source_ratio=0.0)
    before = network.embed([text.pieces(0)])
    train_language(network, pairs, None, config, RunFolder(tmp_path))
    assert torch.allclose(network.embed([text.pieces(0)]), before, atol=1e-5)
