"""Gold sentences of UD English EWT, and the tags that our tagger has instead of UD's columns."""

from __future__ import annotations

import os
from pathlib import Path

TAGS = [
    "NOUN.sg",
    "NOUN.pl",
    "PROPN.sg",
    "PROPN.pl",
    "VERB.inf",
    "VERB.prs",
    "VERB.imp",
    "VERB.prs3",
    "VERB.pst",
    "VERB.ptcp",
    "VERB.pass",
    "VERB.ing",
    "VERB.ger",
    "AUX.inf",
    "AUX.mod",
    "AUX.prs",
    "AUX.prs3",
    "AUX.pst",
    "AUX.ptcp",
    "AUX.ing",
    "ADJ.pos",
    "ADJ.cmp",
    "ADJ.sup",
    "ADV.pos",
    "ADV.cmp",
    "ADV.sup",
    "PRON",
    "PRON.gen",
    "PRON.rel",
    "DET",
    "ADP",
    "SCONJ",
    "CCONJ",
    "PART",
    "NUM",
    "INTJ",
    "SYM",
    "X",
    "PUNCT",
]
Token = tuple[str, str, str, str, str]
"""Form, lemma, upos, xpos, feats."""


def load(split: str) -> list[list[Token]]:
    """The sentences of `train` or `dev`."""
    assert split in {"train", "dev"}, "the test part stays closed"
    root = Path(os.environ["LEXEXPAND_DATA"]) / "pos" / "UD_English-EWT"
    sentences, sentence = [], []
    for line in (root / f"en_ewt-ud-{split}.conllu").read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t")
        if not line and sentence:
            sentences.append(sentence)
            sentence = []
        elif cells[0].isdigit():
            sentence.append((cells[1], cells[2], cells[3], cells[4], cells[5]))
    return sentences


def tag_of(token: Token) -> str:
    """Our tag of a gold token."""
    _, _, upos, xpos, feats = token
    if upos in {"NOUN", "PROPN"}:
        return f"{upos}.pl" if "Number=Plur" in feats or "Number=Ptan" in feats else f"{upos}.sg"
    if upos in {"VERB", "AUX"}:
        return f"{upos}.{_inflection(upos, xpos, feats)}"
    if upos in {"ADJ", "ADV"}:
        degree = "cmp" if "Degree=Cmp" in feats else "sup" if "Degree=Sup" in feats else "pos"
        return f"{upos}.{degree}"
    if upos == "PRON":
        genitive = "Case=Gen" in feats or xpos in {"PRP$", "WP$"}
        return "PRON.gen" if genitive else "PRON.rel" if "PronType=Rel" in feats else "PRON"
    return upos


def _inflection(upos: str, xpos: str, feats: str) -> str:
    verb = upos == "VERB"
    if xpos == "MD":
        return "prs" if verb else "mod"
    for sign, name in (
        ("VerbForm=Inf", "inf"),
        ("Mood=Imp", "imp" if verb else "inf"),
        ("VerbForm=Ger", "ger" if verb else "ing"),
    ):
        if sign in feats:
            return name
    if "VerbForm=Part" in feats:
        return "ing" if "Tense=Pres" in feats else "pass" if verb and "Voice=Pass" in feats else "ptcp"
    if "Tense=Past" in feats:
        return "pst"
    if "Tense=Pres" in feats:
        return "prs3" if xpos == "VBZ" else "prs"
    return {"VBG": "ing", "VBN": "ptcp", "VBD": "pst", "VBP": "prs", "VBZ": "prs3"}.get(xpos, "inf")
