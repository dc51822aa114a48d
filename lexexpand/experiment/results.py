"""From predictions to results: each cell scored beside zero-shot, or refused with the reason.

A cell is refused where its numbers would mislead: its model collapsed (one label for everything), or it says
word for word what a cell that was trained on other data says of the same test set, which happens when a data
set was not read or an adapter not active. What is refused stands in the results with the reason and without
scores.

    results.jsonl     a line a cell, in the order of the plan
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.errors import IntegrityError
from lexexpand.evaluation.scoring import compare, score_task
from lexexpand.experiment.stage import CELLS, INPUTS, PREDICTIONS, RECORD, CellSpec
from lexexpand.signature import Signature, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lexexpand.evaluation.gold import GoldSet
    from lexexpand.experiment.inputs import Maker

BASELINE = "zero-shot"
OUTSIDE = "O"


@dataclass(frozen=True, slots=True)
class Result:
    """A cell with its scores.

    Attributes:
        slug, about: which cell: task, kind, language, arm and seed.
        scores: as `Score.as_dict`, the one to be quoted first; none where it was refused.
        differences: from zero-shot of the same seed, as `Difference.as_dict`.
        refused: why it has no scores.
        training: final stage, steps, seconds, tokens, last losses, device, versions.
        command: what runs it alone.
    """

    slug: str
    about: Mapping[str, Any]
    scores: Sequence[Mapping[str, Any]] = ()
    differences: Sequence[Mapping[str, Any]] = ()
    refused: str | None = None
    training: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""

    def to_json(self) -> str:
        """One line."""
        told = {
            "cell": self.slug,
            **self.about,
            "scores": list(self.scores),
            "differences": list(self.differences),
            "refused": self.refused,
            "training": dict(self.training),
            "command": self.command,
        }
        return json.dumps(told, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Result:
        """The inverse of `to_json`."""
        told = json.loads(line)
        about = {name: told[name] for name in ("task", "kind", "language", "arm", "seed")}
        rest = {name: told[name] for name in ("scores", "differences", "refused", "training", "command")}
        return cls(told["cell"], about, **rest)


@dataclass(frozen=True, slots=True)
class Ran:
    """A cell that has run: its labels and record."""

    spec: CellSpec
    labels: list[dict[str, Any]]
    record: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """Of what it says."""
        return hashlib.sha256(json.dumps(self.labels, sort_keys=True).encode()).hexdigest()


def read_cell(folder: Path, spec: CellSpec) -> Ran | None:
    """What a cell said; None where it has not run, or was another cell when it did.

    Raises:
        IntegrityError: its files are damaged.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if record["digest"] != spec.digest:
            return None
        with np.load(folder / PREDICTIONS, allow_pickle=False) as arrays:
            columns = {name: arrays[name] for name in arrays.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError) as error:
        raise IntegrityError(f"{folder}: damaged ({error}); remove it and run the cell again") from error
    return Ran(spec, _labels(columns, record["labels"], record["sentences"]), record)


