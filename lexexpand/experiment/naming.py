"""Names of a study's inputs: what they depend on, and which rows are drawn."""

from __future__ import annotations

import hashlib
import json
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lexexpand.experiment.plan import Cell


def stem_of(cell: Cell) -> str:
    """What of a cell's name its data depend on."""
    arm = cell.arm
    parts = [arm.pseudo, *arm.settings]
    if arm.pseudo in ("synth", "shuffled") and not arm.select:
        parts.append("any")
    if arm.rows is not None:
        parts.append(f"rows={arm.rows}")
    what = "+".join(parts)
    return f"{what}.{cell.language}.{cell.seed}" if arm.is_of_target else f"{what}.{cell.seed}"


def sample(count: int, wanted: int, seed: int) -> list[int]:
    """Some of `count` indices, ascending; all where that is not more than wanted."""
    if count <= wanted:
        return list(range(count))
    return sorted(Random(f"sample:{seed}").sample(range(count), wanted))


def stamps(files: Sequence[Path]) -> list[list[Any]]:
    """Names, sizes and times: a file that was changed is read anew."""
    return [[path.name, path.stat().st_size, path.stat().st_mtime_ns] for path in files]


def digest_of(spec: dict[str, Any]) -> str:
    """Of what an input is made from: 8 hex digits."""
    whole = json.dumps(spec, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(whole.encode()).hexdigest()[:8]
