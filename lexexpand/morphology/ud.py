"""Universal Dependencies' features as UniMorph bundles, and back.

A source text is analysed in UD's terms (`NOUN`, `Number=Plur`), paradigms are written in UniMorph's
(`N;PL`). The map is rows of `data/ud_unimorph.tsv`, written for this project: direction (`to` UniMorph,
`from` it, `both`), upos or `*`, UD features, UniMorph values, note. A row may name several features
(`Person[psor]=3|Number[psor]=Sing` is one value, `PSS3S`): rows with more features are tried first, and a
feature is used once. `_` for values says that the feature is understood and adds nothing: `VerbForm=Fin` (a
cell with a tense is finite), `Degree=Pos`, and features of the word rather than of the cell (`PronType`,
any value).

>>> str(ud_to_bundle("VERB", "Mood=Ind|Number=Sing|Person=3|Tense=Pres|VerbForm=Fin"))
'V;IND;PRS;3;SG'
>>> str(ud_to_bundle("VERB", "VerbForm=Ger"))
'V;V.PTCP;PRS'
>>> bundle_to_ud(FeatureBundle.parse("N;DEF;IN+ESS;PL"))
('NOUN', 'Case=Ine|Definite=Def|Number=Plur')

Several values of a feature are alternatives: `Number=Plur,Sing` is `SG/PL`.
"""

from __future__ import annotations

from functools import lru_cache

from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.schema import rows

_FINITE = ("Tense", "Mood")


@lru_cache(maxsize=1)
def _pos_to() -> dict[str, str]:
    return {r["upos"]: r["unimorph"] for r in _rows("to") if r["ud"] == "_"}


@lru_cache(maxsize=1)
def _pos_from() -> dict[str, str]:
    return {r["unimorph"]: r["upos"] for r in _rows("from") if r["ud"] == "_"}


def _rows(direction: str) -> list[dict[str, str]]:
    return [row for row in rows("ud_unimorph.tsv") if row["direction"] in (direction, "both")]


@lru_cache(maxsize=1)
def _single_to() -> dict[str, str]:
    return {r["ud"]: r["unimorph"] for r in _rows("to") if r["ud"] != "_" and "|" not in r["ud"]}


@lru_cache(maxsize=1)
def _joint_to() -> tuple[tuple[frozenset[str], str], ...]:
    return tuple((frozenset(r["ud"].split("|")), r["unimorph"]) for r in _rows("to") if "|" in r["ud"])


@lru_cache(maxsize=1)
def _value_from() -> dict[str, str]:
    return {r["unimorph"]: r["ud"] for r in _rows("from") if r["ud"] != "_" and r["unimorph"] != "_"}


@lru_cache(maxsize=1 << 16)
def ud_to_bundle(upos: str, feats: str) -> FeatureBundle | None:
    """The bundle of an analysed word; None where its part of speech has none (punctuation, symbols, `_`)."""
    pos = _pos_to().get(upos)
    if pos is None:
        return None
    values, _ = _map(feats)
    return FeatureBundle.parse(";".join([pos, *values]))


def unmapped(feats: str) -> tuple[str, ...]:
    """The features that no row maps: they are lost on the way to UniMorph."""
    return _map(feats)[1]


@lru_cache(maxsize=1 << 16)
def _map(feats: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    left = [] if feats in ("_", "") else feats.split("|")
    found: list[str] = []
    for needed, value in _joint_to():
        if needed <= set(left):
            found.append(value)
            left = [feat for feat in left if feat not in needed]
    lost = []
    for feat in left:
        value_of = _alternatives(feat)
        if value_of is None:
            lost.append(feat)
        elif value_of:
            found += value_of.split(";")
    return tuple(found), tuple(lost)


def _alternatives(feat: str) -> str | None:
    """UniMorph's value for `Name=A,B`; "" where it is understood, None where no row knows it."""
    if feat in _single_to():
        return "" if _single_to()[feat] == "_" else _single_to()[feat]
    name, _, values = feat.partition("=")
    if name in _single_to():
        return ""
    mapped = [_single_to().get(f"{name}={value}") for value in values.split(",")]
    known = [value for value in mapped if value and value != "_" and ";" not in value]
    return "/".join(known) if known and len(known) == len(mapped) else None


@lru_cache(maxsize=1 << 16)
def bundle_to_ud(bundle: FeatureBundle) -> tuple[str, str]:
    """Upos and feats of a bundle; `X` without a part of speech; values that UD lacks are left out."""
    upos = _pos_from().get(bundle.pos or "", "X")
    found: dict[str, set[str]] = {}
    for feature in bundle.features:
        if feature.negated:
            continue
        for choice in feature.choices:
            for feat in _feats_of(choice):
                name, _, value = feat.partition("=")
                found.setdefault(name, set()).add(value)
    if bundle.pos == "V" and "VerbForm" not in found and any(name in found for name in _FINITE):
        found["VerbForm"] = {"Fin"}
    text = "|".join(f"{name}={','.join(sorted(found[name]))}" for name in sorted(found, key=str.casefold))
    return upos, text or "_"


def _feats_of(choice: str) -> list[str]:
    whole = _value_from().get(choice)
    if whole is not None:
        return whole.split("|")
    parts = [_value_from().get(part) for part in choice.split("+")]
    return [feat for part in parts if part is not None for feat in part.split("|")]
