"""Exports: what another tool would read is what the corpus says."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import conllu
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand import Corpus, Inputs, synthesize
from lexexpand.errors import ConfigError, DataError
from lexexpand.language import from_tag
from lexexpand.synthesis.config import SynthConfig
from lexexpand.text.export import _cell, _escaped, export_lines, write_lines
from lexexpand.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ENGLISH = from_tag("eng_Latn")
LEXICON = "turn off\tsløkkja\nlight\tljós\nhorse\thestur\ngood morning\tgóðan morgun\nthe\ttann tann\n"
TREE = """# newdoc id = stable
# text = Turn the  light off!
1	Turn	turn	VERB	_	_	0	root	_	_
2	the	the	DET	_	_	3	det	_	SpacesAfter=\\s\\s
3	light	light	NOUN	_	_	1	obj	_	_
4	off	off	ADP	_	_	1	compound:prt	_	SpaceAfter=No
5	!	!	PUNCT	_	_	1	punct	_	_

# text = Good morning horse
1	Good	good	ADJ	_	_	2	amod	_	_
2	morning	morning	NOUN	_	_	3	nmod	_	SpacesAfter=\\u00A0
3	horse	horse	NOUN	_	_	0	root	_	_

"""
SLOTS = """# intent = lamp/off
1	the	lamp/off	B-thing
2	light	lamp/off	I-thing
3	off	lamp/off	O

