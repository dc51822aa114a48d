"""What part of speech is `vblex`, `N` or `np.top.sg`? Each dictionary has its own words; the rows say it in
UD's.

>>> upos_of("np.top.sg"), upos_of("phrase"), is_word("suffix")
('PROPN', None, False)
"""

from __future__ import annotations

from functools import cache

from lexexpand.lexicon.tables import rows

_NOTHING = "_"
_NO_WORD = "!"


def upos_of(tag: str) -> str | None:
    """The part of speech, or None where the tag says none (or is not known)."""
    found = _row(tag)
    return None if found in (None, _NOTHING, _NO_WORD) else found


def is_word(tag: str) -> bool:
    """Whether the tag is of words, and not of suffixes, letters or punctuation."""
    return _row(tag) != _NO_WORD


def is_known(tag: str) -> bool:
    """Whether there is a row for the tag."""
    return _row(tag) is not None


@cache
def _row(tag: str) -> str | None:
    """The row of a tag, as it is cased or in small letters, by its longest dotted beginning."""
    known = _tags()
    tag = tag.strip()
    while tag:
        found = known.get(tag) or known.get(tag.lower())
        if found:
            return found
        tag = tag.rpartition(".")[0]
    return None


@cache
def _tags() -> dict[str, str]:
    return {row["tag"]: row["upos"] for row in rows("pos_tags")}
