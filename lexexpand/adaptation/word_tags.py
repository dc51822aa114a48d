"""From a lexicon, paradigms and labelled text of the source language to `WordTags` of the target.

A word has the parts of speech of the source words that it translates, each as often as the gold text of the
source language has it (GATITOS names no part of speech; English text knows that `run` is a verb four times
in five), narrowed to what the dictionary's own part of speech may stand for (`data/pos_kin.tsv`). A source
word counts by the square root of how often it is used: half way between types and tokens was best. A form
of the paradigms has the parts of speech of its lemma that its cell allows.

Names are found likewise: `hestur` translates a word that gold text has outside of names, `Danmark` one that
it has in places. What a capital letter says is counted in the gold text too, in words that the source side
of the dictionary does not list; of names only that there is one, for of which kind is the text's own matter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.lexicon.tables import rows
from lexexpand.model.tasks import OUTSIDE
from lexexpand.model.word_tags import LONGEST, SHORTEST_WORD, WordTags, capitals
from lexexpand.morphology.ud import bundle_to_ud
from lexexpand.text.bio import tags_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from lexexpand.lexicon.entry import Entry
    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.text.sentence import Sentence

    Counts = NDArray[np.float64]
    Labelled = list[tuple[str, str | None, str | None]]
    """Form, lemma and label of the words of a sentence."""

VERSION = 2
"""Of what is written here: studies keep the tables that they have made."""
FLOOR = 0.2
"""What a dictionary leaves out: settled with the weights, by `experiments/win/tags.py`."""
_SMOOTHING = 2.0
"""How many words the next shorter ending is worth."""
LARGE = 0.5
"""Share of a dictionary's words with a capital letter from which on capitals are no sign of names."""
_FEWEST = 5
"""Listed words that an ending needs."""


def make_word_tags(
    dictionaries: Sequence[tuple[Lexicon, Paradigms | None]],
    source: Iterable[Sentence],
    labels: Sequence[str],
    *,
    floor: float = FLOOR,
) -> WordTags:
    """Labels of the words of a language, or of several together.

    Args:
        dictionaries: lexicons from the source language, with the paradigms of their target languages.
        source: gold sentences of the source language.
        labels: of the head: parts of speech of Universal Dependencies, or names (`O`, `B-LOC`, ...).
        floor: share of every distribution that is spread over all labels.
    """
    place = {label: number for number, label in enumerate(labels)}
    sentences = [_labelled(sentence, OUTSIDE in place) for sentence in source]
    usage = _usage(sentences)
    found: dict[str, Counts] = {}
    for lexicon, paradigms in dictionaries:
        own = _of_lexicon(lexicon, usage, place)
        if OUTSIDE in place:
            _add_all_forms(own, paradigms)
        else:
            _add_forms(own, paradigms, place)
        for word, counts in own.items():
            found[word] = found[word] + counts if word in found else counts
    kept = {word: counts for word, counts in found.items() if counts.sum() > 0}
    endings = {} if OUTSIDE in place else _endings(kept, len(labels))
    numbers: dict[bytes, int] = {}
    table: list[Counts] = []

    def number(counts: Counts) -> int:
        share = np.log((1 - floor) * counts / counts.sum() + floor / len(labels)).round(1)
        if share.tobytes() not in numbers:
            numbers[share.tobytes()] = len(table)
            table.append(share)
        return numbers[share.tobytes()]

    words = {word: number(counts) for word, counts in sorted(kept.items())}
    ends = {ending: number(counts) for ending, counts in sorted(endings.items())}
    large = _of_capitals(dictionaries, sentences, place)
    capital = None if large is None else number(large)
    stacked = np.array(table, np.float32).reshape(-1, len(labels))
    return WordTags(tuple(labels), stacked, words, ends, capital=capital)


def _labelled(sentence: Sentence, spans: bool) -> Labelled:
    """Form, lemma and label of each word."""
    tokens = sentence.tokens
    if spans:
        tags = tags_of(sentence.spans or (), len(tokens))
        return [(token.form, None, tag) for token, tag in zip(tokens, tags, strict=True)]
    return [(token.form, token.lemma, token.upos) for token in tokens]


