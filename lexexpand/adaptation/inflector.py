"""An inflector learned from a table: split off what tells how good it is, train, calibrate the gate.

Nothing but the triples that are given is seen: no pack, no cache, no other source. What the gate lets
through is never fed back as training data (it is known to lower accuracy).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.adaptation.transducer import TransducerSettings, train_transducer
from lexexpand.errors import DataError
from lexexpand.morphology.learned import letters
from lexexpand.morphology.learned.affixes import Affixes
from lexexpand.morphology.learned.analysis import analyze_many, signals_of
from lexexpand.morphology.learned.folder import Learned, halved
from lexexpand.morphology.learned.gate import Gate, Reliability, fit_gate
from lexexpand.morphology.learned.hallucinate import hallucinate
from lexexpand.morphology.learned.model import LearnedInflector
from lexexpand.morphology.learned.walks import LONGEST, paths_of, walkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from lexexpand.morphology.learned.walks import Triple
    from lexexpand.progress import MakeProgress

HELD = 0.1
"""Share of the lemmas that are held out for the gate where no development file is given."""
_LEAST_HELD, _LEAST_LEMMAS = 20, 40
_MOST_TRIPLES, _MOST_HELD = 60_000, 3_000


@dataclass(frozen=True, slots=True)
class Trained:
    """What `learn` makes: the card and the weights, for `folder.save`."""

    learned: Learned
    networks: list[dict[str, NDArray[np.float32]]]


def learn(
    triples: Sequence[Triple],
    dev: Sequence[Triple] | None,
    settings: TransducerSettings,
    *,
    language: str,
    sources: Sequence[Mapping[str, Any]] = (),
    progress: MakeProgress | None = None,
) -> Trained:
    """Learn to inflect from (lemma, bundle, form) triples.

    Args:
        triples: a lemma may have several forms in a cell; repeated triples count once.
        dev: for the gate; its lemmas are taken out of `triples`. None holds lemmas out.
        settings: of the networks.
        language: tag, for the card.
        sources: for the card.
        progress: makes the bar.

    Raises:
        DataError: no triple can be learned from.
    """
    began = perf_counter()
    triples = [triple for triple in dict.fromkeys(triples) if _is_learnable(triple)]
    train, held = _divide(triples, settings.seed) if dev is None else (triples, list(dict.fromkeys(dev)))
    known = {lemma for lemma, _, _ in held}
    train = _some([triple for triple in train if triple[0] not in known], _MOST_TRIPLES, settings.seed)
    if not train:
        raise DataError("no triple can be learned from: all are held out, empty or too long")
    is_split = letters.are_kept(word for lemma, _, form in train for word in (lemma, form))
    cut = letters.split if is_split else str
    apart = [(cut(lemma), bundle, cut(form)) for lemma, bundle, form in train]
    paths = paths_of(apart)
    more, more_paths = hallucinate(apart, paths, max(0, settings.fill - len(apart)), settings.seed)
    data = walkable([*apart, *more], paths | more_paths)
    affixes = Affixes.of((bundle, paths[lemma, form]) for lemma, bundle, form in apart)
    networks = halved(train_transducer(data, settings, progress))
    plain = LearnedInflector(data.alphabet, data.features, networks, split=is_split)
    gate, reliability = calibrate(plain, held)
    trained = {
        "triples": len(train),
        "hallucinated": len(more),
        "lemmas": len({lemma for lemma, _, _ in train}),
        "held_out_triples": len(held),
        "held_out_lemmas": len(known),
        "settings": asdict(settings),
        "seconds": round(perf_counter() - began, 1),
    }
    plain.gate = gate
    analysis = calibrate_analysis(plain, affixes, held)
    card = Learned(
        language,
        data.alphabet.letters,
        data.features,
        is_split,
        gate,
        reliability,
        affixes,
        *analysis,
        trained,
        tuple(sources),
    )
    return Trained(card, networks)


def calibrate(model: LearnedInflector, held: Sequence[Triple]) -> tuple[Gate | None, Reliability | None]:
    """The gate of a model, and how reliable it was, from triples of lemmas that it has not seen.

    A cell of several forms is right with any of them.
    """
    held = _some(held, _MOST_HELD, 13)
    forms: dict[tuple[str, str], set[str]] = {}
    for lemma, bundle, form in held:
        forms.setdefault((lemma, bundle), set()).add(form)
    pairs = list(forms)
    if len({lemma for lemma, _ in pairs}) < _LEAST_HELD:
        return None, None
    found, signals, _ = model.walk(pairs)
    right = np.array([form in forms[pair] for form, pair in zip(found, pairs, strict=True)], bool)
    if not right.any():
        return None, None
    gate = fit_gate(signals, right)
    number: dict[str, int] = {}
    lemmas = np.array([number.setdefault(lemma, len(number)) for lemma, _ in pairs], np.int64)
    return gate, Reliability(gate.confidence(signals), right, lemmas)


def calibrate_analysis(
    model: LearnedInflector, affixes: Affixes, held: Sequence[Triple]
) -> tuple[Gate | None, Reliability | None]:
    """The gate of the reverse: a form's lemma is right if it is one of those that have the form."""
    owners: dict[str, set[str]] = {}
    for lemma, _, form in _some(held, _MOST_HELD, 13):
        owners.setdefault(form, set()).add(lemma)
    if model.gate is None or not owners:
        return None, None
    forms = list(owners)
    found = analyze_many(forms, affixes, model, model.split, model.join)
    right = np.array([each.lemma in owners[form] for form, each in zip(forms, found, strict=True)], bool)
    if not right.any():
        return None, None
    signals = signals_of(found)
    gate = fit_gate(signals, right)
    number: dict[str, int] = {}
    lemmas = np.array([number.setdefault(min(owners[form]), len(number)) for form in forms], np.int64)
    return gate, Reliability(gate.confidence(signals), right, lemmas)


def _is_learnable(triple: Triple) -> bool:
    lemma, bundle, form = triple
    return bool(bundle) and all(0 < len(word) <= LONGEST and word.isprintable() for word in (lemma, form))


def _divide(triples: Sequence[Triple], seed: int) -> tuple[list[Triple], list[Triple]]:
    """Triples to train on, and those of held-out lemmas; none where lemmas are few."""
    lemmas = sorted({lemma for lemma, _, _ in triples})
    if len(lemmas) < _LEAST_LEMMAS:
        return list(triples), []
    count = max(_LEAST_HELD, round(HELD * len(lemmas)))
    held = set(np.random.default_rng(seed).permutation(lemmas)[:count].tolist())
    return (
        [triple for triple in triples if triple[0] not in held],
        [triple for triple in triples if triple[0] in held],
    )


def _some(triples: Sequence[Triple], most: int, seed: int) -> list[Triple]:
    """At most so many, drawn at random, in their order."""
    if len(triples) <= most:
        return list(triples)
    rows = np.sort(np.random.default_rng(seed).permutation(len(triples))[:most])
    return [triples[row] for row in rows.tolist()]
