"""Tasks are learned from gold and pseudo-labelled text, and a killed training ends as one that was not."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from lexexpand.adaptation.examples import IGNORED, task_of
from lexexpand.adaptation.measure import dev_score
from lexexpand.adaptation.run import RunFolder, TrainRecord
from lexexpand.adaptation.task import token_targets, train_task
from lexexpand.errors import ConfigError, DataError
from lexexpand.model.lora import LoraSpec
from tests.adaptation.conftest import encoded, rows, tiny

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task

RECORD_KEYS = {"steps", "losses", "tokens", "seconds", "tokens_per_second", "digest", "best_step", "device"}


def table_size(network: Network) -> int:
    return int(network.bare_encoder.get_input_embeddings().num_embeddings)


def score(network: Network, task: Task) -> float:
    test = encoded(task, network, rows(40, 9))
    return dev_score(network, test, [test.text.pieces(i) for i in range(len(test))])


@pytest.mark.parametrize("kind", ["pos", "topic", "intent-slots"])
def test_each_kind_of_task_is_learned(
    network: Network, quick: AdaptConfig, tmp_path: Path, kind: str
) -> None:
    task = task_of(kind, kind, rows(60))
    gold = encoded(task, network, rows(60))
    config = replace(quick, task_steps=60)
    record = train_task(network, task, gold, (), None, config, RunFolder(tmp_path))
    assert record.losses[-1][1] < record.losses[0][1]
    assert score(network, task) > 0.65


@pytest.mark.parametrize("base", ["bert", "xlm-r", "distilbert", "modernbert"])
@pytest.mark.parametrize("tune", ["lora", "full"])
def test_every_kind_of_base_learns_by_adapter_and_in_full(
    base: str, tune: str, quick: AdaptConfig, tmp_path: Path
) -> None:
    network = tiny(base)
    task = task_of("pos", "pos", rows(60))
    config = replace(quick, tune=tune, r=8, task_steps=30, lr=1e-2 if tune == "lora" else 5e-3)
    gold = encoded(task, network, rows(60))
    record = train_task(network, task, gold, (), None, config, RunFolder(tmp_path))
    assert record.losses[-1][1] < record.losses[0][1] - 0.2


def test_a_cut_embedding_trains_as_the_whole_one_does(quick: AdaptConfig, tmp_path: Path) -> None:
    task = task_of("pos", "pos", rows(60))
    found = {}
    for trim in (False, True):
        network = tiny()
        gold = encoded(task, network, rows(60))
        config = replace(quick, tune="full", lr=1e-3, trim=trim, weight_decay=0.0)
        run = RunFolder(tmp_path / str(trim))
        found[trim] = train_task(network, task, gold, (), None, config, run).losses[-1][1]
        assert table_size(network) == table_size(tiny())
        assert score(network, task) > 0.65
    assert found[True] == pytest.approx(found[False], abs=1e-3)


def test_the_language_adapter_stays_bit_for_bit_under_task_training(
    network: Network, pos: Task, quick: AdaptConfig, tmp_path: Path
) -> None:
    network.add_language(LoraSpec(r=4))
    before = network.parts()["language"]
    train_task(network, pos, encoded(pos, network, rows(30)), (), None, quick, RunFolder(tmp_path))
    after = network.parts()["language"]
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_pseudo_labelled_text_is_mixed_in(
    network: Network, pos: Task, quick: AdaptConfig, tmp_path: Path
) -> None:
    # Gold knows nouns only by other words: what is known of these comes from the pseudo-labelled rows.
    gold = encoded(pos, network, [row for row in rows(80) if "dog" not in row.words])
    pseudo = encoded(pos, network, [row for row in rows(200, 4) if "dog" in row.words])
    train_task(network, pos, gold, [pseudo], None, replace(quick, task_steps=60), RunFolder(tmp_path))
    assert network.predict("pos", [network.words("pos")(["the", "dog", "sleeps"])])[0]["upos"][1] == "NOUN"


class StopError(Exception):
    pass


class Stopper:
    """A progress bar that stops the training as Ctrl-C does."""

    def __init__(self, at: int) -> None:
        self.left = at

    def update(self, n: int = 1) -> None:
        self.left -= n
        if self.left <= 0:
            raise StopError

    def close(self) -> None:
        pass


@pytest.mark.parametrize("tune", ["lora", "full"])
def test_a_stopped_training_ends_as_one_that_was_not(
    pos: Task, quick: AdaptConfig, tmp_path: Path, tune: str
) -> None:
    config = replace(quick, tune=tune, checkpoint_every=8)
    found = []
    for name, stops in (("whole", [None]), ("stopped", [13, 20, None])):
        for at in stops:
            network = tiny()  # as a new process has it
            gold, dev = (encoded(pos, network, rows(n, s)) for n, s in ((60, 1), (20, 2)))
            bar = None if at is None else (lambda *_, at=at: Stopper(at))
            with nullcontext() if at is None else pytest.raises(StopError):
                train_task(network, pos, gold, (), dev, config, RunFolder(tmp_path / name), bar)
        found.append(network.parts())
    for part, whole in found[0].items():
        assert all(torch.allclose(whole[name], found[1][part][name], atol=1e-6) for name in whole)


@pytest.mark.slow
def test_a_killed_training_ends_as_one_that_was_not(tmp_path: Path, repository: Path) -> None:
    def train(run: str, out: str, *kill_at: str) -> int:
        command = [sys.executable, "-m", "tests.adaptation.train_and_die", str(tmp_path / run)]
        return subprocess.run(
            [*command, str(tmp_path / out), *kill_at], cwd=repository, check=False
        ).returncode

    assert train("whole", "whole.safetensors") == 0
    assert train("killed", "killed.safetensors", "25") == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "killed").glob("step-*")] == ["step-000020"]
    assert train("killed", "killed.safetensors") == 0
    whole, killed = (load_file(tmp_path / f"{name}.safetensors") for name in ("whole", "killed"))
    assert max(float((whole[name] - killed[name]).abs().max()) for name in whole) < 1e-6
    records = [json.loads((tmp_path / name / "record.json").read_text()) for name in ("whole", "killed")]
    for record in records:
        del record["seconds"], record["tokens_per_second"]
    assert records[0] == records[1]


def test_a_finished_training_is_read_not_run_again(pos: Task, quick: AdaptConfig, tmp_path: Path) -> None:
    found = []
    for _ in range(2):
        network = tiny()
        gold = encoded(pos, network, rows(30))
        record = train_task(network, pos, gold, (), None, quick, RunFolder(tmp_path))
        found.append((record, network.parts()["heads:pos"]))
    assert found[0][0] == found[1][0]
    assert all(torch.equal(found[0][1][name], found[1][1][name]) for name in found[0][1])
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "record.json", "final.safetensors"}


def test_a_folder_of_another_training_is_refused(pos: Task, quick: AdaptConfig, tmp_path: Path) -> None:
    for seed in (1, 2):
        network = tiny()
        gold = encoded(pos, network, rows(30))
        config = replace(quick, seed=seed, task_steps=2)
        if seed == 2:
            with pytest.raises(ConfigError, match="other settings"):
                train_task(network, pos, gold, (), None, config, RunFolder(tmp_path))
        else:
            train_task(network, pos, gold, (), None, config, RunFolder(tmp_path))


def test_the_step_that_is_best_on_development_data_is_kept(
    network: Network, pos: Task, quick: AdaptConfig, tmp_path: Path
) -> None:
    gold, dev = (encoded(pos, network, rows(n, s)) for n, s in ((60, 1), (20, 2)))
    record = train_task(network, pos, gold, (), dev, quick, RunFolder(tmp_path))
    best = max(value for _, value in record.dev)
    assert [step for step, _ in record.dev] == [10, 20, 30]
    assert dict(record.dev)[record.best_step] == best
    pieces = [dev.text.pieces(i) for i in range(len(dev))]
    assert dev_score(network, dev, pieces) == pytest.approx(best, abs=1e-4)


def test_a_loss_that_is_no_number_stops_with_step_rate_and_last_losses(
    network: Network, pos: Task, quick: AdaptConfig, tmp_path: Path
) -> None:
    gold = encoded(pos, network, rows(60))
    gold.weight[40] = np.inf
    with pytest.raises(
        DataError, match=r"task pos: the loss is (nan|inf) at step \d+ of 30 .*rate.*last losses"
    ):
        train_task(network, pos, gold, (), None, quick, RunFolder(tmp_path))


def test_data_of_another_task_are_refused(
    network: Network, pos: Task, quick: AdaptConfig, tmp_path: Path
) -> None:
    other = encoded(task_of("ner", "ner", rows(20)), network, rows(20))
    with pytest.raises(DataError, match="another task"):
        train_task(network, pos, other, (), None, quick, RunFolder(tmp_path))


def test_targets_stand_at_first_pieces_alone(network: Network, pos: Task) -> None:
    made = encoded(pos, network, rows(3))
    width = int(made.text.lengths.max())
    table = token_targets(made, "upos", [2, 0], width)
    assert table.shape == (2, width)
    first = made.text.pieces(0).first
    assert [table[1, at] for at in first] == made.targets["upos"][: len(first)].tolist()
    assert (table[1] != IGNORED).sum() == len(first)


def test_a_record_comes_back_from_json() -> None:
    record = TrainRecord("task pos", 3, [(1, 0.5)], [(2, 0.25)], 2, 100, 4.0, 7, "cpu", "float32", "ab")
    told = json.loads(json.dumps(record.to_json()))
    assert TrainRecord.from_json(told) == record
    assert set(told) >= RECORD_KEYS
    assert told["tokens_per_second"] == 25.0
