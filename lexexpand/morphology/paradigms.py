"""Which forms does a word have? The paradigms of a language, mapped from an index.

>>> faroese = Paradigms.open([Path("fao")], index_dir, language=Language("fao", "Latn"))    # doctest: +SKIP
>>> faroese.forms("hestur", "N;NOM;PL;INDF")                                                # doctest: +SKIP
('hestar',)
>>> [(lemma, str(bundle)) for lemma, bundle in faroese.analyses("hestar")]                  # doctest: +SKIP
[('hestur', 'N;INDF;ACC;PL'), ('hestur', 'N;INDF;NOM;PL')]

A cell can have several forms (Irish, Zulu) and a form many cells (syncretism); a lemma can be two words (a
noun and a verb spelled alike: their cells lie together, apart by part of speech). The index is built once
per content of the files and mapped afterwards (`index`): opening takes milliseconds and no memory to speak
of.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.index import Index, load_index
from lexexpand.morphology.strings import EMPTY, StringPool
from lexexpand.morphology.tables import TableFile
from lexexpand.resources.use import PackUse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from lexexpand.language import Language


class Paradigms:
    """Lemma and bundle -> forms, form -> lemmas and bundles. Read-only; make one with `open`."""

    def __init__(self, index: Index, language: Language | None, files: Sequence[TableFile]) -> None:
        arrays = index.arrays
        self.index = index
        self.language = language
        self.files = tuple(files)
        self.strings = StringPool(arrays)
        self.bundle_names: list[str] = index.metadata["bundles"]
        self._lemma_of = arrays["lemma_of"].data
        self._lemma_string = arrays["lemma_string"].data
        self._lemma_start = arrays["lemma_start"].data
        self._cell_bundle = arrays["cell_bundle"].data
        self._cell_form = arrays["cell_form"].data
        self._cell_lemma = arrays["cell_lemma"].data
        self._form_start = arrays["form_start"].data
        self._form_cell = arrays["form_cell"].data
        self._wanted: dict[str, tuple[int, ...]] = {}
        self._bundles: dict[int, FeatureBundle] = {}

    @classmethod
    def open(
        cls,
        files: Sequence[Path | TableFile],
        index_dir: Path | None = None,
        *,
        language: Language | None = None,
    ) -> Paradigms:
        """The paradigms of one or more files, in one.

        Args:
            files: Tables; where two disagree, both forms are kept, those of the first file first.
            index_dir: Where the index is kept; None (or a folder that cannot be written): in memory.
            language: For the aliases of its features and for letters of the wrong script.

        Raises:
            FormatError: a file has no paradigm, or is not UTF-8.
            MissingDataError: a file is not there.
        """
        tables = [file if isinstance(file, TableFile) else TableFile(file) for file in files]
        iso, script = (language.iso, language.script) if language else (None, None)
        return cls(load_index(tables, index_dir, iso, script), language, tables)

    def __len__(self) -> int:
        return len(self._lemma_string)

    def __contains__(self, lemma: object) -> bool:
        return isinstance(lemma, str) and self.lemma_number(lemma) != EMPTY

    @property
    def sources(self) -> tuple[PackUse, ...]:
        """What was read, by pack, in the order of reading; a pack that added no cell is not named."""
        packs: dict[str, list[tuple[TableFile, int]]] = {}
        for file, count in zip(self.files, self.index.metadata["new_cells"], strict=True):
            packs.setdefault(file.pack or file.path.name, []).append((file, count))
        return tuple(
            PackUse(
                pack,
                read[0][0].version,
                " AND ".join(sorted({file.licence for file, _ in read})),
                tuple(file.sha256 for file, _ in read if file.sha256),
                sum(count for _, count in read),
            )
            for pack, read in packs.items()
            if any(count for _, count in read)
        )

    def lemmas(self) -> Iterator[str]:
        """All lemmas, in the order of the files."""
        return map(self.strings.text, self._lemma_string)

    @property
    def script(self) -> str | None:
        """The script that the lemmas are written in (ISO 15924)."""
        script: str | None = self.index.metadata["script"]
        return script

    def parse(self, bundle: str | FeatureBundle) -> FeatureBundle:
        """A bundle in this language's terms: aliases of its tables are resolved."""
        return FeatureBundle.parse(str(bundle), self.language.iso if self.language else None)

    def forms(self, lemma: str, bundle: str | FeatureBundle) -> tuple[str, ...]:
        """The forms of a cell, in the order of the files; empty where it is not attested.

        A cell of alternatives (`NOM/ACC`) answers for each of them.
        """
        number = self.lemma_number(lemma)
        if number == EMPTY:
            return ()
        text = bundle if isinstance(bundle, str) else str(bundle)
        wanted = self._wanted.get(text)
        if wanted is None:
            wanted = self._wanted[text] = self._covering(self.parse(text))
        start, end = self._lemma_start[number], self._lemma_start[number + 1]
        found: list[int] = []
        for one in wanted:
            cell = bisect_left(self._cell_bundle, one, start, end)
            while cell < end and self._cell_bundle[cell] == one:
                found.append(self._cell_form[cell])
                cell += 1
            if found:
                break
        return tuple(map(self.strings.text, found))

    def cells(self, lemma: str) -> tuple[tuple[FeatureBundle, str], ...]:
        """All cells of a lemma: bundle and form."""
        number = self.lemma_number(lemma)
        if number == EMPTY:
            return ()
        span = range(self._lemma_start[number], self._lemma_start[number + 1])
        return tuple((self.bundle(self._cell_bundle[c]), self.strings.text(self._cell_form[c])) for c in span)

    def analyses(self, form: str) -> tuple[tuple[str, FeatureBundle], ...]:
        """All lemmas and cells that have this form."""
        return tuple(
            (self.lemma(self._cell_lemma[cell]), self.bundle(self._cell_bundle[cell]))
            for cell in self.form_cells(form)
        )

    def lemma_number(self, lemma: str) -> int:
        """The number of a lemma, or `EMPTY`."""
        string = self.strings.find(lemma)
        return EMPTY if string == EMPTY else int(self._lemma_of[string])

    def lemma(self, number: int) -> str:
        """The lemma of a number."""
        return self.strings.text(self._lemma_string[number])

    def form_cells(self, form: str) -> list[int]:
        """Numbers of the cells with this form."""
        string = self.strings.find(form)
        if string == EMPTY:
            return []
        return list(self._form_cell[self._form_start[string] : self._form_start[string + 1]])

    def cell_lemma(self, cell: int) -> int:
        """The lemma of a cell, as a number."""
        return int(self._cell_lemma[cell])

    def bundle(self, number: int) -> FeatureBundle:
        """The bundle of a number."""
        found = self._bundles.get(number)
        if found is None:
            found = self._bundles[number] = FeatureBundle.parse(self.bundle_names[number])
        return found

    def stats(self) -> dict[str, Any]:
        """Counts for people: lemmas, forms, cells by part of speech, what was left out in reading."""
        by_bundle = np.bincount(self.index.arrays["cell_bundle"], minlength=len(self.bundle_names))
        by_pos: Counter[str] = Counter()
        for name, count in zip(self.bundle_names, by_bundle, strict=True):
            by_pos[name.split(";")[0]] += int(count)
        starts = self.index.arrays["form_start"]
        report: Mapping[str, Any] = self.index.metadata["report"]
        return {
            "lemmas": len(self),
            "forms": int(np.count_nonzero(np.diff(starts.astype(np.int64)))),
            "cells": len(self._cell_bundle),
            "bundles": len(self.bundle_names),
            "script": self.script,
            "parts_of_speech": dict(by_pos.most_common()),
            "report": dict(report),
        }

    def _covering(self, wanted: FeatureBundle) -> tuple[int, ...]:
        """The bundles that mean `wanted`: itself, then those whose alternatives include it."""
        text = str(wanted)
        place = [number for number, name in enumerate(self.bundle_names) if name == text]
        alternatives = [
            number
            for number, name in enumerate(self.bundle_names)
            if "/" in name and name != text and _includes(self.bundle(number), wanted)
        ]
        return (*place, *alternatives)


def _includes(cell: FeatureBundle, wanted: FeatureBundle) -> bool:
    """Whether the cell is `wanted` but for more alternatives."""
    return len(cell.features) == len(wanted.features) and cell.subsumes(wanted)
