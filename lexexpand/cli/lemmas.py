"""Lemmas of words of the target language, for the commands that look such words up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lexexpand.language import Language
    from lexexpand.morphology.learned.remembered import RememberedInflector
    from lexexpand.morphology.lemmatize import Lemmatizer
    from lexexpand.resources.fetch import Fetcher


def lemmatizer(
    language: Language,
    fetcher: Fetcher,
    specs: Sequence[str] = (),
    folder: Path | None = None,
    *,
    model: bool = True,
) -> Lemmatizer:
    """By the language's tables, and by the named learned inflector or the language's own, if there is one.

    Raises:
        ConfigError: the inflector is of another language.
        MissingDataError: a table cannot be had.
    """
    from lexexpand.morphology.lemmatize import Lemmatizer
    from lexexpand.morphology.load import load_paradigms

    learned = find_inflector(folder, language) if model else None
    return Lemmatizer(load_paradigms(language, specs=specs, fetcher=fetcher), learned)


def find_inflector(folder: Path | None, language: Language) -> RememberedInflector | None:
    """The named learned inflector or the language's own, with its cache; None where there is neither.

    Raises:
        ConfigError: it is of another language.
    """
    from lexexpand.errors import ConfigError
    from lexexpand.morphology.learned.folder import own_model
    from lexexpand.morphology.learned.remembered import RememberedInflector
    from lexexpand.resources.store import cache_dir

    place = folder or own_model(language)
    if place is None:
        return None
    found = RememberedInflector(place, cache_dir())
    if found.learned.language != str(language):
        raise ConfigError(f"{place}: inflects {found.learned.language}, and {language} was asked for")
    return found
