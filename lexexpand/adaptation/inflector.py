"""An inflector learned from a table: split off what tells how good it is, train, calibrate the gate.

Nothing but the triples that are given is seen: no pack, no cache, no other source. What the gate lets
through is never fed back as training data (it is known to lower accuracy).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.adaptation.heldout import MOST_HELD, divide, some
from lexexpand.adaptation.transducer import train_transducers
from lexexpand.morphology.learned import letters
from lexexpand.morphology.learned.affixes import Affixes
from lexexpand.morphology.learned.analysis import DIRECTIONS, analyze_many, signals_of
from lexexpand.morphology.learned.folder import Learned, halved
from lexexpand.morphology.learned.gate import SIGNALS, calibrate
from lexexpand.morphology.learned.hallucinate import hallucinate
from lexexpand.morphology.learned.model import Known, LearnedInflector
from lexexpand.morphology.learned.walks import is_bundle, is_word, paths_of, walkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set
    from typing import Any

    from numpy.typing import NDArray

    from lexexpand.adaptation.transducer import TransducerSettings
    from lexexpand.morphology.learned.analysis import Analysis
    from lexexpand.morphology.learned.gate import Gate, Reliability
    from lexexpand.morphology.learned.walks import Triple, Walkable
    from lexexpand.progress import MakeProgress

_MOST_ANALYZED = 400
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
    division = divide(_usable(triples), None if dev is None else _usable(dev), settings)
    is_split = letters.are_kept(word for lemma, _, form in division.train for word in (lemma, form))
    parts = [
        _Part.of(part, settings, is_split, {lemma for lemma, _, _ in held})
        for part, held in zip(division.parts, division.held, strict=True)
    ]
    tasks = [(part.data, settings.of_a_fold() if n else settings) for n, part in enumerate(parts)]
    networks = [halved(each) for each in train_transducers(tasks, progress)]
    models = [LearnedInflector(part.known, each) for part, each in zip(parts, networks, strict=True)]
    trials = [(models[n], parts[n].affixes, held) for n, held in enumerate(division.held) if held]
    gate, reliability = _gate([(model, held) for model, _, held in trials]) or (None, None)
    back, back_reliability = _analysis_gate(trials, gate) or (None, None)
    held_out = [triple for held in division.held for triple in held]
    trained = {
        "triples": len(division.train),
        "hallucinated": parts[0].hallucinated,
        "lemmas": len({lemma for lemma, _, _ in division.train}),
        "left_out": len(set(triples) - {*division.train, *held_out}),
        "held_out_triples": len(held_out),
        "held_out_lemmas": len({lemma for lemma, _, _ in held_out}),
        "folds": len(parts) - 1,
        "settings": asdict(settings),
        "seconds": round(perf_counter() - began, 1),
    }
    card = Learned(
        language=language,
        known=parts[0].known,
        gate=gate,
        reliability=reliability,
        affixes=parts[0].affixes,
        analysis_gate=back,
        analysis_reliability=back_reliability,
        trained=trained,
        sources=tuple(sources),
    )
    return Trained(card, networks[0])


def recalibrate(model: LearnedInflector, learned: Learned, dev: Sequence[Triple]) -> Trained:
    """The same networks, with gates set by other words that they have not seen."""
    held = some(_usable(dev), MOST_HELD, 13)
    gate, reliability = _gate([(model, held)]) or (None, None)
    back, back_reliability = _analysis_gate([(model, learned.affixes, held)], gate) or (None, None)
    trained = {
        **learned.trained,
        "held_out_triples": len(held),
        "held_out_lemmas": len({lemma for lemma, _, _ in held}),
    }
    card = replace(
        learned,
        gate=gate,
        reliability=reliability,
        analysis_gate=back,
        analysis_reliability=back_reliability,
        trained=trained,
    )
    return Trained(card, [dict(one) for one in model.networks])


@dataclass(frozen=True, slots=True)
class _Part:
    """Triples made ready: walks to learn from, what networks will know of them, rules that lead back."""

    data: Walkable
    known: Known
    affixes: Affixes
    hallucinated: int

    @classmethod
    def of(
        cls, triples: Sequence[Triple], settings: TransducerSettings, is_split: bool, held: Set[str]
    ) -> _Part:
        cut = letters.split if is_split else str
        apart = [(cut(lemma), bundle, cut(form)) for lemma, bundle, form in triples]
        paths = paths_of(apart)
        missing = max(0, settings.fill - len(apart))
        more, more_paths = hallucinate(apart, paths, missing, settings.seed, {cut(lemma) for lemma in held})
        data = walkable([*apart, *more], more_paths | paths)
        bundles = tuple(sorted({bundle for _, bundle, _ in triples}))
        return cls(
            data,
            Known(data.alphabet, data.features, bundles, is_split),
            Affixes.of((bundle, paths[lemma, form]) for lemma, bundle, form in apart),
            len(more),
        )


def _usable(triples: Sequence[Triple]) -> list[Triple]:
    """Each triple once; without the few whose letters can't be taken apart, if they are few."""
    usable = [triple for triple in dict.fromkeys(triples) if _is_learnable(triple)]
    kept = [triple for triple in usable if letters.are_kept((triple[0], triple[2]))]
    return kept if len(usable) - len(kept) <= _ODD * len(usable) else usable


def _gate(
    trials: Sequence[tuple[LearnedInflector, Sequence[Triple]]],
) -> tuple[Gate, Reliability] | None:
    """A gate, from models and triples of lemmas they have not seen; a cell of several forms takes any."""
    signals, right, lemmas = [], [], []
    for model, held in trials:
        forms: dict[tuple[str, str], set[str]] = {}
        for lemma, bundle, form in held:
            forms.setdefault((lemma, bundle), set()).add(form)
        pairs = list(forms)
        found, told, can = model.walk(pairs)
        signals.append(told[can])
        right += [form in forms[pair] for form, pair, c in zip(found, pairs, can, strict=True) if c]
        lemmas += [lemma for (lemma, _), c in zip(pairs, can, strict=True) if c]
    if not signals:
        return None
    return calibrate(np.concatenate(signals), np.array(right, bool), _numbers(lemmas), list(SIGNALS.values()))


def _analysis_gate(
    trials: Sequence[tuple[LearnedInflector, Affixes, Sequence[Triple]]], gate: Gate | None
) -> tuple[Gate, Reliability] | None:
    """The gate of the reverse: a form's lemma is right if it is one of those that have the form."""
    if gate is None:
        return None
    found: list[Analysis] = []
    right, lemmas = [], []
    for bare, affixes, held in trials:
        model = bare.with_gate(gate)
        owners: dict[str, set[str]] = {}
        for lemma, _, form in some(held, _MOST_ANALYZED // len(trials), 13):
            owners.setdefault(form, set()).add(lemma)
        told = analyze_many(list(owners), affixes, model, model.split, model.join)
        for form, each in zip(owners, told, strict=True):
            if each.bundles:
                found.append(each)
                right.append(each.lemma in owners[form])
                lemmas.append(min(owners[form]))
    if not found:
        return None
    return calibrate(signals_of(found), np.array(right, bool), _numbers(lemmas), DIRECTIONS)


def _numbers(names: Sequence[Any]) -> NDArray[np.int64]:
    """Names as numbers from 0 on, in the order in which they first stand."""
    number: dict[Any, int] = {}
    return np.array([number.setdefault(name, len(number)) for name in names], np.int64)


def _is_learnable(triple: Triple) -> bool:
    lemma, bundle, form = triple
    return is_bundle(bundle) and is_word(lemma) and is_word(form)
