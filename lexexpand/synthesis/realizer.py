"""From an entry to target tokens: which word is the head, which form does it take, in which case.

"the horses" -> entry (horse -> hestur), asked for N;PL -> `hestar`; "good morning" -> `góðan morgun`, as the
dictionary has it, since the words of a phrase already agree. In a translation of several words one is
inflected only if it can be identified: the one word that the paradigms know with the entry's part of speech.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.morphology.features import FeatureBundle
from lexexpand.synthesis.casing import NONE, TITLE, CaseRules
from lexexpand.synthesis.request import Request, TargetToken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.lexicon.entry import Entry
    from lexexpand.morphology.inflect import Inflection, Inflector
    from lexexpand.synthesis.config import SynthConfig
    from lexexpand.synthesis.senses import Candidate

# Which UniMorph part of speech a head must have, by the entry's or the source word's upos.
_HEADS = {"NOUN": "N", "PROPN": "N", "VERB": "V", "AUX": "V", "ADJ": "ADJ"}


class Realizer:
    """Realises entries of one lexicon in one language."""

    def __init__(
        self, entries: Sequence[Entry], inflector: Inflector, case: CaseRules, config: SynthConfig
    ) -> None:
        self.entries = entries
        self.config = config
        self._inflector = inflector
        self.case = case
        self._heads: dict[tuple[tuple[str, ...], str], int | None] = {}
        self._known: dict[str, bool] = {}
        self._asked: dict[tuple[str, str | None], str] = {}

    def inflect(self, requests: Sequence[Request]) -> dict[tuple[str, str], Inflection]:
        """All (lemma, bundle) pairs that `requests` need, inflected in one batch."""
        wanted: dict[tuple[str, str], None] = {}
        for request in requests:
            if request.bundle is None:
                continue
            bundles = {request.bundle, self._with(request.bundle, request.adds)}
            for candidate in request.candidates:
                if candidate.inflects:
                    word = self._head_word(self.entries[candidate.entry], request.upos)
                    if word is not None:
                        wanted.update(dict.fromkeys((word, bundle) for bundle in sorted(bundles)))
        pairs = list(wanted)
        return dict(zip(pairs, self._inflector.inflect_many(pairs), strict=True))

    def tokens(
        self,
        entry: Entry,
        candidate: Candidate,
        request: Request,
        inflected: dict[tuple[str, str], Inflection],
    ) -> tuple[list[TargetToken], bool]:
        """The target tokens of an entry; and whether the features that the context adds do NOT show."""
        head = self._head(entry, request.upos) if candidate.inflects or len(entry.target) > 1 else 0
        named = len(entry.target) == 1 or (head is not None and entry.upos is not None)
        made: list[TargetToken] = []
        plain = request.adds is not None
        for i, word in enumerate(entry.target):
            form, bundle, how = word, None, "none"
            if i == head and candidate.inflects and request.bundle is not None:
                form, bundle, how, shows = self._inflected(word, request, inflected)
                plain = plain and not shows
            casing = request.casing if i == 0 or request.casing != TITLE else NONE
            raised = self.case.apply(form, casing)
            made.append(
                TargetToken(
                    raised, word, bundle, how, casing, named and (i == head or len(entry.target) == 1)
                )
            )
        return made, plain

    def _inflected(
        self, word: str, request: Request, inflected: dict[tuple[str, str], Inflection]
    ) -> tuple[str, str | None, str, bool]:
        """Form, bundle asked for, how, and whether the added features show."""
        assert request.bundle is not None
        if request.adds is not None:
            asked = self._with(request.bundle, request.adds)
            found = inflected.get((word, asked))
            if found is not None and found.how in ("attested", "learned"):
                return found.form, asked, found.how, True
        found = inflected.get((word, request.bundle))
        if found is None or found.how == "none":
            return word, None, "none", False
        return found.form, request.bundle, found.how, False

    def _with(self, bundle: str, adds: str | None) -> str:
        key = (bundle, adds)
        if key not in self._asked:
            # What is added names a part of speech if it stands for the whole bundle: "did go" asks for V;PST.
            whole = adds is not None and adds.split(";")[0] == bundle.split(";")[0]
            added = adds if whole else f"{bundle};{adds}"
            self._asked[key] = bundle if adds is None else str(FeatureBundle.parse(str(added)))
        return self._asked[key]

    def _head_word(self, entry: Entry, upos: str) -> str | None:
        head = self._head(entry, upos)
        return None if head is None else entry.target[head]

    def _head(self, entry: Entry, upos: str) -> int | None:
        if len(entry.target) == 1:
            return 0
        key = (entry.target, entry.upos or upos)
        if key not in self._heads:
            wanted = _HEADS.get(entry.upos or upos)
            known = [i for i, word in enumerate(entry.target) if wanted and self._is_lemma(word, wanted)]
            self._heads[key] = known[0] if len(known) == 1 else None
        return self._heads[key]

    def can_show(self, request: Request) -> bool:
        """Whether the paradigms know the head of some candidate: else no context shows in its form."""
        if request.bundle is None:
            return False
        words = (
            self._head_word(self.entries[c.entry], request.upos) for c in request.candidates if c.inflects
        )
        return any(word is not None and self._is_known(word) for word in words)

    def _is_known(self, word: str) -> bool:
        known = self._known.get(word)
        if known is None:
            paradigms = self._inflector.paradigms
            known = paradigms is not None and any(
                spelling in paradigms or bool(paradigms.analyses(spelling))
                for spelling in {word, word[:1].lower() + word[1:]}
            )
            self._known[word] = known
        return known

    def _is_lemma(self, word: str, pos: str) -> bool:
        paradigms = self._inflector.paradigms
        return paradigms is not None and any(bundle.pos == pos for bundle, _ in paradigms.cells(word))
