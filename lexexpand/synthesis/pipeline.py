"""Synthesis from end to end: a source, a language, a folder.

    >>> from lexexpand import synthesize
    >>> corpus = synthesize("fao", ["english.txt"], out="corpora/fao_Latn")    # doctest: +SKIP
    >>> next(corpus.rows(["text"]))                                             # doctest: +SKIP
    {'text': 'Hestarnir renna heim.'}

read -> analyse (once for all languages) -> match -> choose -> realise -> project -> select -> write.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexexpand.errors import ConfigError, DataError, MissingDataError
from lexexpand.language import Language, default_source, parse_language
from lexexpand.morphology.learned.folder import own_model, read_card
from lexexpand.resources.fetch import Fetcher
from lexexpand.resources.packs import find_packs, known_languages, pack_file
from lexexpand.synthesis.config import Kind, SynthConfig
from lexexpand.synthesis.job import Job, Recipe
from lexexpand.synthesis.run import make_corpus
from lexexpand.synthesis.workers import Crew
from lexexpand.text.analysis import Analysis
from lexexpand.text.analyzers import make_analyzer
from lexexpand.text.source import Source, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lexexpand.progress import MakeProgress
    from lexexpand.text.block import Block
    from lexexpand.text.corpus import Corpus
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

DEFAULT_OUT = "corpora"
_SMALL = 1 << 24
"""Bytes of a source whose digest is soon made."""
DEFAULT_ANALYZER = "lexical"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What goes in, apart from the language: source text, data packs, licences.

    Attributes:
        source: files, `-` for standard input, or files of packs (`starter/assistant.eng.conll`); empty for
            the starter pack's sentences.
        source_language: of the text; None for the default.
        format: of the source; None to go by suffix.
        split: keep the sentences of this part of the source alone (`train`, `dev`); None for all.
        analyzer: `lexical`, `spacy:MODEL` or `stanza:DIR`.
        lexicons, paradigms: packs or paths; empty for the packs that have the language.
        inflector_model: folder of a learned inflector, for words that the paradigms do not have.
        own_inflector: where none is named, take what `lexexpand morphology train` has kept for the language,
            if it has. Not the default: taggers learned nothing from it (`experiments/inflection`).
        allow, deny: patterns of licences.
        cache, mirror, offline: where files come from.
        skip_bad: leave out and count broken lines.
        text_column, label_column: of a table.
    """

    source: tuple[Path | str, ...] = ()
    source_language: Language | None = None
    format: str | None = None
    split: str | None = None
    analyzer: str = DEFAULT_ANALYZER
    lexicons: tuple[str, ...] = ()
    paradigms: tuple[str, ...] = ()
    inflector_model: Path | None = None
    own_inflector: bool = False
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    cache: Path | None = None
    mirror: str | None = None
    offline: bool = False
    skip_bad: bool = False
    text_column: str | None = None
    label_column: str | None = None


def synthesize(
    language: str | Language,
    source: Sequence[Path | str] | Path | str = (),
    *,
    out: Path | str | None = None,
    config: SynthConfig | None = None,
    kind: Kind | None = None,
    inputs: Inputs | None = None,
    procs: int = 1,
    force: bool = False,
    progress: MakeProgress | None = None,
) -> Corpus:
    """Make a corpus in one language.

    Args:
        language: a tag, a name or a `Language`.
        source: files of text or labelled data; empty for the starter pack's sentences.
        out: the folder that will hold the corpus; `corpora/<tag>` if None.
        config: every knob; None for the defaults.
        kind: what the corpus is for; None for `pseudo-labelled` if the source has labels, else
            `pseudo-parallel`. A `config` decides for itself.
        inputs: packs, licences, where files come from.
        procs: processes; the corpus is the same for any number.
        force: replace a corpus of another run that stands at `out`.
        progress: makes progress bars; None for none.

    Returns:
        The corpus, opened. A run that was killed goes on where it was.

    Raises:
        ConfigError: an unknown language, option or pack.
        DataError: data are missing, broken or in another script.
    """
    files = (source,) if isinstance(source, (str, Path)) else tuple(source)
    chosen = inputs or Inputs()
    if files:
        chosen = dataclasses.replace(chosen, source=files)
    target = language if isinstance(language, Language) else find_language(language)
    analysis = analyze(chosen, progress=progress)
    settled = config or settle_kind(SynthConfig(), kind, analysis)
    place = Path(out) if out is not None else Path(DEFAULT_OUT) / str(target)
    with Crew(procs) as crew:
        job = Job(recipe(chosen, analysis, target, settled))
        return make_corpus(job, place, crew, force=force, progress=progress)


def find_language(text: str) -> Language:
    """The language that a user means, among those that packs have a lexicon for."""
    return parse_language(text, known=known_languages("lexicon"))


