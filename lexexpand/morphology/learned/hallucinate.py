"""Stems that nobody has: more words to learn endings from, where a table has few.

The longest run of letters that a form copies from its lemma is taken for the stem, and letters inside it are
drawn anew; what happens around it stays. A network then cannot learn stems by heart (data hallucination,
Anastasopoulos & Neubig 2019, with the alignment of training).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.morphology.learned.affixes import stem_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.morphology.learned.walks import Paths, Triple

_SHORTEST = 3
"""Letters of a stem that can be changed."""
_KEPT = 0.3
"""Share of its letters that stay: sound patterns of the language."""


def hallucinate(triples: Sequence[Triple], paths: Paths, count: int, seed: int) -> tuple[list[Triple], Paths]:
    """Triples with new stems, and their alignments.

    Args:
        triples: letters taken apart.
        paths: their alignments.
        count: how many are made; fewer where too few triples have a stem.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    counts = Counter(c for lemma, _, _ in triples for c in lemma if c.isalpha())
    letters = sorted(counts)
    weights = np.array([counts[c] for c in letters], float)
    weights /= max(1.0, weights.sum())
    stems = [(row, *stem_of(paths[triple[0], triple[2]])) for row, triple in enumerate(triples)]
    stems = [(row, start, end) for row, start, end in stems if end - start >= _SHORTEST]
    made: list[Triple] = []
    made_paths: Paths = {}
    for pick in random.integers(len(stems), size=count).tolist() if stems else ():
        row, start, end = stems[pick]
        lemma, bundle, form = triples[row]
        path = list(paths[lemma, form])
        for place in range(start, end):
            if path[place][0].isalpha() and random.random() > _KEPT:
                letter = letters[int(random.choice(len(letters), p=weights))]
                path[place] = (letter, letter)
        new = "".join(old for old, _ in path), "".join(new for _, new in path)
        made.append((new[0], bundle, new[1]))
        made_paths[new] = path
    return made, made_paths
