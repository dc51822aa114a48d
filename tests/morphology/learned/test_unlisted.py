"""Words that no table has: which cell is asked for, what the gate lets through, what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.language import parse_language
from lexexpand.morphology.inflect import Inflector
from lexexpand.morphology.learned.model import Guess
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.tables import TableFile

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TABLE = """\
hestur\thestur\tN;NOM;SG;INDF
hestur\thest\tN;ACC;SG;INDF
hestur\thestar\tN;NOM;PL;INDF
hestur\thestarnir\tN;NOM;PL;DEF
bátur\tbátur\tN;NOM;SG;INDF
bátur\tbátar\tN;NOM;PL;INDF
kalla\tkalla\tV;NFIN
kalla\tkallaði\tV;IND;PST;3;SG
"""


class Endings:
    """Adds an ending to every word, and is sure of words with an `a`. Notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def inflect_many(self, pairs: Sequence[tuple[str, str]]) -> list[Guess]:
        self.asked += pairs
        return [Guess(f"{lemma}-{bundle[-2:]}", 0.97, "a" in lemma) for lemma, bundle in pairs]


@pytest.fixture
def paradigms(tmp_path: Path) -> Paradigms:
    path = tmp_path / "fao.tsv"
    path.write_text(TABLE, encoding="utf-8")
    return Paradigms.open([TableFile(path)], language=parse_language("fao"))


def test_a_word_that_no_table_has_is_asked_for_the_unmarked_cell(paradigms: Paradigms) -> None:
    speaker = Endings()
    found = Inflector(paradigms, learned=speaker).inflect("dagur", "N;PL")
    assert speaker.asked == [("dagur", "N;INDF;NOM;PL")]
    assert (found.form, found.how, str(found.bundle)) == ("dagur-PL", "learned", "N;INDF;NOM;PL")
    assert found.confidence == pytest.approx(0.97)


def test_where_it_is_not_sure_the_word_stays(paradigms: Paradigms) -> None:
    found = Inflector(paradigms, learned=Endings()).inflect("fuglur", "N;PL")
    assert (found.form, found.how) == ("fuglur", "citation")


def test_words_of_the_tables_are_not_asked_for(paradigms: Paradigms) -> None:
    speaker = Endings()
    inflector = Inflector(paradigms, learned=speaker)
    assert inflector.inflect("bátur", "N;PL").how == "attested"
    assert inflector.inflect("dagur", "N;SG").how == "citation"  # a citation form is its own answer
    assert inflector.inflect("góður dagur", "N;PL").how == "citation"
    assert inflector.inflect("skjótt", "ADV").how == "none"
    assert speaker.asked == []


def test_a_listed_word_without_a_fitting_cell_is_asked_for_the_languages_own(tmp_path: Path) -> None:
    path = tmp_path / "fao.tsv"
    path.write_text(TABLE + "land\tland\tN;NOM;SG;INDF\n", encoding="utf-8")
    speaker = Endings()
    found = Inflector(Paradigms.open([TableFile(path)]), learned=speaker).inflect("land", "N;PL")
    assert speaker.asked == [("land", "N;INDF;NOM;PL")]
    assert found.how == "learned"


def test_a_capital_is_put_aside_and_put_back(paradigms: Paradigms) -> None:
    speaker = Endings()
    assert Inflector(paradigms, learned=speaker).inflect("Dagur", "N;PL").form == "Dagur-PL"
    assert speaker.asked[0][0] == "dagur"


@pytest.mark.parametrize("mode", ["nearest", "attested", "none"])
def test_other_modes_never_ask(paradigms: Paradigms, mode: str) -> None:
    speaker = Endings()
    Inflector(paradigms, mode=mode, learned=speaker).inflect("dagur", "N;PL")  # type: ignore[arg-type]
    assert speaker.asked == []
