"""A study as a file: which systems, of which languages and tasks, with which seeds, trained for how long.

    schema = 1
    base = "embedded"
    data = "$LEXEXPAND_DATA"                  paths of the plan begin there
    source = "eng_Latn"                       the language of the gold data
    half = "odd"                              which test sentences count

    [language]                                the language adapter's stage
    text = ["text/en/masc.txt", ...]          source text, of which `pool` sentences are taken evenly
    pool = 24000
    rows = 8000                               ... and made into pseudo-parallel text
    steps = 300

    [task.pos]
    kind = "pos"
    steps = 400                               on gold data: the stage that arms share
    arm_steps = 150                           on the arm's own data
    rows = 6000                               pseudo-labelled sentences
    [task.pos.gold]
    eng_Latn = ["pos/UD_English-EWT/en_ewt-ud-train.conllu"]
    [task.pos.test]
    fao_Latn = ["pos/UD_Faroese-OFT/fo_oft-ud-test.conllu"]

    [lexicon]                                 packs or files; a language without a row takes the default packs
    fao_Latn = ["gatitos"]
    [inflector]                               folders of learned inflectors; relative to the plan
    fao_Latn = "../../work/inflectors/fao_Latn"
    [nearest]                                 the source of `zero-shot:nearest`
    fao_Latn = "isl_Latn"

    [[cells]]                                 each block: languages by arms by seeds
    task = "pos"
    languages = ["fao_Latn"]
    arms = ["zero-shot", "lexexpand", "lexexpand -inflection"]
    seeds = [13]

A test may be of a variety that no lexicon tag names (`bar_Latn` for the file of Bavarian): the tag is what
synthesis makes, the file is what is scored.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.experiment.arms import Arm, parse_arm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCHEMA = 1
_TOP = {
    "schema", "title", "base", "data", "source", "half", "language", "task", "lexicon", "paradigms",
    "inflector", "nearest", "cells", "adapt", "set",
}  # fmt: skip
_TASK = {"kind", "steps", "arm_steps", "rows", "gold", "test", "format"}
_LANGUAGE = {"text", "pool", "rows", "steps"}
_CELLS = {"task", "languages", "arms", "seeds"}


@dataclass(frozen=True, slots=True)
class TaskPlan:
    """One task of a study.

    Attributes:
        name, kind: as in `lexexpand.model.tasks`.
        steps: of the stage on gold data.
        arm_steps: of the stage on an arm's data.
        rows: pseudo-labelled sentences.
        gold, test: files by the tag of their language.
        format: of the files, None to go by suffix.
    """

    name: str
    kind: str
    steps: int
    arm_steps: int
    rows: int
    gold: Mapping[str, tuple[str, ...]]
    test: Mapping[str, tuple[str, ...]]
    format: str | None = None


@dataclass(frozen=True, slots=True)
class LanguagePlan:
    """The language adapter's stage: source text, how much of it, how long."""

    text: tuple[str, ...] = ()
    pool: int = 24_000
    rows: int = 8_000
    steps: int = 300


@dataclass(frozen=True, slots=True)
class Cell:
    """One system on one test set.

    Attributes:
        task: its name.
        language: tag of the target.
        arm: how its data are made.
        seed: of every draw.
    """

    task: str
    language: str
    arm: Arm
    seed: int

    @property
    def slug(self) -> str:
        """A name for its folder: `pos.fao_Latn.lexexpand-less-gold.13`."""
        arm = re.sub(r"[^A-Za-z0-9+=_.-]+", "-", self.arm.name.replace(" -", "-less-").replace(":", "-"))
        return f"{self.task}.{self.language}.{arm}.{self.seed}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole study, read and checked."""

    path: Path
    title: str
    base: str
    data: str
    source: str
    half: str | None
    language: LanguagePlan
    tasks: Mapping[str, TaskPlan]
    lexicons: Mapping[str, tuple[str, ...]]
    paradigms: Mapping[str, tuple[str, ...]]
    inflectors: Mapping[str, str]
    nearest: Mapping[str, str]
    settings: tuple[str, ...]
    adapt: Mapping[str, Any]
    cells: tuple[Cell, ...]
    seen: dict[str, tuple[Path, ...]] = field(default_factory=dict, compare=False, repr=False)

    def files(self, patterns: Sequence[str]) -> tuple[Path, ...]:
        """The files that paths of the plan mean, patterns spread out.

        Raises:
            MissingDataError: one is missing.
        """
        found: list[Path] = []
        for pattern in patterns:
            spread = sorted(self.root.glob(pattern)) if "*" in pattern else [self.root / pattern]
            missing = [path for path in spread if not path.is_file()]
            if missing or not spread:
                raise MissingDataError(
                    f"{self.root / pattern}: not there. {self.path} reads its data below {self.data!r}: set "
                    "that variable, or change `data`."
                )
            found.extend(spread)
        return tuple(found)

    @property
    def root(self) -> Path:
        """Where the paths of the plan begin: variables are those of the environment."""
        root = Path(os.path.expanduser(os.path.expandvars(self.data)))
        return root if root.is_absolute() else self.path.parent / root

    def lexicon_of(self, language: str) -> tuple[str, ...]:
        """Packs as they stand; what has a `/` is a file of the study's data."""
        specs = self.lexicons.get(language, ())
        return tuple(str(self.files([spec])[0]) if "/" in spec else spec for spec in specs)

    def inflector_of(self, language: str) -> Path | None:
        """The folder of a language's learned inflector."""
        if language not in self.inflectors:
            return None
        folder = Path(os.path.expanduser(os.path.expandvars(self.inflectors[language])))
        return folder if folder.is_absolute() else self.path.parent / folder


