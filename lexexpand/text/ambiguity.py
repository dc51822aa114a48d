"""Which parts of speech can a form have, as far as the form alone tells?

    plans    NOUN.pl 1.2   VERB.prs3 0.9        walked   VERB.pst, VERB.pass, VERB.ptcp

A form is described by *keys*: the closed word that it is, the set of inflections that a paradigm table gives
it, its endings, its shape in its setting. A row of data gives each key its votes for tags; the sum is the
form's prior. Words of closed classes are known by name, all others by such keys alone, so that a word nobody
has listed is treated like one that somebody has. Votes are whole numbers: their sum is the same everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from lexexpand.text.shapes import SETTINGS, fold, shape_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

UNHEARD = -60
"""Votes for a tag that a closed-class form has neither in its rows nor in the paradigms, and is no name."""
MARGIN = 40
"""A tag this many votes behind the best says nothing about a neighbour: 20 votes are one nat."""
_WORDY = frozenset(("lower", "single", "UPPER", "Title", "Title-", "miXed", "other"))


class InflectionTable(Protocol):
    """What inflections a folded form can be, as `NN.VB.VBP`; `-` where it is unknown."""

    def inflections(self, form: str) -> str:
        """Look a folded form up."""


def keys_of(form: str, setting: int, closed: Collection[str], table: InflectionTable) -> list[str]:
    """The keys that describe a form in a setting."""
    lower, shape = fold(form), shape_of(form)
    if shape not in _WORDY:
        return _sign_keys(lower, shape)
    cased = f"{shape}/{SETTINGS[setting]}"
    if lower in closed:
        return [f"w={lower}"] if shape == "lower" else [f"w={lower}", f"wh={lower}/{cased}", f"h={cased}"]
    known = table.inflections(lower)
    keys = [f"h={cased}", f"a={known}", f"ah={known}/{cased}", f"n={min(len(lower), 6)}/{cased}"]
    keys += [f"i={inflection}" for inflection in known.split(".")]
    keys += _ending_keys(lower, cased, known == "-")
    if "-" in lower:
        keys.append(f"t={table.inflections(lower.rsplit('-', 1)[1])}")
    if "." in lower:
        keys.append(f"d={cased}")
    return keys


def _sign_keys(lower: str, shape: str) -> list[str]:
    keys = [f"h={shape}"]
    if shape == "x9":
        keys.append(f"s2={lower[-2:]}")
    if shape[0] in "ps" and len(lower) <= 4:
        return [*keys, f"x={lower}"]
    return [*keys, f"g={shape}/{min(len(lower), 5)}"]


def _ending_keys(lower: str, cased: str, unknown: bool) -> list[str]:
    size = len(lower)
    keys = [f"s{n}={lower[-n:]}" for n in (1, 2, 3, 4) if size > n]
    if unknown:
        keys += [f"u{n}={lower[-n:]}" for n in (2, 3, 4) if size > n]
    if size > 3:
        keys.append(f"sh={lower[-3:]}/{cased}")
    if size > 4:
        keys += [f"p2={lower[:2]}", f"p3={lower[:3]}"]
    return keys


class Priors:
    """Votes for tags of forms, and the class that a form is for its neighbours."""

    def __init__(
        self,
        weights: Mapping[str, NDArray[np.int16]],
        closed: Mapping[str, Collection[str]],
        table: InflectionTable,
        tags: Mapping[str, str],
    ) -> None:
        """Take the rows in.

        Args:
            weights: key -> votes for each tag [K].
            closed: closed-class form -> the tags that it is listed with.
            table: the paradigms.
            tags: tag -> the inflection that it stands for, or "".
        """
        self._index = {key: number for number, key in enumerate(weights)}
        self._weights = np.stack([*weights.values(), np.zeros(len(tags), np.int16)])
        self._closed = closed
        self._unheard = {form: unheard(form, listed, table, tags) for form, listed in closed.items()}
        self._table = table
        self._tags = list(tags)

    def votes(self, forms: Sequence[str], setting: Sequence[int]) -> NDArray[np.int16]:
        """[N, K] votes for each tag, of forms in settings."""
        none = len(self._index)
        rows: list[int] = []
        starts = []
        for form, where in zip(forms, setting, strict=True):
            starts.append(len(rows))
            keys = keys_of(form, where, self._closed, self._table)
            rows += [self._index.get(key, none) for key in keys]
        summed: NDArray[np.int16] = np.add.reduceat(self._weights[rows], starts, axis=0, dtype=np.int16)
        for row, form in enumerate(map(fold, forms)):
            if form in self._unheard:
                summed[row] += self._unheard[form]
        return summed

    def class_names(self, forms: Sequence[str], votes: NDArray[np.int16]) -> list[tuple[str, ...]]:
        """What each form is for its neighbours: names from the most to the least specific."""
        best = np.argsort(-votes, axis=1, kind="stable")[:, :3]
        near = np.take_along_axis(votes, best, 1) >= votes.max(1, keepdims=True) - MARGIN
        names = []
        for form, tags, kept in zip(forms, best.tolist(), near.tolist(), strict=True):
            joined = "/".join(sorted(self._tags[tag] for tag, keep in zip(tags, kept, strict=True) if keep))
            lower, shape = fold(form), shape_of(form)
            own = (f"w:{lower}",) if lower in self._closed else (shape,) if shape[0] == "p" else ()
            names.append((*own, joined, self._tags[tags[0]]))
        return names


def unheard(
    form: str, listed: Collection[str], table: InflectionTable, tags: Mapping[str, str]
) -> NDArray[np.int16]:
    """[K] votes against the tags that a closed-class form is not known to have."""
    known = set(table.inflections(form).split("."))
    heard = [
        tag in listed or tag.startswith(("PROPN", "X")) or (inflection in known and not tag.startswith("AUX"))
        for tag, inflection in tags.items()
    ]
    return np.where(heard, 0, UNHEARD).astype(np.int16)
