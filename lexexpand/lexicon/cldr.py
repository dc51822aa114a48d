"""Names of countries, languages, months, days and units in any locale: CLDR, through Babel.

    Faroe Islands  PROPN  Føroyar        October  PROPN  oktober        Faroese  PROPN  føroyskt

Both sides are CLDR's, so that a pair is the same code in two locales: no file and no lexicographer between.
Which tables are read, and with what part of speech, is a row of `data/cldr_names.tsv`. A locale that only
repeats its parent's or the source's own name for most codes is the same as none.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lexexpand.lexicon.rows import Request, Row
from lexexpand.lexicon.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.language import Language


def read_cldr(request: Request) -> Iterator[Row]:
    """Rows of CLDR for the two languages; none where CLDR does not have one of them. The path is not used."""
    source, target = _locale(request.source_language), _locale(request.target)
    if source is None or target is None:
        return
    number = 0
    for row in rows("cldr_names"):
        names, translations = _names(source, row), _names(target, row)
        for code in sorted(names.keys() & translations.keys(), key=str):
            number += 1
            name, translation = names[code], translations[code]
            if name and translation and not _is_code(translation, code):
                yield Row(name, row["upos"], translation, row["note"], number)


def has_locale(language: Language) -> bool:
    """Whether CLDR has the language in this script."""
    return _locale(language) is not None


@cache
def _locale(language: Language) -> Any:
    """Babel's locale of the language in its script, or None."""
    import langcodes
    from babel import Locale, UnknownLocaleError

    short = langcodes.standardize_tag(language.iso)
    for name in (f"{short}_{language.script}", short):
        try:
            locale = Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
        script = locale.script or langcodes.Language.get(short).maximize().script
        if script == language.script:
            return locale
    return None


def _names(locale: Any, row: dict[str, str]) -> dict[object, str]:
    """The names of one table: a path of attributes and keys, then code -> name."""
    found: Any = locale
    try:
        for step in row["path"].split("/"):
            found = (
                getattr(found, step) if hasattr(found, step) and not isinstance(found, dict) else found[step]
            )
    except KeyError:
        return {}
    inner = row["form"]
    return {
        code: name
        for code, value in found.items()
        if isinstance(
            name := value[inner] if inner and isinstance(value, dict) and inner in value else value, str
        )
    }


def _is_code(name: str, code: object) -> bool:
    return name == str(code)
