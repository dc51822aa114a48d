"""A learned inflector as a folder: `inflector.json` and `weights.safetensors`.

    inflector.json         schema, language, letters, features, gate, forms of held-out lemmas, sources
    weights.safetensors    half floats, `0.letters`, `1.walk.in`: network and array

Written whole or not at all. The digest of the weights stands in the JSON, so that two models never mix.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import IntegrityError, MissingDataError
from lexexpand.morphology.learned.actions import Alphabet
from lexexpand.morphology.learned.affixes import Affixes, Rule
from lexexpand.morphology.learned.analysis import DIRECTIONS
from lexexpand.morphology.learned.gate import PRECISION, SIGNALS, Gate, Reliability
from lexexpand.morphology.learned.model import Known, LearnedInflector
from lexexpand.morphology.learned.transducer import WEIGHTS
from lexexpand.resources.new_folder import check_free as _check_free
from lexexpand.resources.new_folder import new_folder
from lexexpand.resources.packs import user_data_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.language import Language

    Networks = Sequence[Mapping[str, NDArray[np.float32]]]

_LOG = logging.getLogger(__name__)

_AGAIN = "Train the model again (`lexexpand morphology train --force`)."

SCHEMA = 2
CARD, ARRAYS = "inflector.json", "weights.safetensors"


@dataclass(frozen=True, slots=True)
class Learned:
    """All that a folder holds beside the weights.

    Attributes:
        language: its tag.
        known: what the networks were trained on.
        gate, reliability: None where too little was held out to tell.
        affixes: rules that take forms back to lemmas.
        analysis_gate, analysis_reliability: as for inflecting.
        trained: counts and settings, for people: triples, lemmas, seconds.
        sources: name, version, licence and digest of each table.
    """

    language: str
    known: Known
    gate: Gate | None = None
    reliability: Reliability | None = None
    affixes: Affixes = field(default_factory=lambda: Affixes(()))
    analysis_gate: Gate | None = None
    analysis_reliability: Reliability | None = None
    trained: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Mapping[str, Any], ...] = ()
    digest: str = ""
    """Of the card, and through it of the weights, where it was read from a folder."""

    @property
    def licences(self) -> list[str]:
        """Of all tables that it was learned from."""
        return sorted({str(source.get("licence", "NOASSERTION")) for source in self.sources}) or [
            "NOASSERTION"
        ]


def model_dir(language: Language) -> Path:
    """Where a language's model stands if no other place is named."""
    return user_data_dir() / "inflectors" / str(language)


def own_model(language: Language) -> Path | None:
    """The language's own model, None where there is none; one that cannot be read is warned of, and none."""
    place = model_dir(language)
    if not (place / CARD).is_file():
        return None
    try:
        _weights(place, _card(place)[1])
    except IntegrityError as error:
        _LOG.warning("the inflector of %s is left out: %s", language, error)
        return None
    return place


def halved(networks: Networks) -> list[dict[str, NDArray[np.float32]]]:
    """The weights as they come back from a folder: what a gate is fitted on must be what speaks."""
    return [{name: one[name].astype(np.float16).astype(np.float32) for name in WEIGHTS} for one in networks]


def check_free(place: Path, *, force: bool) -> None:
    """Whether a model may be written there.

    Raises:
        ConfigError: something is there already, and not to be replaced.
    """
    _check_free(place, CARD, force)


def save(place: Path, learned: Learned, networks: Networks, *, force: bool = False) -> None:
    """Write a model.

    Raises:
        ConfigError: something is there already, and not to be replaced.
        DataError: it cannot be written.
    """
    from safetensors.numpy import save as to_bytes

    arrays = {
        f"{number}.{name}": one[name].astype(np.float16)
        for number, one in enumerate(networks)
        for name in WEIGHTS
    }
    weights = to_bytes(arrays)
    told = {
        "schema": SCHEMA,
        "language": learned.language,
        "letters": learned.known.alphabet.letters,
        "features": learned.known.features,
        "bundles": learned.known.bundles,
        "split": learned.known.split,
        "networks": len(networks),
        "weights": sha256(weights).hexdigest(),
        "gate": None if learned.gate is None else asdict(learned.gate),
        "reliability": _lists(learned.reliability),
        "affixes": [[*rule, bundle, share] for rule, bundle, share in learned.affixes.rules],
        "analysis_gate": None if learned.analysis_gate is None else asdict(learned.analysis_gate),
        "analysis_reliability": _lists(learned.analysis_reliability),
        "trained": dict(learned.trained),
        "sources": list(learned.sources),
    }
    with new_folder(place, mark=CARD, force=force) as aside:
        (aside / ARRAYS).write_bytes(weights)
        text = json.dumps(told, ensure_ascii=False, indent=1)
        (aside / CARD).write_text(text + "\n", encoding="utf-8")


