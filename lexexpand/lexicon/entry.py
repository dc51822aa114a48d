"""One line of a dictionary, ready for use: what is translated, into what, and how sure we are.

    give up    VERB    geva upp    ->   Entry(("give", "up"), ("geva", "upp"), "VERB", 1.0, None, "mine", 7)

A dictionary's cell often holds more than one of these (`house, home`), and a word has more than one of
them (`house` = `hús`, `húsa`): entries are the flat list that the rest of the program counts, draws from
and cites. `pack` and `row` are the entry's origin and travel with it into every corpus; no entry is ever
without them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A translation of one or more source words by one or more target words.

    Attributes:
        source: words of the source side, as the dictionary cases them, `to` and articles taken off.
        target: words of the target side.
        upos: the part of speech, as in Universal Dependencies, or None where the dictionary has none.
        weight: positive; larger is preferred among the entries of one source. 1.0 is a curated
            dictionary's first translation; `lexexpand.lexicon.weights` has the rules.
        note: the dictionary's own remark (`card games`, `archaic`), or None.
        pack: id of the pack that the entry comes from.
        row: line or entry number in the pack's files of this language, from 1, files in the card's order.
    """

    source: tuple[str, ...]
    target: tuple[str, ...]
    upos: str | None = None
    weight: float = 1.0
    note: str | None = None
    pack: str = ""
    row: int = 0

    @property
    def source_text(self) -> str:
        """The source words with blanks between."""
        return " ".join(self.source)

    @property
    def target_text(self) -> str:
        """The target words with blanks between."""
        return " ".join(self.target)

    @property
    def is_multiword(self) -> bool:
        """Whether two or more source words are translated together."""
        return len(self.source) > 1

    @property
    def is_identical(self) -> bool:
        """Whether the word translates to itself, as names and loans do."""
        return self.source == self.target


def compatible(first: str | None, second: str | None) -> bool:
    """Whether two parts of speech can be of one word: equal, or at least one unknown.

    >>> compatible("NOUN", None), compatible("NOUN", "VERB")
    (True, False)
    """
    return first is None or second is None or first == second
