"""From the types of a source and a lexicon to a substitution table: one pass over types, none over tokens.

The vectorised part (pyarrow `index_in`) finds which types have any entry; Python then visits those types
alone: some ten thousand of some hundred thousand, and in time that does not grow with the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lexexpand.morphology.ud import ud_to_bundle
from lexexpand.synthesis.casing import case_rules
from lexexpand.synthesis.keys import Keys, build_keys
from lexexpand.synthesis.realizer import Realizer
from lexexpand.synthesis.request import Request
from lexexpand.synthesis.scripts import ScriptRules, script_rules
from lexexpand.synthesis.senses import Attested, Candidate, is_closed, rank
from lexexpand.synthesis.table import MATCH, SubstitutionTable, request_casing
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from lexexpand.language import Language
    from lexexpand.lexicon.entry import Entry
    from lexexpand.morphology.inflect import Inflector
    from lexexpand.synthesis.config import SynthConfig
    from lexexpand.text.analysis import Types

WORD, PUNCT, NUMBER, SYMBOL, NAME = range(5)
# What the hot path asks of a type, as bits of one byte: one gather answers all.
OPEN, COUNTED, CONTENT, WORDLIKE, STARTS, SECOND, PARTED, SAID = (1 << bit for bit in range(8))
# How a type is copied where no entry renders it, by its kind.
_COPIED = {WORD: "untranslated", PUNCT: "punct", NUMBER: "number", SYMBOL: "copied", NAME: "name"}
_CONTENT = ("NOUN", "VERB", "ADJ", "ADV")
_CODE = {upos: code for code, upos in enumerate(UPOS)}

Way = tuple[str, "Sequence[int]", bool]
"""One way to match: its name, the entries it finds, and whether it looked up a lemma."""


@dataclass(slots=True)
class TypeColumns:
    """What the steps after compilation need to know of each of V types."""

    form: pa.Array
    upos: NDArray[np.int8]
    """Codes into UPOS."""
    kind: NDArray[np.int8]
    initial: NDArray[np.bool_]
    bundle: NDArray[np.int16]
    """Number of the UniMorph bundle asked for, -1 for none."""
    counted: NDArray[np.bool_]
    """Counts for coverage: a word, no name, number or punctuation."""
    content: NDArray[np.bool_]
    lemma_folded: pa.Array
    form_folded: pa.Array


@dataclass(slots=True)
class Compiled:
    """One source vocabulary and one lexicon, compiled."""

    table: SubstitutionTable
    keys: Keys
    types: TypeColumns
    bundles: list[str]
    """Bundles by the number in `types.bundle`."""
    list_of: NDArray[np.int64]
    """(V,): the list of each type outside any context."""
    first_of: NDArray[np.int64]
    """(V,): the first output of that list."""
    flags: NDArray[np.uint8]
    """(V,): bits OPEN (several outputs), COUNTED and CONTENT (for coverage), WORDLIKE (letters or digits);
    STARTS, SECOND and PARTED (of phrases); SAID (by the form of a noun)."""
    scripts: ScriptRules
    config: SynthConfig
    reachable: NDArray[np.int32]
    """(entries,): row in entries.parquet of each of the lexicon's entries, -1 where it cannot be reached."""
    requests: dict[int, Request]
    """What was asked of the table for each type with candidates: a context asks for more."""
    attested: Attested


def compile_table(
    types: Types,
    entries: Sequence[Entry],
    target: Language,
    inflector: Inflector,
    config: SynthConfig,
    cut: Callable[[Sequence[str]], list[tuple[str, ...]]],
    expansions: Mapping[tuple[str, str, str], str] | None = None,
) -> Compiled:
    """Compile a table.

    Args:
        types: of the analysed source.
        entries: the lexicon's, in (pack, row) order.
        target: the language that is made.
        inflector: of the target language.
        config: which ingredients are on.
        cut: the source's tokeniser: texts to token tuples.
        expansions: (form, upos, lemma) of a clitic -> the word that is looked up for it.
    """
    columns, bundles = type_columns(types, expansions or {})
    texts = list(dict.fromkeys(entry.source_text for entry in entries))
    tokens = dict(zip(texts, cut(texts), strict=True))
    clitics: dict[str, str] = {}
    for (form, _, _), word in (expansions or {}).items():
        clitics.setdefault(form, word)
    keys = build_keys(entries, [tokens[entry.source_text] for entry in entries], clitics)
    realizer = Realizer(entries, inflector, case_rules(target), config)
    copied = np.array([MATCH[_COPIED[kind]] for kind in range(5)], np.int8)[columns.kind]
    scripts = script_rules(target)
    table = SubstitutionTable(columns.form, copied, realizer, scripts.joiner)
    attested = Attested(inflector.paradigms)
    finder = _Finder(types, columns, entries, keys, config, attested)
    compiled = Compiled(
        table=table,
        keys=keys,
        types=columns,
        bundles=bundles,
        list_of=np.arange(len(columns.upos)),
        first_of=np.empty(0, np.int64),
        flags=np.zeros(len(columns.upos), np.uint8),
        scripts=scripts,
        config=config,
        reachable=np.empty(0, np.int32),
        requests={},
        attested=attested,
    )
    found = list(finder.candidates)
    if found:
        compiled.requests.update((index, _request(compiled, finder, index)) for index in found)
        compiled.list_of[found] = table.add_lists(list(compiled.requests.values()))
    _add_marks(compiled)
    compiled.reachable = _reachable(compiled, entries)
    table.settle()
    compiled.first_of = table.lists["first"][compiled.list_of]
    mark(compiled, OPEN, table.lists["length"][compiled.list_of] > 1)
    mark(compiled, COUNTED, columns.counted)
    mark(compiled, CONTENT, columns.content)
    mark(compiled, WORDLIKE, np.isin(columns.kind, (WORD, NUMBER, NAME)))
    return compiled


