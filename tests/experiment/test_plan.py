"""Plans: what they say, and what they are told when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from lexexpand.errors import ConfigError, MissingDataError
from lexexpand.experiment.arms import parse_arm
from lexexpand.experiment.plan import read_plan

FIRST = Path(__file__).parents[2] / "experiments" / "first" / "plan.toml"
SMALL = """
schema = 1
data = "."
[task.pos]
[task.pos.gold]
eng_Latn = "train.conllu"
ron_Latn = "ro.conllu"
[task.pos.test]
fao_Latn = "test.conllu"
[nearest]
fao_Latn = "ron_Latn"
[[cells]]
task = "pos"
languages = ["fao_Latn"]
arms = ["zero-shot", "zero-shot:nearest", "lexexpand -gold"]
seeds = [1, 2]
"""


def plan(folder: Path, text: str = SMALL) -> Path:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_cells_are_languages_by_arms_by_seeds(tmp_path: Path) -> None:
    read = read_plan(plan(tmp_path))
    assert [cell.slug for cell in read.cells if cell.seed == 1] == [
        "pos.fao_Latn.zero-shot.1",
        "pos.fao_Latn.zero-shot-ron_Latn.1",
        "pos.fao_Latn.lexexpand-less-gold.1",
    ]
    assert len(read.cells) == 6


def test_learned_inflectors_stand_beside_the_plan_or_where_a_variable_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELS", "/models")
    text = SMALL + '[inflector]\nfao_Latn = "models/fao"\nsme_Latn = "$MODELS/sme"\n'
    read = read_plan(plan(tmp_path, text))
    assert read.inflector_of("fao_Latn") == tmp_path / "models" / "fao"
    assert read.inflector_of("sme_Latn") == Path("/models/sme")
    assert read.inflector_of("kpv_Cyrl") is None


def test_the_first_study_is_as_the_issue_asks() -> None:
    cells = read_plan(FIRST).cells
    pos = {cell.language[:3] for cell in cells if cell.task == "pos"}
    assert pos == {"fao", "sme", "myv", "kpv", "bam", "wol", "mlt"}
    seeds = {cell.seed for cell in cells if cell.task == "pos" and cell.language[:3] == "kpv"}
    assert len(seeds) == 3
    assert len({cell.slug for cell in cells}) == len(cells)
    without = {cell.arm.name for cell in cells if " -" in cell.arm.name}
    assert len(without) == 6


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("schema = 1", "schema = 9", "schema"),
        ('data = "."', 'dat = "."', "dat"),
        ('task = "pos"', 'task = "poss"', "poss"),
        ('"lexexpand -gold"', '"lexexpand -golden"', "Did you mean gold"),
        ('"lexexpand -gold"', '"lexexpnd"', "Did you mean lexexpand"),
        ('"zero-shot:nearest"', '"zero-shot:fin_Latn"', "fin_Latn"),
        ('languages = ["fao_Latn"]', 'languages = ["sme_Latn"]', "sme_Latn"),
        ("seeds = [1, 2]", "", "seeds"),
    ],
)
def test_a_wrong_plan_is_told_what_is_wrong(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        read_plan(plan(tmp_path, SMALL.replace(old, new)))


def test_a_missing_file_names_the_folder_where_it_should_be(tmp_path: Path) -> None:
    read = read_plan(plan(tmp_path))
    with pytest.raises(MissingDataError, match=r"train\.conllu"):
        read.files(read.tasks["pos"].gold["eng_Latn"])


def test_an_arm_less_an_ingredient_is_the_arm_with_one_thing_changed() -> None:
    whole = parse_arm("lexexpand")
    assert parse_arm("lexexpand -inflection").settings == ("inflector=none",)
    assert not parse_arm("lexexpand -gold").gold
    assert not parse_arm("lexexpand -language").language
    assert not parse_arm("lexexpand -selection").select
    assert parse_arm("lexexpand multiword=off").settings == parse_arm("lexexpand -multiword").settings
    assert (whole.gold, whole.language, whole.select, whole.is_of_target) == (True, True, True, True)


def test_an_arm_may_have_steps_sources_and_sizes_of_its_own() -> None:
    arm = parse_arm("lexexpand gold=eng_Latn+nearest rows=500 adapt.gold_ratio=0.25", "fin_Latn")
    assert (arm.sources, arm.rows) == (("eng_Latn", "fin_Latn"), 500)
    assert arm.adapt == (("gold_ratio", 0.25),)
    assert parse_arm("zero-shot:eng_Latn+nearest", "fin_Latn").name == "zero-shot:eng_Latn+fin_Latn"
    assert parse_arm("zero-shot:eng_Latn+nearest", "eng_Latn").sources == ("eng_Latn",)
    tagged = parse_arm("zero-shot:eng_Latn+nearest tags=on", "fin_Latn")
    assert (tagged.name, tagged.tags) == ("zero-shot:eng_Latn+fin_Latn tags=on", True)
    for wrong in ("lexexpand rows=many", "lexexpand adapt.r=much", "lexexpand gold=eng_Latn+nearest"):
        with pytest.raises(ConfigError):
            parse_arm(wrong)


def test_models_without_target_data_serve_all_languages() -> None:
    assert not parse_arm("zero-shot").is_of_target
    assert not parse_arm("identity").is_of_target
    assert parse_arm("word-translation+gold").is_of_target
