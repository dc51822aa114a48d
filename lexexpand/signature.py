"""What exactly was measured? One line that others can compare, with content hashes instead of paths.

    lexexpand:1|task:ner|lang:bam_Latn|bundle:bam_Latn@77d0aa12|data:test@3f2a91c0|half:odd|as-o:DATE|v:0.1.0

The fields stand in the order of `KEYS` whoever names them first; the version comes last. A signature is kept
as its fields, the line is a view of them, and `Signature.parse(str(signature)) == signature` always. The idea
is sacreBLEU's (Post 2018, "A Call for Clarity in Reporting BLEU Scores").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from lexexpand._version import __version__
from lexexpand.errors import ConfigError

FORMAT = "1"
KEYS: dict[str, str] = {  # in the order of the line
    "task": "name of the task",
    "lang": "language of the text",
    "arm": "how the model was trained, in a study",
    "bundle": "the bundle, `language@digest`",
    "baseline": "the bundle that it is compared with",
    "base": "the base model, `id@digest`",
    "lex": "lexicons",
    "morph": "paradigms",
    "src": "source text and gold data of the training",
    "cfg": "digest of the settings",
    "seed": "seed of the training",
    "data": "the gold data, `name@digest`",
    "half": "`odd` or `even` sentences alone, counted from 1",
    "lines": "lines of the file that were used, `first-last`",
    "as-o": "entity types of the gold data that count as no entity",
    "leaks": "sentences of the gold data that were trained on, and what was done: `dropped-3`, `kept-3`",
    "authors": "`non-native`: the gold data were written by people who do not speak the language",
    "metric": "name of the metric",
    "scheme": "how tags become spans: `iob2-strict`, or `conll` (a stray I- begins a span)",
    "unit": "what is drawn with replacement for the interval: `sentence`, `document` or `pair`",
    "boot": "how often it is drawn",
    "bseed": "seed of the draws",
    "v": "version of lexexpand",
}
_RESERVED = re.compile(r"[|:\s]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """Fields in their order. Make one with `Signature.of`, extend it with `with_`."""

    fields: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, **fields: str | int | None) -> Signature:
        """A signature of these fields and the version; None is left out, `_` in a key stands for `-`.

        Raises:
            ConfigError: There is no such field, or a value is empty or holds `|`, `:` or white space.
        """
        given = {key.replace("_", "-"): str(value) for key, value in fields.items() if value is not None}
        return cls(_ordered({"v": __version__, **given}))

    @classmethod
    def parse(cls, line: str) -> Signature:
        """The signature that a line says.

        Raises:
            ConfigError: It is none, or of another format.
        """
        head, *parts = line.split("|")
        if head != f"lexexpand:{FORMAT}":
            raise ConfigError(f"not a signature: {line[:80]!r} does not begin with lexexpand:{FORMAT}|")
        pairs = [part.partition(":") for part in parts]
        if not all(colon for _, colon, _ in pairs) or len({key for key, _, _ in pairs}) != len(pairs):
            raise ConfigError(f"not a signature: {line[:80]!r} must be key:value joined by |, each key once")
        return cls(_ordered({key: value for key, _, value in pairs}))

    def with_(self, **fields: str | int | None) -> Signature:
        """This signature with fields added or replaced; None takes one away."""
        kept = {key: value for key, value in self.fields if key.replace("-", "_") not in fields}
        given = {key.replace("_", "-"): str(value) for key, value in fields.items() if value is not None}
        return Signature(_ordered({**kept, **given}))

    def get(self, key: str) -> str | None:
        """The value of a field, None where it has none."""
        return dict(self.fields).get(key)

    def __str__(self) -> str:
        return "|".join([f"lexexpand:{FORMAT}", *(f"{key}:{value}" for key, value in self.fields)])


def plain(value: str) -> str:
    """A name as a signature can hold it: `|`, `:` and white space become `_`.

    >>> plain("my test: file")
    'my_test_file'
    """
    return _RESERVED.sub("_", value) or "_"


def _ordered(fields: dict[str, str]) -> tuple[tuple[str, str], ...]:
    for key, value in fields.items():
        if key not in KEYS:
            near = get_close_matches(key, KEYS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"The fields are {', '.join(KEYS)}."
            raise ConfigError(f"a signature has no field {key!r}. {hint}")
        if not value or _RESERVED.search(value):
            raise ConfigError(f"field {key!r} of a signature is {value!r}: empty, or with | : or white space")
    return tuple((key, fields[key]) for key in KEYS if key in fields)
