from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from lexexpand.lexicon import checks
from lexexpand.resources.checks import check_pack

if TYPE_CHECKING:
    from pathlib import Path

# code -> (what the card says besides, the dictionary, the line of the finding)
BROKEN = {
    "E501": ('reader = "tvs"', "house\thús\n", None),
    "E502": ('reader = "tsv"', "house\thús\nsmart\n", 2),
    "E503": ('reader = "tsv"', "house\tдом\n", 2),
    "E504": ('reader = "tsv"\ncleaning = ["gatito"]', "house\thús\n", None),
    "E505": ('reader = "tsv"', "house\tNOUN\thús\t\nthe\tDET\t∅\t\n", 2),
    "W601": ('reader = "tsv"', "house\tnuon\thús\t\n" + "dog\tn\thundur\t\n" * 12, 1),
    "W602": ('reader = "tsv"', "ghosting\tat slíta persónlig sambond uttan orð ella eið\n", 1),
    "W604": ('reader = "tsv"', "source\tupos\ttarget\twieght\nhouse\tNOUN\thús\t1\n", 1),
    "W603": ('reader = "tsv"', "house\thús\ndog\thundur\nhouse\thús\n", 3),
}


def make(folder: Path, card: str, text: str) -> Path:
    folder.mkdir()
    (folder / "fao_Latn.tsv").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (folder / "pack.toml").write_text(
        f'schema = 1\nid = "{folder.name}"\nkind = "lexicon"\ntitle = "t"\nversion = "1"\n'
        f'languages = ["fao_Latn"]\nsource_language = "eng_Latn"\nlicence = "CC0-1.0"\n{card}\n',
        encoding="utf-8",
    )
    header = "language\trole\tpath\turl\tsize\tsha256\tlicence\toptions\tblocked\n"
    row = f"fao_Latn\tdata\tfao_Latn.tsv\t\t{len(text.encode())}\t{digest}\tCC0-1.0\t\t\n"
    (folder / "files.tsv").write_text(header + row, encoding="utf-8")
    return folder


def test_every_check_has_a_broken_pack() -> None:
    assert set(BROKEN) == {code for code in checks.check.__globals__["CHECKS"] if code[:2] in ("E5", "W6")}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_pack_is_found_out(tmp_path: Path, code: str) -> None:
    card, text, line = BROKEN[code]
    report = check_pack(make(tmp_path / "broken", card, text), select=["E5", "W6"])
    found = {finding.code: finding for finding in report.findings}
    assert code in found
    assert found[code].where.line == line


def test_a_good_pack_has_no_findings(tmp_path: Path) -> None:
    good = make(tmp_path / "good", 'reader = "tsv"', "house\tn\thús\t\ndog\tn\thundur\t\n")
    assert check_pack(good, select=["E5", "W6"]).findings == ()
