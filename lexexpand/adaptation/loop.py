"""The training loop: one for all objectives, since they differ in what a step's loss is and in nothing else.

Step `s` is a function of the weights, the optimiser and `s`: the order of the batches follows from the seed
(`mixture`), and chance (dropout, masks) is drawn anew from (seed, s) at each step. A checkpoint is therefore
weights, optimiser and counters, and a run that was killed ends as one that was not.

AdamW (Loshchilov & Hutter 2019), a rate that rises over the first steps and falls in a straight line, clipped
gradients; accelerate moves gradients to whatever device there is. Not transformers' Trainer: its batches are
counted in sentences and its checkpoints hold the whole base, half a gigabyte each, where ours hold five.
"""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lexexpand.adaptation.run import Checkpoint, RunFolder, TrainRecord
from lexexpand.errors import ConfigError, DataError
from lexexpand.model.device import autocast, has_bfloat16

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lexexpand.adaptation.config import AdaptConfig
    from lexexpand.model.network import Network
    from lexexpand.progress import MakeProgress, Progress


_TOLD = 20  # entries of the loss in a record
_REMEMBERED = 5  # losses that an error quotes
_STEPS = 1_000_003


@dataclass(frozen=True, slots=True)
class Loss:
    """A step's loss: a scalar in nats, and the padded pieces that the trained side read for it."""

    value: torch.Tensor
    tokens: int


@dataclass(frozen=True, slots=True)
class Job:
    """One training.

    Attributes:
        name: for bar, record and errors: `task pos`.
        digest: of settings and data.
        steps: how many.
        network: whose trainable parameters are trained. Those of its heads have a rate of their own.
        batches: from a step on, what each step reads.
        loss: of a batch.
        dev: a score of the development data, higher is better; None without.
        extra: a trainable head beside the network that are thrown away afterwards, as the masked-token head.
    """

    name: str
    digest: str
    steps: int
    network: Network
    batches: Callable[[int], Iterator[Any]]
    loss: Callable[[Any], Loss]
    dev: Callable[[], float] | None = None
    extra: nn.Module | None = None


def fit(job: Job, config: AdaptConfig, run: RunFolder, progress: MakeProgress | None = None) -> TrainRecord:
    """Train until done, from the start or from where a run in this folder was killed.

    The network then has the weights that were best on development data, or the last ones without.

    Raises:
        ConfigError: The folder holds another run; nothing is trainable.
        DataError: The loss is no longer a number; says step, rate and the losses before.
    """
    run.claim(job.digest, job.name)
    finished = run.record()
    weights = trainable(job)
    if finished is not None:
        put(weights, run.final())
        return finished
    trainer = _Trainer(job, config, run, weights)
    bar = progress(job.name, job.steps, "step") if progress else None
    try:
        return trainer.train(bar)
    finally:
        if bar is not None:
            bar.close()


def trainable(job: Job) -> dict[str, nn.Parameter]:
    """The parameters that are trained, by name.

    Raises:
        ConfigError: There are none.
    """
    named = {name: p for name, p in job.network.named_parameters() if p.requires_grad}
    if job.extra is not None:
        named |= {f"extra.{name}": p for name, p in job.extra.named_parameters() if p.requires_grad}
    if not named:
        raise ConfigError(
            f"{job.name}: nothing to train: no parameter is trainable. Activate the network first."
        )
    return named


def put(weights: dict[str, nn.Parameter], values: dict[str, torch.Tensor]) -> None:
    """Copy values into parameters of the same names."""
    with torch.no_grad():
        for name, parameter in weights.items():
            parameter.copy_(values[name])


def rate(step: int, steps: int, warmup: float) -> float:
    """The share of the peak rate at a step counted from 0: up over the warm-up, then down to nothing."""
    rising = max(1, round(steps * warmup))
    if step < rising:
        return (step + 1) / rising
    return max(0.0, (steps - step) / max(1, steps - rising))


