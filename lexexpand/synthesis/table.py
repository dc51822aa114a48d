"""The substitution table: all that can be decided per word TYPE, decided once.

A million sentences hold some hundred thousand types (word form + lemma + part of speech + features). For
each type the table knows a *list* of *outputs*, and for each output its target tokens:

    type     ("horses", "horse", NOUN, Number=Plur)
    list     hestar 0.7 | ross 0.3                 an alias table: one draw, two look-ups (Vose 1991)
    output   hestar     tokens: [form "hestar", lemma "hestur", bundle N;PL, inflection attested, casing none]
                        match: lemma   entry: 4711

Copied words are lists of one output, so that the hot path has no special case: sentences are array
look-ups. Types are compiled up front; phrases and words in context ("the horses": definite) when they are
first met, which changes no draw, since a draw depends on the sentence and the position alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from lexexpand.synthesis.casing import CASINGS, NONE, TITLE, UPPER, CaseRules, source_casing
from lexexpand.synthesis.columns import GrowingColumns, Interner
from lexexpand.synthesis.request import Request, TargetToken
from lexexpand.text.schema import INFLECTIONS, MATCHES, TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from lexexpand.morphology.inflect import Inflection
    from lexexpand.synthesis.realizer import Realizer

MATCH = {name: code for code, name in enumerate(MATCHES)}
INFLECTION = {name: code for code, name in enumerate(INFLECTIONS)}
CASING = {name: code for code, name in enumerate(CASINGS)}


_OUTPUTS = {
    "start": np.int64,
    "length": np.int8,
    "match": np.int8,
    "translated": np.bool_,
    "entry": np.int32,
    "item": np.int64,
    "plain": np.bool_,
    "text": np.int32,
}
_START, _TEXT = list(_OUTPUTS).index("start"), list(_OUTPUTS).index("text")
# `codes` has match, inflection and casing in a byte each: one look-up on the hot path.
_TOKENS = {
    "form": np.int32,
    "lemma": np.int64,
    "bundle": np.int64,
    "inflection": np.int8,
    "labelled": np.bool_,
    "entry": np.int32,
    "codes": np.int32,
}
_CODES = list(_TOKENS).index("codes")
_LISTS = {"start": np.int64, "length": np.int64, "first": np.int64, "hash": np.uint64}
_SLOTS = {"output": np.int64, "keep": np.float32, "alias": np.int64}


class SubstitutionTable:
    """Lists of outputs by number. Outputs 0..V-1 and lists 0..V-1 copy the V types of the source."""

    def __init__(
        self, forms: pa.Array, copied: NDArray[np.int8], realizer: Realizer, joiner: str = " "
    ) -> None:
        """Make a table in which every type is copied.

        Args:
            forms: (V,) of the types.
            copied: (V,) match code by which each type is copied.
            realizer: how words are realised.
            joiner: what stands between two words of a phrase.
        """
        self._joiner = joiner
        self.n_types = n_types = len(forms)
        self._type_forms = forms
        self._titled: dict[int, int] = {}
        self.realizer = realizer
        self.strings = Interner()
        """Target forms; the string id of a form is n_types + its number, type ids come first."""
        self.lemmas = Interner()
        self.bundles = Interner()
        self.outputs = GrowingColumns(_OUTPUTS)
        self.tokens = GrowingColumns(_TOKENS)
        self.lists = GrowingColumns(_LISTS)
        self.slots = GrowingColumns(_SLOTS)
        self._known_outputs: dict[tuple[object, ...], int] = {}
        self._known_lists: dict[tuple[tuple[int, ...], tuple[float, ...]], int] = {}
        self._copy_types(n_types, copied)

    def _copy_types(self, n: int, copied: NDArray[np.int8]) -> None:
        ids, zero, minus = np.arange(n), np.zeros(n, np.int64), np.full(n, -1)
        self.outputs.extend(
            start=ids,
            length=zero + 1,
            match=copied,
            translated=zero,
            entry=minus,
            item=minus,
            plain=zero,
            text=ids,
        )
        self.tokens.extend(
            form=ids,
            lemma=minus,
            bundle=minus,
            inflection=zero,
            labelled=zero + 1,
            entry=minus,
            codes=copied,
        )
        self.lists.extend(start=ids, length=zero + 1, first=ids, hash=zero)
        self.slots.extend(output=ids, keep=zero + 1, alias=ids)

    def add_lists(self, requests: Sequence[Request]) -> list[int]:
        """Compile requests; return a list id for each. Inflections are asked for in one batch."""
        inflected = self.realizer.inflect(requests)
        return [self._add_list(request, inflected) for request in requests]

    def settle(self) -> None:
        """Make arrays of what was added: at the end of compiling, so that the first block need not."""
        for columns in (self.outputs, self.tokens, self.lists, self.slots):
            assert columns[columns.names[0]] is not None

    def add_mark(self, form: str, match: str) -> int:
        """A list whose only output is `form`, as for the target script's punctuation."""
        token = TargetToken(form, None, None, "none", NONE, True)
        output = self._output(("mark", form, match), [token], match, -1, plain=False)
        return self._list((output,), (1.0,), form)

    def titled(self, outputs: Sequence[int]) -> list[int]:
        """The outputs with a capital: they come first because what stood before them was dropped."""
        starts, lengths = self.outputs["start"], self.outputs["length"]
        rows = [self.outputs[name] for name in self.outputs.names]
        tokens = [self.tokens[name] for name in self.tokens.names]
        for output in outputs:
            if output in self._titled:
                continue
            words = range(int(starts[output]), int(starts[output]) + int(lengths[output]))
            forms = [self._form(int(tokens[0][word])) for word in words]
            raised = self.realizer.case.apply(forms[0], TITLE)
            if raised == forms[0]:
                self._titled[output] = output
                continue
            copies = [[column[word] for column in tokens] for word in words]
            copies[0][0] = self.n_types + self.strings(raised)
            copies[0][_CODES] = int(copies[0][_CODES]) & 0xFFFF | CASING[TITLE] << 16
            made = [self.tokens.append(tuple(copy)) for copy in copies]
            row = [column[output] for column in rows]
            row[_START] = made[0]
            row[_TEXT] = self.n_types + self.strings(self._joiner.join([raised, *forms[1:]]))
            self._titled[output] = self.outputs.append(tuple(row))
        return [self._titled[output] for output in outputs]

    def _form(self, number: int) -> str:
        if number < self.n_types:
            return str(self._type_forms[number])
        return self.strings.values[number - self.n_types]

    def _add_list(self, request: Request, inflected: dict[tuple[str, str], Inflection]) -> int:
        outputs: list[int] = []
        weights: list[float] = []
        for candidate in request.candidates:
            entry = self.realizer.entries[candidate.entry]
            key = (
                candidate.entry,
                request.match,
                request.bundle,
                request.adds,
                request.casing,
                candidate.inflects,
            )
            known = self._known_outputs.get(key)
            if known is None:
                tokens, plain = self.realizer.tokens(entry, candidate, request, inflected)
                known = self._output(key, tokens, request.match, candidate.entry, plain=plain)
            outputs.append(known)
            weights.append(candidate.weight ** (1.0 / self.realizer.config.temperature))
        source = self.realizer.entries[request.candidates[0].entry].source_text
        return self._list(tuple(outputs), tuple(weights), source)

    def _output(
        self, key: tuple[object, ...], tokens: Sequence[TargetToken], match: str, entry: int, *, plain: bool
    ) -> int:
        start, how = len(self.tokens), MATCH[match]
        for token in tokens:
            inflection, casing = INFLECTION[token.inflection], CASING[token.casing]
            self.tokens.append(
                (
                    self.n_types + self.strings(token.form),
                    -1 if token.lemma is None else self.lemmas(token.lemma),
                    -1 if token.bundle is None else self.bundles(token.bundle),
                    inflection,
                    token.labelled,
                    entry,
                    how | inflection << 8 | casing << 16,
                )
            )
        # What a sentence teaches: the entry in this cell. Stable over processes, unlike the output's number.
        cell = next((token.bundle for token in tokens if token.bundle), "")
        item = (entry << 8 | crc32(cell.encode()) & 0xFF) if entry >= 0 else -1
        text = self.n_types + self.strings(self._joiner.join([token.form for token in tokens]))
        row = (start, len(tokens), how, match in TRANSLATED, entry, item, plain, text)
        made = self.outputs.append(row)
        self._known_outputs[key] = made
        return made

    def _list(self, outputs: tuple[int, ...], weights: tuple[float, ...], source: str) -> int:
        known = self._known_lists.get((outputs, weights))
        if known is None:
            start = len(self.slots)
            keep, alias = alias_table(weights)
            for output, share, other in zip(outputs, keep, alias, strict=True):
                self.slots.append((output, share, outputs[other]))
            known = self.lists.append((start, len(outputs), outputs[0], crc32(source.lower().encode())))
            self._known_lists[(outputs, weights)] = known
        return known


