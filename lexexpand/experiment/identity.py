"""A control: pairs of a sentence with itself, each word linked to itself. What more training alone does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lexexpand.adaptation.encoded import Encoded, flat, starts
from lexexpand.adaptation.pairs import Pairs
from lexexpand.text.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lexexpand.language import Language
    from lexexpand.model.pieces import WordEncoder


def copied_pairs(lines: Iterable[str], language: Language, encoder: WordEncoder) -> Pairs:
    """Each line beside itself; words of letters alone are linked, as nothing else is translated either."""
    text, links = [], []
    for line in lines:
        words = [token.form for token in Sentence.split(line, language).tokens]
        pieces = encoder(words)
        text.append(pieces)
        kept = [i for i, word in enumerate(words) if pieces.first[i] >= 0 and any(map(str.isalpha, word))]
        links.append([index for i in kept for index in (i, i)])
    encoded = Encoded.of(text)
    table = flat(links, np.int32).reshape(-1, 2)
    counts = [len(linked) // 2 for linked in links]
    return Pairs(encoded, encoded, table, starts(counts), np.ones(len(encoded), np.float32))
