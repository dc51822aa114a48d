"""Which pack was used, under which licence: what a corpus says of each of its ingredients."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PackUse:
    """A pack that a lexicon or paradigms were read from, as corpus cards cite it.

    Attributes:
        pack: its id.
        version: of its card, or the beginning of a digest.
        licence: SPDX.
        sha256: of the files that were read.
        entries: entries, or cells of paradigms, that it gave.
    """

    pack: str
    version: str
    licence: str
    sha256: tuple[str, ...]
    entries: int
