"""What is taken from a dictionary at prediction: glosses, and parts of speech of words."""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from lexexpand.adaptation.glossing import make_glosses
from lexexpand.adaptation.word_tags import make_word_tags
from lexexpand.language import from_tag
from lexexpand.lexicon.load import load_lexicon
from lexexpand.morphology.load import load_paradigms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lexexpand.experiment.plan import Plan
    from lexexpand.experiment.request import AdaptRequest
    from lexexpand.language import Language
    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.model.glosses import Glosses
    from lexexpand.model.word_tags import WordTags
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.use import PackUse
    from lexexpand.text.sentence import Sentence


class Dictionary:
    """The lexicon and the paradigms of a language, read when first asked for.

    Args:
        language: of the target side.
        source: of the source side.
        lexicons, paradigms: packs and files; empty for the default packs.
        more: `fetcher`, `allow` and `deny`, as `load_lexicon` takes them.
    """

    def __init__(
        self,
        language: Language,
        source: Language,
        lexicons: Sequence[str] = (),
        paradigms: Sequence[str] = (),
        **more: Any,
    ) -> None:
        self.language, self.source = language, source
        self.lexicons, self.tables, self.more = tuple(lexicons), tuple(paradigms), more

    @property
    def spec(self) -> dict[str, Any]:
        """What it is read from, for digests."""
        return {"lexicon": self.lexicons, "paradigms": self.tables}

    @property
    def uses(self) -> list[tuple[str, PackUse]]:
        """The packs that it was read from, each with its kind."""
        tables = () if self.paradigms is None else self.paradigms.sources
        return [*(("lexicon", use) for use in self.lexicon.sources), *(("paradigms", use) for use in tables)]

    @cached_property
    def lexicon(self) -> Lexicon:
        """From the source language."""
        return load_lexicon(self.language, source_language=self.source, specs=self.lexicons, **self.more)

    @cached_property
    def paradigms(self) -> Paradigms | None:
        """None where there are none."""
        return load_paradigms(self.language, specs=self.tables, **self.more)


def of_plan(plan: Plan, language: str) -> Dictionary:
    """The dictionary of a language of a study."""
    return _kept(language, plan.source, plan.lexicon_of(language), tuple(plan.paradigms.get(language, ())))


@lru_cache(maxsize=2)
def _kept(language: str, source: str, lexicons: tuple[str, ...], paradigms: tuple[str, ...]) -> Dictionary:
    return Dictionary(from_tag(language), from_tag(source), lexicons, paradigms)


def of_request(request: AdaptRequest, fetcher: Fetcher) -> list[Dictionary]:
    """The dictionaries of the languages of a bundle."""
    more = {"fetcher": fetcher, "allow": request.allow, "deny": request.deny}
    return [
        Dictionary(language, request.source, request.lexicons, request.paradigms, **more)
        for language in request.languages
    ]


def glosses_of(dictionaries: Iterable[Dictionary], text: Iterable[str]) -> Glosses:
    """Glosses, of source words as frequent as in a text of theirs."""
    frequency = Counter(word for line in text for word in line.casefold().split())
    return make_glosses([(one.lexicon, one.paradigms) for one in dictionaries], frequency)


def word_tags_of(
    dictionaries: Iterable[Dictionary], gold: Iterable[Sentence], labels: Sequence[str]
) -> WordTags:
    """Parts of speech of words, as `gold` of the source language uses what they translate."""
    return make_word_tags([(one.lexicon, one.paradigms) for one in dictionaries], gold, labels)
