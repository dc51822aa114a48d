"""Which reader is for this file? A table of formats, and a look at the file where nobody says.

| reader | what |
|---|---|
| `tsv` `csv` | `tabular.read_table`: two to five columns, with a header or without |
| `starter` | the same, always with a header |
| `gatitos` | `tabular.read_gatitos`: two columns, 4,000 common words |
| `giellalt` | `giellalt.read_giellalt`: XML |
| `cldr` | `cldr.read_cldr`: through Babel, no file |

A reader takes nothing off and mends nothing: what a cell means is for `cleaning` to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, FormatError, Where
from lexexpand.lexicon.cldr import read_cldr
from lexexpand.lexicon.giellalt import read_giellalt
from lexexpand.lexicon.rows import Request, Row
from lexexpand.lexicon.tabular import read_gatitos, read_table

if TYPE_CHECKING:
    from pathlib import Path

Reader = Callable[[Request], Iterator[Row]]

READERS: dict[str, Reader] = {
    "tsv": read_table,
    "csv": read_table,
    "starter": read_table,
    "gatitos": read_gatitos,
    "giellalt": read_giellalt,
    "cldr": read_cldr,
}

_SUFFIXES = {".tsv": "tsv", ".tab": "tsv", ".txt": "tsv", ".csv": "csv", ".xml": "giellalt"}


def get_reader(name: str) -> Reader:
    """The reader of that name.

    Raises:
        ConfigError: There is none; names the near ones.
    """
    if name in READERS:
        return READERS[name]
    near = get_close_matches(name, READERS, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(READERS)}."
    raise ConfigError(f"there is no lexicon reader {name!r}. {hint}")


def sniff(path: Path) -> str:
    """The reader of a file by its suffix, else by how it begins.

    Raises:
        FormatError: It is a format that is not read yet.
    """
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    with path.open("rb") as file:
        start = file.read(512).lstrip()
    if start.startswith(b"<"):
        return "giellalt"
    if b"\t" in start:
        return "tsv"
    raise FormatError(Where(path), "a dictionary is read as TSV (.tsv), CSV (.csv) or GiellaLT XML (.xml)")
