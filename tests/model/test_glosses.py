"""Glosses: looked up by words and phrases, read behind them, labelled never."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lexexpand.model.glosses import Glosses

FAROESE = Glosses({"hon": "she", "las": "read", "bókina": "book", "til dømis": "for example", "til": "to"})
WORDS = st.lists(st.sampled_from(["Hon", "las", "bókina", "til", "dømis", "Eva", "."]), max_size=12)


def test_a_gloss_stands_behind_its_word_and_a_phrases_behind_its_last() -> None:
    assert FAROESE.of(["Hon", "las", "bókina", "."]) == [("she",), ("read",), ("book",), ()]
    assert FAROESE.of(["Til", "dømis", "til", "Eva"]) == [(), ("for", "example"), ("to",), ()]
    assert Glosses({}).of(["Hon"]) == [()]


@given(WORDS)
def test_there_is_a_gloss_or_none_for_each_word(words: list[str]) -> None:
    found = FAROESE.of(words)
    assert len(found) == len(words)
    assert found == FAROESE.of([word.upper() for word in words])
