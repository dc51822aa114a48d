"""Which language? `fo`, `fao`, `fao_Latn`, `Faroese` and `føroyskt` all mean `fao_Latn`.

People name languages by two-letter tags, three-letter tags, English names and their own names; data name
them by tags of different standards. Inside lexexpand a language is one thing: an ISO 639-3 code and an
ISO 15924 script, because a lexicon in Cyrillic is of no use to a text in Latin. This is the one place where
names become languages:

    >>> str(parse_language("føroyskt"))
    'fao_Latn'
    >>> parse_language("fao_Latn").script
    'Latn'

The names are those of CLDR and the IANA registry, by way of langcodes. What they do not say (that a
benchmark's `quy` is GATITOS's `que`) is a row of `data/languages.tsv`.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_DATA = Path(__file__).parent / "data"
_TAG = re.compile(r"([a-z]{3})_([A-Z][a-z]{3})")
_LONGEST_NAME = 80
_SCRIPTS = ("Latn", "Cyrl", "Arab", "Deva", "Ethi")
"""Scripts to name where nothing is known of a language's."""
_LOOSE_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?((?:[-_][A-Za-z0-9]{2,8})*)")


@dataclass(frozen=True, slots=True, order=True)
class Language:
    """A language in a script: ISO 639-3 and ISO 15924, as in `fao_Latn`."""

    iso: str
    script: str

    def __str__(self) -> str:
        return f"{self.iso}_{self.script}"


@cache
def from_tag(tag: str) -> Language:
    """The language of a full tag such as `fao_Latn`, by its shape alone: for files, where tags are exact.

    Raises:
        ConfigError: `tag` is not three small letters, `_`, and a script.
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        raise ConfigError(
            f"{tag!r} is not a full language tag: it must be ISO 639-3, `_` and ISO 15924, "
            f"such as {default_source()}"
        )
    return Language(*match.groups())


def parse_language(text: str, known: Collection[Language] = ()) -> Language:
    """The language that a person means by a tag or a name.

    Args:
        text: A tag (`fo`, `fao`, `fao_Latn`, `fo-Latn`) or a name in any language (`Faroese`, `føroyskt`).
        known: The languages that there are data for. They decide the script where `text` does not.

    Raises:
        ConfigError: Nothing of that name (with suggestions), or several scripts to choose from (with a list).
    """
    wanted = text.strip()
    code, script = _code_and_script(wanted)
    if code is None:
        shown = repr(text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}...")
        raise ConfigError(f"no language is called {shown}.{_suggestions(wanted[:_LONGEST_NAME], known)}")
    if script is not None:
        return Language(code, script)
    return Language(code, _script_of(code, text, known))


def parse_languages(text: str, known: Collection[Language] = ()) -> tuple[Language, ...]:
    """As `parse_language`, but where there are data in several scripts: all of them."""
    wanted = text.strip()
    code, script = _code_and_script(wanted)
    if code is not None and script is None:
        scripts = sorted({language.script for language in known if language.iso == code})
        if scripts:
            return tuple(Language(code, each) for each in scripts)
    return (parse_language(text, known),)


def related(language: Language) -> tuple[Language, ...]:
    """The languages, in the same script, whose data serve for `language` too: group code and usual member."""
    return tuple(Language(code, language.script) for code in _relatives().get(language.iso, ()))


def is_registered(language: Language) -> bool:
    """Whether code and script are those of the registry (ISO 639-3, ISO 15924), or for private use."""
    private = "qaa" <= language.iso <= "qtz"
    return (private or _iso3(language.iso) == language.iso) and _is_script(language.script)


def display_name(language: Language) -> str:
    """The English name, as in `Faroese`; the code itself where nobody has named it."""
    import langcodes

    name: str = langcodes.Language.get(language.iso).display_name()
    return language.iso if name.startswith("Unknown language") else name


@cache
def default_source() -> Language:
    """The language that lexicons translate from where nothing else is said (`data/defaults.toml`)."""
    with (_DATA / "defaults.toml").open("rb") as file:
        tag: str = tomllib.load(file)["source_language"]
    return from_tag(tag)


def _code_and_script(text: str) -> tuple[str | None, str | None]:
    """The ISO 639-3 code and, where given, the script; (None, None) where the text names no language."""
    match = _LOOSE_TAG.fullmatch(text)
    if match is not None:
        code = _iso3(match[1].lower())
        script = match[2].title() if match[2] else None
        if code is not None and script is not None and not _is_script(script):
            raise ConfigError(f"{text!r}: there is no script {script} in ISO 15924")
        if code is not None:
            return code, script
    code = _code_of_name(text)
    return code, None


def _iso3(code: str) -> str | None:
    """The ISO 639-3 code of a two- or three-letter code, or None where the registry has none."""
    import langcodes
    from langcodes.data_dicts import LANGUAGE_ALPHA3

    if code in LANGUAGE_ALPHA3:
        three: str = LANGUAGE_ALPHA3[code]
        return three
    if code in {"und", "mul", "zxx", "mis"}:  # codes for "no one language"
        return None
    if len(code) == 3 and (code in _two_letter_codes() or langcodes.tag_is_valid(code)):
        return code
    return None


@cache
def _two_letter_codes() -> dict[str, str]:
    """ISO 639-3 -> ISO 639-1, for the languages that have both."""
    from langcodes.data_dicts import LANGUAGE_ALPHA3

    return {three: two for two, three in LANGUAGE_ALPHA3.items()}


def _is_script(script: str) -> bool:
    from langcodes.data_dicts import ALL_SCRIPTS

    return script in ALL_SCRIPTS


def _code_of_name(text: str) -> str | None:
    """The code of a name in any language; None where no language has it."""
    import langcodes

    if not 2 <= len(text) <= _LONGEST_NAME or not text.isprintable():  # langcodes' tables break on a NUL
        return None
    try:
        return _iso3(langcodes.find(unicodedata.normalize("NFC", text)).language or "")
    except LookupError:
        return None


def _script_of(code: str, text: str, known: Collection[Language]) -> str:
    """The script of a language named without one: that of the data, else the one it is likely written in."""
    family = {code, *_relatives().get(code, ())}
    exact = sorted({language.script for language in known if language.iso == code})
    scripts = exact or sorted({language.script for language in known if language.iso in family})
    if len(scripts) == 1:
        return scripts[0]
    if scripts:
        choices = ", ".join(f"{code}_{script}" for script in scripts)
        raise ConfigError(f"{text!r} is written in several scripts here: say which of {choices}")
    likely = _likely_script(code)
    if likely is None:
        raise ConfigError(f"{text!r}: no data say which script this is; add it, {_example_scripts(code)}")
    return likely


def _example_scripts(code: str) -> str:
    """Tags to choose from: with the script of the language's group where it has one."""
    import langcodes

    group = langcodes.Language.get(code).prefer_macrolanguage().language or code
    likely = _likely_script(group) if group != code else None
    if likely is not None:
        return f"as in {code}_{likely}"
    scripts = ", ".join(f"{code}_{script}" for script in _SCRIPTS)
    return f"such as one of {scripts} (ISO 15924)"


