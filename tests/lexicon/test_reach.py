"""What a lexicon has of a text of its target language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.language import Language
from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.lexicon import Lexicon
from lexexpand.lexicon.reach import reach

if TYPE_CHECKING:
    from collections.abc import Sequence

LEXICON = Lexicon(
    [
        Entry(("horse",), ("hestur",), "NOUN", 1.0, None, "mine", 1),
        Entry(("give", "up"), ("geva", "upp"), "VERB", 1.0, None, "mine", 2),
    ],
    Language("eng", "Latn"),
    Language("fao", "Latn"),
)
LEMMAS = {
    "hestar": (("hestur",), "attested"),
    "hestunum": (("hestur",), "learned"),
    "bátar": (("bátur",), "attested"),
}


def lemmatize(words: Sequence[str]) -> list[tuple[tuple[str, ...], str]]:
    return [LEMMAS.get(word, ((), "none")) for word in words]


def test_words_are_counted_by_how_they_are_known() -> None:
    text = ["Hestur", "hestar", "hestar", "hestunum", "bátar", "bátar", "geva", ".", "12"]
    found = reach(LEXICON, text, lemmatize)
    assert found.tokens == {"as it stands": 1, "attested": 2, "learned": 1, "unknown": 3}
    assert found.types == {"as it stands": 1, "attested": 1, "learned": 1, "unknown": 2}
    assert found.missing == (("bátur", 2), ("geva", 1))  # one of several words is no entry
    assert found.share == 4 / 7


def test_without_lemmas_words_stand_for_themselves() -> None:
    found = reach(LEXICON, ["hestar", "hestur"])
    assert found.tokens == {"as it stands": 1, "unknown": 1}
    assert reach(LEXICON, []).share == 0.0
