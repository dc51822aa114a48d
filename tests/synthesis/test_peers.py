"""The peers' defects, one test for each: what went wrong there must not happen here.

Numbers are those of the project's list of defects: D1-D13 of the published scripts for this very task
(cindyxinyiwang/expand-via-lexicon-based-adaptation), rows 1-65 of other tools.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lexexpand import Corpus
from lexexpand.cli import run
from lexexpand.errors import DataError, FormatError

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

Gold = Callable[..., str]


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`lexexpand` over a tiny text and lexicon; what it told on stderr; fails unless it ends as wanted."""
    (tmp_path / "s.txt").write_text("The light is on.\n", encoding="utf-8")
    (tmp_path / "l.tsv").write_text("light\tljós\n", encoding="utf-8")

    def command(*arguments: str, code: int = 0) -> str:
        common = [
            "--source",
            f"{tmp_path}/s.txt",
            "--lexicon",
            f"{tmp_path}/l.tsv",
            "--inflector",
            "none",
            "--offline",
        ]
        found = run(["synth", *common, *arguments])
        told = capsys.readouterr().err
        assert found == code, told
        return told

    return command


def test_d01_the_command_runs_in_every_kind(command: Callable[..., str], tmp_path: Path) -> None:
    for kind in ("pseudo-mono", "pseudo-parallel"):
        command("--lang", "fao_Latn", "--kind", kind, "-o", f"{tmp_path}/{kind}", "-q")
        assert Corpus.open(tmp_path / kind).card["kind"] == kind


def test_d02_the_language_asked_for_is_the_language_made(plain: Maker) -> None:
    folder = plain.folder()
    for tag, word in (("fao_Latn", "ljós"), ("sme_Latn", "čuovga")):
        (folder / f"{tag}.eng.tsv").write_text(f"light\t{word}\n", encoding="utf-8")
    for tag, word in (("fao_Latn", "ljós"), ("sme_Latn", "čuovga")):
        corpus = plain("a light", folder, tag)
        assert corpus.language == tag
        assert next(iter(corpus.rows()))["text"] == f"a {word}"


@pytest.mark.parametrize(
    ("form", "target"),
    [("House", "Hús"), ("HOUSE", "HÚS"), ("houses", "hús"), ("Houses", "Hús"), ("HOUSES", "HÚS")],
)
def test_d03_capitals_and_inflected_forms_match_and_case_is_handed_on(
    plain: Maker, gold: Gold, form: str, target: str
) -> None:
    row = plain.row(gold(f"a/DET {form}/NOUN/house"), [("house", "hús")], suffix="conllu")
    assert row["tokens"] == ["a", target]
    assert row["coverage"] > 0


def test_d04_no_token_holds_a_blank(plain: Maker) -> None:
    row = plain.row("light it", [("light", "bjart ljós")])
    assert row["tokens"] == ["bjart", "ljós", "it"]
    assert all(" " not in token for token in row["tokens"])


def test_d05_spans_follow_their_words(plain: Maker) -> None:
    row = plain.row(
        "New B-LOC\nYork I-LOC\nlight B-DEV\n\n", [("New York", "NY"), ("light", "bjart ljós")], suffix="iob2"
    )
    assert row["spans"] == [{"start": 0, "end": 1, "type": "LOC"}, {"start": 1, "end": 3, "type": "DEV"}]


def test_d06_every_token_cites_its_entry_and_the_seed_is_in_the_card(plain: Maker) -> None:
    corpus = plain("light it", [("house", "hús"), ("light", "ljós")], seed=99)
    (row,) = corpus.rows()
    entry = corpus.entries.slice(row["entry"][0], 1).to_pylist()[0]
    assert (entry["source"], entry["target"], entry["pack"], entry["row"]) == (["light"], ["ljós"], "mine", 3)
    assert corpus.card["seed"] == 99
    assert row["match"] == ["exact", "untranslated"]


@pytest.mark.parametrize("line", ["light", "light\t", "\tljós", "a\tb\tc\td\te\tf"])
def test_d07_a_broken_line_of_a_lexicon_is_told_or_left_out(plain: Maker, line: str) -> None:
    try:
        text = plain.text("see house", f"house\thús\n{line}\n")
    except FormatError as error:
        assert "mine.tsv:" in str(error)  # noqa: PT017
    else:
        assert text == "see hús"


def test_d08_blank_tokens_and_blank_lines_do_no_harm(plain: Maker) -> None:
    rows = plain.rows("light O\n\n\n\n O\nhouse B-X\n\n", [("house", "hús")], suffix="iob2")
    assert [row["tokens"] for row in rows] == [["light"], ["hús"]]