def mark(compiled: Compiled, bit: int, types: NDArray[np.bool_]) -> None:
    """Set a bit of the types' flags."""
    compiled.flags[types] |= np.uint8(bit)


def _request(compiled: Compiled, finder: _Finder, index: int) -> Request:
    """What is asked of the table for a type outside any context."""
    columns = compiled.types
    match, candidates = finder.candidates[index]
    bundle, casing = columns.bundle[index], "none"
    if compiled.config.casing:
        casing = request_casing(
            columns.form[index].as_py(),
            compiled.table.realizer.case,
            initial=bool(columns.initial[index]),
            as_written=index in finder.spelled,
        )
    asked = compiled.bundles[bundle] if bundle >= 0 else None
    return Request(candidates, match, asked, casing, UPOS[columns.upos[index]])


def type_columns(
    types: Types, expansions: Mapping[tuple[str, str, str], str]
) -> tuple[TypeColumns, list[str]]:
    """The columns of `types` as arrays, and the bundles that their features ask for."""
    upos = pc.fill_null(pc.index_in(types.upos, pa.array(UPOS)), 0).to_numpy(zero_copy_only=False)
    joined = pc.binary_join_element_wise(types.upos, types.feats, "\t").dictionary_encode()
    bundles: dict[str, int] = {}
    numbers: list[int] = []
    for pair in joined.dictionary.to_pylist():
        bundle = ud_to_bundle(*pair.split("\t", 1))
        numbers.append(-1 if bundle is None else bundles.setdefault(str(bundle), len(bundles)))
    asked = np.array([*numbers, -1], np.int16)[joined.indices.to_numpy(zero_copy_only=False)]
    word = (types.kind == WORD) & (upos != _CODE["PROPN"])
    columns = TypeColumns(
        form=types.form,
        upos=upos.astype(np.int8),
        kind=types.kind,
        initial=types.initial,
        bundle=asked,
        counted=word,
        content=word & np.isin(upos, [_CODE[name] for name in _CONTENT]),
        lemma_folded=pc.utf8_lower(types.lemma),
        form_folded=_expanded(types, expansions),
    )
    return columns, list(bundles)


def _expanded(types: Types, expansions: Mapping[tuple[str, str, str], str]) -> pa.Array:
    """(V,) the forms in small letters, a clitic as the word that it stands for."""
    folded = pc.utf8_lower(types.form)
    if not expansions:
        return folded
    plain = pc.replace_substring(folded, "’", "'")
    key = pc.binary_join_element_wise(plain, types.upos, pc.utf8_lower(types.lemma), "\t")
    at = pc.index_in(key, pa.array(["\t".join(parts) for parts in expansions]))
    return pc.coalesce(pa.array(list(expansions.values()), pa.string()).take(at), folded)


