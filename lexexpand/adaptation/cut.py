"""Sentences as the network reads them while its embedding is cut: ids mapped, columns as they were."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.model.trim import trim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.adaptation.encoded import Encoded
    from lexexpand.model.network import Network
    from lexexpand.model.trim import Trimmed


@contextmanager
def cut_to(network: Network, texts: Sequence[Encoded], enabled: bool) -> Iterator[Trimmed | None]:
    """Cut the embedding to what these texts use, within the block; whole again behind it."""
    if not enabled:
        yield None
        return
    used = np.unique(np.concatenate([text.ids for text in texts])) if texts else np.zeros(0, np.int32)
    trimmed = trim(network, [*used.tolist(), *network.tokenizer.all_special_ids])
    try:
        yield trimmed
    finally:
        trimmed.restore()


def mapped(text: Encoded, trimmed: Trimmed | None) -> Encoded:
    """The text with the ids that the cut embedding has."""
    return text if trimmed is None else replace(text, ids=trimmed.map(text.ids).astype(np.int32))
