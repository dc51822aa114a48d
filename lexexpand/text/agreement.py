"""With whom does a finite verb agree? Many languages write it on the verb; English mostly keeps it to itself.

    we    walked        Number=Plur|Person=1
    the   price of eggs rose         Number=Sing|Person=3     eggs stand behind a preposition
    do    you  know     Number=Sing|Person=2                  asked: the subject follows
    he    took the books and left    Number=Sing|Person=3     after "and": that of the verb before

No tree is built. The subject is taken to be the nearest nominative pronoun, or noun that is in no
prepositional phrase, to the left; what the verb's own form excludes is mended (`were` is no singular but with
`you`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from lexexpand.text.context_rules import Layout

SUBJECTS = ("", "Sing 1", "Sing 2", "Sing 3", "Plur 1", "Plur 3")
"""Number and person of a subject; the first is none. English `you` counts as singular, as UD has it."""
_NOBODY, _YOU, _IT, _THEY = 0, 2, 3, 5
FINITE = ("prs", "pst", "mod")


class TagRoles(NamedTuple):
    """What each tag [K] can be in looking for a subject."""

    finite: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    preposition: NDArray[np.bool_]
    conjunction: NDArray[np.bool_]
    adverb: NDArray[np.bool_]


def roles_of(tags: Sequence[Mapping[str, str]]) -> TagRoles:
    """The roles of the rows of the table `tags`."""
    upos = np.array([row["upos"] for row in tags])
    own = np.array([row["tag"].rpartition(".")[2] for row in tags])
    return TagRoles(
        finite=np.isin(upos, ("VERB", "AUX")) & np.isin(own, FINITE),
        inside=np.isin(upos, ("DET", "ADJ", "NUM", "NOUN", "PROPN")) | (own == "gen"),
        preposition=upos == "ADP",
        conjunction=upos == "CCONJ",
        adverb=upos == "ADV",
    )


def subject_of(upos: str, feats: str) -> int:
    """Which of `SUBJECTS` a word would be as a subject."""
    has = dict(pair.split("=") for pair in feats.split("|") if "=" in pair)
    if upos in {"NOUN", "PROPN"}:
        return _THEY if has.get("Number") in {"Plur", "Ptan"} else _IT
    if upos != "PRON" or has.get("Case", "Nom") != "Nom" or not has.get("Number", has.get("Person")):
        return _NOBODY
    wanted = f"{has.get('Number', 'Sing')} {has.get('Person', '3')}"
    return SUBJECTS.index(wanted) if wanted in SUBJECTS else _NOBODY


def find_subjects(
    layout: Layout,
    tag: NDArray[np.int8],
    subject: NDArray[np.int8],
    roles: TagRoles,
    verbs: NDArray[np.int64],
) -> NDArray[np.int8]:
    """Number and person of the subject of each verb.

    Args:
        layout: the sentences.
        tag: [T], the tag of each token.
        subject: [T], `subject_of` each token.
        roles: what the tags are.
        verbs: [N], which tokens are finite verbs.

    Returns:
        [N], numbers into `SUBJECTS`; 0 where there is none.
    """
    at = np.arange(layout.size)
    frame = _last(layout, ~roles.inside[tag], at)
    behind = np.zeros(layout.size, np.bool_)
    behind[layout.place] = roles.preposition[tag]
    column = layout.spread(subject)
    is_pronoun = layout.spread((~roles.inside[tag]).astype(np.int8)) > 0
    can = (column > 0) & (is_pronoun | ~behind[frame])
    nearest = np.maximum.accumulate(np.where(can, at, 0))
    place = layout.place[verbs]
    found = _within(layout, nearest[place - 1], verbs)
    joined = _joined(layout, tag, roles, place)
    previous = _last(layout, roles.finite[tag], at)[place - 1]
    earlier = _within(layout, nearest[np.maximum(previous - 1, 0)], verbs)
    found = np.where(joined & (previous >= layout.start[verbs]) & (earlier > 0), earlier, found)
    asked = is_pronoun[place + 1] & (column[place + 1] > 0) & (roles.finite[tag[verbs]])
    asked &= (found == 0) | (column[place - 1] == 0)
    subject_place = np.where(asked, place + 1, found)
    return column[subject_place].astype(np.int8)


def agree(feats: str, subject: int) -> str:
    """The features of a finite verb with the number and person of its subject, as far as its form allows."""
    pairs = dict(pair.split("=") for pair in feats.split("|") if "=" in pair)
    own = pairs.get("Number")
    if pairs.get("Person") == "1":
        return feats
    if own == "Sing":
        subject = subject if subject == SUBJECTS.index("Sing 1") else _IT
    elif own == "Plur" or (pairs.get("Tense") == "Pres" and subject and "VerbType" not in pairs):
        subject = subject if subject in {_YOU, SUBJECTS.index("Plur 1")} else _plural(subject, own)
    if not subject:
        return feats
    pairs["Number"], pairs["Person"] = SUBJECTS[subject].split()
    return "|".join(f"{name}={pairs[name]}" for name in sorted(pairs))


def _plural(subject: int, own: str | None) -> int:
    """A present without -s has `I` for its subject, or a plural; `are` and `were` a plural only."""
    return subject if own is None and subject == SUBJECTS.index("Sing 1") else _THEY


def _last(layout: Layout, of_token: NDArray[np.bool_], at: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each place, the last place up to it whose token is so; the gaps between sentences are none."""
    marks = np.zeros(layout.size, np.bool_)
    marks[layout.place] = of_token
    last: NDArray[np.int64] = np.maximum.accumulate(np.where(marks, at, 0))
    return last


def _within(layout: Layout, place: NDArray[np.int64], verbs: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(place >= layout.start[verbs], place, 0)


def _joined(
    layout: Layout, tag: NDArray[np.int8], roles: TagRoles, place: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Whether `and` stands before the verb, or before an adverb before it."""
    conjunction = np.zeros(layout.size, np.bool_)
    conjunction[layout.place] = roles.conjunction[tag]
    adverb = np.zeros(layout.size, np.bool_)
    adverb[layout.place] = roles.adverb[tag]
    joined: NDArray[np.bool_] = conjunction[place - 1] | (adverb[place - 1] & conjunction[place - 2])
    return joined
