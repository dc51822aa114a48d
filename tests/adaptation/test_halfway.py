"""Gold first, then gold and pseudo-labelled text; then half way between."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from lexexpand.adaptation.halfway import half_way, train_halfway
from lexexpand.adaptation.run import RunFolder
from lexexpand.adaptation.task import train_task
from tests.adaptation.conftest import encoded, rows, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.adaptation.config import AdaptConfig, Tune
    from lexexpand.model.tasks import Task


@pytest.mark.parametrize("tune", ["lora", "full"])
def test_the_weights_are_the_mean_of_both_ends(
    pos: Task, quick: AdaptConfig, tmp_path: Path, tune: Tune
) -> None:
    config = replace(quick, tune=tune, task_steps=14)
    network = tiny()
    gold, pseudo = (encoded(pos, network, rows(n, s)) for n, s in ((60, 1), (60, 4)))
    record = train_halfway(network, pos, gold, [pseudo], None, config, RunFolder(tmp_path / "both"))
    assert (record.steps, record.best_step) == (14, 14)
    assert [step for step, _ in record.losses] == sorted({step for step, _ in record.losses})
    found = network.parts()

    other = tiny()
    train_task(other, pos, gold, (), None, replace(config, task_steps=10), RunFolder(tmp_path / "first"))
    before = other.parts()
    train_task(other, pos, gold, [pseudo], None, replace(config, task_steps=4), RunFolder(tmp_path / "then"))
    after = other.parts()
    assert found.keys() == after.keys()
    for part, state in found.items():
        for name, value in state.items():
            assert torch.allclose(value, (before[part][name] + after[part][name]) / 2, atol=1e-6)
    assert any(
        not torch.allclose(value, after["heads:pos"][name]) for name, value in found["heads:pos"].items()
    )


def test_what_ran_is_read_and_not_run_again(pos: Task, quick: AdaptConfig, tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        network = tiny()
        gold, pseudo = (encoded(pos, network, rows(n, s)) for n, s in ((60, 1), (60, 4)))
        record = train_halfway(network, pos, gold, [pseudo], None, quick, RunFolder(tmp_path))
        found.append((record, network.parts()))
    assert found[0][0] == found[1][0]  # with the seconds that the first one took
    for part, state in found[0][1].items():
        assert all(torch.equal(state[name], found[1][1][part][name]) for name in state)


def test_gold_alone_goes_half_way_too_and_one_step_does_not(
    pos: Task, quick: AdaptConfig, tmp_path: Path
) -> None:
    found = []
    for steps, train, name in ((7, train_halfway, "a"), (7, train_task, "b"), (1, train_halfway, "c")):
        network = tiny()
        config = replace(quick, task_steps=steps)
        record = train(
            network, pos, encoded(pos, network, rows(40)), (), None, config, RunFolder(tmp_path / name)
        )
        assert record.steps == steps
        found.append(network.parts()["heads:pos"])
    assert any(not torch.allclose(value, found[1][name]) for name, value in found[0].items())
    assert (tmp_path / "a" / "gold").is_dir()
    assert not (tmp_path / "c" / "gold").exists()


def test_a_part_that_only_the_end_has_stays() -> None:
    one, two = torch.zeros(2), torch.ones(2)
    found = half_way({"a": {"x": one}}, {"a": {"x": two, "y": two}, "b": {"z": two}})
    assert found["a"]["x"].tolist() == [0.5, 0.5]
    assert found["a"]["y"].tolist() == found["b"]["z"].tolist() == [1.0, 1.0]
