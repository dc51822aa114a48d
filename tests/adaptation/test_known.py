"""Signs of whether a base knows a language, without a label of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.adaptation.examples import task_of
from lexexpand.adaptation.known import Familiarity, familiarity
from lexexpand.adaptation.language import with_itself
from lexexpand.errors import DataError
from tests.adaptation.conftest import pairs_of, rows

if TYPE_CHECKING:
    from lexexpand.model.network import Network


def test_a_language_that_is_the_source_is_known(network: Network) -> None:
    pairs = with_itself(pairs_of(network, 20).source)
    found = familiarity(network, pairs)
    assert found.agreement == 1.0
    assert found.fertility == found.source_fertility
    assert found.is_known
    assert "--no-synth" in found.advice


def test_a_language_of_other_words_is_not(network: Network) -> None:
    found = familiarity(network, pairs_of(network))
    assert found.agreement < 0.6
    assert found.fertility > found.source_fertility
    assert not found.is_known


def test_agreement_can_be_taken_from_a_task(network: Network) -> None:
    network.add_task(task_of("intent-slots", "intent-slots", rows(20)), None)
    pairs = with_itself(pairs_of(network, 10).source)
    found = familiarity(network, pairs, task="intent-slots")
    assert (found.agreement, found.by) == (1.0, "intent-slots")
    assert 0 <= familiarity(network, pairs_of(network, 10), task="intent-slots").agreement < 1


def test_a_base_that_cannot_read_the_script_is_called_blind(network: Network) -> None:
    pairs = pairs_of(network, 10)
    unknown = np.full_like(pairs.target.ids, network.tokenizer.unk_token_id)
    found = familiarity(network, replace(pairs, target=replace(pairs.target, ids=unknown)))
    assert found.is_blind
    assert "--base" in found.advice


def test_nothing_to_look_at_is_an_error(network: Network) -> None:
    with pytest.raises(DataError, match="empty corpus"):
        familiarity(network, pairs_of(network).select([]))


def test_high_agreement_with_many_pieces_a_word_is_not_yet_knowledge() -> None:
    assert not Familiarity(3.0, 1.3, 0.0, 0.9, "vectors", "").is_known
