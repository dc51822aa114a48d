"""One language to be made of one analysed source: what a process must know to take part.

A `Recipe` is small and says what to load; a `Job` is loaded. Every process loads the same job from the same
recipe, and so makes the same rows; none hands tables to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from lexexpand.errors import ConfigError, DataError
from lexexpand.lexicon.load import load_lexicon
from lexexpand.morphology.inflect import Inflector
from lexexpand.morphology.learned.remembered import RememberedInflector
from lexexpand.morphology.load import load_paradigms
from lexexpand.morphology.related import BorrowedCells
from lexexpand.morphology.transfer import (
    load_adverbials,
    load_expansions,
    load_own_transfer,
    load_particles,
    load_transfer,
    unsaid,
)
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.licence import allowed
from lexexpand.synthesis.assemble import Assembler
from lexexpand.synthesis.compile import compile_table
from lexexpand.synthesis.transform import Transformer
from lexexpand.text.analysis import Analysis
from lexexpand.text.tokenizer import tokenizer_for

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from lexexpand.language import Language
    from lexexpand.lexicon.lexicon import Lexicon
    from lexexpand.morphology.paradigms import Paradigms
    from lexexpand.morphology.transfer import TransferRow
    from lexexpand.synthesis.config import SynthConfig


@dataclass(frozen=True, slots=True)
class Recipe:
    """What one corpus is made of.

    Attributes:
        analysis: folder of the analysed source.
        language: the target.
        config: every knob.
        lexicons: packs or paths; empty for the packs that have the language.
        paradigms: likewise.
        inflector_model: folder of a learned inflector.
        inflector_named: whether somebody named it; else it is left alone where it cannot be used.
        inflector_digest: its digest when the work began.
        allow, deny: patterns of licences.
        cache, mirror, offline: where files come from.
    """

    analysis: Path
    language: Language
    config: SynthConfig
    lexicons: tuple[str, ...] = ()
    paradigms: tuple[str, ...] = ()
    inflector_model: Path | None = None
    inflector_named: bool = True
    inflector_digest: str | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    cache: Path | None = None
    mirror: str | None = None
    offline: bool = False


class Job:
    """A recipe, loaded. Its parts are loaded when they are first used."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    @cached_property
    def fetcher(self) -> Fetcher:
        """Gets the packs' files."""
        return Fetcher(cache=self.recipe.cache, mirror=self.recipe.mirror, offline=self.recipe.offline)

    @cached_property
    def analysis(self) -> Analysis:
        """The source."""
        return Analysis.open(self.recipe.analysis)

    @cached_property
    def lexicon(self) -> Lexicon:
        """The entries to translate with.

        Raises:
            DataError: there is not one entry.
        """
        recipe = self.recipe
        lexicon = load_lexicon(
            recipe.language,
            source_language=self.analysis.language,
            specs=recipe.lexicons,
            fetcher=self.fetcher,
            allow=recipe.allow,
            deny=recipe.deny,
        )
        if not len(lexicon):
            named = f" ({', '.join(recipe.lexicons)})" if recipe.lexicons else ""
            raise DataError(
                f"the lexicon of {recipe.language}{named} has no entries: nothing can be translated. "
                "Fill in translations; `lexexpand lexicon stats` says what was dropped and why."
            )
        return lexicon

    @cached_property
    def paradigms(self) -> Paradigms | None:
        """The paradigms to inflect with, None where there are none."""
        recipe = self.recipe
        if recipe.config.inflector == "none":
            return None
        own = self._load_paradigms(recipe.language, recipe.paradigms)
        relative = recipe.config.relative
        if own is not None or relative is None or recipe.config.inflector != "auto":
            return own
        if recipe.inflector_model is None:
            raise ConfigError(
                f"related={relative}: name its inflector with --inflector-model DIR, or `own` for what "
                f"`lexexpand morphology train --lang {relative}` has kept"
            )
        related = self._load_paradigms(relative, ())
        return None if related is None else BorrowedCells(related, recipe.language)

    def _load_paradigms(self, language: Language, specs: tuple[str, ...]) -> Paradigms | None:
        recipe = self.recipe
        return load_paradigms(
            language, specs=specs, fetcher=self.fetcher, allow=recipe.allow, deny=recipe.deny
        )

    @cached_property
    def learned(self) -> RememberedInflector | None:
        """What inflects words that the paradigms do not have, None without.

        One that nobody named is left alone where there are no paradigms to say which cells there are, or
        where it was learned from tables whose licence is not allowed.

        Raises:
            ConfigError: the model is of another language, of a licence that is not allowed, or was trained
                anew while the corpus was made; there are no paradigms to say which cells there are.
        """
        recipe = self.recipe
        if recipe.inflector_model is None or recipe.config.inflector != "auto":
            return None
        if not recipe.inflector_named and self.paradigms is None:
            return None
        found = RememberedInflector(recipe.inflector_model, self.fetcher.cache, recipe.config.gate)
        told, place = found.learned, recipe.inflector_model
        relative = recipe.config.relative
        if told.language not in (str(recipe.language), str(relative)):
            raise ConfigError(
                f"{place}: inflects {told.language}, and {recipe.language} was asked for. If the two are so "
                f"closely related that one's endings will do for the other: --set related={told.language}"
            )
        refused = [one for one in told.licences if not allowed(one, recipe.allow, recipe.deny)]
        if refused and not recipe.inflector_named:
            return None
        if refused:
            raise ConfigError(
                f"{place}: was learned from tables under {', '.join(refused)}, which is not allowed"
            )
        if recipe.inflector_digest not in (None, told.digest):
            raise ConfigError(
                f"{place}: was trained anew while the corpus was made; begin again with --force"
            )
        if told.language != str(recipe.language) and not isinstance(self.paradigms, BorrowedCells | None):
            if not recipe.inflector_named:
                return None
            raise ConfigError(
                f"{place}: inflects {told.language}; {recipe.language} has tables of its own, from which "
                f"`lexexpand morphology train --lang {recipe.language}` learns"
            )
        if self.paradigms is None:
            of = f"{recipe.language}{'' if relative is None else f', and none of {relative}'}"
            raise ConfigError(f"{place}: there are no paradigms of {of}: --paradigms names a table")
        return found

    @cached_property
    def transfer(self) -> tuple[TransferRow, ...]:
        """What forms say already, the first row of a word first.

        Rows of the paradigms' packs go before those of the rules; what the lexicon has no word for is mute.
        """
        recipe = self.recipe
        if not recipe.config.transfer:
            return ()
        own = load_own_transfer(
            recipe.language, recipe.paradigms, self.fetcher, allow=recipe.allow, deny=recipe.deny
        )
        rules = load_transfer(recipe.language, source=self.analysis.language)
        return unsaid((*own, *rules), self.lexicon.absent)

    @cached_property
    def transformer(self) -> Transformer:
        """The compiled table, ready for blocks."""
        recipe, analysis = self.recipe, self.analysis
        compiled = compile_table(
            analysis.types,
            self.lexicon.entries,
            recipe.language,
            Inflector(self.paradigms, mode=recipe.config.inflector, learned=self.learned),
            recipe.config,
            tokenizer_for(analysis.language).cut,
            load_expansions(analysis.language),
        )
        return Transformer(
            compiled,
            gaps=analysis.gaps,
            doc_keys=_doc_keys(analysis.docs),
            particles=load_particles(analysis.language),
            adverbials=load_adverbials(analysis.language),
            transfer=self.transfer,
        )

    @cached_property
    def assembler(self) -> Assembler:
        """Makes tables."""
        return Assembler(self.analysis, self.transformer, str(self.recipe.language))


def _doc_keys(docs: list[str]) -> NDArray[np.uint64]:
    """(documents + 1,): a hash of each document's name, and one for no document."""
    return np.array([crc32(name.encode()) for name in [*docs, ""]], np.uint64)
