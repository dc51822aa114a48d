"""Tables of paradigms as they are found."""

from pathlib import Path

import pytest

from lexexpand.errors import ConfigError, FormatError
from lexexpand.morphology.tables import TableFile, TableReport, read_triples, script_of


def read(
    path: Path, language: str | None = None, script: str | None = None, **options: str
) -> tuple[list[tuple[str, str, str]], TableReport]:
    report = TableReport()
    triples = read_triples(TableFile(path, options), report, language=language, script=script)
    return [(lemma, form, str(bundle)) for lemma, form, bundle in triples], report


GOOD = [("hund", "hundar", "N;PL")]
SHAPES = {
    "plain": "hund\thundar\tN;PL\n",
    "no end of line": "hund\thundar\tN;PL",
    "blank lines": "\n\nhund\thundar\tN;PL\n\n \n",
    "CRLF": "hund\thundar\tN;PL\r\n\r\n",
    "a name line": "# Livvi verbs\nhund\thundar\tN;PL\n",
    "byte-order mark": "\ufeffhund\thundar\tN;PL\n",
    "comma-separated": "\ufeffhund,hundar,N;PL\n",
    "features second": "hund\tN;PL\thundar\n",
    "blanks around": "hund \t hundar\tN;PL \n",
    "a broken line between": "hund\thundar\nhund\thundar\tN;PL\nx\ty\tz;;\n",
    "a NUL between": "hu\0nd\thundar\tN;PL\nhund\thundar\tN;PL\n",
    "an empty form": "hund\t\tN;SG\nhund\thundar\tN;PL\n",
    "five columns between": "a\tb\tN;PL\tc\td\nhund\thundar\tN;PL\n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_same_triple_is_read_from_every_shape(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "table"
    path.write_bytes(SHAPES[shape].encode())
    triples, report = read(path)
    assert triples == GOOD
    assert report.triples == 1
    assert report.skipped_lines == len(report.skipped) == report.lines - 1


def test_columns_can_be_stated(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1;N,hundar,,hund\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="lacks tags"):
        read(path, delimiter=",", columns="x,form,,lemma")
    path.write_text("hundar,x,hund,N;PL\n", encoding="utf-8")
    assert read(path, delimiter=",", columns="form,,lemma,tags")[0] == GOOD


def test_forms_of_several_words_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "sqi"
    path.write_text("shkoj\tkam shkuar\tV;IND;PRS;PRF;1;SG\n", encoding="utf-8")
    assert read(path)[0][0][1] == "kam shkuar"


def test_words_become_nfc(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_text("fo\u0301r\tfo\u0301r\tN;SG\n", encoding="utf-8")
    assert read(path)[0] == [("fór", "fór", "N;SG")]


BAD = {
    "cp1252": ("fór\tfór\tN;SG\n".encode("cp1252"), "not UTF-8"),
    "UTF-16": ("a\tb\tN;SG\n".encode("utf-16"), "not UTF-8"),
    "prose": (b"this is not a table\nat all\n", "no paradigm could be read"),
    "derivations": ("алма\tАлматы\tN:N\t-ты\n".encode(), "4 columns"),
    "derivations of three columns": ("алма\tАлматы\tN:N\n".encode(), "derivations"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, kind: str) -> None:
    content, message = BAD[kind]
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=message) as error:
        read(path)
    assert str(path) in str(error.value)


def test_an_empty_file_has_no_triples(tmp_path: Path) -> None:
    (tmp_path / "table").write_bytes(b"")
    assert read(tmp_path / "table")[0] == []


def test_latin_look_alikes_inside_cyrillic_words_are_mended_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "kir"
    path.write_text("aйдoo\taйдaбыз\tV;PL;1;FUT\nдом\tдом\tN;SG\n", encoding="utf-8")  # a, o are Latin
    triples, report = read(path, "kir", "Cyrl")
    assert triples[0][:2] == ("айдоо", "айдабыз")  # a, o are Cyrillic
    assert report.lookalikes == 1
    assert read(path, "kir", "Cyrl", lookalikes="keep")[0][0][0] == "aйдoo"


def test_words_wholly_in_latin_letters_or_with_letters_of_their_own_stay(tmp_path: Path) -> None:
    path = tmp_path / "udm"
    path.write_text("IBM\tIBM\tN;SG\nqах\tqах\tN;SG\n", encoding="utf-8")
    assert [lemma for lemma, _, _ in read(path, "udm", "Cyrl")[0]] == ["IBM", "qах"]


def test_the_grade_mark_of_sami_dictionaries_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "sme"
    path.write_text("ášši\táš'ši\tN;NOM;SG\n", encoding="utf-8")
    assert read(path, "sme", "Latn")[0][0][1] == "ášši"
    assert read(path, "bre", "Latn")[0][0][1] == "áš'ši"


def test_the_script_of_words() -> None:
    assert script_of(["айдоо", "x"]) == "Cyrl"
    assert script_of(["ܫܠܡܐ"]) == "Syrc"
    assert script_of(["1", "-"]) is None


def test_headings_that_were_taken_for_forms_are_left_out_and_reported(tmp_path: Path) -> None:
    path = tmp_path / "isl"
    path.write_text("kona\tindefinite\tN;INDF;NOM;PL\nkona\tkonur\tN;INDF;ACC;PL\n", encoding="utf-8")
    triples, report = read(path, "isl", "Latn")
    assert [form for _, form, _ in triples] == ["konur"]
    assert "heading" in report.skipped[0]
