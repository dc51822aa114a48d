"""One base model with what was trained on top of it: a language adapter, task adapters, heads.

    base encoder (frozen) + language adapter (frozen while a task trains) + a task's adapter + its heads

`activate` says which of them take part and which one is trained; adapters are named in parts as peft saves
them, so that the language adapter opens with peft alone. With full tuning there are no adapters: the
encoder's own weights are trained and are a part of their own.

The stacking follows Pfeiffer et al. (2020, MAD-X), with LoRA in place of bottleneck adapters.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lexexpand.errors import ConfigError
from lexexpand.model import lora
from lexexpand.model.heads import Heads
from lexexpand.model.merge import merge, teach
from lexexpand.model.parts import fill, take
from lexexpand.model.pieces import WordEncoder, positions
from lexexpand.model.predict import embed, label, score
from lexexpand.model.tasks import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lexexpand.model.base import Base
    from lexexpand.model.glosses import Glosses
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.pieces import Pieces
    from lexexpand.model.predict import Scores
    from lexexpand.model.tasks import Task
    from lexexpand.model.word_tags import WordTags

LANGUAGE, TASK, FULL = "language", "task", "full"
"""What `activate` can be told to train."""
MAX_LENGTH = 512
"""Most pieces of a sentence; fewer where the encoder has fewer positions."""
BUDGET = 4096
"""Padded pieces of a batch when predicting."""


class Network(nn.Module):
    """A base model, at most one language adapter, task adapters and heads.

    Args:
        base: where the encoder comes from.
        encoder: the bare encoder of `base`, without pooler.
        tokenizer: the base's, or None: then it is read when first asked for (it takes seconds).
    """

    def __init__(self, base: Base, encoder: nn.Module, tokenizer: Any = None) -> None:
        super().__init__()
        self.base = base
        self.encoder: Any = encoder
        self.tasks: dict[str, Task] = {}
        self.language_spec: LoraSpec | None = None
        self.task_specs: dict[str, LoraSpec | None] = {}
        self.is_full = False
        self.is_merged = False
        self.merged_task: str | None = None
        """Whose adapter is merged in, in a merged copy."""
        self.rows_at: Mapping[int, int] | None = None
        """Where the rows of the word embedding are while it is cut (see `trim`); None: at their ids."""
        self.heads: Any = nn.ModuleDict()  # task -> its `Heads`
        self.word_tags: dict[str, WordTags] = {}
        """By task: what a dictionary says of words, for `Bundle` to add to the scores."""
        self.glosses: dict[str, Glosses] = {}
        """By task: with which `Bundle` reads sentences a second time."""
        self._task: str | None = None
        self._train: str | None = None
        self._encoders: dict[bool, WordEncoder] = {}
        if tokenizer is not None:
            self.__dict__["tokenizer"] = tokenizer
        self.activate(None, None)

    @classmethod
    def open(cls, base: Base, *, device: torch.device | str | None = None) -> Network:
        """The bare base, in evaluation mode, on `device` (None: the CPU)."""
        from lexexpand.model.base import load_encoder

        network = cls(base, load_encoder(base))
        return network.to(device) if device is not None else network

    @cached_property
    def tokenizer(self) -> Any:
        """The base's tokenizer."""
        from lexexpand.model.base import load_tokenizer

        return load_tokenizer(self.base)

    @property
    def known_tokenizer(self) -> Any:
        """The tokenizer if it was read already, else None."""
        return self.__dict__.get("tokenizer")

    @property
    def bare_encoder(self) -> Any:
        """The encoder without peft around it (adapters that are active still act inside)."""
        return self.encoder.get_base_model() if self.is_adapted else self.encoder

    @property
    def is_adapted(self) -> bool:
        """Whether peft holds the encoder."""
        return hasattr(self.encoder, "get_base_model")

    @property
    def device(self) -> torch.device:
        """Where the weights are; batches are moved there."""
        device: torch.device = next(self.encoder.parameters()).device
        return device

    @property
    def width(self) -> int:
        """H, the size of a state."""
        return int(self.bare_encoder.config.hidden_size)

    @property
    def pad(self) -> int:
        """The id that fills a batch (as the embedding is cut now)."""
        pad = self.bare_encoder.config.pad_token_id
        if pad is None:
            pad = self.tokenizer.pad_token_id or 0
        return int(pad) if self.rows_at is None else self.rows_at[int(pad)]

    def words(self, kind: str | None = None) -> WordEncoder:
        """Encodes words for this base: with its prefix if `kind` has a sentence head, or is None."""
        prefixed = kind is None or any(head.level == "sentence" for head in KINDS[kind])
        if prefixed not in self._encoders:
            prefix = self.base.prefix if prefixed else ""
            longest = min(MAX_LENGTH, positions(self.bare_encoder))
            self._encoders[prefixed] = WordEncoder(self.tokenizer, prefix=prefix, max_length=longest)
        return self._encoders[prefixed]

    # -- building ------------------------------------------------------------------------------------------

    def add_language(self, spec: LoraSpec) -> None:
        """Attach a fresh language adapter (it changes nothing until trained or loaded)."""
        if self.language_spec is not None:
            raise ConfigError("The network has a language adapter already; open the base anew for another.")
        self.attach(lora.LANGUAGE, spec)
        self.language_spec = spec
        self.activate(self._task, None)

    def add_task(self, task: Task, spec: LoraSpec | None) -> None:
        """Attach a task: an adapter by `spec` and heads; None puts the heads on the encoder alone."""
        if task.name in self.tasks:
            raise ConfigError(f"The network has a task {task.name!r} already; name this one otherwise.")
        if spec is not None and spec.rows:
            raise ConfigError("Rows of the word embedding belong to the language adapter, not to a task's.")
        if spec is not None:
            self.attach(lora.adapter_of(task.name), spec)
        self.tasks[task.name] = task
        self.task_specs[task.name] = spec
        self.heads[task.name] = Heads(task, self.width).to(self.device)
        self.activate(self._task, None)

    def attach(self, name: str, spec: LoraSpec) -> None:
        """Put an adapter on the encoder under peft's name for it (use `add_language`, `add_task`)."""
        if self.is_full:
            raise ConfigError("An encoder that is tuned in full takes no adapters; open the base anew.")
        self.check_unmerged()
        placed = lora.placed(spec, self.rows_at)
        config = lora.lora_config(self.bare_encoder, placed, base=self.base.id, revision=self.base.revision)
        self.encoder = lora.attach(self.encoder, name, config)

    # -- what takes part, what is trained ------------------------------------------------------------------

    def activate(self, task: str | None, train: str | None) -> None:
        """Choose what takes part and what is trained.

        Args:
            task: the task whose adapter and heads take part; None: the language adapter alone.
            train: "language", "task" (the task's adapter and heads), "full" (the encoder's own weights, and
                the task's heads), or None: all is frozen and in evaluation mode.

        Raises:
            ConfigError: there is no such task or adapter, or full tuning of an encoder with adapters.
        """
        self._check(task, train)
        if self.is_adapted:
            wanted = [lora.LANGUAGE] if self.language_spec else []
            if task is not None and self.task_specs[task] is not None:
                wanted.append(lora.adapter_of(task))
            lora.activate(self.encoder, wanted)
        self.requires_grad_(False)
        self._task, self._train = task, train
        self.is_full = self.is_full or train == FULL
        self._thaw()
        self.train(train is not None)

    def again(self) -> None:
        """Make the choice of `activate` anew, in the mode that the network is in."""
        mode = self.training
        self.activate(self._task, self._train)
        self.train(mode)

    def check_unmerged(self) -> None:
        """Refuse what a merged copy cannot do.

        Raises:
            ConfigError: this is a merged copy.
        """
        if self.is_merged:
            raise ConfigError(
                "The adapters of this copy are merged into its weights, so it can only predict; train, cut "
                "and save the network that it came from."
            )

    def check_task(self, task: str | None) -> None:
        """Refuse a task that is not here.

        Raises:
            ConfigError: says which tasks there are.
        """
        if task is not None and task not in self.tasks:
            known = ", ".join(self.tasks) or "none"
            raise ConfigError(f"There is no task {task!r} here; there are: {known}.")

    def _check(self, task: str | None, train: str | None) -> None:
        self.check_task(task)
        if train not in (None, LANGUAGE, TASK, FULL):
            raise ConfigError(f"What is trained is language, task or full, not {train!r}.")
        if train == LANGUAGE and self.language_spec is None:
            raise ConfigError("There is no language adapter to train; add one first.")
        if train == TASK and task is None:
            raise ConfigError("To train a task, name it.")
        if train == FULL and self.is_adapted:
            raise ConfigError("Full tuning and adapters exclude each other; open the base anew.")
        if train is not None:
            self.check_unmerged()

    def _thaw(self) -> None:
        """Make trainable what is to be trained (all is frozen before)."""
        if self._train == FULL:
            self.encoder.requires_grad_(True)
        if self._train in (TASK, FULL) and self._task is not None:
            self.heads[self._task].requires_grad_(True)
        for name in self._trained_adapters():
            for tensor in lora.tensors(self.encoder, name).values():
                tensor.requires_grad_(True)

    def _trained_adapters(self) -> list[str]:
        if self._train == LANGUAGE:
            return [lora.LANGUAGE]
        if self._train == TASK and self._task is not None and self.task_specs[self._task] is not None:
            return [lora.adapter_of(self._task)]
        return []

    def train(self, mode: bool = True) -> Network:
        """Training mode; the dropout of adapters that are frozen stays off."""
        super().train(mode)
        if mode and self.is_adapted:
            trained = self._trained_adapters()
            for module in self.encoder.modules():
                for name, dropout in getattr(module, "lora_dropout", {}).items():
                    dropout.train(name in trained)
        return self

    # -- reading -------------------------------------------------------------------------------------------

    def hidden(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """States of all layers: ids, mask (B, T) -> layers + 1 times (B, T, H); [0] the embeddings."""
        output = self.encoder(
            input_ids=ids.to(self.device), attention_mask=mask.to(self.device), output_hidden_states=True
        )
        # Encoders with a norm behind the last layer differ in whether its state is before or behind it.
        return (*output.hidden_states[:-1], output.last_hidden_state)

    def last(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """States of the last layer (B, T, H)."""
        output = self.encoder(input_ids=ids.to(self.device), attention_mask=mask.to(self.device))
        return output.last_hidden_state  # type: ignore[no-any-return]

    def logits(self, task: str, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Scores of a task's labels: head -> (B, T, L) for words, (B, L) for sentences.

        The states depend on the task's adapter: another task than the active one is activated first.

        Raises:
            ConfigError: there is no such task, or another one is being trained.
        """
        self.check_task(task)
        if task != self._task:
            if self._train is not None:
                raise ConfigError(f"While {self._task or self._train} is trained, task {task} is not active.")
            self.activate(task, None)
        scores: dict[str, torch.Tensor] = self.heads[task](self.last(ids, mask), mask.to(self.device))
        return scores

    def predict(self, task: str, examples: Sequence[Pieces], *, budget: int = BUDGET) -> list[dict[str, Any]]:
        """Label examples; see `lexexpand.model.predict.label`."""
        return label(self.score(task, examples, budget=budget), self.tasks[task])

    def score(self, task: str, examples: Sequence[Pieces], *, budget: int = BUDGET) -> list[Scores]:
        """Log probabilities of labels; see `lexexpand.model.predict.score`."""
        return score(self, task, examples, budget)

    def embed(self, examples: Sequence[Pieces], budget: int = BUDGET) -> torch.Tensor:
        """Sentence vectors (N, H); see `lexexpand.model.predict.embed`."""
        return embed(self, examples, budget)

    @contextmanager
    def evaluating(self, task: str | None) -> Iterator[None]:
        """Evaluation mode without gradients, with `task` active; afterwards all is as it was."""
        before, train, mode = self._task, self._train, self.training
        if task != before:
            self.activate(task, None)
        super().train(False)
        try:
            with torch.no_grad():
                yield
        finally:
            if task != before:
                self.activate(before, train)
            self.train(mode)

    # -- parts ---------------------------------------------------------------------------------------------

    def parts(self) -> dict[str, dict[str, torch.Tensor]]:
        """What was added or trained, as copies; see `lexexpand.model.parts.take`."""
        return take(self)

    def load_parts(self, parts: Mapping[str, Mapping[str, torch.Tensor]]) -> None:
        """Fill what `parts` of a network of the same make gave; see `lexexpand.model.parts.fill`."""
        fill(self, parts)

    def merged(self, task: str | None = None) -> Network:
        """A copy for prediction with adapters merged; see `lexexpand.model.merge.merge`."""
        return merge(self, self._task if task is None else task)

    def teacher(self) -> Network:
        """The base without adapters, on the same memory; see `lexexpand.model.merge.teach`."""
        return teach(self)
