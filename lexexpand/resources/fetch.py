"""Get a listed file, wherever it is: beside its card, in the cache, in a mirror, on the network.

    fetcher = Fetcher(mirror="/data/mirror")
    path = fetcher.path(card, row)         # a local file that is, byte for byte, what the card says

Every file is checked by size and sha256 before it is handed out. A wrong one in the cache is replaced; one
that a person placed (beside the card, in a mirror) is left alone, and the next place is asked. If none has
it, the error says what each of them answered. `offline` forbids the network, mirrors by URL included.
"""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError
from lexexpand.resources import store
from lexexpand.resources.store import cache_dir as cache_dir
from lexexpand.resources.transfer import Patience, download

if TYPE_CHECKING:
    from lexexpand.progress import Progress
    from lexexpand.resources.card import Card, FileRow

log = logging.getLogger(__name__)


@dataclass
class Fetcher:
    """Gets files for cards. `None` takes LEXEXPAND_CACHE, LEXEXPAND_MIRROR, or the system's default.

    Args:
        cache: Folder of fetched files.
        mirror: Folder or URL that has each file at host + path of its URL.
        offline: Never use the network.
        progress: Told the bytes that are fetched.
        patience: Time-outs and tries.
    """

    cache: Path | None = None
    mirror: str | None = None
    offline: bool = False
    progress: Progress | None = None
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        if self.cache is None:
            self.cache = store.cache_dir()
        if self.mirror is None:
            self.mirror = os.environ.get("LEXEXPAND_MIRROR") or None
        folder = self._mirror_folder()
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"{folder}: there is no such mirror (--mirror, LEXEXPAND_MIRROR)")

    def path(self, card: Card, row: FileRow) -> Path:
        """A local file with the content that `row` says; fetched if need be.

        Raises:
            MissingDataError: No place has it (the message lists what each answered).
            IntegrityError: Places have it, and none of them the right content.
            DataError: The row is blocked, or the cache cannot be written.
        """
        _refuse_blocked(card, row)
        found, attempts = self._at_hand(card, row, self._mirror_folder())
        if found is None and not row.url:
            raise store.not_as_listed(card, row, attempts)
        return found if found is not None else self._into_cache(row, attempts)

    def fetch(self, card: Card, row: FileRow) -> Path:
        """As `path`, but what only a mirror has is copied into the cache, to be there without the mirror."""
        _refuse_blocked(card, row)
        found, attempts = self._at_hand(card, row, None)
        return found if found is not None else self._into_cache(row, attempts)

    def has(self, card: Card, row: FileRow) -> bool:
        """Whether the right file is at hand: beside the card, in the cache, or in a mirror folder."""
        return row.blocked is None and self._at_hand(card, row, self._mirror_folder())[0] is not None

    def in_cache(self, card: Card, row: FileRow) -> bool:
        """Whether the right file is beside the card or in the cache: where `fetch` has nothing to do."""
        return row.blocked is None and self._at_hand(card, row, None)[0] is not None

    def cached_path(self, row: FileRow) -> Path:
        """Where the row's file is, or would be, in the cache."""
        assert self.cache is not None
        return self.cache / "files" / store.url_path(row.url)

    def _at_hand(self, card: Card, row: FileRow, mirror: Path | None) -> tuple[Path | None, list[DataError]]:
        """The right file in the first local place that has it, and what was wrong in the others."""
        attempts: list[DataError] = []
        places = [card.folder / row.path]
        if row.url:
            places.append(self.cached_path(row))
            if mirror is not None:
                places.append(mirror / store.url_path(row.url))
        for place in places:
            try:
                store.verify(place, row)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except IntegrityError as error:
                attempts.append(error)
            except OSError as error:
                attempts.append(DataError(f"{place}: {error.strerror}"))
            else:
                return place, attempts
        return None, attempts

    def _into_cache(self, row: FileRow, attempts: list[DataError]) -> Path:
        """Copy or download the file into the cache, under its lock."""
        if not row.url:
            raise store.missing(
                row, attempts or [MissingDataError("it is not beside its card and has no URL")]
            )
        sources = self._sources(row, attempts)
        if not sources:
            raise store.missing(row, attempts)
        assert self.cache is not None
        target = self.cached_path(row)
        with store.locked(self.cache, row):
            if self._is_right(target, row):  # another process has fetched it meanwhile
                return target
            for source in sources:
                try:
                    self._copy(source, target, row)
                except (MissingDataError, IntegrityError) as error:
                    attempts.append(error)
                else:
                    return target
        raise store.missing(row, attempts)

    def _sources(self, row: FileRow, attempts: list[DataError]) -> list[str | Path]:
        """Where to copy from, in order; what is out of the question goes to `attempts`."""
        sources: list[str | Path] = []
        folder = self._mirror_folder()
        if folder is not None:
            place = folder / store.url_path(row.url)
            if place.is_file():
                sources.append(place)
            else:
                attempts.append(MissingDataError(f"{place}: not in the mirror"))
        elif self.mirror:
            host_and_path = row.url.split("://", 1)[1]
            sources.append(f"{self.mirror.rstrip('/')}/{host_and_path}")
        sources.append(row.url)
        if self.offline and any(isinstance(source, str) for source in sources):
            attempts.append(
                MissingDataError(f"not in {self.cache}, and --offline forbids fetching {row.url}")
            )
            sources = [source for source in sources if isinstance(source, Path)]
        return sources

    def _copy(self, source: str | Path, target: Path, row: FileRow) -> None:
        with store.new_file(target, row) as file:
            if isinstance(source, str):
                download(source, file, row, self.patience, self.progress)
                return
            store.verify(source, row)
            with source.open("rb") as original:
                shutil.copyfileobj(original, file)
            if self.progress is not None:
                self.progress.update(row.size)

    def _is_right(self, target: Path, row: FileRow) -> bool:
        try:
            store.verify(target, row)
        except IntegrityError as error:
            log.warning("%s; fetching it anew", error)
            return False
        except OSError:
            return False
        return True

    def _mirror_folder(self) -> Path | None:
        """The mirror, where it is a folder (`/data/mirror`, `file:///data/mirror`)."""
        if not self.mirror:
            return None
        parts = urlsplit(self.mirror)
        if parts.scheme in {"http", "https"}:
            return None
        return Path(url2pathname(parts.path)) if parts.scheme == "file" else Path(self.mirror).expanduser()


def _refuse_blocked(card: Card, row: FileRow) -> None:
    if row.blocked is not None:
        raise DataError(f"{card.id}: {row.path} is blocked: {row.blocked}")
