"""A look at a language before anything is trained: the signs that a forecast is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.adaptation.forecast import LIMIT, Signs
from lexexpand.adaptation.known import familiarity
from lexexpand.adaptation.pairs import encode_pairs

if TYPE_CHECKING:
    from lexexpand.adaptation.known import Familiarity
    from lexexpand.experiment.dictionary import Dictionary
    from lexexpand.experiment.gold import TaskGold
    from lexexpand.experiment.made import Corpora
    from lexexpand.model.network import Network


def look(
    network: Network, corpora: Corpora, gold: TaskGold, dictionary: Dictionary
) -> tuple[Familiarity, Signs]:
    """How the base takes the first gold sentences of a task, translated, and what the dictionary holds.

    Args:
        network: the base, before anything is trained.
        corpora: of the bundle.
        gold: of the task.
        dictionary: of the bundle's first language.
    """
    corpus = corpora.glimpse(gold, LIMIT)
    known = familiarity(network, encode_pairs(corpus, network.words()), limit=LIMIT)
    paradigms = dictionary.paradigms
    forms = 0 if paradigms is None else int(paradigms.stats()["forms"])
    same = dictionary.language.script == dictionary.source.script
    coverage = float(corpus.card["coverage"] or 0.0)
    entries = len(dictionary.lexicon.entries)
    return known, Signs.of(gold.kind, known, coverage, entries, forms, same_script=same)
