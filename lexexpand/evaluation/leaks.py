"""Was a sentence of the test trained on? Asked of letters and digits alone, by digest.

Test sets leak: 2,640 sentences of a well-known news corpus stand in the test of the entity set that was drawn
from the same papers, with other quotation marks. So two sentences are the same if their letters and digits
are, case folded (NFKC, marks included). A bundle keeps eight bytes of blake2b of each sentence that it was
trained on, gold, real and synthetic (`Bundle.trained_on`); that says whether a sentence was there and not
what it was.

    Mark Watson's dog.   ->   markwatsonsdog   ->   one of the digests, or not
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

POLICIES = ("drop", "keep", "fail")
"""What to do with sentences that were trained on: leave them out, score them and say so, or refuse."""


def normal(text: str) -> str:
    """What two spellings of one sentence have in common.

    >>> normal("Mark Watson's dog.")
    'markwatsonsdog'
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LNM")


def digests(texts: Iterable[str]) -> NDArray[np.uint64]:
    """The digests of sentences, sorted, each once; sentences without letters and digits have none."""
    return np.unique(_digests(texts)[0])


def leaked(texts: Sequence[str], trained_on: NDArray[np.uint64]) -> list[int]:
    """Indices of the texts that are among what was trained on.

    Args:
        texts: sentences of a test.
        trained_on: what `digests` gave of the training.
    """
    found, at = _digests(texts)
    return [int(i) for i in at[np.isin(found, trained_on)]]


def check_policy(name: str) -> str:
    """The policy of this name.

    Raises:
        ConfigError: There is none.
    """
    if name not in POLICIES:
        raise ConfigError(f"there is no policy {name!r} for leaks. There are: {', '.join(POLICIES)}.")
    return name


def _digests(texts: Iterable[str]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Digests, and the index of the text that each is of."""
    keys = [(i, key) for i, key in enumerate(map(normal, texts)) if key]
    joined = b"".join(
        hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest() for _, key in keys
    )
    return np.frombuffer(joined, "<u8").astype(np.uint64), np.array([i for i, _ in keys], np.int64)
