"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lexexpand"
MODULES = sorted(PACKAGE.rglob("*.py"))
HEAVY = ("torch", "transformers", "pyarrow", "datasets", "babel", "pandas", "numpy", "langcodes")
FORBIDDEN_NAMES = {"utils", "helpers", "common", "other", "misc"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("folder", ["lexicons", "morphology"])
def test_data_folders_hold_no_python(folder: str) -> None:
    assert [name_of(path) for path in (ROOT / folder).rglob("*.py")] == []


def shipped_codes() -> set[str]:
    """ISO 639-3 codes and full tags of the languages that a shipped pack has a file for."""
    tags: set[str] = set()
    for table in sorted(ROOT.glob("*/*/files.tsv")):
        with table.open(encoding="utf-8") as lines:
            rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            tags |= {row["language"] for row in rows if row["language"] not in {"", "-"}}
    return tags | {tag.partition("_")[0] for tag in tags}


def docstrings(tree: ast.AST) -> set[int]:
    """Ids of the constants that are docstrings: strings that stand alone as a statement."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


# Words of English or of a format that happen to be a language's code as well. Each with what it means here.
NOT_A_LANGUAGE = {
    "prs": "the present tense, in the rules of agreement",
    "run": "a run of the same punctuation mark, in the tokeniser",
}


def test_no_module_names_a_language() -> None:
    codes = shipped_codes() - set(NOT_A_LANGUAGE)
    assert len(codes) >= 2
    found = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = docstrings(tree)
        strings = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        named = [node for node in strings if node.value in codes and id(node) not in prose]
        found += [f"{name_of(path)}:{node.lineno}: {node.value!r}" for node in named]
    assert found == [], "facts about a language are rows of a pack or of lexexpand/data"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_short_and_opens_with_its_problem(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 350, "split it by noun"
    assert ast.get_docstring(ast.parse(text)), "a module opens with a docstring"
    assert path.stem not in FORBIDDEN_NAMES


def test_no_function_is_longer_than_sixty_lines() -> None:
    found = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                first = (
                    node.body[1].lineno
                    if len(node.body) > 1 and ast.get_docstring(node)
                    else node.body[0].lineno
                )
                if node.end_lineno - first + 1 > 60:
                    found.append(f"{name_of(path)}:{node.lineno}: {node.name}")
    assert found == []


def loaded_after(code: str) -> set[str]:
    """Top-level modules that a fresh interpreter has loaded after `code`."""
    show = "import json, sys; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{show}"], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_import_loads_nothing_heavy() -> None:
    assert loaded_after("import lexexpand") & set(HEAVY) == set()


def test_help_loads_nothing_heavy() -> None:
    quiet = "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): "
    code = f"from lexexpand.cli import run\n{quiet}run(['--help'])"
    assert loaded_after(code) & set(HEAVY) == set()


def test_public_names_resolve() -> None:
    import lexexpand

    built = {
        name
        for name in lexexpand._PUBLIC
        if (ROOT / (lexexpand._PUBLIC[name].replace(".", "/") + ".py")).exists()
    }
    assert built, "no public name has its module"
    assert [name for name in built if getattr(lexexpand, name) is None] == []


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    import lexexpand

    with pytest.raises(AttributeError, match="has no attribute 'nonsense'"):
        lexexpand.nonsense  # noqa: B018


# Split so that this file is not its own finding.
MACHINE = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/")


def test_tracked_files_name_no_path_of_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    found = []
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yaml", ".cff", ".txt", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{name}: {place}" for place in MACHINE if f" {place}" in text or f'"{place}' in text]
    assert found == []
