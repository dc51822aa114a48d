"""Sentence pairs with aligned words, encoded: what the alignment objective reads.

A pseudo-parallel corpus says for each target word which source words it renders, exactly. The adapted model
reads the target, the frozen base reads the source; links say which vectors belong together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.adaptation.encoded import Encoded, digest_of, flat, gather, load_columns, save_columns, starts
from lexexpand.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.model.pieces import Pieces, WordEncoder
    from lexexpand.text.corpus import Corpus

# Punctuation aligned with itself teaches nothing; an English word left in the text would teach a lie.
UNLINKED = ("punct", "untranslated")
_COLUMNS = ("tokens", "source_tokens", "alignment", "match")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Sentences of a language beside the sources that they render.

    Attributes:
        source, target: the encoded sentences, N each.
        links: (K, 2) word of the target and word of the source, counted from their sentence's first (int32).
        link_offsets: (N + 1,) where each pair's links begin.
        weight: of each pair (N,): its coverage.
    """

    source: Encoded
    target: Encoded
    links: NDArray[np.int32]
    link_offsets: NDArray[np.int64]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.source)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Pieces of the longer side of each pair (N,)."""
        return np.maximum(self.source.lengths, self.target.lengths)

    def linked(self, index: int) -> NDArray[np.int32]:
        """The links of one pair (k, 2)."""
        return self.links[self.link_offsets[index] : self.link_offsets[index + 1]]

    def select(self, indices: Sequence[int]) -> Pairs:
        """Some pairs, in the order asked for."""
        chosen = np.asarray(indices, np.int64)
        rows = gather(self.link_offsets, chosen)
        return Pairs(
            self.source.select(chosen),
            self.target.select(chosen),
            self.links[rows],
            starts(np.diff(self.link_offsets)[chosen]),
            self.weight[chosen],
        )

    @property
    def digest(self) -> str:
        """sha256 over all of it: 64 hex digits."""
        return digest_of(self._columns(), {})

    def save(self, path: Path) -> None:
        """Write to one .npz file, which appears whole or not at all."""
        save_columns(path, "pairs", self._columns(), {})

    @classmethod
    def load(cls, path: Path) -> Pairs:
        """Read what `save` wrote.

        Raises:
            MissingDataError: There is no such file.
            IntegrityError: It is damaged, of another kind, or of a newer version.
        """
        columns, _ = load_columns(path, "pairs")
        source, target = (Encoded.from_columns(columns, f"{side}-") for side in ("source", "target"))
        return cls(source, target, columns["links"], columns["link_offsets"], columns["weight"])

    @classmethod
    def join(cls, parts: Sequence[Pairs]) -> Pairs:
        """Those of several corpora, one behind another."""
        return cls(
            Encoded.join([part.source for part in parts]),
            Encoded.join([part.target for part in parts]),
            np.concatenate([part.links for part in parts]),
            starts(np.concatenate([np.diff(part.link_offsets) for part in parts])),
            np.concatenate([part.weight for part in parts]),
        )

    def _columns(self) -> dict[str, NDArray[Any]]:
        return {
            **self.source.columns("source-"),
            **self.target.columns("target-"),
            "links": self.links,
            "link_offsets": self.link_offsets,
            "weight": self.weight,
        }


def encode_pairs(corpus: Corpus, encoder: WordEncoder, *, limit: int | None = None) -> Pairs:
    """The pairs of a corpus that carries its source. Words without a piece, or cut off, have no link.

    Args:
        corpus: with source and trace columns, as `lexexpand synth` writes by default.
        encoder: of the base's tokenizer.
        limit: the first so many rows alone.

    Raises:
        DataError: The corpus has no source text or no alignment.
    """
    lacking = [name for name in _COLUMNS if name not in corpus.columns]
    if lacking:
        raise DataError(
            f"{corpus.folder}: its rows have no {', '.join(lacking)}. Alignment needs them: make the corpus"
            " without --slim and with its trace."
        )
    sources: list[Pieces] = []
    targets: list[Pieces] = []
    links: list[list[int]] = []
    weights: list[float] = []
    for number, row in enumerate(corpus.rows([*_COLUMNS, "coverage"])):
        if number == limit:
            break
        source, target = encoder(row["source_tokens"]), encoder(row["tokens"])
        linked = _links(row, source, target)
        sources.append(source)
        targets.append(target)
        links.append(linked)
        weights.append(1.0 if row["coverage"] is None else float(np.nan_to_num(row["coverage"], nan=1.0)))
    table = flat(links, np.int32).reshape(-1, 2)
    counts = [len(linked) // 2 for linked in links]
    return Pairs(
        Encoded.of(sources), Encoded.of(targets), table, starts(counts), np.asarray(weights, np.float32)
    )


def encode_text(sentences: Iterable[Sequence[str]], encoder: WordEncoder) -> Encoded:
    """Real text, sentence by sentence as words."""
    return Encoded.of(encoder(words) for words in sentences)


def _links(row: dict[str, Any], source: Pieces, target: Pieces) -> list[int]:
    """The links of a row, flattened: target word, source word, target word, source word ..."""
    return [
        index
        for t, (aligned, match) in enumerate(zip(row["alignment"], row["match"], strict=True))
        if match not in UNLINKED and target.first[t] >= 0
        for s in aligned
        if source.first[s] >= 0
        for index in (t, s)
    ]
