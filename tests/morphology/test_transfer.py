"""Rows that say which words a form says already."""

from pathlib import Path

import pytest

from lexexpand.errors import FormatError
from lexexpand.language import Language, from_tag
from lexexpand.morphology.inflect import Inflector
from lexexpand.morphology.load import load_paradigms
from lexexpand.morphology.transfer import load_particles, load_transfer, read_transfer
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.packs import get_pack

HEADER = "source_upos\tsource_lemma\tcontext\taction\tadds\tnote\n"


def test_faroese_says_the_with_the_noun_and_keeps_its_prepositions() -> None:
    faroese = Language("fao", "Latn")
    assert [(row.source_lemma, row.adds) for row in load_transfer(faroese, actions=("drop",))] == [
        ("the", "DEF")
    ]
    assert ("in", "DAT") in {
        (row.source_lemma, row.adds) for row in load_transfer(faroese, actions=("govern",))
    }


def test_a_language_without_rows_has_none() -> None:
    assert load_transfer(Language("fra", "Latn")) == ()
    assert load_particles(Language("fra", "Latn")) == frozenset()


def test_english_particles() -> None:
    assert {"off", "up"} <= load_particles(Language("eng", "Latn"))


def test_every_file_of_the_pack_reads_and_every_row_has_a_note() -> None:
    card = get_pack("transfer", "rules")
    for file in card.files:
        if "content" not in file.options:
            rows = read_transfer(card.folder / file.path)
            assert rows
            assert all(row.note for row in rows), file.path
            assert len({(row.source_upos, row.source_lemma) for row in rows}) == len(rows), file.path


BAD = {
    "DET\tthe\tbefore_noun\tdrop\n": "4 columns",
    "DET\tthe\tnowhere\tdrop\t\tx\n": "nowhere",
    "DET\tthe\tbefore_noun\tburn\t\tx\n": "burn",
    "DET\tthe\tbefore_noun\tdrop\tDEFF\tx\n": "DEFF",
}


@pytest.mark.parametrize("row", BAD)
def test_a_wrong_row_is_an_error_with_its_line(tmp_path: Path, row: str) -> None:
    path = tmp_path / "x.transfer.tsv"
    path.write_text(HEADER + "# a remark\n" + row, encoding="utf-8")
    with pytest.raises(FormatError, match=BAD[row]) as error:
        read_transfer(path)
    assert ":3" in str(error.value)
    path.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(FormatError, match="header"):
        read_transfer(path)


@pytest.mark.data
@pytest.mark.slow
def test_every_case_that_a_row_adds_is_in_the_language_s_tables(mirror: Path) -> None:
    missing = []
    for language in get_pack("transfer", "rules").languages:
        wanted = {row.adds for row in load_transfer(language, actions=("drop", "govern")) if row.adds}
        paradigms = load_paradigms(from_tag(str(language)), fetcher=Fetcher(mirror=str(mirror), offline=True))
        if not wanted or paradigms is None:
            continue
        words = list(paradigms.lemmas())
        for adds in sorted(wanted):
            verbal = adds.startswith("V;")
            for cell in [adds] if verbal else [f"N;SG;{adds}", f"N;PL;{adds}"]:
                found = Inflector(paradigms).inflect_many([(word, cell) for word in words])
                if any(one.how == "attested" for one in found):
                    break
            else:
                missing.append((str(language), adds))
    assert missing == []
