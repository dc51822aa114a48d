"""Labels of the source carried over: exact, or not at all (DESIGN 4.6)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

Gold = Callable[..., str]


def pairs(row: dict[str, Any]) -> list[tuple[str, str]]:
    return list(zip(row["tokens"], row["upos"], strict=True))


def spans(row: dict[str, Any]) -> list[tuple[str, str]]:
    """Type and words of each span."""
    return [(s["type"], " ".join(row["tokens"][s["start"] : s["end"]])) for s in row["spans"]]


def test_one_word_for_one_keeps_its_tag(make: Maker, gold: Gold) -> None:
    row = make.row(gold("The/DET light/NOUN shines/VERB ~./PUNCT"), [("light", "ljós")], suffix="conllu")
    assert pairs(row) == [("The", "DET"), ("ljós", "NOUN"), ("shines", "VERB"), (".", "PUNCT")]


def test_several_words_that_agree_become_one_with_their_tag(make: Maker, gold: Gold) -> None:
    entries = [("good morning", "hey"), ("ice cream", "ísur")]
    row = make.row(gold("Ice/NOUN cream/NOUN good/ADJ morning/NOUN"), entries, suffix="conllu")
    assert pairs(row) == [("Ísur", "NOUN"), ("hey", "_")]


def test_of_one_for_several_the_named_head_alone_is_tagged(make: Maker, gold: Gold) -> None:
    forms = "ljós\tljós\tN;NOM;SG\nstórur\tstórur\tADJ;NOM;SG\n"
    tree = gold("a/DET light/NOUN")
    row = make.row(tree, [("light", "NOUN", "stórur ljós")], suffix="conllu", paradigms=forms)
    assert pairs(row) == [("a", "DET"), ("stórur", "_"), ("ljós", "NOUN")]
    row = make.row(tree, [("light", "stórur ljós")], suffix="conllu", paradigms=forms)
    assert pairs(row)[1:] == [("stórur", "_"), ("ljós", "_")], "no part of speech names no head"
    row = make.row(tree, [("light", "NOUN", "stórur ljós")], suffix="conllu")
    assert pairs(row)[1:] == [("stórur", "_"), ("ljós", "_")], "without paradigms nobody knows the head"


def test_many_for_many_carry_no_tag(make: Maker, gold: Gold) -> None:
    row = make.row(gold("good/ADJ morning/NOUN"), [("good morning", "góðan morgun")], suffix="conllu")
    assert pairs(row) == [("góðan", "_"), ("morgun", "_")]


def test_a_discontinuous_phrase_is_tagged_if_its_parts_agree(make: Maker, gold: Gold) -> None:
    tree = gold("turn/VERB it/PRON off/ADP", "turn/VERB it/PRON off/ADV")
    rows = make.rows(tree, [("turn off", "VERB", "sløkkja")], suffix="conllu")
    assert [pairs(row)[0] for row in rows] == [("sløkkja", "_"), ("sløkkja", "_")]


def test_what_a_form_says_does_not_vote(make: Maker, gold: Gold) -> None:
    forms = "hús\thús\tN;INDF;NOM;SG\nhús\thúsið\tN;DEF;NOM;SG\n"
    tree = gold("the/DET house/NOUN/house/Number=Sing stands/VERB")
    row = make.row(tree, [("house", "NOUN", "hús")], suffix="conllu", paradigms=forms, transfer=True)
    assert pairs(row) == [("húsið", "NOUN"), ("stands", "VERB")]
    assert row["alignment"] == [[0, 1], [2]]


def test_guessed_tags_are_no_labels(make: Maker) -> None:
    rows = make.rows("text\tlabel\nThe light shines.\tphysics\n", [("light", "ljós")], suffix="tsv")
    assert set(rows[0]["upos"]) == {"_"}
    assert rows[0]["label"] == "physics"
    assert "NOUN" in rows[0]["source_upos"]


def test_a_source_tag_of_none_stays_none(make: Maker) -> None:
    tree = "1\tlight\tlight\t_\t_\t_\t0\troot\t_\t_\n2\tshines\tshine\tVERB\t_\t_\t1\tdep\t_\t_\n\n"
    (row,) = make.rows(tree, [("light", "ljós")], suffix="conllu", inputs={"analyzer": "lexical"})
    assert row["upos"] == ["_", "VERB"]


def test_plain_text_has_no_label_columns(make: Maker) -> None:
    assert {"upos", "spans", "label", "intent"}.isdisjoint(make.row("light", [("light", "ljós")]))


def test_labels_of_a_text_without_any_cannot_be_asked_for(make: Maker) -> None:
    from lexexpand import Inputs, synthesize

    source = make.write("plain.txt", "light\n")
    inputs = Inputs(lexicons=(str(make.lexicon([("light", "ljós")])),), offline=True)
    with pytest.raises(ConfigError, match="no labels"):
        synthesize("fao_Latn", source, kind="pseudo-labelled", inputs=inputs, out=source.parent / "out")


TAGGED = "turn O\non O\nthe O\nbig B-DEV\nlight I-DEV\nin O\nNew B-LOC\nYork I-LOC\n\n"


def test_spans_are_the_hull_of_their_words(make: Maker) -> None:
    entries = [("big light", "ljós"), ("New York", "PROPN", "Nýggja Jórvík í Amerika"), ("in", "í")]
    row = make.row(TAGGED, entries, suffix="iob2")
    assert spans(row) == [("DEV", "ljós"), ("LOC", "Nýggja Jórvík í Amerika")]
    row = make.row(TAGGED, [("big", "stórt og breitt"), ("light", "ljós")], suffix="iob2")
    assert spans(row) == [("DEV", "stórt og breitt ljós"), ("LOC", "New York")]


def test_spans_that_stand_side_by_side_stay_apart(make: Maker) -> None:
    tagged = "light B-A\nlight B-A\nlight B-B\nlight I-B\n\n"
    row = make.row(tagged, [("light", "ljós bjart"), ("light light", "tey ljós")], suffix="iob2")
    assert [kind for kind, _ in spans(row)] == ["A", "A", "B"]
    bounds = [(s["start"], s["end"]) for s in row["spans"]]
    assert bounds[0][0] == 0
    assert all(end == start for (_, end), (start, _) in itertools.pairwise(bounds))
    assert bounds[-1][1] == len(row["tokens"])


def test_a_phrase_around_a_span_is_no_part_of_it(make: Maker) -> None:
    tagged = "turn O\nthe B-DEV\nlight I-DEV\noff O\nnow O\n\n"
    row = make.row(tagged, [("turn off", "VERB", "sløkkja"), ("light", "ljós")], suffix="iob2")
    assert spans(row) == [("DEV", "the ljós")]
    assert row["text"] == "sløkkja the ljós now"


def test_a_span_that_comes_apart_takes_its_sentence_along(make: Maker) -> None:
    """A particle inside a span, its verb in the same span, and a word of another between: cannot be said."""
    tagged = "turn B-ACT\nthe O\nlight O\noff O\n\nsee O\nit O\n\n"
    corpus = make(tagged, [("turn off", "VERB", "sløkkja"), ("see", "síggja")], suffix="iob2")
    texts = [row["text"] for row in corpus.rows()]
    assert (
        "turn the light off" in texts or len(texts) + corpus.card["dropped"].get("a span came apart", 0) == 2
    )
    assert len(corpus) + sum(corpus.card["dropped"].values()) == corpus.card["source"]["sentences"]
    for row in corpus.rows():
        assert len(row["spans"]) == (1 if "ACT" in str(row["spans"]) else 0)


def test_what_a_form_says_is_not_taken_out_of_its_span(make: Maker) -> None:
    forms = "hús\thús\tN;INDF;NOM;SG\nhús\thúsið\tN;DEF;NOM;SG\n"
    entries = [("house", "NOUN", "hús")]
    outside = "see O\nthe O\nhouse B-X\n\n"
    row = make.row(outside, entries, suffix="iob2", paradigms=forms, transfer=True)
    assert spans(row) == [("X", row["tokens"][-1])]
    assert row["alignment"][-1] == [1, 2], "the article is said by the noun, and takes no part in its span"
    inside = "see O\nthe B-X\nhouse I-X\n\n"
    row = make.row(inside, entries, suffix="iob2", paradigms=forms, transfer=True)
    assert spans(row) == [("X", "húsið")]
    assert row["alignment"][-1] == [1, 2]
    alone = "see O\nthe B-X\nhouse O\n\n"
    row = make.row(alone, entries, suffix="iob2", paradigms=forms, transfer=True)
    assert spans(row) == [("X", "the")], "a label keeps its word"


@pytest.mark.parametrize("mark", ["# text = ", "# text: "])
def test_intents_and_slots_in_both_layouts(make: Maker, mark: str) -> None:
    utterance = (
        f"{mark}Turn the light off now?\n# intent{mark[6:]}light/off\n# slots: 9:14:device\n"
        "1\tTurn\tlight/off\tO\n2\tthe\tlight/off\tO\n3\tlight\tlight/off\tB-device\n"
        "4\toff\tlight/off\tO\n5\tnow\tlight/off\tB-datetime\n6\t?\tlight/off\tO\n\n"
    )
    entries = [("turn off", "VERB", "sløkkja"), ("light", "ljós"), ("now", "í løtuni")]
    row = make.row(utterance, entries, suffix="xsid")
    assert row["intent"] == "light/off"
    assert spans(row) == [("device", "ljós"), ("datetime", "í løtuni")]
    assert row["text"] == "Sløkkja the ljós í løtuni?"
    assert row["alignment"][:2] == [[0, 3], [1]]


def test_labels_of_tables_pass(make: Maker) -> None:
    table = 'text,label\n"The light, it shines.",sun\nLight off!,moon\n'
    rows = make.rows(table, [("light", "ljós")], suffix="csv")
    assert [row["label"] for row in rows] == ["sun", "moon"]
    assert all(row["intent"] is None and row["spans"] is None for row in rows)


def test_labels_stay_with_their_row_when_rows_are_dropped(make: Maker) -> None:
    table = "text\tlabel\n" + "".join(f"{'light' if i % 3 else 'the'} {i}\tL{i}\n" for i in range(60))
    rows = make.rows(table, [("light", "ljós")], suffix="tsv", min_coverage=0.5)
    assert len(rows) == 40
    assert all(row["label"] == "L" + row["source_tokens"][1] for row in rows)


WORDS = st.sampled_from(
    ["turn", "off", "the", "light", "good", "morning", "New", "York", "run", "up", "it", "on"]
)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    sentences=st.lists(
        st.lists(st.tuples(WORDS, st.integers(0, 4)), min_size=1, max_size=9), min_size=1, max_size=12
    ),
    transfer=st.booleans(),
    variants=st.integers(1, 2),
)
def test_spans_stay_well_formed_whatever_is_said(
    make: Maker, sentences: list[list[tuple[str, int]]], transfer: bool, variants: int
) -> None:
    tagged = ""
    for sentence in sentences:
        before = "O"
        for word, choice in sentence:
            tag = "O" if choice < 2 else f"B-{'ABC'[choice - 2]}"
            if choice == 1 and before != "O":
                tag = "I-" + before[2:]
            tagged += f"{word}\t{tag}\n"
            before = tag
        tagged += "\n"
    entries = [
        ("turn off", "VERB", "sløkkja"),
        ("light", "ljós"),
        ("light", "bjart ljós"),
        ("good morning", "góðan morgun"),
        ("good morning", "hey"),
        ("New York", "Nýggja Jórvík"),
        ("run up", "leypa"),
        ("the light", "tað ljós"),
    ]
    corpus = make(tagged, entries, suffix="iob2", transfer=transfer, variants=variants)
    kept = list(corpus.rows())
    assert len(kept) + sum(corpus.card["dropped"].values()) == len(sentences) * variants
    for row in kept:
        number = int(row["id"].split(":")[1])
        wanted = expected(sentences[number])
        assert [s["type"] for s in row["spans"]] == [kind for kind, _ in wanted]
        for span, (_, inside) in zip(row["spans"], wanted, strict=True):
            assert 0 <= span["start"] < span["end"] <= len(row["tokens"])
            hull = {i for links in row["alignment"][span["start"] : span["end"]] for i in links}
            # A word that was left out beside a copied word ("to turn") is aligned to nothing.
            aligned = {i for links in row["alignment"] for i in links}
            words = [word for word, _ in sentences[number]]
            # "the [light]": where the noun says the article, its form is of both words, and labelled.
            articles = {i - 1 for i in inside if i and words[i - 1] == "the"}
            assert inside & aligned <= hull, "a span holds all of its own words"
            assert hull <= inside | articles, "and no other"


def expected(sentence: list[tuple[str, int]]) -> list[tuple[str, set[int]]]:
    """Type and tokens of each span."""
    found: list[tuple[str, set[int]]] = []
    is_open = False
    for index, (_, choice) in enumerate(sentence):
        if choice >= 2:
            found.append(("ABC"[choice - 2], {index}))
            is_open = True
        elif choice == 1 and is_open:
            found[-1][1].add(index)
        else:
            is_open = False
    return found
