"""The published word translation (Wang, Ruder and Neubig 2022), re-written by us from its description.

Per token: white-space tokens, exact and case-sensitive look-up, a uniformly random sense from an unseeded
generator, the English token where there is none; a plain sentence is kept with three swaps or more. No
lemma, no part of speech, no casing, no record of what was replaced.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def translate(sentences: Iterable[str], lexicon: dict[str, list[str]], least: int = 3) -> Iterator[str]:
    """The pseudo sentences of those with at least `least` swaps."""
    for sentence in sentences:
        tokens = sentence.split()
        made: list[str] = []
        swaps = 0
        for token in tokens:
            senses = lexicon.get(token)
            if senses is None:
                made.append(token)
            else:
                made.append(random.choice(senses))
                swaps += 1
        if swaps >= least:
            yield " ".join(made)
