"""Names of countries, languages, months, days and units in any locale: CLDR, through Babel.

    Faroe Islands  PROPN  Føroyar        October  PROPN  oktober        kilometer  NOUN  kilometur

Both sides are CLDR's, so that a pair is the same code in two locales: no file and no lexicographer between.
Which tables are read, with what part of speech, and which codes are left out, is a row of
`data/cldr_names.tsv`; other names of the source that CLDR has and Babel leaves out (`Ivory Coast`) are rows
of `data/cldr_alternates.tsv`. What a locale only inherits from CLDR's root says nothing in its language and
is the same as nothing. A unit is what stands beside the number 1: `{0} kilometur`.
"""

from __future__ import annotations

import copy
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

from lexexpand.lexicon.rows import Request, Row
from lexexpand.lexicon.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lexexpand.language import Language

_ROOT = "root"
_WORLD = "001"
"""The territory of a language's worldwide spelling, in CLDR: `kilometre` beside `kilometer`."""


def read_cldr(request: Request) -> Iterator[Row]:
    """Rows of CLDR for the two languages; none where CLDR does not have one of them. The path is not used."""
    source, target = _locale(request.source_language), _locale(request.target)
    if source is None or target is None:
        return
    number = 0
    for row in rows("cldr_names"):
        skipped = row["skip"].split()
        names, translations = _all_names(source, request.source_language, row), _names(str(target), row)
        for code in sorted(names.keys() & translations.keys(), key=str):
            number += 1
            if any(fnmatchcase(str(code), pattern) for pattern in skipped):
                continue
            for name in names[code]:
                yield Row(name, row["upos"], translations[code], row["note"], number, float(row["weight"]))


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


def _all_names(locale: Any, language: Language, row: dict[str, str]) -> dict[object, tuple[str, ...]]:
    """The names of one table with their other spellings, each once, the locale's own first."""
    world = f"{locale.language}_{_WORLD}"
    own = _names(str(locale), row)
    taken = set(own.values())
    tables: list[Mapping[object, str]] = [own]
    if _exists(world):
        tables.append({code: name for code, name in _names(world, row).items() if name not in taken})
    for other in rows("cldr_alternates"):
        if other["language"] == language.iso and other["path"] == row["path"]:
            tables.append({other["code"]: other["name"]})
    found: dict[object, tuple[str, ...]] = {}
    for table in tables:
        for code, name in table.items():
            before = found.get(code, ())
            found[code] = before if name in before else (*before, name)
    return found


def _names(locale: str, row: dict[str, str]) -> dict[object, str]:
    """The names of one table in one locale, without what it only inherits from the root."""
    inherited = _table(_ROOT, row)
    return {
        code: name
        for code, name in _table(locale, row).items()
        if name and name != str(code) and inherited.get(code) != name
    }


def _table(locale: str, row: dict[str, str]) -> dict[object, str]:
    """Code -> name, by a path of keys; of units, the word in the pattern."""
    data = _data(locale)
    found: Any = data
    for step in row["path"].split("/"):
        if step not in found:
            return {}
        found = found[step]
    if row["form"] == "pattern":
        names = data.get("unit_display_names", {})
        return {code: _unit(found[code], names.get(code, {}), data) for code in found}
    return {code: found[code] for code in found if isinstance(found[code], str)}


def _unit(patterns: Mapping[str, Any], names: Mapping[str, str], data: Mapping[str, Any]) -> str:
    """The word that stands after the number 1; nothing where there is none, or not as a dictionary has it.

    Where a noun changes at its beginning after the number (`1 chilemeatair`, of `cilemeatair`), its other
    forms or the unit's name begin otherwise.
    """
    forms = patterns.get("long", {})
    category = "one" if "one" in data["plural_form"].tags else "other"
    words = [_beside_number(forms[key]) for key in ("one", "other") if key in forms]
    word = _beside_number(forms.get(category, ""))
    beginnings = {other[:2] for other in (*words, names.get("long", word))}
    return word if beginnings == {word[:2]} and "{" not in word else ""


def _beside_number(pattern: str) -> str:
    """`kilometer` of `{0} kilometer`; nothing of `Beaufort {0}`."""
    number, _, word = " ".join(pattern.split()).partition(" ")
    return word if number == "{0}" else ""


@cache
def _data(locale: str) -> Any:
    """What CLDR has in a locale, as a copy.

    Babel writes what it finds for one locale into the root's data, where all other locales then find it
    (python-babel/babel, issue 1234).
    """
    from babel import localedata

    data: Any = localedata.load(locale)
    return localedata.LocaleDataDict(copy.deepcopy(data))


def _exists(locale: str) -> bool:
    from babel import localedata

    return bool(localedata.exists(locale))
