"""Which training data does a system get? Every claim stands beside other systems trained in the same run.

zero-shot                   gold data of the source language alone
zero-shot:<tag>             gold data of another source language alone; `zero-shot:nearest` the one that the
                            plan names for the target (a choice that needs no label of the target)
zero-shot:<tag>+<tag>       of both, half of the batches each; `nearest` may stand among them
word-translation            the published method (`lexexpand.experiment.words`), alone
word-translation+gold       ... and gold, half of the batches each
identity                    as lexexpand, of copied text: nothing is substituted
shuffled                    as lexexpand, with translations dealt out anew within a part of speech
lexexpand                   language adapter on pseudo-parallel text, task on gold and pseudo-labelled text
lexexpand -NAME             less one ingredient of `INGREDIENTS`; several may follow
lexexpand KEY=VALUE         with a knob of synthesis set, as `--set` does
lexexpand adapt.KEY=VALUE   with a field of `AdaptConfig` set, for the stage that reads it
lexexpand gold=TAG+TAG      with gold data of these languages, equal parts of what is gold's
lexexpand rows=N            with so many pseudo-labelled sentences
lexexpand whole=off         whose pseudo-labelled text teaches labels of words, and none of whole sentences
lexexpand weights=off       whose sentences all weigh the same, however much of them was translated
lexexpand tags=on           with what dictionary and paradigms say of words' parts of speech (zero-shot too)
lexexpand paths=on          whose tags of spans are the likeliest sequence, not each word's own (all arms)
lexexpand halfway=on        whose weights are half way between before its own training and after (all arms)
lexexpand gloss=on          which reads each sentence once more, with glosses behind (zero-shot too)
lexexpand gloss=instead     ... with the glosses alone, for labels of the whole; gloss=both: both
"""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, replace
from typing import Any, Literal

from lexexpand.errors import ConfigError

Pseudo = Literal["none", "words", "copy", "synth", "shuffled"]

INGREDIENTS: dict[str, tuple[str, ...]] = {
    "matching": ("folded=off", "lemma=off"),
    "multiword": ("multiword=off",),
    "inflection": ("inflector=none",),
    "transfer": ("transfer=off",),
    "selection": (),
    "gold": (),
    "language": (),
}
"""What can be left out, and the settings of synthesis that leave it out. The last three are the arm's own."""

LANGUAGE_FIELDS = frozenset(
    {
        "steps", "tokens", "objective", "source_ratio", "text_ratio", "temperature", "word_layers",
        "word_weight", "sentence_weight", "mask", "vocab", "vocab_pull",
    }
)  # fmt: skip
"""Fields of `AdaptConfig` that the language adapter's stage reads; the others are the task's."""

NEAREST = "nearest"
_SWITCH = {"on": True, "off": False}
_GLOSS = {"on": ("behind",), "instead": ("instead",), "both": ("behind", "instead"), "off": ()}


@dataclass(frozen=True, slots=True)
class Arm:
    """One system.

    Attributes:
        name: as in the plan, `zero-shot:nearest` resolved.
        sources: tags of the languages of its gold data; empty for the plan's own.
        pseudo: how its pseudo-labelled data are made.
        gold: whether gold data are mixed in.
        language: whether it has a language adapter.
        select: whether the sentences that teach most are chosen, or any.
        settings: of synthesis.
        adapt: fields of `AdaptConfig` and their values.
        rows: pseudo-labelled sentences; None for the plan's.
        gloss: how test sentences are read again: `behind`, `instead`, both or not at all.
        whole: whether pseudo-labelled text teaches labels of whole sentences too.
        paths: whether tags of spans are the likeliest sequence, or each word's own.
        weights: whether a sentence weighs by its coverage.
        halfway: whether weights are half way between the training on gold and the one that goes on from it.
        tags: whether parts of speech of the lexicon are added to the network's scores.
    """

    name: str
    sources: tuple[str, ...] = ()
    pseudo: Pseudo = "none"
    gold: bool = True
    language: bool = False
    select: bool = True
    settings: tuple[str, ...] = ()
    adapt: tuple[tuple[str, Any], ...] = ()
    rows: int | None = None
    gloss: tuple[str, ...] = ()
    whole: bool = True
    weights: bool = True
    halfway: bool = False
    paths: bool = False
    tags: bool = False

    @property
    def is_of_target(self) -> bool:
        """Whether its data depend on the target language; else one model serves all."""
        return self.pseudo not in ("none", "copy")


