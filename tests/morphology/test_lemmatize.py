"""Words of running text and their lemmas: by the tables, by what was learned, with a capital, unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.language import parse_language
from lexexpand.morphology.learned.analysis import Analysis
from lexexpand.morphology.lemmatize import Lemmas, Lemmatizer
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.tables import TableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Stripper:
    """Takes three letters from the end, and is sure of words in -num. Notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def analyze_many(self, forms: Sequence[str]) -> list[tuple[Analysis, bool]]:
        self.asked += forms
        return [(Analysis(form[:-3], ("N;DAT;PL",), ()), form.endswith("num")) for form in forms]


@pytest.fixture
def paradigms(tmp_path: Path) -> Paradigms:
    path = tmp_path / "fao.tsv"
    path.write_text("hestur\thestar\tN;PL\nvøllur\tvallar\tN;SG;GEN\nvøllir\tvallar\tN;PL;GEN\n", "utf-8")
    return Paradigms.open([TableFile(path)], language=parse_language("fao"))


def test_the_tables_are_asked_first_and_a_capital_may_begin_a_sentence(paradigms: Paradigms) -> None:
    learned = Stripper()
    found = Lemmatizer(paradigms, learned).lemmas_many(["Hestar", "vallar", "hestar"])
    assert found == [
        Lemmas(("hestur",), "attested"),
        Lemmas(("vøllur", "vøllir"), "attested"),
        Lemmas(("hestur",), "attested"),
    ]
    assert not learned.asked


def test_what_was_learned_is_believed_where_it_is_sure(paradigms: Paradigms) -> None:
    learned = Stripper()
    found = Lemmatizer(paradigms, learned).lemmas_many(["Bátunum", "bygdin", "bátunum"])
    assert found == [Lemmas(("Bátu", "bátu"), "learned"), Lemmas((), "none"), Lemmas(("bátu",), "learned")]
    assert sorted(learned.asked) == ["Bátunum", "bygdin", "bátunum"]  # each once


def test_without_tables_and_without_a_model_nothing_is_known() -> None:
    assert Lemmatizer(None).lemmas_many(["hestar", ""]) == [Lemmas((), "none")] * 2
