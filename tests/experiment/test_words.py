"""The published word translation, as its description has it, and what differs."""

from __future__ import annotations

from random import Random

from lexexpand.experiment.words import plain_text, translate, translate_all, translations
from lexexpand.language import Language
from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.lexicon import Lexicon

TABLE = {"house": (("hús",),), "today": (("í", "dag"),), "old": (("gamal",), ("forn",))}


def of(*words: str) -> tuple[str, ...]:
    return translate(words, TABLE, Random(1)).words


def test_a_word_is_looked_up_exactly_as_it_stands() -> None:
    assert of("house", "House", "houses") == ("hús", "House", "houses")


def test_phrases_of_the_dictionary_match_no_token() -> None:
    entries = [Entry(("give", "up"), ("geva", "upp")), Entry(("give",), ("geva",))]
    lexicon = Lexicon(entries, Language("eng", "Latn"), Language("fao", "Latn"))
    assert translations(lexicon) == {"give": (("geva",),)}


def test_senses_are_drawn_uniformly_and_a_seed_repeats_them() -> None:
    many = [("old",)] * 2000
    first = [made.words for made in translate_all(many, TABLE, 13)]
    assert first == [made.words for made in translate_all(many, TABLE, 13)]
    assert 900 < first.count(("forn",)) < 1100


def test_a_span_goes_on_over_a_translation_of_several_words() -> None:
    made = translate(("today", "old", "house"), TABLE, Random(1))
    assert made.carry_tags(("B-TIME", "I-TIME", "O"))[:3] == ("B-TIME", "I-TIME", "I-TIME")
    assert made.carry_tags(("O", "O", "O")) == ("O", "O", "O", "O")


def test_of_several_words_the_first_carries_the_part_of_speech() -> None:
    made = translate(("house", "today"), TABLE, Random(1))
    assert made.words == ("hús", "í", "dag")
    assert made.carry_upos(("NOUN", "ADV")) == ("NOUN", "ADV", "_")


def test_plain_text_needs_three_substitutions() -> None:
    few, enough = ("house", "today", "x"), ("house", "today", "old")
    assert len(list(plain_text([few, enough], TABLE, 1))) == 1