def settle_kind(config: SynthConfig, kind: Kind | None, analysis: Analysis) -> SynthConfig:
    """The config with its kind, by the source's labels where nobody chose one.

    Raises:
        ConfigError: labels are asked for and the source has none.
    """
    if kind == "pseudo-labelled" and not analysis.labelled:
        raise ConfigError(
            "--kind pseudo-labelled: the source has no labels. Give labelled data (CoNLL-U, IOB2, xSID, a "
            "table with a label column), or another kind."
        )
    default: Kind = "pseudo-labelled" if analysis.labelled else "pseudo-parallel"
    return dataclasses.replace(config, kind=kind or default)


def analyze(
    inputs: Inputs,
    *,
    progress: MakeProgress | None = None,
    limit: int | None = None,
    cache_dir: Path | None = None,
) -> Analysis:
    """Read and analyse the source, or find it analysed.

    Args:
        inputs: the source and how to read it.
        progress: makes a progress bar.
        limit: read that many sentences from its start.
        cache_dir: where the analysis is kept; None for the inputs' cache.

    Raises:
        DataError: a file is missing or broken, or holds no sentence.
    """
    language = inputs.source_language or default_source()
    source = open_source(_source_files(inputs, language), inputs.split)
    if limit is not None:
        source = _Start(source, limit)
    analyzer = make_analyzer(inputs.analyzer, language)
    bar = progress("analyse", None, "sent") if progress else None
    cache = cache_dir
    if cache is None and inputs.cache is not None:
        cache = inputs.cache / "analysis"
    analysis = Analysis.build(
        source,
        inputs.format,
        analyzer,
        language,
        cache_dir=cache,
        progress=bar,
        skip_bad=inputs.skip_bad,
        text_column=inputs.text_column,
        label_column=inputs.label_column,
    )
    if bar is not None:
        bar.close()
    if not analysis.n_sentences:
        names = ", ".join(str(file.name) for file in source.files)
        if inputs.split is not None:
            raise DataError(
                f"{names}: no sentence of the split {inputs.split!r} in it (lines `# split = ...`)"
            )
        raise DataError(f"{names}: no sentence in it. Is the file empty, or the format another (--format)?")
    return analysis


def recipe(inputs: Inputs, analysis: Analysis, language: Language, config: SynthConfig) -> Recipe:
    """What a process must know to make the corpus."""
    model = inflector_of(inputs, language, config)
    return Recipe(
        analysis=analysis.folder,
        language=language,
        config=config,
        lexicons=inputs.lexicons,
        paradigms=inputs.paradigms,
        inflector_model=model,
        inflector_named=inputs.inflector_model is not None,
        inflector_digest=None if model is None else read_card(model).digest,
        allow=inputs.allow,
        deny=inputs.deny,
        cache=inputs.cache,
        mirror=inputs.mirror,
        offline=inputs.offline,
    )


def inflector_of(inputs: Inputs, language: Language, config: SynthConfig) -> Path | None:
    """The folder of the learned inflector that a corpus is made with, None without.

    That of a related language is used only where the language turns out to have no tables (`Job.learned`).
    """
    if config.inflector != "auto":
        return None
    if inputs.inflector_model is not None or not inputs.own_inflector:
        return inputs.inflector_model
    return own_model(language) or (None if config.relative is None else own_model(config.relative))


def _source_files(inputs: Inputs, language: Language) -> list[Path | str]:
    """What the user names, files of packs included; else our own sentences, from whichever pack has some."""
    fetcher = Fetcher(cache=inputs.cache, mirror=inputs.mirror, offline=inputs.offline)
    if inputs.source:
        return [_source_file(path, fetcher) for path in inputs.source]
    for card in find_packs():
        rows = card.rows(language, "text")
        if rows:
            return [fetcher.path(card, row) for row in rows]
    raise MissingDataError(f"no pack has text in {language}: name a --source file")


def _source_file(path: Path | str, fetcher: Fetcher) -> Path | str:
    found = pack_file(str(path))
    return path if found is None else fetcher.path(*found)


class _Start(Source):
    """The start of a source: what a preview needs."""

    def __init__(self, source: Source, limit: int) -> None:
        super().__init__(source.files, source.split)
        self._source, self._limit = source, limit

    @property
    def digest(self) -> str:
        """That of the source; of a large one, which would cost more than the preview, of sizes and times."""
        import hashlib

        if sum(file.path.stat().st_size for file in self.files) <= _SMALL:
            return self._source.digest

        stats = [
            (str(file.path), file.path.stat().st_size, file.path.stat().st_mtime_ns) for file in self.files
        ]
        return hashlib.sha256(f"{stats}:{self._limit}:{self.split}".encode()).hexdigest()

    def read(self, options: ReadOptions, report: ReadReport | None = None) -> Iterator[Block]:
        """The first block, cut at the limit."""
        for block in self._source.read(options, report):
            yield block.first(self._limit)
            return
