"""Which form of *hestur* stands for *horses*?

The source says little: English *horses* is a plural noun, `N;PL`. A Faroese table wants more: case, number and
definiteness. The rule of `auto` fills what is not said with the unmarked values, and never changes what is said.

| English | asked | Faroese | cell | how |
|---|---|---|---|---|
| horses | `N;PL` of hestur | hestar | `N;INDF;NOM;PL` | attested: nominative and indefinite are unmarked |
| the horses | `N;DEF;PL` of hestur | hestarnir | `N;DEF;NOM;PL` | attested |
| in the horse | `N;SG;DEF;IN+ESS` of hestur | hesturin | `N;DEF;NOM;SG` | nearest-cell: no such case; the unmarked one |
| horse | `N;SG` of hestur | hestur | `N;INDF;NOM;SG` | attested |
| went | `V;PST` of fara | fór | `V;IND;PST;3;SG` | attested: English has no person here, the third singular is unmarked |
| goes | `V;PRS;3;SG` of fara | fer | `V;IND;PRS;3;SG` | attested |
| (they) go | `V;PRS;3;PL` of fara | fara | `V;IND;PRS;3;PL` | attested |
| gone | `V;V.PTCP;PST` of fara | farin | `V;V.PTCP;PST` | attested |
| going | `V;V.PTCP;PRS` of fara | farandi | `V;V.PTCP;PRS` | attested |
| go | `V;NFIN` of fara | fara | `V;NFIN` | attested |
| longer | `ADJ;CMPR` of langur | langur | none | citation: the table has no comparatives |
| we | `PRO;…` | vit | none | none: no pronoun in the table, so nothing is claimed about its inflection |

1. Every cell of the lemma gets a cost (`costs`, rows of `unmarked.tsv` and `nearest.tsv`). Cells that contradict
   the request in number, tense, mood, polarity, voice, comparison or verb form, but for the neighbours that a row
   names (a dual for which the table has a plural), are out: rather the citation form than a wrong number.
2. The cheapest cell wins. Cost below 10: `attested`. Else `nearest-cell`, with a confidence that falls with the cost.
3. Of several cells, or several forms of a cell, at the same cost the form that fills most of the lemma's possible
   cells wins (a syncretic form is the likelier guess), then the first in canonical order of bundles, then the file's.
4. No cell left: `citation`, the word as the lexicon has it. No cell of this part of speech in the whole language,
   no part of speech, or no paradigms: `none`.

**The word need not be a lemma.** Dictionaries cite Lingala *kobala*, the tables have the bare root *bal*: a word that is
no lemma of that part of speech, but a form of exactly one, is looked up under that one. A capital is put aside
for the look-up and put back. Of a target of several words the head is inflected if exactly one of them is a lemma
of that part of speech; else the words stay as they are.

`attested` as a mode takes cells of cost below 10 alone, `none` leaves every word as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lexexpand.morphology.costs import ATTESTED, NEVER, Costs, bundle_costs
from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.strings import EMPTY

How = Literal["attested", "nearest-cell", "learned", "citation", "none"]
Mode = Literal["auto", "attested", "none"]
MODES: tuple[Mode, ...] = ("auto", "attested", "none")
_CITATION_CONFIDENCE = 0.25
_CHUNK = 1 << 15


@dataclass(frozen=True, slots=True)
class Inflection:
    """A form, how it was found, the cell that it fills (None: no cell), and a confidence from 0 to 1."""

    form: str
    how: How
    bundle: FeatureBundle | None
    confidence: float


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a target's inflecting word is: the lemma's number, and what stands around it."""

    lemma: int
    before: str = ""
    after: str = ""
    capital: bool = False


