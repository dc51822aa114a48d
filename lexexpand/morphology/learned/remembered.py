"""Answers of a learned inflector, kept on disk: each (model, lemma, bundle) is computed once.

A file of SQLite for each model, named by its digest. Several processes may use it; what cannot be kept (a
full disk, a folder that is read-only) is computed again and no error.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from lexexpand.morphology.learned.analysis import analyze_many, signals_of
from lexexpand.morphology.learned.folder import open_model
from lexexpand.morphology.learned.gate import PRECISION
from lexexpand.resources.use import PackUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lexexpand.morphology.learned.analysis import Analysis
    from lexexpand.morphology.learned.model import Guess

ROOM = "inflections"
DECODER = 3
"""Counted up when the same model would say something else: older answers are then computed anew."""
_WAIT = 30.0  # seconds for another process to finish writing
_TABLE = """CREATE TABLE IF NOT EXISTS guess
(lemma TEXT, bundle TEXT, form TEXT, confidence REAL, PRIMARY KEY (lemma, bundle)) WITHOUT ROWID"""


class RememberedInflector:
    """A model that looks up what it has said before it computes.

    Args:
        place: the model's folder.
        cache: the folder of all caches; None keeps nothing.
        precision: at which it speaks; 0 lets everything through.

    Raises:
        MissingDataError, IntegrityError: as `folder.open_model`.
    """

    def __init__(self, place: Path, cache: Path | None, precision: float = PRECISION) -> None:
        self.model, self.learned = open_model(place, precision)
        told = self.learned.analysis_reliability
        self._analysis_threshold = None if told is None else told.threshold(precision)
        name = f"{self.learned.digest[:16]}.{DECODER}.sqlite"
        self._file = None if cache is None else cache / ROOM / name

    @property
    def use(self) -> PackUse:
        """What it was learned from, as a pack of its own: its licence is that of all its tables."""
        licences = self.learned.licences
        return PackUse(
            "learned-inflector",
            self.learned.digest[:12],
            " AND ".join(f"({one})" if " " in one else one for one in licences),
            (self.learned.digest,),
            int(self.learned.trained.get("triples", 0)),
        )

    def inflect_many(self, pairs: Sequence[tuple[str, str]]) -> list[Guess]:
        """As `LearnedInflector.inflect_many`."""
        distinct = list(dict.fromkeys(pairs))
        known = self._look_up(distinct)
        new = [pair for pair in distinct if pair not in known]
        made = dict(zip(new, self.model.inflect_many(new), strict=True))
        self._keep(made.items())
        found = known | made
        return [found[pair] for pair in pairs]

    def analyze_many(self, forms: Sequence[str]) -> list[tuple[Analysis, bool]]:
        """The lemma and cells of each form that no table has, and whether that is sure enough."""
        model, told = self.model, self.learned
        # Candidates are asked of the model itself: most are no words, and nobody asks for them again.
        found = analyze_many(forms, told.affixes, model, model.split, model.join)
        if told.analysis_gate is None or self._analysis_threshold is None:
            return [(each, False) for each in found]
        sure = told.analysis_gate.confidence(signals_of(found))
        enough = sure >= self._analysis_threshold
        return [(each, bool(each.bundles and y)) for each, y in zip(found, enough.tolist(), strict=True)]

    def _look_up(self, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Guess]:
        if self._file is None or not self._file.is_file():
            return {}
        try:
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as base:
                base.execute("CREATE TEMP TABLE asked (lemma TEXT, bundle TEXT)")
                base.executemany(
                    "INSERT INTO asked VALUES (?, ?)", [pair for pair in pairs if _can_be_kept(pair)]
                )
                rows = base.execute("SELECT guess.* FROM asked JOIN guess USING (lemma, bundle)").fetchall()
        except sqlite3.OperationalError:  # locked for long, or no table yet
            return {}
        except sqlite3.DatabaseError:  # damaged: away with it, all of it can be computed
            self._file.unlink(missing_ok=True)
            return {}
        return {(lemma, bundle): self.model.guess(form, sure) for lemma, bundle, form, sure in rows}

    def _keep(self, made: Iterable[tuple[tuple[str, str], Guess]]) -> None:
        rows = [(*pair, guess.form, guess.confidence) for pair, guess in made if guess.confidence]
        if self._file is None or not rows:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._file, timeout=_WAIT)) as base, base:
                base.execute(_TABLE)
                base.executemany("INSERT OR IGNORE INTO guess VALUES (?, ?, ?, ?)", rows)
        except (OSError, sqlite3.Error):
            return


def _can_be_kept(pair: tuple[str, str]) -> bool:
    """Not so with half a surrogate pair, which no UTF-8 can hold."""
    return not any("\ud800" <= character <= "\udfff" for character in pair[0] + pair[1])
