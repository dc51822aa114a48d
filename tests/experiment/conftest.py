"""A study of a tiny base: English sentences of the starter's words, and a test set of ours."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

import torch

from lexexpand.experiment.run import open_study
from tests.model.conftest import tiny_base

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.experiment.inputs import Maker

torch.set_num_threads(1)

WORDS = {
    "the": "DET",
    "house": "NOUN",
    "dog": "NOUN",
    "man": "NOUN",
    "sees": "VERB",
    "finds": "VERB",
    ".": "PUNCT",
}
PLAN = """
schema = 1
data = "."
half = "odd"
[language]
text = ["text.txt"]
pool = 40
rows = 20
steps = 2
[task.pos]
steps = 3
arm_steps = 2
rows = 20
[task.pos.gold]
eng_Latn = "train.conllu"
[task.pos.test]
fao_Latn = "test.conllu"
sme_Latn = "test.conllu"
[lexicon]
fao_Latn = "starter"
[paradigms]
fao_Latn = "starter"
[adapt]
tokens = 60
task_tokens = 60
r = 2
alpha = 4
[[cells]]
task = "pos"
languages = ["fao_Latn"]
arms = ["zero-shot", "word-translation", "lexexpand", "lexexpand -language"]
seeds = [13]
[[cells]]
task = "pos"
languages = ["sme_Latn"]
arms = ["zero-shot"]
seeds = [13]
"""


def conllu(count: int, seed: int) -> str:
    chance = random.Random(seed)
    written = []
    for _ in range(count):
        words = ["the", chance.choice(["house", "dog", "man"]), chance.choice(["sees", "finds"]), "the"]
        words += [chance.choice(["house", "dog", "man"]), "."]
        rows = [f"{i}\t{w}\t{w}\t{WORDS[w]}" + "\t_" * 6 for i, w in enumerate(words, 1)]
        written.append("\n".join(rows) + "\n\n")
    return "".join(written)


@pytest.fixture
def study(tmp_path: Path) -> Maker:
    """The tiny study, nothing made yet."""
    (tmp_path / "train.conllu").write_text(conllu(40, 1), encoding="utf-8")
    (tmp_path / "test.conllu").write_text(conllu(12, 2), encoding="utf-8")
    (tmp_path / "text.txt").write_text(
        "The man sees the house .\nThe dog finds the man .\n" * 30, encoding="utf-8"
    )
    (tmp_path / "plan.toml").write_text(PLAN, encoding="utf-8")
    base = str(tiny_base("bert").folder)
    return open_study(tmp_path / "plan.toml", tmp_path / "work", base=base, offline=True)
