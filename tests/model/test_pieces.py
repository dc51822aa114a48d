from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import ConfigError
from lexexpand.model.pieces import Pieces, WordEncoder, batches, collate

if TYPE_CHECKING:
    from lexexpand.model.network import Network

SENTENCE = ["the", "old", "man", "reads", "by", "the", "sea"]
SILENT = "\u200b"  # a word that WordPiece and XLM-R give no piece


def test_words_get_the_pieces_that_they_have_in_running_text(network: Network) -> None:
    encoder = network.words("pos")
    assert encoder(SENTENCE).ids == encoder.text(" ".join(SENTENCE)).ids


def test_words_are_aligned_as_the_tokeniser_itself_aligns_them(network: Network) -> None:
    if "modernbert" in network.base.id:
        pytest.skip("its own word mode leaves out the space before words")
    own = network.tokenizer([SENTENCE], is_split_into_words=True)
    pieces = network.words("pos")(SENTENCE)
    assert list(pieces.ids) == own["input_ids"][0]
    for place, word in enumerate(own.word_ids(0)):
        assert word is None or pieces.first[word] <= place < pieces.last[word]


@pytest.mark.parametrize("silent", [SILENT, "", "\u0007"])
def test_a_word_without_pieces_is_kept_and_moves_no_label(network: Network, silent: str) -> None:
    encoder = network.words("pos")
    plain, holed = encoder(["the", "dog", "sleeps"]), encoder(["the", silent, "dog", "sleeps", silent])
    assert len(holed.first) == 5
    if holed.first[1] >= 0:
        pytest.skip("this tokeniser has a piece for it")
    assert holed.ids == plain.ids
    assert holed.first == (plain.first[0], -1, *plain.first[1:], -1)
    assert holed.last == (plain.last[0], -1, *plain.last[1:], -1)


def test_names_of_special_pieces_in_text_are_only_text(network: Network) -> None:
    encoder = network.words("pos")
    specials = set(network.tokenizer.all_special_ids) - {network.tokenizer.unk_token_id}
    for written in network.tokenizer.all_special_tokens:
        inner = encoder(["the", written, "dog"]).ids[1:-1]
        assert not specials & set(inner), written
        assert not specials & set(encoder.text(f"the {written} dog").ids[1:-1]), written


def test_words_behind_the_limit_are_cut_off_whole(network: Network) -> None:
    encoder = WordEncoder(network.tokenizer, max_length=12)
    pieces = encoder(SENTENCE * 4)
    whole = network.words("pos")(SENTENCE)
    assert len(pieces) <= 12
    kept = sum(place >= 0 for place in pieces.first)
    assert 0 < kept < 28
    assert pieces.first[kept:] == (-1,) * (28 - kept)
    assert pieces.last[kept - 1] == len(pieces) - 1
    assert pieces.ids[:4] == whole.ids[:4]


def test_a_first_word_longer_than_the_limit_is_cut_within(network: Network) -> None:
    encoder = WordEncoder(network.tokenizer, max_length=10)
    pieces = encoder(["whispers" * 20, "dog"])
    if len(network.words("pos")(["whispers" * 20])) <= 3:
        pytest.skip("one unknown piece")
    assert len(pieces) == 10
    assert (pieces.first, pieces.last) == ((1, -1), (9, -1))


def test_windows_cover_all_words_and_each_fits(network: Network) -> None:
    encoder = WordEncoder(network.tokenizer, max_length=16)
    words = SENTENCE * 5 + [SILENT]
    windows = list(encoder.windows(words))
    assert windows[0][0] == 0
    assert windows[-1][1] == len(words)
    assert all(left[1] == right[0] for left, right in pairwise(windows))
    assert all(
        -1 not in encoder(words[start:end]).first or SILENT in words[start:end] for start, end in windows
    )
    assert list(encoder.windows([])) == []


def test_no_sentence_is_longer_than_the_positions_of_the_encoder(network: Network) -> None:
    pieces = network.words("pos")(SENTENCE * 40)
    assert len(pieces) <= 64
    network.hidden(*collate([pieces], network.pad))


def test_the_prefix_stands_before_the_words_and_belongs_to_none(network: Network) -> None:
    encoder = WordEncoder(network.tokenizer, prefix="dog a: ")
    pieces = encoder(SENTENCE)
    assert pieces.ids == encoder.text(" ".join(SENTENCE)).ids
    assert pieces.first[0] > 1


def test_a_limit_without_room_for_words_is_refused(bert_network: Network) -> None:
    with pytest.raises(ConfigError, match="no room"):
        WordEncoder(bert_network.tokenizer, max_length=2)


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), max_size=6), max_size=8))
def test_every_piece_belongs_to_one_word(encoders: list[WordEncoder], words: list[str]) -> None:
    for encoder in encoders:
        pieces = encoder(words)
        assert len(pieces.first) == len(pieces.last) == len(words)
        place = 1
        for first, last in zip(pieces.first, pieces.last, strict=True):
            if first >= 0:
                assert first == place < last
                place = last
        assert place == len(pieces) - 1 or len(pieces) > 50


def test_a_batch_is_padded_to_its_longest() -> None:
    ids, mask = collate([Pieces((5, 6, 7)), Pieces((8,))], 1)
    assert ids.tolist() == [[5, 6, 7], [8, 1, 1]]
    assert mask.tolist() == [[True, True, True], [True, False, False]]
    assert collate([], 1)[0].shape == (0, 0)


@given(st.lists(st.integers(1, 40), max_size=60), st.integers(1, 100), st.none() | st.integers(0, 9))
def test_batches_hold_each_sentence_once_within_the_budget(
    lengths: list[int], budget: int, seed: int | None
) -> None:
    found = batches(lengths, budget, seed=seed)
    assert sorted(index for group in found for index in group) == list(range(len(lengths)))
    for group in found:
        assert len(group) == 1 or len(group) * max(lengths[index] for index in group) <= budget
    assert found == batches(lengths, budget, seed=seed)


def test_batches_without_a_seed_are_in_order_of_length() -> None:
    assert batches([3, 1, 2], 3, seed=None) == [[1], [2], [0]]
    assert batches([3, 1, 2, 1], 4, seed=None) == [[1, 3], [2], [0]]
