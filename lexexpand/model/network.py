"""One base model with what was trained on top of it: a language adapter, task adapters, heads.

    base encoder (frozen) + language adapter (frozen while a task trains) + a task's adapter + its heads

`activate` says which of them take part and which one is trained; adapters are named in parts as peft saves
them, so that the language adapter opens with peft alone. With full tuning there are no adapters: the
encoder's own weights are trained and are a part of their own.

The stacking follows Pfeiffer et al. (2020, MAD-X), with LoRA in place of bottleneck adapters.
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from lexexpand.errors import BundleError, ConfigError
from lexexpand.model import lora
from lexexpand.model.heads import Heads, mean
from lexexpand.model.pieces import WordEncoder, batches, collate
from lexexpand.model.tasks import KINDS, OUTSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lexexpand.model.base import Base
    from lexexpand.model.lora import LoraSpec
    from lexexpand.model.pieces import Pieces
    from lexexpand.model.tasks import Task

LANGUAGE, TASK, FULL = "language", "task", "full"
"""What `activate` can be told to train."""
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
        self.rows_at: Mapping[int, int] | None = None
        """Where the rows of the word embedding are while it is cut (see `trim`); None: at their ids."""
        self._heads = nn.ModuleDict()
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
    def bare_encoder(self) -> Any:
        """The encoder without peft around it (adapters that are active still act inside)."""
        return self.encoder.get_base_model() if self.is_adapted else self.encoder

    @property
    def is_adapted(self) -> bool:
        """Whether peft holds the encoder."""
        return hasattr(self.encoder, "peft_config")

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
        pad = self.tokenizer.pad_token_id
        pad = int(self.bare_encoder.config.pad_token_id or 0) if pad is None else int(pad)
        return pad if self.rows_at is None else self.rows_at[pad]

    def words(self, kind: str | None = None) -> WordEncoder:
        """Encodes words for this base: with its prefix if `kind` has a sentence head, or is None."""
        prefixed = kind is None or any(head.level == "sentence" for head in KINDS[kind])
        if prefixed not in self._encoders:
            self._encoders[prefixed] = WordEncoder(
                self.tokenizer, prefix=self.base.prefix if prefixed else ""
            )
        return self._encoders[prefixed]

    # -- building ------------------------------------------------------------------------------------------

    def add_language(self, spec: LoraSpec) -> None:
        """Attach a fresh language adapter (it changes nothing until trained or loaded)."""
        if self.language_spec is not None:
            raise ConfigError("The network has a language adapter already; open the base anew for another.")
        self._attach(lora.LANGUAGE, spec)
        self.language_spec = spec
        self.activate(self._task, None)

    def add_task(self, task: Task, spec: LoraSpec | None) -> None:
        """Attach a task: an adapter by `spec` and heads; None puts the heads on the encoder alone."""
        if task.name in self.tasks:
            raise ConfigError(f"The network has a task {task.name!r} already; name this one otherwise.")
        if spec is not None and spec.rows:
            raise ConfigError("Rows of the word embedding belong to the language adapter, not to a task's.")
        if spec is not None:
            self._attach(lora.adapter_of(task.name), spec)
        self.tasks[task.name] = task
        self.task_specs[task.name] = spec
        self._heads[task.name] = Heads(task, self.width).to(self.device)
        self.activate(self._task, None)

    def _attach(self, name: str, spec: LoraSpec) -> None:
        if self.is_full:
            raise ConfigError("An encoder that is tuned in full takes no adapters; open the base anew.")
        if self.is_merged:
            raise ConfigError("The adapters of this copy are merged; add to the network that it came from.")
        encoder = self.bare_encoder
        config = lora.lora_config(encoder, self._placed(spec), base=self.base.id, revision=self.base.revision)
        self.encoder = lora.attach(self.encoder, name, config)

    def _placed(self, spec: LoraSpec) -> LoraSpec:
        """The adapter's rows where the cut table has them."""
        if self.rows_at is None or not spec.rows:
            return spec
        gone = [row for row in spec.rows if row not in self.rows_at]
        if gone:
            raise ConfigError(
                f"{len(gone)} of the adapter's rows (such as {gone[0]}) were cut from the word embedding; "
                "keep them when it is trimmed."
            )
        return replace(spec, rows=tuple(self.rows_at[row] for row in spec.rows))

    @property
    def whole_embedding(self) -> Any:
        """The word embedding itself, without the trainable rows of an adapter around it."""
        table = self.bare_encoder.get_input_embeddings()
        return getattr(table, "original_module", table)

    def put_embedding(self, table: nn.Embedding, rows_at: Mapping[int, int] | None) -> None:
        """Replace the word embedding (see `trim`); adapters are attached anew, with the same values.

        Raises:
            ConfigError: this is a merged copy.
        """
        if self.is_merged:
            raise ConfigError("The adapters of this copy are merged; cut the network that it came from.")
        held = {
            name: state for name, state in self.parts().items() if name.partition(":")[0] in (LANGUAGE, TASK)
        }
        if self.is_adapted:
            self.encoder = self.encoder.unload()
        self.encoder.set_input_embeddings(table.to(self.device))
        self.encoder.config.vocab_size = table.num_embeddings
        self.rows_at = rows_at
        with torch.random.fork_rng(devices=[]):
            if self.language_spec is not None:
                self._attach(lora.LANGUAGE, self.language_spec)
            for name, spec in self.task_specs.items():
                if spec is not None:
                    self._attach(lora.adapter_of(name), spec)
        self.load_parts(held)
        mode = self.training
        self.activate(self._task, self._train)
        self.train(mode)

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

    def _check(self, task: str | None, train: str | None) -> None:
        if task is not None and task not in self.tasks:
            raise ConfigError(
                f"There is no task {task!r} here; there are: {', '.join(self.tasks) or 'none'}."
            )
        if train not in (None, LANGUAGE, TASK, FULL):
            raise ConfigError(f"What is trained is language, task or full, not {train!r}.")
        if train == LANGUAGE and self.language_spec is None:
            raise ConfigError("There is no language adapter to train; add one first.")
        if train == TASK and task is None:
            raise ConfigError("To train a task, name it.")
        if train == FULL and self.is_adapted:
            raise ConfigError("Full tuning and adapters exclude each other; open the base anew.")
        if train is not None and self.is_merged:
            raise ConfigError("The adapters of this copy are merged; train the network that it came from.")

    def _thaw(self) -> None:
        """Make trainable what is to be trained (all is frozen before)."""
        if self._train == FULL:
            self.encoder.requires_grad_(True)
        if self._train in (TASK, FULL) and self._task is not None:
            self._heads[self._task].requires_grad_(True)
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

    @contextmanager
    def bare(self) -> Iterator[None]:
        """The base without adapters, in evaluation mode and without gradients: a teacher."""
        mode = self.training
        if self.is_adapted:
            self.encoder.base_model.disable_adapter_layers()
        super().train(False)
        try:
            with torch.no_grad():
                yield
        finally:
            # Enabling makes every active adapter trainable, so the choice is made anew.
            self.activate(self._task, self._train)
            self.train(mode)

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
        states: torch.Tensor = output.last_hidden_state
        return states

    def logits(self, task: str, ids: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """Scores of a task's labels: head -> (B, T, L) for words, (B, L) for sentences.

        The task must be active, since the encoder's states depend on it.
        """
        self._check(task, None)
        if task != self._task:
            self.activate(task, self._train if self._train == LANGUAGE else None)
        scores: dict[str, torch.Tensor] = self._heads[task](self.last(ids, mask), mask.to(self.device))
        return scores

    @torch.inference_mode()
    def predict(self, task: str, examples: Sequence[Pieces], *, budget: int = BUDGET) -> list[dict[str, Any]]:
        """Label examples: head -> a label, or a list of labels, one a word.

        A word without pieces (or cut off) is outside all spans where the head knows an outside; else it has
        the label of the word before it, or the head's first label.

        Args:
            task: one of `tasks`; it becomes the active one.
            examples: encoded by `words(kind)` (with a cut embedding: mapped).
            budget: padded pieces of a batch.
        """
        found: list[dict[str, Any]] = [{} for _ in examples]
        with self._evaluating(task):
            for group in batches([len(pieces) for pieces in examples], budget, seed=None):
                ids, mask = collate([examples[index] for index in group], self.pad)
                for head, scores in self.logits(task, ids, mask).items():
                    labels = self.tasks[task].labels_of(head)
                    best = scores.argmax(dim=-1).tolist()  # (B, T) or (B,)
                    for index, row in zip(group, best, strict=True):
                        found[index][head] = (
                            labels[row] if isinstance(row, int) else _per_word(row, examples[index], labels)
                        )
        return found

    @torch.inference_mode()
    def embed(self, examples: Sequence[Pieces], budget: int = BUDGET) -> torch.Tensor:
        """Sentence vectors (N, H) on the CPU: mean of the last states over the mask, of length 1.

        The language adapter takes part, those of tasks do not.
        """
        vectors = torch.zeros(len(examples), self.width)
        with self._evaluating(None):
            for group in batches([len(pieces) for pieces in examples], budget, seed=None):
                ids, mask = collate([examples[index] for index in group], self.pad)
                pooled = mean(self.last(ids, mask).float(), mask.to(self.device))
                vectors[group] = nn.functional.normalize(pooled, dim=-1).cpu()
        return vectors

    @contextmanager
    def _evaluating(self, task: str | None) -> Iterator[None]:
        """Evaluation mode with `task` active; afterwards training goes on as before."""
        before, train, mode = self._task, self._train, self.training
        if task != before:
            self.activate(task, None)
        super().train(False)
        try:
            yield
        finally:
            if task != before and train is not None:
                self.activate(before, train)
            self.train(mode)

    # -- parts ---------------------------------------------------------------------------------------------

    def parts(self) -> dict[str, dict[str, torch.Tensor]]:
        """What was added or trained, as copies on the CPU in float32.

        Returns:
            "language", "task:<name>", "heads:<name>", "encoder" (full tuning) -> state dicts; adapters'
            tensors are named as peft saves them.

        Raises:
            ConfigError: this is a merged copy.
        """
        return {
            name: {key: value.detach().to("cpu", torch.float32, copy=True) for key, value in state.items()}
            for name, state in self._live().items()
        }

    def load_parts(self, parts: Mapping[str, Mapping[str, torch.Tensor]]) -> None:
        """Fill what `parts` of a network of the same make gave (adapters and tasks added before).

        Parts that are not given stay as they are. "encoder" makes the network a fully tuned one.

        Raises:
            BundleError: an unknown part, or one that does not fit.
        """
        if "encoder" in parts and not self.is_adapted:
            self.is_full = True
        live = self._live()
        for name, state in parts.items():
            if name not in live:
                raise BundleError(
                    f"There is no place for the part {name!r}; this network has {', '.join(live) or 'none'}."
                )
            lora.fill(live[name], state, f"part {name!r}")

    def _live(self) -> dict[str, dict[str, torch.Tensor]]:
        if self.is_merged:
            raise ConfigError(
                "The adapters of this copy are merged; take the parts of the network it came from."
            )
        found: dict[str, dict[str, torch.Tensor]] = {}
        if self.language_spec is not None:
            found["language"] = lora.tensors(self.encoder, lora.LANGUAGE)
        for name, spec in self.task_specs.items():
            if spec is not None:
                found[f"task:{name}"] = lora.tensors(self.encoder, lora.adapter_of(name))
            found[f"heads:{name}"] = dict(self._heads[name].state_dict(keep_vars=True))
        if self.is_full:
            found["encoder"] = dict(self.encoder.state_dict(keep_vars=True))
        return found

    def merged(self, task: str | None = None) -> Network:
        """A copy for prediction whose language adapter, and that of one task, are merged into the weights.

        What is not changed by merging (the word embedding above all) shares its memory with this network.

        Args:
            task: whose adapter is merged and whose heads are kept; None: the active task, if there is one.
        """
        task = self._task if task is None else task
        self._check(task, None)
        merged = Network(self.base, self._merged_encoder(task), self.__dict__.get("tokenizer"))
        merged.rows_at, merged._encoders = self.rows_at, self._encoders
        for name, found in self.tasks.items():
            if name == task or self.task_specs[name] is None:
                merged.tasks[name], merged.task_specs[name] = found, None
                merged._heads[name] = copy.deepcopy(self._heads[name])
        merged.is_merged = True
        merged.activate(task, None)
        return merged

    def _merged_encoder(self, task: str | None) -> nn.Module:
        changed = {id(tensor) for tensor in self.encoder.parameters()} if self.is_full else set()
        for module in self.encoder.modules():
            if hasattr(module, "lora_A"):
                changed |= {id(tensor) for tensor in module.parameters()}
        shared = {
            id(tensor): nn.Parameter(tensor.detach(), requires_grad=False)
            for tensor in self.encoder.parameters()
            if id(tensor) not in changed
        }
        encoder: Any = copy.deepcopy(self.encoder, dict(shared))
        if not self.is_adapted:
            return encoder  # type: ignore[no-any-return]
        names = [lora.LANGUAGE] if self.language_spec else []
        if task is not None and self.task_specs[task] is not None:
            names.append(lora.adapter_of(task))
        if not names:
            return encoder.unload()  # type: ignore[no-any-return]
        lora.activate(encoder, names)
        return encoder.merge_and_unload()  # type: ignore[no-any-return]


def _per_word(row: list[int], pieces: Pieces, labels: Sequence[str]) -> list[str]:
    """Labels of words from those of pieces; see `Network.predict` for words without any."""
    found: list[str] = []
    for first in pieces.first:
        if first >= 0:
            found.append(labels[row[first]])
        elif OUTSIDE in labels:
            found.append(OUTSIDE)
        else:
            found.append(found[-1] if found else labels[0])
    return found
