"""One output for every unit: by weight, by seed, and the same whoever asks.

A draw depends on (seed, number of the sentence, position of the token, variant) alone, hashed with the
finaliser of splitmix64 (Steele, Lea and Flood 2014), so that shards and processes do not matter. With
`senses=document` it depends on (seed, document, source word, variant): one sense per document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lexexpand.synthesis.config import SynthConfig
    from lexexpand.synthesis.match import Units
    from lexexpand.synthesis.rows import Rows
    from lexexpand.synthesis.table import SubstitutionTable

_STREAMS = np.array([0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7], np.uint64)
_SHARES = float(2.0**-24)


def choose(
    units: Units, rows: Rows, table: SubstitutionTable, config: SynthConfig, doc_keys: NDArray[np.uint64]
) -> NDArray[np.int32]:
    """(T,): the output of each owner, -1 for owned tokens.

    Args:
        units: of the rows.
        rows: what the units are of.
        table: its lists hold outputs with alias tables, the best output first.
        config: seed and senses.
        doc_keys: (documents + 1,) a hash of each document's name; the last stands for no document.
    """
    start, length = table.lists["start"], table.lists["length"]
    slot_output = table.slots["output"]
    lists = units.list_id
    chosen = np.where(lists >= 0, slot_output[start[lists]], -1).astype(np.int32)
    if config.senses == "first":
        return chosen
    open_ = np.flatnonzero((lists >= 0) & (length[lists] > 1))
    if not len(open_):
        return chosen
    drawn = _draw(open_, lists[open_], rows, table, config, doc_keys)
    n = length[lists[open_]].astype(np.uint64)
    # The high half picks a slot, the low bits decide between the slot's output and its alias.
    slot = start[lists[open_]] + (((drawn >> np.uint64(32)) * n) >> np.uint64(32)).astype(np.int64)
    share = (drawn & np.uint64(0xFFFFFF)).astype(np.float32) * np.float32(_SHARES)
    chosen[open_] = np.where(share < table.slots["keep"][slot], slot_output[slot], table.slots["alias"][slot])
    return chosen


def _draw(
    at: NDArray[np.int64],
    lists: NDArray[np.int32],
    rows: Rows,
    table: SubstitutionTable,
    config: SynthConfig,
    doc_keys: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """(n,): 64 random bits for each of n tokens."""
    row = np.searchsorted(rows.offsets, at, side="right") - 1
    if config.senses == "document":
        first = doc_keys[rows.doc[row]]
        second = table.lists["hash"][lists]
    else:
        first = rows.sentence[row].astype(np.uint64)
        second = (at - rows.offsets[row]).astype(np.uint64)
    seed = np.uint64(config.seed & 0xFFFFFFFFFFFFFFFF)
    with np.errstate(over="ignore"):
        mixed = splitmix((first + seed * _STREAMS[2]) * _STREAMS[0])
        mixed = splitmix(mixed ^ (second * _STREAMS[1]))
        return splitmix(mixed + rows.variant[row].astype(np.uint64) * _STREAMS[0])


def splitmix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64: every input bit flips every output bit half of the time."""
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
