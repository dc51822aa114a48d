"""From words to walks and back: letters, alignment, actions, arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.morphology.learned import letters
from lexexpand.morphology.learned.actions import COPY, PASS, STOP, Alphabet, actions, spell
from lexexpand.morphology.learned.affixes import Affixes
from lexexpand.morphology.learned.align import align
from lexexpand.morphology.learned.hallucinate import hallucinate
from lexexpand.morphology.learned.walks import bundle_rows, features_of, paths_of, walkable

FAROESE = [
    ("hestur", "hestanna"),
    ("dagur", "dagarnar"),
    ("bátur", "bátanna"),
    ("tala", "talaði"),
    ("kalla", "kallaði"),
    ("ganga", "gekk"),
]
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Co", "Cc"]), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("ά", "α\u0301"),
        ("ለመ", "ለ\ue000መ\ue000"),
        ("ሉሙ", "ለ\ue001መ\ue001"),
        ("かき", "\ue101\ue000\ue101\ue001"),
        ("書く", "書\ue101\ue002"),
        ("\ud55c", "\u1112\u1161\u11ab"),
        ("hestur", "hestur"),
    ],
)
def test_what_inflection_moves_is_a_letter(word: str, parts: str) -> None:
    assert letters.split(word) == parts
    assert letters.join(parts) == word


def test_the_order_of_marks_stays() -> None:
    arabic = "كَحَّل"  # shadda before fatha would be what normalisation makes of it
    assert letters.join(letters.split(arabic)) == arabic


def test_parts_that_fit_nothing_stay_out() -> None:
    assert letters.join("a\ue003b") == "ab"
    assert not letters.are_kept(["e\u0301"])  # composed it would be another string


@given(WORDS)
def test_splitting_words_of_composed_characters_loses_nothing(word: str) -> None:
    import unicodedata

    composed = unicodedata.normalize("NFC", word)
    if letters.are_kept([composed]):
        assert letters.join(letters.split(composed)) == composed
    else:  # only where something decomposes to what composes otherwise
        assert any(unicodedata.combining(c) or unicodedata.normalize("NFD", c) != c for c in composed)


def test_stems_are_copied_and_endings_exchanged() -> None:
    alphabet = Alphabet.of((lemma, "", form) for lemma, form in FAROESE)
    walk = actions(align(FAROESE)[0], alphabet.numbers())
    assert walk is not None
    taken, places = walk
    assert taken[:4] == [COPY] * 4
    assert taken[-3:] == [PASS, PASS, STOP]
    assert places[:5] == [0, 1, 2, 3, 4]
    assert spell("hestur", taken, alphabet) == "hestanna"


def test_what_is_learned_of_one_stem_holds_for_another() -> None:
    alphabet = Alphabet.of((lemma, "", form) for lemma, form in FAROESE)
    walk = actions(align(FAROESE)[0], alphabet.numbers())
    assert walk is not None
    assert spell("fuglur", walk[0], alphabet) == "fuglanna"


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=6))
def test_every_form_is_a_walk_along_its_lemma(pairs: list[tuple[str, str]]) -> None:
    alphabet = Alphabet.of(((lemma, "", form) for lemma, form in pairs), least=1)
    for (lemma, form), path in zip(pairs, align(pairs), strict=True):
        assert "".join(old for old, _ in path) == lemma
        assert "".join(new for _, new in path) == form
        walk = actions(path, alphabet.numbers())
        assert walk is not None
        assert spell(lemma, walk[0], alphabet) == form


def test_a_form_whose_letters_have_no_number_is_left_out() -> None:
    triples = [(lemma, "N;PL", form) for lemma, form in FAROESE]
    data = walkable([*triples, ("hestur", "N;PL", "hestœ")])
    assert len(data) == len(FAROESE)


def test_features_in_brackets_keep_what_stands_before() -> None:
    assert features_of("V;IND;NOM(1,SG)") == ["V", "IND", "NOM", "NOM(1", "NOM(SG"]
    assert features_of("N;ACC;PL") == ["N", "ACC", "PL"]


def test_bundles_are_rows_of_ones_and_unknown_features_have_none() -> None:
    rows = bundle_rows(["N;PL", "N;DU"], ("N", "PL", "SG"))
    assert rows.tolist() == [[1, 1, 0], [1, 0, 0]]
    assert rows.dtype == np.float32


def test_invented_stems_keep_the_endings_and_sound_like_the_language() -> None:
    triples = [(lemma, "N;PL", form) for lemma, form in FAROESE]
    paths = paths_of(triples)
    made, made_paths = hallucinate(triples, paths, 20, seed=3)
    assert 0 < len(made) <= 20
    assert not {lemma for lemma, _, _ in made} & {lemma for lemma, _ in FAROESE}
    pairs = {pair for lemma, _ in FAROESE for pair in zip(f"#{lemma}", f"{lemma}#", strict=True)}
    for lemma, _, form in made:
        path = made_paths[lemma, form]
        assert ("".join(old for old, _ in path), "".join(new for _, new in path)) == (lemma, form)
        assert set(lemma) <= set("".join(word for word, _ in FAROESE))
    assert sum(set(zip(f"#{x}", f"{x}#", strict=True)) <= pairs for x, _, _ in made) > len(made) / 2
    assert hallucinate(triples, paths, 20, seed=3)[0] == made
    assert hallucinate(triples, paths, 0, seed=3) == ([], {})


def test_words_that_are_held_out_are_not_invented() -> None:
    triples = [(lemma, "N;PL", form) for lemma, form in FAROESE]
    paths = paths_of(triples)
    invented = {lemma for lemma, _, _ in hallucinate(triples, paths, 200, 1)[0]}
    held = set(sorted(invented)[::2])
    assert held
    assert not {lemma for lemma, _, _ in hallucinate(triples, paths, 200, 1, held)[0]} & held


def test_short_stems_are_lengthened() -> None:
    """A hundred Japanese triples: words of two characters alone, from which nothing longer was learned."""
    words = [("厳守", "厳守せず"), ("取得", "取得しない"), ("来航", "来航した")]
    triples = [(lemma, "V;NEG", form) for lemma, form in words]
    made, made_paths = hallucinate(triples, paths_of(triples), 30, seed=3)
    assert len(made) == 30
    assert {len(lemma) for lemma, _, _ in made} == {3, 4, 5, 6}
    for lemma, _, form in made:
        path = made_paths[lemma, form]
        assert ("".join(old for old, _ in path), "".join(new for _, new in path)) == (lemma, form)
        assert form.startswith(lemma)


def test_a_rule_weighs_what_it_explains_of_the_forms_that_it_fits() -> None:
    triples = [(stem, "N;NOM", stem) for stem in ("bato", "kela", "misu")]
    triples += [(stem, "N;ALL", stem + "lle") for stem in ("bato", "kela", "misu", "tora")]
    paths = paths_of(triples)
    affixes = Affixes.of((bundle, paths[lemma, form]) for lemma, bundle, form in triples)
    first, second = affixes.candidates("saralle")
    assert (first.lemma, first.bundle) == ("sara", "N;ALL")
    assert (second.lemma, second.bundle) == ("saralle", "N;NOM")
    assert first.share > 2 * second.share
