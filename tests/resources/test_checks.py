"""One tiny broken pack for each check: `tests/packs/<CODE>` has that fault and no other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lexexpand.cli import run
from lexexpand.errors import ConfigError
from lexexpand.resources.checks import CHECKS, check_pack, message
from lexexpand.resources.seal import seal

PACKS = Path(__file__).resolve().parent.parent / "packs"
TOO_BIG_TO_COMMIT = {"W404"}
check_pack(PACKS / "OK")  # fills the table
# The checks of this room alone; the rooms above have codes and tests of their own.
OURS = (
    "E100",
    *(code for code, check in CHECKS.items() if check.__module__.startswith("lexexpand.resources")),
)
CODES = sorted(set(OURS) - TOO_BIG_TO_COMMIT)


@pytest.mark.parametrize("code", CODES)
def test_each_broken_pack_has_its_fault_and_no_other(code):
    report = check_pack(PACKS / code, select=OURS)
    assert {finding.code for finding in report.findings} == {code}
    for finding in report.findings:
        assert finding.message.endswith((".", "?", ")"))
        assert str(finding).startswith(str(PACKS / code))


def test_every_check_has_its_broken_pack():
    assert len(CODES) >= 25
    assert set(CODES) <= {path.name for path in PACKS.iterdir()}


def test_a_good_pack_has_no_finding():
    report = check_pack(PACKS / "OK", select=OURS)
    assert report.findings == ()
    assert report.files_checked == 1


@pytest.mark.parametrize(
    ("code", "line"),
    [("E100", 2), ("E305", 2), ("E306", 2), ("E302", 1), ("W403", 2), ("E307", 2), ("E103", 2)],
)
def test_a_finding_says_the_line(code, line):
    assert [finding.where.line for finding in check_pack(PACKS / code, select=OURS).findings] == [line]


def test_a_long_line_is_doubtful(make_pack):
    card = make_pack(("fao_Latn.tsv", "", b"word\t" + b"x" * 100_001 + b"\n", "", ""))
    assert "W404" in {finding.code for finding in check_pack(card.folder).findings}


def test_many_findings_of_one_kind_are_summed(make_pack):
    content = b"a\tb\n" + b"no tab\n" * 50
    report = check_pack(make_pack(("f.tsv", "", content, "", "")).folder, select=["E305"], limit=3)
    assert [finding.detail for finding in report.findings][3:] == ["... and 47 more"]


def test_select_takes_beginnings_and_refuses_what_no_check_has():
    assert not check_pack(PACKS / "W403", select=["E"]).findings
    assert check_pack(PACKS / "W403", select=["W4"]).findings
    with pytest.raises(ConfigError, match="no check begins with 'X'"):
        check_pack(PACKS / "OK", select=["X"])


def test_files_that_are_not_at_hand_are_counted_not_passed_as_right():
    report = check_pack(PACKS / "W207")
    assert (report.files_checked, report.files_absent) == (0, 2)


def test_the_command_exits_1_on_findings_and_0_without(capsys):
    assert run(["pack", "check", str(PACKS / "OK")]) == 0
    assert run(["pack", "check", str(PACKS / "E305")]) == 1
    assert "fao_Latn.tsv:2: E305" in capsys.readouterr().out
    assert run(["pack", "check", str(PACKS / "E305"), "--select", "W"]) == 0
    assert run(["pack", "check", str(PACKS / "nothing-here")]) == 2


def test_the_command_writes_json(capsys):
    assert run(["pack", "check", str(PACKS / "E306"), "--json"]) == 1
    (report,) = json.loads(capsys.readouterr().out)
    assert report["findings"][0] == {
        "code": "E306",
        "message": message("E306"),
        "file": str(PACKS / "E306" / "fao_Latn.tsv"),
        "line": 2,
        "detail": "'boat\\t'",
    }


def test_all_shipped_packs_are_without_error(capsys, repository):
    cards = sorted(str(path.parent) for path in repository.glob("*/*/pack.toml"))
    assert len(cards) >= 6
    assert run(["pack", "check", *cards, "--select", "E"]) == 0, capsys.readouterr().out


def test_sealing_brings_size_and_digest_up_to_date_and_changes_nothing_else(make_pack):
    card = make_pack(("a.tsv", "", b"house\tx\n", "rows=1", ""), ("b.tsv", "", b"boat\ty\n", "", ""))
    before = (card.folder / "files.tsv").read_text(encoding="utf-8").split("\n")
    (card.folder / "a.tsv").write_bytes(b"house\tlonger\n")
    assert {f.code for f in check_pack(card.folder, select=["E"]).findings} == {"E103"}
    assert seal(card.folder) == ["a.tsv"]
    after = (card.folder / "files.tsv").read_text(encoding="utf-8").split("\n")
    assert [n for n, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1] == [1]
    assert not check_pack(card.folder, select=["E"]).findings
    assert seal(card.folder) == []
