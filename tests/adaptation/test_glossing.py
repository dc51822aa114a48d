"""Glosses of a lexicon: the likeliest source word, and those of all forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.adaptation.glossing import make_glosses
from lexexpand.language import Language
from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.lexicon import Lexicon
from lexexpand.morphology.paradigms import Paradigms

if TYPE_CHECKING:
    from pathlib import Path

FAROESE = Language("fao", "Latn")


def lexicon(*rows: tuple[str, str]) -> Lexicon:
    entries = [
        Entry(tuple(source.split()), tuple(target.split()), None, 1.0, None, "mine", number)
        for number, (source, target) in enumerate(rows, 1)
    ]
    return Lexicon(entries, Language("eng", "Latn"), FAROESE)


def test_of_several_source_words_the_likeliest_is_the_gloss() -> None:
    found = make_glosses(
        [(lexicon(("steed", "hestur"), ("horse", "hestur")), None)], {"horse": 40, "steed": 2}
    )
    assert found.table == {"hestur": "horse"}
    # `thing` is used more, but has three translations of which this is one
    found = make_glosses(
        [(lexicon(("thing", "lutur"), ("thing", "ting"), ("thing", "evni"), ("part", "lutur")), None)],
        {"thing": 40, "part": 30},
    )
    assert found.table["lutur"] == "part"


def test_definitions_and_words_that_are_the_same_are_no_glosses() -> None:
    rows = [("a thing that one eats with", "gaffil"), ("radio", "Radio"), ("for example", "til dømis")]
    assert make_glosses([(lexicon(*rows), None)], {}).table == {"til dømis": "for example"}


def test_forms_are_glossed_as_their_lemma(tmp_path: Path) -> None:
    table = tmp_path / "fao.tsv"
    table.write_text("hestur\thestar\tN;NOM;PL\nhestur\therur\tN;DAT;PL\n", encoding="utf-8")
    paradigms = Paradigms.open([table], language=FAROESE)
    found = make_glosses([(lexicon(("horse", "hestur"), ("these", "herur")), paradigms)], {})
    assert found.table == {"hestur": "horse", "hestar": "horse", "herur": "these"}
