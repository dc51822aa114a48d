"""Cards: what is right is read, what is wrong names file and line."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexexpand.errors import FormatError, MissingDataError
from lexexpand.language import from_tag
from lexexpand.resources.card import COLUMNS, load_card, read_files

TOML = """schema = 1
id = "tiny"
kind = "lexicon"
title = "A tiny pack"
version = "1"
languages = ["fao_Latn"]
source_language = "eng_Latn"
licence = "CC0-1.0"
"""
SHA = "0" * 64
FAO = from_tag("fao_Latn")


def write(folder, toml=TOML, *rows):
    (folder / "pack.toml").write_text(toml, encoding="utf-8")
    lines = ["\t".join(COLUMNS), *("\t".join(row) for row in rows)]
    (folder / "files.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def row(language="fao_Latn", role="data", path="a.tsv", size="1", sha=SHA, options="", blocked=""):
    return (language, role, path, "", size, sha, "CC0-1.0", options, blocked)


def test_a_card_is_read(tmp_path):
    card = load_card(write(tmp_path, TOML, row(options="rows=3;delimiter=,"), row("", "doc", "README.md")))
    assert (card.id, card.kind, card.languages, card.source_language) == (
        "tiny",
        "lexicon",
        (FAO,),
        from_tag("eng_Latn"),
    )
    assert (card.quality, card.default, card.normal_form) == (1.0, True, "NFC")
    first, second = card.files
    assert first.options == {"rows": "3", "delimiter": ","}
    assert (first.language, first.line, second.language, second.role) == (FAO, 2, None, "doc")
    assert card.covers(FAO)
    assert not card.covers(from_tag("isl_Latn"))


def test_rows_of_a_language_leave_out_twins_blocked_and_documents(tmp_path):
    rows = [
        row(path="a"),
        row(path="b", options="default=no"),
        row(path="c", blocked="is Tswana"),
        row("", "doc", "d"),
    ]
    card = load_card(write(tmp_path, TOML, *rows))
    assert [r.path for r in card.rows(FAO)] == ["a"]
    assert [r.path for r in card.rows(FAO, defaults=False)] == ["a", "b", "c"]
    assert card.reasons(FAO) == ("tiny/c: is Tswana",)


def test_rows_of_the_group_code_serve_the_member(tmp_path):
    card = load_card(write(tmp_path, TOML.replace("fao_Latn", "que_Latn"), row("que_Latn")))
    assert [r.path for r in card.rows(from_tag("quy_Latn"))] == ["a.tsv"]
    assert card.covers(from_tag("quy_Latn"))


def test_a_pack_for_any_language(tmp_path):
    card = load_card(write(tmp_path, TOML.replace('["fao_Latn"]', '["*"]')))
    assert card.any_language
    assert card.covers(from_tag("isl_Latn"))


@pytest.mark.parametrize(
    ("change", "line", "told"),
    [
        (("schema = 1", "schema = 2"), 1, "later lexexpand: upgrade"),
        (("schema = 1", ""), 1, "a card starts with `schema = 1`"),
        (('kind = "lexicon"', 'kind = "lexikon"'), 3, "one of lexicon, paradigms"),
        (('title = "A tiny pack"', "title = 3"), 4, "title must be a text"),
        (('"fao_Latn"', '"fo"'), 6, "not a full language tag"),
        (('licence = "CC0-1.0"', 'license = "CC0-1.0"'), 8, "'license' is not a field of a card"),
        (('licence = "CC0-1.0"', ""), 1, "licence must be a text"),
        (('version = "1"', 'version = "1'), 5, "not TOML"),
        (('version = "1"', 'version = "1"\nquality = 0'), 6, "quality must be a number above 0"),
        (('version = "1"', 'version = "1"\ndefault = "yes"'), 6, "default must be true or false"),
        (('version = "1"', 'version = "1"\ncleaning = [1]'), 6, "cleaning must be a list of texts"),
    ],
)
def test_a_wrong_field_names_its_line(change, line, told, tmp_path):
    write(tmp_path, TOML.replace(*change))
    with pytest.raises(FormatError) as caught:
        load_card(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'pack.toml'}:{line}: ")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (row()[:-1], "8 cells, expected 9"),
        (row(role="date"), "role is 'date'"),
        (row(path="../secret"), "stay inside the pack"),
        (row(path="/etc/passwd"), "stay inside the pack"),
        (row(path=""), "stay inside the pack"),
        (row(size="1.5"), "size is '1.5'"),
        (row(sha="ABC"), "sha256 is 'ABC'"),
        (row("fo"), "not a full language tag"),
        (row(options="rows"), "must be key=value"),
    ],
)
def test_a_wrong_row_names_its_line(cells, told, tmp_path):
    write(tmp_path, TOML, row(), cells)
    with pytest.raises(FormatError) as caught:
        load_card(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'files.tsv'}:3: ")
    assert told in str(caught.value)


def test_a_wrong_header_and_wrong_encodings(tmp_path):
    write(tmp_path)
    (tmp_path / "files.tsv").write_text("language\tpath\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"files\.tsv:1: the header must be"):
        load_card(tmp_path)
    (tmp_path / "files.tsv").write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match="not UTF-8"):
        read_files(tmp_path / "files.tsv")
    (tmp_path / "pack.toml").write_bytes("títle".encode("cp1252"))
    with pytest.raises(FormatError, match="not UTF-8"):
        load_card(tmp_path)


def test_windows_line_ends_and_bom_are_read(tmp_path):
    write(tmp_path, TOML, row())
    for name in ("pack.toml", "files.tsv"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load_card(tmp_path).files[0].blocked is None


@given(
    toml=st.one_of(
        st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))
    ),
    cells=st.lists(st.text("\t\n\r-_;=aF01", max_size=40), max_size=10),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_bytes_make_a_bug_of_a_card(toml, cells, tmp_path):
    (tmp_path / "pack.toml").write_bytes(toml)
    with pytest.raises(FormatError):
        load_card(tmp_path)
    text = "\t".join(COLUMNS) + "\n" + "\t".join(cells)
    (tmp_path / "files.tsv").write_text(text, encoding="utf-8", newline="")
    try:
        read_files(tmp_path / "files.tsv")
    except FormatError as error:
        assert error.where.line  # noqa: PT017


def test_no_card_is_said_so(tmp_path):
    with pytest.raises(MissingDataError, match=r"not a pack: there is no pack\.toml"):
        load_card(tmp_path)


def test_a_card_that_changes_is_read_again(tmp_path):
    assert load_card(write(tmp_path, TOML)).files == ()
    assert len(load_card(write(tmp_path, TOML, row())).files) == 1


def test_the_large_cards_are_read_in_no_time(repository):
    start = time.perf_counter()
    for name in ("lexicons/gatitos", "morphology/unimorph", "morphology/sigmorphon2020"):
        read_files(repository / name / "files.tsv")
    assert time.perf_counter() - start < 1  # 10 ms here; a test must not fail on a busy machine


# What DATA-LEXICONS says about the files, against the shipped cards.
@pytest.mark.parametrize(
    ("pack", "files", "languages"),
    [
        ("lexicons/gatitos", 179, 171),
        ("lexicons/giellalt", 76, 7),
        ("morphology/unimorph", 195, 69),
        ("morphology/sigmorphon2020", 220, 73),
    ],
)
def test_the_shipped_cards_list_all_files(pack, files, languages, repository):
    card = load_card(repository / pack)
    assert (len(card.files), len(card.languages)) == (files, languages)
    assert all(r.url.startswith("https://") and len(r.sha256) == 64 and r.licence for r in card.files)


@pytest.mark.parametrize(
    ("pack", "path", "field", "value"),
    [
        (
            "lexicons/gatitos",
            "en_ts.tsv",
            "blocked",
            "the rows are those of Tswana (en_tn.tsv), not Tsonga: upstream has no Tsonga data",
        ),
        (
            "lexicons/gatitos",
            "en_cpf.tsv",
            "blocked",
            "the rows are those of en_jam.tsv (Jamaican Patois), not another creole",
        ),
        ("lexicons/gatitos", "fo_en.tsv", "options", {"rows": "4597", "default": "no", "columns": "swapped"}),
        ("lexicons/giellalt", "dict-myv-eng/src/N_myveng.xml", "licence", "CC-BY-3.0"),
        ("morphology/unimorph", "krl/krl", "licence", "CC-BY-SA-3.0"),
        ("morphology/unimorph", "krl/krl-uhta", "licence", "CC-BY-4.0"),
        ("morphology/unimorph", "bod/bod", "licence", "NOASSERTION"),
        ("morphology/unimorph", "isl/isl.args", "is_default", False),
        (
            "morphology/unimorph",
            "kaz/kaz.derivations",
            "blocked",
            "a table of derivations (lemma, derived word), not of inflected forms",
        ),
        ("morphology/unimorph", "aym/Muylaq'AymaraUnimorphConversion.tsv", "role", "doc"),
        ("morphology/unimorph", "kir/kir", "options", {"rows": "5544", "lookalikes": "latin"}),
        (
            "morphology/sigmorphon2020",
            "kaz.tst",
            "options",
            {"rows": "2113", "split": "test", "lookalikes": "latin"},
        ),
    ],
)
def test_what_is_known_about_single_files_is_in_the_cards(pack, path, field, value, repository):
    (found,) = [r for r in load_card(repository / pack).files if r.path == path]
    assert getattr(found, field) == value
