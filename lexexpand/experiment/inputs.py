"""The encoded inputs of a study: gold, pseudo-labelled, pseudo-parallel and test data, each made once.

    encoded/pos.gold.eng_Latn.<digest>.npz               Examples
    encoded/pos.synth.sme_Latn.13.<digest>.npz           Examples of a pseudo-labelled corpus
    encoded/pairs.synth+multiword=off.sme_Latn.13...npz  Pairs for the language adapter
    encoded/pos.test.sme_Latn.odd.<digest>.npz           the words of a test set, and none of its labels

The digest is over all that the file was made from, so that a changed plan makes anew what it changes and
nothing else. Arms that need the same data name the same file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from lexexpand.adaptation.encoded import Encoded, save_columns
from lexexpand.adaptation.examples import TaskRow, corpus_rows, encode_task, task_of, task_rows
from lexexpand.adaptation.pairs import Pairs, encode_pairs
from lexexpand.adaptation.word_tags import VERSION as WORD_TAGS
from lexexpand.evaluation.gold import GoldSet, read_gold
from lexexpand.experiment import words
from lexexpand.experiment.dictionary import glosses_of, of_plan, word_tags_of
from lexexpand.experiment.identity import copied_pairs
from lexexpand.experiment.naming import digest_of, sample, stamps, stem_of
from lexexpand.experiment.shuffle import write_shuffled
from lexexpand.language import from_tag
from lexexpand.model.pieces import WordEncoder
from lexexpand.model.tasks import KINDS
from lexexpand.morphology.learned.folder import read_card
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.job import Job
from lexexpand.synthesis.pipeline import Inputs, analyze, recipe
from lexexpand.synthesis.run import make_corpus
from lexexpand.synthesis.workers import Crew

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from lexexpand.experiment.arms import Arm
    from lexexpand.experiment.plan import Cell, Plan
    from lexexpand.model.base import Base
    from lexexpand.model.glosses import Glosses
    from lexexpand.model.tasks import Task
    from lexexpand.progress import MakeProgress
    from lexexpand.synthesis.config import Kind
    from lexexpand.text.corpus import Corpus
    from lexexpand.text.sentence import Sentence

ENCODED, CORPORA, TEXT = "encoded", "corpora", "text"


@dataclass(frozen=True)
class Maker:
    """Makes the inputs of a plan's cells in a folder, or finds them made.

    Attributes:
        plan: the study.
        folder: where everything is kept.
        base: for which texts are encoded.
        tokenizer: the base's.
        offline: whether packs' files may be fetched.
        progress: makes progress bars.
        makes: whether what is not there is made, or only named.
    """

    plan: Plan
    folder: Path
    base: Base
    tokenizer: Any
    offline: bool = False
    progress: MakeProgress | None = None
    makes: bool = True

    def path(self, name: str) -> Path:
        """The file of an input."""
        return self.folder / ENCODED / f"{name}.npz"

    @cached_property
    def encoding(self) -> str:
        """Digest of all that turns words into ids: the tokenizer and the prefix."""
        whole = self.tokenizer.backend_tokenizer.to_str() + self.base.prefix
        return hashlib.sha256(whole.encode()).hexdigest()

    # -- labelled data -------------------------------------------------------------------------------------

    def task(self, name: str) -> Task:
        """The task with the labels of all its gold data, whichever arm reads them."""
        return _task(self, name)

    def gold(self, name: str, tag: str) -> str:
        """Gold data of a language."""
        plan = self.plan.tasks[name]
        spec = {"gold": stamps(self.plan.files(plan.gold[tag])), "format": plan.format}

        def make(path: Path) -> None:
            rows = task_rows(gold_sentences(self, name, tag), plan.kind)
            encode_task(rows, self.task(name), self._encoder(plan.kind)).save(path)

        return self._made(f"{name}.gold.{tag}", spec, make)

    def test(self, name: str, language: str, gloss: str | None = None) -> str:
        """The words of a test set, without its labels; `behind` or `instead` of them their glosses."""
        plan = self.plan.tasks[name]
        spec: dict[str, Any] = {"test": stamps(self.plan.files(plan.test[language])), "half": self.plan.half}
        if gloss:
            spec["glosses"] = {**of_plan(self.plan, language).spec, "text": stamps([self.pool])}

        def make(path: Path) -> None:
            encoder = self._encoder(plan.kind)
            words: list[list[str]] = self.test_set(name, language).words
            if gloss:
                translate = _glosses(self, language).translate
                glossed = map(translate, words)
                if gloss == "behind":
                    words = [[*row, *more] for row, more in zip(words, glossed, strict=True)]
                else:
                    words = [more or row for row, more in zip(words, glossed, strict=True)]
            Encoded.of(map(encoder, words)).save(path)

        stem = f"{name}.test.{language}.{self.plan.half or 'all'}"
        named = {None: "", "behind": ".glossed", "instead": ".glosses"}
        return self._made(stem + named[gloss], spec, make)

    def word_tags(self, name: str, language: str) -> str:
        """What is added to the scores of a test set's words, for what its dictionary says of them."""
        plan, dictionary = self.plan.tasks[name], of_plan(self.plan, language)
        (head,) = (head.name for head in KINDS[plan.kind] if head.level == "token")
        labels = self.task(name).labels_of(head)
        spec = {
            **dictionary.spec,
            "version": WORD_TAGS,
            "labels": labels,
            "gold": stamps(self.plan.files(plan.gold[self.plan.source])),
            "test": stamps(self.plan.files(plan.test[language])),
            "half": self.plan.half,
        }

        def make(path: Path) -> None:
            table = word_tags_of([dictionary], gold_sentences(self, name, self.plan.source), labels)
            sentences = self.test_set(name, language).words
            rows = [table.add_to(np.zeros((len(row), len(labels)), np.float32), row) for row in sentences]
            save_columns(path, "word tags", {head: np.concatenate(rows)}, {})

        return self._made(f"{name}.tags.{language}.{self.plan.half or 'all'}", spec, make)

    def test_set(self, name: str, language: str) -> GoldSet:
        """The test set with its labels, several files as one: read to make its words, and to score."""
        plan = self.plan.tasks[name]
        options = {"format": plan.format, "half": self.plan.half}
        files = self.plan.files(plan.test[language])
        gold = reduce(
            GoldSet.joined, (read_gold(plan.kind, path, from_tag(language), **options) for path in files)
        )
        if plan.kind != "ner":
            return gold
        known = {label.partition("-")[2] for label in self.task(name).labels_of("tags")}
        return gold.as_o(gold.types - known)

    def pseudo(self, cell: Cell) -> str | None:
        """The pseudo-labelled data of a cell's arm."""
        if cell.arm.pseudo == "none":
            return None
        plan, arm = self.plan.tasks[cell.task], cell.arm
        spec = {
            "rows": arm.rows or plan.rows,
            "seed": cell.seed,
            "gold": self.gold(cell.task, self.plan.source),
        }
        if arm.is_of_target:
            spec |= self._lexical(cell.language, arm)
        spec |= {name: False for name in ("whole", "weights") if not getattr(arm, name)}
        makers = {"words": self._word_rows, "copy": self._copied_rows}
        rows_of = makers.get(arm.pseudo, self._synth_rows)

        def make(path: Path) -> None:
            examples = encode_task(rows_of(cell), self.task(cell.task), self._encoder(plan.kind))
            (examples if arm.whole else examples.of_words()).save(path)

        return self._made(f"{cell.task}.{stem_of(cell)}", spec, make)

    def _word_rows(self, cell: Cell) -> Iterable[TaskRow]:
        table = words.translations(of_plan(self.plan, cell.language).lexicon)
        rows = list(self._copied_rows(cell))
        made = words.translate_all((row.words for row in rows), table, cell.seed)
        for row, one in zip(rows, made, strict=True):
            yield replace(
                row,
                words=one.words,
                upos=None if row.upos is None else one.carry_upos(row.upos),
                tags=None if row.tags is None else one.carry_tags(row.tags),
            )

    def _copied_rows(self, cell: Cell) -> Iterable[TaskRow]:
        plan = self.plan.tasks[cell.task]
        rows = list(task_rows(gold_sentences(self, cell.task, self.plan.source), plan.kind))
        return [rows[i] for i in sample(len(rows), cell.arm.rows or plan.rows, cell.seed)]

    def _synth_rows(self, cell: Cell) -> Iterable[TaskRow]:
        plan = self.plan.tasks[cell.task]
        inputs = self._inputs(cell, tuple(self.plan.files(plan.gold[self.plan.source])), plan.format)
        corpus = self._corpus(
            f"{cell.task}.{stem_of(cell)}", inputs, cell, "pseudo-labelled", cell.arm.rows or plan.rows
        )
        rows = list(corpus_rows(corpus, plan.kind))
        drawn = [rows[i] for i in sample(len(rows), cell.arm.rows or plan.rows, cell.seed)]
        return drawn if cell.arm.weights else [replace(row, weight=1.0) for row in drawn]

    # -- parallel data -------------------------------------------------------------------------------------

    def pairs(self, cell: Cell) -> str | None:
        """The pseudo-parallel data of a cell's language adapter."""
        if not cell.arm.language:
            return None
        language, arm = self.plan.language, cell.arm
        spec = {
            "pool": language.pool,
            "rows": language.rows,
            "text": stamps(self.plan.files(language.text)),
            "seed": cell.seed,
        }
        if arm.is_of_target:
            spec |= self._lexical(cell.language, arm)

        def make(path: Path) -> None:
            self._pairs(cell).save(path)

        return self._made(f"pairs.{stem_of(cell)}", spec, make)

    def _pairs(self, cell: Cell) -> Pairs:
        rows, encoder = self.plan.language.rows, self._encoder(None)
        if cell.arm.pseudo == "copy":
            lines = self.pool.read_text(encoding="utf-8").splitlines()
            chosen = [lines[i] for i in sample(len(lines), rows, cell.seed)]
            return copied_pairs(chosen, from_tag(self.plan.source), encoder)
        inputs = self._inputs(cell, (self.pool,), None)
        corpus = self._corpus(f"pairs.{stem_of(cell)}", inputs, cell, "pseudo-parallel", rows)
        pairs = encode_pairs(corpus, encoder)
        return pairs.select(sample(len(pairs), rows, cell.seed))

    @cached_property
    def pool(self) -> Path:
        """The source text of the language adapters: lines taken evenly from the plan's files."""
        language = self.plan.language
        files = self.plan.files(language.text)
        path = self.folder / TEXT / f"pool.{digest_of({'pool': language.pool, 'text': stamps(files)})}.txt"
        if not path.is_file():
            lines = [
                line
                for file in files
                for line in file.read_text(encoding="utf-8").splitlines()
                if line.strip()
            ]
            count = min(language.pool, len(lines))
            taken = [lines[i * len(lines) // count] for i in range(count)]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("\n".join(taken) + "\n", encoding="utf-8")
        return path

    # -- what both need ------------------------------------------------------------------------------------

    def _encoder(self, kind: str | None) -> WordEncoder:
        prefixed = kind is None or any(head.level == "sentence" for head in KINDS[kind])
        return _encoder(self, prefixed)

    def _lexical(self, language: str, arm: Arm) -> dict[str, Any]:
        """What of a synthesis depends on the target and the arm."""
        return {
            **of_plan(self.plan, language).spec,
            **self._learned(language),
            "settings": (*self.plan.settings, *arm.settings),
            "select": arm.select,
        }

    def _learned(self, language: str) -> dict[str, Any]:
        """The digest of the language's inflector, if it has one."""
        folder = self.plan.inflector_of(language)
        return {} if folder is None else {"inflector": read_card(folder).digest}

    def _inputs(self, cell: Cell, source: tuple[Path, ...], format: str | None) -> Inputs:
        lexicons = self.plan.lexicon_of(cell.language)
        if cell.arm.pseudo == "shuffled":
            path = self.folder / TEXT / f"{cell.language}.shuffled-{cell.seed}.tsv"
            if not path.is_file():
                write_shuffled(of_plan(self.plan, cell.language).lexicon.entries, cell.seed, path)
            lexicons = (str(path),)
        return Inputs(
            source=source,
            source_language=from_tag(self.plan.source),
            format=format,
            lexicons=lexicons,
            paradigms=self.plan.paradigms.get(cell.language, ()),
            inflector_model=self.plan.inflector_of(cell.language),
            offline=self.offline,
        )

    def _corpus(self, stem: str, inputs: Inputs, cell: Cell, kind: Kind, rows: int) -> Corpus:
        config = SynthConfig(kind=kind, seed=cell.seed, n=rows if cell.arm.select else None)
        config = config.with_settings((*self.plan.settings, *cell.arm.settings))
        analysis = analyze(inputs, progress=self.progress)
        job = Job(recipe(inputs, analysis, from_tag(cell.language), config))
        with Crew(1) as crew:
            return make_corpus(job, self.folder / CORPORA / stem, crew, force=True, progress=self.progress)

    def _made(self, stem: str, spec: dict[str, Any], make: Callable[[Path], None]) -> str:
        name = f"{stem}.{digest_of({**spec, 'encoding': self.encoding})}"
        path = self.path(name)
        if self.makes and not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            make(path)
        return name

    def __hash__(self) -> int:
        return id(self)


@lru_cache(maxsize=4)
def gold_sentences(maker: Maker, name: str, tag: str) -> tuple[Sentence, ...]:
    """The gold sentences of a task in a source language, read once."""
    plan = maker.plan.tasks[name]
    read = [
        read_gold(plan.kind, path, from_tag(tag), format=plan.format)
        for path in maker.plan.files(plan.gold[tag])
    ]
    return tuple(sentence for gold in read for sentence in gold.sentences)


@cache
def _task(maker: Maker, name: str) -> Task:
    plan = maker.plan.tasks[name]
    gold = (gold_sentences(maker, name, tag) for tag in sorted(plan.gold))
    return task_of(name, plan.kind, *(task_rows(sentences, plan.kind) for sentences in gold))


@lru_cache(maxsize=2)
def _glosses(maker: Maker, language: str) -> Glosses:
    return glosses_of([of_plan(maker.plan, language)], maker.pool.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=2)
def _encoder(maker: Maker, prefixed: bool) -> WordEncoder:
    return WordEncoder(maker.tokenizer, prefix=maker.base.prefix if prefixed else "")
