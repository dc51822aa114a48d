from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.language import Language, from_tag
from lexexpand.lexicon.cleaning import Clean, Cleaner
from lexexpand.lexicon.rows import Row
from lexexpand.lexicon.tables import rows

ENGLISH, FAROESE = Language("eng", "Latn"), Language("fao", "Latn")
CASES = list(
    csv.DictReader(
        (
            line
            for line in (Path(__file__).parent / "cases" / "cleaning.tsv").open(encoding="utf-8", newline="")
            if not line.startswith("#")
        ),
        delimiter="\t",
        quoting=csv.QUOTE_NONE,
    )
)
UNTOUCHED = {
    "object",
    "no-name",
}  # `to do something` keeps its object; `no-name` speaks through `sentence-case`
IN_CODE = {"look-alike", "nfc", "invisible", "blanks", "not-a-word", "empty"}


def clean(*cells: tuple[str, str, str], profile: str = "", language: Language = FAROESE) -> list[Clean]:
    read = [Row(source, tag, target, "", number) for number, (source, tag, target) in enumerate(cells, 1)]
    return Cleaner(ENGLISH, language, profile.split()).clean(read, "test")[0]


def shown(clean: Clean) -> str:
    return f"{' '.join(clean.source)} {clean.upos or '-'} {' '.join(clean.target)}"


@pytest.mark.parametrize("case", CASES, ids=[f"{case['rule']}: {case['source']}" for case in CASES])
def test_a_real_line_comes_out_as_it_should(case: dict[str, str]) -> None:
    read = [Row(case["source"], case["tag"], case["target"], "", 1)]
    if case["rule"] == "stray-name":
        read.append(Row(case["target"], "", case["target"], "", 2))
    found, report = Cleaner(ENGLISH, from_tag(case["language"]), [case["profile"]]).clean(read, "test")
    assert " | ".join(shown(each) for each in found if each.number == 1) == case["want"]
    is_kept = {(" ".join(each.source), " ".join(each.target)) for each in found} == {
        (case["source"], case["target"])
    }
    assert is_kept or case["rule"] in report.counts or case["rule"] in UNTOUCHED


def test_every_rule_has_a_real_line() -> None:
    assert {row["id"] for row in rows("cleaning")} | IN_CODE == {case["rule"] for case in CASES}


def test_a_drop_is_reported_with_both_sides() -> None:
    _, report = Cleaner(ENGLISH, FAROESE).clean([Row("A patronymic", "name", "Jógvansson", "", 7)], "names")
    (change,) = report.changes
    assert (change.pack, change.row, change.dropped) == ("names", 7, True)
    assert change.before == "A patronymic = Jógvansson"
    assert report.as_dict()["dropped"] == 1


def test_a_note_in_brackets_becomes_the_note() -> None:
    (found,) = clean(("clothes", "n", "адерлямбяль (arch.)"), language=Language("mdf", "Cyrl"))
    assert found.note == "arch."


def test_translations_of_a_cell_are_ranked() -> None:
    assert [each.rank for each in clean(("mission", "", "boð, ørindi"))] == [0, 1]


def test_a_word_that_translates_to_itself_is_kept_and_counted() -> None:
    found, report = Cleaner(ENGLISH, FAROESE).clean([Row("salt", "", "salt", "", 1)], "test")
    assert len(found) == report.identical == 1


def test_joiners_stay_where_a_script_needs_them() -> None:
    word = "می\u200cخواهم"
    assert clean(("want", "", word), language=Language("prs", "Arab"))[0].target == (word,)
    assert clean(("want", "", "vil\u200cja"))[0].target == ("vilja",)


def test_nothing_at_all_is_read_as_nothing() -> None:
    found, report = Cleaner(ENGLISH, FAROESE).clean([], "test")
    assert (found, report.rows) == ([], 0)


CELL = st.text(st.sampled_from("ab to,;/()[]{}.…?!'’\"«»-–*=1 orEИӕæ\u00ad\u200c\u0301"), max_size=20)
REAL = st.sampled_from([case["source"] for case in CASES] + [case["target"] for case in CASES])


@given(st.lists(st.tuples(CELL | REAL, st.sampled_from(["", "n", "verb", "name"]), CELL | REAL), max_size=4))
def test_cleaning_what_is_clean_changes_nothing(cells: list[tuple[str, str, str]]) -> None:
    once = clean(*cells)
    again = clean(*((" ".join(c.source), c.upos or "", " ".join(c.target)) for c in once))
    assert [c[:3] for c in again] == [c[:3] for c in once]


@given(st.lists(st.tuples(CELL, st.just(""), CELL), max_size=6))
def test_every_row_is_kept_or_reported(cells: list[tuple[str, str, str]]) -> None:
    read = [Row(source, tag, target, "", number) for number, (source, tag, target) in enumerate(cells, 1)]
    found, report = Cleaner(ENGLISH, FAROESE).clean(read, "test")
    seen = {each.number for each in found} | {change.row for change in report.changes}
    assert seen == {row.number for row in read}
