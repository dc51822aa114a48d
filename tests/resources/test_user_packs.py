"""A user's own files become packs; the files themselves are never touched."""

from __future__ import annotations

import os

import pytest

from lexexpand.errors import ConfigError, DataError, MissingDataError
from lexexpand.language import from_tag
from lexexpand.resources import user_packs
from lexexpand.resources.checks import check_pack
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.packs import find_packs, get_pack, user_pack_dir
from lexexpand.resources.user_packs import add_pack, remove_pack

FAO, ENG = from_tag("fao_Latn"), from_tag("eng_Latn")


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "My words.tsv"
    path.write_text("house\thús\nboat\tbátur\n\n", encoding="utf-8")
    return path


def test_a_file_becomes_a_pack_that_passes_the_checks(own):
    before = (own.read_bytes(), own.stat().st_mtime_ns)
    card = add_pack("lexicon", own, FAO, source_language=ENG, licence="CC-BY-4.0", citation="me", quality=0.5)
    assert (card.id, card.kind, card.languages, card.quality) == ("my-words", "lexicon", (FAO,), 0.5)
    (row,) = card.files
    assert row.options == {"rows": "2"}
    path = Fetcher(offline=True).path(card, row)
    assert path.read_bytes() == before[0]
    assert path.parent == user_pack_dir() / "lexicon" / "my-words"
    assert (own.read_bytes(), own.stat().st_mtime_ns) == before
    assert {f.code for f in check_pack(card.folder).findings} == {"W202"}
    assert get_pack("my-words") == card
    assert find_packs("lexicon")[0] == card


def test_a_folder_becomes_one_pack_with_a_row_for_each_file(tmp_path):
    folder = tmp_path / "Dictionaries"
    folder.mkdir()
    (folder / "README.md").write_text("rules", encoding="utf-8")
    for name in ("fao_Latn.wiktionary.tsv", "fao_Latn.freedict.tsv", "isl_Latn.wiktionary.tsv"):
        (folder / name).write_text("house\tnoun\thús\t\n", encoding="utf-8")
    licences = {"wiktionary": "CC-BY-SA-3.0", "freedict": "GPL-2.0-or-later"}
    card = add_pack("lexicon", folder, source_language=ENG, licence=licences, quality=0.3, name="wiktionary")
    assert [(r.path, r.licence, r.options.get("source")) for r in card.rows(FAO)] == [
        ("fao_Latn.freedict.tsv", "GPL-2.0-or-later", "freedict"),
        ("fao_Latn.wiktionary.tsv", "CC-BY-SA-3.0", "wiktionary"),
    ]
    assert card.licence == "CC-BY-SA-3.0 AND GPL-2.0-or-later"
    assert [r.path for r in card.files if r.role == "doc"] == ["README.md"]
    only = add_pack("lexicon", folder, FAO, source_language=ENG, name="fao-only")
    assert only.languages == (FAO,)


def test_adding_the_same_again_changes_nothing_and_another_needs_replace(own):
    first = add_pack("lexicon", own, FAO, source_language=ENG)
    assert add_pack("lexicon", own, FAO, source_language=ENG) == first
    own.write_text("house\thús\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"another pack named my-words.*--name.*--replace"):
        add_pack("lexicon", own, FAO, source_language=ENG)
    assert get_pack("my-words").files[0].options == {"rows": "2"}
    second = add_pack("lexicon", own, FAO, source_language=ENG, replace=True)
    assert second.files[0].options == {"rows": "1"}
    assert second.version != first.version


def test_nothing_but_the_pack_is_left_behind(own):
    card = add_pack("lexicon", own, FAO, source_language=ENG)
    assert sorted(p.name for p in card.folder.parent.iterdir()) == [".lock", "my-words"]
    with pytest.raises(ConfigError):
        add_pack("lexicon", own, FAO, source_language=ENG, quality=0.1)
    assert sorted(p.name for p in card.folder.parent.iterdir()) == [".lock", "my-words"]


def test_a_full_disk_leaves_nothing_and_says_what_to_set(own, monkeypatch):
    def full(*args):
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(user_packs.shutil, "copyfile", full)
    with pytest.raises(DataError, match=r"the disk is full.*LEXEXPAND_DATA_HOME"):
        add_pack("lexicon", own, FAO, source_language=ENG)
    assert [p.name for p in (user_pack_dir() / "lexicon").iterdir()] == [".lock"]


def test_wrong_input_is_refused_with_a_reason(own, tmp_path):
    with pytest.raises(ConfigError, match="say which language"):
        add_pack("lexicon", own)
    with pytest.raises(MissingDataError, match="no such file or folder"):
        add_pack("lexicon", tmp_path / "nothing.tsv", FAO)
    with pytest.raises(ConfigError, match=r"begin with a language tag.*My words.tsv"):
        add_pack("lexicon", tmp_path)
    with pytest.raises(ConfigError, match="cannot be the name"):
        add_pack("lexicon", own, FAO, name="../up")
    (tmp_path / "empty").mkdir()
    with pytest.raises(MissingDataError, match="no file"):
        add_pack("lexicon", tmp_path / "empty")


def test_only_the_users_packs_are_removed(own):
    card = add_pack("lexicon", own, FAO, source_language=ENG)
    remove_pack(card)
    assert not card.folder.exists()
    with pytest.raises(ConfigError, match="not one of your own packs"):
        remove_pack(get_pack("gatitos"))
