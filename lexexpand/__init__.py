"""lexexpand: from a dictionary and a paradigm table to a corpus, and to a model of the language.

Public names are resolved when they are first used, so that `import lexexpand` stays under 150 ms.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lexexpand._version import __version__

_PUBLIC = {
    "Bundle": "lexexpand.bundle.bundle",
    "Corpus": "lexexpand.text.corpus",
    "FeatureBundle": "lexexpand.morphology.features",
    "Inputs": "lexexpand.synthesis.pipeline",
    "Language": "lexexpand.language",
    "LexexpandError": "lexexpand.errors",
    "Lexicon": "lexexpand.lexicon.lexicon",
    "Paradigms": "lexexpand.morphology.paradigms",
    "load_bundle": "lexexpand.bundle.load",
    "parse_language": "lexexpand.language",
    "synthesize": "lexexpand.synthesis.pipeline",
}

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'lexexpand' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
