"""What `lexexpand adapt` does: packs and gold data go in, a bundle comes out.

    find the base            a hub id, a folder, or the embedded one
    make the corpora         pseudo-parallel from source text; pseudo-labelled from each task's gold sentences
    train                    the language adapter, then each task on top of it
    save                     a bundle, with the digests, packs and licences of all that went in

Everything is kept in a folder beside the bundle's place until the bundle is whole:

    bundles/.fao_Latn.work/  corpora/, run/language/, run/task-pos/ ...
    bundles/fao_Latn/        appears by one rename

The same command goes on where a killed one was; given again after the end, it finds its bundle and stops.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict
from itertools import chain
from typing import TYPE_CHECKING

from lexexpand.adaptation.examples import corpus_rows, encode_task, task_of, task_rows
from lexexpand.adaptation.forecast import forecast
from lexexpand.adaptation.halfway import train_halfway
from lexexpand.adaptation.known import familiarity
from lexexpand.adaptation.language import train_language
from lexexpand.adaptation.pairs import encode_text
from lexexpand.adaptation.recipes import RECIPES
from lexexpand.adaptation.run import RunFolder
from lexexpand.adaptation.task import train_task
from lexexpand.bundle.save import save_bundle
from lexexpand.errors import ConfigError
from lexexpand.experiment.dictionary import glosses_of, of_request, word_tags_of
from lexexpand.experiment.forecast import look
from lexexpand.experiment.gold import find_file, parse_task, read_task
from lexexpand.experiment.made import Corpora
from lexexpand.experiment.request import Adapted, AdaptRequest
from lexexpand.model.base import find_base
from lexexpand.model.device import pick_device
from lexexpand.model.network import Network
from lexexpand.resources.fetch import Fetcher
from lexexpand.text.sentence import sentences
from lexexpand.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lexexpand.adaptation.encoded import Encoded
    from lexexpand.adaptation.forecast import Signs
    from lexexpand.adaptation.known import Familiarity
    from lexexpand.adaptation.run import TrainRecord
    from lexexpand.experiment.gold import TaskGold
    from lexexpand.model.base import Base
    from lexexpand.model.tasks import Task
    from lexexpand.progress import MakeProgress
    from lexexpand.resources.use import PackUse
    from lexexpand.text.sentence import Sentence

FEW = 10_000
"""Fewer synthetic sentences than this are known to hurt (1,000 fell below zero-shot in LexC-Gen, 2024)."""


def adapt(
    request: AdaptRequest,
    out: Path,
    *,
    force: bool = False,
    progress: MakeProgress | None = None,
    say: Callable[[str], None] | None = None,
) -> Adapted:
    """Make a bundle.

    Args:
        request: what from.
        out: the bundle's folder.
        force: replace a bundle of another make that is there.
        progress: makes progress bars.
        say: is told what is to be expected of each task, and each warning when it arises.

    Raises:
        ConfigError: what was asked for does not go together, or `out` holds another bundle.
        DataError: data are missing or broken, or nothing can be learnt from them.
    """
    if not request.languages:
        raise ConfigError("name at least one language")
    if request.config.objective == "none" and not request.tasks:
        raise ConfigError("--objective none makes no language adapter: name a --task, or another objective")
    base = find_base(request.base, base_file=request.base_file, offline=request.offline, progress=progress)
    making = _Making(request, base, out, progress, say)
    if not force and making.is_there():
        return Adapted(out, {}, (), is_new=False)
    return making.make(force)


class _Making:
    """One bundle under way."""

    def __init__(
        self,
        request: AdaptRequest,
        base: Base,
        out: Path,
        progress: MakeProgress | None,
        say: Callable[[str], None] | None,
    ) -> None:
        self.request, self.base, self.out = request, base, out
        self.progress, self._say = progress, say
        self.fetcher = Fetcher(mirror=request.mirror, offline=request.offline)
        self.gold, self.more_gold = _by_name(
            [read_task(parse_task(text), request.source, self.fetcher) for text in request.tasks]
        )
        self.files = [find_file(name, self.fetcher) for name in request.sources]
        self.dictionaries = of_request(request, self.fetcher)
        self.digest = self._digest()
        self.work = out.parent / f".{out.name}.work"
        self.warnings: list[str] = []
        self.known: Familiarity | None = None
        self.signs: dict[str, Signs] = {}
        self.texts: list[str] = []  # of every sentence that is trained on, for the leak guard

    def is_there(self) -> bool:
        """Whether the place holds the bundle of this very request."""
        try:
            told = json.loads((self.out / "bundle.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return bool(told.get("training", {}).get("recipe") == self.digest)

    def make(self, force: bool) -> Adapted:
        self._begin(force)
        corpora = Corpora(self.request, self.work / "corpora", self.files, self.fetcher, self.progress)
        network = Network.open(self.base, device=pick_device(self.request.device))
        records = {}
        for gold in self.gold:
            self._foresee(network, gold, corpora)
        if self.request.trains_language:
            records["language"] = self._language(network, corpora)
        for gold in self.gold:
            records[gold.name] = self._task(network, gold, corpora)
        self._warn_of(corpora)
        self._save(network, corpora, records, force)
        shutil.rmtree(self.work, ignore_errors=True)
        return Adapted(self.out, records, tuple(self.warnings))

    # -- training ------------------------------------------------------------------------------------------

    def _language(self, network: Network, corpora: Corpora) -> TrainRecord:
        encoder = network.words()
        pairs = corpora.pairs(encoder, self.gold)
        real = [row for path in self.request.texts for row in self._real(path)]
        self.texts += [sentence.text for sentence in real]
        words = ([token.form for token in sentence.tokens] for sentence in real)
        texts: Encoded | None = encode_text(words, encoder) if real else None
        if pairs is not None and self.known is None:
            self._advise(familiarity(network, pairs))
        run = RunFolder(self.work / "run") / "language"
        return train_language(network, pairs, texts, self.request.config, run, self.progress)

    def _foresee(self, network: Network, gold: TaskGold, corpora: Corpora) -> None:
        """Say what is to be expected of a task, where a dictionary has a part in it."""
        request = self.request
        if request.synth is False and not request.dictionary:
            return
        known, self.signs[gold.name] = look(network, corpora, gold, self.dictionaries[0])
        if self.known is None:
            self._advise(known)
        if self._say is not None:
            self._say(f"{gold.name}: {forecast(self.signs[gold.name])}")

    def _advise(self, known: Familiarity) -> None:
        """Warn where the base knows the language already, or cannot read it."""
        self.known = known
        if known.is_known or known.is_blind:
            self._warn(known.advice)

    def _task(self, network: Network, gold: TaskGold, corpora: Corpora) -> TrainRecord:
        rows = list(task_rows(gold.train, gold.kind))
        more = [list(task_rows(other.train, other.kind)) for other in self.more_gold[gold.name]]
        task = task_of(gold.name, gold.kind, rows, task_rows(gold.dev, gold.kind), *more)
        encoder = network.words(gold.kind)
        labelled, chosen = corpora.labelled(gold), corpora.chosen(gold)
        pseudo = [encode_task(corpus_rows(corpus, gold.kind), task, encoder) for corpus in labelled]
        if chosen is not None:
            dev = encode_task(corpus_rows(chosen, gold.kind), task, encoder)
        else:
            dev = encode_task(task_rows(gold.dev, gold.kind), task, encoder)
        for read in (gold, *self.more_gold[gold.name]):
            self.texts += [sentence.text for sentence in (*read.train, *read.dev)]
        self._consult(network, gold, task)
        run = RunFolder(self.work / "run") / f"task-{gold.name}"
        asked = self.request.halfway
        halfway = RECIPES[gold.kind].halfway if asked is None else asked
        train = train_halfway if halfway else train_task
        return train(
            network,
            task,
            encode_task(rows, task, encoder),
            [examples for examples in pseudo if len(examples)],
            dev if len(dev) else None,
            self.request.config,
            run,
            self.progress,
            [encode_task(other, task, encoder) for other in more],
        )

    def _consult(self, network: Network, gold: TaskGold, task: Task) -> None:
        """Take from the dictionary what the task's recipe asks for at prediction."""
        recipe = RECIPES[gold.kind]
        if not self.request.dictionary or not (recipe.word_tags or recipe.glosses):
            return
        dictionaries = self.dictionaries
        if recipe.word_tags:
            labels = task.labels_of(task.heads[0].name)
            network.word_tags[gold.name] = word_tags_of(dictionaries, gold.train, labels)
        if recipe.glosses:
            texts = [path.read_text(encoding="utf-8").splitlines() for path in self.files]
            lines = [sentence.text for sentence in gold.train]
            network.glosses[gold.name] = glosses_of(dictionaries, chain(lines, *texts))

    def _consulted(self, network: Network) -> list[tuple[str, PackUse]]:
        """The packs that the bundle has something of beside its corpora, each with its kind."""
        if not (network.word_tags or network.glosses):
            return []
        return [use for dictionary in self.dictionaries for use in dictionary.uses]

    @property
    def _all_gold(self) -> list[TaskGold]:
        return [read for gold in self.gold for read in (gold, *self.more_gold[gold.name])]

    def _real(self, path: Path) -> list[Sentence]:
        return [
            one for block in read_source([path], None, self.request.languages[0]) for one in sentences(block)
        ]

    # -- the folder and the bundle -------------------------------------------------------------------------

    def _begin(self, force: bool) -> None:
        """The work folder of this request; one of another is put away.

        Raises:
            ConfigError: something else stands where the bundle should.
        """
        if self.out.exists() and not force:
            raise ConfigError(
                f"{self.out}: something else is there, or a bundle of another make. Another -o, or --force?"
            )
        note = self.work / "recipe.json"
        told = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
        if told.get("digest") != self.digest:
            shutil.rmtree(self.work, ignore_errors=True)
            self.work.mkdir(parents=True)
            note.write_text(json.dumps({"digest": self.digest}) + "\n", encoding="utf-8")

    def _digest(self) -> str:
        """Of all that the bundle depends on."""
        request = self.request
        told = {
            "languages": [str(language) for language in request.languages],
            "source": str(request.source),
            "base": self.base.digest,
            "config": request.config.digest,
            "settings": request.settings,
            "synth": request.synth,
            "adapter": request.trains_language,
            "dictionary": request.dictionary,
            "halfway": request.halfway,
            "lexicons": request.lexicons,
            "paradigms": request.paradigms,
            "licences": [request.allow, request.deny],
            "tasks": [[gold.name, gold.kind, gold.digest] for gold in self._all_gold],
            "files": [_file_digest(path) for path in (*self.files, *request.texts)],
            "corpora": [_file_digest(folder / "corpus.json") for folder in request.corpora],
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def _warn_of(self, corpora: Corpora) -> None:
        rows = corpora.pair_rows
        if self.request.trains_language and 0 < rows < FEW:
            self._warn(
                f"{rows:,} synthetic sentences for the language adapter: fewer than {FEW:,} are known to "
                "hurt as often as help. Name more source text with --source."
            )
        for gold in self.gold:
            if corpora.is_made(gold) and len(gold.train) < FEW // 10:
                self._warn(
                    f"task {gold.name}: {len(gold.train):,} gold sentences are few; scores vary by chance."
                )

    def _warn(self, text: str) -> None:
        self.warnings.append(text)
        if self._say is not None:
            self._say(f"warning: {text}")

    def _save(self, network: Network, corpora: Corpora, records: dict[str, TrainRecord], force: bool) -> None:
        from lexexpand.evaluation.leaks import digests

        training = {
            "recipe": self.digest,
            "config": asdict(self.request.config),
            "records": {name: record.to_json() for name, record in records.items()},
            "known": None if self.known is None else asdict(self.known),
            "signs": {name: asdict(signs) for name, signs in self.signs.items()},
            "warnings": self.warnings,
        }
        save_bundle(
            self.out,
            network,
            language=str(self.request.languages[0]),
            data=corpora.note(self._all_gold, self._consulted(network)),
            training=training,
            trained_on=digests([*self.texts, *corpora.texts()]),
            force=force,
        )


def _by_name(read: list[TaskGold]) -> tuple[list[TaskGold], dict[str, list[TaskGold]]]:
    """The first gold data of each task, and what further files there are of it.

    Raises:
        ConfigError: files of one task are of different kinds.
    """
    first: dict[str, TaskGold] = {}
    more: dict[str, list[TaskGold]] = {}
    for gold in read:
        if gold.name not in first:
            first[gold.name], more[gold.name] = gold, []
        elif gold.kind != first[gold.name].kind:
            raise ConfigError(
                f"--task {gold.name}: {gold.file} is of kind {gold.kind}, the first file is not"
            )
        else:
            more[gold.name].append(gold)
    return list(first.values()), more


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
