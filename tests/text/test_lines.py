from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import ConfigError, DataError, FormatError, MissingDataError
from lexexpand.text.report import ReadReport
from lexexpand.text.source import open_source, read_source, source_digest
from tests.text.conftest import ENGLISH, Read

if TYPE_CHECKING:
    from lexexpand.text.block import Block

Write = Callable[[str, str | bytes], Path]


def texts(blocks: list[Block]) -> list[str]:
    return [text for block in blocks for text in block.text.to_pylist()]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n\n \n", []),
        (b"a\nb", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        ("é\nß".encode("utf-16"), ["é", "ß"]),
        (b"\xfe\xff" + "é\r\nß".encode("utf-16-be"), ["é", "ß"]),
        ("é\nß".encode("utf-32"), ["é", "ß"]),
        (gzip.compress(b"a\nb\n"), ["a", "b"]),
        ("a\u2028b\x85c\x0bd\x0ce\x1cf\n".encode(), ["a\u2028b\x85c\x0bd\x0ce\x1cf"]),
        ("cafe\u0301\n".encode(), ["café"]),
        ("שלום עולם — hello мир\n".encode(), ["שלום עולם — hello мир"]),
        (b"x" * 1_000_000 + b"\ny", ["x" * 1_000_000, "y"]),
    ],
)
def test_text_is_read_right(read: Read, content: bytes, expected: list[str]) -> None:
    assert texts(read("a.txt", content)[0]) == expected


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"fine\nit\x92s\n", 2, "iconv"),
        (b"a\r\nb\r\nc\xff\r\n", 3, "0xFF"),
        (b"a\rb\rc\xff\r", 3, "0xFF"),
        (b"a\nb\0c\n", 2, "NUL"),
        ("ab\ncd".encode("utf-16-le"), 1, "NUL"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xd8", 1, "0x89"),
        (b"\xff\xfea\0b", 1, "UTF-16"),
        (b"a\n\xed\xa0\x80\n", 2, "0xED"),
    ],
)
def test_what_is_not_text_is_an_error_with_its_line(
    read: Read, content: bytes, line: int, words: str
) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        read("a.txt", content)
    assert caught.value.where.line == line
    assert "a.txt" in str(caught.value)


def test_broken_lines_are_skipped_and_counted_on_request(read: Read) -> None:
    blocks, report = read("a.txt", b"one\nit\x92s\nn\0l\n\nfour\n", skip_bad=True)
    assert texts(blocks) == ["one", "four"]
    assert blocks[0].line.tolist() == [1, 5]
    assert report.skipped == 2
    assert "a.txt:2:" in report.skipped_at[0]
    assert report.counts == {"blank lines": 1}


def test_a_sentence_of_rows_with_a_broken_line_is_left_out_whole(read: Read) -> None:
    blocks, report = read("a.iob2", b"a O\n\xff O\n\nb O\n", skip_bad=True)
    assert texts(blocks) == ["b"]
    assert report.skipped == 1


def test_a_broken_gzip_file_says_so(read: Read) -> None:
    with pytest.raises(FormatError, match="gzip"):
        read("a.txt.gz", gzip.compress(b"hello\n" * 1000)[:-20])


def test_a_missing_file_and_a_folder_are_errors(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="no such file"):
        open_source([tmp_path / "none.txt"])
    with pytest.raises(DataError, match="folder"):
        open_source([tmp_path])


def test_the_digest_is_of_the_content_alone(write: Write) -> None:
    plain, packed = write("a.txt", "a\nb\n"), write("b.gz", gzip.compress(b"a\nb\n"))
    assert source_digest([plain]) == source_digest([packed])
    assert source_digest([plain, plain]) != source_digest([plain])
    assert len(source_digest([plain])) == 64


def test_several_files_are_one_text(write: Write) -> None:
    paths = [write("a.txt", "a\nb\n"), write("b.txt", "c"), write("c.conllu", ""), write("d.txt", "d")]
    blocks = list(read_source(paths, None, ENGLISH))
    assert texts(blocks) == ["a", "b", "c", "d"]
    assert [i for block in blocks for i in block.file.tolist()] == [0, 0, 1, 3]
    assert [i for block in blocks for i in block.line.tolist()] == [1, 2, 1, 1]


def test_blocks_end_at_twenty_thousand_sentences_and_at_many_characters(read: Read) -> None:
    blocks, report = read("a.txt", "a b\n" * 45_000)
    assert [len(block) for block in blocks] == [20_000, 20_000, 5_000]
    assert (report.sentences, report.tokens) == (45_000, 90_000)
    assert len(read("b.txt", ("x" * 10_000_000 + "\n") * 5)[0]) == 2


def test_formats_that_cannot_be_told_are_errors(write: Write) -> None:
    with pytest.raises(ConfigError, match="--format"):
        list(read_source([write("a.doc", "x")], None, ENGLISH))
    with pytest.raises(ConfigError, match="conllu"):
        list(read_source([write("a.txt", "x")], "conlu", ENGLISH))
    with pytest.raises(ConfigError, match="at least one"):
        list(read_source([], None, ENGLISH))


def test_standard_input_is_read_once_and_serves_twice(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("in", "Hello there.\n")
    with path.open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        source = open_source(["-"])
    report = ReadReport()
    assert source.digest == source_digest([path])
    assert texts(list(read_source(source, None, ENGLISH, report=report))) == ["Hello there."]
    with pytest.raises(ConfigError, match="once"):
        open_source(["-", "-"])
