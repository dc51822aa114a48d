from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import FormatError, MissingDataError
from lexexpand.lexicon.decode import read_lines

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "house\thús\ndog\thundur\n"
READ = ["house\thús", "dog\thundur"]


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.rstrip("\n").encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16-be", "crlf", "cr", "no last end"],
)
def test_the_same_lines_come_out_of_every_encoding(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(data)
    assert read_lines(path) == READ


def test_unicode_line_separators_are_part_of_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("a\u2028b\tc\x85d\n", encoding="utf-8")
    assert len(read_lines(path)) == 1


@pytest.mark.parametrize(
    ("data", "line", "advice"),
    [
        ("dog\thundur\nhouse\thús\n".encode("cp1252"), 2, "WINDOWS-1252"),
        (b"dog\thundur\nhouse\th\xed\xa0\x80\n", 2, "surrogate"),
        (TEXT.encode("utf-16-le"), 1, "UTF-16"),
        (b"dog\thundur\nx\0y\tz\n", 2, "NUL"),
        (TEXT.encode("utf-16")[:-1], 1, "cut off"),
    ],
    ids=["cp1252", "lone surrogate", "utf-16 without mark", "nul", "half utf-16"],
)
def test_what_is_not_text_is_refused_with_its_line(
    tmp_path: Path, data: bytes, line: int, advice: str
) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(data)
    with pytest.raises(FormatError, match=advice) as error:
        read_lines(path)
    assert advice == "cut off" or error.value.where.line == line


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="cannot be read"):
        read_lines(tmp_path / "none.tsv")
