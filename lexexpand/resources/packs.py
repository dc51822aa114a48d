"""Where are the packs? In four places, and the nearest to the user wins.

    --pack-dir DIR         named for this one run
    LEXEXPAND_PACKS        folders, joined as in PATH
    the user's folder      what `lexicon add` and `morphology add` have written
    shipped                `lexexpand/_packs` of a wheel, else the data folders of a checkout

The last line is one function because of a trap: an editable install copies the packs into site-packages, but
the package itself is then the checkout's, so `_packs` must be asked for first and the sibling folders second.
A place is a pack itself, or holds packs one or two folders deep (`lexicons/gatitos/`).
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.resources.card import Card, load_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lexexpand.language import Language
    from lexexpand.resources.card import FileRow

Pack = Card  # a pack is its card, which knows its folder

_PACKAGE = Path(__file__).parents[1]
_SHIPPED = ("lexicons", "morphology", "experiments/data")


def find_packs(kind: str | None = None, *, pack_dirs: Sequence[Path] = ()) -> tuple[Card, ...]:
    """All packs, nearest place first and by id within a place; of one id and kind the nearest alone.

    Args:
        kind: Only packs of this kind (`lexicon`, `paradigms`, `text`, `labelled`, `rules`).
        pack_dirs: More places to look, before all others.
    """
    found: dict[tuple[str, str], Card] = {}
    for folder in _pack_folders(pack_dirs):
        card = load_card(folder)
        if kind is None or card.kind == kind:
            found.setdefault((card.kind, card.id), card)
    return tuple(found.values())


def get_pack(name: str, kind: str | None = None, *, pack_dirs: Sequence[Path] = ()) -> Card:
    """The pack of an id (`gatitos`), of folder and id (`lexicons/gatitos`), or of a pack's own folder.

    Raises:
        ConfigError: There is none (with suggestions), or several kinds have one.
    """
    here = pack_at(Path(name), kind)
    if here is not None:
        return here
    packs = find_packs(kind, pack_dirs=pack_dirs)
    found = [card for card in packs if name in {card.id, f"{card.folder.parent.name}/{card.id}"}]
    if len(found) == 1:
        return found[0]
    if found:
        choices = " or ".join(f"{card.folder.parent.name}/{card.id}" for card in found)
        raise ConfigError(f"{name!r} is the name of several packs: say {choices}")
    near = get_close_matches(name, [card.id for card in packs], n=3)
    hint = f"Did you mean {' or '.join(near)}?" if near else "`lexexpand pack list` names them all."
    raise ConfigError(f"there is no pack {name!r}{f' of kind {kind}' if kind else ''}. {hint}")


def pack_at(path: Path, kind: str | None = None) -> Card | None:
    """The pack that a folder is, or the one pack of this kind inside it (what `lexexpand init` writes).

    Raises:
        ConfigError: Several packs of the kind are inside.
    """
    if (path / "pack.toml").is_file():
        return load_card(path)
    if kind is None or not path.is_dir():
        return None
    found = [card for card in map(load_card, _inside(path)) if card.kind == kind]
    if len(found) > 1:
        raise ConfigError(f"{path}: several packs in it: name {' or '.join(str(c.folder) for c in found)}")
    return found[0] if found else None


def named_packs(kind: str, specs: Sequence[str], *, pack_dirs: Sequence[Path] = ()) -> tuple[Card, ...]:
    """The packs among `specs` (ids, folders, `pack:file`), in their order; without specs the default packs.

    Files and folders that are no packs are passed over; so is a name that no pack has.
    """
    if not specs:
        return tuple(card for card in find_packs(kind, pack_dirs=pack_dirs) if card.default)
    found: dict[Path, Card] = {}
    for spec in specs:
        here = pack_at(Path(spec), kind)
        if here is None and not Path(spec).exists():
            name = spec.partition(":")[0]
            packs = find_packs(kind, pack_dirs=pack_dirs)
            here = next((c for c in packs if name in {c.id, f"{c.folder.parent.name}/{c.id}"}), None)
        if here is not None and here.kind == kind:
            found.setdefault(here.folder, here)
    return tuple(found.values())


def packs_in(place: Path) -> tuple[Path, ...]:
    """The folders of the packs in a place: the place itself, or those one or two folders deep."""
    return tuple(_inside(place))


def pack_file(name: str, *, pack_dirs: Sequence[Path] = ()) -> tuple[Card, FileRow] | None:
    """Card and row of `PACK/FILE` (`starter/assistant.eng.conll`).

    None where no pack has it, and for a file of the user's own, which comes first.
    """
    if Path(name).exists():
        return None
    pack, _, path = name.partition("/")
    for card in find_packs(pack_dirs=pack_dirs):
        if card.id == pack:
            for row in card.files:
                if row.path == path:
                    return card, row
    return None


def known_languages(kind: str | None = None, *, pack_dirs: Sequence[Path] = ()) -> frozenset[Language]:
    """The languages that some pack has: what `parse_language` needs to choose a script."""
    return frozenset(
        language for card in find_packs(kind, pack_dirs=pack_dirs) for language in card.languages
    )


def blocked_reasons(kind: str, language: Language, pack_dirs: Sequence[Path] = ()) -> tuple[str, ...]:
    """Why files of `language` in packs of this kind must not be used: for an error to quote."""
    packs = find_packs(kind, pack_dirs=pack_dirs)
    return tuple(reason for card in packs for reason in card.reasons(language))


def user_data_dir() -> Path:
    """The folder of the user's own data: LEXEXPAND_DATA_HOME, else the system's place for it."""
    named = os.environ.get("LEXEXPAND_DATA_HOME")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("lexexpand", appauthor=False))


def user_pack_dir() -> Path:
    """Where the packs are that `lexicon add` and `morphology add` write. It may not exist yet."""
    return user_data_dir() / "packs"


def shipped_dirs() -> tuple[Path, ...]:
    """The places of the packs that came with lexexpand: of a wheel, or of a checkout."""
    installed = _PACKAGE / "_packs"
    root = installed if installed.is_dir() else _PACKAGE.parent
    return tuple(folder for folder in (root / name for name in _SHIPPED) if folder.is_dir())


def _pack_folders(pack_dirs: Sequence[Path]) -> Iterator[Path]:
    named = [*pack_dirs, *_environment()]
    for folder in named:
        if not folder.is_dir():
            raise MissingDataError(
                f"{folder}: there is no such folder of packs (--pack-dir, LEXEXPAND_PACKS)"
            )
    for place in (*named, user_pack_dir(), *shipped_dirs()):
        yield from _inside(place)


def _environment() -> Iterable[Path]:
    return [Path(part) for part in os.environ.get("LEXEXPAND_PACKS", "").split(os.pathsep) if part]


def _inside(place: Path) -> Iterator[Path]:
    """The pack folders in a place, sorted; hidden folders (half-written packs) are passed over."""
    if (place / "pack.toml").is_file():
        yield place
        return
    for depth in ("*/pack.toml", "*/*/pack.toml"):
        for card in sorted(place.glob(depth)):
            if not any(part.startswith(".") for part in card.relative_to(place).parts):
                yield card.parent
