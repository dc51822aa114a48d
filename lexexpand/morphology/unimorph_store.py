"""The store of the `unimorph` package: its tables are read, its download is called, its failures are told.

The package (0.0.4) keeps a clone of `unimorph/<iso>` in $UNIMORPH (else `~/.unimorph`), with one table
named like the language and others beside it. We read the tables where they lie (its own `inflect_word`
reads the whole table anew for each word: `benchmarks/bench_paradigms.py`), and download only when told to,
by the package's function. That runs `git clone`, makes the folder before it tries, and takes a non-empty
folder for success; so what it has left behind is checked afterwards, and an empty folder removed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language, related
from lexexpand.morphology.tables import TableFile

STORE = "unimorph-store"
VARIABLE = "UNIMORPH"
# Files of a clone that are no tables of inflected forms.
_OTHERS = (".md", ".txt", ".derivations", ".segmentations", ".args", ".gloss", ".xz", ".gz", ".json")


def is_named() -> bool:
    """Whether $UNIMORPH says where the store is."""
    return bool(os.environ.get(VARIABLE))


def store_dir() -> Path:
    """The store: $UNIMORPH, else the package's default."""
    return Path(os.environ.get(VARIABLE) or Path.home() / ".unimorph")


def store_files(language: Language) -> list[TableFile]:
    """The tables of a language in the store: the one named like it first; empty where there are none."""
    for code in dict.fromkeys(each.iso for each in (language, *related(language))):
        folder = store_dir() / code
        if folder.is_dir():
            paths = sorted(p for p in folder.iterdir() if _is_table(p, code))
            return [_table(path) for path in sorted(paths, key=lambda p: p.name != code)]
    return []


def download(language: Language) -> list[TableFile]:
    """Let the unimorph package download a language's tables into the store; its files.

    Raises:
        ConfigError: the package or git is not installed.
        MissingDataError: the download failed; says what the package or git said.
    """
    try:
        import unimorph
    except ImportError as error:
        raise ConfigError("the package unimorph is not installed: pip install unimorph") from error
    folder = store_dir()
    there = store_files(language)
    if there:
        return there
    # The package reads $UNIMORPH when it is imported; here the user may have set it since.
    unimorph.UNIMORPH_DIR = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _quietly(unimorph, language.iso)
    except FileNotFoundError as error:
        raise ConfigError(
            f"the unimorph package downloads with git, and git is not here ({error})"
        ) from error
    except subprocess.CalledProcessError as error:
        raise MissingDataError(_failure(language, f"git clone ended with code {error.returncode}")) from error
    except (OSError, AssertionError) as error:
        raise MissingDataError(_failure(language, str(error) or type(error).__name__)) from error
    finally:
        _remove_if_empty(folder / language.iso)
    files = store_files(language)
    if not files:
        raise MissingDataError(_failure(language, "the clone has no table of inflected forms"))
    return files


def _quietly(package: object, code: str) -> None:
    """Call the package's download; git must not ask for a password."""
    before = os.environ.get("GIT_TERMINAL_PROMPT")
    os.environ["GIT_TERMINAL_PROMPT"] = "0"
    try:
        package.download_unimorph(code)  # type: ignore[attr-defined]
    finally:
        if before is None:
            del os.environ["GIT_TERMINAL_PROMPT"]
        else:
            os.environ["GIT_TERMINAL_PROMPT"] = before


def _failure(language: Language, why: str) -> str:
    return (
        f"the unimorph package could not download {language.iso} into {store_dir()}: {why}. Is the network "
        f"there, and has UniMorph a repository {language.iso}? `lexexpand fetch --lang {language}` gets the "
        "tables that lexexpand lists; `lexexpand morphology add FILE` takes your own."
    )


def _is_table(path: Path, code: str) -> bool:
    if not path.is_file() or not path.name.startswith(code):
        return False
    return not path.name.endswith(_OTHERS)


def _table(path: Path) -> TableFile:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return TableFile(path, {}, digest, STORE, digest[:12])


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