_PLAIN = {
    "zero-shot": Arm("zero-shot"),
    "word-translation": Arm("word-translation", pseudo="words", gold=False, select=False),
    "word-translation+gold": Arm("word-translation+gold", pseudo="words", select=False),
    "identity": Arm("identity", pseudo="copy", language=True),
    "shuffled": Arm("shuffled", pseudo="shuffled", language=True),
    "lexexpand": Arm("lexexpand", pseudo="synth", language=True),
}


def parse_arm(text: str, nearest: str | None = None) -> Arm:
    """The arm that a plan names.

    Args:
        text: as in the table above.
        nearest: tag of the source language nearest to the target, for `zero-shot:nearest`.

    Raises:
        ConfigError: there is no such arm or ingredient, or no nearest language is known.
    """
    head, *rest = text.split()
    base, colon, tags = head.partition(":")
    if colon and base == "zero-shot" and tags:
        sources = _tags(tags, nearest)
        arm = Arm(" ".join([f"zero-shot:{'+'.join(sources)}", *rest]), sources=sources)
    elif head in _PLAIN:
        arm = replace(_PLAIN[head], name=" ".join([head, *rest]))
    else:
        raise ConfigError(_no_such("arm", head, list(_PLAIN)))
    for word in rest:
        arm = _less(arm, word[1:]) if word.startswith("-") else _set(arm, word, nearest)
    return arm


def _tags(text: str, nearest: str | None) -> tuple[str, ...]:
    """Tags with `+` between; `nearest` is the plan's for the target, named once."""
    found = text.split("+")
    if NEAREST in found and nearest is None:
        raise ConfigError(f"{text}: the plan's [nearest] has no row for this language")
    return tuple(dict.fromkeys(nearest if tag == NEAREST and nearest else tag for tag in found))


def _less(arm: Arm, name: str) -> Arm:
    if name not in INGREDIENTS:
        raise ConfigError(_no_such("ingredient", name, list(INGREDIENTS)))
    settings = (*arm.settings, *INGREDIENTS[name])
    if name == "gold":
        return replace(arm, gold=False)
    if name == "language":
        return replace(arm, language=False)
    if name == "selection":
        return replace(arm, select=False)
    return replace(arm, settings=settings)


def _set(arm: Arm, setting: str, nearest: str | None) -> Arm:
    key, sign, value = setting.partition("=")
    if not sign:
        raise ConfigError(f"arm {arm.name!r}: {setting!r} is neither -INGREDIENT nor KEY=VALUE")
    if key == "gold":
        return replace(arm, sources=_tags(value, nearest))
    try:
        if key == "rows":
            return replace(arm, rows=int(value))
        if key in ("whole", "weights", "tags", "paths", "halfway"):
            changed: dict[str, Any] = {key: _SWITCH[value]}
            return replace(arm, **changed)
        if key == "gloss":
            return replace(arm, gloss=_GLOSS[value])
        if key.startswith("adapt."):
            read = json.loads(value)
            return replace(arm, adapt=(*arm.adapt, (key.removeprefix("adapt."), read)))
    except (ValueError, KeyError) as error:
        raise ConfigError(f"arm {arm.name!r}: {setting!r}: {value!r} cannot be its value") from error
    return replace(arm, settings=(*arm.settings, setting))


def _no_such(what: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=2)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"There are: {', '.join(known)}."
    return f"there is no {what} {name!r}. {hint}"
