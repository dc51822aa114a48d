"""The columns of a corpus, in their order (docs/formats.md explains each).

`match` says how the SOURCE was matched, `inflection` how the target form came about; both are append-only:
a corpus that an older version wrote keeps its meaning.
"""

from __future__ import annotations

import pyarrow as pa

SCHEMA_VERSION = 1

MATCHES = (
    "exact",
    "folded",
    "lemma",
    "multiword",
    "name",
    "copied",
    "punct",
    "number",
    "untranslated",
)
TRANSLATED = ("exact", "folded", "lemma", "multiword")
INFLECTIONS = ("none", "attested", "nearest-cell", "learned", "citation")

_strings = pa.list_(pa.string())
_offsets = pa.list_(pa.int32())
_codes = pa.list_(pa.dictionary(pa.int8(), pa.string()))
_words = pa.list_(pa.dictionary(pa.int32(), pa.string()))

TEXT_COLUMNS = (
    pa.field("id", pa.string()),
    pa.field("language", pa.string()),
    pa.field("doc", pa.string()),
    pa.field("text", pa.string()),
    pa.field("tokens", _strings),
    pa.field("starts", _offsets),
)
SOURCE_COLUMNS = (
    pa.field("source_text", pa.string()),
    pa.field("source_tokens", _strings),
    pa.field("source_starts", _offsets),
    pa.field("source_upos", _strings),
)
TRACE_COLUMNS = (
    pa.field("alignment", pa.list_(pa.list_(pa.int32()))),
    pa.field("match", _codes),
    pa.field("inflection", _codes),
    pa.field("lemma", _words),
    pa.field("bundle", _words),
    pa.field("casing", _codes),
    pa.field("entry", _offsets),
    pa.field("coverage", pa.float32()),
    pa.field("coverage_content", pa.float32()),
)
LABEL_COLUMNS = (
    pa.field("upos", _strings),
    pa.field(
        "spans", pa.list_(pa.struct([("start", pa.int32()), ("end", pa.int32()), ("type", pa.string())]))
    ),
    pa.field("label", pa.string()),
    pa.field("intent", pa.string()),
)

ENTRIES = pa.schema(
    [
        pa.field("source", pa.list_(pa.string())),
        pa.field("target", pa.list_(pa.string())),
        pa.field("upos", pa.string()),
        pa.field("weight", pa.float64()),
        pa.field("note", pa.string()),
        pa.field("pack", pa.string()),
        pa.field("row", pa.int32()),
    ]
)


def corpus_schema(*, slim: bool = False, labelled: bool = False, trace: bool = True) -> pa.Schema:
    """The schema of a corpus.

    Args:
        slim: without the source's text.
        labelled: with labels.
        trace: with the columns by token.
    """
    fields = [*TEXT_COLUMNS, *(() if slim else SOURCE_COLUMNS), *TRACE_COLUMNS]
    if not trace:
        fields = [field for field in fields if not pa.types.is_list(field.type)]
    return pa.schema([*fields, *(LABEL_COLUMNS if labelled else ())])
