"""What is known of a language before anything is trained: the signs of every cell of this study.

    export LEXEXPAND_DATA=...
    python -m experiments.win.signs runs/signs         writes experiments/win/signs.jsonl, and resumes

No label of a target language is read, nor its text: the target side is made from the task's gold sentences,
as `lexexpand adapt` makes it.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.experiment.dictionary import of_plan
from lexexpand.experiment.forecast import look
from lexexpand.experiment.gold import TaskGold
from lexexpand.experiment.inputs import read_gold
from lexexpand.experiment.made import Corpora
from lexexpand.experiment.plan import Plan, read_plan
from lexexpand.experiment.request import AdaptRequest
from lexexpand.language import from_tag
from lexexpand.model.base import find_base
from lexexpand.model.network import Network
from lexexpand.resources.fetch import Fetcher

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
PLANS = ("dev", "names", "readings", "final_pos", "final_rest")
OUT = HERE / "signs.jsonl"


def main(folder: Path) -> None:
    known = [json.loads(line) for line in OUT.read_text().splitlines()] if OUT.is_file() else []
    done = {(row["task"], row["language"], *row["lexicon"]) for row in known}
    network = Network.open(find_base())
    for plan, task, language in cells():
        lexicon = plan.lexicon_of(language)
        names = [Path(name).name for name in lexicon]
        if (task, language, *names) in done:
            continue
        done.add((task, language, *names))
        _, signs = look(network, *_corpora(plan, task, language, folder), of_plan(plan, language))
        row = {"task": task, "language": language, "lexicon": names, **asdict(signs)}
        with OUT.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


def cells() -> Iterator[tuple[Plan, str, str]]:
    """Plan, task and language of every cell, once."""
    for name in PLANS:
        plan = read_plan(HERE / name / "plan.toml")
        for task, language in dict.fromkeys((cell.task, cell.language) for cell in plan.cells):
            yield plan, task, language


def _corpora(plan: Plan, task: str, language: str, folder: Path) -> tuple[Corpora, TaskGold]:
    read = plan.tasks[task]
    path = plan.files(read.gold[plan.source])[0]
    gold = read_gold(read.kind, path, from_tag(plan.source), format=read.format)
    shutil.rmtree(folder, ignore_errors=True)
    request = AdaptRequest((from_tag(language),), lexicons=plan.lexicon_of(language), offline=True)
    corpora = Corpora(request, folder, (), Fetcher(offline=True), None)
    return corpora, TaskGold(task, read.kind, tuple(gold.sentences), (), gold.digest, str(path))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
