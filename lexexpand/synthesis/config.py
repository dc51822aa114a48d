"""Every knob of synthesis, its default and why. `--set key=value` and the Python API reach the same fields.

Defaults that a study has set name the study; the others are stated choices, to be studied
(`experiments/win`). An ingredient can be switched off for an ablation: `--set multiword=off`.
"""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from lexexpand.errors import ConfigError
from lexexpand.language import Language, parse_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Kind = Literal["pseudo-mono", "pseudo-parallel", "pseudo-labelled"]
Senses = Literal["first", "sample", "document"]
InflectorMode = Literal["auto", "nearest", "attested", "none", "drawn", "random"]

# The published script keeps a plain sentence only with three or more swaps; we count coverage instead,
# and keep all unless told otherwise: what is kept is the user's decision.
_SWITCHES = {
    "on": True,
    "true": True,
    "yes": True,
    "1": True,
    "off": False,
    "false": False,
    "no": False,
    "0": False,
}


@dataclass(frozen=True, slots=True)
class SynthConfig:
    """How one corpus is made. Everything that changes a byte of it is a field here.

    Attributes:
        kind: what the corpus is for; labels are written for `pseudo-labelled` alone.
        seed: of every draw; draws are stable per (sentence, position, variant).
        senses: `first` the best translation, `sample` a draw by weight, `document` one draw a document.
        variants: how many pseudo sentences for one source sentence.
        n: how many sentences to keep at most, those that teach most; None: all.
        cap: a sentence is kept while one of its entries was kept fewer times than this; None: no cap.
        min_coverage: least share of word tokens with a translation, in [0, 1].
        inflector: `auto` attested, else nearest cell, else learned where there is a model; `nearest` without
            a model; `attested` alone; `none` citation forms; `drawn` any cell of the lemma that
            does not contradict the source, `random` any at all, for studies.
        gate: how often the learned inflector must be right where it speaks; 0 lets it say everything.
        related: tag of a related language whose learned inflector and cells may stand in where the language
            has no tables; empty: none may.
        multiword, lemma, folded, names, casing, punctuation, transfer: ingredients, each may be off.
            `transfer`: articles and adpositions that the inflected form already says are dropped.
        temperature: of the draw over weights; 1 draws by weight, near 0 takes the best.
        max_senses: candidates of one source word, the best by weight.
        max_target_words: longer translations are definitions more often than words.
        max_gap: tokens that may stand inside a discontinuous verb ("turn the light off").
        slim: leave the source's text out.
        trace: write the columns by token: tokens, offsets, alignment and the origin of each. Off, a corpus
            is text alone, and its rows cannot be explained.
    """

    kind: Kind = "pseudo-parallel"
    seed: int = 13
    senses: Senses = "sample"
    variants: int = 1
    n: int | None = None
    cap: int | None = None
    min_coverage: float = 0.0
    inflector: InflectorMode = "auto"
    gate: float = 0.95
    related: str = ""
    multiword: bool = True
    lemma: bool = True
    folded: bool = True
    names: bool = True
    casing: bool = True
    punctuation: bool = True
    transfer: bool = True
    temperature: float = 1.0
    max_senses: int = 8
    max_target_words: int = 4
    max_gap: int = 3
    slim: bool = False
    trace: bool = True

    def __post_init__(self) -> None:
        _choice("kind", self.kind, get_args(Kind))
        _choice("senses", self.senses, get_args(Senses))
        _choice("inflector", self.inflector, get_args(InflectorMode))
        least = {"variants": 1, "max_senses": 1, "max_target_words": 1, "max_gap": 0}
        for name, bound in least.items():
            if getattr(self, name) < bound:
                raise ConfigError(f"{name} is {getattr(self, name)}: it must be {bound} or more")
        for name in ("n", "cap"):
            if (value := getattr(self, name)) is not None and value < 1:
                raise ConfigError(f"{name} is {value}: it must be 1 or more, or left out")
        for name in ("min_coverage", "gate"):
            if not 0 <= (share := getattr(self, name)) <= 1:
                raise ConfigError(f"{name.replace('_', '-')} is {share}: it is a share, between 0 and 1")
        if self.kind == "pseudo-labelled" and not self.trace:
            raise ConfigError(
                "--set trace=off: labels stand on tokens, so pseudo-labelled needs the columns by token"
            )
        if not 0 < self.temperature <= 100:
            raise ConfigError(f"temperature is {self.temperature}: it must be above 0 and at most 100")

    @property
    def relative(self) -> Language | None:
        """The related language that may stand in."""
        return parse_language(self.related) if self.related else None

    def with_settings(self, settings: Iterable[str]) -> SynthConfig:
        """A copy with `key=value` settings applied, as `--set` takes them.

        Raises:
            ConfigError: an unknown key (the near ones are named) or a value of the wrong type.
        """
        values: dict[str, Any] = {}
        fields = {field.name: field for field in dataclasses.fields(self)}
        for setting in settings:
            key, sep, text = setting.partition("=")
            name = key.strip().replace("-", "_")
            if not sep or name not in fields:
                raise ConfigError(_unknown(setting, name, list(fields)))
            values[name] = _value(name, text.strip(), str(fields[name].type))
        return dataclasses.replace(self, **values)

    def as_dict(self) -> dict[str, Any]:
        """The fields as plain values, in their order."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SynthConfig:
        """The inverse of `as_dict`."""
        return cls(**dict(values))


def _choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ConfigError(f"{name} is {value!r}: it is one of {', '.join(choices)}")


def _unknown(setting: str, name: str, known: list[str]) -> str:
    if name in known:
        return f"--set {setting}: expected a value too, as in {name}=..."
    near = difflib.get_close_matches(name, known, n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
    return f"--set {setting}: expected key=value with a known key. {hint}"


def _value(name: str, text: str, kind: str) -> Any:
    if kind == "bool":
        if text.lower() not in _SWITCHES:
            raise ConfigError(f"--set {name}={text}: expected on or off")
        return _SWITCHES[text.lower()]
    if kind in ("int", "float", "int | None"):
        if kind == "int | None" and text.lower() == "none":
            return None
        number = float if kind == "float" else int
        try:
            return number(text)
        except ValueError:
            raise ConfigError(f"--set {name}={text}: expected a number") from None
    return text
