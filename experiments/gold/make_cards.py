"""Write the cards of gold data, `experiments/data/*/{pack.toml,files.tsv}`, from `cards.toml` and the files.

    python experiments/gold/make_cards.py DATA [ROOT] [--mirror DIR]

DATA is a folder with the files as `cards.toml` names them (LEXEXPAND_DATA): size and sha256 are computed from
them. The url is GitHub's for the repository at its commit. What is not in a split that is used unasked gets
`default=no`, so that nothing fetches a test set by accident. With --mirror, the files are copied to where a
mirror has them (host + path of their URL), so that cards work without the network.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
HOST = "raw.githubusercontent.com"
HEADER = ("language", "role", "path", "url", "size", "sha256", "licence", "options", "blocked")
FIELDS = ("title", "version", "languages", "licence", "citation", "homepage", "reader")
USED = ("train", "dev")


def rows(pack: dict[str, Any], data: Path) -> Iterator[tuple[tuple[str, ...], Path]]:
    """The rows of a pack's files.tsv, and the file that each is of."""
    several = len({part["at"].split("@")[0] for part in pack["part"]}) > 1
    for part in pack["part"]:
        repository, commit = part["at"].split("@")
        name = repository.split("/")[1]
        for language, path, split, *local in part["files"]:
            file = data / part["here"] / (local[0] if local else path)
            content = file.read_bytes()
            upstream = "/".join(filter(None, (part.get("in"), path)))
            unasked = split in part.get("use", USED)
            told = [f"split={split}", "" if unasked else "default=no", part.get("options", "")]
            yield (
                (
                    language,
                    "labelled",
                    f"{name}/{path}" if several else path,
                    f"https://{HOST}/{repository}/{commit}/{upstream}",
                    str(len(content)),
                    hashlib.sha256(content).hexdigest(),
                    part.get("licence", pack["licence"]),
                    ";".join(filter(None, told)),
                    "",
                ),
                file,
            )


def card(name: str, pack: dict[str, Any]) -> str:
    """The text of a pack.toml."""
    lines = ["schema = 1", f'id = "{name}"', 'kind = "labelled"']
    for field in FIELDS:
        value = pack[field]
        shown = (
            "[" + ", ".join(f'"{one}"' for one in value) + "]" if isinstance(value, list) else f'"{value}"'
        )
        lines.append(f"{field} = {shown}")
    return "\n".join([*lines, 'normal_form = "none"', "cleaning = []", "quality = 1.0", ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("root", type=Path, nargs="?", default=HERE.parents[1])
    parser.add_argument("--mirror", type=Path)
    asked = parser.parse_args()
    packs = tomllib.loads((HERE / "cards.toml").read_text(encoding="utf-8"))
    for name, pack in packs.items():
        folder = asked.root / "experiments" / "data" / name
        folder.mkdir(parents=True, exist_ok=True)
        listed = list(rows(pack, asked.data))
        table = ["\t".join(HEADER), *("\t".join(row) for row, _ in listed)]
        (folder / "files.tsv").write_text("\n".join(table) + "\n", encoding="utf-8")
        (folder / "pack.toml").write_text(card(name, pack), encoding="utf-8")
        for row, file in listed if asked.mirror else ():
            place = asked.mirror / row[3].removeprefix("https://")
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.exists():
                shutil.copyfile(file, place)
        print(f"{name}: {len(listed)} files, {sum(int(row[4]) for row, _ in listed):,} bytes")


if __name__ == "__main__":
    main()
