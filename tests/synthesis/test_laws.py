"""What holds for every row, whatever goes in."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from lexexpand.errors import DataError
from lexexpand.language import default_source
from lexexpand.text.tokenizer import tokenizer_for

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

# Every example makes a corpus: few of them, each of many lines, and none made smaller.
SMALL = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)

WORDS = [
    "the",
    "the",
    "a",
    "to",
    "did",
    "'s",
    "light",
    "house",
    "houses",
    "House",
    "HOUSE",
    "turn",
    "Turn",
    "turned",
    "off",
    "up",
    "on",
    "good",
    "morning",
    "Good",
    "MORNING",
    "don't",
    "can't",
    "I",
    "I'm",
    "John's",
    "Monday",
    "run",
    "ran",
    "running",
    "Paris",
    "we'll",
    "well-known",
    "e-mail",
    "O'Neill",
    "U.S.",
    "naïve",
    "Zoë",
    "IJs",
    "iPhone",
    "McDonald",
    "ǆep",
    "1,000.50",
    "3rd",
    "1990s",
    "http://x.org/a?b=c",
    "me@x.org",
    "#tag",
    "@you",
    "50%",
    "&",
    "$5",
    "12:30",
    "שלום",
    "مرحبا",
    "नमस्ते",
    "日本",
    "ʻokina",
]
MARKED = ["cafe\u0301", "o\u0323\u0302", "👩‍👩‍👧", "🇫🇴", "می‌خواهم", "क्‍ष", "x\u200bz", "e\u0301\u0302"]
MARKS = [".", ",", "!", "?", "...", "—", "“", "”", "(", ")", "'", '"', ";", "…", "?!"]
GAPS = [" ", " ", " ", " ", "  ", "\t", "\u00a0", "\u2009", " \t ", "\u3000", "\u2028", "\x0b", "\x0c"]

word = st.sampled_from(WORDS + MARKED)
piece = st.one_of(
    word, word, word, st.builds(str.__add__, word, st.sampled_from(MARKS)), st.sampled_from(MARKS)
)
EDGE = st.sampled_from(["", "", "", " ", "\t", "\u00a0 "])


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line of text with odd white space."""
    pieces = draw(st.lists(piece, min_size=1, max_size=12))
    text = draw(EDGE) + pieces[0]
    for following in pieces[1:]:
        text += draw(st.sampled_from(GAPS)) + following
    return text + draw(EDGE)


# Any text at all, but for line ends, which end a sentence, and NUL and surrogates, which are no text.
anything = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r"), min_size=1, max_size=40
).filter(lambda text: bool(text.strip()))
KEYS = [
    *["light", "house", "houses", "turn", "off", "up", "good", "morning", "don't", "run", "Monday", "I"],
    "turn off",
    "turn up",
]
KEYS += ["good morning", "the house", "run up", "light house", "don't run", "off good morning"]
TARGETS = {
    "fao_Latn": ["ljós", "hús", "góðan morgun", "sløkkja", "Ávegis", "á ʻokina tí", "ǆep", "ı"],
    "tur_Latn": ["ışık", "ev", "iyi günler", "İzmir", "kapat"],
    "arb_Arab": ["ضوء", "بيت", "صباح الخير"],
    "tha_Thai": ["ไฟ", "บ้าน", "สวัสดี ตอนเช้า"],
    "bod_Tibt": ["སྒྲོན", "ཁང་པ", "བཀྲ་ཤིས བདེ"],
    "hin_Deva": ["रोशनी", "घर", "सुप्रभात जी"],
}
entries = {
    language: st.lists(
        st.tuples(st.sampled_from(KEYS), st.sampled_from(["", "NOUN", "VERB"]), st.sampled_from(targets)),
        min_size=1,
        max_size=12,
    )
    for language, targets in TARGETS.items()
}


@SMALL
@pytest.mark.parametrize("language", TARGETS)
@given(data=st.data())
def test_every_row_keeps_every_law(make: Maker, language: str, data: st.DataObject) -> None:
    text = data.draw(st.lists(lines(), min_size=1, max_size=25))
    lexicon = data.draw(entries[language])
    rows = make.rows(
        "\n".join(text), lexicon, language, senses=data.draw(st.sampled_from(["first", "sample"]))
    )
    assert [row["source_text"] for row in rows] == [unicodedata.normalize("NFC", line) for line in text]


@SMALL
@pytest.mark.parametrize("language", ["fao_Latn", "hin_Deva"])
@given(data=st.data())
def test_every_row_keeps_every_law_where_words_are_dropped(
    make: Maker, language: str, data: st.DataObject
) -> None:
    text = data.draw(st.lists(lines(), min_size=1, max_size=25))
    rows = make.rows("\n".join(text), data.draw(entries[language]), language, transfer=True)
    assert [row["source_text"] for row in rows] == [unicodedata.normalize("NFC", line) for line in text]


@pytest.mark.parametrize(
    "text", ["the a quickly", "see the a quickly go", "the to go", "the did see", "The the the."]
)
def test_dropped_words_in_a_row_are_aligned_to_what_stays(make: Maker, text: str) -> None:
    make.rows(text, [("see", "घर"), ("go", "रोशनी")], "hin_Deva", transfer=True)


