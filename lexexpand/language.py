"""Which language? `fo`, `fao`, `fao_Latn`, `Faroese` and `føroyskt` all mean `fao_Latn`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Language:
    """A language in a script: ISO 639-3 and ISO 15924, as in `fao_Latn`."""

    iso: str
    script: str

    def __str__(self) -> str:
        return f"{self.iso}_{self.script}"
