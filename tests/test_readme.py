"""The examples of README and of the guide run, in their order, in an empty folder, offline; what they show is
the real output.

A fenced `sh` or `python` block is run unless the line above says `<!-- not run: why -->` or it calls make.
A `text` block after `<!-- output of: COMMAND -->` is what that command prints; `make docs` fills it in.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from lexexpand.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCUMENTS = (README, *(ROOT / "docs" / name for name in ("your-language.md", "inflector.md")))
_BLOCK = re.compile(r"(?:<!-- (not run|output of): (.+?) -->\n)?```(sh|python|text)\n(.*?)```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a document; `mark` and `argument` are those of the comment above it."""

    document: Path
    mark: str
    argument: str
    language: str
    body: str

    @property
    def name(self) -> str:
        words = re.sub(r"\W+", "-", self.argument or self.body)[:40].strip("-")
        return f"{self.document.stem}-{words}"


def blocks(document: Path) -> list[Block]:
    return [Block(document, *parts) for parts in _BLOCK.findall(document.read_text(encoding="utf-8"))]


def runnable() -> list[Block]:
    return [
        block
        for document in DOCUMENTS
        for block in blocks(document)
        if block.mark == "output of"
        or (not block.mark and block.language != "text" and "make " not in block.body)
    ]


def run(block: Block, folder: Path) -> str:
    """Run a block in `folder`; returns what it prints on stdout."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    named = {"LEXEXPAND_CACHE": str(folder / ".cache"), "LEXEXPAND_DATA_HOME": str(folder / ".data")}
    hidden = {"LEXEXPAND_MIRROR", "LEXEXPAND_PACKS", "UNIMORPH"}
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    script = block.argument if block.mark == "output of" else block.body
    command = (
        [sys.executable, "-c", script]
        if block.language == "python"
        else ["bash", "-euo", "pipefail", "-c", script]
    )
    done = subprocess.run(
        command,
        cwd=folder,
        env={**environment, **named, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Path]:
    """The folder in which each document's examples run."""
    return {document: tmp_path_factory.mktemp(document.stem) for document in DOCUMENTS}


def test_the_first_screen_names_the_two_commands() -> None:
    first = README.read_text(encoding="utf-8").splitlines()[:40]
    assert any("make demo" in line for line in first)
    assert any("make test" in line for line in first)


@pytest.mark.parametrize("block", runnable(), ids=lambda block: block.name)
def test_an_example_runs(block: Block, folders: dict[Path, Path]) -> None:
    for command in re.findall(r"^lexexpand (\w+)", block.argument or block.body, re.MULTILINE):
        if find_spec(f"lexexpand.cli.{COMMANDS[command][0]}") is None:
            pytest.skip(f"lexexpand {command} is not built yet")
    shown = run(block, folders[block.document])
    if block.mark == "output of":
        assert shown == block.body, "run `make docs`, and read what has changed"
    else:
        assert shown.strip() or ">>" in block.body


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_linked_files_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if not (document.parent / link).exists()] == []


def update() -> None:
    """Run the examples and fill in the output blocks."""
    import tempfile

    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as name:
            for block in runnable():
                if block.document == document:
                    shown = run(block, Path(name))
                    if block.mark == "output of":
                        text = text.replace(f"```text\n{block.body}```", f"```text\n{shown}```", 1)
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--update"]:
        sys.exit("usage: test_readme.py --update")
    update()
