"""Paradigms of a language from packs, files and folders."""

from pathlib import Path

import pytest

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language
from lexexpand.morphology.load import load_paradigms
from lexexpand.resources.fetch import Fetcher

FAROESE = Language("fao", "Latn")


def pack(folder: Path, name: str, licence: str, rows: dict[str, str], quality: float = 1.0) -> Path:
    """A pack with files of paradigms: `{"fao_Latn.x.tsv": content}`."""
    import hashlib

    place = folder / name
    place.mkdir(parents=True)
    languages = sorted({file.split(".")[0] for file in rows})
    (place / "pack.toml").write_text(
        f'schema = 1\nid = "{name}"\nkind = "paradigms"\ntitle = "t"\nversion = "1"\nlicence = "{licence}"\n'
        f'languages = {languages!r}\ncitation = "c"\nhomepage = ""\nreader = "unimorph"\n'
        'normal_form = "NFC"\n'
        f"quality = {quality}\n".replace("'", '"')
    )
    lines = ["language\trole\tpath\turl\tsize\tsha256\tlicence\toptions\tblocked"]
    for file, content in rows.items():
        raw = content.encode()
        (place / file).write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        lines.append(f"{file.split('.')[0]}\tdata\t{file}\t\t{len(raw)}\t{digest}\t{licence}\t\t")
    (place / "files.tsv").write_text("\n".join(lines) + "\n")
    return place


@pytest.fixture
def offline(tmp_path: Path) -> Fetcher:
    return Fetcher(cache=tmp_path / "cache", offline=True)


def test_curated_packs_come_first_and_licences_filter(tmp_path: Path, offline: Fetcher) -> None:
    packs = tmp_path / "packs"
    pack(packs, "amined", "CC-BY-4.0", {"nob_Latn.a.tsv": "hus\thuser\tN;PL\n"}, quality=0.5)
    pack(packs, "curated", "CC0-1.0", {"nob_Latn.b.tsv": "hus\thus\tN;PL\n"})
    language = Language("nob", "Latn")
    both = load_paradigms(language, fetcher=offline, pack_dirs=[packs])
    assert both is not None
    assert both.forms("hus", "N;PL") == ("hus", "huser")
    assert [use.licence for use in both.sources] == ["CC0-1.0", "CC-BY-4.0"]
    one = load_paradigms(language, fetcher=offline, pack_dirs=[packs], deny=["CC-BY-*"])
    assert one is not None
    assert one.forms("hus", "N;PL") == ("hus",)
    assert load_paradigms(language, fetcher=offline, pack_dirs=[packs], allow=["MIT"]) is None
    assert offline.cache is not None
    assert list((offline.cache / "paradigms").iterdir())


def test_files_folders_and_packs_can_be_named(tmp_path: Path, offline: Fetcher) -> None:
    packs = tmp_path / "packs"
    place = pack(packs, "mine", "CC0-1.0", {"nob_Latn.b.tsv": "hus\thus\tN;PL\n"})
    language = Language("nob", "Latn")
    for spec in ("mine", "mine:nob_Latn.b.tsv", str(place), str(place / "nob_Latn.b.tsv")):
        found = load_paradigms(language, specs=[spec], fetcher=offline, pack_dirs=[packs])
        assert found is not None, spec
        assert found.forms("hus", "N;PL") == ("hus",), spec
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "nob_Latn.x.tsv").write_text("bok\tbøker\tN;PL\n", encoding="utf-8")
    (folder / "swe_Latn.x.tsv").write_text("bok\tböcker\tN;PL\n", encoding="utf-8")
    found = load_paradigms(language, specs=[str(folder)], fetcher=offline)
    assert found is not None
    assert found.forms("bok", "N;PL") == ("bøker",)


@pytest.mark.parametrize(
    ("spec", "error"),
    [
        ("nosuch", ConfigError),
        ("starter:nosuch.tsv", ConfigError),
        ("unimorph-store", MissingDataError),
    ],
)
def test_what_is_not_there_is_an_error(
    spec: str, error: type[Exception], offline: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNIMORPH", str(tmp_path / "empty"))
    with pytest.raises(error):
        load_paradigms(FAROESE, specs=[spec], fetcher=offline)


def test_no_paradigms_is_none(offline: Fetcher) -> None:
    assert load_paradigms(Language("wol", "Latn"), fetcher=offline) is None


def test_a_table_in_another_script_is_left_out_with_a_warning(
    tmp_path: Path, offline: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "tat.tsv"
    path.write_text("kitap\tkitaplar\tN;PL\n", encoding="utf-8")
    assert load_paradigms(Language("tat", "Cyrl"), specs=[str(path)], fetcher=offline) is None
    assert "in the script Latn, and tat_Cyrl was asked for" in caplog.text
    assert load_paradigms(Language("tat", "Latn"), specs=[str(path)], fetcher=offline) is not None


def test_paradigms_only_in_another_script_are_told(
    offline: Fetcher, caplog: pytest.LogCaptureFixture
) -> None:
    assert load_paradigms(Language("tat", "Cyrl"), fetcher=offline) is None
    assert "tat_Latn" in caplog.text
    assert "uninflected" in caplog.text