def test_d10_codes_that_do_not_exist_make_no_folder(command: Callable[..., str], tmp_path: Path) -> None:
    told = command("--lang", "xyzzy", "-o", f"{tmp_path}/o", code=2)
    assert "xyzzy" in told
    told = command("--lang", "fao_Latn", "--source-lang", "xyzzy", "-o", f"{tmp_path}/o", code=2)
    assert "xyzzy" in told
    assert not (tmp_path / "o").exists()


def test_d11_synonyms_are_weighed(plain: Maker) -> None:
    entries = [("light", "", "ljós", "9"), ("light", "", "skot", "1")]
    drawn = [row["tokens"][0] for row in plain("light it\n" * 400, entries).rows()]
    assert drawn.count("ljós") > 300


def test_d12_coverage_is_told_for_each_row_and_the_corpus(make: Maker) -> None:
    corpus = make("light it\nthe house", [("light", "ljós"), ("it", "tað")])
    assert [row["coverage"] for row in corpus.rows()] == [1.0, 0.0]
    assert corpus.card["coverage"] == 0.5
    assert corpus.card["missed"]


def test_d12_function_words_that_a_form_says_are_taken_in(make: Maker) -> None:
    forms = "hús\thús\tN;INDF;NOM;SG\nhús\thúsið\tN;DEF;NOM;SG\n"
    row = make.row("See the house.", [("house", "NOUN", "hús")], paradigms=forms, transfer=True)
    assert row["text"] == "See húsið."


def test_d13_licences_are_in_the_card(plain: Maker) -> None:
    card = plain("light", [("light", "ljós")]).card
    assert card["licences"] == ["NOASSERTION"]
    assert all(pack["licence"] and pack["sha256"] for pack in card["packs"])


def test_row01_without_source_the_bundled_text_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(
        [
            "synth",
            "--lang",
            "fao",
            "--lexicon",
            "starter",
            "--paradigms",
            "starter",
            "--offline",
            "-o",
            f"{tmp_path}/o",
        ]
    )
    told = capsys.readouterr()
    assert code == 0, told.err
    assert len(Corpus.open(tmp_path / "o")) >= 60
    assert told.out.strip()


def test_row03_words_that_begin_or_end_like_a_marker_keep_their_letters(plain: Maker) -> None:
    text = "spis the sword is ssss </s> s [UNK] <unk> ##s"
    assert plain.text(text, [("sword", "sverð")]) == text.replace("sword", "sverð")


def test_row04_the_order_of_senses_is_the_files(plain: Maker) -> None:
    entries = [("light", "ljós"), ("light", "birta"), ("light", "skin")]
    corpus = plain("light", entries)
    assert [entry["target"] for entry in corpus.entries.to_pylist()] == [["ljós"], ["birta"], ["skin"]]
    assert next(iter(plain("light it", entries, senses="first").rows()))["tokens"][0] == "ljós"


def test_row05_a_lexicon_that_is_not_there_is_named(command: Callable[..., str], tmp_path: Path) -> None:
    told = command("--lang", "fao_Latn", "--lexicon", f"{tmp_path}/gone.tsv", "-o", f"{tmp_path}/o", code=2)
    assert "gone.tsv" in told


def test_row14_a_word_without_a_form_says_so(make: Maker) -> None:
    forms = "hús\thús\tN;NOM;SG\nhús\thúsini\tN;NOM;PL\n"
    row = make.row("The trees run.", [("tree", "NOUN", "træ"), ("run", "VERB", "renna")], paradigms=forms)
    assert "træ" in row["text"]
    how = dict(zip(row["tokens"], row["inflection"], strict=True))
    assert how["træ"] == "citation"
    assert how["renna"] in ("none", "citation")
    assert all(row["tokens"])


def test_row16_no_markers_leak_into_the_text(plain: Maker) -> None:
    text = "the xyzzy *foo @bar #baz \\qux ^quux$ {x} <b>"
    assert plain.text(text, [("light", "ljós")]) == text


def test_row17_capitals_go_there_and_back(make: Maker) -> None:
    there = make.text("GOOD morning, turn on!", [("good", "GÓÐUR"), ("morning", "morgun"), ("turn", "snúgv")])
    assert there == "GÓÐUR morgun, snúgv on!"


def test_row45_labels_and_alignments_are_always_there(plain: Maker, gold: Gold) -> None:
    row = plain.row(
        gold("turn/VERB it/PRON off/ADP"), [("turn off", "VERB", "sløkkja niður")], suffix="conllu"
    )
    assert len(row["upos"]) == len(row["alignment"]) == len(row["tokens"]) == 3
    assert row["alignment"] == [[0, 2], [0, 2], [1]]


def test_row46_untouched_text_is_untouched(plain: Maker) -> None:
    text = "(He said: “192.168.0.1 — 3.14 %!”), didn't he?! e-mail:a@b.org…"
    assert plain.text(text, [("light", "ljós")]) == text


