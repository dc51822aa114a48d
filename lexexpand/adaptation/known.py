"""Does the base know the language already? Then synthetic text may hurt.

Adding word-translated text for languages that a base knows well has cost up to 10 points; for one that it
has never seen it gains most. Three signs, none of which needs a label of the language: how many pieces a
word falls into (fertility), how many of them the base does not know at all, and whether the base says the
same of a word-translated sentence as of its source. The last is taken from a task trained on the source
alone where there is one, else from sentence vectors: is a sentence nearest to its own source?

The thresholds are stated choices. They are not chosen on test data, and the advice is never more than
advice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lexexpand.adaptation.vocab import inside
from lexexpand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.adaptation.encoded import Encoded
    from lexexpand.adaptation.pairs import Pairs
    from lexexpand.model.network import Network

VECTORS = "vectors"
"""What the agreement was taken from where there is no task."""
BLIND = 0.1
"""Share of unknown pieces from which on the base is called blind."""
AGREES = 0.85
"""Agreement of a task's labels from which on the base is said to know the language."""
NEAREST = 0.95
"""The same of sentence vectors. Names and numbers that both sides have in common make it high: 0.86 for North
Sami, which the embedded base does not know."""
SPLITS = 1.5
"""How many times the source's fertility a known language has at most."""


@dataclass(frozen=True, slots=True)
class Familiarity:
    """How well a base knows a language, from 0 to 1 but for the fertilities.

    Attributes:
        fertility: pieces a word.
        source_fertility: the source's.
        unknown: share of the pieces that are the unknown piece.
        agreement: share of aligned words (or sentences) of which the base says the same in both languages.
        by: what the agreement was taken from: a task's name, or `vectors`.
        advice: what follows, in a sentence.
    """

    fertility: float
    source_fertility: float
    unknown: float
    agreement: float
    by: str
    advice: str

    @property
    def is_known(self) -> bool:
        """Whether the base knows the language well."""
        near = self.fertility <= SPLITS * self.source_fertility
        asked = NEAREST if self.by == VECTORS else AGREES
        return near and self.agreement >= asked and not self.is_blind

    @property
    def is_blind(self) -> bool:
        """Whether the base cannot read the script."""
        return self.unknown >= BLIND


def familiarity(network: Network, pairs: Pairs, *, task: str | None = None, limit: int = 400) -> Familiarity:
    """Look at how the base takes a pseudo-parallel corpus.

    Args:
        network: the base, before its language adapter is trained.
        pairs: of the corpus.
        task: trained on the source alone, if there is one.
        limit: sentences that are read, the first ones.

    Raises:
        DataError: The corpus has no words.
    """
    some = pairs.select(range(min(limit, len(pairs))))
    if not some.target.n_words or not some.source.n_words:
        raise DataError("an empty corpus says nothing of how well a base knows its language")
    fertility, source_fertility = _fertility(some.target), _fertility(some.source)
    unknown = _unknown(some.target, getattr(network.tokenizer, "unk_token_id", None))
    agreement = _by_vectors(network, some) if task is None else _by_task(network, some, task)
    found = Familiarity(fertility, source_fertility, unknown, agreement, task or VECTORS, "")
    return Familiarity(fertility, source_fertility, unknown, agreement, found.by, _advice(found))


def _fertility(text: Encoded) -> float:
    there = text.first >= 0
    return float((text.last - text.first)[there].sum() / max(1, there.sum()))


def _unknown(text: Encoded, unknown: int | None) -> float:
    pieces = inside(text)
    return 0.0 if unknown is None or not len(pieces) else float((pieces == unknown).mean())


def _by_vectors(network: Network, pairs: Pairs) -> float:
    """Share of the sentences that lie nearest to their own source, the mean of each side taken off."""
    sides = []
    for text in (pairs.target, pairs.source):
        vectors = network.embed([text.pieces(i) for i in range(len(text))])
        sides.append(torch.nn.functional.normalize(vectors - vectors.mean(dim=0), dim=-1))
    nearest = (sides[0] @ sides[1].T).argmax(dim=1)
    return float((nearest == torch.arange(len(nearest))).float().mean())


def _by_task(network: Network, pairs: Pairs, task: str) -> float:
    """Share of the links, or for heads of the whole of the sentences, with the same label on both sides."""
    sides = [
        network.predict(task, [text.pieces(i) for i in range(len(text))])
        for text in (pairs.target, pairs.source)
    ]
    shares = []
    for head in network.tasks[task].heads:
        columns = [[row[head.name] for row in side] for side in sides]
        if head.level == "sentence":
            shares.append(float(np.mean([one == other for one, other in zip(*columns, strict=True)])))
        else:
            shares.append(_linked(pairs, *columns))
    return sum(shares) / len(shares)


def _linked(pairs: Pairs, target: Sequence[Any], source: Sequence[Any]) -> float:
    same = [target[i][t] == source[i][s] for i in range(len(pairs)) for t, s in pairs.linked(i).tolist()]
    return float(np.mean(same)) if same else 0.0


def _advice(found: Familiarity) -> str:
    if found.is_blind:
        return (
            f"{found.unknown:.0%} of the pieces are unknown to the base: it cannot read this script well, and"
            " no adapter mends that. Take a base whose vocabulary has the script (--base)."
        )
    if found.is_known:
        return (
            f"The base seems to know the language (agreement {found.agreement:.0%}, {found.fertility:.2f}"
            " pieces a word): synthetic text may hurt here. Compare with --objective none --no-synth"
            " --no-dictionary."
        )
    return (
        f"The base knows little of it (agreement {found.agreement:.0%}, {found.fertility:.2f} pieces a"
        f" word where the source has {found.source_fertility:.2f}): synthetic text has gained most there."
    )
