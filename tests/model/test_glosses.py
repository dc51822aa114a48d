"""Glosses: looked up by words and phrases, put behind a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import DataError
from lexexpand.model.glosses import Glosses

FAROESE = Glosses({"hon": "she", "las": "read", "bókina": "book", "til dømis": "for example", "til": "to"})
WORDS = st.lists(st.sampled_from(["Hon", "las", "bókina", "til", "dømis", "Eva", "."]), max_size=12)


def test_words_and_the_longest_phrases_are_glossed() -> None:
    assert FAROESE.translate(["Hon", "las", "bókina", "."]) == ["she", "read", "book", "."]
    assert FAROESE.translate(["Til", "dømis", "til", "Eva"]) == ["for", "example", "to", "Eva"]
    assert FAROESE.translate(["Eva", "."]) == []
    assert Glosses({}).translate(["Hon"]) == []


@given(WORDS)
def test_case_does_not_matter_and_no_word_is_lost(words: list[str]) -> None:
    found = FAROESE.translate(words)
    assert [w.casefold() for w in found] == [
        w.casefold() for w in FAROESE.translate([w.upper() for w in words])
    ]
    if found:
        assert found.count("Eva") == words.count("Eva")


def test_a_table_comes_back_and_something_else_does_not() -> None:
    assert Glosses.from_dict(FAROESE.as_dict()) == FAROESE
    for broken in ({}, {"glosses": 3}, {"glosses": {"hon": 3}}):
        with pytest.raises(DataError):
            Glosses.from_dict(broken)
