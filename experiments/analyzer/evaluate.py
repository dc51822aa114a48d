"""Measure the analyser `lexical` on UD EWT dev with gold tokens.

python evaluate.py LANGUAGE [-v]
"""

from __future__ import annotations

import sys
import time
from collections import Counter

import numpy as np
from treebank import load

from lexexpand.language import parse_language
from lexexpand.text.block import UPOS
from lexexpand.text.lexical import LexicalAnalyzer
from lexexpand.text.vocabulary import Vocabulary

FEATURES = ("Number", "Tense", "VerbForm", "Mood", "Degree", "Person", "Voice", "Case")
OF = {"Number": {"NOUN", "PROPN"}, "Degree": {"ADJ", "ADV"}, "Case": {"PRON"}}


def main(language: str) -> None:
    """Print the table."""
    gold = [token for sentence in load("dev") for token in sentence]
    lengths = [len(sentence) for sentence in load("dev")]
    forms = Vocabulary()
    ids = forms.add([token[0] for token in gold])
    offsets = np.concatenate(([0], np.cumsum(lengths)))
    analyzer = LexicalAnalyzer(parse_language(language))
    upos, lemma, feats = analyzer.analyze(forms.values, ids, offsets)
    begin = time.perf_counter()
    for _ in range(5):
        analyzer.analyze(forms.values, ids, offsets)
    speed = 5 * len(ids) / (time.perf_counter() - begin)
    upos = [UPOS[code] for code in upos]
    lemma = [analyzer.lemmas[i] for i in lemma]
    feats = [dict(f.split("=") for f in analyzer.feats[i].split("|") if "=" in f) for i in feats]
    # UD gives English modals neither tense nor person; we do, for the languages that have them: not scored.
    feats = [{"VerbForm": "Fin"} if "VerbType" in each else each for each in feats]
    wanted = [dict(f.split("=") for f in token[4].split("|") if "=" in f) for token in gold]
    scored = [i for i, token in enumerate(gold) if "Typo=Yes" not in token[4] and token[1] != "_"]
    same_upos = np.array([u == t[2] for u, t in zip(upos, gold, strict=True)])
    same_lemma = np.array([m == t[1] for m, t in zip(lemma, gold, strict=True)])
    folded = np.array([m.lower() == t[1].lower() for m, t in zip(lemma, gold, strict=True)])
    print(f"| tokens | {len(gold)} |")
    print(f"| upos | {100 * same_upos.mean():.2f} |")
    print(f"| lemma | {100 * same_lemma.mean():.2f} |")
    print(f"| lemma, case folded | {100 * folded.mean():.2f} |")
    print(f"| lemma, case folded, no typos or X | {100 * folded[scored].mean():.2f} |")
    for name in FEATURES:
        kinds = OF.get(name, {"VERB", "AUX"})
        at = [i for i, t in enumerate(gold) if t[2] in kinds and (name in wanted[i] or name in feats[i])]
        expected = [wanted[i].get(name, "").replace("Ptan", "Plur") for i in at]
        right = np.mean([feats[i].get(name, "") == value for i, value in zip(at, expected, strict=True)])
        print(f"| {name} of {' '.join(sorted(kinds))} | {100 * right:.2f} | n={len(at)}")
    print(f"{speed / 1e6:.2f} M tokens/s")
    if "-v" in sys.argv:
        wrong = Counter((t[2], u) for u, t in zip(upos, gold, strict=True) if u != t[2])
        print(wrong.most_common(30))
        print(
            Counter(
                (t[0].lower(), t[2], u) for u, t in zip(upos, gold, strict=True) if u != t[2]
            ).most_common(80)
        )
        print(
            Counter(
                (t[0], t[1], m, t[2], u)
                for u, m, t in zip(upos, lemma, gold, strict=True)
                if m.lower() != t[1].lower()
            ).most_common(120)
        )


if __name__ == "__main__":
    main(sys.argv[1])
