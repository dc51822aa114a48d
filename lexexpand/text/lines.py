"""How do bytes become lines, whatever a user's file may hold?

UTF-8 with or without a mark, UTF-16 and UTF-32 with one, plain or gzipped; lines end with LF, CR LF or CR,
and with nothing else: U+2028, NEL, VT and FF stand inside lines, where Python's `splitlines` would break.
Lines are NFC. What is not text (Windows-1252, a picture, NUL characters) is an error with file and line.
"""

from __future__ import annotations

import codecs
import gzip
import unicodedata
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from lexexpand.errors import DataError, FormatError, MissingDataError, Where

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lexexpand.text.report import ReadReport

PIECE = 1 << 22
LONGEST_LINE = 1 << 28
UNREADABLE = "\0"
"""Stands for a line that was left out (`skip_bad`): no line that is read has a NUL in it."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NUL = "a NUL character. Is this a binary file, or UTF-16 without its mark? Convert it to UTF-8"
_NOT_UTF8 = (
    "byte 0x{byte:02X} is not UTF-8. If the file is Windows-1252, convert it: "
    "iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW"
)


@dataclass(frozen=True)  # no slots: standard input's spool file goes with a weak reference
class SourceFile:
    """A file of a source: what messages call it, and where its bytes are (standard input is spooled)."""

    name: str
    path: Path

    def where(self, line: int | None = None) -> Where:
        """A place in this file, for an error."""
        return Where(self.name, line)


@contextmanager
def open_bytes(file: SourceFile) -> Iterator[IO[bytes]]:
    """Open a file's content, unpacked if it is gzip.

    Raises:
        DataError: There is no such file, or it cannot be read, or it is a folder.
    """
    try:
        with file.path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if packed:
                with gzip.open(raw) as unpacked:
                    yield unpacked  # type: ignore[misc]
            else:
                yield raw
    except FileNotFoundError as error:
        raise MissingDataError(f"{file.name}: there is no such file") from error
    except IsADirectoryError as error:
        raise DataError(f"{file.name}: this is a folder. Name the files in it.") from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise FormatError(
            file.where(), f"not a whole gzip file ({error}). Fetch or pack it again."
        ) from error
    except OSError as error:
        raise DataError(f"{file.name}: cannot be read: {error.strerror or error}") from error


def read_lines(
    file: SourceFile, report: ReadReport, *, skip_bad: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """The lines of a file, a few megabytes at a time.

    Args:
        file: which.
        report: told what is left out.
        skip_bad: a line that is not text becomes `UNREADABLE` and is counted, instead of raising.

    Yields:
        The 1-based number of the first line, and the lines without their ends, in NFC.

    Raises:
        FormatError: A line is not text.
    """
    report.files += 1
    first = 1
    with open_bytes(file) as stream:
        for piece in _pieces(stream, file):
            text = piece if isinstance(piece, str) else _decode(piece, file, first, report, skip_bad)
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            if not text.isascii() and not unicodedata.is_normalized("NFC", text):
                text = unicodedata.normalize("NFC", text)
            lines = text.split("\n")
            if not lines[-1]:
                lines.pop()
            if UNREADABLE in text and not (skip_bad and all(x == UNREADABLE for x in lines if "\0" in x)):
                lines = _without_nul(lines, file, first, report, skip_bad)
            yield first, lines
            first += len(lines)


def _pieces(stream: IO[bytes], file: SourceFile) -> Iterator[bytes | str]:
    """The content, cut at ends of lines; as text already where it is UTF-16 or UTF-32."""
    head = stream.read(4)
    mark, encoding = next(((mark, name) for mark, name in _MARKS if head.startswith(mark)), (b"", "utf-8"))
    rest = head[len(mark) :]
    if encoding != "utf-8":
        yield from _wide_pieces(stream, rest, encoding, file)
        return
    held = bytearray(rest)
    while read := stream.read(PIECE):
        held += read
        end = held.rfind(b"\n") + 1 or held.rfind(b"\r", 0, len(held) - 1) + 1
        if end:
            yield bytes(held[:end])
            del held[:end]
        elif len(held) > LONGEST_LINE:
            raise FormatError(file.where(), f"a line of more than {LONGEST_LINE >> 20} MiB: this is not text")
    if held:
        yield bytes(held)


def _wide_pieces(stream: IO[bytes], rest: bytes, encoding: str, file: SourceFile) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    held, line = "", 1
    try:
        while read := stream.read(PIECE):
            held += decoder.decode(rest + read)
            rest = b""
            end = held.rfind("\n") + 1 or held.rfind("\r", 0, len(held) - 1) + 1
            if end:
                yield held[:end]
                line += held.count("\n", 0, end) or held.count("\r", 0, end)
                held = held[end:]
        held += decoder.decode(rest, final=True)
    except UnicodeDecodeError as error:
        raise FormatError(
            file.where(line), f"not {encoding.upper()} here or below: {error.reason}"
        ) from error
    if held:
        yield held


def _decode(piece: bytes, file: SourceFile, first: int, report: ReadReport, skip_bad: bool) -> str:
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError as error:
        if not skip_bad:
            raise _not_utf8(piece, error, file, first) from error
    # Latin-1 keeps every byte, so that lines can be cut as anywhere else before each is decoded.
    rows = piece.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = []
    for number, row in enumerate(rows, first):
        line = row.encode("latin-1")
        try:
            kept.append(line.decode("utf-8"))
        except UnicodeDecodeError as error:
            report.reject(_not_utf8(line, error, file, number), skip_bad=True)
            kept.append(UNREADABLE)
    return "\n".join(kept)


def _not_utf8(piece: bytes, error: UnicodeDecodeError, file: SourceFile, first: int) -> FormatError:
    before = piece[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\0" in piece[:1024]:
        return FormatError(file.where(first + before.count(b"\n")), _NUL)
    return FormatError(file.where(first + before.count(b"\n")), _NOT_UTF8.format(byte=piece[error.start]))


def _without_nul(
    lines: list[str], file: SourceFile, first: int, report: ReadReport, skip_bad: bool
) -> list[str]:
    kept = []
    for number, line in enumerate(lines, first):
        bad = "\0" in line and not (skip_bad and line == UNREADABLE)
        if bad:
            report.reject(FormatError(file.where(number), _NUL), skip_bad=skip_bad)
        kept.append(UNREADABLE if bad else line)
    return kept
