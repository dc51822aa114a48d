"""What the context asks of a word: "the horses" may be one definite form, "in the house" one inessive.

Rows of the packs say which source words are said by the form of their head: drop "the" before a noun and
ask for DEF. The word is dropped only where the paradigm of the head HAS that form; then it is aligned to the
head, and does not vote on its label. Words that mean nothing outside their language ("did" in "did you see")
go in any case, and hand on their tense where the head can show it. A noun is the last of a run of nouns, with
at most `MAX_BETWEEN` words between.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.morphology.transfer import OWN
from lexexpand.synthesis.columns import PairTable
from lexexpand.synthesis.compile import SAID, mark
from lexexpand.synthesis.phrases import HOLDS_BE, HOLDS_DO, IS_PARTICIPLE, IS_VERB
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lexexpand.morphology.transfer import TransferRow
    from lexexpand.synthesis.choose import Chooser
    from lexexpand.synthesis.compile import Compiled
    from lexexpand.synthesis.match import Units
    from lexexpand.synthesis.request import Request
    from lexexpand.synthesis.rows import Rows

MAX_BETWEEN = 3
_CODE = {upos: code for code, upos in enumerate(UPOS)}


def _set(names: str) -> NDArray[np.bool_]:
    return np.isin(np.arange(len(UPOS)), [_CODE[name] for name in names.split()])


_NOUN, _NAMED, _VERB, _VERBAL = _set("NOUN"), _set("NOUN PROPN"), _set("VERB"), _set("VERB AUX")
_NAME = _set("PROPN")
_PARTICIPLES = {
    "before_participle": frozenset({"V", "V.PTCP", "PRS"}),
    "before_past_participle": frozenset({"V", "V.PTCP", "PST"}),
}
_TO_NOUN = _set("ADJ ADV NUM NOUN DET")
_TO_VERB = _set("PRON NOUN PROPN DET ADJ ADV PART NUM")


class Context:
    """Applies the transfer rows of two languages to one compiled table."""

    def __init__(
        self,
        compiled: Compiled,
        rows: Sequence[TransferRow],
        chooser: Chooser,
        adverbials: frozenset[str] = frozenset(),
    ) -> None:
        """Make a context.

        Args:
            compiled: the lexicon; its types are marked.
            rows: what the forms of heads say.
            chooser: draws the outputs of heads.
            adverbials: nouns that stand by themselves ("tonight").
        """
        self._adverbials = pa.array(sorted(adverbials), pa.string())
        self._compiled = compiled
        self._chooser = chooser
        self._rows = list(rows)
        self._known_adds: dict[int, str] = {}
        self._lists = PairTable()
        """Pairs of a type and what is said of it -> lists."""
        self._row_of = self._rows_of_types()
        mark(compiled, SAID, self._row_of >= 0)
        upper = pc.match_substring_regex(compiled.types.form, r"^\p{Lu}").to_numpy(zero_copy_only=False)
        self._capital = compiled.types.initial & upper
        columns = [(row.context, row.action, row.adds) for row in self._rows]
        self._contexts = np.array([context for context, _, _ in columns])
        self._after = self._contexts == "after_noun"
        self._goals = self._heads_of_contexts()
        self._article = np.array([row.source_upos == "DET" and row.action != "govern" for row in self._rows])
        self._governs = np.array([action == "govern" for _, action, _ in columns])
        # An article that the lexicon cannot render is better left out than left in its own language.
        self._unnamed = ~compiled.table.outputs["translated"][compiled.first_of]
        # A word that adds nothing needs no form that shows it.
        self._silent = np.array([action != "govern" and not adds for _, action, adds in columns])
        self._mute = np.array([action == "mute" for _, action, _ in columns]) | self._silent
        self._stray = np.array([action == "stray" for _, action, _ in columns])

    def _heads_of_contexts(self) -> dict[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
        """Context -> the types that may be its head, and the codes that may stand between."""
        columns, bundles = self._compiled.types, self._compiled.bundles
        verb = _VERB[columns.upos]
        apart = pc.is_in(columns.form_folded, self._adverbials).to_numpy(zero_copy_only=False)
        made = {
            "before_noun": (_NOUN[columns.upos] & ~apart, _TO_NOUN),
            "before_verb": (_VERBAL[columns.upos], _TO_VERB),
        }
        for context, features in _PARTICIPLES.items():
            fits = [set(bundle.split(";")) == features for bundle in bundles]
            made[context] = (verb & np.array([*fits, False])[columns.bundle], _TO_VERB)
        return made

    @property
    def support(self) -> NDArray[np.uint8]:
        """(V,): bits that tell which types stand for a verb beside them, and which are such verbs."""
        do = np.append((self._contexts == "before_verb") & self._mute, False)[self._row_of]
        be = np.append(self._contexts == "before_participle", False)[self._row_of]
        verb = _VERB[self._compiled.types.upos] & ~do & ~be
        going, _ = self._goals["before_participle"]
        bits = do * HOLDS_DO + be * HOLDS_BE + verb * IS_VERB + going * IS_PARTICIPLE
        support: NDArray[np.uint8] = bits.astype(np.uint8)
        return support

    def _rows_of_types(self) -> NDArray[np.int16]:
        """(V,): the row for each type, by form before lemma, -1 for none."""
        wanted: dict[tuple[str, str], int] = {}
        for number, row in enumerate(self._rows):
            wanted.setdefault((row.source_upos, row.source_lemma), number)
        upos = {_CODE[name] for name, _ in wanted}
        found = np.full(len(self._compiled.types.upos), -1, np.int16)
        columns = self._compiled.types
        for index in np.flatnonzero(np.isin(columns.upos, list(upos))).tolist():
            tag = UPOS[columns.upos[index]]
            form = columns.form_folded[index].as_py()
            at = wanted.get((tag, form), wanted.get((tag, columns.lemma_folded[index].as_py()), -1))
            if at >= 0 and not (self._rows[at].action == "mute" and self._has_word(index, tag)):
                found[index] = at if self._rows[at].adds != OWN else self._own_row(at, index, wanted)
        return found

    def _own_row(self, at: int, index: int, known: dict[tuple[str, str], int]) -> int:
        """The row that adds the bundle of a type: "did" asks of its verb what it says itself, V;PST."""
        number = self._compiled.types.bundle[index]
        bundle = self._compiled.bundles[number] if number >= 0 else ""
        # What an auxiliary says of itself is asked of a verb.
        bundle = ";".join(["V", *bundle.split(";")[1:]]) if bundle else ""
        key = (f"{at}", bundle)
        if key not in known:
            known[key] = len(self._rows)
            self._rows.append(dataclasses.replace(self._rows[at], adds=bundle))
        return known[key]

    def _has_word(self, index: int, tag: str) -> bool:
        """Whether the lexicon has a particle for a particle: Faroese "at" for "to"."""
        entries = self._compiled.table.realizer.entries
        request = self._compiled.requests.get(index)
        return (
            tag == "PART"
            and request is not None
            and any(entries[c.entry].upos == tag for c in request.candidates)
        )

    def apply(self, rows: Rows, units: Units, output: NDArray[np.int64]) -> NDArray[np.int64]:
        """Drop what the heads say; change `units` and `output` in place.

        Returns:
            Positions of the tokens that were dropped so.
        """
        at = np.flatnonzero((units.flags & SAID) != 0)
        row = self._row_of[rows.type[at]]
        # Where the lexicon has a word ("hava" for "have"), a stray word is none.
        translated = self._compiled.table.outputs["translated"]
        named = ~(self._stray[row] & translated[output[at]])
        at, row = at[named], row[named]
        head = self._heads(rows, at, row)
        span = rows.span_of_token()
        if span is not None:
            # "turn off the [lights]" may lose its article; a word inside a label may not go to one outside.
            head[(span[at] != span[head]) & (span[at] > 0)] = -1
        # A phrase is not inflected again; what is mute beside one goes all the same. Names take no article.
        phrase = (head >= 0) & (units.flags[head] == 0)
        name = (head >= 0) & self._article[row] & _NAME[self._compiled.types.upos[rows.type[head]]]
        bare = self._article[row] & self._unnamed[rows.type[at]]
        silent = self._silent[row] | ((self._mute[row] | bare) & phrase) | name
        gone = [self._silence(at, head, silent, units, output)]
        asks = (head >= 0) & ~silent & ~phrase
        at, head, row = at[asks], head[asks], row[asks]
        order = np.lexsort((at, head))
        at, head, row = at[order], head[order], row[order]
        # All that is said of a head together ("in the house": IN+ESS and DEF), else its nearest word alone.
        shown = self._ask(at, head, rows, output)
        last = np.append(head[1:] != head[:-1], True) if len(head) else np.empty(0, np.bool_)
        several = np.append(False, ~last[:-1]) if len(head) else last
        again = last & several & ~shown
        shown[again] = self._ask(at[again], head[again], rows, output)
        bare = self._article[row] & self._unnamed[rows.type[at]]
        leaves = (shown & ~self._governs[row]) | self._mute[row] | self._stray[row] | bare
        gone.append(at[leaves])
        output[at[leaves]] = -1
        units.owner[at[leaves]] = head[leaves]
        dropped = np.concatenate(gone)
        # What was given to a word that was dropped in its turn goes to that word's owner.
        owner = units.owner[dropped]
        while (output[owner] < 0).any():
            owner = units.owner[owner]
        units.owner[dropped] = owner
        self._recapitalize(dropped, rows, output)
        return dropped

    def _recapitalize(self, dropped: NDArray[np.int64], rows: Rows, output: NDArray[np.int64]) -> None:
        """Where the first word of a sentence was dropped, the next one takes its capital."""
        opened = dropped[self._capital[rows.type[dropped]]]
        following = opened + 1
        end = rows.offsets[rows.row[opened] + 1]
        going = (following < end) & (output[np.minimum(following, len(output) - 1)] < 0)
        while going.any():
            following[going] += 1
            going = (following < end) & (output[np.minimum(following, len(output) - 1)] < 0)
        at = following[following < end]
        if len(at):
            distinct, where = np.unique(output[at], return_inverse=True)
            titled = self._compiled.table.titled(distinct.tolist())
            output[at] = np.array(titled, np.int64)[where]

    def _silence(
        self,
        at: NDArray[np.int64],
        head: NDArray[np.int64],
        silent: NDArray[np.bool_],
        units: Units,
        output: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Drop words that add nothing; they are aligned to whatever renders their head."""
        leaves = silent & (head >= 0)
        gone, to = at[leaves], units.owner[head[leaves]]
        output[gone] = -1
        units.owner[gone] = to
        return gone

    def _heads(self, rows: Rows, at: NDArray[np.int64], row: NDArray[np.int16]) -> NDArray[np.int64]:
        """(n,): the head of each word, -1 for none."""
        upos = self._compiled.types.upos[rows.type]
        head = np.full(len(at), -1, np.int64)
        for context, (goal, between) in self._goals.items():
            here = np.flatnonzero((self._contexts == context)[row])
            if len(here):
                head[here] = self._search(rows, upos, at[here], goal, between)
        after = np.flatnonzero(self._after[row])
        behind = at[after]
        owned = (behind > rows.offsets[rows.row[behind]]) & _NAMED[upos[behind - 1]]
        head[after[owned]] = behind[owned] - 1
        lost = np.flatnonzero((self._silent[row] | self._article[row]) & (head < 0))
        beside = at[lost] + 1
        inside = beside < rows.offsets[rows.row[at[lost]] + 1]
        lost, beside = lost[inside], beside[inside]
        free = self._silent[row[lost]] | self._unnamed[rows.type[at[lost]]]
        plain = np.where(free, upos[beside] != _CODE["PUNCT"], _NAME[upos[beside]])
        head[lost[plain]] = beside[plain]
        return head

    @staticmethod
    def _search(
        rows: Rows,
        upos: NDArray[np.int8],
        at: NDArray[np.int64],
        goal: NDArray[np.bool_],
        between: NDArray[np.bool_],
    ) -> NDArray[np.int64]:
        """(n,): the last of the first run of `goal` behind each word, over words in `between` alone.

        Args:
            rows: where the words stand.
            upos: (T,) codes of all tokens.
            at: (n,) positions of the words.
            goal: (V,) types that may be heads.
            between: by code, what may stand between.
        """
        found = np.full(len(at), -1, np.int64)
        end = rows.offsets[rows.row[at] + 1]
        left, here = np.arange(len(at)), at
        for _ in range(MAX_BETWEEN + 1):
            here = here + 1
            inside = here < end
            left, here, end = left[inside], here[inside], end[inside]
            code = upos[here]
            hit = goal[rows.type[here]]
            found[left[hit]] = here[hit]
            # A run of nouns ends the search where it ends: "the city | is".
            going = hit | (between[code] & (found[left] < 0))
            left, here, end = left[going], here[going], end[going]
        return found

    def _ask(
        self, at: NDArray[np.int64], head: NDArray[np.int64], rows: Rows, output: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Ask the heads for what the words at `at` say; (n,): it shows in the head's form."""
        if not len(at):
            return np.empty(0, np.bool_)
        first = np.flatnonzero(np.append(True, head[1:] != head[:-1]))
        # The words said of one head as one number: their rows are digits, the first the lowest.
        rank = np.arange(len(at)) - np.repeat(first, np.diff(np.append(first, len(at))))
        digit = (self._row_of[rows.type[at]] + 1).astype(np.int64) * (len(self._rows) + 1) ** rank
        heads = head[first]
        lists = self._lists_for(rows.type[heads], np.add.reduceat(digit, first))
        usable = np.flatnonzero(lists >= 0)
        made = self._chooser.at(heads[usable], lists[usable], rows)
        works = ~self._compiled.table.outputs["plain"][made]
        output[heads[usable[works]]] = made[works]
        shows = np.zeros(len(heads), np.bool_)
        shows[usable[works]] = True
        return np.repeat(shows, np.diff(np.append(first, len(at))))

    def _lists_for(self, types: NDArray[np.int64], said: NDArray[np.int64]) -> NDArray[np.int64]:
        """List ids for heads of which `said` is said, -1 for those that have no form to show it."""
        wanted = said * np.int64(len(self._row_of)) + types
        lists, known = self._lists.look_up(wanted)
        if not known.all():
            self._learn(np.unique(wanted[~known]))
            lists, _ = self._lists.look_up(wanted)
        return lists

    def _learn(self, new: NDArray[np.int64]) -> None:
        """Compile lists for new pairs of a type and what is said of it."""
        asked: list[Request] = []
        places: list[int] = []
        for place, pair in enumerate(new.tolist()):
            said, index = divmod(pair, len(self._row_of))
            request = self._compiled.requests.get(index)
            if request is not None and self._compiled.table.realizer.can_show(request):
                asked.append(dataclasses.replace(request, adds=self._adds(said) or None))
                places.append(place)
        lists = np.full(len(new), -1, np.int64)
        lists[places] = self._compiled.table.add_lists(asked)
        self._lists.add(new, lists)

    def _adds(self, said: int) -> str:
        """The features that the rows in `said` add together."""
        if said not in self._known_adds:
            features: dict[str, None] = {}
            left = said
            while left:
                left, digit = divmod(left, len(self._rows) + 1)
                features.update(dict.fromkeys(filter(None, self._rows[digit - 1].adds.split(";"))))
            self._known_adds[said] = ";".join(features)
        return self._known_adds[said]
