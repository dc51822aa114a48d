"""Rows written by hand: in a question the verb stands behind its subject, out of reach of the estimated rows.

When does the bus leave?      does AUX, the DET, bus NOUN: what follows and can be an infinitive is one
I do the house work.          not so where a subject stands before `do`

python questions.py ../../morphology/analysis/eng_Latn.context.tsv      after train.py; again does no harm
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

MODALS = ("will", "would", "can", "could", "should", "shall", "may", "might", "must")
DO = (("does", "AUX.prs3"), ("do", "AUX.prs"), ("did", "AUX.pst"))
AUXILIARIES = (*DO, *((modal, "AUX.mod") for modal in MODALS))
SUBJECTS = ("i", "you", "he", "she", "we", "they")
HEADS = ("NOUN.sg", "NOUN.pl", "PROPN.sg")
BETWEEN = ("ADJ.pos", "ADJ.cmp", "ADJ.sup", "NUM", "NOUN.sg")
STARTS = ("DET", "PRON.gen")
FOR, AGAINST = "VERB.inf=100", "VERB.inf=-100"


def rows() -> list[str]:
    """Rows of the table `context`, second stage."""
    found = []
    for (word, tag), start, head in product(AUXILIARIES, STARTS, HEADS):
        found.append(("c-3,t-3,t-2,t-1", f"w:{word} {tag} {start} {head}", FOR))
        found += [("c-4,t-4,t-3,t-2,t-1", f"w:{word} {tag} {start} {a} {head}", FOR) for a in BETWEEN]
    for (word, tag), head in product(AUXILIARIES, HEADS[1:]):
        found.append(("c-2,t-2,t-1", f"w:{word} {tag} {head}", FOR))
    for who, (word, tag), start, head in product(SUBJECTS, DO, STARTS, HEADS):
        found.append(("c-4,c-3,t-3,t-2,t-1", f"w:{who} w:{word} {tag} {start} {head}", AGAINST))
    return ["\t".join(("2", *row)) for row in found]


def main(path: Path) -> None:
    own = set(rows())
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line not in own]
    path.write_text("\n".join((*lines, *rows())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
