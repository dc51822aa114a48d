"""Cells from a plan to a table: what is shared, what goes on, what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from lexexpand.adaptation.run import RunFolder
from lexexpand.errors import DataError, IntegrityError
from lexexpand.experiment import study as running
from lexexpand.experiment.cell import find_cells, main, run_cells
from lexexpand.experiment.export import pack
from lexexpand.experiment.results import read_results, trained_on
from lexexpand.experiment.run import build, collect_study, open_study
from lexexpand.experiment.stage import CellSpec

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.experiment.inputs import Maker

CPU = torch.device("cpu")
LINGUISTICS = ("langcodes", "conllu", "babel", "datasets", "seqeval", "pooch", "unimorph", "simplemma")


def test_a_study_runs_from_its_plan_to_its_table(study: Maker) -> None:
    exported = build(study)
    ran, failed = run_cells([exported.folder], CPU)
    assert (ran, failed) == (5, [])
    collected = collect_study(study)
    folder = study.plan.path.parent
    assert [path.name for path in collected.files] == ["results.jsonl", "table.md", "figure.svg"]
    results = read_results(folder / "results.jsonl")
    assert [result.slug for result in results] == [cell.slug for cell in study.plan.cells]
    scored = [result for result in results if not result.refused]
    for result in scored:
        low, high = result.scores[0]["interval"]
        assert low <= result.scores[0]["value"] <= high
        assert "half:odd" in result.scores[0]["signature"]
        assert result.command.endswith(f"cell work/study/cells/{result.slug}")
    assert "| arm | fao_Latn | sme_Latn |" in (folder / "table.md").read_text(encoding="utf-8")


def test_what_arms_share_is_trained_once(study: Maker) -> None:
    cells = {cell.slug: cell for cell in build(study).cells}
    source = {spec.stages[spec.final].start for spec in cells.values()}
    assert len(source) == 1
    assert cells["pos.fao_Latn.zero-shot.13"].final == cells["pos.sme_Latn.zero-shot.13"].final
    assert len({key for spec in cells.values() for key in spec.stages}) == 6


def test_a_second_run_trains_nothing_and_a_changed_plan_what_it_changes(
    study: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported = build(study, only="zero-shot")
    assert run_cells([exported.folder], CPU) == (2, [])
    monkeypatch.setattr(running, "train_task", None)
    assert run_cells([build(study, only="zero-shot").folder], CPU) == (0, [])


def test_a_cell_that_fails_does_not_keep_back_the_others(study: Maker) -> None:
    folder = build(study, only="zero-shot").folder
    spec = json.loads((folder / "cells" / "pos.fao_Latn.zero-shot.13" / "cell.json").read_text())
    spec["test"] = "gone"
    (folder / "cells" / "pos.fao_Latn.zero-shot.13" / "cell.json").write_text(json.dumps(spec))
    assert run_cells([folder], CPU) == (1, ["pos.fao_Latn.zero-shot.13"])


def test_what_a_killed_training_left_is_no_hindrance(study: Maker) -> None:
    exported = build(study, only="fao_Latn.zero-shot")
    left = exported.folder / "stages" / f"{exported.cells[0].final}.run"
    RunFolder(left).claim("of a table that was cut otherwise", "task pos")
    assert run_cells([exported.folder], CPU) == (1, [])
    assert not left.exists()


def test_inputs_are_kept_while_the_plan_says_the_same(study: Maker) -> None:
    before = {path: path.stat().st_mtime_ns for path in (build(study).folder / "inputs").iterdir()}
    after = {path: path.stat().st_mtime_ns for path in (build(study).folder / "inputs").iterdir()}
    assert before == after


def test_labels_of_the_test_set_do_not_travel(study: Maker) -> None:
    folder = build(study, only="zero-shot").folder
    [test] = (folder / "inputs").glob("*.test.fao*")
    with np.load(test) as arrays:
        assert not [name for name in arrays.files if name.startswith("target-")]


def test_collapsed_and_duplicate_cells_are_refused_with_the_reason(study: Maker) -> None:
    exported = build(study)
    run_cells([exported.folder], CPU)
    cells = exported.folder / "cells"
    whole = cells / "pos.fao_Latn.zero-shot.13" / "predictions.npz"
    copied = cells / "pos.fao_Latn.word-translation.13" / "predictions.npz"
    flat = cells / "pos.fao_Latn.lexexpand.13" / "predictions.npz"
    with np.load(whole) as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    varied = {**columns, "upos": (np.arange(len(columns["upos"])) % 3).astype(np.int16)}
    np.savez(whole, **varied)
    np.savez(copied, **varied)
    np.savez(flat, **{**columns, "upos": np.zeros_like(columns["upos"])})
    results = {result.slug: result for result in collect_study(study).results}
    assert "the same predictions" in str(results["pos.fao_Latn.word-translation.13"].refused)
    assert "collapsed" in str(results["pos.fao_Latn.lexexpand.13"].refused)
    assert not results["pos.fao_Latn.lexexpand.13"].scores


def test_an_ingredient_that_changes_no_data_is_no_other_training(study: Maker) -> None:
    exported = build(study, only="lexexpand.13")
    [spec] = [spec for spec in exported.cells if spec.about["arm"] == "lexexpand"]
    inputs = exported.folder / "inputs"
    stage = spec.stages[spec.final]
    [name] = stage.pseudo
    (inputs / "other.npz").write_bytes((inputs / f"{name}.npz").read_bytes())
    renamed = replace(spec, stages={**spec.stages, spec.final: replace(stage, pseudo=("other",))})
    assert trained_on(renamed, inputs) == trained_on(spec, inputs)
    np.savez(inputs / "other.npz", ids=np.zeros(1, np.int32))
    assert trained_on(renamed, inputs) != trained_on(spec, inputs)


def test_an_archive_holds_what_a_machine_needs_to_run_the_cells(study: Maker, tmp_path: Path) -> None:
    exported = build(study, only="zero-shot")
    pack(exported.folder, tmp_path / "study.tar.xz")
    with tarfile.open(tmp_path / "study.tar.xz") as archive:
        archive.extractall(tmp_path / "there", filter="data")
    assert run_cells([tmp_path / "there" / "study"], CPU) == (2, [])


@pytest.mark.slow
def test_cells_run_without_linguistics(study: Maker) -> None:
    folder = build(study, only="sme_Latn").folder
    block = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {LINGUISTICS!r}: raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "from lexexpand.experiment.cell import main\n"
        f"sys.exit(main([{str(folder)!r}, '--device', 'cpu']))\n"
    )
    done = subprocess.run([sys.executable, "-c", block], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1 cells" in done.stderr


def test_collecting_before_running_says_so(study: Maker) -> None:
    build(study, only="zero-shot")
    with pytest.raises(DataError, match="no cell has run"):
        collect_study(study)


def test_a_damaged_cell_is_named(study: Maker) -> None:
    folder = build(study, only="sme_Latn").folder
    path = folder / "cells" / "pos.sme_Latn.zero-shot.13"
    assert find_cells([path]) == [(folder, CellSpec.read(path))]
    (path / "cell.json").write_text("{")
    with pytest.raises(IntegrityError, match=r"cell\.json"):
        find_cells([folder])
    assert main([str(folder), "--device", "cpu"]) == 3


def test_what_a_dictionary_says_is_added_without_another_training(study: Maker) -> None:
    folder = study.plan.path.parent
    (folder / "test.conllu").write_text(
        "".join(
            f"{i}\t{word}\t_\t{tag}" + "\t_" * 6 + "\n"
            for i, (word, tag) in enumerate((("Hestur", "NOUN"), ("xyzzy", "VERB"), (".", "PUNCT")), 1)
        )
        + "\n",
        encoding="utf-8",
    )
    text = study.plan.path.read_text(encoding="utf-8").replace(
        '"zero-shot", "word-translation"', '"zero-shot", "zero-shot tags=on", "zero-shot gloss=on"'
    )
    study.plan.path.write_text(text, encoding="utf-8")
    again = open_study(study.plan.path, study.folder, base=str(study.base.folder), offline=True)
    exported = build(again, only="fao_Latn.zero-shot")
    assert len({spec.final for spec in exported.cells}) == 1
    assert len({spec.digest for spec in exported.cells}) == 3
    assert run_cells([exported.folder], CPU) == (3, [])
    scores = {}
    for spec in exported.cells:
        with np.load(exported.folder / "cells" / spec.slug / "predictions.npz") as arrays:
            scores[spec.about["arm"]] = arrays["upos-scores"].astype(np.float32)
    plain, tagged, glossed = (scores[f"zero-shot{more}"] for more in ("", " tags=on", " gloss=on"))
    labels = again.task("pos").labels_of("upos")
    added = tagged - plain
    assert labels[added[0].argmax()] == "NOUN"
    assert np.allclose(added[2], 0, atol=0.01)
    assert plain.shape == glossed.shape
    assert not np.allclose(plain, glossed, atol=0.01)


def test_weights_half_way_are_those_of_no_other_arm(study: Maker) -> None:
    text = study.plan.path.read_text(encoding="utf-8").replace(
        '"zero-shot", "word-translation"', '"word-translation", "word-translation halfway=on"'
    )
    study.plan.path.write_text(text, encoding="utf-8")
    again = open_study(study.plan.path, study.folder, base=str(study.base.folder), offline=True)
    exported = build(again, only="fao_Latn.word-translation")
    assert len({spec.final for spec in exported.cells}) == 1
    assert run_cells([exported.folder], CPU) == (2, [])
    trained = list((exported.folder / "stages").glob("*.json"))
    assert len(trained) == 2  # gold, and what goes on from it: once for both arms
    scores = {}
    for spec in exported.cells:
        with np.load(exported.folder / "cells" / spec.slug / "predictions.npz") as arrays:
            scores[spec.about["arm"]] = arrays["upos-scores"].astype(np.float32)
    end, halfway = (scores[f"word-translation{more}"] for more in ("", " halfway=on"))
    assert end.shape == halfway.shape
    assert not np.allclose(end, halfway, atol=0.01)


def test_a_sentence_is_read_with_its_glosses_behind_or_instead(study: Maker) -> None:
    folder = study.plan.path.parent
    rows = [f"{'sport' if n % 2 else 'travel'}\tThe man sees the house ." for n in range(20)]
    (folder / "train.tsv").write_text("category\ttext\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "test.tsv").write_text(
        "category\ttext\nsport\tHestur xyzzy .\ntravel\tBoats .\n", encoding="utf-8"
    )
    plan = study.plan.path.read_text(encoding="utf-8")
    plan = plan[: plan.index("[[cells]]")].replace("pos", "topic").replace(".conllu", ".tsv")
    arms = [f"zero-shot{more}" for more in ("", " gloss=on", " gloss=instead", " gloss=both")]
    plan += f'[[cells]]\ntask = "topic"\nlanguages = ["fao_Latn"]\narms = {json.dumps(arms)}\nseeds = [13]\n'
    study.plan.path.write_text(plan.replace('half = "odd"', ""), encoding="utf-8")
    exported = build(open_study(study.plan.path, study.folder, base=str(study.base.folder), offline=True))
    assert run_cells([exported.folder], CPU) == (4, [])
    scores = {}
    for spec in exported.cells:
        with np.load(exported.folder / "cells" / spec.slug / "predictions.npz") as arrays:
            scores[spec.about["arm"]] = arrays["label-scores"].astype(np.float32)
    plain, behind, instead, both = (scores[arm] for arm in arms)
    assert np.allclose(plain[1], instead[1], atol=0.01)  # no word of it has a gloss
    assert not np.allclose(plain[0], instead[0], atol=0.01)
    assert np.allclose(3 * both[0], 2 * behind[0] + 2 * instead[0] - plain[0], atol=0.05)


def test_running_some_cells_leaves_what_the_others_said(study: Maker) -> None:
    folder = build(study).folder
    cells = {path.name: path for path in (folder / "cells").iterdir()}
    chosen = build(study, only="sme_Latn.zero-shot")
    assert [spec.slug for spec in chosen.cells] == ["pos.sme_Latn.zero-shot.13"]
    assert {path.name for path in (folder / "cells").iterdir()} == set(cells)
    read = {name for path in cells.values() for name in _read_by(path)}
    assert {path.stem for path in (folder / "inputs").glob("*.npz")} == read
    gone = study.plan.path.read_text(encoding="utf-8").replace('"zero-shot", ', "")
    study.plan.path.write_text(gone, encoding="utf-8")
    less = build(open_study(study.plan.path, study.folder, base=str(study.base.folder), offline=True))
    assert {path.name for path in (folder / "cells").iterdir()} == {spec.slug for spec in less.cells}


def _read_by(cell: Path) -> set[str]:
    spec = CellSpec.read(cell)
    return {spec.test, *(name for stage in spec.stages.values() for name in stage.reads)}