def open_model(place: Path, precision: float = PRECISION) -> tuple[LearnedInflector, Learned]:
    """Read a model.

    Raises:
        MissingDataError: there is none.
        IntegrityError: it is damaged, or of a newer version.
    """
    learned, told = _card(place)
    from safetensors import SafetensorError
    from safetensors.numpy import load as from_bytes

    weights = _weights(place, told)
    try:
        arrays = from_bytes(weights)
        networks = [
            {name: arrays[f"{number}.{name}"].astype(np.float32) for name in WEIGHTS}
            for number in range(int(told["networks"]))
        ]
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise IntegrityError(f"{place / ARRAYS}: not readable ({error}). {_AGAIN}") from error
    model = LearnedInflector(
        learned.known,
        networks,
        gate=learned.gate,
        reliability=learned.reliability,
        precision=precision,
    )
    return model, learned


def _weights(place: Path, told: Mapping[str, Any]) -> bytes:
    """The content of the file of weights, which must be the one that the card names."""
    try:
        weights = (place / ARRAYS).read_bytes()
    except OSError as error:
        raise IntegrityError(f"{place / ARRAYS}: {error.strerror or error}. {_AGAIN}") from error
    if sha256(weights).hexdigest() != told["weights"]:
        raise IntegrityError(f"{place / ARRAYS}: not the weights that {CARD} names. {_AGAIN}")
    return weights


def read_card(place: Path) -> Learned:
    """All but the weights.

    Raises:
        MissingDataError: there is no model.
        IntegrityError: its card is damaged, or of a newer version.
    """
    return _card(place)[0]


def _card(place: Path) -> tuple[Learned, dict[str, Any]]:
    path = place / CARD
    try:
        raw = path.read_bytes()
        told = json.loads(raw)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingDataError(
            f"{path}: there is no inflector. `lexexpand morphology train --lang TAG -o {place}` makes one."
        ) from error
    except (OSError, ValueError) as error:
        raise IntegrityError(f"{path}: not readable ({error}). {_AGAIN}") from error
    if not isinstance(told, dict) or told.get("schema") != SCHEMA:
        version = told.get("schema") if isinstance(told, dict) else None
        raise IntegrityError(f"{path}: schema {version}, this version of lexexpand reads {SCHEMA}. {_AGAIN}")
    try:
        learned = Learned(
            language=str(told["language"]),
            known=Known(
                Alphabet(tuple(map(str, told["letters"]))),
                tuple(map(str, told["features"])),
                tuple(map(str, told["bundles"])),
                bool(told["split"]),
            ),
            gate=_gate(told["gate"], len(SIGNALS)),
            reliability=_arrays(told["reliability"]),
            affixes=Affixes([(Rule(*row[:4]), str(row[4]), float(row[5])) for row in told["affixes"]]),
            analysis_gate=_gate(told["analysis_gate"], len(DIRECTIONS)),
            analysis_reliability=_arrays(told["analysis_reliability"]),
            trained=dict(told["trained"]),
            sources=tuple(dict(source) for source in told["sources"]),
            digest=_digest(told),
        )
        int(told["networks"]), str(told["weights"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityError(f"{path}: not a card of an inflector ({error!r}). {_AGAIN}") from error
    return learned, told


def _digest(told: Mapping[str, Any]) -> str:
    """Of all that a card says but how long training took: the same table and seed give the same digest."""
    trained = {key: value for key, value in told["trained"].items() if key != "seconds"}
    return sha256(json.dumps({**told, "trained": trained}, sort_keys=True).encode()).hexdigest()


def _gate(told: Mapping[str, Any] | None, signals: int) -> Gate | None:
    if told is None:
        return None
    gate = Gate(**{name: tuple(map(float, values)) for name, values in told.items()})
    if not len(gate.mean) == len(gate.scale) == len(gate.weights) - 1 == signals:
        raise ValueError("a gate of another number of signals")
    return gate


def _lists(found: Reliability | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "confidence": found.confidence.tolist(),
        "right": found.right.astype(int).tolist(),
        "lemma": found.lemma.tolist(),
    }


def _arrays(told: Mapping[str, Any] | None) -> Reliability | None:
    if told is None:
        return None
    return Reliability(
        np.array(told["confidence"], np.float64),
        np.array(told["right"], bool),
        np.array(told["lemma"], np.int64),
    )