def _usage(sentences: Iterable[Labelled]) -> dict[str, Counter[str]]:
    """How often a word or lemma, case folded, has a label; lemmas go before forms."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    lemmas: dict[str, Counter[str]] = defaultdict(Counter)
    for form, lemma, label in (word for sentence in sentences for word in sentence):
        if label:
            forms[form.casefold()][label] += 1
            if lemma:
                lemmas[lemma.casefold()][label] += 1
    return {**forms, **lemmas}


def _of_capitals(
    dictionaries: Sequence[tuple[Lexicon, Paradigms | None]],
    sentences: Iterable[Labelled],
    place: Mapping[str, int],
) -> Counts | None:
    """How often a word with a capital letter inside a sentence, which no dictionary lists, has a label.

    None where either language writes its common words so, as German does, or the text has none.
    """
    entries = [entry for lexicon, _ in dictionaries for entry in lexicon.entries]
    for side in ([entry.source for entry in entries], [entry.target for entry in entries]):
        single = [words[0] for words in side if len(words) == 1]
        if sum(word[:1].isupper() for word in single) > LARGE * len(single):
            return None
    listed = {word.casefold() for entry in entries for word in entry.source}
    counts = np.zeros(len(place))
    for sentence in sentences:
        forms = [form for form, _, _ in sentence]
        for index in capitals(forms, listed):
            label = sentence[index][2]
            if label is not None and label in place:
                counts[place[label]] += 1
    if OUTSIDE in place:
        outside = np.arange(len(place)) == place[OUTSIDE]
        counts[~outside] = counts[~outside].sum()
    return counts if counts.sum() > 0 else None


def _of_lexicon(
    lexicon: Lexicon, usage: Mapping[str, Counter[str]], place: Mapping[str, int]
) -> dict[str, Counts]:
    found: dict[str, Counts] = defaultdict(lambda: np.zeros(len(place)))
    for entry in lexicon.entries:
        if len(entry.target) == 1:
            counts = _of_entry(entry, usage, place)
            if counts.sum() > 0:
                found[entry.target[0].casefold()] += lexicon.share(entry) * counts / np.sqrt(counts.sum())
    return dict(found)


def _of_entry(entry: Entry, usage: Mapping[str, Counter[str]], place: Mapping[str, int]) -> Counts:
    """How often the entry's source is used as which part of speech; none if that is not known."""
    counts = np.zeros(len(place))
    for tag, times in usage.get(entry.source_text.casefold(), {}).items():
        if tag in place:
            counts[place[tag]] += times
    if entry.upos is not None and entry.upos in place:
        counts *= _allowed(entry.upos, tuple(place))
        counts[place[entry.upos]] += 1
    return counts


def _add_forms(found: dict[str, Counts], paradigms: Paradigms | None, place: Mapping[str, int]) -> None:
    if paradigms is None:
        return
    listed = dict(found)
    seen: set[tuple[str, str, str]] = set()
    for lemma in paradigms.lemmas():
        own = listed.get(lemma.casefold())
        for bundle, form in paradigms.cells(lemma):
            tag, word = bundle_to_ud(bundle)[0], form.casefold()
            if tag not in place or " " in form or (lemma, word, tag) in seen:
                continue
            seen.add((lemma, word, tag))
            counts = np.zeros(len(place)) if own is None else own * _allowed(tag, tuple(place))
            if counts.sum() == 0:
                counts = np.zeros(len(place))
                counts[place[tag]] = 1
            elif word == lemma.casefold():
                continue  # the lexicon has said it
            found[word] = found[word] + counts if word in found else counts


def _add_all_forms(found: dict[str, Counts], paradigms: Paradigms | None) -> None:
    """Forms of listed lemmas that are not listed themselves: names or none as their lemma."""
    listed = dict(found)
    for lemma in () if paradigms is None else paradigms.lemmas():
        own = listed.get(lemma.casefold())
        if own is not None and paradigms is not None:
            for _, form in paradigms.cells(lemma):
                found.setdefault(form.casefold(), own)


def _endings(words: Mapping[str, Counts], labels: int) -> dict[str, Counts]:
    """Distributions of endings, each smoothed by the next shorter one (after Brants 2000)."""
    counts: dict[str, Counts] = defaultdict(lambda: np.zeros(labels))
    times: Counter[str] = Counter()
    for word, own in words.items():
        if word.isalpha() and len(word) >= SHORTEST_WORD:
            for size in range(LONGEST + 1):
                ending = word[len(word) - size :]
                counts[ending] += own / own.sum()
                times[ending] += 1
    found: dict[str, Counts] = {}
    for ending in sorted((e for e, n in times.items() if n >= _FEWEST or not e), key=len):
        shorter = found[ending[1:]] if ending else counts[""] / max(1, times[""])
        found[ending] = (counts[ending] + _SMOOTHING * shorter) / (times[ending] + _SMOOTHING)
    return found


@cache
def _allowed(upos: str, labels: tuple[str, ...]) -> Counts:
    """1 for the labels that a dictionary's part of speech may stand for, 0 for the others."""
    kin = next((row["may_be"].split() for row in rows("pos_kin") if row["upos"] == upos), [upos])
    return np.array([float(label in kin) for label in labels])
