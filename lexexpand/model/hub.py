"""A base model from the Hugging Face hub: a snapshot of its safetensors, at a revision.

The hub's own cache keeps it, so that other programs share it. Only what an encoder needs is fetched: no
pickled weights, no second copy in another format. Without a network, what the cache has is used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, DataError, MissingDataError
from lexexpand.model.digest import (
    CONFIG,
    EXTRAS,
    TOKENIZER,
    TOKENIZER_CONFIG,
    VOCABULARIES,
    WEIGHTS,
    WEIGHTS_INDEX,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_FILES = [
    CONFIG,
    TOKENIZER,
    TOKENIZER_CONFIG,
    *VOCABULARIES,
    *EXTRAS,
    WEIGHTS,
    WEIGHTS_INDEX,
    "model-*-of-*.safetensors",
]
_ID = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def parse_hub_id(spec: str) -> tuple[str, str | None] | None:
    """Name and revision of `OWNER/NAME@REVISION`, or None where `spec` cannot be a hub id.

    >>> parse_hub_id("google-bert/bert-base-cased@main")
    ('google-bert/bert-base-cased', 'main')
    >>> parse_hub_id("../models/mine") is None
    True
    """
    name, at, revision = spec.partition("@")
    if not _ID.fullmatch(name) or name.startswith((".", "-")) or ".." in name or (at and not revision):
        return None
    return name, revision or None


def hub_folder(name: str, revision: str | None, *, offline: bool = False) -> tuple[Path, str | None]:
    """The snapshot of a hub's model on this disk, and its commit.

    Raises:
        ConfigError: The hub has no such model or revision, or does not show it to you.
        MissingDataError: The model is not here, and the hub is out of reach.
        DataError: The disk is full, or cannot be written.
    """
    from huggingface_hub import snapshot_download

    def get(local: bool) -> str:
        return str(snapshot_download(name, revision=revision, allow_patterns=_FILES, local_files_only=local))

    folder = Path(_asked(get, name, revision, offline))
    return folder, folder.name if _COMMIT.fullmatch(folder.name) else revision


def _asked(get: Callable[[bool], str], name: str, revision: str | None, offline: bool) -> str:
    """What the hub's library returns, its errors as ours."""
    from huggingface_hub import errors

    network = getattr(errors, "HTTPError", ConnectionError)  # of the client that the hub's library uses
    at = f"{name} at revision {revision}" if revision else name
    try:
        return get(offline)
    except errors.GatedRepoError as error:
        raise ConfigError(
            f"{at}: the hub shows it only to those who have accepted its terms and logged in"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ConfigError(
            f"{at}: the hub has no such model, or it is private and you are not logged in"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise ConfigError(f"{name}: the hub has no revision {revision!r} of it") from error
    except (errors.HFValidationError, errors.HfHubHTTPError) as error:
        raise MissingDataError(f"{at}: the hub answers: {str(error).splitlines()[0]}") from error
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled, network) as error:
        why = "--offline forbids to fetch it" if offline else "the hub is out of reach"
        raise MissingDataError(
            f"{at}: not whole in the hub's cache on this machine, and {why}; "
            "name a folder that has it, or take --base embedded"
        ) from error
    except OSError as error:
        raise DataError(f"{at}: the hub's cache cannot be written: {error.strerror or error}") from error
