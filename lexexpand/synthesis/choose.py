"""One output for every unit: by weight, by seed, and the same whoever asks.

A draw depends on (seed, number of the sentence, position of the token, variant) alone, hashed with the
finaliser of splitmix64 (Steele, Lea and Flood 2014), so that shards and processes do not matter. With
`senses=document` it depends on (seed, document, source word, variant): one sense per document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lexexpand.synthesis.compile import OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.match import Units
    from lexexpand.synthesis.rows import Rows
    from lexexpand.synthesis.table import SubstitutionTable

_STREAMS = np.array([0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7], np.uint64)
_SHARES = float(2.0**-24)


class Chooser:
    """Draws outputs for the rows of one source."""

    def __init__(self, compiled: Compiled, doc_keys: NDArray[np.uint64]) -> None:
        """Args: the compiled lexicon; (documents + 1,) a hash of each document's name, the last for none."""
        self._compiled = compiled
        self._doc_keys = doc_keys

    def outputs(self, units: Units, rows: Rows) -> NDArray[np.int64]:
        """(T,): the output of each token, -1 for the tokens that phrases own."""
        compiled = self._compiled
        chosen: NDArray[np.int64] = compiled.first_of[rows.type]
        open_ = np.flatnonzero((units.flags & OPEN) != 0)
        if compiled.config.senses != "first":
            chosen[open_] = self.at(open_, compiled.list_of[rows.type[open_]], rows)
        chosen[units.owned] = -1
        chosen[units.heads] = self.at(units.heads, units.lists, rows)
        return chosen

    def at(self, position: NDArray[np.int64], lists: NDArray[np.int64], rows: Rows) -> NDArray[np.int64]:
        """(n,) positions, (n,) lists -> (n,) outputs."""
        table = self._compiled.table
        if self._compiled.config.senses == "first":
            first: NDArray[np.int64] = table.lists["first"][lists]
            return first
        return _pick(self._draw(position, lists, rows), lists, table)

    def _draw(self, at: NDArray[np.int64], lists: NDArray[np.int64], rows: Rows) -> NDArray[np.uint64]:
        """(n,): 64 random bits for each of n tokens; what depends on the row is mixed once per row."""
        config = self._compiled.config
        seed = np.uint64(config.seed & 0xFFFFFFFFFFFFFFFF)
        row = rows.row[at]
        if config.senses == "document":
            first = self._doc_keys[rows.doc]
            second = self._compiled.table.lists["hash"][lists]
        else:
            first = rows.sentence.astype(np.uint64)
            second = rows.place[at].astype(np.uint64)
        with np.errstate(over="ignore"):
            variant = rows.variant.astype(np.uint64) * _STREAMS[1]
            base = splitmix((first + seed * _STREAMS[2]) * _STREAMS[0] + variant)
            return splitmix(base[row] + (second + np.uint64(1)) * _STREAMS[0])


def _pick(drawn: NDArray[np.uint64], lists: NDArray[np.int64], table: SubstitutionTable) -> NDArray[np.int64]:
    """(n,) random bits, (n,) lists -> (n,) outputs: the high half picks a slot, the low bits keep it."""
    n = table.lists["length"][lists].astype(np.uint64)
    slot = table.lists["start"][lists] + (((drawn >> np.uint64(32)) * n) >> np.uint64(32)).astype(np.int64)
    share = (drawn & np.uint64(0xFFFFFF)).astype(np.float32) * np.float32(_SHARES)
    stays = share < table.slots["keep"][slot]
    picked: NDArray[np.int64] = np.where(stays, table.slots["output"][slot], table.slots["alias"][slot])
    return picked


def splitmix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64: every input bit flips every output bit half of the time."""
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