@SMALL
@given(text=st.lists(anything, min_size=1, max_size=20))
@example(
    text=[
        "\u0301a b",
        "a\u0301\u0323",
        "\u200d\u200d",
        "\ufeffx",
        "\u061c\u202ea\u202c",
        "\u1100\u1161\u11a8",
    ]
)
def test_any_text_goes_through(make: Maker, text: list[str]) -> None:
    rows = make.rows("x\n" + "\n".join(text), [("light", "ljós"), ("a", "ein"), ("b", "bí")])
    wanted = [unicodedata.normalize("NFC", line) for line in text]
    assert [row["source_text"] for row in rows][1:] == wanted


def identity(text: list[str]) -> list[tuple[str, str]]:
    """Every word translates to itself, but for the parts of contractions (below)."""
    words: set[str] = set()
    for tokens in tokenizer_for(default_source()).cut(text):
        words |= {w for w, after in zip(tokens, (*tokens[1:], ""), strict=True) if "'" not in w + after}
    return [(w, w) for w in sorted(words) if w.isascii() and w.isalpha()] or [("x", "x")]


@SMALL
@given(text=st.lists(lines(), min_size=1, max_size=25))
@example(text=["Turn\tthe  light off. ", "\u00a0HOUSE house House (iPhone)  cafe\u0301  👩‍👩‍👧 مرحبا!"])
@example(text=['" iPhone . good'])
def test_an_identity_lexicon_gives_the_source_back(make: Maker, text: list[str]) -> None:
    rows = make.rows("\n".join(text), identity(text), "ltz_Latn", lemma=False, folded=False)
    assert [row["text"] for row in rows] == [unicodedata.normalize("NFC", line) for line in text]


def test_an_identity_lexicon_gives_contractions_back(make: Maker) -> None:
    text = "I don't say that John's dog can't, we'll see; they'd've gone."
    parts = [(w, w) for w in ("do", "ca", "John", "we", "'ll", "n't", "'s", "dog", "they", "I")]
    assert make.text(text, parts, "ltz_Latn") == text


def test_an_identity_phrase_gives_a_contraction_back(make: Maker) -> None:
    text = "I don't say, DON'T do it. Don't!"
    assert make.text(text, [("don't", "don't"), ("it", "it")], "ltz_Latn") == text


def test_without_a_match_all_is_copied(make: Maker) -> None:
    text = "Turn  the light\toff, Zoë — 3rd\u00a0time!"
    row = make.row(text, [("zebra", "zebra")])
    assert row["text"] == text
    assert row["coverage"] == 0
    assert row["alignment"] == [[i] for i in range(len(row["source_tokens"]))]


def test_a_lexicon_of_no_entries_is_an_error(make: Maker) -> None:
    with pytest.raises(DataError, match="no entries"):
        make("Good morning.", "source\ttarget\n")


def test_a_lexicon_of_one_entry_works(make: Maker) -> None:
    assert make.text("The light is on.", [("light", "ljós")]) == "The ljós is on."


def test_an_entry_may_translate_to_itself(make: Maker) -> None:
    row = make.row("The radio is on.", [("radio", "radio")])
    assert row["match"][1] == "exact"
    assert row["coverage"] > 0


def test_an_entry_that_translates_to_nothing_renders_nothing(make: Maker) -> None:
    row = make.row("The light is on.", "source\ttarget\nlight\t\nis\ter\n")
    assert row["text"] == "The light er on."


def test_cyclic_and_missing_lemmas_do_no_harm(make: Maker) -> None:
    tree = (
        "1\ta\tb\tNOUN\t_\t_\t0\troot\t_\t_\n2\tb\ta\tNOUN\t_\t_\t1\tdep\t_\t_\n"
        "3\tc\t_\tNOUN\t_\t_\t1\tdep\t_\t_\n4\td\td\t_\t_\t_\t1\tdep\t_\t_\n\n"
    )
    rows = make.rows(tree, [("a", "ein"), ("b", "tvey"), ("d", "tey")], suffix="conllu")
    assert rows[0]["text"].rstrip() == "ein tvey c tey"
    paradigms = "ein\ttvey\tN;PL\ntvey\tein\tN;PL\n"
    plural = "1\ta\ta\tNOUN\t_\tNumber=Plur\t0\troot\t_\t_\n\n"
    assert make.text(plural, [("a", "ein")], suffix="conllu", paradigms=paradigms).rstrip() == "tvey"


def test_ids_name_source_sentence_and_variant(make: Maker) -> None:
    rows = make.rows("A light.\nB light.\n", [("light", "ljós"), ("light", "birta")], variants=2)
    digest = rows[0]["id"].split(":")[0]
    assert len(digest) == 8
    assert len({row["id"] for row in rows}) == len(rows)
    assert all(row["id"].split(":")[0] == digest for row in rows)


def test_a_corpus_verifies(make: Maker) -> None:
    assert (
        make("Turn the light off.\nGood morning!", [("turn off", "sløkkja"), ("light", "ljós")]).verify()
        == []
    )
