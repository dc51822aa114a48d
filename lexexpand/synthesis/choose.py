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
    lists = units.list_id
    # Owned tokens have list -1 and so take what is appended behind the last list.
    chosen: NDArray[np.int32] = np.append(table.lists["first"], np.int32(-1))[lists]
    if config.senses == "first":
        return chosen
    open_ = np.flatnonzero(np.append(table.lists["length"] > 1, False)[lists])
    if len(open_):
        drawn = _draw(open_, lists[open_], rows, table, config, doc_keys)
        chosen[open_] = _pick(drawn, lists[open_], table)
    return chosen


def _pick(drawn: NDArray[np.uint64], lists: NDArray[np.int32], table: SubstitutionTable) -> NDArray[np.int32]:
    """(n,) random bits, (n,) lists -> (n,) outputs: the high half picks a slot, the low bits keep it or not."""
    n = table.lists["length"][lists].astype(np.uint64)
    slot = table.lists["start"][lists] + (((drawn >> np.uint64(32)) * n) >> np.uint64(32)).astype(np.int32)
    share = (drawn & np.uint64(0xFFFFFF)).astype(np.float32) * np.float32(_SHARES)
    stays = share < table.slots["keep"][slot]
    picked: NDArray[np.int32] = np.where(stays, table.slots["output"][slot], table.slots["alias"][slot])
    return picked


def _draw(
    at: NDArray[np.int64],
    lists: NDArray[np.int32],
    rows: Rows,
    table: SubstitutionTable,
    config: SynthConfig,
    doc_keys: NDArray[np.uint64],
) -> NDArray[np.uint64]:
    """(n,): 64 random bits for each of n tokens; what depends on the row is mixed once per row."""
    seed = np.uint64(config.seed & 0xFFFFFFFFFFFFFFFF)
    row = rows.row[at]
    with np.errstate(over="ignore"):
        if config.senses == "document":
            first = doc_keys[rows.doc]
            second = table.lists["hash"][lists]
        else:
            first = rows.sentence.astype(np.uint64)
            second = (at - rows.offsets[row]).astype(np.uint64)
        base = splitmix((first + seed * _STREAMS[2]) * _STREAMS[0] + rows.variant.astype(np.uint64) * _STREAMS[1])
        return splitmix(base[row] + (second + np.uint64(1)) * _STREAMS[0])


def splitmix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of splitmix64: every input bit flips every output bit half of the time."""
    with np.errstate(over="ignore"):
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
