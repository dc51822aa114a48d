"""Which words of the source are rendered together, and by which entry?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

Gold = Callable[..., str]


def test_the_longest_phrase_wins(make: Maker) -> None:
    entries = [
        ("good", "góður"),
        ("morning", "morgun"),
        ("good morning", "góðan morgun"),
        ("good morning all", "hey"),
    ]
    row = make.row("good morning all and good morning and good", entries)
    assert row["text"] == "hey and góðan morgun and góður"
    assert row["match"] == ["multiword", "untranslated", "multiword", "multiword", "untranslated", "exact"]
    assert row["alignment"] == [[0, 1, 2], [3], [4, 5], [4, 5], [6], [7]]


def test_of_overlapping_phrases_the_longer_then_the_left_one_wins(make: Maker) -> None:
    entries = [("red wine", "AB"), ("wine glass shop", "BCD"), ("red", "a"), ("wine", "b"), ("glass", "c")]
    assert make.text("red wine glass shop", entries) == "a BCD"
    entries = [("red wine", "ab"), ("wine glass", "bc"), ("glass", "c")]
    assert make.text("red wine glass", entries) == "ab c"


def test_a_phrase_is_found_by_its_lemmas(make: Maker, gold: Gold) -> None:
    tree = gold("She/PRON gave/VERB/give it/PRON up/ADV ~./PUNCT", "They/PRON give/VERB up/ADV ~./PUNCT")
    rows = make.rows(tree, [("give up", "geva upp")], suffix="conllu")
    assert [row["text"].strip() for row in rows] == ["She geva upp it.", "They geva upp."]
    assert rows[0]["alignment"] == [[0], [1, 3], [1, 3], [2], [4]]


def test_a_phrase_ends_with_its_sentence(make: Maker) -> None:
    rows = make.rows("all is good\nmorning light", [("good morning", "góðan morgun"), ("light", "ljós")])
    assert [row["text"] for row in rows] == ["all is good", "morning ljós"]


@pytest.mark.parametrize("case", ["Turn the light off.", "Turn the old light off.", "turn it off."])
def test_a_verb_and_its_particle_may_stand_apart(make: Maker, case: str) -> None:
    row = make.row(case, [("turn off", "VERB", "sløkkja"), ("light", "NOUN", "ljós")])
    source = row["source_tokens"]
    assert row["alignment"][0] == [0, source.index("off")]
    assert row["match"][0] == "multiword"
    assert row["text"].endswith((" ljós.", " it.")), "the blank before the particle goes with it"


def test_a_discontinuous_phrase_is_aligned_to_both_its_parts(make: Maker) -> None:
    row = make.row("Turn the light off.", [("turn off", "VERB", "sløkkja"), ("light", "NOUN", "ljós")])
    assert row["text"] == "Sløkkja the ljós."
    assert row["alignment"] == [[0, 3], [1], [2], [4]]


@pytest.mark.parametrize(
    ("sentence", "why"),
    [
        ("Turn/VERB and/CCONJ go/VERB off/ADP ~./PUNCT", "a verb stands between"),
        ("Turn/VERB it/PRON ~,/PUNCT off/ADP ~./PUNCT", "punctuation stands between"),
        ("Turn/VERB it/PRON off/ADP the/DET road/NOUN", "the particle opens a noun phrase of its own"),
        ("Turn/VERB at/ADP it/PRON off/ADP", "an adposition stands between"),
        ("Turn/NOUN the/DET light/NOUN off/ADP", "what looks like the verb is a noun"),
        ("Turn/VERB the/DET big/ADJ old/ADJ light/NOUN off/ADP", "too far away"),
    ],
)
def test_where_a_phrase_may_not_reach(make: Maker, gold: Gold, sentence: str, why: str) -> None:
    entries = [("turn off", "VERB", "sløkkja")]
    row = make.row(gold(sentence), entries, suffix="conllu")
    assert "multiword" not in row["match"], why


def test_the_gap_is_as_long_as_the_knob_says(make: Maker) -> None:
    entries = [("turn off", "VERB", "sløkkja")]
    for gap, found in ((0, False), (1, False), (2, True)):
        row = make.row("Turn the light off.", entries, max_gap=gap)
        assert ("multiword" in row["match"]) is found
    assert "multiword" in make.row("Turn off!", entries, max_gap=0)["match"]


def test_phrases_do_not_cross_the_borders_of_spans(make: Maker) -> None:
    tagged = "New B-LOC\nYork I-LOC\nTimes O\nsay O\nso O\n\nYork O\nTimes O\nsay O\n\n"
    rows = make.rows(tagged, [("york times", "tíðindi"), ("say", "siga")], suffix="iob2", names=False)
    assert rows[0]["text"] == "New York Times siga so"
    assert rows[1]["text"].split()[-2:] == ["tíðindi", "siga"] or rows[1]["text"] == "Tíðindi siga"
    whole = "New B-LOC\nYork I-LOC\nTimes I-LOC\nsay O\n\n"
    row = make.row(whole, [("york times", "tíðindi")], suffix="iob2", names=False)
    assert "multiword" in row["match"]


def test_exact_before_folded_before_lemma(make: Maker) -> None:
    entries = [("Lights", "A"), ("lights", "B"), ("light", "C")]
    row = make.row("the Lights the LIGHTS the lights", entries, casing=False)
    assert [m for m in row["match"] if m != "untranslated"] == ["exact", "folded", "exact"]
    row = make.row("the lights", [("light", "C")])
    assert row["match"] == ["untranslated", "lemma"]


def test_a_part_of_speech_that_contradicts_is_no_match_by_lemma(make: Maker, gold: Gold) -> None:
    tree = gold("He/PRON saw/VERB/see it/PRON")
    row = make.row(tree, [("saw", "NOUN", "sag"), ("see", "VERB", "síggja")], suffix="conllu")
    assert row["match"][1] == "lemma"
    assert row["tokens"][1] == "síggja"
    row = make.row(gold("They/PRON houses/VERB/house it/PRON"), [("house", "NOUN", "hús")], suffix="conllu")
    assert row["match"][1] == "untranslated"


def test_agreeing_entries_go_before_others_of_the_same_key(make: Maker, gold: Gold) -> None:
    entries = [("light", "ADJ", "lættur", "5"), ("light", "NOUN", "ljós"), ("light", "VERB", "lýsa", "5")]
    rows = make.rows(gold(*["the/DET light/NOUN"] * 50), entries, suffix="conllu")
    assert {row["tokens"][1] for row in rows} == {"ljós"}


def test_names_stay_unless_the_lexicon_has_them_as_names(make: Maker, gold: Gold) -> None:
    tree = gold("Then/ADV Bill/PROPN paid/VERB/pay the/DET bill/NOUN in/ADP Paris/PROPN")
    entries = [("bill", "NOUN", "rokning"), ("Paris", "PROPN", "París")]
    row = make.row(tree, entries, suffix="conllu")
    assert row["text"].strip() == "Then Bill paid the rokning in París"
    assert row["match"] == [
        "untranslated",
        "name",
        "untranslated",
        "untranslated",
        "exact",
        "untranslated",
        "exact",
    ]
    row = make.row(tree, entries, suffix="conllu", names=False)
    assert row["match"][-1] == "name"


def test_numbers_addresses_and_signs_are_copied(make: Maker) -> None:
    row = make.row(
        "See http://x.org/see or me@x.org: 3,000 & 12:30, #see 50%.", [("see", "síggja"), ("x", "eks")]
    )
    kept = dict(zip(row["tokens"], row["match"], strict=True))
    assert kept["http://x.org/see"] == "copied"
    assert kept["3,000"] == kept["12:30"] == "number"
    assert row["text"] == "Síggja http://x.org/see or me@x.org: 3,000 & 12:30, #see 50%."


@pytest.mark.parametrize("key", ["don't", "o'clock", "well-known", "e.g.", "U.S.", "rock 'n' roll"])
def test_keys_are_cut_as_the_text_is(make: Maker, key: str) -> None:
    assert "til" in make.row(f"so {key} it", [(key, "til")])["tokens"]


@pytest.mark.parametrize(
    ("knob", "text", "entries", "wanted"),
    [
        ("multiword", "good morning", [("good morning", "hey"), ("good", "góður")], "góður morning"),
        ("lemma", "the houses", [("house", "hús")], "the houses"),
        ("folded", "the HOUSE", [("house", "hús")], "the HOUSE"),
        ("casing", "Turn it", [("turn", "snúgv")], "snúgv it"),
    ],
)
def test_each_ingredient_may_be_off(
    make: Maker, knob: str, text: str, entries: list[tuple[str, str]], wanted: str
) -> None:
    others = {"lemma": False} if knob == "folded" else {}
    assert make.text(text, entries, **{knob: False}, **others) == wanted  # type: ignore[arg-type]
    assert make.text(text, entries) != wanted


def test_definitions_are_no_translations(make: Maker) -> None:
    entries = [("light", "ein ting sum lýsir upp"), ("light", "ljós")]
    assert make.text("a light", entries, max_target_words=3, senses="first") == "a ljós"
    assert make.text("a light", entries[:1], max_target_words=3) == "a light"


def test_an_empty_match_is_counted_as_untranslated(make: Maker) -> None:
    corpus = make("zebra zebra lion light", [("light", "ljós")])
    assert [(m["lemma"], m["count"]) for m in corpus.card["missed"]] == [("zebra", 2), ("lion", 1)]
