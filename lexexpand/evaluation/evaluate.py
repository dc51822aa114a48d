"""A bundle and gold data go in; what comes out can be quoted.

    found = evaluate(load_bundle("bundles/bam_Latn"), "ner", "bam/test.txt", half="odd")
    found.scores[0].value, found.scores[0].interval, str(found.scores[0].signature)

Before anything is scored: sentences that the bundle was trained on are looked for (`leaks`), entity types
that the task has never seen (DATE, for one trained on English news) count as no entity, and what is known of
the file from the packs' cards is looked up by its digest, so that a score on text that nobody grew up with
says so. All of this stands in the signature.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lexexpand.bundle.folder import Folder
from lexexpand.bundle.manifest import TRAINED_ON
from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation import leaks
from lexexpand.evaluation.gold import GoldSet, read_gold
from lexexpand.evaluation.retrieval import PairSet, compare_retrieval, hits, read_pairs, score_retrieval
from lexexpand.evaluation.scoring import compare, score_task
from lexexpand.language import from_tag
from lexexpand.signature import Signature, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lexexpand.bundle.bundle import Bundle
    from lexexpand.evaluation.metrics import Labels
    from lexexpand.evaluation.score import Difference, Score
    from lexexpand.language import Language

RETRIEVAL = "retrieval"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out.

    Attributes:
        task: name of the task.
        kind: its kind.
        language: tag of the text's language.
        n: sentences (pairs) that were scored.
        scores: the one to be quoted first.
        differences: from the baseline, in the same order; empty without one.
        leaks: how many sentences had been trained on; None where a bundle does not say.
        ignored: entity types that count as no entity.
    """

    task: str
    kind: str
    language: str
    n: int
    scores: tuple[Score, ...]
    differences: tuple[Difference, ...] = ()
    leaks: int | None = None
    ignored: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The evaluation as JSON takes it."""
        return {
            "task": self.task,
            "kind": self.kind,
            "language": self.language,
            "n": self.n,
            "scores": [score.as_dict() for score in self.scores],
            "differences": [one.as_dict() for one in self.differences],
            "leaks": self.leaks,
            "ignored": list(self.ignored),
        }


def evaluate(
    bundle: Bundle,
    task: str,
    path: Path | str,
    *,
    language: Language | None = None,
    format: str | None = None,
    half: str | None = None,
    split: str | None = None,
    source: Path | str | None = None,
    on_leak: str = "drop",
    baseline: Bundle | None = None,
) -> Evaluation:
    """Score a bundle on gold data.

    Args:
        bundle: what is scored.
        task: name of one of its tasks, or `retrieval`.
        path: the gold data.
        language: of the gold data (None: the bundle's).
        format: of the gold data (None: by task and suffix).
        half: `odd` or `even` sentences alone.
        split: part of the file, where it says so.
        source: for `retrieval`, the translations (None: found by the name of `path`).
        on_leak: what to do with sentences that a bundle was trained on: `drop`, `keep` or `fail`.
        baseline: another bundle with the same task: differences from it are given too.

    Raises:
        ConfigError: There is no such task, format, half or policy.
        DataError: The gold data are missing or of another kind, were trained on (`fail`), or nothing is left.
    """
    leaks.check_policy(on_leak)
    language = language or from_tag(bundle.language)
    if task == RETRIEVAL:
        return _retrieval(bundle, path, source, language, half, on_leak, baseline)
    kind = _kind(bundle, task)
    gold = read_gold(kind, path, language, format=format, half=half, split=split)
    if kind == "ner":
        gold = gold.as_o(gold.types - _types(bundle, task))
    texts = [sentence.text for sentence in gold.sentences]
    keep, n_leaked = _without_leaks(texts, [bundle, baseline], on_leak)
    gold = gold.take(keep)
    signature = _signature(task, language, bundle, baseline, gold).with_(
        as_o=",".join(map(plain, gold.ignored)) or None, leaks=_leak_note(n_leaked, on_leak)
    )
    how: dict[str, Any] = {"documents": gold.documents, "signature": signature.with_(baseline=None)}
    said = predicted_labels(bundle, task, gold.words)
    scores = score_task(kind, gold.labels, said, **how)
    differences: list[Difference] = []
    if baseline is not None:
        _same_kind(baseline, task, kind)
        other = predicted_labels(baseline, task, gold.words)
        how["signature"] = signature
        differences = compare(kind, gold.labels, said, other, **how)
    return Evaluation(
        task, kind, str(language), len(gold), tuple(scores), tuple(differences), n_leaked, gold.ignored
    )


def predicted_labels(bundle: Bundle, task: str, words: Sequence[Sequence[str]]) -> list[Labels]:
    """What a bundle says of sentences whose words are given, by head."""
    heads = bundle.tasks[task].heads
    return [
        {head.name: list(said.tags) if head.level == "token" else said.label or "" for head in heads}
        for said in bundle([list(sentence) for sentence in words], task=task)
    ]


def bundle_digest(path: Path) -> str:
    """sha256 over the weights of a bundle, 64 hex digits: the same whatever scores stand in its card."""
    sums = Folder(path).sums()
    weights = [name for name in sorted(sums) if name.endswith(".safetensors") and name != TRAINED_ON]
    return hashlib.sha256("".join(f"{sums[name]}  {name}\n" for name in weights).encode()).hexdigest()


def _retrieval(
    bundle: Bundle,
    path: Path | str,
    source: Path | str | None,
    language: Language,
    half: str | None,
    on_leak: str,
    baseline: Bundle | None,
) -> Evaluation:
    pairs = read_pairs(path, source, half=half)
    keep, n_leaked = _without_leaks(pairs.target, [bundle, baseline], on_leak)
    pairs = pairs.take(keep)
    lines = None if pairs.lines is None else "{}-{}".format(*pairs.lines)
    signature = _signature(RETRIEVAL, language, bundle, baseline, pairs).with_(
        lines=lines, leaks=_leak_note(n_leaked, on_leak)
    )
    vectors = bundle.embed(pairs.target), bundle.embed(pairs.source)
    scores = score_retrieval(*vectors, signature=signature.with_(baseline=None))
    differences: list[Difference] = []
    if baseline is not None:
        theirs = hits(baseline.embed(pairs.target), baseline.embed(pairs.source))
        differences = compare_retrieval(hits(*vectors), theirs, signature=signature)
    return Evaluation(
        RETRIEVAL, RETRIEVAL, str(language), len(pairs), tuple(scores), tuple(differences), n_leaked
    )


def _kind(bundle: Bundle, task: str) -> str:
    if task not in bundle.tasks:
        known = ", ".join([*bundle.tasks, RETRIEVAL])
        raise ConfigError(f"{bundle.path}: the bundle has no task {task!r}. There are: {known}.")
    return bundle.tasks[task].kind


def _same_kind(baseline: Bundle, task: str, kind: str) -> None:
    other = _kind(baseline, task)
    if other != kind:
        raise ConfigError(f"{baseline.path}: its task {task!r} is of kind {other}, not {kind}")


def _types(bundle: Bundle, task: str) -> frozenset[str]:
    """The entity types that a task of a bundle knows."""
    labels = (label for _, listed in bundle.tasks[task].labels for label in listed)
    return frozenset(label.partition("-")[2] for label in labels if label[:2] in {"B-", "I-"})


def _without_leaks(
    texts: Sequence[str], bundles: Sequence[Bundle | None], on_leak: str
) -> tuple[list[int], int | None]:
    """Indices of the texts to score, and how many were trained on by any of the bundles."""
    told = [one.trained_on for one in bundles if one is not None]
    known = [one for one in told if one is not None]
    if not known:
        return list(range(len(texts))), None
    gone = sorted({i for one in known for i in leaks.leaked(texts, one)})
    if gone and on_leak == "fail":
        raise DataError(
            f"{len(gone)} of {len(texts)} sentences were trained on, as {texts[gone[0]]!r}. Leave them out "
            "(--on-leak drop), or score them and say so (--on-leak keep)."
        )
    left = list(range(len(texts))) if on_leak == "keep" else sorted(set(range(len(texts))) - set(gone))
    if not left:
        raise DataError("all of the sentences were trained on: there is nothing to score")
    return left, len(gone)


def _leak_note(count: int | None, on_leak: str) -> str | None:
    """`0` says that it was looked for and nothing found; no field says that the bundle keeps no digests."""
    if not count:
        return None if count is None else "0"
    return f"{'kept' if on_leak == 'keep' else 'dropped'}-{count}"


def _signature(
    task: str,
    language: Language,
    bundle: Bundle,
    baseline: Bundle | None,
    data: GoldSet | PairSet,
) -> Signature:
    base = bundle.manifest.base
    return Signature.of(
        task=task,
        lang=str(language),
        bundle=_named(bundle),
        baseline=None if baseline is None else _named(baseline),
        base=f"{plain(base.id)}@{base.digest[:8]}",
        data=f"{plain(data.name)}@{data.digest[:8]}",
        half=data.half,
        authors=data.authors if isinstance(data, GoldSet) else None,
    )


def _named(bundle: Bundle) -> str:
    return f"{bundle.language}@{bundle_digest(bundle.path)[:8]}"
