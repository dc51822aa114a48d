"""What is asked of the substitution table, and what a word of its answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lexexpand.synthesis.senses import Candidate


@dataclass(frozen=True, slots=True)
class Request:
    """A list to be compiled: which entries may render a source word or phrase, and in which shape."""

    candidates: tuple[Candidate, ...]
    match: str
    bundle: str | None
    """UniMorph bundle that the source asks for, in canonical order."""
    casing: str
    upos: str
    adds: str | None = None
    """Features that the context adds (`DEF`); an output that cannot show them is marked `plain`."""


@dataclass(frozen=True, slots=True)
class TargetToken:
    """One word of an output, before it is numbered."""

    form: str
    lemma: str | None
    bundle: str | None
    inflection: str
    casing: str
    labelled: bool
    """Carries the label of its source: the only word, or the head that the entry's part of speech names."""