def test_row47_the_seed_is_an_argument_and_no_global_state(plain: Maker) -> None:
    entries = [("light", "ljós"), ("light", "birta")]
    text = "light it\n" * 64
    one, two, three = ([r["tokens"][0] for r in plain(text, entries, seed=s).rows()] for s in (1, 2, 1))
    assert one == three != two


def test_row48_words_of_a_sentence_are_drawn_apart(plain: Maker) -> None:
    entries = [("light", "ljós"), ("light", "birta")]
    rows = plain.rows("light of light of light of light\n" * 50, entries, temperature=100)
    mixed = sum(len({row["tokens"][i] for i in (0, 2, 4, 6)}) == 2 for row in rows)
    assert mixed > 30


def test_row49_lengths_and_spans_agree(make: Maker) -> None:
    """`Maker.rows` checks every law of the columns."""
    make.rows(
        "turn B-A\nthe O\nlight B-B\noff O\n\n",
        [("turn off", "VERB", "sløkkja"), ("light", "a b c")],
        suffix="iob2",
    )


def test_row50_no_inner_tag_without_a_beginning(plain: Maker) -> None:
    with pytest.raises(FormatError, match=r"source\.iob2:2"):
        plain("light O\nhouse I-X\n\n", [("house", "hús")], suffix="iob2")


def test_row50_columns_of_the_source_are_kept(plain: Maker, gold: Gold) -> None:
    row = plain.row(gold("light/NOUN shines/VERB"), [("light", "ljós")], suffix="conllu")
    assert row["source_upos"] == ["NOUN", "VERB"]
    assert row["source_tokens"] == ["light", "shines"]


def test_row51_what_is_there_for_whom_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["languages", "--json"]) == 0
    assert "fao_Latn" in capsys.readouterr().out


def test_row55_mixed_case_and_phrases_load(plain: Maker) -> None:
    row = plain.row("good MORNING it", "Good Morning\tGóðan Morgun\nIT\ttað\n", casing=False)
    assert row["match"] == ["multiword", "multiword", "folded"]


def test_row55_a_lexicon_that_meets_no_word_of_the_text_is_told(plain: Maker) -> None:
    corpus = plain("the light", [("zebra", "sebra")])
    assert corpus.card["coverage"] == 0.0
    assert {m["lemma"] for m in corpus.card["missed"]} == {"the", "light"}


def test_row59_names_and_folders_change_nothing(plain: Maker) -> None:
    text, entries = "light it\n" * 20, [("light", "ljós"), ("light", "birta")]
    one = plain(plain.write("a.txt", text), entries)
    two = plain(plain.write("completely-else.txt", text), entries)
    assert one.card == two.card


def test_row59_content_changes_the_run(plain: Maker) -> None:
    lexicons = ([("light", "ljós")], [("light", "lj")])
    cards = [plain(text, entries).card["run"] for text in ("light", "light it") for entries in lexicons]
    assert len(set(cards)) == 4


def test_row63_rows_are_in_the_order_of_the_source(plain: Maker) -> None:
    rows = plain.rows("\n".join(f"light {i}" for i in range(500)), [("light", "ljós")])
    assert [int(row["id"].split(":")[1]) for row in rows] == list(range(500))
    assert [row["tokens"][1] for row in rows] == [str(i) for i in range(500)]


def test_row65_a_language_without_a_lexicon_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = tmp_path / "s.txt"
    source.write_text("light\n", encoding="utf-8")
    code = run(
        ["synth", "--lang", "sux_Xsux", "--source", str(source), "--offline", "-o", f"{tmp_path}/o", "-q"]
    )
    told = capsys.readouterr().err
    assert code in (2, 3)
    assert "sux" in told
    assert not (tmp_path / "o").exists()


def test_row65_a_lexicon_in_another_script_is_refused(plain: Maker) -> None:
    with pytest.raises(DataError, match=r"script|Cyrl"):
        plain("light", [("light", "свет"), ("house", "дом"), ("good", "добрый")])


def test_row58_the_corpus_loads_as_plain_files(plain: Maker, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    corpus = plain("the light\na light\n", [("light", "ljós")])
    loaded = datasets.load_dataset(
        "parquet", data_files=str(corpus.folder / "data" / "*.parquet"), cache_dir=str(tmp_path)
    )
    assert loaded["train"]["text"] == ["the ljós", "a ljós"]


@pytest.mark.data
def test_row05_real_dictionaries_are_pinned_by_digest(make: Maker, mirror: Path) -> None:
    corpus = make(
        "the light is on\n", Path("gatitos"), "fao_Latn", inputs={"mirror": str(mirror), "offline": True}
    )
    (pack,) = corpus.card["packs"]
    assert pack["id"] == "gatitos"
    assert re.fullmatch("[0-9a-f]{64}", pack["sha256"][0])
