from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.language import Language
from lexexpand.lexicon.cleaning import Clean
from lexexpand.lexicon.merging import Part, merge
from lexexpand.lexicon.report import CleaningReport
from lexexpand.lexicon.weights import mined_weights
from lexexpand.resources.use import PackUse

if TYPE_CHECKING:
    import random

    from lexexpand.lexicon.lexicon import Lexicon

ENGLISH, FAROESE = Language("eng", "Latn"), Language("fao", "Latn")
Pair = tuple[str, str | None, str]


def cleans(*pairs: Pair, notes: tuple[str, ...] = ()) -> list[Clean]:
    padded = [*notes, *[""] * len(pairs)]
    return [
        Clean(tuple(source.split()), tuple(target.split()), upos, padded[i], i + 1, 1.0, 0)
        for i, (source, upos, target) in enumerate(pairs)
    ]


def part(name: str, *pairs: Pair, quality: float = 1.0, is_reversed: bool = False) -> Part:
    found = cleans(*pairs)
    use = PackUse(name, "1", "CC0-1.0", (name * 4,), len(found))
    return Part(use, found, CleaningReport(len(found), len(found)), quality, is_reversed)


def merged(*parts: Part) -> Lexicon:
    return merge(parts, ENGLISH, FAROESE)


CURATED = part("curated", ("dog", None, "hundur"), ("work", None, "arbeiði"))
MINED = part("mined", ("dog", "NOUN", "hundur"), ("dog", "NOUN", "rakki"), quality=0.3, is_reversed=True)


def test_what_two_packs_say_becomes_one_heavier_entry() -> None:
    dog, _ = merged(CURATED, MINED).look_up("dog")
    assert (dog.target_text, dog.upos, dog.pack, dog.row) == ("hundur", "NOUN", "curated", 1)
    assert dog.weight == pytest.approx(1.5 * 1.3)


def test_a_curated_translation_outweighs_a_mined_one() -> None:
    lexicon = merged(
        part("curated", ("big", None, "stórur")), part("mined", ("big", None, "mikil"), quality=0.3)
    )
    assert [e.target_text for e in lexicon.look_up("big")] == ["stórur", "mikil"]


def test_two_parts_of_speech_stay_two_entries() -> None:
    lexicon = merged(
        part("a", ("love", "NOUN", "elska"), ("love", "VERB", "elska")), part("b", ("love", None, "elska"))
    )
    assert {(e.upos, e.pack) for e in lexicon.look_up("love")} == {("NOUN", "a"), ("VERB", "a")}


def test_a_part_of_speech_is_taken_from_the_word_where_packs_agree() -> None:
    mined = part("mined", ("labour", "NOUN", "arbeiði"), quality=0.3)
    assert merged(CURATED, mined).look_up("work")[0].upos == "NOUN"
    torn = part("torn", ("labour", "NOUN", "arbeiði"), ("toil", "VERB", "arbeiði"), quality=0.3)
    assert merged(CURATED, torn).look_up("work")[0].upos is None


def test_the_report_counts_what_was_merged() -> None:
    lexicon = merged(CURATED, MINED)
    assert (len(lexicon), lexicon.report.kept, lexicon.report.merged) == (3, 4, 1)
    assert [use.pack for use in lexicon.sources] == ["curated", "mined"]


def test_a_headword_of_one_gloss_is_likelier_than_one_of_many() -> None:
    found = cleans(
        ("dog", None, "ketta"), ("cat", None, "ketta"), ("pet", None, "ketta"), ("dog", None, "hundi")
    )
    weights = mined_weights(found, 0.3)
    assert weights[3] == 0.3 > weights[0]


def test_a_labelled_sense_and_an_unknown_word_weigh_less() -> None:
    found = cleans(("dog", None, "hundur"), ("dog", None, "rakkin"), notes=("", "archaic"))
    assert mined_weights(found, 1.0)[1] < 0.2
    known = mined_weights(cleans(("dog", None, "hundi"), ("dog", None, "rakki")), 1.0, {("rakki",): 3})
    assert known[1] > known[0]


def test_later_translations_of_a_curated_word_weigh_less() -> None:
    lexicon = merged(part("a", ("very", None, "sera"), ("very", None, "ógvuliga"), ("very", None, "avbera")))
    assert [e.weight for e in lexicon.look_up("very")] == [1.0, 0.9, 0.6]


PAIRS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c d"]),
        st.sampled_from([None, "NOUN", "VERB"]),
        st.sampled_from(["x", "y", "z w"]),
    ),
    max_size=6,
)


@given(PAIRS, PAIRS, PAIRS, st.randoms())
def test_merging_does_not_depend_on_the_order(
    one: list[Pair], two: list[Pair], three: list[Pair], shuffle: random.Random
) -> None:
    parts = [part("one", *one), part("two", *two), part("three", *three, quality=0.3, is_reversed=True)]
    first = merged(*parts)
    shuffle.shuffle(parts)
    assert merged(*parts).entries == first.entries


@given(PAIRS)
def test_every_pair_survives_and_none_appears(pairs: list[Pair]) -> None:
    lexicon = merged(part("one", *pairs))
    assert {(e.source_text, e.target_text) for e in lexicon} == {(s, t) for s, _, t in pairs}
    assert all(e.weight > 0 for e in lexicon)
