"""A bundle on a tiny random base, made once; tests that change it take a copy."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

import torch

from lexexpand.bundle.save import save_bundle
from lexexpand.model.lora import LoraSpec
from lexexpand.model.network import Network
from lexexpand.model.tasks import Task
from tests.model.conftest import tiny_base

if TYPE_CHECKING:
    from lexexpand.model.base import Base

UPOS = ("ADJ", "DET", "NOUN", "VERB")
SCORES = [
    {"task": "pos", "system": "bundle", "name": "accuracy", "value": 0.61, "interval": [0.58, 0.64], "n": 900,
     "signature": "lexexpand:1|metric:accuracy"},
    {"task": "pos", "system": "zero-shot", "name": "accuracy", "value": 0.37, "interval": [0.34, 0.4],
     "n": 900, "signature": "lexexpand:1|metric:accuracy"},
]  # fmt: skip
DATA = {
    "corpora": [{"digest": "ab" * 32, "origin": "synthetic", "kind": "pseudo-parallel", "rows": 100}],
    "packs": [{"id": "starter", "kind": "lexicon", "version": "1", "licence": "CC0-1.0"}],
    "licences": ["CC0-1.0"],
}


def tiny_network(base: Base, *, seed: int = 3, rows: tuple[int, ...] = ()) -> Network:
    """A network with a language adapter, three tasks, and random weights in all of them."""
    network = Network.open(base)
    network.add_language(LoraSpec(r=4, alpha=8, rows=rows))
    network.add_task(Task("pos", "pos", (("upos", UPOS),)), LoraSpec(r=4, alpha=8))
    network.add_task(Task("topic", "topic", (("label", ("sea", "land")),)), None)
    slots = (("intent", ("ask", "set")), ("slots", ("O", "B-time", "I-time")))
    network.add_task(Task("intent-slots", "intent-slots", slots), LoraSpec(r=4, alpha=8))
    torch.manual_seed(seed)
    made = {
        part: {k: 0.3 * torch.randn_like(t) for k, t in state.items()}
        for part, state in network.parts().items()
    }
    network.load_parts(made)
    return network


@pytest.fixture(scope="session")
def bert() -> Base:
    """A tiny BERT."""
    return tiny_base("bert")


@pytest.fixture(scope="session")
def network(bert: Base) -> Network:
    """What the bundle was made of."""
    return tiny_network(bert)


@pytest.fixture(scope="session")
def made(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle; not to be changed."""
    place = tmp_path_factory.mktemp("bundles") / "fao"
    return save_bundle(place, network, language="fao_Latn", scores=SCORES, data=DATA)


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of the bundle, to be spoilt."""
    return Path(shutil.copytree(made, tmp_path / "fao"))


def outputs(bundle: Any) -> tuple[Any, ...]:
    """What a bundle says about a few sentences, exactly."""
    texts = ["the old man reads", "a dog barks at the moon, and the cat sleeps.", "boats"]
    told = [[p.as_dict() for p in bundle(texts, task=task)] for task in bundle.tasks]
    return (*told, bundle.embed(texts).tolist())
