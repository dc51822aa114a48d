"""Write the `files.tsv` and `pack.toml` of the packs whose files are upstream's, from a list of those files.

    python experiments/packs/make_cards.py MIRROR [ROOT]

MIRROR is a folder with `FILES.tsv` (pack, lang, url, path, size, sha256, licence, note) and the files at the
paths it names. What upstream's names and contents tell (splits, twins, swapped columns, look-alike letters,
rows) becomes options of a row; what must not be used gets a reason in `blocked`. `cards.toml` beside this
script has what is true of each whole pack and the few decisions about single files. ROOT is where the packs
are written, this checkout if nothing is said.
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HEADER = ("language", "role", "path", "url", "size", "sha256", "licence", "options", "blocked")
SPDX = {
    "CC BY 4.0": "CC-BY-4.0",
    "CC BY 3.0": "CC-BY-3.0",
    "CC BY-SA 3.0": "CC-BY-SA-3.0",
    "LGPLLR": "LGPLLR",
    "none stated in the repository": "NOASSERTION",
}
SPLITS = {"trn": "train", "train": "train", "dev": "dev", "tst": "test", "test": "test"}
FLAT = {"lexicons/gatitos", "morphology/sigmorphon2020"}  # one folder; every file name is its own
LATIN, CYRILLIC = re.compile("[A-Za-z\u00c0-\u024f]"), re.compile("[\u0400-\u04ff]")


@dataclass
class Source:
    """One line of FILES.tsv, and the text of the file that it names."""

    pack: str
    lang: str
    url: str
    size: str
    sha256: str
    licence: str
    note: str
    text: str

    @property
    def path(self) -> str:
        """The path inside the pack: repository and path in it, without host, owner and commit."""
        match = re.fullmatch(r"https://[^/]+/[^/]+/([^/]+)/[0-9a-f]{40}/(.+)", unquote(self.url))
        assert match is not None, self.url
        if self.pack not in FLAT:
            return f"{match[1]}/{match[2]}"
        name = match[2].rsplit("/", 1)[-1]
        return f"upstream/{name}" if self.note == "doc" else name  # README.md beside the card is ours


def sources(mirror: Path) -> Iterator[Source]:
    """The lines of FILES.tsv with the files' texts."""
    for line in (mirror / "FILES.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        pack, lang, url, path, size, sha256, licence, note = line.split("\t")
        text = (mirror / path).read_text(encoding="utf-8-sig")
        yield Source(pack, lang, url, size, sha256, licence, note, text)


def spdx(source: Source) -> str:
    """The SPDX id of what FILES.tsv says about the licence."""
    stated = source.licence.split(" (")[0]
    if stated.startswith("krl: CC BY-SA 3.0, the others: CC BY 4.0"):
        name = source.path.rsplit("/", 1)[-1]
        return {"krl": "CC-BY-SA-3.0", "README.md": "CC-BY-SA-3.0 AND CC-BY-4.0"}.get(name, "CC-BY-4.0")
    return SPDX[stated]


def count(source: Source) -> int:
    """Entries: English translations of a GiellaLT file, else lines that are neither blank nor comments."""
    translations = re.search(r"(\d+) English translations", source.note)
    if translations:
        return int(translations[1])
    lines = source.text.splitlines()
    return sum(1 for line in lines if line.strip() and not line.startswith("# "))


def mixes_scripts(source: Source) -> bool:
    """Whether more than one in twenty lines has a word with letters of both Latin and Cyrillic."""
    words = [line.split("\t")[:2] for line in source.text.splitlines() if line.strip()]
    mixed = sum(any(LATIN.search(w) and CYRILLIC.search(w) for w in pair) for pair in words)
    return source.lang.endswith("Cyrl") and mixed * 20 > len(words)


def options(source: Source, decided: dict[str, str]) -> dict[str, str]:
    """What the file's name and content tell about how to read it."""
    found: dict[str, str] = {"rows": str(count(source))}
    suffix = source.path.rsplit(".", 1)[-1]
    if "columns swapped" in source.note:
        found |= {"default": "no", "columns": "swapped"}
    if "hierarchical tags" in source.note:
        found |= {"default": "no", "tags": "hierarchical"}
    if source.pack.startswith("morphology/"):
        if suffix in SPLITS:
            found["split"] = SPLITS[suffix]
        if mixes_scripts(source):
            found["lookalikes"] = "latin"
        if "2023 data" in source.note:
            found["holds"] = "sigmorphon2023-test"
    for part in filter(None, decided.get("options", "").split(";")):
        key, _, value = part.partition("=")
        found[key] = value
    return found


def blocked(source: Source, decided: dict[str, str]) -> str:
    """Why the file must not be used, or nothing."""
    if "derivations, not inflection" in source.note:
        return "a table of derivations (lemma, derived word), not of inflected forms"
    return decided.get("blocked", "")


def row(source: Source, decisions: dict[str, dict[str, str]]) -> tuple[str, ...]:
    """The row of files.tsv."""
    decided = decisions.get(source.path, {})
    language = "" if source.lang == "-" else source.lang
    role = decided.get("role", "doc" if source.note == "doc" else "data")
    told = (
        ";".join(f"{key}={value}" for key, value in options(source, decided).items())
        if role == "data"
        else ""
    )
    cells = (source.path, source.url, source.size, source.sha256, spdx(source))
    return (language, role, *cells, told, blocked(source, decided))


def toml_value(value: object) -> str:
    """A TOML value of the few types that a card has."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return str(value)


def write_pack(root: Path, pack: str, files: list[Source], about: dict[str, object]) -> None:
    """Write both files of a card; a version that upstream has not given is a digest of the list."""
    decisions = about.pop("file", {})
    assert isinstance(decisions, dict)
    rows = [row(source, decisions) for source in files]
    unused = set(decisions) - {source.path for source in files}
    assert not unused, f"{pack}: decisions about files that are not listed: {sorted(unused)}"
    digest = hashlib.sha256("".join(f"{r[2]} {r[5]}\n" for r in rows).encode()).hexdigest()
    languages = sorted({r[0] for r in rows if r[0] and r[1] == "data" and not r[8]})
    card = {"schema": 1, "id": pack.split("/")[1], **about, "languages": languages}
    card.setdefault("version", digest[:12])
    folder = root / pack
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {toml_value(value)}" for key, value in card.items()]
    made = "# Written by experiments/packs/make_cards.py: change cards.toml there, and run it again.\n"
    (folder / "pack.toml").write_text(made + "\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    table = "".join("\t".join(cells) + "\n" for cells in (HEADER, *rows))
    (folder / "files.tsv").write_text(table, encoding="utf-8", newline="\n")
    print(f"{pack}: {len(rows)} files, {len(languages)} languages")


def main() -> None:
    """Write all cards."""
    mirror = Path(sys.argv[1])
    root = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT
    about = tomllib.loads((HERE / "cards.toml").read_text(encoding="utf-8"))
    packs: dict[str, list[Source]] = {}
    for source in sources(mirror):
        packs.setdefault(source.pack, []).append(source)
    for pack, files in packs.items():
        write_pack(root, pack, files, about[pack])


if __name__ == "__main__":
    main()
