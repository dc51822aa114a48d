from __future__ import annotations

import pytest

from lexexpand.errors import ConfigError, FormatError
from lexexpand.text.source import read_source
from tests.text.conftest import ENGLISH, Read


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", "text\tlabel\nGo, now!\tpos\n"),
        ("a.tsv", "index_id\tcategory\ttext\n7\tpos\tGo, now!\n"),
        ("a.tsv", "ID\ttweet\tlabel\r\nx1\tGo, now!\tpos\r\n"),
        ("a.csv", 'id,text,label\n1,"Go, now!",pos\n'),
        ("a.TSV", '\ufeffLabel\tText\npos\t"Go, now!"\n'),
    ],
)
def test_known_headers_are_understood(read: Read, name: str, content: str) -> None:
    (block,), _ = read(name, content)
    assert block.text.to_pylist() == ["Go, now!"]
    assert block.label.to_pylist() == ["pos"]
    assert block.line.tolist() == [2]


def test_columns_can_be_named(read: Read) -> None:
    content = "text\twords\tkind\nno\tyes\tk\n"
    (block,), _ = read("a.tsv", content, text_column="words", label_column="kind")
    assert (block.text.to_pylist(), block.label.to_pylist()) == (["yes"], ["k"])
    with pytest.raises(ConfigError, match=r"'nope'.*text, words, kind"):
        read("a.tsv", content, text_column="nope")


def test_a_table_may_have_no_labels(read: Read) -> None:
    (block,), _ = read("a.tsv", "text\nGo\n")
    assert block.label is None


def test_quotes_are_undone_only_where_the_whole_cell_is_quoted(read: Read) -> None:
    (block,), _ = read("a.tsv", 'text\tlabel\n"He ""said"" so"\ta\n""@user: x""\ta\n"open\ta\n')
    assert block.text.to_pylist() == ['He "said" so', '""@user: x""', '"open']


def test_commas_and_breaks_inside_quotes_are_text(read: Read) -> None:
    (block,), _ = read("a.csv", 'text,label\n"a, b\nc",x\nd,y\n')
    assert block.text.to_pylist() == ["a, b c", "d"]
    assert block.line.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("a.tsv", "text\tlabel\na\tb\na\n", 3, "1 columns, expected 2"),
        ("a.tsv", "text\tlabel\na\t \n", 2, "label"),
        ("a.tsv", "a\tb\nc\td\n", 1, "text-column"),
        ("a.csv", 'text,label\n"a,b\n', 2, "comma"),
        ("a.csv", 'text,label\n"a"b,c\n', 2, "comma"),
    ],
)
def test_broken_tables_are_errors_with_their_line(
    read: Read, name: str, content: str, line: int, words: str
) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        read(name, content)
    assert caught.value.where.line == line


def test_broken_rows_are_skipped_and_empty_ones_counted(read: Read) -> None:
    (block,), report = read("a.tsv", "text\tlabel\nx\n \tb\nGo\tb\n", skip_bad=True)
    assert block.text.to_pylist() == ["Go"]
    assert (report.skipped, report.counts) == (1, {"rows without text": 1})


def test_broken_quotes_are_skipped_too(read: Read) -> None:
    (block,), report = read("a.csv", 'text,label\n"a"b,c\nd,e\n', skip_bad=True)
    assert (block.text.to_pylist(), report.skipped) == (["d"], 1)


def test_labelled_and_unlabelled_tables_do_not_mix(write) -> None:  # type: ignore[no-untyped-def]
    paths = [write("a.tsv", "text\tlabel\na\tb\n"), write("b.tsv", "text\na\n")]
    with pytest.raises(ConfigError, match="apart"):
        list(read_source(paths, None, ENGLISH))


def test_an_empty_table_is_empty(read: Read) -> None:
    assert read("a.tsv", "")[0] == []
    assert read("a.csv", "text,label\n")[0] == []
