"""Which form of *hestur* stands for *horses*?

The source says little: English *horses* is a plural noun, `N;PL`. A Faroese table wants more: case, number
and definiteness. The rule of `auto` fills what is not said with the unmarked values, and never changes what
is said.

| English | asked | Faroese | cell | how |
|---|---|---|---|---|
| horses | `N;PL` of hestur | hestar | `N;INDF;NOM;PL` | attested: nominative and indefinite are unmarked |
| the horses | `N;DEF;PL` of hestur | hestarnir | `N;DEF;NOM;PL` | attested |
| in the horse | `N;SG;DEF;IN+ESS` of hestur | hesturin | `N;DEF;NOM;SG` | nearest-cell: no such case |
| horse | `N;SG` of hestur | hestur | `N;INDF;NOM;SG` | attested |
| went | `V;PST` of fara | fór | `V;IND;PST;3;SG` | attested: the third singular is unmarked |
| goes | `V;PRS;3;SG` of fara | fer | `V;IND;PRS;3;SG` | attested |
| (they) go | `V;PRS;3;PL` of fara | fara | `V;IND;PRS;3;PL` | attested |
| gone | `V;V.PTCP;PST` of fara | farin | `V;V.PTCP;PST` | attested |
| going | `V;V.PTCP;PRS` of fara | farandi | `V;V.PTCP;PRS` | attested |
| go | `V;NFIN` of fara | fara | `V;NFIN` | attested |
| longer | `ADJ;CMPR` of langur | langur | none | citation: the table has no comparatives |
| we | `PRO;…` | vit | none | none: no pronoun in the table, so nothing is claimed about its inflection |

1. Every cell of the lemma gets a cost (`costs`, rows of `unmarked.tsv` and `nearest.tsv`). Cells that
   contradict the request in number, tense, mood, polarity, voice, comparison or verb form, but for the
   neighbours that a row names (a dual for which the table has a plural), are out: rather the citation form
   than a wrong number.
2. The cheapest cell wins. Cost below 10: `attested`. Else `nearest-cell`, with a confidence that falls with
   the cost.
3. Of several cells, or several forms of a cell, at the same cost the form that fills most of the lemma's
   possible cells wins (a syncretic form is the likelier guess), then the shortest (Erzya lists
   frequentatives in the same cell), then the first in canonical order of bundles, then the file's.
4. Asked for what a citation form says (`N;SG`, `ADJ`, `V;NFIN`), a word is its own answer; but not in a
   language whose lemmas are bare roots, which its tables do not show among their forms.
5. No cell left, or a word that the tables do not have: a learned inflector is asked, if there is one, for
   the language's cheapest cell (`unlisted`); what its gate lets through is `learned`.
6. Else `citation`, the word as the lexicon has it. No cell of this part of speech in the whole
   language, no part of speech, or no paradigms: `none`.

**The word need not be a lemma.** Dictionaries cite Lingala *kobala*, the tables have the bare root *bal*: a
word that is no lemma of that part of speech, but the citation form (infinitive, nominative singular) of
exactly one, is looked up under that one; a word that is the form asked for already (Faroese *buksur* for
*trousers*) stays. A capital is put aside for the look-up and put back. Of a target of several words the
head is inflected if exactly one of them is a lemma of that part of speech; else the words stay as they are.

`nearest` as a mode asks no learned inflector, `attested` takes cells of cost below 10 alone, `none` leaves
every word as it is. `drawn` fills what the source leaves open with a draw over the lemma's cells that do not
contradict it (a form that fills many is likely), `random` takes any cell of the lemma: what studies hold the
choice of cells against.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from zlib import crc32

import numpy as np

from lexexpand.morphology.costs import ATTESTED, NEVER, Costs, bundle_costs, is_citation
from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.heads import Head, Heads, Request
from lexexpand.morphology.unlisted import Unlisted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.morphology.unlisted import Speaker

How = Literal["attested", "nearest-cell", "learned", "citation", "none"]
Mode = Literal["auto", "nearest", "attested", "none", "drawn", "random"]
MODES: tuple[Mode, ...] = ("auto", "nearest", "attested", "none", "drawn", "random")
_CITATION_CONFIDENCE = 0.25
_CHUNK = 1 << 15


@dataclass(frozen=True, slots=True)
class Inflection:
    """A form, how it was found, the cell that it fills (None: no cell), and a confidence from 0 to 1."""

    form: str
    how: How
    bundle: FeatureBundle | None
    confidence: float


class Inflector:
    """(Lemma, bundle) -> form, over the paradigms of one language (None: every word stays as it is).

    Args:
        paradigms: of the language.
        mode: which answers are wanted.
        learned: for words and cells that the paradigms do not have; asked in the mode `auto` alone.
    """

    def __init__(
        self, paradigms: Paradigms | None, mode: Mode = "auto", learned: Speaker | None = None
    ) -> None:
        self.paradigms = paradigms if mode != "none" else None
        self.mode = mode
        self._limit = ATTESTED if mode == "attested" else NEVER
        self._requests: dict[str, Request | None] = {}
        self._unlisted: Unlisted | None = None
        if self.paradigms is not None:
            if learned is not None and mode == "auto":
                self._unlisted = Unlisted(self.paradigms, learned)
            self._heads = Heads(self.paradigms)
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
            self._inflect_distinct(distinct[start : start + _CHUNK], found)
        return [found[pair] for pair in pairs]

    def _inflect_distinct(
        self, pairs: Sequence[tuple[str, str]], found: dict[tuple[str, str], Inflection]
    ) -> None:
        """Fill `found`: words without a cell at once, the others together."""
        requests: dict[str, tuple[int, Request]] = {}
        todo: list[tuple[tuple[str, str], Head, int]] = []
        left: list[tuple[tuple[str, str], Request]] = []
        for pair in pairs:
            lemma, bundle = pair
            request = self._request(bundle)
            if request is None:
                found[pair] = Inflection(lemma, "none", None, 1.0)
                continue
            head = self._heads.find(lemma, bundle, request)
            if head is None:
                left.append((pair, request))
            elif head.cell >= 0 and self.mode != "drawn":
                found[pair] = self._made(head, head.cell, 0)
            elif self.mode in ("drawn", "random"):
                possible = None if self.mode == "random" else request.costs
                cell, cost = self._drawn(head.lemma, bundle, possible)
                if cost < NEVER:
                    found[pair] = self._made(head, cell, cost)
                else:
                    left.append((pair, request))
            else:
                todo.append((pair, head, requests.setdefault(bundle, (len(requests), request))[0]))
        if todo:
            lemmas = np.fromiter((head.lemma for _, head, _ in todo), np.int64, len(todo))
            asked = np.fromiter((number for _, _, number in todo), np.int64, len(todo))
            costs = np.stack([request.costs for _, request in requests.values()])
            cells, least = self._best_cells(lemmas, asked, costs)
            for (pair, head, _), cell, cost in zip(todo, cells.tolist(), least.tolist(), strict=True):
                if cost >= self._limit:
                    left.append((pair, requests[pair[1]][1]))
                else:
                    found[pair] = self._made(head, cell, cost)
        found.update(self._left(left))

    def _left(self, left: Sequence[tuple[tuple[str, str], Request]]) -> dict[tuple[str, str], Inflection]:
        """Words that no table answers for: learned forms, else the words as they are."""
        found = {pair: Inflection(pair[0], "citation", None, _CITATION_CONFIDENCE) for pair, _ in left}
        if self._unlisted is None:
            return found
        cells = {
            pair: self._unlisted.cell(request.costs, self._limit)
            for pair, request in left
            if not request.citation and " " not in pair[0]
        }
        asked = [(pair, cell) for pair, cell in cells.items() if cell is not None]
        guesses = self._unlisted.inflect_many([(pair[0], cell) for pair, cell in asked])
        assert self.paradigms is not None
        for (pair, cell), guess in zip(asked, guesses, strict=True):
            if guess.spoken:
                bundle = self.paradigms.bundle(cell)
                found[pair] = Inflection(guess.form, "learned", bundle, round(guess.confidence, 2))
        return found

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
        starts = np.searchsorted(tied, offset)  # where each pair's ties begin
        best = cell[tied[starts[:-1]]]
        form = self._cell_form[cell[tied]]
        differ = np.maximum.reduceat(form, starts[:-1]) != np.minimum.reduceat(form, starts[:-1])
        for pair in np.flatnonzero(differ & (least < NEVER)):
            span = slice(offset[pair], offset[pair + 1])
            ties = cell[tied[starts[pair] : starts[pair + 1]]]
            best[pair] = self._likeliest(ties, cell[span][cost[span] < NEVER])
        return best, least

    def _drawn(self, lemma: int, bundle: str, costs: Costs | None) -> tuple[int, int]:
        """A cell of a lemma, the same for the same request, and its cost: any, or one that may be meant."""
        cells = np.arange(self._lemma_start[lemma], self._lemma_start[lemma + 1])
        cost = np.zeros(len(cells), np.int64) if costs is None else costs[self._cell_bundle[cells]]
        possible = np.flatnonzero(cost < NEVER)
        if not len(possible):
            return -1, NEVER
        place = possible[crc32(f"{lemma} {bundle}".encode()) % len(possible)]
        return int(cells[place]), int(cost[place])

    def _likeliest(self, ties: NDArray[np.int64], possible: NDArray[np.int64]) -> int:
        """Of tied cells the one whose form fills most possible cells, is shortest, comes first."""
        assert self.paradigms is not None
        fills = Counter(self._cell_form[possible].tolist())
        forms: list[int] = self._cell_form[ties].tolist()
        lengths = [len(self.paradigms.strings.text(form)) for form in forms]
        return int(ties[max(range(len(forms)), key=lambda n: (fills[forms[n]], -lengths[n], -n))])

    def _made(self, head: Head, cell: int, cost: int) -> Inflection:
        """The answer: the cell's form in its surroundings."""
        assert self.paradigms is not None
        form = self.paradigms.strings.text(int(self._cell_form[cell]))
        if head.capital:
            form = form[:1].upper() + form[1:]
        how: How = "attested" if cost < ATTESTED else "nearest-cell"
        confidence = 1.0 if how == "attested" else max(0.3, round(1 - cost / 100, 2))
        bundle = self.paradigms.bundle(int(self._cell_bundle[cell]))
        return Inflection(head.before + form + head.after, how, bundle, confidence)

    def _request(self, bundle: str) -> Request | None:
        """What a bundle asks of this language; None where no cell has this part of speech."""
        if bundle not in self._requests:
            assert self.paradigms is not None
            wanted = self.paradigms.parse(bundle) if bundle else None
            found = None
            if wanted is not None and wanted.pos is not None:
                name = next(iter(self._values))
                allowed = bundle_costs(
                    FeatureBundle(wanted.pos, ()), {name: self._values[name]}, self._table[:, :1]
                )
                if (allowed < NEVER).any():
                    found = self._asked(wanted, allowed < NEVER)
            self._requests[bundle] = found
        return self._requests[bundle]

    def _asked(self, wanted: FeatureBundle, allowed: NDArray[np.bool_]) -> Request:
        """A request for a part of speech that the language inflects."""
        bare = bundle_costs(FeatureBundle(wanted.pos, ()), self._values, self._table)
        costs = bundle_costs(wanted, self._values, self._table)
        lemmas = np.logical_or.reduceat(allowed[self._cell_bundle], self._lemma_start[:-1])
        return Request(
            costs, bare < ATTESTED, allowed, lemmas.tobytes(), is_citation(wanted), self._are_words(allowed)
        )

    def _are_words(self, allowed: NDArray[np.bool_]) -> bool:
        """Whether most lemmas of a part of speech are among their own forms (no bare roots)."""
        assert self.paradigms is not None
        arrays = self.paradigms.index.arrays
        mine = allowed[self._cell_bundle]
        owner = arrays["cell_lemma"][mine]
        same = self._cell_form[mine] == arrays["lemma_string"][owner]
        return 2 * len(np.unique(owner[same])) >= len(np.unique(owner))