def alias_table(weights: Sequence[float]) -> tuple[list[float], list[int]]:
    """Vose's alias method (1991): draw slot i uniformly, keep it with keep[i], else take alias[i].

    >>> alias_table([3.0, 1.0])
    ([1.0, 0.5], [0, 0])
    """
    n, total = len(weights), sum(weights)
    scaled = [weight * n / total if total > 0 else 1.0 for weight in weights]
    keep, alias = [1.0] * n, list(range(n))
    small = [i for i in range(n) if scaled[i] < 1]
    large = [i for i in range(n) if scaled[i] >= 1]
    while small and large:
        low, high = small.pop(), large[-1]
        keep[low], alias[low] = scaled[low], high
        scaled[high] -= 1 - scaled[low]
        if scaled[high] < 1:
            small.append(large.pop())
    return keep, alias


def request_casing(form: str, rules: CaseRules, *, initial: bool, as_written: bool) -> str:
    """The casing that a source word hands on.

    Args:
        form: the source word (of a phrase, its first).
        rules: of the target; a script without case takes none.
        initial: it opens the sentence.
        as_written: the dictionary's key has these very capitals ("Monday", "I"), so they are spelling.
    """
    if not rules.cased:
        return NONE
    casing = source_casing(form, initial=initial)
    if as_written and casing != NONE:
        small = next(char for char in form if char.isalpha()).islower()  # "iPhone" opens a sentence as it is
        return TITLE if initial and not small else NONE
    return casing if casing in (TITLE, UPPER) else NONE
