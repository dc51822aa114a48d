"""What a kind of task is made with: one recipe for all languages, settled by `experiments/win`.

    pos            pseudo-labelled text in training; the dictionary's parts of speech at prediction
    ner            pseudo-labelled text of words found exactly, one by one (to translate the first word of a
                   sentence teaches that capitals mean nothing); what the dictionary says of names
    intent-slots   pseudo-labelled text in training, glosses at prediction
    topic          gold alone in training; sentences are read again with their glosses at prediction

Names and labels of the whole end half way between two trainings (`lexexpand.adaptation.halfway`).

A user's own word goes before these: `--synth`, `--no-synth`, `--no-dictionary`, `--halfway`, `--no-halfway`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a kind of task uses what there is of a language.

    Attributes:
        pseudo: it learns from pseudo-labelled text beside gold.
        settings: of the synthesis of that text.
        word_tags: what the dictionary says of words and their endings is added to the network's scores.
        glosses: sentences are read again with the glosses of their words.
        halfway: its weights are half way between what a first training on gold and a second one came to.
    """

    pseudo: bool = True
    settings: tuple[str, ...] = ()
    word_tags: bool = False
    glosses: bool = False
    halfway: bool = False


PLAIN = ("folded=off", "lemma=off", "multiword=off", "transfer=off")
"""Settings of synthesis for names: words found exactly, one for one."""

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "pos": Recipe(word_tags=True),
        "ner": Recipe(settings=PLAIN, word_tags=True, halfway=True),
        "topic": Recipe(pseudo=False, glosses=True, halfway=True),
        "sentiment": Recipe(pseudo=False, glosses=True, halfway=True),
        "label": Recipe(pseudo=False, glosses=True, halfway=True),
        "intent-slots": Recipe(glosses=True),
    }
)
"""By kind of task."""
