"""The cards of gold data are whole, and each file that lies in LEXEXPAND_DATA is what its card says."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from pathlib import Path

import pytest

from lexexpand.evaluation.gold import labels_of, read_gold
from lexexpand.resources.card import load_card
from lexexpand.text.options import ReadOptions
from lexexpand.text.sentence import sentences
from lexexpand.text.source import READERS, open_source

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[2]
PACKS = sorted(path.parent for path in (ROOT / "experiments/data").glob("*/pack.toml"))
LISTED = tomllib.loads((ROOT / "experiments/gold/cards.toml").read_text(encoding="utf-8"))
URL = re.compile(r"https://raw\.githubusercontent\.com/([\w.-]+/[\w.-]+)/([0-9a-f]{12}|[0-9a-f]{40})/(.+)")
KINDS = {"broad-twitter": "ner", "masakhaner2": "ner", "nusax": "sentiment", "sib200": "topic", "uner": "ner"}


def local_files(pack: str) -> dict[str, Path]:
    """The files under LEXEXPAND_DATA by repository and path in it."""
    data = Path(os.environ.get("LEXEXPAND_DATA", "/nonexistent"))
    found = {}
    for part in LISTED[pack]["part"]:
        for _, path, _, *local in part["files"]:
            upstream = "/".join(filter(None, (part.get("in"), path)))
            key = f"{part['at'].split('@')[0]}/{upstream}"
            found[key] = data / part["here"] / (local[0] if local else path)
    return found


def test_every_listed_pack_has_its_card() -> None:
    assert [folder.name for folder in PACKS] == sorted(LISTED)


@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_rows_name_a_split_and_a_file_at_a_commit(folder: Path) -> None:
    card = load_card(folder)
    assert card.id == folder.name
    assert (folder / "README.md").is_file()
    for row in card.files:
        assert row.role == "labelled"
        assert row.is_sealed
        assert URL.fullmatch(row.url)
        assert row.options["split"] in {"train", "dev", "test"}
        assert row.is_default == (row.options["split"] != "test")
        assert row.language in card.languages
    assert card.reader in READERS


@pytest.mark.data
@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_files_are_what_their_cards_say(folder: Path) -> None:
    local = local_files(folder.name)
    checked = 0
    for row in load_card(folder).files:
        match = URL.fullmatch(row.url)
        assert match is not None
        file = local[f"{match[1]}/{match[3]}"]
        if not file.is_file():
            continue
        content = file.read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (row.size, row.sha256), file
        checked += 1
    if not checked:
        pytest.skip("set LEXEXPAND_DATA to the folder of gold data")


@pytest.mark.data
@pytest.mark.parametrize("folder", PACKS, ids=lambda folder: folder.name)
def test_files_are_read_to_labels_by_the_reader_of_the_card(folder: Path) -> None:
    card = load_card(folder)
    local = local_files(folder.name)
    for row in card.files:
        match = URL.fullmatch(row.url)
        assert match is not None
        assert row.language is not None
        file = local[f"{match[1]}/{match[3]}"]
        if row.options["split"] == "train" or not file.is_file():
            continue
        kind = KINDS.get(folder.name, "intent-slots" if folder.name == "xsid" else "pos")
        blocks = open_source([file]).read(ReadOptions(row.language, card.reader))
        read = [labels_of(sentence, kind) for block in blocks for sentence in sentences(block)]
        assert len(read) > 90


@pytest.mark.data
def test_a_type_that_its_card_calls_no_entity_is_none() -> None:
    train = next(row for row in load_card(ROOT / "experiments/data/uner").files if "as-o" in row.options)
    file = next(file for file in local_files("uner").values() if "first-commit" in file.name)
    if not file.is_file():
        pytest.skip("set LEXEXPAND_DATA to the folder of gold data")
    assert train.language is not None
    gold = read_gold("ner", file, train.language)
    assert (gold.types, gold.ignored) == ({"PER", "ORG", "LOC"}, ("OTH",))
