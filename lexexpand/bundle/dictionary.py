"""What a task's bundle has of a dictionary, read as carefully as all else that somebody may have written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.folder import AGAIN
from lexexpand.errors import BundleError, DataError
from lexexpand.model.glosses import Glosses
from lexexpand.model.word_tags import WordTags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lexexpand.bundle.folder import Folder
    from lexexpand.bundle.manifest import TaskNote


def read_words(folder: Folder, sums: Mapping[str, str], note: TaskNote) -> WordTags:
    """The parts of speech of words, of a task that has such a file.

    Raises:
        BundleError: The file is missing, damaged, or not what the manifest says.
    """
    tags: WordTags = _read(folder, sums, str(note.words), WordTags.from_dict)
    if [head.labels for head in note.heads if head.kind == "token"] != [tags.labels]:
        path = folder.path / str(note.words)
        raise BundleError(f"{path}: for other labels than those of the task in bundle.json. {AGAIN}")
    return tags


def read_glosses(folder: Folder, sums: Mapping[str, str], note: TaskNote) -> Glosses:
    """The glosses of a task that has such a file.

    Raises:
        BundleError: The file is missing or damaged.
    """
    glosses: Glosses = _read(folder, sums, str(note.glosses), Glosses.from_dict)
    return glosses


def _read(folder: Folder, sums: Mapping[str, str], name: str, make: Callable[[Any], Any]) -> Any:
    try:
        told = json.loads(folder.text(name, sums))
        if not isinstance(told, dict):
            raise DataError("not an object of JSON")
        return make(told)
    except (ValueError, RecursionError, DataError) as error:
        raise BundleError(f"{folder.path / name}: {error}. {AGAIN}") from error
