"""What all tests share: real data where there are some, and a cache that is nobody's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Read before any test changes the environment.
_DATA = os.environ.get("LEXEXPAND_DATA")
_MIRROR = os.environ.get("LEXEXPAND_MIRROR")
# What a user may have set, and what would change the result of a test.
_USERS = ("LEXEXPAND_MIRROR", "LEXEXPAND_PACKS", "UNIMORPH")


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a cache and a user's folder of its own, and none of the user's settings."""
    base = tmp_path_factory.mktemp("user")
    monkeypatch.setenv("LEXEXPAND_CACHE", str(base / "cache"))
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(base / "data"))
    for name in _USERS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout that these tests lie in."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The unpacked real data; the test is skipped, and says so, where there are none."""
    if not _DATA:
        pytest.skip("LEXEXPAND_DATA is not set: no real data on this machine")
    folder = Path(_DATA)
    if not folder.is_dir():
        pytest.fail(f"LEXEXPAND_DATA names {folder}, and there is no such folder")
    return folder


@pytest.fixture(scope="session")
def mirror() -> Path:
    """The folder that mirrors the packs' urls: LEXEXPAND_MIRROR, else mirror/ of the data."""
    folder = Path(_MIRROR) if _MIRROR else Path(_DATA) / "mirror" if _DATA else None
    if folder is None or not folder.is_dir():
        pytest.skip("neither LEXEXPAND_MIRROR nor LEXEXPAND_DATA names a mirror")
    return folder
