"""What is said of a task before it is trained."""

from __future__ import annotations

from dataclasses import replace

from lexexpand.adaptation.forecast import KINDS, Signs, forecast
from lexexpand.adaptation.known import Familiarity
from lexexpand.lexicon.tables import rows
from lexexpand.model.tasks import KINDS as TASKS

KNOWN = Familiarity(2.0, 1.25, 0.01, 0.9, "vectors", "")
SIGNS = Signs.of("pos", KNOWN, 0.75, 13_000, 54_000, same_script=True)


def test_signs_are_numbers_of_one_size() -> None:
    assert SIGNS.fertility == 1.6
    assert set(KINDS) == set(TASKS) == set(list(SIGNS.features)[: len(KINDS)])
    assert all(-2 < value < 2 for value in SIGNS.features.values())
    assert SIGNS.features["pos"] == 1
    assert SIGNS.features["ner"] == 0


def test_what_is_to_be_expected_names_what_was_measured_and_the_signs() -> None:
    told = forecast(SIGNS)
    assert "54,000 forms" in told
    assert "75%" in told
    assert "1.6 times" in told
    row = next(row for row in rows("forecast") if row["kind"] == "pos")
    assert f"{row['helped']} of {row['languages']} languages" in told
    assert "no task of this kind was measured" in forecast(replace(SIGNS, kind="label"))
    assert "no paradigms" in forecast(replace(SIGNS, forms=0))


def test_every_row_is_a_kind_and_what_helped_is_no_more_than_was_measured() -> None:
    for row in rows("forecast"):
        assert row["kind"] in KINDS
        assert 0 <= int(row["helped"]) <= int(row["languages"])
        assert -100 < float(row["gain"]) < 100
