from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import DataError
from lexexpand.language import Language
from lexexpand.text.block import join_text
from lexexpand.text.tokenizer import Tokenizer, tokenizer_for

ENGLISH = tokenizer_for(Language("eng", "Latn"))
UNKNOWN = Tokenizer(Language("qaa", "Latn"))

GOLD = [
    "I do|n't know|.",
    "I do|n’t|.",
    "CA|N'T",
    "ca|n't you|?",
    "I can|not|.",
    "John|'s dogs|'",
    "I|'d|'ve gone",
    "wo|n't",
    "O'Neill arrived at five o'clock|.",
    "rock 'n' roll",
    "tell 'em so",
    "'t|is true",
    "‘|hello|’",
    "a well-known|, up-to-date thing",
    "Mr. Smith|, Jr.|, left the U.S. at 10:30 a.m.",
    "J. R. Smith",
    "Plan B|.",
    "You and I|. J. did",
    "See No. 5|.",
    "I said no|. No. 1",
    "He said|: “|No|.|”",
    "apples|, pears|, etc|.",
    "apples etc. are",
    "1,000.50 and 10:30 and 5|% and $|5",
    "5|km at 9|am|, 2nd in the 1990s|, 5-year plan",
    "3|-|4 but 713-853-1234",
    "wait|... what|!? no|!!! so|--|yes",
    "(|see|: [|a|]|)",
    "foo.bar@example.com|, @user #tag",
    "https://a.org/b?c=d&e|. www.b.net/x|) (|c.org|)",
    "AT&T R&D and|/|or",
    "_|very|_ *|good|*",
    "ok :-) ;) <3",
    "👨‍👩‍👧|🇫🇷|👍🏽|1️⃣|🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "हिन्दी में किताबें",
    "שָׁלוֹם|!",
    "العَرَبِيَّة|،",
    "می‌خواهم",
]


@pytest.mark.parametrize("row", GOLD)
def test_english_is_cut_as_in_the_treebanks(row: str) -> None:
    assert ENGLISH.tokenize(row.replace("|", "")) == [t for chunk in row.split(" ") for t in chunk.split("|")]


def test_a_language_without_rows_keeps_its_apostrophes() -> None:
    assert UNKNOWN.tokenize("don't l'eau. Mr. X") == ["don't", "l'eau", ".", "Mr", ".", "X"]


def test_decomposed_letters_are_composed_before_they_are_cut() -> None:
    assert ENGLISH.tokenize("cafe\u0301!") == ["café", "!"]


def test_white_space_is_kept_exactly() -> None:
    found = ENGLISH.columns(["  a\u00a0b \t c ", "\u2028x\x85y\x0bz", "a  b", "", " ", "d"])
    assert found.tokens.to_pylist() == list("abcxyzabd")
    assert found.lead.to_pylist() == ["  ", "\u2028", "", "", " ", ""]
    assert found.gaps.to_pylist() == ["\u00a0", " \t ", " ", "\x85", "\x0b", "", "  ", "", ""]
    assert found.offsets.tolist() == [0, 3, 6, 8, 8, 8, 9]


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n"), max_size=30), max_size=6
    )
)
def test_tokens_and_gaps_give_the_line_back(lines: list[str]) -> None:
    lines = [unicodedata.normalize("NFC", line) for line in lines]
    found = ENGLISH.columns(lines)
    assert join_text(found.tokens, found.gaps, found.lead, found.offsets).to_pylist() == lines
    assert all(token and not token.isspace() for token in found.tokens.to_pylist())


@given(
    st.lists(
        st.sampled_from(
            ["don't", "Mr", ".", "'", "’s", " ", "-", "5", "é", "👍🏽", "\u200d", "\u0301", "_", "\t"]
        )
    )
)
def test_odd_neighbours_give_the_line_back(parts: list[str]) -> None:
    line = unicodedata.normalize("NFC", "".join(parts))
    found = ENGLISH.columns([line])
    assert join_text(found.tokens, found.gaps, found.lead, found.offsets).to_pylist() == [line]


@given(st.lists(st.text(st.sampled_from("ab'.,- \t"), max_size=12), min_size=1, max_size=8))
def test_lines_do_not_depend_on_their_neighbours(lines: list[str]) -> None:
    together = ENGLISH.columns(lines)
    tokens = together.tokens.to_pylist()
    for number, line in enumerate(lines):
        assert tokens[together.offsets[number] : together.offsets[number + 1]] == ENGLISH.tokenize(line)


def test_a_line_feed_inside_a_text_is_white_space() -> None:
    assert ENGLISH.tokenize("a\nb") == ["a", "b"]


def test_a_lone_surrogate_is_an_error_in_words() -> None:
    with pytest.raises(DataError, match="lone surrogate"):
        ENGLISH.tokenize("a\ud800b")
    with pytest.raises(DataError, match="lone surrogate"):
        ENGLISH.columns(["a\ud800b"])


@pytest.mark.parametrize(
    "unit",
    [
        "word ",
        "x",
        "x-",
        ".",
        "a.b@",
        "a.-",
        "A.B",
        "1-",
        "1.",
        "http://",
        "(",
        "'",
        "é\u0301",
        "_a",
        "👍\u200d",
        "a.A",
        "@",
        "x'",
    ],
)
def test_long_lines_are_one_line_and_take_time_in_proportion(unit: str) -> None:
    line = unit * (100_000 // len(unit)) + "Ax"
    found = ENGLISH.columns([line])
    assert join_text(found.tokens, found.gaps, found.lead, found.offsets).to_pylist() == [line]


def test_a_million_characters_are_one_line() -> None:
    assert ENGLISH.tokenize("x" * 1_000_000) == ["x" * 1_000_000]
    assert len(ENGLISH.tokenize("word " * 200_000)) == 200_000
