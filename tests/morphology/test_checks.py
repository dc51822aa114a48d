"""`pack check` on paradigms: one tiny broken file for each code."""

import hashlib
from pathlib import Path

import pytest

import lexexpand.morphology.checks  # noqa: F401  fills the table of checks
from lexexpand.resources.checks import check_pack

CASES = {
    "E321": "hund\thundar\tN;ACC(PL\n",
    "E322": "алма\tАлматы\tN:N\n",
    "E323": "айда\tайдайды\tV;PRS\n",
    "W421": "hund\thundar\tN;PLU\n",
    "W422": "hund\thundar\tN;PL\nhund\thundar\tPL;N\n",
}
GOOD = "hund\thundar\tN;PL\nhund\thund\tN;SG\n"


def broken(folder: Path, name: str, content: str, kind: str = "paradigms", role: str = "data") -> Path:
    raw = content.encode()
    (folder / name).write_bytes(raw)
    (folder / "pack.toml").write_text(
        f'schema = 1\nid = "x"\nkind = "{kind}"\ntitle = "t"\nversion = "1"\nlanguages = ["fao_Latn"]\n'
        'licence = "CC0-1.0"\ncitation = "c"\nhomepage = ""\nreader = "unimorph"\nnormal_form = "NFC"\n'
    )
    digest = hashlib.sha256(raw).hexdigest()
    (folder / "files.tsv").write_text(
        "language\trole\tpath\turl\tsize\tsha256\tlicence\toptions\tblocked\n"
        f"fao_Latn\t{role}\t{name}\t\t{len(raw)}\t{digest}\tCC0-1.0\t\t\n"
    )
    return folder


@pytest.mark.parametrize("code", CASES)
def test_each_fault_has_its_code_and_line(tmp_path: Path, code: str) -> None:
    folder = broken(tmp_path, "fao_Latn.tsv", CASES[code])
    findings = check_pack(folder, select=[code]).findings
    assert [finding.code for finding in findings] == [code]
    assert "fao_Latn.tsv" in str(findings[0])


def test_a_good_table_has_none(tmp_path: Path) -> None:
    folder = broken(tmp_path, "fao_Latn.tsv", GOOD)
    assert check_pack(folder, select=["E32", "W42"]).findings == ()


def test_a_broken_transfer_file_is_found(tmp_path: Path) -> None:
    content = "source_upos\tsource_lemma\tcontext\taction\tadds\tnote\nDET\tthe\tx\tdrop\t\tn\n"
    folder = broken(tmp_path, "fao_Latn.transfer.tsv", content, kind="rules", role="transfer")
    (finding,) = check_pack(folder, select=["E324"]).findings
    assert ":2" in str(finding)
