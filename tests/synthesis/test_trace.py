"""A row's columns say everything: replaying them gives the text."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexexpand.errors import ConfigError, DataError
from lexexpand.language import parse_language
from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.lexicon import Lexicon
from lexexpand.morphology.inflect import Inflector
from lexexpand.morphology.load import load_paradigms
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.job import Job, Recipe
from lexexpand.synthesis.replay import replay
from lexexpand.synthesis.rows import select_rows
from lexexpand.synthesis.shard import make_rows
from lexexpand.synthesis.trace import cited_entries, explain, explain_rows, place_of, units_of
from lexexpand.text.analysis import Analysis
from lexexpand.text.analyzers import make_analyzer
from lexexpand.text.sentence import Sentence, SentenceSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.language import Language
    from lexexpand.text.corpus import Corpus

ENGLISH = parse_language("eng")
FAROESE = parse_language("fao_Latn")
# Different in what may happen to a text: definite forms, capitals, marks, joiners, case systems.
TARGETS = (
    *["fao_Latn"] * 5,
    "tur_Latn",
    "arb_Arab",
    "hin_Deva",
    "tha_Thai",
    "bod_Tibt",
    "sme_Latn",
    "zho_Hans",
)


class HandMade(Job):
    """A job over entries that a test has made."""

    def __init__(
        self, analysis: Analysis, entries: Sequence[Entry], language: Language, config: SynthConfig
    ) -> None:
        super().__init__(Recipe(analysis.folder, language, config, offline=True))
        self.__dict__["lexicon"] = Lexicon(entries, ENGLISH, language)
        self.__dict__["paradigms"] = paradigms(language)


_loaded: dict[str, Any] = {}


def paradigms(language: Language) -> Any:
    """Those of the starter pack, for its language."""
    if str(language) not in _loaded:
        _loaded[str(language)] = load_paradigms(language, specs=["starter"]) if language == FAROESE else None
    return _loaded[str(language)]


def entry(source: str, target: str, upos: str | None = None, row: int = 1, weight: float = 1.0) -> Entry:
    return Entry(tuple(source.split()), tuple(target.split()), upos, weight, None, "mine", row)


def gold(text: str) -> Sentence:
    """A sentence whose words are analysed as GOLD says."""
    sentence = Sentence.split(text, ENGLISH)
    tokens = []
    for token in sentence.tokens:
        lemma, upos, feats = GOLD.get(token.form, (token.form.lower(), "_", ""))
        tokens.append(replace(token, lemma=lemma, upos=upos, feats=feats or None))
    return replace(sentence, tokens=tuple(tokens))


def rows_of(
    texts: Sequence[str],
    entries: Sequence[Entry],
    language: Language = FAROESE,
    config: SynthConfig | None = None,
) -> tuple[list[dict[str, Any]], Job]:
    """The rows that a lexicon makes of sentences."""
    config = config or SynthConfig()
    source = SentenceSource([gold(text) for text in texts])
    with TemporaryDirectory() as folder:
        analysis = Analysis.build(source, None, make_analyzer("plain", ENGLISH), ENGLISH, Path(folder))
        job = HandMade(analysis, entries, language, config)
        block = analysis.block(0)
        sentence = np.repeat(np.arange(len(block)), config.variants)
        variant = np.tile(np.arange(config.variants), len(block))
        table, _ = make_rows(job, select_rows(block, sentence, variant))
        reachable = job.transformer.compiled.reachable
    rows = table.to_pylist()
    numbers = {int(row): index for index, row in enumerate(reachable) if row >= 0}
    job.cited = {row: job.lexicon.entries[index] for row, index in numbers.items()}  # type: ignore[attr-defined]
    return rows, job


def replayed(row: dict[str, Any], job: Job) -> str:
    config = job.recipe.config
    inflector = Inflector(job.paradigms, mode=config.inflector)
    language = job.recipe.language
    return replay(row, job.cited, inflector, language, punctuation=config.punctuation)  # type: ignore[attr-defined]


# form: lemma, part of speech, features; gold columns stand in for an analyser.
_GOLD = """
the:the:DET: The:the:DET: a:a:DET: in:in:ADP: In:in:ADP: from:from:ADP: of:of:ADP: off:off:ADP:
house:house:NOUN:Number=Sing houses:house:NOUN:Number=Plur horse:horse:NOUN:Number=Sing
Horses:horse:NOUN:Number=Plur HORSE:horse:NOUN:Number=Sing city:city:NOUN:Number=Sing
church:church:NOUN:Number=Sing light:light:NOUN:Number=Sing lights:light:NOUN:Number=Plur
morning:morning:NOUN:Number=Sing Morning:morning:NOUN:Number=Sing old:old:ADJ:Degree=Pos
big:big:ADJ:Degree=Pos good:good:ADJ:Degree=Pos naïve:naïve:ADJ: two:two:NUM:NumType=Card 12:12:NUM:
turn:turn:VERB:VerbForm=Inf turned:turn:VERB:Tense=Past|VerbForm=Fin do:do:AUX:VerbForm=Fin
can:can:AUX: I:I:PRON: IT:it:PRON: it:it:PRON: n't:not:PART: not:not:PART: 's:'s:PART:
John:John:PROPN:Number=Sing Friday:Friday:PROPN:Number=Sing
"""
GOLD = {form: rest for form, *rest in (row.split(":") for row in _GOLD.split())}
ODD = [
    "don't",
    "can't",
    "John's",
    "city's",
    "3rd",
    "1,000",
    ",",
    ".",
    "?",
    "!",
    ";",
    ":",
    "(",
    ")",
    '"',
    "—",
    "&",
    "%",
    "http://a.org",
    "🙂",
    "ǆep",
    "İstanbul",
    "é",
    "न",
    "م",
]
PHRASES = (
    *("turn the light off", "turn off", "good morning", "do not"),
    *("the house", "the old horse", "in the city", "city church"),
)
KEYS = (
    *("the", "in", "house", "houses", "horse", "city", "church", "old", "big", "turn", "turn off", "light"),
    *("good morning", "Good", "I", "do", "not", "n't", "do not", "can", "Friday", "it", "two", "the house"),
    *("from", "of the", "12", ".", "city church", "'s"),
)
FORMS = (
    *("hús", "hestur", "býur", "kirkja", "gamal", "eitt tvey", "tann mikli hestur", "ǆep", "ınek", "σας"),
    *("ʻokina", "ভাল", "家", "x"),
)
sources = st.lists(st.sampled_from((*GOLD, *PHRASES * 3, *GOLD, *ODD)), min_size=1, max_size=7)
gaps = st.sampled_from([" ", " ", " ", " ", "", "  ", "\t", "\u00a0"])
entries_of_keys = st.lists(
    st.builds(
        entry,
        st.sampled_from(KEYS),
        st.sampled_from((*FORMS[:5] * 3, *FORMS)),
        st.sampled_from([None, "NOUN", "VERB", "ADJ", "PROPN", "ADP", "DET"]),
        weight=st.sampled_from([0.2, 1.0]),
    ),
    min_size=8,
    max_size=30,
)
configs = st.builds(
    SynthConfig,
    seed=st.integers(0, 5),
    variants=st.integers(1, 2),
    senses=st.sampled_from(["first", "sample", "document"]),
    inflector=st.sampled_from(["auto", "nearest", "attested", "none"]),
    multiword=st.booleans(),
    casing=st.booleans(),
    punctuation=st.booleans(),
    transfer=st.booleans(),
    names=st.booleans(),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    words = draw(sources)
    lead = draw(st.sampled_from(["", "", " "]))
    return lead + "".join(word + draw(gaps) for word in words)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(texts(), min_size=1, max_size=6), entries_of_keys, st.sampled_from(TARGETS), configs)
def test_replaying_the_trace_gives_the_text(
    texts: list[str], entries: list[Entry], target: str, config: SynthConfig
) -> None:
    numbered = [replace(entry, row=number) for number, entry in enumerate(entries, 1)]
    # The last sentence is for the bug below.
    rows, job = rows_of([*texts, "."], numbered, parse_language(target), config)
    for row in rows:
        assert replayed(row, job) == row["text"]
        for token, start in zip(row["tokens"], row["starts"], strict=True):
            assert row["text"].startswith(token, start)


def test_white_space_at_the_end_is_kept_whatever_the_next_sentence_is() -> None:
    entries = [entry("house", "家"), entry("horse", "馬", row=2)]
    rows, _ = rows_of(["house ", "horse house"], entries, parse_language("zho_Hans"))
    assert [row["text"] for row in rows] == ["家 ", "馬家"]


def test_white_space_at_the_end_of_the_source_is_kept() -> None:
    rows, _ = rows_of(["house "], [entry("house", "家")], parse_language("zho_Hans"))
    assert rows[0]["text"] == "家 "


def test_a_sentence_that_loses_its_first_word_keeps_its_capital() -> None:
    rows, job = rows_of(["The house is big."], [entry("house", "hús", "NOUN")])
    assert rows[0]["text"].startswith("Húsið")
    assert replayed(rows[0], job) == rows[0]["text"]


def test_a_trace_names_entry_licence_and_what_the_form_says() -> None:
    rows, job = rows_of(["The house is old."], [entry("house", "hús", "NOUN", row=7)])
    trace = explain(rows[0], job.cited, {"mine": "CC0-1.0"})
    token = trace.tokens[0]
    assert (token.source, token.said, token.match) == (("The", "house"), ("The",), "exact")
    assert str(token.entry) == "mine:7 house -> hús NOUN (CC0-1.0)"
    assert (token.lemma, token.inflection, token.casing) == ("hús", "attested", "title")
    assert "says The" in str(trace)
    assert json.loads(json.dumps(trace.as_dict(), allow_nan=False))["tokens"][1]["match"] == "untranslated"


def test_words_of_a_phrase_are_one_unit_discontinuous_ones_too() -> None:
    rows, job = rows_of(
        ["turn the light off"], [entry("turn off", "sløkkja", "VERB"), entry("light", "ljós", "NOUN")]
    )
    units = list(units_of(rows[0]))
    assert [unit.sources for unit in units] == [(0, 3), (1, 2)]
    assert [place_of(rows[0], unit, job.cited.get(rows[0]["entry"][unit.start])) for unit in units] == [0, 2]
    assert explain(rows[0], job.cited).tokens[0].source == ("turn", "off")


def test_a_row_without_its_source_is_explained_but_not_replayed() -> None:
    rows, job = rows_of(["The house"], [entry("house", "hús", "NOUN")], config=SynthConfig(slim=True))
    trace = explain(rows[0], job.cited)
    assert trace.source is None
    assert trace.tokens[0].source == ()
    with pytest.raises(ConfigError, match="slim"):
        replayed(rows[0], job)


def test_an_entry_that_is_not_there_is_damage() -> None:
    from lexexpand.text.schema import ENTRIES

    with pytest.raises(DataError, match="damaged"):
        cited_entries(ENTRIES.empty_table(), [{"entry": [3]}])


def test_the_starter_corpus_replays(tmp_path: Path) -> None:
    from lexexpand.synthesis.pipeline import Inputs, synthesize

    inputs = Inputs(lexicons=("starter",), paradigms=("starter",), offline=True)
    check_corpus(synthesize("fao", out=tmp_path / "fao", inputs=inputs), paradigms(FAROESE))


@pytest.mark.data
@pytest.mark.parametrize("tag", ["fao_Latn", "sme_Latn", "bak_Cyrl", "ckb_Arab", "dzo_Tibt"])
def test_real_corpora_replay(tag: str, tmp_path: Path, data_dir: Path, mirror: Path) -> None:
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.synthesis.pipeline import Inputs, synthesize

    source = tmp_path / "english.txt"
    lines = next((data_dir / "text" / "en").glob("*.txt")).read_text(encoding="utf-8").splitlines()
    source.write_text("\n".join(lines[:400]) + "\n", encoding="utf-8")
    inputs = Inputs(source=(source,), lexicons=("gatitos",), mirror=str(mirror), offline=True)
    corpus = synthesize(tag, out=tmp_path / tag, inputs=inputs)
    found = load_paradigms(parse_language(tag), fetcher=Fetcher(mirror=str(mirror), offline=True))
    check_corpus(corpus, found)


def check_corpus(corpus: Corpus, paradigms: Any) -> None:
    rows = list(corpus.rows())
    entries = cited_entries(corpus.entries, rows)
    inflector = Inflector(paradigms, mode=corpus.card["options"]["inflector"])
    language = parse_language(corpus.language)
    assert corpus.verify() == []
    wrong = [row["id"] for row in rows if replay(row, entries, inflector, language) != row["text"]]
    assert wrong == []
    assert len(explain_rows(corpus, rows[:20])) == 20
