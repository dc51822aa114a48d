"""docs/formats.md names every column and field that the code knows."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from lexexpand.resources import card

FORMATS = Path(__file__).resolve().parent.parent / "docs" / "formats.md"


@pytest.fixture(scope="module")
def named() -> set[str]:
    return set(re.findall(r"`([^`]+)`", FORMATS.read_text(encoding="utf-8")))


def test_the_fields_of_a_card_are_documented(named: set[str]) -> None:
    assert set(card._Fields.known) - named == set()


def test_the_columns_of_a_file_list_are_documented(named: set[str]) -> None:
    assert {*card.COLUMNS, *card.ROLES, *card.KINDS, *card.NORMAL_FORMS} - named == set()


def test_the_columns_of_a_corpus_are_documented(named: set[str]) -> None:
    if find_spec("lexexpand.text.schema") is None:
        pytest.skip("corpora are not built yet")
    from lexexpand.text import schema

    columns = {*schema.corpus_schema(slim=False, labelled=True).names, *schema.ENTRIES.names}
    assert {*columns, *schema.MATCHES, *schema.INFLECTIONS} - named == set()


def test_the_readers_of_lexicons_are_documented(named: set[str]) -> None:
    from lexexpand.lexicon.readers import READERS

    assert set(READERS) - named == set()
