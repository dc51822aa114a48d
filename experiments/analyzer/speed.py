"""Measure the speed of the analyser `lexical` on plain text.

python speed.py FILE LANGUAGE: types, tokens and seconds of a first pass (all forms are new) and a second.
"""

from __future__ import annotations

import sys
import time
from itertools import accumulate
from pathlib import Path

import numpy as np

from lexexpand.language import parse_language
from lexexpand.text.lexical import LexicalAnalyzer
from lexexpand.text.vocabulary import Vocabulary


def main(path: Path, language: str) -> None:
    """Print the table."""
    sentences = [line.split() for line in path.read_text(encoding="utf-8").split("\n")]
    forms = Vocabulary()
    ids = forms.add(form for sentence in sentences for form in sentence)
    offsets = np.array([0, *accumulate(map(len, sentences))])
    begin = time.perf_counter()
    analyzer = LexicalAnalyzer(parse_language(language))
    print(f"load: {time.perf_counter() - begin:.2f} s")
    for name in ("first", "second"):
        begin = time.perf_counter()
        for first in range(0, len(sentences), 20000):
            cut = offsets[first : first + 20001]
            analyzer.analyze(forms.values, ids[cut[0] : cut[-1]], cut - cut[0])
        seconds = time.perf_counter() - begin
        rate = len(ids) / seconds / 1e6
        print(f"{name} pass: {len(forms)} types, {len(ids)} tokens, {seconds:.2f} s, {rate:.2f} M tokens/s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