class _Finder:
    """Finds the candidates of every type that has some."""

    def __init__(
        self,
        types: Types,
        columns: TypeColumns,
        entries: Sequence[Entry],
        keys: Keys,
        config: SynthConfig,
        attested: Attested,
    ) -> None:
        self.candidates: dict[int, tuple[str, tuple[Candidate, ...]]] = {}
        self.spelled: set[int] = set()
        self._entries, self._config, self._attested = entries, config, attested
        self._ranked: dict[tuple[object, ...], tuple[str, tuple[Candidate, ...]] | None] = {}
        clitic = pc.not_equal(columns.form_folded, pc.utf8_lower(types.form))
        looked = pc.if_else(clitic, columns.form_folded, types.form)
        exact = _positions(looked, keys.exact_array())
        folded = _positions(columns.form_folded, keys.folded_array())
        lemma = _positions(columns.lemma_folded, keys.folded_array())
        own = pc.equal(columns.form_folded, columns.lemma_folded).to_numpy(zero_copy_only=False)
        lowered = pc.equal(columns.form_folded, types.form).to_numpy(zero_copy_only=False)
        exact_keys, folded_keys = list(keys.exact.values()), list(keys.folded.values())
        usable = np.isin(columns.kind, (WORD, NUMBER, NAME)) & ((exact >= 0) | (folded >= 0) | (lemma >= 0))
        for index in np.flatnonzero(usable).tolist():
            upos = UPOS[columns.upos[index]]
            at = (int(exact[index]), int(folded[index]), int(lemma[index]))
            memo = (at, upos, bool(own[index]), bool(lowered[index]), int(columns.kind[index]))
            if memo not in self._ranked:
                ways = self._ways(at, exact_keys, folded_keys, own=memo[2])
                if upos == "PROPN":
                    ways = self._name_ways(ways, lowered=memo[3])
                elif memo[4] == NUMBER:
                    ways = ways[:1]
                self._ranked[memo] = self._best(ways, upos)
            if (best := self._ranked[memo]) is not None:
                self.candidates[index] = best
                if best[0] == "exact" and not lowered[index]:
                    self.spelled.add(index)

    def _ways(
        self,
        at: tuple[int, int, int],
        exact_keys: list[list[int]],
        folded_keys: list[list[int]],
        *,
        own: bool,
    ) -> list[Way]:
        """The ways to match, in the order of DESIGN 4.3."""
        exact, folded, lemma = at
        ways: list[Way] = [("exact", exact_keys[exact] if exact >= 0 else [], own)]
        if self._config.folded:
            ways.append(("folded", folded_keys[folded] if folded >= 0 else [], own))
        if self._config.lemma and lemma >= 0 and lemma != folded:
            ways.append(("lemma", folded_keys[lemma], True))
        return ways

    def _name_ways(self, ways: list[Way], *, lowered: bool) -> list[Way]:
        """A name is translated only where the lexicon has it as a name: "Bill" is no invoice.

        An entry counts as a name if it is tagged PROPN or written with a capital; in a text without
        capitals ("flights to spain") the folded key is all there is.
        """
        if not self._config.names:
            return []
        kept: list[Way] = []
        for name, found, is_lemma in ways:
            proper = [i for i in found if self._is_name(self._entries[i])]
            if lowered and name != "lemma" and not proper:
                proper = list(found)
            kept.append((name, proper if name != "lemma" else [], is_lemma))
        return kept

    @staticmethod
    def _is_name(entry: Entry) -> bool:
        return entry.upos == "PROPN" or entry.source_text[:1].isupper()

    def _best(self, ways: list[Way], upos: str) -> tuple[str, tuple[Candidate, ...]] | None:
        """The first way that nothing speaks against, else the first doubtful, else one that contradicts."""
        doubtful: tuple[str, tuple[Candidate, ...]] | None = None
        contradicting: tuple[str, tuple[Candidate, ...]] | None = None
        for name, found, is_lemma in ways:
            ranked = rank(self._entries, found, upos, self._config, self._attested, is_lemma=is_lemma)
            if not ranked:
                continue
            if not all(candidate.doubtful for candidate in ranked):
                return name, tuple(ranked)
            if not all(candidate.contradicts for candidate in ranked):
                doubtful = doubtful or (name, tuple(ranked))
            elif name != "lemma" and not is_closed(upos):
                contradicting = contradicting or (name, tuple(ranked))
        return doubtful or contradicting


def _positions(values: pa.Array, keys: pa.Array) -> NDArray[np.int32]:
    """(n,): where each value stands in `keys`, -1 where it does not."""
    found: NDArray[np.int32] = pc.fill_null(pc.index_in(values, keys), -1).to_numpy(zero_copy_only=False)
    return found


def _add_marks(compiled: Compiled) -> None:
    """Punctuation in the target's script."""
    if not compiled.config.punctuation or not compiled.scripts.punctuation:
        return
    marks = dict(compiled.scripts.punctuation)
    at = _positions(compiled.types.form, pa.array(list(marks)))
    for index in np.flatnonzero((at >= 0) & (compiled.types.kind == PUNCT)).tolist():
        form = compiled.types.form[index].as_py()
        compiled.list_of[index] = compiled.table.add_mark(marks[form], "punct")


def _reachable(compiled: Compiled, entries: Sequence[Entry]) -> NDArray[np.int32]:
    """Number the entries that some type, or some phrase whose words all occur, can reach."""
    reached = np.zeros(len(entries), np.bool_)
    for request in compiled.requests.values():
        reached[[candidate.entry for candidate in request.candidates]] = True
    if compiled.config.multiword:
        words = set(compiled.types.form_folded.to_pylist()) | set(compiled.types.lemma_folded.to_pylist())
        for phrase, found in zip(compiled.keys.phrases, compiled.keys.phrase_entries, strict=True):
            if all(word in words for word in phrase):
                reached[found] = True
    return np.where(reached, np.cumsum(reached) - 1, -1).astype(np.int32)
