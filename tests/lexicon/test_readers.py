from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import ConfigError, FormatError
from lexexpand.language import Language
from lexexpand.lexicon.readers import get_reader, sniff
from lexexpand.lexicon.rows import Request, Row

ENGLISH, FAROESE = Language("eng", "Latn"), Language("fao", "Latn")


def read(path: Path, text: str, reader: str = "", *, skip_bad: bool = False, **options: str) -> list[Row]:
    path.write_text(text, encoding="utf-8", newline="")
    request = Request(path, ENGLISH, FAROESE, options, skip_bad)
    return list(get_reader(reader or sniff(path))(request))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("two.tsv", "house\thús\n"),
        ("three.tsv", "house\tnoun\thús\n"),
        ("four.tsv", "house\tnoun\thús\tbuilding\n"),
        ("header.tsv", "target\tnote\tpos\tenglish\nhús\tbuilding\tnoun\thouse\n"),
        ("names.tsv", "English\tFaroese\nhouse\thús\n"),
        ("codes.tsv", "fao\teng\nhús\thouse\n"),
        ("comma.csv", "source,upos,target\nhouse,noun,hús\n"),
        ("semicolon.csv", "house;hús\n"),
        ("quoted.csv", '"house","hús"\n'),
        ("blank.tsv", "\n# a remark\nhouse\thús\n\n"),
    ],
)
def test_every_layout_gives_the_same_pair(tmp_path: Path, name: str, text: str) -> None:
    (row,) = read(tmp_path / name, text)
    assert (row.source, row.target) == ("house", "hús")
    assert row.tag in ("noun", "")


def test_a_third_column_that_is_no_part_of_speech_is_a_note(tmp_path: Path) -> None:
    (row,) = read(tmp_path / "x.tsv", "house\thús\tfor people\n")
    assert (row.target, row.note) == ("hús", "for people")


def test_a_header_may_give_weights(tmp_path: Path) -> None:
    rows = read(tmp_path / "x.tsv", "source\tupos\ttarget\tweight\nyou\tPRON\ttit\t0.6\n", "starter")
    assert rows[0].weight == 0.6


def test_rows_are_numbered_by_their_lines(tmp_path: Path) -> None:
    rows = read(tmp_path / "x.tsv", "# remark\nhouse\thús\n\ndog\thundur\n")
    assert [row.number for row in rows] == [2, 4]


@pytest.mark.parametrize("text", ["", "source\ttarget\n"])
def test_an_empty_lexicon_has_no_rows(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "x.tsv", text) == []


def test_gatitos_reads_either_order(tmp_path: Path) -> None:
    plain = read(tmp_path / "en_fo.tsv", "house\thús\n", "gatitos")
    swapped = read(tmp_path / "fo_en.tsv", "hús\thouse\n", "gatitos", columns="swapped")
    assert plain == swapped


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("x.tsv", "house\thús\nsmart\n", 2, "Is a tab missing"),
        ("x.tsv", "a\tb\tc\td\te\tf\n", 1, "no header"),
        ("x.tsv", "source\ttarget\tweight\nyou\ttit\tmuch\n", 2, "weight"),
        ("x.tsv", "source\tenglish\ttarget\na\tb\tc\n", 1, "same column"),
        ("x.tsv", "house\thús\n" + "x" * 1_000_000 + "\ty\n", 2, "1,000,0"),
        ("x.csv", 'house,"hús\n', 1, "not CSV"),
        ("x.xml", "<r><e><l>hús</l>\n</r>", 2, "not well-formed"),
    ],
)
def test_a_broken_line_is_an_error_with_its_place(
    tmp_path: Path, name: str, text: str, line: int, said: str
) -> None:
    with pytest.raises(FormatError, match=said) as error:
        read(tmp_path / name, text)
    assert (error.value.where.path, error.value.where.line) == (tmp_path / name, line)


def test_in_a_pack_a_broken_line_is_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "en_arn.tsv"
    path.write_text("smart\ttükuw\nküle\nhouse\truka\n", encoding="utf-8")
    request = Request(path, ENGLISH, FAROESE, skip_bad=True)
    assert [row.source for row in get_reader("gatitos")(request)] == ["smart", "house"]
    assert request.skipped == [(2, "küle")]


