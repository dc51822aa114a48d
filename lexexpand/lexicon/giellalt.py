"""GiellaLT's dictionaries: XML whose head word is the language, and whose translations are in many languages.

    <e><lg><l pos="N">адрес</l></lg>
       <mg><tg xml:lang="eng"><t pos="N">address (place)</t><t pos="N">direction</t></tg>
           <tg xml:lang="fin"><t pos="N">osoite</t></tg></mg></e>

Each `mg` is a sense, each `t` a translation, in order of merit. The head word is our target, the `t` our
source. Many entries have no English, some an empty `t`; the oldest have no `lg` and no part of speech.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from lexexpand.errors import FormatError, MissingDataError, Where
from lexexpand.lexicon.rows import MAX_CELL, Request, Row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def read_giellalt(request: Request) -> Iterator[Row]:
    """Rows of a GiellaLT file: one for each translation into the source language; `number` counts the `e`."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        root = parse(request.path).getroot()
    except ParseError as error:
        line, column = error.position
        message = f"not well-formed XML: {error.msg or error}"
        raise FormatError(Where(request.path, line, column + 1), message) from error
    except (DefusedXmlException, ValueError, LookupError) as error:
        raise FormatError(Where(request.path), f"XML that is not safe or not readable: {error!r}") from error
    except OSError as error:
        raise MissingDataError(f"{request.path}: cannot be read: {error.strerror or error}") from error
    code = request.source_language.iso
    for number, entry in enumerate(root.iter("e"), 1):
        yield from _entry(entry, code, number, request)


def _entry(entry: Element, code: str, number: int, request: Request) -> Iterator[Row]:
    head = entry.find("lg/l")
    if head is None:
        head = entry.find("l")
    word = "" if head is None else _text(head)
    if head is None or not word:
        return
    tag = _tag(head)
    translations = [t for tg in entry.iter("tg") if tg.get(_LANGUAGE) == code for t in tg.findall("t")]
    for rank, t in enumerate(translations):
        text = _text(t)
        if not text:
            continue
        if max(len(word), len(text)) > MAX_CELL:
            request.bad(number, text, f"entry {number}: a word of more than {MAX_CELL:,} characters")
            continue
        yield Row(text, tag or _tag(t), word, "", number, rank=rank)


def _tag(element: Element) -> str:
    """The part of speech; a noun whose type says so is a name."""
    kind = element.get("type", "")
    return kind if kind == "Prop" else element.get("pos", "")


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
