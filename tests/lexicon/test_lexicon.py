from __future__ import annotations

import pytest

from lexexpand.language import Language
from lexexpand.lexicon.entry import Entry, compatible
from lexexpand.lexicon.lexicon import Lexicon

ENGLISH, FAROESE = Language("eng", "Latn"), Language("fao", "Latn")


def entry(
    source: str, target: str, upos: str | None = None, weight: float = 1.0, pack: str = "a", row: int = 1
) -> Entry:
    return Entry(tuple(source.split()), tuple(target.split()), upos, weight, None, pack, row)


@pytest.fixture
def lexicon() -> Lexicon:
    rows = [
        entry("work", "arbeiða", "VERB", 0.5, row=4),
        entry("work", "arbeiði", "NOUN", 0.9, row=3),
        entry("polish", "bóna", "VERB", row=1),
        entry("Polish", "pólskur", "ADJ", row=2),
        entry("give up", "geva upp", row=5),
        entry("give up on", "sleppa", row=6),
    ]
    return Lexicon(rows, ENGLISH, FAROESE)


def targets(found: tuple[Entry, ...]) -> list[str]:
    return [e.target_text for e in found]


def test_entries_stand_in_the_order_of_pack_and_row(lexicon: Lexicon) -> None:
    assert [e.row for e in lexicon] == [1, 2, 3, 4, 5, 6]


def test_the_heaviest_entry_comes_first(lexicon: Lexicon) -> None:
    assert targets(lexicon.look_up("work")) == ["arbeiði", "arbeiða"]


def test_an_exact_match_hides_the_folded_one(lexicon: Lexicon) -> None:
    assert targets(lexicon.look_up("Polish")) == ["pólskur"]
    assert targets(lexicon.look_up("polish")) == ["bóna"]
    assert set(targets(lexicon.look_up("POLISH"))) == {"bóna", "pólskur"}


def test_a_part_of_speech_narrows_the_look_up(lexicon: Lexicon) -> None:
    assert targets(lexicon.look_up("work", "VERB")) == ["arbeiða"]
    assert lexicon.look_up("work", "ADV") == ()
    assert targets(lexicon.look_up("give up", "VERB")) == ["geva upp"]


def test_phrases_are_found_by_their_first_word_the_longest_first(lexicon: Lexicon) -> None:
    assert [e.source for e in lexicon.multiword["give"]] == [("give", "up", "on"), ("give", "up")]
    assert "work" not in lexicon.multiword


def test_a_target_finds_its_sources(lexicon: Lexicon) -> None:
    assert [e.source_text for e in lexicon.look_up_target("sleppa")] == ["give up on"]


def test_a_decomposed_query_finds_a_composed_entry() -> None:
    lexicon = Lexicon([entry("café", "kaffistova")], ENGLISH, FAROESE)
    assert len(lexicon.look_up("cafe\u0301")) == 1


def test_coverage_counts_words_and_names_what_is_missing(lexicon: Lexicon) -> None:
    coverage = lexicon.coverage("Work , work and rest and 7")
    assert (coverage.tokens, coverage.covered) == (5, 2)
    assert coverage.missing == (("and", 2), ("rest", 1))
    assert float(Lexicon([], ENGLISH, FAROESE).coverage("")) == 0.0


def test_an_unknown_part_of_speech_is_compatible_with_any() -> None:
    assert compatible("NOUN", None)
    assert not compatible("NOUN", "VERB")
