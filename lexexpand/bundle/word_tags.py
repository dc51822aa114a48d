"""A task's table of words, read as carefully as all else that somebody may have written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lexexpand.bundle.folder import AGAIN
from lexexpand.errors import BundleError, DataError
from lexexpand.model.word_tags import WordTags

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lexexpand.bundle.folder import Folder
    from lexexpand.bundle.manifest import TaskNote


def read_words(folder: Folder, sums: Mapping[str, str], note: TaskNote) -> WordTags:
    """The table of a task that has one.

    Raises:
        BundleError: The file is missing, damaged, or not what the manifest says.
    """
    path = folder.path / str(note.words)
    try:
        tags = WordTags.from_dict(json.loads(folder.text(str(note.words), sums)))
    except (ValueError, TypeError, RecursionError, DataError) as error:
        raise BundleError(f"{path}: {error}. {AGAIN}") from error
    if [head.labels for head in note.heads if head.kind == "token"] != [tags.labels]:
        raise BundleError(f"{path}: for other labels than those of the task in bundle.json. {AGAIN}")
    return tags
