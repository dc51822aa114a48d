"""What all tests share: real data where there are some, and a cache that is nobody's."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from lexexpand.model.base import Base

# Read before any test changes the environment.
_DATA = os.environ.get("LEXEXPAND_DATA")
_MIRROR = os.environ.get("LEXEXPAND_MIRROR")
_CACHE = os.environ.get("LEXEXPAND_CACHE")
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


@pytest.fixture(scope="session")
def embedded_base() -> Base:
    """The embedded base from the user's own cache, fetched and converted into it where it is not there."""
    pytest.importorskip("torch", reason="torch is not installed (pip install lexexpand[adapt])")
    import platformdirs

    from lexexpand.errors import MissingDataError
    from lexexpand.model.base import find_base

    cache = Path(_CACHE) if _CACHE else Path(platformdirs.user_cache_dir("lexexpand", appauthor=False))
    try:
        return find_base(cache=cache)
    except MissingDataError as error:
        pytest.skip(str(error))
