"""Most of a multilingual encoder is its word embedding, and most of that is never read: cut it for training.

Of 250,037 rows a language and its source touch some thousands. The dense gradient of the others, and the
optimiser's memory of it, are what makes full training slow; so the table is cut to the ids in use, and
written back afterwards. What was trained on a cut table fits the whole base.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import torch
from torch import nn

from lexexpand.errors import ConfigError, DataError
from lexexpand.model.lora import LANGUAGE, adapter_of, load, tensors
from lexexpand.model.pieces import Pieces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt

    from lexexpand.model.network import Network


class Trimmed:
    """A network whose word embedding is cut: it reads mapped ids until `restore`."""

    def __init__(self, network: Network, whole: nn.Embedding, kept: npt.NDArray[np.int64]) -> None:
        self.ids = kept
        """The id that each row of the cut table has in the whole one."""
        self._network = network
        self._whole: nn.Embedding | None = whole
        self._where = np.full(whole.num_embeddings, -1, dtype=np.int64)
        self._where[kept] = np.arange(len(kept))

    @overload
    def map(self, ids: torch.Tensor) -> torch.Tensor: ...
    @overload
    def map(self, ids: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.int64]: ...
    @overload
    def map(self, ids: Pieces) -> Pieces: ...
    def map(self, ids: Any) -> Any:
        """The rows where ids are now: a tensor or an array (int64, of the same shape), or pieces.

        Raises:
            DataError: an id was not kept.
        """
        if isinstance(ids, Pieces):
            return replace(ids, ids=tuple(self.map(np.array(ids.ids, dtype=np.int64)).tolist()))
        if isinstance(ids, torch.Tensor):
            return torch.from_numpy(self.map(ids.cpu().numpy())).to(ids.device)
        rows = self._where[ids]
        if (rows < 0).any():
            gone = np.unique(np.asarray(ids)[rows < 0])
            raise DataError(
                f"{len(gone)} pieces (such as id {gone[0]}) were cut from the word embedding; "
                "trim it to the ids of everything that will be read."
            )
        return rows

    def restore(self) -> None:
        """Put the whole table back, with the rows of a fully tuned encoder as they were trained."""
        if self._whole is None:
            return
        whole, self._whole = self._whole, None
        if self._network.is_full:
            cut = self._network.bare_encoder.get_input_embeddings().weight.detach()
            with torch.no_grad():
                whole.weight[torch.from_numpy(self.ids).to(whole.weight.device)] = cut.to(whole.weight.device)
        _put(self._network, whole, None)


def trim(network: Network, ids: Iterable[int] | npt.NDArray[np.integer[Any]]) -> Trimmed:
    """Cut a network's word embedding to the pieces in use.

    Special pieces and the rows of a language adapter are kept as well. Adapters are attached anew with the
    same values: make optimisers afterwards, and again after `restore`.

    Raises:
        ConfigError: the network is cut already, or is a merged copy.
        DataError: an id is not in the table.
    """
    network.check_unmerged()
    if network.rows_at is not None:
        raise ConfigError("The word embedding is cut already; restore it before it is cut otherwise.")
    table = network.bare_encoder.get_input_embeddings()
    whole: nn.Embedding = getattr(table, "original_module", table)  # within the rows of an adapter
    wanted = {
        *np.asarray(list(ids), dtype=np.int64).tolist(),
        *network.tokenizer.all_special_ids,
        network.pad,
    }
    wanted.update(network.language_spec.rows if network.language_spec else ())
    if min(wanted) < 0 or max(wanted) >= whole.num_embeddings:
        raise DataError(
            f"The word embedding has rows 0 to {whole.num_embeddings - 1}, but pieces {min(wanted)} to "
            f"{max(wanted)} are to be kept: they were encoded for another base."
        )
    kept = np.array(sorted(wanted), dtype=np.int64)
    padding = _keep_in_place(kept, whole.padding_idx)
    rows = whole.weight.detach()[torch.from_numpy(kept).to(whole.weight.device)]
    cut = nn.Embedding(rows.shape[0], rows.shape[1], padding_idx=padding, _weight=rows)
    _put(network, cut, {int(row): place for place, row in enumerate(kept)})
    return Trimmed(network, whole, kept)


def _keep_in_place(kept: npt.NDArray[np.int64], padding: int | None) -> int | None:
    """Leave the padding row where it was: encoders like RoBERTa count positions by its id."""
    if padding is None or padding not in kept:
        return None
    place = int(np.flatnonzero(kept == padding)[0])
    if padding < len(kept):
        kept[[place, padding]] = kept[[padding, place]]
        place = padding
    return place


def _put(network: Network, table: nn.Embedding, rows_at: Mapping[int, int] | None) -> None:
    """Replace the word embedding; adapters are attached anew, since peft knows rows by their place."""
    specs = {adapter_of(name): spec for name, spec in network.task_specs.items() if spec is not None}
    if network.language_spec is not None:
        specs = {LANGUAGE: network.language_spec, **specs}
    held = {
        name: {key: tensor.detach().clone() for key, tensor in tensors(network.encoder, name).items()}
        for name in specs
    }
    if network.is_adapted:
        network.encoder = network.encoder.unload()
    network.encoder.set_input_embeddings(table.to(network.device))
    network.encoder.config.vocab_size = table.num_embeddings
    network.rows_at = rows_at
    with torch.random.fork_rng(devices=[]):  # first values are replaced at once: they use up no chance
        for name, spec in specs.items():
            network.attach(name, spec)
    for name, state in held.items():
        load(network.encoder, name, state)
    network.again()
