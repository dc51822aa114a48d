"""An inflector learned from a table: split off what tells how good it is, train, calibrate the gate.

Nothing but the triples that are given is seen: no pack, no cache, no other source. What the gate lets
through is never fed back as training data (it is known to lower accuracy).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.adaptation.transducer import train_transducer
from lexexpand.errors import DataError
from lexexpand.morphology.learned import letters
from lexexpand.morphology.learned.affixes import Affixes
from lexexpand.morphology.learned.analysis import DIRECTIONS, analyze_many, signals_of
from lexexpand.morphology.learned.folder import Learned, halved
from lexexpand.morphology.learned.gate import SIGNALS, calibrate
from lexexpand.morphology.learned.hallucinate import hallucinate
from lexexpand.morphology.learned.model import Known, LearnedInflector
from lexexpand.morphology.learned.walks import is_bundle, is_word, paths_of, walkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from lexexpand.adaptation.transducer import TransducerSettings
    from lexexpand.morphology.learned.gate import Gate, Reliability
    from lexexpand.morphology.learned.walks import Triple
    from lexexpand.progress import MakeProgress

HELD = 0.1
"""Share of the lemmas that are held out for the gate where no development file is given."""
_LEAST_HELD, _LEAST_LEMMAS = 20, 40
_MOST_TRIPLES, _MOST_HELD, _MOST_ANALYZED = 60_000, 3_000, 400
_ODD = 0.01
"""Share of the words that may be left out so that the others' characters can be taken apart."""


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
    train, held = _data(triples, dev, settings.seed)
    is_split = letters.are_kept(word for lemma, _, form in train for word in (lemma, form))
    cut = letters.split if is_split else str
    apart = [(cut(lemma), bundle, cut(form)) for lemma, bundle, form in train]
    paths = paths_of(apart)
    more, more_paths = hallucinate(apart, paths, max(0, settings.fill - len(apart)), settings.seed)
    data = walkable([*apart, *more], more_paths | paths)
    affixes = Affixes.of((bundle, paths[lemma, form]) for lemma, bundle, form in apart)
    networks = halved(train_transducer(data, settings, progress))
    bundles = tuple(sorted({bundle for _, bundle, _ in train}))
    known = Known(data.alphabet, data.features, bundles, is_split)
    gate, reliability = _gate(LearnedInflector(known, networks), held) or (None, None)
    back, back_reliability = _analysis_gate(LearnedInflector(known, networks, gate=gate), affixes, held) or (
        None,
        None,
    )
    trained = {
        "triples": len(train),
        "hallucinated": len(more),
        "lemmas": len({lemma for lemma, _, _ in train}),
        "left_out": len(set(triples)) - len(train) - (len(held) if dev is None else 0),
        "held_out_triples": len(held),
        "held_out_lemmas": len({lemma for lemma, _, _ in held}),
        "settings": asdict(settings),
        "seconds": round(perf_counter() - began, 1),
    }
    card = Learned(
        language=language,
        known=known,
        gate=gate,
        reliability=reliability,
        affixes=affixes,
        analysis_gate=back,
        analysis_reliability=back_reliability,
        trained=trained,
        sources=tuple(sources),
    )
    return Trained(card, networks)


def _data(
    triples: Sequence[Triple], dev: Sequence[Triple] | None, seed: int
) -> tuple[list[Triple], list[Triple]]:
    """What is trained on, and what is held out."""
    usable = [triple for triple in dict.fromkeys(triples) if _is_learnable(triple)]
    kept = [triple for triple in usable if letters.are_kept((triple[0], triple[2]))]
    if len(usable) - len(kept) <= _ODD * len(usable):
        usable = kept
    if dev is None:
        train, held = _divide(usable, seed)
    else:
        train, held = usable, [triple for triple in dict.fromkeys(dev) if _is_learnable(triple)]
    lemmas = {lemma for lemma, _, _ in held}
    train = _some([triple for triple in train if triple[0] not in lemmas], _MOST_TRIPLES, seed)
    if not train:
        raise DataError("no triple can be learned from: all are held out, empty or too long")
    return train, _some(held, _MOST_HELD, seed)


def _gate(model: LearnedInflector, held: Sequence[Triple]) -> tuple[Gate, Reliability] | None:
    """A model's gate, from triples of lemmas that it has not seen; a cell of several forms takes any."""
    forms: dict[tuple[str, str], set[str]] = {}
    for lemma, bundle, form in held:
        forms.setdefault((lemma, bundle), set()).add(form)
    pairs = list(forms)
    found, signals, can = model.walk(pairs)
    right = np.array([form in forms[pair] for form, pair in zip(found, pairs, strict=True)], bool)
    lemmas = _numbers([lemma for (lemma, _), possible in zip(pairs, can, strict=True) if possible])
    return calibrate(signals[can], right[can], lemmas, list(SIGNALS.values()))


def _analysis_gate(
    model: LearnedInflector, affixes: Affixes, held: Sequence[Triple]
) -> tuple[Gate, Reliability] | None:
    """The gate of the reverse: a form's lemma is right if it is one of those that have the form."""
    if model.gate is None:
        return None
    owners: dict[str, set[str]] = {}
    for lemma, _, form in _some(held, _MOST_ANALYZED, 13):
        owners.setdefault(form, set()).add(lemma)
    found = {
        form: each
        for form, each in zip(
            owners, analyze_many(list(owners), affixes, model, model.split, model.join), strict=True
        )
        if each.bundles
    }
    if not found:
        return None
    right = np.array([each.lemma in owners[form] for form, each in found.items()], bool)
    lemmas = _numbers([min(owners[form]) for form in found])
    return calibrate(signals_of(list(found.values())), right, lemmas, DIRECTIONS)


def _numbers(names: Sequence[Any]) -> NDArray[np.int64]:
    """Names as numbers from 0 on, in the order in which they first stand."""
    number: dict[Any, int] = {}
    return np.array([number.setdefault(name, len(number)) for name in names], np.int64)


def _is_learnable(triple: Triple) -> bool:
    lemma, bundle, form = triple
    return is_bundle(bundle) and is_word(lemma) and is_word(form)


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