def read_plan(path: Path | str) -> Plan:
    """Read and check a plan.

    Raises:
        MissingDataError: there is no such file.
        ConfigError: it is no TOML, or a key or value is not known; says which.
    """
    path = Path(path)
    values = _load(path)
    _known(path, "", values, _TOP)
    if values.get("schema") != SCHEMA:
        raise ConfigError(f"{path}: schema = {values.get('schema')!r}, this version reads {SCHEMA}")
    tasks = {name: _task(path, name, table) for name, table in values.get("task", {}).items()}
    language = values.get("language", {})
    _known(path, "language", language, _LANGUAGE)
    if values.get("half") not in (None, "odd", "even"):
        raise ConfigError(f"{path}: half = {values['half']!r}: it is odd, even, or left out")
    nearest = dict(values.get("nearest", {}))
    cells = tuple(dict.fromkeys(_cells(path, values.get("cells", []), tasks, nearest)))
    if not cells:
        raise ConfigError(f"{path}: no cells: add a [[cells]] block with task, languages, arms and seeds")
    return Plan(
        path=path,
        title=str(values.get("title", path.parent.name)),
        base=str(values.get("base", "embedded")),
        data=str(values.get("data", ".")),
        source=str(values["source"]) if "source" in values else _default_source(),
        half=values.get("half"),
        language=LanguagePlan(**{**language, "text": tuple(language.get("text", ()))}),
        tasks=tasks,
        lexicons=_lists(values.get("lexicon", {})),
        paradigms=_lists(values.get("paradigms", {})),
        inflectors=dict(values.get("inflector", {})),
        nearest=nearest,
        settings=tuple(values.get("set", ())),
        adapt=dict(values.get("adapt", {})),
        cells=cells,
    )


def _default_source() -> str:
    from lexexpand.language import default_source

    return str(default_source())


def _load(path: Path) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingDataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise ConfigError(f"{path}: not a TOML file: {error}") from error


def _known(path: Path, table: str, values: Mapping[str, Any], known: set[str]) -> None:
    wrong = sorted(set(values) - known)
    if wrong:
        where = f"[{table}] " if table else ""
        raise ConfigError(
            f"{path}: {where}{', '.join(wrong)}: not known. There are: {', '.join(sorted(known))}."
        )


def _task(path: Path, name: str, values: Mapping[str, Any]) -> TaskPlan:
    _known(path, f"task.{name}", values, _TASK)
    if not values.get("gold") or not values.get("test"):
        raise ConfigError(f"{path}: [task.{name}] needs gold and test files")
    from lexexpand.model.tasks import kind_of

    return TaskPlan(
        name=name,
        kind=str(values.get("kind") or kind_of(name)),
        steps=int(values.get("steps", 400)),
        arm_steps=int(values.get("arm_steps", 150)),
        rows=int(values.get("rows", 6000)),
        gold=_lists(values["gold"]),
        test=_lists(values["test"]),
        format=values.get("format"),
    )


def _lists(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: (value,) if isinstance(value, str) else tuple(value) for name, value in values.items()}


def _cells(
    path: Path, blocks: Sequence[Mapping[str, Any]], tasks: Mapping[str, TaskPlan], nearest: Mapping[str, str]
) -> Iterator[Cell]:
    for block in blocks:
        _known(path, "[cells]", block, _CELLS)
        missing = sorted(_CELLS - set(block))
        if missing:
            raise ConfigError(f"{path}: a [[cells]] block lacks {', '.join(missing)}")
        task = block["task"]
        if task not in tasks:
            raise ConfigError(f"{path}: [[cells]] task {task!r}: there is no [task.{task}]")
        for seed in block["seeds"]:
            for language in block["languages"]:
                if language not in tasks[task].test:
                    raise ConfigError(f"{path}: [task.{task}.test] has no file of {language}")
                for text in block["arms"]:
                    arm = parse_arm(text, nearest.get(language))
                    _has_gold(path, tasks[task], arm)
                    yield Cell(task, language, arm, int(seed))


def _has_gold(path: Path, task: TaskPlan, arm: Arm) -> None:
    missing = [tag for tag in arm.sources if tag not in task.gold]
    if missing:
        raise ConfigError(f"{path}: arm {arm.name}: [task.{task.name}.gold] has no {', '.join(missing)}")
