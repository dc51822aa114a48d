"""A tiny base, and toy sentences whose labels can be learned."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("torch")
pytest.importorskip("peft")

import torch

from lexexpand.adaptation.config import AdaptConfig
from lexexpand.adaptation.encoded import Encoded, flat, starts
from lexexpand.adaptation.examples import Examples, TaskRow, encode_task, task_of
from lexexpand.adaptation.pairs import Pairs
from lexexpand.model.network import Network
from tests.model.conftest import tiny_base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lexexpand.model.tasks import Task

# Two threads on a busy machine wait for each other: tiny models are ten times as fast on one.
torch.set_num_threads(1)

NOUNS = ["house", "man", "sea", "dog", "moon", "cat", "book", "winter", "boats", "islands", "wind"]
VERBS = ["stands", "barks", "sleeps", "reads", "wrote", "sail", "is"]
OTHERS = ["the", "of", "old", "by", "a", "at", "and", "she", "that", "he", "in", "to", "when", "good"]


def rows(count: int, seed: int = 1) -> list[TaskRow]:
    """Sentences with parts of speech, tags of things, an intent and a label."""
    chance = random.Random(seed)
    made = []
    for _ in range(count):
        words = [chance.choice(NOUNS + VERBS + OTHERS) for _ in range(chance.randint(3, 8))]
        upos = ["NOUN" if w in NOUNS else "VERB" if w in VERBS else "X" for w in words]
        tags = ["B-THING" if w in NOUNS else "O" for w in words]
        label = "verbal" if upos.count("VERB") > upos.count("NOUN") else "nominal"
        made.append(TaskRow(words, upos, tags, label, label))
    return made


def tiny(kind: str = "bert") -> Network:
    """A bare network, the same weights each time."""
    return Network.open(tiny_base(kind))


def encoded(task: Task, network: Network, some: Sequence[TaskRow]) -> Examples:
    return encode_task(some, task, network.words(task.kind))


def pairs_of(network: Network, count: int = 60, seed: int = 5) -> Pairs:
    """Sentences beside themselves with each word turned around: a language that must be learned."""
    encoder = network.words("pos")
    source = [encoder(row.words) for row in rows(count, seed)]
    target = [encoder([word[::-1] for word in row.words]) for row in rows(count, seed)]
    links = [
        [
            i
            for word, first in enumerate(one.first)
            if first >= 0 and other.first[word] >= 0
            for i in (word, word)
        ]
        for one, other in zip(source, target, strict=True)
    ]
    table = flat(links, "int32").reshape(-1, 2)  # type: ignore[arg-type]
    weight = torch.ones(count).numpy()
    counts = [len(linked) // 2 for linked in links]
    return Pairs(Encoded.of(source), Encoded.of(target), table, starts(counts), weight)


@pytest.fixture
def network() -> Network:
    return tiny()


@pytest.fixture
def pos() -> Task:
    return task_of("pos", "pos", rows(20))


@pytest.fixture
def quick() -> AdaptConfig:
    """Settings for a base of width 32."""
    return AdaptConfig(
        r=4,
        alpha=8,
        steps=30,
        task_steps=30,
        tokens=200,
        task_tokens=200,
        lr=5e-3,
        head_lr=2e-2,
        dev_every=10,
    )
