"""In what order are several sources read, so that a killed run goes on where it was?

Each step reads one batch of one source. Which source follows from the shares alone, evenly spread (with
shares of 1:1 they alternate); each source is read in length-grouped batches, epoch after epoch in an order
drawn from (seed, source, epoch). So step `s` is a function of the seed, and nothing about the readers need be
saved.
"""

from __future__ import annotations

from itertools import count, islice
from typing import TYPE_CHECKING

from lexexpand.errors import DataError
from lexexpand.model.pieces import batches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_EPOCHS = 1_000_003  # a prime, so that (seed, source, epoch) meet rarely
_SOURCES = 7_919


class Mixture:
    """Batches of several sources by their shares.

    Args:
        lengths: of each source, the pieces of each of its sentences.
        shares: of each source, of the batches; those of an empty source go to the others.
        budget: padded pieces of a batch.
        seed: of the orders.

    Raises:
        DataError: No source has a sentence and a share.
    """

    def __init__(
        self, lengths: Sequence[Sequence[int]], shares: Sequence[float], budget: int, seed: int
    ) -> None:
        self._lengths = [list(map(int, one)) for one in lengths]
        shares = [share if len(one) else 0.0 for share, one in zip(shares, lengths, strict=True)]
        whole = sum(shares)
        if not whole > 0:
            raise DataError("nothing to learn from: every source of sentences is empty")
        self.shares = tuple(share / whole for share in shares)
        self._budget = budget
        self._seed = seed

    def steps(self, start: int = 0) -> Iterator[tuple[int, list[int]]]:
        """Without end, from a step on: the number of a source, and those of its sentences."""
        return islice(self._all(), start, None)

    def _all(self) -> Iterator[tuple[int, list[int]]]:
        readers = [self._epochs(source) for source in range(len(self._lengths))]
        owed = [0.0] * len(readers)
        while True:
            owed = [debt + share for debt, share in zip(owed, self.shares, strict=True)]
            # Rounded, so that the tie of two equal shares goes to the first on every machine.
            source = max(range(len(owed)), key=lambda i: (round(owed[i], 9), -i))
            owed[source] -= 1
            yield source, next(readers[source])

    def _epochs(self, source: int) -> Iterator[list[int]]:
        for epoch in count():
            seed = (self._seed * _EPOCHS + epoch) * _SOURCES + source
            yield from batches(self._lengths[source], self._budget, seed=seed % 2**32)
