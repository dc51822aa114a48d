"""Sources on disk, in a line each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from lexexpand.language import Language
from lexexpand.text.block import Block
from lexexpand.text.report import ReadReport
from lexexpand.text.source import read_source

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = Language("eng", "Latn")
Read = Callable[..., tuple[list[Block], ReadReport]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str | bytes], Path]:
    """Write a file of the test's folder."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture
def read(write: Callable[[str, str | bytes], Path]) -> Read:
    """Write a file and read it: its blocks, and the report."""

    def read(name: str, content: str | bytes, **options: object) -> tuple[list[Block], ReadReport]:
        report = ReadReport()
        blocks = list(read_source([write(name, content)], None, ENGLISH, report=report, **options))  # type: ignore[arg-type]
        return blocks, report

    return read