def _likely_script(code: str) -> str | None:
    from langcodes.data_dicts import LIKELY_SUBTAGS

    short = _two_letter_codes().get(code, code)
    full = LIKELY_SUBTAGS.get(short)
    return None if full is None else full.split("-")[1]


@cache
def _relatives() -> dict[str, tuple[str, ...]]:
    """Code -> the codes that stand for the same language, from the rows of `data/languages.tsv`."""
    found: dict[str, set[str]] = {}
    for group, member in _rows(_DATA / "languages.tsv"):
        found.setdefault(group, set()).add(member)
        found.setdefault(member, set()).add(group)
    return {code: tuple(sorted(others)) for code, others in found.items()}


def _rows(path: Path) -> Iterable[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    for line in lines:
        group, member, *_ = line.split("\t")
        yield group, member


def _suggestions(text: str, known: Collection[Language]) -> str:
    """` Did you mean ...?` with the nearest names and codes, and where to find the list."""
    from difflib import get_close_matches

    names: dict[str, str] = {}
    for iso in (*sorted({language.iso for language in known}), *_two_letter_codes()):
        for name in (iso, display_name(Language(iso, "")).lower()):
            names.setdefault(name, iso)
    names.update(_two_letter_codes_reversed())
    near = get_close_matches(text.lower(), names, n=3, cutoff=0.6)
    if len(text) <= 3 and not near:  # a short code has few letters to share
        near = get_close_matches(text.lower(), [name for name in names if len(name) <= 3], n=3, cutoff=0.4)
    codes = dict.fromkeys(names[name] for name in near)
    hint = " or ".join(f"{iso} ({display_name(Language(iso, ''))})" for iso in codes)
    listed = " `lexexpand languages` lists those that there are data for."
    return f" Did you mean {hint}?{listed}" if hint else listed


def _two_letter_codes_reversed() -> dict[str, str]:
    return {two: three for three, two in _two_letter_codes().items()}
