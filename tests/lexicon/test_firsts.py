"""The list of words to translate first: its sums, and what counts as translated."""

from __future__ import annotations

import pytest

from lexexpand.errors import MissingDataError
from lexexpand.language import default_source, from_tag
from lexexpand.lexicon.firsts import FirstWord, done, first_words, share, steps

WORDS = (
    FirstWord("be", "AUX", 30_000, 20_000, "Is it?"),
    FirstWord("play", "VERB", 1_000, 9_000, ""),
    FirstWord("play", "NOUN", 500, 0, ""),
    FirstWord("today", "", 700, 5_000, ""),
)


def test_coverage_is_a_sum() -> None:
    assert share(WORDS).words == 4
    assert share(WORDS).everyday == pytest.approx(0.0322)
    assert [step.words for step in steps(WORDS, (1, 3, 10))] == [1, 3, 4]
    assert steps(WORDS, (1,))[0].requests == pytest.approx(0.02)


def test_an_entry_serves_its_part_of_speech_and_one_without_any() -> None:
    assert done(WORDS, {("Play", "VERB")}) == [WORDS[1]]
    assert done(WORDS, {("play", "")}) == [WORDS[1], WORDS[2]]
    assert done(WORDS, {("today", "ADV")}) == [WORDS[3]]
    assert done(WORDS, {("be", "VERB")}) == []


def test_the_shipped_list_is_in_order_and_adds_up() -> None:
    words = first_words(default_source())
    assert len(words) >= 1_500
    sums = [word.everyday + word.requests for word in words]
    assert sums == sorted(sums, reverse=True)
    assert len({(word.source, word.upos) for word in words}) == len(words)
    whole = share(words)
    assert 0.75 < whole.everyday < 1
    assert 0.75 < whole.requests < 1
    assert sum(bool(word.example) for word in words) > len(words) / 3


def test_another_source_language_has_none_yet() -> None:
    with pytest.raises(MissingDataError, match="fin_Latn"):
        first_words(from_tag("fin_Latn"))
