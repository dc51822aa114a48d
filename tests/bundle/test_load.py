"""A loaded bundle says what the trained network said: in a fresh process, beside others, a hundred times."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest
import torch

from lexexpand.bundle.load import load_bundle
from lexexpand.bundle.save import save_bundle
from lexexpand.errors import BundleError
from lexexpand.model.network import Network
from tests.bundle.conftest import outputs, tiny_network
from tests.model.conftest import KINDS, tiny_base

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand.model.base import Base

SCRIPT = """
import json, sys
from lexexpand.bundle.load import load_bundle
from tests.bundle.conftest import outputs
told = [outputs(load_bundle(*sys.argv[1:2], base=sys.argv[2], device="cpu", merge=m)) for m in (True, False)]
print(json.dumps(told))
"""


def test_predictions_in_a_fresh_process_are_identical(made: Path, bert: Base, repository: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(made), str(bert.folder)]
    run = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    here = [outputs(load_bundle(made, base=bert, device="cpu", merge=merge)) for merge in (True, False)]
    assert json.loads(run.stdout) == json.loads(json.dumps(here))


@pytest.mark.parametrize("kind", KINDS)
def test_merged_or_not_it_says_what_the_trained_network_said(kind: str, tmp_path: Path) -> None:
    base = tiny_base(kind)
    trained = tiny_network(base, rows=(5, 7))
    place = save_bundle(tmp_path / "b", trained, language="fao_Latn")
    words = [["the", "old", "man", "reads"], ["boats"]]
    for merge in (True, False):
        bundle = load_bundle(place, base=base, device="cpu", merge=merge)
        for task in trained.tasks:
            encoder = trained.words(trained.tasks[task].kind)
            for said, wanted in zip(
                bundle(words, task=task), trained.predict(task, [encoder(w) for w in words]), strict=True
            ):
                values = list(wanted.values())
                assert said.label == next((v for v in values if isinstance(v, str)), None)
                assert list(said.tags) == next((v for v in values if isinstance(v, list)), [])
        trained.activate(None, None)
        vectors = trained.embed([trained.words(None)(w) for w in words])
        assert torch.allclose(torch.from_numpy(bundle.embed(words)), vectors, atol=1e-5)


def test_the_adapter_changes_what_the_base_says(made: Path, bert: Base) -> None:
    bundle = load_bundle(made, base=bert, device="cpu")
    bare = Network.open(bert)
    vector = bare.embed([bare.words(None).text("the old man")])[0]
    assert float(torch.from_numpy(bundle.embed("the old man")) @ vector) < 0.99


def test_two_bundles_side_by_side_do_not_disturb_each_other(bert: Base, made: Path, tmp_path: Path) -> None:
    other = save_bundle(tmp_path / "sme", tiny_network(bert, seed=99), language="sme_Latn")
    alone = outputs(load_bundle(made, base=bert, device="cpu"))
    alone_other = outputs(load_bundle(other, base=bert, device="cpu"))
    first, second = load_bundle(made, base=bert, device="cpu"), load_bundle(other, base=bert, device="cpu")
    assert alone != alone_other
    for _ in range(2):
        assert outputs(first) == alone
        assert outputs(second) == alone_other


def test_tasks_can_be_asked_in_turn(made: Path, bert: Base) -> None:
    for merge in (True, False):
        bundle = load_bundle(made, base=bert, device="cpu", merge=merge)
        first = outputs(bundle)
        assert outputs(bundle) == first


def tensors_alive() -> int:
    gc.collect()
    return sum(type(thing) in (torch.Tensor, torch.nn.Parameter) for thing in gc.get_objects())


def test_a_bundle_that_is_dropped_leaves_no_tensor_behind(made: Path, bert: Base) -> None:
    load_bundle(made, base=bert, device="cpu")("the old man", task="pos")
    before = tensors_alive()
    for _ in range(3):
        load_bundle(made, base=bert, device="cpu")("the old man", task="pos")
    assert tensors_alive() <= before


@pytest.mark.slow
def test_a_hundred_bundles_loaded_and_dropped_leave_memory_flat(made: Path, bert: Base) -> None:
    process, sizes = psutil.Process(), []
    for number in range(110):
        load_bundle(made, base=bert, device="cpu")("the old man", task="pos")
        if number % 10 == 9:
            gc.collect()
            sizes.append(process.memory_info().rss)
    # 100 copies of the tiny base would be 20 MB and more; allocators take a little of their own.
    assert sizes[-1] - sizes[0] < 8_000_000


def test_another_base_is_refused_with_both_names(made: Path) -> None:
    with pytest.raises(BundleError, match=r"bundle\.json: made for the base tiny-bert .* is tiny-xlm-r"):
        load_bundle(made, base=tiny_base("xlm-r"))


def test_a_base_that_was_a_folder_is_asked_for_and_never_looked_for(
    made: Path, monkeypatch: pytest.MonkeyPatch, bert: Base
) -> None:
    monkeypatch.chdir(bert.folder.parent)
    with pytest.raises(BundleError, match=r"bundle\.json: made for the base 'tiny-bert'.*--base FOLDER"):
        load_bundle(made)


def test_without_torch_it_says_what_to_install(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(BundleError, match=r"needs torch.*pip install 'lexexpand\[adapt\]'"):
        load_bundle(made)


def test_showing_a_bundle_imports_no_torch(made: Path, repository: Path) -> None:
    code = (
        "import sys; from lexexpand.bundle.verify import describe; describe(sys.argv[1]); "
        "print('torch' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(made)], cwd=repository, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
