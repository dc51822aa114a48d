"""What a study's arms take from a dictionary at prediction: glosses, and parts of speech of words."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lexexpand.adaptation.glossing import make_glosses
from lexexpand.adaptation.word_tags import make_word_tags
from lexexpand.language import from_tag
from lexexpand.lexicon.load import load_lexicon
from lexexpand.morphology.load import load_paradigms

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.experiment.plan import Plan
    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.model.glosses import Glosses
    from lexexpand.model.word_tags import WordTags
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.text.sentence import Sentence


class Dictionary:
    """The lexicon and the paradigms of a plan's language, read when first asked for."""

    def __init__(self, plan: Plan, language: str) -> None:
        self.plan, self.language = plan, language

    @property
    def spec(self) -> dict[str, Any]:
        """What it is read from, for digests."""
        return {
            "lexicon": self.plan.lexicon_of(self.language),
            "paradigms": self.plan.paradigms.get(self.language, ()),
        }

    @property
    def lexicon(self) -> Lexicon:
        """From the plan's source language."""
        return _lexicon(self.language, self.plan.source, self.plan.lexicon_of(self.language))

    @property
    def paradigms(self) -> Paradigms | None:
        """All that the plan names, or the default packs'."""
        return load_paradigms(from_tag(self.language), specs=self.plan.paradigms.get(self.language, ()))

    def glosses(self, text: Path) -> Glosses:
        """Glosses, of source words as frequent as in a text of theirs."""
        lines = text.read_text(encoding="utf-8").casefold().splitlines()
        return make_glosses(self.lexicon, self.paradigms, Counter(w for line in lines for w in line.split()))

    def word_tags(self, gold: tuple[Sentence, ...], labels: tuple[str, ...]) -> WordTags:
        """Parts of speech of words."""
        return make_word_tags([(self.lexicon, self.paradigms)], gold, labels)


@lru_cache(maxsize=2)
def _lexicon(language: str, source: str, specs: tuple[str, ...]) -> Lexicon:
    return load_lexicon(from_tag(language), source_language=from_tag(source), specs=specs)
