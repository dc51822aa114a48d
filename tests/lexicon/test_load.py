from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from lexexpand.errors import ConfigError, DataError, FormatError, MissingDataError
from lexexpand.language import default_source, from_tag
from lexexpand.lexicon import memory
from lexexpand.lexicon.adding import add_lexicon
from lexexpand.lexicon.load import load_lexicon

FAROESE = from_tag("fao_Latn")


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXEXPAND_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(tmp_path / "home"))


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_file_is_a_lexicon(tmp_path: Path) -> None:
    lexicon = load_lexicon(
        FAROESE, specs=[write(tmp_path / "my.tsv", "house\thús\nthe dog\tn\thundur\n".replace("\tn", ""))]
    )
    assert [(e.source_text, e.pack, e.row) for e in lexicon] == [("house", "my", 1), ("the dog", "my", 2)]
    (use,) = lexicon.sources
    assert (use.licence, len(use.sha256[0]), use.entries) == ("NOASSERTION", 64, 2)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("house\thús\n", 1), ("salt\tsalt\n", 1), ("house\t\n", 0)]
)
def test_lexicons_of_no_and_of_one_entry_load(tmp_path: Path, text: str, count: int) -> None:
    assert len(load_lexicon(FAROESE, specs=[write(tmp_path / "my.tsv", text)])) == count


def test_a_folder_gives_the_files_of_the_language(tmp_path: Path) -> None:
    write(tmp_path / "d" / "fao_Latn.wiktionary.tsv", "house\tnoun\thús\t\n")
    write(tmp_path / "d" / "sme_Latn.wiktionary.tsv", "house\tnoun\tviessu\t\n")
    lexicon = load_lexicon(FAROESE, specs=[str(tmp_path / "d")])
    assert [(e.target_text, e.weight) for e in lexicon] == [("hús", 0.3)]
    assert lexicon.sources[0].licence == "CC-BY-SA-3.0"
    with pytest.raises(MissingDataError, match="no file of kal_Latn"):
        load_lexicon(from_tag("kal_Latn"), specs=[str(tmp_path / "d")])


def test_a_broken_line_of_the_users_file_is_an_error_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"my\.tsv:2"):
        load_lexicon(FAROESE, specs=[write(tmp_path / "my.tsv", "house\thús\nsmart\n")])


def test_another_script_than_asked_for_is_an_error_that_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "crh.tsv", "house\tэв\nwater\tсув\nCD\tCD\n")
    with pytest.raises(DataError, match="script Cyrl, and crh_Latn was asked for"):
        load_lexicon(from_tag("crh_Latn"), specs=[path])
    assert len(load_lexicon(from_tag("crh_Cyrl"), specs=[path])) == 2


def test_licences_are_filtered_at_the_source(tmp_path: Path) -> None:
    write(tmp_path / "d" / "fao_Latn.wiktionary.tsv", "house\tnoun\thús\t\n")
    write(tmp_path / "d" / "fao_Latn.freedict.tsv", "house\tnoun\tbúð\t\n")
    spec = [str(tmp_path / "d")]
    assert [e.target_text for e in load_lexicon(FAROESE, specs=spec, deny=["GPL*"])] == ["hús"]
    with pytest.raises(MissingDataError, match="leave none"):
        load_lexicon(FAROESE, specs=spec, allow=["CC0*"])


def test_a_pack_of_several_sources_trusts_each_as_it_deserves(tmp_path: Path) -> None:
    folder = tmp_path / "d"
    write(folder / "fao_Latn.freedict.tsv", "house\tnoun\tbúð\t\nwater\tnoun\tvatn\t\n")
    write(folder / "fao_Latn.wiktionary.tsv", "house\tnoun\thús\t\n")
    add_lexicon(folder, language=None, source_language=default_source())
    lexicon = load_lexicon(FAROESE, specs=["d"])
    assert [(e.target_text, e.weight, e.row) for e in lexicon] == [
        ("búð", 0.5, 1),
        ("vatn", 0.5, 2),
        ("hús", 0.3, 3),
    ]
    (use,) = lexicon.sources
    assert (use.licence, use.entries, len(use.sha256)) == ("CC-BY-SA-3.0 AND GPL-2.0-or-later", 3, 2)


def test_an_unknown_pack_is_refused() -> None:
    with pytest.raises(ConfigError, match="startr"):
        load_lexicon(FAROESE, specs=["startr"])
    with pytest.raises(ConfigError, match="no file"):
        load_lexicon(FAROESE, specs=["starter:none.tsv"])


def test_the_starter_is_there_and_cldr_beside_it() -> None:
    lexicon = load_lexicon(FAROESE, specs=["starter", "cldr"])
    assert lexicon.look_up("house", "NOUN")[0].target_text == "hús"
    assert lexicon.look_up("Iceland")[0].upos == "PROPN"
    assert [use.pack for use in lexicon.sources] == ["cldr", "starter"]


def test_a_language_without_a_lexicon_is_told_what_to_do() -> None:
    with pytest.raises(MissingDataError, match="lexicon add"):
        load_lexicon(from_tag("qqq_Latn"))


def test_a_cleaned_file_is_kept_and_read_back_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = [
        write(
            tmp_path / "my.tsv",
            "to go\tverb\tfara\tnote\nA patronymic\tname\tJóansson\t\nsalt\tnoun\tsalt\t\n",
        )
    ]
    fresh = load_lexicon(FAROESE, specs=spec)
    monkeypatch.setattr(memory, "WORTH_KEEPING", -1.0)
    load_lexicon(FAROESE, specs=spec)
    (kept,) = (tmp_path / "cache" / "lexicons").iterdir()
    again = load_lexicon(FAROESE, specs=spec)
    assert (again.entries, again.report) == (fresh.entries, fresh.report)
    kept.write_bytes(b"half")
    assert load_lexicon(FAROESE, specs=spec).entries == fresh.entries


@pytest.mark.data
def test_real_dictionaries_load_and_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    data = os.environ.get("LEXEXPAND_DATA")
    if not data:
        pytest.skip("LEXEXPAND_DATA is not set")
    monkeypatch.setenv("LEXEXPAND_MIRROR", str(Path(data) / "mirror"))
    lexicon = load_lexicon(FAROESE, specs=["gatitos", str(Path(data) / "lexicons")])
    assert len(lexicon) > 11_000
    first = lexicon.look_up("house")[0]
    assert (first.target_text, first.upos, first.pack) == ("hús", "NOUN", "gatitos")
    arn = load_lexicon(from_tag("arn_Latn"), specs=["gatitos"])
    assert arn.report.counts["broken-line"] == 1
    shutil.rmtree(os.environ["LEXEXPAND_CACHE"], ignore_errors=True)
