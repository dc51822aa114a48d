"""How big is a bundle, how long does it take to load, what do its adapters cost? Embedded base, one thread.

Weights are random: none of this depends on what was learnt. Throughputs are of one process, taken in turn on
the same encoded sentences, the best of three rounds by processor time.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.measurement import Measurement
from benchmarks.peak import peak_bytes
from lexexpand.text.block import UPOS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from benchmarks.setting import Setting
    from lexexpand.model.base import Base

TAGS = tuple(UPOS)
SENTENCES, ROUNDS = 300, 3


def run(setting: Setting) -> Iterator[Measurement]:
    """Sizes, seconds, tokens a second, and the memory of all this."""
    import torch

    from lexexpand.bundle.load import load_bundle
    from lexexpand.bundle.save import save_bundle
    from lexexpand.model.base import find_base, load_encoder, load_tokenizer
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task

    torch.set_num_threads(1)
    base = find_base(base_file=setting.base_file, offline=setting.offline)
    signature = setting.signature(base=base.id.replace("/", "-"), r=16, threads=1)
    folder = setting.folder / "bundle"
    network = Network.open(base)
    network.add_language(LoraSpec())
    network.add_task(Task("pos", "pos", (("upos", TAGS),)), LoraSpec())
    torch.manual_seed(13)
    network.load_parts(
        {
            part: {name: torch.randn_like(tensor) * 0.02 for name, tensor in tensors.items()}
            for part, tensors in network.parts().items()
        }
    )
    save_bundle(folder, network, language=str(setting.language))
    del network

    def told(name: str, value: float, unit: str, target: str = "") -> Measurement:
        return Measurement("bundles", name, value, unit, signature, target)

    size = (folder / "language" / "adapter_model.safetensors").stat().st_size
    yield told("language adapter", size / 1e6, "MB", "<= 6 MB")
    own = min(_seconds(lambda: (load_encoder(base), load_tokenizer(base))) for _ in range(ROUNDS))
    yield told("the base's own load", own, "s")
    whole = min(_seconds(lambda: load_bundle(folder)("Hon las bókina.", task="pos")) for _ in range(ROUNDS))
    yield told("load_bundle and a first prediction, over that", whole - own, "s", "<= 3 s")
    lines = setting.text(SENTENCES).read_text(encoding="utf-8").splitlines()
    yield from (told(*row) for row in _throughput(base, folder, lines))
    yield told("peak memory of all this", peak_bytes() / 1e9, "GB", "<= 4 GB")


def _throughput(base: Base, folder: Path, lines: Sequence[str]) -> Iterator[tuple[str, float, str, str]]:
    from lexexpand.bundle.load import load_bundle
    from lexexpand.model.network import Network
    from lexexpand.model.tasks import Task

    merged, stacked = load_bundle(folder), load_bundle(folder, merge=False)
    bare = Network.open(base)
    bare.add_task(Task("pos", "pos", (("upos", TAGS),)), None)
    words = bare.words("pos")
    pieces = [words(line.split()) for line in lines]
    tokens = sum(map(len, pieces))
    contestants = {
        "bare base": lambda: bare.predict("pos", pieces),
        "adapters merged": lambda: merged.reader("pos").predict("pos", pieces),
        "adapters stacked": lambda: stacked.reader("pos").predict("pos", pieces),
    }
    best = dict.fromkeys(contestants, float("inf"))
    for _ in range(ROUNDS + 1):  # the first round warms up, and is never the best
        for name, work in contestants.items():
            best[name] = min(best[name], _processor_seconds(work))
    yield "bare base", tokens / best["bare base"], "tokens/s", ""
    for name, target in (("adapters merged", ">= 0.95 x"), ("adapters stacked", "")):
        yield f"{name}, against the bare base", best["bare base"] / best[name], "x", target


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _processor_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
