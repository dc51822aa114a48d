"""What a run finds at its place: its own corpus, another one, something else, or what a kill has left."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import ConfigError, DataError
from tests.synthesis.conftest import content

if TYPE_CHECKING:
    from collections.abc import Callable

    from lexexpand import Corpus
    from tests.synthesis.conftest import Maker

ENTRIES = [("light", "NOUN", "ljós", "3"), ("light", "NOUN", "birta", "2"), ("old", "ADJ", "gamal")]


def small(plain: Maker, folder: Path, **options: object) -> Corpus:
    source = folder / "s.txt"
    if not source.exists():
        source.write_text("the light\nthe old light\n", encoding="utf-8")
        plain.lexicon(ENTRIES, folder)
    return plain(
        source, folder / "mine.tsv", out=folder / "out", inputs={"cache": folder / "cache"}, **options
    )


def test_a_finished_corpus_is_not_made_again(plain: Maker) -> None:
    folder = plain.folder()
    first = small(plain, folder)
    times = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    again = small(plain, folder)
    assert again.card == first.card
    assert {path: path.stat().st_mtime_ns for path in again.folder.rglob("*")} == times


def test_another_run_is_refused_and_nothing_changes(plain: Maker) -> None:
    folder = plain.folder()
    before = content(small(plain, folder).folder)
    with pytest.raises(ConfigError, match="another run"):
        small(plain, folder, seed=14)
    assert content(folder / "out") == before
    assert not [path for path in folder.iterdir() if path.name.startswith(".out")]


def test_force_puts_the_new_one_in_its_place(plain: Maker) -> None:
    folder = plain.folder()
    small(plain, folder)
    corpus = small(plain, folder, seed=14, force=True)
    assert corpus.card["seed"] == 14
    assert not [path for path in folder.iterdir() if path.name.startswith(".out")]


def test_force_keeps_the_old_one_until_the_new_one_is_whole(
    plain: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lexexpand.synthesis import run

    folder = plain.folder()
    before = content(small(plain, folder).folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "write_shard", full)
    with pytest.raises(DataError, match="No space left"):
        small(plain, folder, seed=14, force=True)
    assert content(folder / "out") == before
    monkeypatch.undo()
    assert small(plain, folder, seed=14, force=True).card["seed"] == 14


@pytest.mark.parametrize("force", [False, True])
def test_what_is_no_corpus_is_never_deleted(plain: Maker, force: bool) -> None:
    folder = plain.folder()
    (folder / "out").mkdir()
    (folder / "out" / "thesis.txt").write_text("ten years", encoding="utf-8")
    with pytest.raises(ConfigError):
        small(plain, folder, force=force)
    assert (folder / "out" / "thesis.txt").read_text(encoding="utf-8") == "ten years"


def test_an_empty_folder_is_filled(plain: Maker) -> None:
    folder = plain.folder()
    (folder / "out").mkdir()
    assert len(small(plain, folder)) == 2


@pytest.mark.parametrize("damage", ["record", "run", "shard", "all"])
def test_what_a_broken_run_left_is_mended_or_made_again(plain: Maker, damage: str) -> None:
    """A folder under way whose files were cut off by a power cut."""
    folder = plain.folder()
    wanted = content(small(plain, folder).folder)
    part = folder / ".out.part"
    shutil.move(folder / "out", part)
    (part / "corpus.json").unlink()
    (part / "records").mkdir()
    card = json.loads(wanted["corpus.json"])
    notes = {
        "run.json": f'{{"run": "{card["run"]}"}}',
        "records/00000.json": '{"path": "data/00000.parquet", "rows',
    }
    if damage == "run":
        notes["run.json"] = '{"run": '
    for name, text in notes.items():
        (part / name).write_text(text, encoding="utf-8")
    if damage == "shard":
        (part / "data" / "00000.parquet").write_bytes(b"PAR1")
    if damage == "all":
        shutil.rmtree(part)
        part.write_text("not even a folder", encoding="utf-8")
        with pytest.raises((DataError, ConfigError)):
            small(plain, folder)
        return
    assert content(small(plain, folder).folder) == wanted


def test_two_runs_at_once_are_told_apart(plain: Maker) -> None:
    from filelock import FileLock

    folder = plain.folder()
    with FileLock(folder / ".out.lock"), pytest.raises(DataError, match="another process"):
        small(plain, folder)
    assert len(small(plain, folder)) == 2


def test_the_old_corpus_is_back_if_the_move_is_cut_off(plain: Maker) -> None:
    """Killed between moving the old corpus away and the new one in, the next run ends as it would have."""
    folder = plain.folder()
    small(plain, folder)
    (folder / "out").rename(folder / ".out.old")
    assert small(plain, folder, seed=14, force=True).card["seed"] == 14
    assert not (folder / ".out.old").exists()


class Cut(BaseException):
    """What a kill is within one process: nobody catches it."""


def cut_before(monkeypatch: pytest.MonkeyPatch, step: int) -> list[int]:
    """Let a run end before its `step`-th change to the disk; the list counts the changes."""
    from lexexpand.synthesis import run, shard

    made = [0]

    def counted(function: Callable[..., object]) -> Callable[..., object]:
        def changed(*args: object, **options: object) -> object:
            made[0] += 1
            if made[0] == step:
                raise Cut
            return function(*args, **options)

        return changed

    for name in ("replace", "rename", "unlink", "mkdir", "write_text"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    monkeypatch.setattr(shutil, "rmtree", counted(shutil.rmtree))
    for module in (run, shard):
        monkeypatch.setattr(module, "write_parquet", counted(module.write_parquet))
    return made


@pytest.mark.parametrize("replaces", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_cut_off_before_each_of_its_steps(
    plain: Maker, monkeypatch: pytest.MonkeyPatch, replaces: bool
) -> None:
    folder = plain.folder()
    wanted = content(small(plain, folder, seed=14).folder)
    old = content(small(plain, folder, seed=13, force=True).folder)
    step = steps = 0
    while True:
        step += 1
        shutil.rmtree(folder / "out", ignore_errors=True)
        if replaces:
            small(plain, folder, seed=13)
        with monkeypatch.context() as patch:
            made = cut_before(patch, step)
            try:
                small(plain, folder, seed=14, force=replaces)
            except Cut:
                steps += 1
            else:
                assert made[0] < step
                break
        if (folder / "out").exists():
            assert content(folder / "out") in (old, wanted), f"half a corpus after step {step}"
        assert content(small(plain, folder, seed=14, force=replaces).folder) == wanted, f"step {step}"
        left = {path.name for path in folder.iterdir()} - {"out", "cache", "s.txt", "mine.tsv"}
        assert left <= {".out.lock"}, f"step {step} left {left}"
    assert steps > 12
