"""Reading JSON that somebody else wrote: every field is looked at before it is used.

A manifest with a string where a list should be must end in a sentence that names file and field, not in a
TypeError three modules further on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lexexpand.bundle.folder import AGAIN
from lexexpand.errors import BundleError

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = {str: "text", int: "a whole number", float: "a number", list: "a list", dict: "an object"}


class Fields:
    """An object of JSON with the file it stands in and the path to it, for errors."""

    def __init__(self, values: dict[str, Any], where: Path, path: str = "") -> None:
        self.values, self.where, self.path = values, where, path

    def get(self, name: str, kind: type | tuple[type, ...]) -> Any:
        """The value of a field, of one of these types (`true` is no number).

        Raises:
            BundleError: It is missing or of another type.
        """
        kinds = kind if isinstance(kind, tuple) else (kind,)
        value = self.values.get(name)
        if (name not in self.values and type(None) not in kinds) or not isinstance(value, kinds):
            raise self.wrong(name, " or ".join(_NAMES[each] for each in kinds if each in _NAMES))
        if isinstance(value, bool):
            raise self.wrong(name, " or ".join(_NAMES[each] for each in kinds if each in _NAMES))
        return value

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value: str = self.get(name, str)
        if not value:
            raise self.wrong(name, "text that is not empty")
        return value

    def part(self, name: str) -> Fields:
        """An object inside of this one."""
        return Fields(self.get(name, dict), self.where, f"{self.path}{name}.")

    def maybe(self, name: str) -> Fields | None:
        """An object inside of this one, or None where it is null."""
        return None if self.get(name, (dict, type(None))) is None else self.part(name)

    def parts(self, name: str) -> list[Fields]:
        """The objects of a list."""
        rows = self.get(name, list)
        if not all(isinstance(row, dict) for row in rows):
            raise self.wrong(name, "a list of objects")
        return [Fields(row, self.where, f"{self.path}{name}[{i}].") for i, row in enumerate(rows)]

    def names(self) -> list[str]:
        """The names of the fields, in order."""
        return list(self.values)

    def wrong(self, name: str, expected: str) -> BundleError:
        """The error that says what a field is and what it should be."""
        found = repr(self.values[name])[:60] if name in self.values else "missing"
        return BundleError(f"{self.where}: {self.path}{name} is {found}; expected {expected}. {AGAIN}")