GIELLALT = """<?xml version="1.0"?><r>
<e><lg><l pos="N">адрес</l></lg>
<mg><tg xml:lang="eng"><t pos="N">address (place)</t><t pos="N"> direction </t></tg>
<tg xml:lang="fin"><t pos="N">osoite</t></tg></mg><mg><tg xml:lang="eng"><t/></tg></mg></e>
<e><lg><l pos="N" type="Prop">Мордовия</l></lg><mg><tg xml:lang="eng"><t>Mordovia</t></tg></mg></e>
<e><l>aa</l><mg><tg xml:lang="eng"><t>listen</t></tg></mg></e>
<e><lg><l pos="V">ёвтамс</l></lg><mg><tg xml:lang="rus"><t>сказать</t></tg></mg></e></r>"""


def test_giellalt_gives_the_english_of_every_sense_in_order(tmp_path: Path) -> None:
    rows = read(tmp_path / "x.xml", GIELLALT)
    assert [(row.source, row.tag, row.target, row.number, row.rank) for row in rows] == [
        ("address (place)", "N", "адрес", 1, 0),
        ("direction", "N", "адрес", 1, 1),
        ("Mordovia", "Prop", "Мордовия", 2, 0),
        ("listen", "", "aa", 3, 0),
    ]


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><r><e><l>&b;</l></e></r>'
    with pytest.raises(FormatError, match="not safe"):
        read(tmp_path / "x.xml", bomb)


def test_cldr_pairs_the_names_of_two_locales() -> None:
    rows = list(get_reader("cldr")(Request(Path("-"), ENGLISH, FAROESE)))
    pairs = {(row.source, row.target) for row in rows}
    assert {("Iceland", "Ísland"), ("Faroese", "føroyskt"), ("Monday", "mánadagur")} <= pairs
    assert {("kilometer", "kilometur"), ("kilometre", "kilometur"), ("hour", "tími")} <= pairs
    assert {("New Zealand", "Nýsæland"), ("Ivory Coast", "Fílabeinsstrondin")} <= pairs
    assert {row.tag for row in rows} == {"PROPN", "NOUN"}
    assert not any("{" in row.target for row in rows)


@pytest.mark.parametrize("first", ["wol", "deu"])
def test_cldr_gives_no_locale_the_names_of_another(first: str) -> None:
    months = {"wol": ("October", "Oktoobar"), "deu": ("October", "Oktober")}
    for iso in (first, "deu", "wol"):
        rows = list(get_reader("cldr")(Request(Path("-"), ENGLISH, Language(iso, "Latn"))))
        assert {months[iso]} == {(row.source, row.target) for row in rows if row.source == "October"}


def test_cldr_gives_nothing_that_a_locale_only_inherits() -> None:
    rows = list(get_reader("cldr")(Request(Path("-"), ENGLISH, Language("wol", "Latn"))))
    assert not [row for row in rows if row.note == "unit"]


def test_cldr_gives_no_noun_as_it_changes_after_a_number() -> None:
    rows = list(get_reader("cldr")(Request(Path("-"), ENGLISH, Language("gla", "Latn"))))
    assert not [row for row in rows if row.source == "kilometer"]
    assert [row.target for row in rows if row.source == "hour"] == ["uair a thìde"]


def test_cldr_has_nothing_for_a_language_or_script_that_it_does_not_know() -> None:
    for target in (Language("qqq", "Latn"), Language("fao", "Cyrl")):
        assert list(get_reader("cldr")(Request(Path("-"), ENGLISH, target))) == []


def test_an_unknown_reader_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ConfigError, match="Did you mean giellalt"):
        get_reader("gielalt")


def test_a_format_that_is_not_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.dict").write_bytes(b"\x89PNG")
    with pytest.raises(FormatError, match="read as TSV"):
        sniff(tmp_path / "x.dict")


WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=12
)


@given(st.lists(st.tuples(WORD, WORD, WORD), min_size=1, max_size=5))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[str, str, str]]
) -> None:
    path = tmp_path_factory.mktemp("law") / "x.tsv"
    lines = "".join("\t".join(row) + "\n" for row in cells)
    rows = read(path, "source\ttarget\tnote\n" + lines)
    assert [(row.source, row.target, row.note) for row in rows] == cells
