"""Packs and package data are found alike from wheel, editable install, sdist and bare checkout.

Each kind is installed into an environment that sees this one's libraries through a .pth file, and whose only
lexexpand is the one under test: no network is needed. (A path named in a .pth has its own .pth files unread,
so that this environment's editable install stays unseen.)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

LEFT_OUT = (
    ".git",
    ".venv*",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
    "dist",
    "build",
    "corpora",
    "runs",
    "shared",
)
SHOW = """
import json, sys
from pathlib import Path
import lexexpand
from lexexpand.resources.packs import find_packs
from lexexpand.language import parse_language
packs = find_packs()
print(json.dumps({
    "packs": sorted(f"{card.kind}/{card.id}" for card in packs),
    "files": all((card.folder / "files.tsv").is_file() for card in packs),
    "starter": next((card.folder / "fao_Latn.tsv").stat().st_size for card in packs if card.id == "starter"),
    "language": str(parse_language("fo")),
    "data": sorted(p.name for p in (Path(lexexpand.__file__).parent / "data").iterdir() if p.suffix != ".py"),
    "package": lexexpand.__file__,
}))
"""


def run(*command: object, folder: Path, **environment: str) -> str:
    clean = {key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A copy of the tree without what git ignores: builds must not touch the tree that is being tested."""
    copy = tmp_path_factory.mktemp("checkout") / "lexexpand"
    shutil.copytree(repository, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return copy


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", out, folder=checkout)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--no-isolation", "--sdist", "--outdir", out, folder=checkout)
    return next(out.glob("*.tar.gz"))


def environment(folder: Path) -> Path:
    """A virtual environment that sees this one's libraries; returns its interpreter."""
    run(sys.executable, "-m", "venv", "--without-pip", folder, folder=folder.parent)
    python = folder / "bin" / "python"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=folder).strip()
    (Path(site) / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


def install(tmp_path: Path, *what: object) -> Path:
    python = environment(tmp_path / "venv")
    flags = (
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--ignore-installed",
        "--disable-pip-version-check",
    )
    run(python, "-m", "pip", "install", "--quiet", *flags, *what, folder=tmp_path)
    return python


def expected(checkout: Path) -> tuple[list[str], list[str]]:
    """The packs and the package data of the tree, as `SHOW` tells them."""
    kinds = []
    for place in ("lexicons", "morphology", "experiments/data"):
        for card in (checkout / place).glob("**/pack.toml"):
            fields = dict(
                line.split(" = ", 1)
                for line in card.read_text(encoding="utf-8").splitlines()
                if " = " in line
            )
            kinds.append(f"{json.loads(fields['kind'])}/{json.loads(fields['id'])}")
    data = [path.name for path in (checkout / "lexexpand" / "data").iterdir() if path.suffix != ".py"]
    return sorted(kinds), sorted(data)


def check(shown: str, checkout: Path) -> dict[str, str]:
    found = json.loads(shown)
    assert (found["packs"], found["data"]) == expected(checkout)
    assert found["files"]
    assert found["starter"] > 1000
    assert found["language"] == "fao_Latn"
    return dict(found)


def test_packs_are_found_from_a_wheel(tmp_path: Path, wheel: Path, checkout: Path) -> None:
    python = install(tmp_path, wheel)
    found = check(run(python, "-c", SHOW, folder=tmp_path), checkout)
    assert "site-packages" in found["package"]


def test_packs_are_found_from_an_sdist(tmp_path: Path, sdist: Path, checkout: Path) -> None:
    python = install(tmp_path, sdist)
    found = check(run(python, "-c", SHOW, folder=tmp_path), checkout)
    assert "site-packages" in found["package"]


def test_packs_are_found_from_an_editable_install(tmp_path: Path, checkout: Path) -> None:
    python = install(tmp_path, "-e", checkout)
    found = check(run(python, "-c", SHOW, folder=tmp_path), checkout)
    assert found["package"].startswith(str(checkout))


def test_packs_are_found_from_a_bare_checkout(tmp_path: Path, checkout: Path) -> None:
    python = environment(tmp_path / "venv")
    found = check(run(python, "-c", SHOW, folder=tmp_path, PYTHONPATH=str(checkout)), checkout)
    assert found["package"].startswith(str(checkout))


def test_the_wheel_has_one_name_and_all_data(wheel: Path, checkout: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"lexexpand"}
    for path in (checkout / "lexexpand").rglob("*"):
        if path.is_file():
            assert path.relative_to(checkout).as_posix() in names
    assert "lexexpand/_packs/lexicons/starter/fao_Latn.tsv" in names
    assert [name for name in names if name.startswith("lexexpand/_packs/") and name.endswith(".py")] == []


def test_the_sdist_has_what_make_needs(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        "Makefile",
        "constraints.txt",
        "LICENSE",
        "README.md",
        "CITATION.cff",
        "tests/conftest.py",
        "docs/cli.md",
    }
    assert wanted - names == set()


def test_the_wheel_answers_on_the_command_line(tmp_path: Path, wheel: Path) -> None:
    python = install(tmp_path, wheel)
    assert "Commands" in run(python.parent / "lexexpand", "--help", folder=tmp_path)
