"""Do a sentence and its translation lie near each other? Of n pairs, how often is the right one the nearest?

Each sentence of one side looks for its translation among all of the other side (accuracy@1, as Artetxe &
Schwenk 2019 for Tatoeba), both ways, by cosine; and once more after the mean translation vector was added
(Pires et al. 2019): the difference between the two languages' mean vectors, which is what models keep apart
languages by. It takes no pair to compute: both sides are centred.

    tatoeba.fao-eng.fao and .eng                         line by line
    newstest2019-ref.fao.txt and newstest2019-src.eng.txt    NTREX: lines 1001 to 1997 are scored

Candidates differ by language, so that scores of two languages do not compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation.bootstrap import RESAMPLES, SEED, interval
from lexexpand.evaluation.gold import HALVES
from lexexpand.evaluation.score import Difference, Score
from lexexpand.signature import Signature
from lexexpand.text.lines import SourceFile, read_lines
from lexexpand.text.report import ReadReport
from lexexpand.text.source import source_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

NTREX_LINES = (1001, 1997)
"""The lines of NTREX that are scored: those before are among our own texts."""
_TATOEBA = re.compile(r"(tatoeba\.([\w-]+)-([\w-]+))\.\2")
_NTREX = re.compile(r"newstest2019-ref\.[\w-]+\.txt")
_NTREX_SOURCE = "newstest2019-src.eng.txt"
_ROWS = 512


@dataclass(frozen=True, slots=True)
class PairSet:
    """Sentences and their translations, line by line.

    Attributes:
        name: name of the file of the language, without suffix `.txt`.
        digest: sha256 over both files, 64 hex digits.
        target: sentences of the language.
        source: their translations, as into English.
        lines: first and last line that were taken, None for all.
        half: `odd` or `even` pairs alone, counted from 1.
    """

    name: str
    digest: str
    target: tuple[str, ...]
    source: tuple[str, ...]
    lines: tuple[int, int] | None = None
    half: str | None = None

    def __len__(self) -> int:
        return len(self.target)

    def take(self, keep: Iterable[int]) -> PairSet:
        """The pairs of these indices alone."""
        at = list(keep)
        return replace(
            self,
            target=tuple(self.target[i] for i in at),
            source=tuple(self.source[i] for i in at),
        )


def read_pairs(
    path: Path | str,
    source: Path | str | None = None,
    *,
    lines: tuple[int, int] | None = None,
    half: str | None = None,
) -> PairSet:
    """Read aligned lines.

    Args:
        path: the sentences of the language.
        source: their translations; None where the name of `path` is Tatoeba's or NTREX's.
        lines: first and last line to take, from 1; None takes all (of NTREX `NTREX_LINES`).
        half: `odd` or `even` pairs alone.

    Raises:
        ConfigError: The translations' file is not known, or there is no such half.
        DataError: A file is missing, or the two have not as many lines.
    """
    path = Path(path)
    if half is not None and half not in HALVES:
        raise ConfigError(f"half is {half!r}: it must be odd or even")
    other = Path(source) if source is not None else _translations(path)
    if lines is None and source is None and _NTREX.fullmatch(path.name):
        lines = NTREX_LINES
    sides = [_lines(path), _lines(other)]
    if len(sides[0]) != len(sides[1]):
        raise DataError(
            f"{path} has {len(sides[0])} lines and {other} has {len(sides[1])}: they are not aligned"
        )
    first, last = lines or (1, len(sides[0]))
    kept = [
        (target, translation)
        for target, translation in zip(*(side[first - 1 : last] for side in sides), strict=True)
        if target.strip() and translation.strip()
    ]
    kept = kept if half is None else kept[HALVES.index(half) :: 2]
    if not kept:
        raise DataError(f"{path}: there is no pair in it")
    targets, sources = zip(*kept, strict=True)
    name = path.name.removesuffix(".gz").removesuffix(".txt")
    return PairSet(name, source_digest([path, other]), targets, sources, lines, half)


def score_retrieval(
    target: NDArray[np.floating],
    source: NDArray[np.floating],
    *,
    signature: Signature | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Score]:
    """Accuracy@1 both ways, by cosine and with the mean translation vector.

    Args:
        target: vectors of the language's sentences (N, H).
        source: vectors of their translations (N, H), in the same order.
        signature: what was scored; metric, unit and draws are added.
        resamples, seed: of the bootstrap over pairs (the candidates stay as they are).

    Raises:
        DataError: The two have not the same shape.
    """
    base = Signature.of() if signature is None else signature
    scores = []
    for name, right in hits(target, source).items():
        told = base.with_(metric=name, unit="pair", boot=resamples, bseed=seed)
        bounds = interval(_share, _counts(right), resamples=resamples, seed=seed)
        scores.append(Score(name, float(right.mean()), bounds, len(right), told))
    return scores


def compare_retrieval(
    ours: Mapping[str, NDArray[np.int64]],
    theirs: Mapping[str, NDArray[np.int64]],
    *,
    signature: Signature | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> list[Difference]:
    """Differences between what `hits` gave of two models on the same pairs, by paired bootstrap."""
    base = Signature.of() if signature is None else signature
    found = []
    for name, right in ours.items():
        gain = right - theirs[name]
        told = base.with_(metric=name, unit="pair", boot=resamples, bseed=seed)
        bounds = interval(_share, _counts(gain), resamples=resamples, seed=seed)
        found.append(Difference(name, float(gain.mean()), bounds, len(gain), told))
    return found


def hits(target: NDArray[np.floating], source: NDArray[np.floating]) -> dict[str, NDArray[np.int64]]:
    """Which sentences find their translation: 1 or 0 [N] by metric.

    `to_source` is looked up from the language, `from_source` into it; `_shifted` with the mean vector.

    Raises:
        DataError: The two have not the same shape.
    """
    if target.shape != source.shape or target.ndim != 2 or not len(target):
        raise DataError(f"vectors of shapes {target.shape} and {source.shape}: expected the same (N, H)")
    found = {}
    sides = np.asarray(target, np.float32), np.asarray(source, np.float32)
    centred = sides[0] - sides[0].mean(axis=0), sides[1] - sides[1].mean(axis=0)
    for suffix, (one, other) in (("", sides), ("_shifted", centred)):
        found[f"to_source{suffix}"] = _nearest_is_right(one, other)
        found[f"from_source{suffix}"] = _nearest_is_right(other, one)
    return found


def _nearest_is_right(queries: NDArray[np.float32], candidates: NDArray[np.float32]) -> NDArray[np.int64]:
    """A tie with a wrong candidate is wrong: vectors that are all alike find nothing."""
    queries, candidates = _unit(queries), _unit(candidates)
    right = np.zeros(len(queries), np.int64)
    for start in range(0, len(queries), _ROWS):
        near = queries[start : start + _ROWS] @ candidates.T  # [rows, N]
        own = np.arange(len(near)), np.arange(start, start + len(near))
        to_own = near[own].copy()
        near[own] = -np.inf
        right[start : start + len(near)] = to_own > near.max(axis=1, initial=-np.inf)
    return right


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), np.float32)


def _counts(right: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack([right, np.ones_like(right)], axis=1)


def _share(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = counts[..., 0] / counts[..., 1]
    return found


def _translations(path: Path) -> Path:
    tatoeba = _TATOEBA.fullmatch(path.name)
    if tatoeba:
        return path.with_name(f"{tatoeba[1]}.{tatoeba[3]}")
    if _NTREX.fullmatch(path.name):
        return path.with_name(_NTREX_SOURCE)
    raise ConfigError(f"{path}: its name does not say where the translations are. Name them with --source")


def _lines(path: Path) -> list[str]:
    file = SourceFile(str(path), path)
    return [line for _, part in read_lines(file, ReadReport()) for line in part]
