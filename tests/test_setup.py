"""`make` sets itself up from the lock, and names what is missing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]


def locked() -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in LOCK:
        requirement = Requirement(line)
        found.setdefault(requirement.name, []).append(requirement)
    return found


def test_the_lock_is_exact_and_sorted() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.!]+( ; python_version .+)?", line) for line in LOCK)
    names = [line.partition("==")[0] for line in LOCK]
    assert names == sorted(names)
    assert "torch==2.13.0" in LOCK


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13"])
def test_the_lock_gives_each_python_one_version(python: str) -> None:
    doubled = {}
    for name, requirements in locked().items():
        chosen = [r for r in requirements if not r.marker or r.marker.evaluate({"python_version": python})]
        if len(chosen) > 1:
            doubled[name] = [str(r) for r in chosen]
    assert doubled == {}


def test_the_lock_has_what_the_project_needs_and_admits_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    found = locked()
    for text in [*project["dependencies"], *extras["adapt"], *extras["dev"]]:
        requirement = Requirement(text)
        for version in found[canonicalize_name(requirement.name)]:
            (exact,) = version.specifier
            assert requirement.specifier.contains(exact.version), f"{text}: the lock has {version}"


def interpreter(folder: Path, version: str, modules: str) -> Path:
    """A stand-in for a Python of that version with or without venv."""
    path = folder / "python"
    path.write_text(
        "#!/bin/sh\n"
        f'case "$*" in -V) echo "Python {version}" ;; *version_info*) exit {int(version < "3.10")} ;;\n'
        f"*ensurepip*) exit {int(not modules)} ;; esac\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


def make(folder: Path, python: object) -> str:
    if shutil.which("make") is None:
        pytest.skip("no make on this machine")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, folder)
    done = subprocess.run(
        ["make", f"PYTHON={python}", "demo"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert not (folder / ".venv").exists()
    return done.stderr


def test_make_names_a_missing_python(tmp_path: Path) -> None:
    assert "there is no nonesuch. Install Python 3.10 or newer" in make(tmp_path, "nonesuch")


def test_make_names_a_python_that_is_too_old(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shown = make(tmp_path, interpreter(tmp_path / "bin", "3.09", "venv"))
    assert "is Python 3.09; lexexpand needs 3.10 or newer" in shown


def test_make_names_a_missing_venv(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shown = make(tmp_path, interpreter(tmp_path / "bin", "3.12", ""))
    assert "lacks venv or ensurepip. On Debian and Ubuntu: apt install python3-venv" in shown
