"""The unimorph package's store: read, filled by its download, failures told."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language
from lexexpand.morphology import unimorph_store
from lexexpand.morphology.load import load_paradigms

FAROESE = Language("fao", "Latn")
Git = Callable[[str], None]

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell script stands for git")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "store"
    monkeypatch.setenv("UNIMORPH", str(folder))
    return folder


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Put a git of ours before the real one."""

    def install(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "git").chmod(0o755)
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    return install


def test_tables_of_the_store_are_read_and_other_files_are_not(store: Path) -> None:
    (store / "fao").mkdir(parents=True)
    (store / "fao" / "fao").write_text("hestur\thestar\tN;PL\n", encoding="utf-8")
    for other in ("README.md", "fao.derivations", "fao.args", "LICENSE"):
        (store / "fao" / other).write_text("x")
    assert [file.path.name for file in unimorph_store.store_files(FAROESE)] == ["fao"]
    paradigms = load_paradigms(FAROESE, specs=["unimorph-store"])
    assert paradigms is not None
    assert paradigms.forms("hestur", "N;PL") == ("hestar",)
    assert [use.pack for use in paradigms.sources] == ["unimorph-store"]


def test_all_parts_of_a_split_table_are_read(store: Path) -> None:
    (store / "fin").mkdir(parents=True)
    (store / "fin" / "fin.1").write_text("talo\ttalot\tN;PL\n", encoding="utf-8")
    (store / "fin" / "fin.2").write_text("yö\työt\tN;PL\n", encoding="utf-8")
    paradigms = load_paradigms(Language("fin", "Latn"), specs=["unimorph-store"])
    assert paradigms is not None
    assert len(paradigms) == 2


def test_unnamed_the_store_is_not_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("UNIMORPH", raising=False)
    assert not unimorph_store.is_named()


def test_the_package_downloads_into_the_store(store: Path, git: Git) -> None:
    git('[ "$1" = clone ] && printf "hestur\\thestar\\tN;PL\\n" > fao/fao')
    assert [file.path for file in unimorph_store.download(FAROESE)] == [store / "fao" / "fao"]
    git("exit 1")  # what is there is not downloaded again
    assert unimorph_store.download(FAROESE)


def test_a_download_that_fails_is_told_and_leaves_nothing(store: Path, git: Git) -> None:
    git("echo fatal: could not resolve host >&2; exit 128")
    with pytest.raises(MissingDataError, match=r"code 128.*network.*lexexpand fetch --lang fao_Latn"):
        unimorph_store.download(FAROESE)
    assert not (store / "fao").exists()


def test_a_clone_without_a_table_is_told(store: Path, git: Git) -> None:
    git("echo hello > fao/README.md")
    with pytest.raises(MissingDataError, match="no table"):
        unimorph_store.download(FAROESE)


def test_a_machine_without_git_is_told(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(ConfigError, match="git"):
        unimorph_store.download(FAROESE)


def test_a_store_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, git: Git
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UNIMORPH", str(tmp_path / "file"))
    git("exit 0")
    with pytest.raises(MissingDataError, match="could not download"):
        unimorph_store.download(FAROESE)