class _Trainer:
    """The state of a run that is going on."""

    def __init__(
        self, job: Job, config: AdaptConfig, run: RunFolder, weights: dict[str, nn.Parameter]
    ) -> None:
        from accelerate import Accelerator

        self.job, self.config, self.run, self.weights = job, config, run, weights
        self.device = next(iter(weights.values())).device
        self.accelerator = Accelerator(cpu=self.device.type == "cpu")
        self.optimiser = torch.optim.AdamW(_groups(job, weights, config))
        self.step = 0
        self.best = -math.inf
        self.since: list[float] = []
        self.recent: deque[float] = deque(maxlen=_REMEMBERED)
        bf16 = config.bf16 and has_bfloat16(self.device)
        self.record = TrainRecord(
            job.name,
            job.steps,
            trained=sum(p.numel() for p in weights.values()),
            device=str(self.device),
            precision="bfloat16" if bf16 else "float32",
            digest=job.digest,
        )
        self._resume()

    def train(self, bar: Progress | None) -> TrainRecord:
        if bar is not None and self.step:
            bar.update(self.step)
        batches = self.job.batches(self.step)
        while self.step < self.job.steps:
            began = time.perf_counter()
            loss = self._one(next(batches))
            self._note(loss, time.perf_counter() - began)
            self._tell(bar)
            last = self.step == self.job.steps
            if last or self.step % self.config.dev_every == 0:
                self._look()
            if not last and self.step % self.config.checkpoint_every == 0:
                self._checkpoint()
        return self._finish()

    def _one(self, batch: Any) -> Loss:
        """A step: forward, backward, clip, update."""
        share = rate(self.step, self.job.steps, self.config.warmup)
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * share
        torch.manual_seed((self.config.seed * _STEPS + self.step) % 2**63)
        with autocast(self.device, self.config.bf16):
            loss = self.job.loss(batch)
        value = float(loss.value.detach())
        self.recent.append(value)
        self._check(value, share, "loss")
        self.accelerator.backward(loss.value)
        norm = self.accelerator.clip_grad_norm_(self.weights.values(), self.config.clip)
        self._check(float(norm), share, "gradient")
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.step += 1
        return Loss(loss.value.detach(), loss.tokens)

    def _check(self, value: float, share: float, what: str) -> None:
        if math.isfinite(value):
            return
        peaks = sorted({group["peak"] for group in self.optimiser.param_groups})
        rates = ", ".join(f"{peak * share:.2g}" for peak in peaks)
        losses = ", ".join(f"{one:.4g}" for one in self.recent)
        raise DataError(
            f"{self.job.name}: the {what} is {value} at step {self.step + 1} of {self.job.steps} (learning"
            f" rate {rates}; last losses {losses}). Lower it (lr, head_lr) or raise the warm-up;"
            f" the checkpoint before it is kept in {self.run.path}."
        )

    def _note(self, loss: Loss, seconds: float) -> None:
        self.since.append(self.recent[-1])
        record = self.record
        losses = record.losses
        if self.step == self.job.steps or self.step % max(1, self.job.steps // _TOLD) == 0:
            losses = [*losses, (self.step, round(sum(self.since) / len(self.since), 5))]
            self.since.clear()
        self.record = replace(
            record, losses=losses, tokens=record.tokens + loss.tokens, seconds=record.seconds + seconds
        )

    def _tell(self, bar: Progress | None) -> None:
        if bar is None:
            return
        say = getattr(bar, "set_postfix_str", None)  # tqdm's; time left it knows itself
        if say is not None:
            say(f"loss {self.recent[-1]:.3f}, {self.record.tokens_per_second:,.0f} tokens/s", refresh=False)
        bar.update(1)

    def _look(self) -> None:
        """Score the development data, and keep the weights if they are the best so far."""
        if self.job.dev is None:
            return
        score = self.job.dev()
        self.record = replace(self.record, dev=[*self.record.dev, (self.step, round(score, 5))])
        if score > self.best:
            self.best = score
            self.record = replace(self.record, best_step=self.step)
            self.run.keep_best(self.step, self.weights)

    def _checkpoint(self) -> None:
        counters = {
            "best": self.best if math.isfinite(self.best) else None,
            "best_step": self.record.best_step,
            "since": self.since,
            "recent": list(self.recent),
            "record": self.record.to_json(),
        }
        self.run.checkpoint(Checkpoint(self.step, self.weights, self._optimiser_state(), counters))

    def _resume(self) -> None:
        point = self.run.latest()
        if point is None:
            return
        put(self.weights, dict(point.weights))
        self._load_optimiser(dict(point.optimiser))
        self.step = point.step
        self.best = -math.inf if point.counters["best"] is None else point.counters["best"]
        self.since = list(point.counters["since"])
        self.recent.extend(point.counters["recent"])
        self.record = TrainRecord.from_json(point.counters["record"])

    def _finish(self) -> TrainRecord:
        if self.record.best_step:
            values = self.run.best(self.record.best_step)
            put({name: self.weights[name] for name in values}, values)
        else:
            self.record = replace(self.record, best_step=self.step)
        self.run.finish(self.record, self.weights)
        return self.record

    def _optimiser_state(self) -> dict[str, torch.Tensor]:
        """The optimiser's moments under the names of their parameters."""
        state = self.optimiser.state
        return {
            f"{key}/{name}": torch.as_tensor(value)
            for name, parameter in self.weights.items()
            for key, value in state[parameter].items()
        }

    def _load_optimiser(self, saved: dict[str, torch.Tensor]) -> None:
        for key, value in saved.items():
            kind, _, name = key.partition("/")
            parameter = self.weights[name]
            placed = value if kind == "step" else value.to(parameter.device)
            self.optimiser.state[parameter][kind] = placed


def _groups(job: Job, weights: dict[str, nn.Parameter], config: AdaptConfig) -> list[dict[str, Any]]:
    """Parameters by rate and decay: heads have a rate of their own, biases and norms no decay."""
    holders = [job.network.heads, *([job.extra] if job.extra is not None else [])]
    heads = {id(parameter) for holder in holders for parameter in holder.parameters()}
    made: dict[tuple[float, float], list[nn.Parameter]] = {}
    for parameter in weights.values():
        peak = config.head_lr if id(parameter) in heads else config.peak
        decay = config.weight_decay if parameter.ndim > 1 else 0.0
        made.setdefault((peak, decay), []).append(parameter)
    return [
        {"params": params, "lr": peak, "peak": peak, "weight_decay": decay}
        for (peak, decay), params in made.items()
    ]
