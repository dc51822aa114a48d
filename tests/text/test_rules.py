from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import FormatError
from lexexpand.language import Language
from lexexpand.text.rules import rule_path, rule_rows, rules_digest
from lexexpand.text.scanner import TABLES
from tests.text.conftest import ENGLISH
from tests.text.refresh_rules import FOLDER, listing

if TYPE_CHECKING:
    from pathlib import Path


def test_the_listing_is_in_step_with_the_tables() -> None:
    """If this fails: python tests/text/refresh_rules.py."""
    assert (FOLDER / "files.tsv").read_text(encoding="utf-8") == listing()


def test_english_has_its_tables() -> None:
    for table in TABLES:
        assert rule_path(ENGLISH, table) is not None
        assert rule_rows(ENGLISH, table)


def test_contractions_are_the_sum_of_their_parts() -> None:
    kinds = {"clitic", "split", "keep", "unit"}
    for row in rule_rows(ENGLISH, "contractions"):
        assert row["kind"] in kinds
        assert row["form"] == row["form"].lower()
        assert row["kind"] != "split" or row["parts"].replace(" ", "") == row["form"]


def test_abbreviations_end_with_their_full_stop() -> None:
    for row in rule_rows(ENGLISH, "abbreviations"):
        assert row["kind"] in {"title", "always", "number", "never"}
        assert row["form"].endswith(".")


def test_a_language_without_rows_has_none() -> None:
    other = Language("qaa", "Latn")
    assert rule_rows(other, "contractions") == ()
    assert rules_digest(other, TABLES) != rules_digest(ENGLISH, TABLES)


def test_a_users_pack_wins_and_its_faults_have_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = tmp_path / "mine"
    pack.mkdir()
    table = pack / "qab_Latn.contractions.tsv"
    table.write_text("kind\tform\tparts\n# a comment\nclitic\t'q\n", encoding="utf-8")
    (pack / "pack.toml").write_text(
        'schema = 1\nid = "mine"\nkind = "rules"\ntitle = "t"\nversion = "1"\n'
        'languages = ["qab_Latn"]\nlicence = "CC0-1.0"\n'
    )
    header = "language\trole\tpath\turl\tsize\tsha256\tlicence\toptions\tblocked\n"
    (pack / "files.tsv").write_text(f"{header}qab_Latn\trules\t{table.name}\t\t1\t{'0' * 64}\tCC0-1.0\t\t\n")
    monkeypatch.setenv("LEXEXPAND_PACKS", str(tmp_path))
    with pytest.raises(FormatError, match=r"contractions\.tsv:3: 2 cells, expected 3"):
        rule_rows(Language("qab", "Latn"), "contractions")