class Inflector:
    """(Lemma, bundle) -> form, over the paradigms of one language (None: every word stays as it is)."""

    def __init__(self, paradigms: Paradigms | None, mode: Mode = "auto") -> None:
        self.paradigms = paradigms if mode != "none" else None
        self.mode = mode
        self._limit = ATTESTED if mode == "attested" else NEVER
        self._costs: dict[str, Costs | None] = {}
        self._heads: dict[tuple[str, str], _Head | None] = {}
        self._out: dict[tuple[str, int, int], Inflection] = {}
        if self.paradigms is not None:
            index = self.paradigms.index
            self._values: dict[str, list[str]] = index.metadata["values"]
            self._table = index.arrays["values"].reshape(-1, len(self._values))
            self._lemma_start = index.arrays["lemma_start"].astype(np.int64)
            self._cell_bundle = index.arrays["cell_bundle"]
            self._cell_form = index.arrays["cell_form"]

    def inflect(self, lemma: str, bundle: str | FeatureBundle | None, upos: str | None = None) -> Inflection:
        """The form of one word. `upos` is used where there is no bundle: the word's unmarked cell."""
        if bundle is None:
            from lexexpand.morphology.ud import ud_to_bundle

            bundle = None if upos is None else ud_to_bundle(upos, "_")
        return self.inflect_many([(lemma, "" if bundle is None else str(bundle))])[0]

    def inflect_many(self, pairs: Sequence[tuple[str, str]]) -> list[Inflection]:
        """The forms of many (lemma, bundle) pairs, in their order; `""` as a bundle asks for nothing."""
        if self.paradigms is None:
            return [Inflection(lemma, "none", None, 1.0) for lemma, _ in pairs]
        distinct = list(dict.fromkeys(pairs))
        found: dict[tuple[str, str], Inflection] = {}
        for start in range(0, len(distinct), _CHUNK):
            part = distinct[start : start + _CHUNK]
            found.update(zip(part, self._inflect_distinct(part), strict=True))
        return [found[pair] for pair in pairs]

    def _inflect_distinct(self, pairs: Sequence[tuple[str, str]]) -> list[Inflection]:
        requests = list(dict.fromkeys(bundle for _, bundle in pairs))
        costs = [self._costs_of(bundle) for bundle in requests]
        number_of = {bundle: number for number, bundle in enumerate(requests)}
        result: list[Inflection | None] = [None] * len(pairs)
        places: list[int] = []
        heads: list[_Head] = []
        asked: list[int] = []
        for place, (lemma, bundle) in enumerate(pairs):
            number = number_of[bundle]
            head = None if costs[number] is None else self._head(lemma, bundle)
            if head is None:
                how: How = "none" if costs[number] is None else "citation"
                result[place] = Inflection(lemma, how, None, 1.0 if how == "none" else _CITATION_CONFIDENCE)
            else:
                places.append(place)
                heads.append(head)
                asked.append(number)
        if places:
            stacked = np.stack([np.full(len(self._table), NEVER, np.int32) if c is None else c for c in costs])
            lemmas = np.fromiter((head.lemma for head in heads), np.int64, len(heads))
            cells, least = self._best_cells(lemmas, np.array(asked), stacked)
            for place, head, cell, cost in zip(places, heads, cells.tolist(), least.tolist(), strict=True):
                result[place] = self._result(pairs[place][0], head, cell, cost)
        return [one for one in result if one is not None]

    def _best_cells(
        self, lemmas: NDArray[np.int64], asked: NDArray[np.int64], costs: Costs
    ) -> tuple[NDArray[np.int64], Costs]:
        """The best cell of each lemma for its request, and its cost.

        lemmas, asked: (P,); costs: (requests, B). All cells of all lemmas in one gather: (sum of cells,).
        """
        first = self._lemma_start[lemmas]
        count = self._lemma_start[lemmas + 1] - first
        offset = np.concatenate([[0], np.cumsum(count)])
        cell = np.arange(offset[-1]) + np.repeat(first - offset[:-1], count)
        cost = costs[np.repeat(asked, count), self._cell_bundle[cell]]
        least = np.minimum.reduceat(cost, offset[:-1])
        tied = np.flatnonzero(cost == np.repeat(least, count))
        owner = np.searchsorted(offset, tied, side="right") - 1
        starts = np.searchsorted(owner, np.arange(len(lemmas)))
        best = cell[tied[starts]]
        form = self._cell_form[cell[tied]]
        top = np.maximum.reduceat(form, starts)
        bottom = np.minimum.reduceat(form, starts)
        for pair in np.flatnonzero((top != bottom) & (least < NEVER)):
            span = slice(offset[pair], offset[pair + 1])
            ties = cell[tied[owner == pair]] if len(lemmas) == 1 else cell[tied[starts[pair] : _end(starts, pair, tied)]]
            best[pair] = self._syncretic(ties, cell[span][cost[span] < NEVER])
        return best, least

    def _syncretic(self, ties: NDArray[np.int64], possible: NDArray[np.int64]) -> int:
        """Of tied cells the first whose form fills most possible cells."""
        fills = Counter(self._cell_form[possible].tolist())
        forms = self._cell_form[ties].tolist()
        return int(ties[max(range(len(forms)), key=lambda n: (fills[forms[n]], -n))])

    def _result(self, lemma: str, head: _Head, cell: int, cost: int) -> Inflection:
        if cost >= self._limit or cost >= NEVER:
            return Inflection(lemma, "citation", None, _CITATION_CONFIDENCE)
        key = (lemma, cell, cost)
        found = self._out.get(key)
        if found is None:
            assert self.paradigms is not None
            form = self.paradigms.strings.text(int(self._cell_form[cell]))
            if head.capital:
                form = form[:1].upper() + form[1:]
            how: How = "attested" if cost < ATTESTED else "nearest-cell"
            confidence = 1.0 if how == "attested" else max(0.3, round(1 - cost / 100, 2))
            bundle = self.paradigms.bundle(int(self._cell_bundle[cell]))
            found = self._out[key] = Inflection(head.before + form + head.after, how, bundle, confidence)
        return found

    def _costs_of(self, bundle: str) -> Costs | None:
        """Costs of all bundles of the language; None where no bundle has this part of speech."""
        if bundle not in self._costs:
            costs: Costs | None = None
            if bundle:
                assert self.paradigms is not None
                wanted = self.paradigms.parse(bundle)
                if wanted.pos is not None and self._inflects(wanted.pos):
                    costs = bundle_costs(wanted, self._values, self._table)
            self._costs[bundle] = costs
        return self._costs[bundle]

    def _inflects(self, pos: str) -> bool:
        """Whether some cell of the language has this part of speech, or one that stands for it."""
        return bool((self._pos_costs(pos) < NEVER).any())

    def _pos_costs(self, pos: str) -> Costs:
        """Costs of all bundles where nothing but the part of speech counts."""
        name = next(iter(self._values))
        return bundle_costs(FeatureBundle(pos, ()), {name: self._values[name]}, self._table[:, :1])

    def _head(self, lemma: str, bundle: str) -> _Head | None:
        """What of a target is to be inflected, as a word of the part of speech that `bundle` names."""
        pos = bundle.split(";", 1)[0]
        key = (lemma, pos)
        if key not in self._heads:
            self._heads[key] = self._find_head(lemma, self._allowed(pos))
        return self._heads[key]

    def _allowed(self, pos: str) -> NDArray[np.bool_]:
        """Which bundles belong to a part of speech; `V.PTCP` and the like are verbs."""
        wanted = FeatureBundle.parse(pos).pos or pos
        key = f"={wanted}"
        if key not in self._costs:
            self._costs[key] = self._pos_costs(wanted)
        costs = self._costs[key]
        assert costs is not None
        return costs < NEVER

    def _find_head(self, text: str, allowed: NDArray[np.bool_]) -> _Head | None:
        number, capital = self._lemma_of_word(text, allowed, forms=True)
        if number != EMPTY:
            return _Head(number, capital=capital)
        words = text.split(" ")
        if len(words) == 1:
            return None
        known = [(n, *self._lemma_of_word(word, allowed, forms=False)) for n, word in enumerate(words)]
        known = [one for one in known if one[1] != EMPTY]
        if len(known) != 1:
            return None
        place, number, capital = known[0]
        before = "".join(word + " " for word in words[:place])
        after = "".join(" " + word for word in words[place + 1 :])
        return _Head(number, before, after, capital)

    def _lemma_of_word(self, word: str, allowed: NDArray[np.bool_], *, forms: bool) -> tuple[int, bool]:
        """The lemma that a word is, or (with `forms`) whose form it is and no other's; else `EMPTY`."""
        assert self.paradigms is not None
        lower = word[:1].lower() + word[1:]
        spellings = [(word, False)] if lower == word else [(word, False), (lower, True)]
        for spelling, capital in spellings:
            number = self.paradigms.lemma_number(spelling)
            if number != EMPTY:
                cells = self._cell_bundle[self._lemma_start[number] : self._lemma_start[number + 1]]
                if allowed[cells].any():
                    return number, capital
        for spelling, capital in spellings if forms else []:
            cells = self.paradigms.form_cells(spelling)
            owners = {self.paradigms.cell_lemma(c) for c in cells if allowed[self._cell_bundle[c]]}
            if len(owners) == 1:
                return owners.pop(), capital
        return EMPTY, False


def _end(starts: NDArray[np.int64], pair: int, tied: NDArray[np.int64]) -> int:
    return int(starts[pair + 1]) if pair + 1 < len(starts) else len(tied)