def _labels(columns: Mapping[str, Any], names: Mapping[str, list[str]], count: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [{} for _ in range(count)]
    for head, labels in names.items():
        said = [labels[number] for number in columns[head].tolist()]
        offsets = columns.get(f"{head}-offsets")
        for number, row in enumerate(rows):
            row[head] = said[number] if offsets is None else said[offsets[number] : offsets[number + 1]]
    return rows


def collect(maker: Maker, specs: Iterable[CellSpec], folder: Path) -> list[Result]:
    """Score what has run, cells of one test set together."""
    groups: dict[tuple[str, str], list[Ran]] = defaultdict(list)
    order: dict[str, int] = {}
    for spec in specs:
        ran = read_cell(folder / CELLS / spec.slug, spec)
        order[spec.slug] = len(order)
        if ran is not None:
            groups[spec.about["task"], spec.about["language"]].append(ran)
    found: list[Result] = []
    for (task, language), cells in groups.items():
        gold = maker.test_set(task, language)
        refused = refusals(cells, {ran.spec.slug: trained_on(ran.spec, folder / INPUTS) for ran in cells})
        zero = {ran.spec.about["seed"]: ran for ran in cells if ran.spec.about["arm"] == BASELINE}
        for ran in cells:
            baseline = zero.get(ran.spec.about["seed"])
            found.append(_result(maker, ran, baseline, gold, refused.get(ran.spec.slug), folder))
    return sorted(found, key=lambda result: order[result.slug])


def trained_on(spec: CellSpec, inputs: Path) -> str:
    """A digest of how a cell's model was trained and on what, by content.

    An ingredient that changes nothing in a language (inflection where there are no paradigms) leaves it as
    it is.
    """
    contents = {
        name: hashlib.sha256((inputs / f"{name}.npz").read_bytes()).hexdigest()
        for stage in spec.stages.values()
        for name in stage.reads
    }

    def told(key: str | None) -> Any:
        if key is None:
            return None
        stage = spec.stages[key]
        return [
            [stage.kind, stage.task, stage.base, dict(stage.config)],
            [contents[name] for name in stage.reads],
            [told(stage.start), told(stage.language)],
        ]

    return hashlib.sha256(json.dumps(told(spec.final), sort_keys=True).encode()).hexdigest()


def refusals(cells: Sequence[Ran], trained: Mapping[str, str]) -> dict[str, str]:
    """Why cells of one test set are refused, by their names.

    Args:
        cells: of one test set.
        trained: by the names of the cells, what each was trained on; see `trained_on`.
    """
    found: dict[str, str] = {}
    alike: dict[str, list[Ran]] = defaultdict(list)
    for ran in cells:
        collapsed = _collapsed(ran)
        if collapsed:
            found[ran.spec.slug] = collapsed
        else:
            alike[ran.digest].append(ran)
    for group in alike.values():
        if len({trained[ran.spec.slug] for ran in group}) > 1:
            for ran in group:
                others = ", ".join(other.spec.slug for other in group if other is not ran)
                found[ran.spec.slug] = f"the same predictions as {others}, though trained otherwise"
    return found


def _collapsed(ran: Ran) -> str | None:
    for head in ran.record["labels"]:
        said = {
            label
            for row in ran.labels
            for label in ([row[head]] if isinstance(row[head], str) else row[head])
        }
        if len(said) < 2 and len(ran.labels) > 1:
            return f"collapsed: {head} is {next(iter(said), 'nothing')} for everything"
    return None


def _here(folder: Path) -> str:
    """A study's folder as a command names it: results are committed, and no path of a machine is in them."""
    if not folder.is_absolute():
        return folder.as_posix()
    here = Path.cwd()
    named = folder.relative_to(here) if folder.is_relative_to(here) else Path(*folder.parts[-2:])
    return named.as_posix()


def _result(
    maker: Maker, ran: Ran, baseline: Ran | None, gold: GoldSet, refused: str | None, folder: Path
) -> Result:
    spec, kind = ran.spec, ran.spec.about["kind"]
    command = f"python -m lexexpand.experiment.cell {_here(folder)}/{CELLS}/{spec.slug}"
    training = _training(ran)
    if refused is not None:
        return Result(spec.slug, spec.about, refused=refused, training=training, command=command)
    signature = _signature(maker, ran, gold)
    given: dict[str, Any] = {"documents": gold.documents, "signature": signature}
    scores = [score.as_dict() for score in score_task(kind, gold.labels, ran.labels, **given)]
    differences = []
    if baseline is not None and baseline is not ran:
        found = compare(kind, gold.labels, ran.labels, baseline.labels, **given)
        differences = [difference.as_dict() for difference in found]
    return Result(spec.slug, spec.about, scores, differences, None, training, command)


def _signature(maker: Maker, ran: Ran, gold: GoldSet) -> Signature:
    about, base = ran.spec.about, maker.base
    lexicons = maker.plan.lexicons.get(about["language"], ())
    return Signature.of(
        task=about["task"],
        lang=about["language"],
        arm=plain(about["arm"]),
        base=f"{plain(base.id)}@{base.digest[:8]}",
        lex=plain("+".join(spec.rpartition("/")[2] for spec in lexicons)) if lexicons else None,
        cfg=ran.spec.final[:8],
        seed=about["seed"],
        data=f"{plain(gold.name)}@{gold.digest[:8]}",
        half=gold.half,
        as_o=plain(",".join(gold.ignored)) if gold.ignored else None,
    )


def _training(ran: Ran) -> dict[str, Any]:
    stages = {key: told for key, told in ran.record.get("stages", {}).items() if told}
    final = stages.get(ran.spec.final, {})
    return {
        "model": ran.spec.final,
        "stages": {
            key: {
                "name": told["name"],
                "steps": told["steps"],
                "seconds": round(told["seconds"], 1),
                "tokens": told["tokens"],
            }
            for key, told in stages.items()
        },
        "loss": final.get("losses", [[0, None]])[-1][1] if final.get("losses") else None,
        "device": ran.record.get("device"),
        "versions": ran.record.get("versions"),
    }


def write_results(results: Iterable[Result], path: Path) -> None:
    """Write a line a cell; the file appears whole."""
    part = path.with_name(path.name + ".part")
    part.write_text("".join(result.to_json() + "\n" for result in results), encoding="utf-8")
    part.replace(path)


def read_results(path: Path) -> list[Result]:
    """Read what `write_results` wrote."""
    return [Result.from_json(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
