"""What would be read, fetched and made? Told from cards and file names alone: nothing is fetched or written.

    >>> for file in needs(Inputs(), parse_language("fao")):    # doctest: +SKIP
    ...     print(file.pack, file.path, file.licence, file.state)
    gatitos en_fo.tsv CC-BY-4.0 to fetch

`languages_of` is the list behind `--lang all`: the languages that the chosen lexicons have files of.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.language import Language, default_source, from_tag, related
from lexexpand.morphology.learned.folder import ARRAYS, read_card
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.licence import allowed, notes
from lexexpand.resources.packs import find_packs, get_pack, pack_at, pack_file
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.pipeline import inflector_of
from lexexpand.text.source import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lexexpand.resources.card import Card, FileRow
    from lexexpand.synthesis.pipeline import Inputs

STORE = "unimorph-store"
BUILT_IN = "(built in)"


@dataclass(frozen=True, slots=True)
class Need:
    """A file that a run would read.

    Attributes:
        kind: `source`, `lexicon`, `paradigms` or `inflector`.
        pack: id of its pack, empty for a user's own file.
        path: in the pack, or of the file.
        size: bytes, None where it is not known before reading.
        licence: SPDX id, None where nothing is known of it.
        notes: marks of the licence (NC, SA ...).
        state: `here`, `to fetch`, `blocked: why`, `licence refused`, `missing`.
    """

    kind: str
    pack: str
    path: str
    size: int | None
    licence: str | None
    notes: tuple[str, ...]
    state: str


def needs(inputs: Inputs, language: Language, config: SynthConfig | None = None) -> list[Need]:
    """The files that a run would read for one language, apart from its source.

    Args:
        inputs: packs, licences, where files come from.
        language: the target.
        config: whether and by what words would be inflected.

    Raises:
        ConfigError: a pack does not exist.
        MissingDataError: there is no lexicon, or none of an allowed licence.
    """
    fetcher = Fetcher(cache=inputs.cache, mirror=inputs.mirror, offline=inputs.offline)
    found = list(_packs(inputs, language, "lexicon", inputs.lexicons, fetcher))
    usable = [need for need in found if need.state in ("here", "to fetch")]
    if not any(inputs.lexicons or need.path != BUILT_IN for need in usable):  # names alone are no dictionary
        told = "; ".join(f"{need.pack} {need.path}: {need.state}" for need in found)
        raise MissingDataError(f"no lexicon of {language} can be used{f' ({told})' if told else ''}")
    settled = config or SynthConfig()
    if settled.inflector == "none":
        return found
    tables = list(_packs(inputs, language, "paradigms", inputs.paradigms, fetcher))
    model = inflector_of(inputs, language, settled)
    if not tables and model is not None and settled.relative is not None:
        tables = list(_packs(inputs, settled.relative, "paradigms", (), fetcher))
    found += tables
    if model is not None:
        found.append(_inflector(model, inputs))
    return found


def _inflector(place: Path, inputs: Inputs) -> Need:
    licences = read_card(place).licences
    size = (place / ARRAYS).stat().st_size if (place / ARRAYS).is_file() else None
    allows = all(allowed(one, inputs.allow, inputs.deny) for one in licences)
    state = "missing" if size is None else "here" if allows else "licence refused"
    licence = " AND ".join(licences)
    return Need("inflector", "", str(place), size, licence, notes(licence), state)


def source_needs(inputs: Inputs) -> list[Need]:
    """The files of the source. Standard input is not read.

    Raises:
        ConfigError: a file's suffix says no format.
        MissingDataError: nothing is named, and no pack has text in the source's language.
    """
    language = inputs.source_language or default_source()
    fetcher = Fetcher(cache=inputs.cache, mirror=inputs.mirror, offline=inputs.offline)
    if inputs.source:
        return [_named_source(str(path), inputs, fetcher) for path in inputs.source]
    for card in find_packs():
        rows = card.rows(language, "text")
        if rows:
            return [_listed("source", card, row, inputs, fetcher) for row in rows]
    raise MissingDataError(f"no pack has text in {language}: name a --source file")


def _named_source(name: str, inputs: Inputs, fetcher: Fetcher) -> Need:
    found = pack_file(name)
    return _own("source", name) if found is None else _listed("source", *found, inputs, fetcher)


def languages_of(inputs: Inputs) -> tuple[Language, ...]:
    """The languages that the chosen lexicons have, for `--lang all`, sorted.

    Raises:
        ConfigError: the lexicons say no languages, as a single file does.
    """
    source = inputs.source_language or default_source()
    found: set[Language] = set()
    for spec in inputs.lexicons:
        found.update(_languages_of_spec(spec))
    if not inputs.lexicons:
        for card in find_packs("lexicon"):
            if card.default and card.source_language in (None, source):
                found.update(tag for tag in card.languages if card.rows(tag))
    if not found:
        raise ConfigError(
            f"--lang all: {', '.join(inputs.lexicons) or 'no pack'} says no language. Name them."
        )
    return tuple(sorted(found - {source}))


def _languages_of_spec(spec: str) -> Iterator[Language]:
    path = Path(spec)
    if path.is_dir() and pack_at(path, "lexicon") is None:
        for file in path.iterdir():
            try:
                yield from_tag(file.name.partition(".")[0])
            except ConfigError:
                continue
    elif not path.is_file():
        card = get_pack(spec.partition(":")[0] if not path.exists() else spec, "lexicon")
        yield from (tag for tag in card.languages if card.rows(tag))


def _packs(
    inputs: Inputs, language: Language, kind: str, specs: tuple[str, ...], fetcher: Fetcher
) -> Iterator[Need]:
    source = inputs.source_language or default_source()
    if not specs:
        for card in find_packs(kind):
            if card.default and card.covers(language) and card.source_language in (None, source):
                yield from _of_card(kind, card, language, inputs, fetcher)
    for spec in specs:
        path = Path(spec)
        if spec == STORE:
            yield Need(kind, "", spec, None, None, (), "here")
        elif path.exists() and pack_at(path, kind) is None:
            yield from (_own(kind, str(file)) for file in _own_files(path, language))
        else:
            name, _, wanted = (spec, "", "") if path.exists() else spec.partition(":")
            yield from _of_card(kind, get_pack(name, kind), language, inputs, fetcher, wanted)


def _of_card(
    kind: str, card: Card, language: Language, inputs: Inputs, fetcher: Fetcher, wanted: str = ""
) -> Iterator[Need]:
    if card.any_language:
        state = "here" if allowed(card.licence, inputs.allow, inputs.deny) else "licence refused"
        yield Need(kind, card.id, BUILT_IN, 0, card.licence, notes(card.licence), state)
        return
    for row in card.rows(language, defaults=False):
        named = wanted in (row.path, Path(row.path).name)
        if named if wanted else row.options.get("default") != "no":
            yield _listed(kind, card, row, inputs, fetcher)


def _listed(kind: str, card: Card, row: FileRow, inputs: Inputs, fetcher: Fetcher) -> Need:
    if row.blocked is not None:
        state = f"blocked: {row.blocked}"
    elif kind != "source" and not allowed(row.licence, inputs.allow, inputs.deny):
        state = "licence refused"
    else:
        state = "here" if fetcher.has(card, row) else "to fetch"
    return Need(kind, card.id, row.path, row.size, row.licence, notes(row.licence), state)


def _own_files(path: Path, language: Language) -> list[Path]:
    if path.is_file():
        return [path]
    tags = {str(tag) for tag in (language, *related(language))}
    return [file for file in sorted(path.iterdir()) if file.is_file() and file.name.partition(".")[0] in tags]


def _own(kind: str, name: str) -> Need:
    if name == STDIN:
        return Need(kind, "", "standard input", None, None, (), "here")
    path = Path(name)
    if not path.is_file():
        return Need(kind, "", name, None, None, (), "missing")
    return Need(kind, "", name, path.stat().st_size, None, (), "here")
