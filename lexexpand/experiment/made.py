"""The corpora of one bundle: made from packs and gold data, or the user's own.

Pseudo-labelled corpora carry their source and alignment too, so that their pairs teach the language adapter
as well: with a task named and no other source text, that is what it learns from.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from lexexpand.adaptation.pairs import Pairs, encode_pairs
from lexexpand.adaptation.recipes import RECIPES
from lexexpand.errors import ConfigError
from lexexpand.resources.licence import ids
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.job import Job
from lexexpand.synthesis.pipeline import Inputs, analyze, recipe
from lexexpand.synthesis.run import make_corpus
from lexexpand.synthesis.workers import Crew
from lexexpand.text.analysis import Analysis
from lexexpand.text.analyzers import make_analyzer
from lexexpand.text.corpus import Corpus
from lexexpand.text.sentence import SentenceSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from lexexpand.experiment.gold import TaskGold
    from lexexpand.experiment.request import AdaptRequest
    from lexexpand.language import Language
    from lexexpand.model.pieces import WordEncoder
    from lexexpand.progress import MakeProgress
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.use import PackUse
    from lexexpand.synthesis.config import Kind
    from lexexpand.text.sentence import Sentence

LABELLED: Kind = "pseudo-labelled"
PARALLEL: Kind = "pseudo-parallel"


class Corpora:
    """Makes each corpus when it is first asked for; a folder that is whole is opened.

    Args:
        request: what the bundle is made from.
        folder: where corpora are made.
        files: source text for the language adapter.
        fetcher: of packs' files.
        progress: makes progress bars.
    """

    def __init__(
        self,
        request: AdaptRequest,
        folder: Path,
        files: Sequence[Path],
        fetcher: Fetcher,
        progress: MakeProgress | None,
    ) -> None:
        self.request, self.folder, self.files, self.progress = request, folder, tuple(files), progress
        self.used: dict[str, Corpus] = {}
        self.pair_rows = 0

    @cached_property
    def given(self) -> list[Corpus]:
        """The user's own corpora.

        Raises:
            ConfigError: one is of another language.
        """
        found = [Corpus.open(folder) for folder in self.request.corpora]
        tags = {str(language) for language in self.request.languages}
        for corpus in found:
            if corpus.language not in tags:
                raise ConfigError(f"{corpus.folder}: a corpus of {corpus.language}, not of {', '.join(tags)}")
            self.used[str(corpus.folder)] = corpus
        return found

    def labelled(self, gold: TaskGold) -> list[Corpus]:
        """The pseudo-labelled corpora of a task: the given ones that have its labels, else one a language.

        None is made where the recipe of the kind of task has none, unless asked for.
        """
        wanted = _columns(gold)
        given = [c for c in self.given if c.card["kind"] == LABELLED and wanted <= set(c.columns)]
        makes = RECIPES[gold.kind].pseudo if self.request.synth is None else self.request.synth
        if given or self.given or not makes:
            return given
        return [self._of_sentences(gold, tag, f"{gold.name}-{tag}") for tag in self.request.languages]

    def chosen(self, gold: TaskGold) -> Corpus | None:
        """The held-out sentences, translated: what a checkpoint is chosen by. None where nothing is made."""
        if self.request.synth is False or not gold.dev:
            return None
        return self._of_sentences(gold, self.request.languages[0], f"{gold.name}-dev", is_dev=True)

    def glimpse(self, gold: TaskGold, limit: int) -> Corpus:
        """A corpus of a task's first gold sentences, to look at the language by; nothing learns from it."""
        inputs, analysis = self._analysed(gold.train[:limit])
        language, config = self.request.languages[0], self._config(LABELLED)
        return self._build(f"look-{gold.name}", inputs, analysis, language, config)

    def is_made(self, gold: TaskGold) -> bool:
        """Whether a corpus was made of a task's own gold data."""
        return any(name.startswith(f"{gold.name}-") for name in self.used)

    def pairs(self, encoder: WordEncoder, golds: Sequence[TaskGold]) -> Pairs | None:
        """What the language adapter learns from; None where there is nothing.

        With source text named, or without a task, that of the source text too (at least the starter's).
        """
        corpora = list(self.given)
        if not corpora and self.request.synth is not False:
            corpora = [corpus for gold in golds for corpus in self.labelled(gold)]
            if self.files or not corpora:
                corpora += [self._of_files(tag) for tag in self.request.languages]
        parts = [encode_pairs(corpus, encoder) for corpus in corpora]
        parts = [part for part in parts if len(part)]
        self.pair_rows = sum(map(len, parts))
        return Pairs.join(parts) if parts else None

    def texts(self) -> Iterator[str]:
        """The text of every row of every corpus in use, source and target."""
        for corpus in self.used.values():
            names = [name for name in ("text", "source_text") if name in corpus.columns]
            for row in corpus.rows(names):
                yield from (row[name] for name in names if row[name])

    def note(self, golds: Sequence[TaskGold], uses: Sequence[tuple[str, PackUse]] = ()) -> dict[str, Any]:
        """Corpora, packs and licences, as a bundle tells them.

        Args:
            golds: of the tasks.
            uses: packs that the bundle has something of beside the corpora, each with its kind.
        """
        cards = [corpus.card for corpus in self.used.values()]
        packs: dict[tuple[str, str], dict[str, Any]] = {}
        for card in cards:
            for pack in card["packs"]:
                packs[pack["kind"], pack["id"]] = {
                    name: pack[name] for name in ("id", "kind", "version", "licence")
                }
        for kind, use in uses:
            packs[kind, use.pack] = {
                "id": use.pack, "kind": kind, "version": use.version, "licence": use.licence
            }  # fmt: skip
        for gold in golds:
            if gold.pack is not None:
                names = ("id", "kind", "version", "licence")
                packs[gold.pack[1], gold.pack[0]] = dict(zip(names, gold.pack, strict=True))
        licences = {one for pack in packs.values() for one in ids(pack["licence"])}
        return {
            "corpora": [
                {
                    "digest": card["content"],
                    "origin": card["origin"],
                    "kind": card["kind"],
                    "rows": card["rows"],
                }
                for card in cards
            ],
            "packs": [packs[key] for key in sorted(packs)],
            "licences": sorted(licences | {one for card in cards for one in card.get("licences", ())}),
            "gold": [{"task": g.name, "file": g.file.rpartition("/")[2], "digest": g.digest} for g in golds],
            "languages": [str(language) for language in self.request.languages],
        }

    # -- making --------------------------------------------------------------------------------------------

    def _inputs(self, source: tuple[Path, ...] = ()) -> Inputs:
        request = self.request
        return Inputs(
            source=source,
            source_language=request.source,
            lexicons=request.lexicons,
            paradigms=request.paradigms,
            allow=request.allow,
            deny=request.deny,
            mirror=request.mirror,
            offline=request.offline,
        )

    def _of_files(self, language: Language) -> Corpus:
        name = f"text-{language}"
        if name not in self.used:
            inputs = self._inputs(self.files)
            analysis = analyze(inputs, progress=self.progress)
            self.used[name] = self._build(name, inputs, analysis, language, self._config(PARALLEL))
        return self.used[name]

    def _of_sentences(self, gold: TaskGold, language: Language, name: str, *, is_dev: bool = False) -> Corpus:
        if name not in self.used:
            inputs, analysis = self._analysed(gold.dev if is_dev else gold.train)
            config = self._config(LABELLED, *RECIPES[gold.kind].settings)
            if is_dev and config.n is not None:  # what is chosen by is not what is selected
                config = SynthConfig.from_dict({**config.as_dict(), "n": None})
            self.used[name] = self._build(name, inputs, analysis, language, config)
        return self.used[name]

    def _config(self, kind: Kind, *settings: str) -> SynthConfig:
        """The user's settings go before those of a recipe."""
        return SynthConfig(seed=self.request.config.seed, kind=kind).with_settings(
            (*settings, *self.request.settings)
        )

    def _analysed(self, many: Sequence[Sentence]) -> tuple[Inputs, Analysis]:
        inputs = self._inputs()
        analyzer = make_analyzer(inputs.analyzer, self.request.source)
        return inputs, Analysis.build(SentenceSource(many), None, analyzer, self.request.source)

    def _build(
        self, name: str, inputs: Inputs, analysis: Analysis, language: Language, config: SynthConfig
    ) -> Corpus:
        job = Job(recipe(inputs, analysis, language, config))
        with Crew(1) as crew:
            return make_corpus(job, self.folder / name, crew, force=True, progress=self.progress)


_TASK_COLUMNS = {
    "pos": {"upos"},
    "ner": {"spans"},
    "topic": {"label"},
    "sentiment": {"label"},
    "label": {"label"},
    "intent-slots": {"intent", "spans"},
}


def _columns(gold: TaskGold) -> set[str]:
    return _TASK_COLUMNS[gold.kind]
