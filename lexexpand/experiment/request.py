"""What `lexexpand adapt` is asked for, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.adaptation.config import AdaptConfig
from lexexpand.language import Language, default_source
from lexexpand.model.base import EMBEDDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.adaptation.run import TrainRecord


@dataclass(frozen=True)
class AdaptRequest:
    """All that a bundle is made from.

    Attributes:
        languages: the first names the bundle; with several, one adapter and one set of tasks serves all.
        tasks: `NAME[:KIND]=FILE`, as `parse_task` reads it. Further files of a name are gold of other source
            languages: they share the batches that are gold, and are not translated.
        corpora: folders of corpora to use instead of making some.
        sources: source text for the language adapter: files, or PACK/FILE; empty for the starter's sentences.
        texts: real text of the language, for the masked-token objective.
        source_language: of sources and gold data.
        base, base_file: the base model.
        config: the training's settings.
        settings: of synthesis, `key=value`.
        synth: whether corpora are made; None: for the language adapter, and for tasks as `RECIPES` has it.
        adapter: whether a language adapter is trained; None: where there is no task, or text for it. Beside
            the dictionary it was worth -0.4 points to taggers, in twice the time (experiments/win).
        dictionary: whether lexicon and paradigms have a say at prediction, as `RECIPES` has it.
        halfway: whether a task ends half way between two trainings; None: as `RECIPES` has it.
        lexicons, paradigms, allow, deny: as for synthesis.
        offline, mirror: where files come from.
        device: None takes a GPU where there is one.
    """

    languages: tuple[Language, ...]
    tasks: tuple[str, ...] = ()
    corpora: tuple[Path, ...] = ()
    sources: tuple[str, ...] = ()
    texts: tuple[Path, ...] = ()
    source_language: Language | None = None
    base: str = EMBEDDED
    base_file: Path | None = None
    config: AdaptConfig = field(default_factory=AdaptConfig)
    settings: tuple[str, ...] = ()
    synth: bool | None = None
    adapter: bool | None = None
    dictionary: bool = True
    halfway: bool | None = None
    lexicons: tuple[str, ...] = ()
    paradigms: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    offline: bool = False
    mirror: str | None = None
    device: str | None = None

    @property
    def trains_language(self) -> bool:
        """Whether there will be a language adapter."""
        if self.config.objective == "none":
            return False
        return bool(not self.tasks or self.sources or self.texts) if self.adapter is None else self.adapter

    @property
    def source(self) -> Language:
        """Language of sources and gold data."""
        return self.source_language or default_source()


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came out: the bundle's folder, the trainings' records by name, and what to say."""

    folder: Path
    records: dict[str, TrainRecord]
    warnings: tuple[str, ...]
    is_new: bool = True


def default_place(languages: Sequence[Language]) -> Path:
    """`bundles/fao_Latn`; of several languages joined by `+`."""
    return Path("bundles") / "+".join(map(str, languages))
