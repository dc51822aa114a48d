"""Every knob of adaptation, its default and why. The command line and the Python API reach the same fields.

Defaults that were measured say where; the others are stated choices, to be studied.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Literal, get_args

from lexexpand.errors import ConfigError

Objective = Literal["alignment", "mlm", "both", "none"]
Tune = Literal["lora", "full"]

_SHARES = ("warmup", "gold_ratio", "source_ratio", "text_ratio", "vocab_pull", "mask")
_POSITIVE = ("r", "alpha", "tokens", "task_tokens", "temperature", "clip", "checkpoint_every", "dev_every")
_AT_LEAST_ZERO = ("steps", "task_steps", "vocab", "dev_sentences", "weight_decay", "seed")


@dataclass(frozen=True, slots=True)
class AdaptConfig:
    """How a network is trained. Everything that changes its weights is a field here.

    Attributes:
        objective: of the language adapter. `alignment`: a sentence-trained base has no head for masked
            tokens, and its last layers have forgotten them; pulling aligned words together needs neither.
        tune: `lora` gives files of some megabytes; `full` trains all weights (and the cut embedding).
        r: rank of LoRA: 16 on all linear layers is 1.3 M values on the embedded base, 5.3 MB.
        alpha: scale of LoRA, twice the rank as in the paper's own code.
        steps: of the language adapter. A stated choice: 0.4 M tokens, some 17 minutes on one core of 500
            tokens/s, the teacher's reading included.
        task_steps: of each task. 240 give 96.7 % on English parts of speech (embedded base, LoRA, 1,800
            sentences, 200 of development), 120 give 96.0 (experiments/rates).
        lr: peak learning rate; None takes 1e-3 for LoRA (the rate of the figures in DESIGN.md 5) and 1e-4
            for full: five times what is usual for a base of 768 dimensions, as small bases and few steps want
            more.
        head_lr: peak learning rate of the heads. They start at random, and read states whose classes lie
            close together: with 1e-3 the 36 intents of the starter were not learnt at all in 120 steps
            (7 % of dev against 63 %), and POS lost 5 points in 60 (experiments/rates).
        tokens: padded pieces of a batch of the language adapter. The rest of the batch is what a word or a
            sentence is told apart from: a small batch makes that easy.
        task_tokens: padded pieces of a batch of a task. Of 30,000 pieces read, 120 batches of 250 learnt more
            than 30 of 1,000: 96.0 and 92.2 % of English parts of speech, 45.5 and 43.3 of Breton ones; 125
            gave no more (experiments/rates).
        warmup: share of the steps over which the rate rises; then it falls to nothing in a straight line.
        weight_decay: of matrices, not of biases and norms.
        clip: the longest gradient.
        seed: of the order of sentences, the masks, the dropout.
        gold_ratio: share of the batches that are gold where there are pseudo-labelled ones too. Half: gold in
            the mix was worth 0.4 to 4.2 points in the published study, and 1:1 is where ours begins.
        source_ratio: share of the language adapter's batches that are in the source language, so that what
            the base knows of it stays where the task adapters look for it.
        text_ratio: share of the masked-token batches that are real text of the language, where there is some.
        temperature: of the contrast. Cosines of a sentence-trained base lie between 0.7 and 1: 0.05 spreads
            them.
        word_layers: first and last layer, as shares of the depth, whose mean is a word's vector. On the
            embedded base own tokens are found again in 0.88 of cases at layer 6 of 12, 0.67 at 9, 0.20 at 12.
        word_weight, sentence_weight: of the two parts of the alignment objective.
        mask: share of the pieces that are masked, as in BERT.
        vocab: rows of the embedding that the language adapter trains; 0 none. 1.5 MB a thousand.
        vocab_pull: how far these rows start towards the mean of their translations' rows, from 0 to 1.
        trim: cut the embedding table to the ids in use while it is trained; it is written back afterwards.
        bf16: bfloat16 where the processor has it.
        checkpoint_every: steps between checkpoints.
        dev_every: steps between looks at the development data.
        dev_sentences: of the development data; 200 take some seconds, and tell a point and a half apart.
    """

    objective: Objective = "alignment"
    tune: Tune = "lora"
    r: int = 16
    alpha: int = 32
    steps: int = 400
    task_steps: int = 400
    lr: float | None = None
    head_lr: float = 3e-2
    tokens: int = 1000
    task_tokens: int = 250
    warmup: float = 0.1
    weight_decay: float = 0.01
    clip: float = 1.0
    seed: int = 13
    gold_ratio: float = 0.5
    source_ratio: float = 0.2
    text_ratio: float = 0.5
    temperature: float = 0.05
    word_layers: tuple[float, float] = (0.5, 0.8)
    word_weight: float = 1.0
    sentence_weight: float = 1.0
    mask: float = 0.15
    vocab: int = 0
    vocab_pull: float = 0.0
    trim: bool = True
    bf16: bool = True
    checkpoint_every: int = 100
    dev_every: int = 50
    dev_sentences: int = 200

    def __post_init__(self) -> None:
        for name, known in (("objective", get_args(Objective)), ("tune", get_args(Tune))):
            if getattr(self, name) not in known:
                raise ConfigError(f"{name} {getattr(self, name)!r}: choose one of {', '.join(known)}")
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"{name} is {getattr(self, name)}: it is a share, from 0 to 1")
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise ConfigError(f"{name} is {getattr(self, name)}: it must be more than 0")
        for name in _AT_LEAST_ZERO:
            if not getattr(self, name) >= 0:
                raise ConfigError(f"{name} is {getattr(self, name)}: it cannot be less than 0")
        if not 0 <= self.word_layers[0] <= self.word_layers[1] <= 1:
            raise ConfigError(f"word_layers are {self.word_layers}: two shares of the depth, the lower first")

    @property
    def peak(self) -> float:
        """The peak learning rate of adapters, or of the encoder with `tune` full."""
        if self.lr is not None:
            return self.lr
        return 1e-3 if self.tune == "lora" else 1e-4

    @property
    def digest(self) -> str:
        """sha256 over all fields: 64 hex digits."""
        whole = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()