"""


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Corpus]:
    """Make a corpus of a source text."""
    base = tmp_path_factory.mktemp("export")

    def make(name: str, text: str, **knobs: Any) -> Corpus:
        folder = tmp_path_factory.mktemp("made")
        (folder / name).write_text(text, encoding="utf-8")
        (folder / "mine.tsv").write_text(LEXICON, encoding="utf-8")
        inputs = Inputs(
            source=(folder / name,), lexicons=(str(folder / "mine.tsv"),), offline=True, cache=base / "cache"
        )
        kind = "pseudo-labelled" if name.rpartition(".")[2] != "txt" else "pseudo-parallel"
        config = SynthConfig(kind=kind, inflector="none", transfer=False, **knobs)
        return synthesize("fao", inputs=inputs, config=config, out=folder / "corpus")

    return make


def text_of(corpus: Corpus, format: str) -> str:
    return "".join(line + "\n" for line in export_lines(corpus, format))


def test_text_is_a_sentence_a_line(make: Any) -> None:
    corpus = make("s.txt", "Good morning horse.\nTurn off!\n")
    assert text_of(corpus, "text").splitlines() == [row["text"] for row in corpus.rows()]


def test_tsv_has_the_labels_where_there_are_some(make: Any) -> None:
    corpus = make("t.tsv", 'text\tlabel\n"Good morning" horse\tday\nturn off\tnight\n')
    told = list(csv.reader(io.StringIO(text_of(corpus, "tsv")), delimiter="\t"))
    assert told[0] == ["text", "label"]
    assert [row[1] for row in told[1:]] == ["day", "night"]
    assert [row[0] for row in told[1:]] == [row["text"] for row in corpus.rows()]


def test_tsv_has_the_two_sides_where_there_are_no_labels(make: Any) -> None:
    corpus = make("s.txt", '"horse" good morning\nturn off\n')
    told = list(csv.reader(io.StringIO(text_of(corpus, "tsv")), delimiter="\t"))
    assert told[0] == ["source", "target"]
    assert told[1:] == [[row["source_text"], row["text"]] for row in corpus.rows()]
    assert text_of(make("s.txt", "horse\n", slim=True), "tsv") == "text\nhestur\n"


def test_our_own_reader_gets_the_tsv_back(make: Any, tmp_path: Path) -> None:
    corpus = make("t.tsv", 'text\tlabel\n"horse" is good\tday\nturn off "now"\tnight\n')
    (tmp_path / "out.tsv").write_text(text_of(corpus, "tsv"), encoding="utf-8")
    (block,) = read_source([tmp_path / "out.tsv"], None, ENGLISH)
    assert block.text.to_pylist() == [row["text"] for row in corpus.rows()]
    assert block.label.to_pylist() == ["day", "night"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20))
def test_a_cell_is_one_cell_for_any_reader(text: str) -> None:
    (row,) = list(csv.reader(io.StringIO(f"a\t{_cell(text)}\tb\n", newline=""), delimiter="\t"))
    assert row == ["a", " ".join(_broken(text)), "b"]


def _broken(text: str) -> list[str]:
    import re

    return re.split(r"[\t\r\n]+", text)


def test_conllu_has_alignment_white_space_and_labels_and_says_that_it_is_synthetic(make: Any) -> None:
    trees = conllu.parse(text_of(make("t.conllu", TREE), "conllu"))
    first, second = trees
    assert first.metadata["text"] == "Sløkkja tann tann  ljós!"
    assert first.metadata["origin"] == "synthetic"
    assert first.metadata["newdoc id"] == "stable"
    assert first.metadata["source_text"] == "Turn the  light off!"
    assert first.metadata["sent_id"].endswith(":0:0")
    assert [token["form"] for token in first] == ["Sløkkja", "tann", "tann", "ljós", "!"]
    assert [token["misc"]["Align"] for token in first] == ["1,4", "2", "2", "3", "5"]
    assert first[2]["misc"]["SpacesAfter"] == "\\s\\s"
    assert first[3]["misc"]["SpaceAfter"] == "No"
    assert [token["lemma"] for token in first] == ["sløkkja", "tann", "tann", "ljós", "_"]
    assert [token["upos"] for token in second] == ["_", "_", "NOUN"]
    assert second[1]["misc"]["SpacesAfter"] == "\\u00A0"
    assert "newdoc id" not in second.metadata


def test_our_own_reader_gets_the_conllu_back(make: Any, tmp_path: Path) -> None:
    corpus = make("t.conllu", TREE)
    (tmp_path / "out.conllu").write_text(text_of(corpus, "conllu"), encoding="utf-8")
    (block,) = read_source([tmp_path / "out.conllu"], None, ENGLISH)
    rows = list(corpus.rows())
    assert block.text.to_pylist() == [row["text"] for row in rows]
    assert block.tokens.to_pylist() == [token for row in rows for token in row["tokens"]]
    assert [tag or "_" for tag in block.upos.to_pylist()] == [tag for row in rows for tag in row["upos"]]


def test_spans_are_tags_in_conllu_and_jsonl(make: Any) -> None:
    corpus = make("s.xsid", SLOTS)
    (tree,) = conllu.parse(text_of(corpus, "conllu"))
    assert tree.metadata["intent"] == "lamp/off"
    assert [token["misc"].get("Span", "O") for token in tree] == ["B-thing", "I-thing", "I-thing", "O"]
    told = json.loads(text_of(corpus, "jsonl"))
    assert told["tags"] == ["B-thing", "I-thing", "I-thing", "O"]
    assert told["spans"] == [{"start": 0, "end": 3, "type": "thing"}]
    assert told["origin"] == "synthetic"


def test_jsonl_has_every_column_and_no_nan(make: Any) -> None:
    corpus = make("s.txt", "horse\n?\n")
    rows = [json.loads(line) for line in export_lines(corpus, "jsonl")]
    assert set(rows[0]) == {*corpus.columns, "origin"}
    assert [row["text"] for row in rows] == ["hestur", "?"]
    assert "NaN" not in text_of(corpus, "jsonl")


def test_pharaoh_has_links_from_source_to_target(make: Any) -> None:
    corpus = make("s.txt", "turn the light off\ngood morning\n")
    assert list(export_lines(corpus, "pharaoh")) == ["0-0 1-1 1-2 2-3 3-0", "0-0 0-1 1-0 1-1"]
    for row, line in zip(corpus.rows(), export_lines(corpus, "pharaoh"), strict=True):
        for link in line.split():
            i, j = map(int, link.split("-"))
            assert i in row["alignment"][j]


def test_a_corpus_without_its_source_has_no_links(make: Any) -> None:
    corpus = make("s.txt", "horse\n", slim=True)
    with pytest.raises(ConfigError, match="slim"):
        export_lines(corpus, "pharaoh")
    assert "source_text" not in text_of(corpus, "conllu")
    with pytest.raises(ConfigError, match="one of text"):
        export_lines(corpus, "docx")


def test_a_file_that_cannot_be_made_whole_is_not_made(tmp_path: Path) -> None:
    def lines() -> Any:
        yield "one"
        raise DataError("the second shard is damaged")

    with pytest.raises(DataError, match="second shard"):
        write_lines(lines(), tmp_path / "out.txt")
    assert list(tmp_path.iterdir()) == []
    assert write_lines(["one", "two"], tmp_path / "out.txt") == 2
    assert (tmp_path / "out.txt").read_bytes() == b"one\ntwo\n"


@given(st.text(st.sampled_from(" \t\r\n|\\\u00a0s"), max_size=8))
def test_escaped_white_space_is_one_field_of_misc(text: str) -> None:
    assert not set(_escaped(text)) & set(" \t\r\n|\u00a0")
