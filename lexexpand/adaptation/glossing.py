"""Glosses of a language from its lexicon and paradigms.

Of the source words that a word translates, the likeliest is its gloss: P(source | word) by Bayes, of
how often the source word is used and which share of its translations the word is. All forms that the
paradigms have of a lemma are glossed as the lemma is: what a case or a tense adds, a gloss leaves out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.model.glosses import Glosses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.morphology.paradigms import Paradigms

_MOST_WORDS = 4
"""Words of a gloss, and of a phrase that is glossed, at most: longer ones are definitions."""


def make_glosses(
    dictionaries: Iterable[tuple[Lexicon, Paradigms | None]], frequency: Mapping[str, int]
) -> Glosses:
    """Glosses in the source language of lexicons; of two for one word, the first lexicon's.

    Args:
        dictionaries: lexicons from the source language, with the paradigms of their target languages.
        frequency: how often a word of the source language, case folded, is used.
    """
    table: dict[str, str] = {}
    for lexicon, paradigms in dictionaries:
        table = _of(lexicon, paradigms, frequency) | table
    return Glosses(table)


def _of(lexicon: Lexicon, paradigms: Paradigms | None, frequency: Mapping[str, int]) -> dict[str, str]:
    best: dict[str, tuple[float, str]] = {}
    for entry in lexicon.entries:
        if len(entry.source) > _MOST_WORDS or len(entry.target) > _MOST_WORDS:
            continue
        used = 1 + min(frequency.get(word.casefold(), 0) for word in entry.source)
        score = used * lexicon.share(entry)
        key = entry.target_text.casefold()
        if key not in best or (score, entry.source_text) > best[key]:
            best[key] = (score, entry.source_text)
    table = {key: gloss for key, (_, gloss) in best.items() if gloss.casefold() != key}
    return table | _of_forms(table, paradigms)


def _of_forms(table: Mapping[str, str], paradigms: Paradigms | None) -> dict[str, str]:
    """Glosses of forms that have none themselves: those of the first lemma that has one."""
    found: dict[str, str] = {}
    for lemma in () if paradigms is None else paradigms.lemmas():
        gloss = table.get(lemma.casefold())
        if gloss is not None and paradigms is not None:
            for _, form in paradigms.cells(lemma):
                key = form.casefold()
                if key not in table and form.count(" ") < _MOST_WORDS:
                    found.setdefault(key, gloss)
    return found
