"""Which characters are these bytes? A dictionary comes from somebody's spreadsheet, and they all differ.

UTF-8 is read with or without a byte order mark, UTF-16 with one; lines may end in LF, CRLF or CR. Anything
else is refused with the line where it shows, and with the command that mends it: guessing an encoding turns
`hús` into `hÃºs` without a word. A NUL byte, a lone surrogate and a cell of a million characters are not
dictionary either.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from lexexpand.errors import FormatError, MissingDataError, Where

if TYPE_CHECKING:
    from pathlib import Path

_MARKS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(path: Path) -> str:
    """The text of a file, every line end made LF, the byte order mark taken off.

    Raises:
        MissingDataError: There is no such file.
        FormatError: It is neither UTF-8 nor UTF-16 with a byte order mark, or has NULs; says the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingDataError(f"{path}: cannot be read: {error.strerror or error}") from error
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8-sig")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FormatError(Where(path, _line_of(data, error.start)), _advice(data, error)) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FormatError(
            Where(path, line), "a NUL character: this is not a text file, or UTF-16 without its mark"
        )
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text


def read_lines(path: Path) -> list[str]:
    """The lines of a file without their ends; a last empty one is left out.

    Only LF, CRLF and CR end a line: `str.splitlines` would also cut at U+0085 and U+2028, inside cells.
    """
    lines = read_text(path).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return lines


def _line_of(data: bytes, position: int) -> int:
    before = data[:position]
    return before.count(b"\n") + 1 if b"\n" in data else before.count(b"\r") + 1


def _advice(data: bytes, error: UnicodeDecodeError) -> str:
    byte = data[error.start]
    if data[error.start : error.start + 1] == b"\xed":
        return "not UTF-8: half of a surrogate pair (U+D800 to U+DFFF). Write the file again as UTF-8."
    if b"\0" in data[:1000] and error.encoding.startswith("utf-8"):
        return "NUL bytes: UTF-16 without its mark, or no text at all. Write the file again as UTF-8."
    if error.encoding.startswith("utf-16"):
        return "UTF-16 by its mark, but cut off or broken. Write the file again as UTF-8."
    return (
        f"not UTF-8: byte 0x{byte:02X}. If the file is from Windows, convert it with "
        "`iconv -f WINDOWS-1252 -t UTF-8 OLD > NEW` (or another code page) and look at its letters."
    )
