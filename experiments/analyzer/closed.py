"""Write `<language>.closed.tsv`: our list of closed-class forms with the tags, lemmas and features they have.

The list of forms (`closed_forms.txt`) is ours; which analyses of a form are usual is counted in UD EWT train.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from pathlib import Path

from treebank import load, tag_of

from lexexpand.text.shapes import fold

HERE = Path(__file__).parent
OPEN = {"NOUN", "VERB", "SYM"}
PRESENTS = {"will", "can", "shall", "may", "must"}
UNLISTED = {"PROPN", "X"}
IGNORED = ("Typo=", "ExtPos=", "Style=", "Abbr=", "Foreign=")


def main(target: Path) -> None:
    lines = (HERE / "closed_forms.txt").read_text(encoding="utf-8").split("\n")
    forms = [fold(word) for line in lines if not line.startswith("#") for word in line.split()]
    counts: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
    for token in (token for sentence in load("train") for token in sentence):
        form, lemma, _, _, feats = token
        if tag_of(token) in {"AUX.prs", "AUX.pst"} and lemma != "be":
            feats = "|".join(f for f in feats.split("|") if not f.startswith(("Number=", "Person=")))
        kept = "|".join(f for f in feats.split("|") if not f.startswith(IGNORED)) or "_"
        if "Typo=Yes" not in feats or fold(form) in {"nt", "s", "re", "ve", "m", "ll", "d"}:
            counts[fold(form)][
                tag_of(token), lemma if token[2] == "PROPN" or lemma == "I" else lemma.lower(), kept
            ] += 1
    rows = ["form\ttag\tlemma\tfeats"]
    for form in dict.fromkeys(forms):
        total = sum(counts[form].values())
        by_tag: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        for (tag, lemma, feats), n in counts[form].items():
            by_tag[tag][lemma, feats] += n
        for tag, found in sorted(by_tag.items()):
            n = sum(found.values())
            if total >= 5 and n >= 2 and n >= 0.008 * total and tag.split(".")[0] not in UNLISTED:
                (lemma, feats), _ = found.most_common(1)[0]
                if tag.split(".")[0] in OPEN:
                    lemma = feats = "*"
                rows.append(f"{form}\t{tag}\t{lemma}\t{feats}")
    rows = [_present(row) for row in _with_extra(rows)]
    head = (
        "# Closed-class forms and some of the commonest other words, listed by hand; their usual\n"
        "# analyses as counted in UD EWT train (experiments/analyzer/closed.py).\n"
        "# Lemma * is that of any word with the tag.\n"
    )
    target.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


def _present(row: str) -> str:
    """UD gives modals no tense; other languages ask for it, and for the person."""
    form, tag, lemma, feats = row.split("\t")
    if tag == "AUX.mod" and lemma in PRESENTS:
        feats = "Mood=Ind|Tense=Pres|VerbForm=Fin|VerbType=Mod"
    return "\t".join((form, tag, lemma, feats))


def _with_extra(rows: list[str]) -> list[str]:
    """Our own rows win over counted ones of the same form and tag."""
    lines = (HERE / "closed_extra.tsv").read_text(encoding="utf-8").split("\n")
    extra = [line for line in lines[2:] if line]
    own = {tuple(line.split("\t")[:2]) for line in extra}
    return [row for row in rows if tuple(row.split("\t")[:2]) not in own] + extra


if __name__ == "__main__":
    main(Path(sys.argv[1]))
