"""The options of `lexexpand synth`, in three groups: what goes in, how it is made, where and how it runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lexexpand.cli import output

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lexexpand.language import Language
    from lexexpand.progress import Progress
    from lexexpand.synthesis.config import Kind, SynthConfig
    from lexexpand.synthesis.pipeline import Inputs

ALL = "all"
KINDS = ("pseudo-mono", "pseudo-parallel", "pseudo-labelled")
FORMATS = ("text", "conllu", "iob2", "xsid", "tsv")
SENSES = ("first", "sample", "document")
OWN = "own"
INFLECTORS = ("auto", "nearest", "attested", "none", "drawn", "random")


def several(*options: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator of several options, in the order in which the help lists them."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


ingredients = several(
    click.option(
        "--lang",
        "tags",
        multiple=True,
        required=True,
        metavar="TAG,...|all",
        help="The language to make: fo, fao_Latn, Faroese ... Several: a list with commas, or again; "
        "`all`: every language that the lexicons have.",
    ),
    click.option("--source-lang", metavar="TAG", help="Language of the source (default: English)."),
    click.option(
        "--source",
        "source",
        multiple=True,
        metavar="FILE",
        help="Text or labelled data to start from; may be given again; - is standard input; "
        "PACK/FILE a file of a pack (default: the starter pack's English sentences).",
    ),
    click.option("--split", metavar="NAME", help="Only this part of the source: train, dev (xSID only)."),
    click.option(
        "--format", "format_", type=click.Choice(FORMATS), help="Of the source (default: by suffix)."
    ),
    click.option("--text-column", metavar="NAME", help="Of a table (default: text, or another usual name)."),
    click.option(
        "--label-column", metavar="NAME", help="Of a table (default: label, or another usual name)."
    ),
    click.option(
        "--skip-bad", is_flag=True, help="Leave out and count broken lines, instead of stopping there."
    ),
    click.option(
        "--analyzer",
        metavar="NAME",
        default="lexical",
        show_default=True,
        help="lexical, spacy:MODEL or stanza:DIR; gold columns win over any.",
    ),
    click.option(
        "--lexicon",
        "lexicons",
        multiple=True,
        metavar="PACK|PATH",
        help="A pack, a file or a folder; may be given again (default: all packs that have the language).",
    ),
    click.option(
        "--paradigms",
        multiple=True,
        metavar="PACK|PATH",
        help="Likewise, to inflect with (default: likewise).",
    ),
    click.option(
        "--inflector-model",
        metavar="DIR|own",
        help="What `morphology train` made, for words that the paradigms do not have; own: what it keeps "
        "for the language, if it does.",
    ),
    click.option(
        "--allow-licence",
        "allow",
        multiple=True,
        metavar="PATTERN",
        help="Only these licences, as in CC-BY*.",
    ),
    click.option(
        "--deny-licence", "deny", multiple=True, metavar="PATTERN", help="Not these licences, as in *-NC-*."
    ),
    output.mirror_option,
    output.offline_option,
)
knobs = several(
    click.option(
        "--kind",
        type=click.Choice(KINDS),
        help="What for (default: pseudo-labelled if the source has labels, else pseudo-parallel).",
    ),
    click.option(
        "--n", type=int, metavar="N", help="Keep at most N sentences, those that teach most (default: all)."
    ),
    click.option(
        "--min-coverage",
        type=float,
        metavar="F",
        default=0.0,
        show_default=True,
        help="Keep sentences with at least this share of words translated.",
    ),
    click.option(
        "--cap",
        type=int,
        metavar="N",
        help="Keep a sentence only while an entry of it was kept fewer than N times (default: no cap).",
    ),
    click.option(
        "--senses",
        type=click.Choice(SENSES),
        default="sample",
        show_default=True,
        help="How to choose among translations.",
    ),
    click.option(
        "--variants",
        type=int,
        metavar="K",
        default=1,
        show_default=True,
        help="Pseudo sentences for one source sentence.",
    ),
    click.option(
        "--inflector",
        type=click.Choice(INFLECTORS),
        default="auto",
        show_default=True,
        help="nearest: no learned inflector; attested: no nearest cell either; none: citation forms; "
        "drawn: any cell that fits; random: any cell (a control).",
    ),
    click.option("--slim", is_flag=True, help="Leave the source's text out of the corpus."),
    click.option("--seed", type=int, default=13, show_default=True, help="Of every draw."),
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="KEY=VALUE",
        help="Any other knob, or switch an ingredient off: multiword=off, lemma=off, casing=off ...",
    ),
)
running = several(
    click.option(
        "-o",
        "--output",
        "out",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Folder of the corpus; of several languages, DIR/<tag> each (default: corpora/<tag>).",
    ),
    click.option("--force", is_flag=True, help="Replace a corpus of another run that is there."),
    click.option(
        "--procs",
        type=click.IntRange(min=1),
        default=1,
        show_default=True,
        help="Processes; the corpus is the same for any number.",
    ),
    click.option(
        "--dry-run", is_flag=True, help="Say what would be read, fetched and made; fetch and write nothing."
    ),
    click.option(
        "--preview", is_flag=True, help="Show ten sentences from the start of the source; write no corpus."
    ),
    click.option(
        "--explain", metavar="ID", help="Show where each word of one row of the finished corpus comes from."
    ),
    output.quiet_option,
    output.json_option,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a call of `synth` asks for, read.

    Attributes:
        inputs: source, packs, licences, where files come from.
        languages: to be made, in the order named.
        config: the knobs; `--set` has the last word.
        kind: what the user has chosen, None to go by the source's labels.
        out: the folder named with -o.
        force, procs, quiet, as_json: the options of those names.
    """

    inputs: Inputs
    languages: tuple[Language, ...]
    config: SynthConfig
    kind: Kind | None
    out: Path | None
    force: bool
    procs: int
    quiet: bool
    as_json: bool

    @property
    def is_several(self) -> bool:
        """Whether each language gets a folder in the one named."""
        return len(self.languages) > 1 or self.out is None

    def place(self, language: Language) -> Path:
        """The folder of the corpus of `language`."""
        from lexexpand.synthesis.pipeline import DEFAULT_OUT

        base = self.out or Path(DEFAULT_OUT)
        return base / str(language) if self.is_several else base

    def progress(self, label: str, total: int | None, unit: str) -> Progress | None:
        """A progress bar, or None where nobody would see it."""
        return output.progress(label, total, unit, quiet=self.quiet)


def asked(options: dict[str, Any]) -> Asked:
    """Read the options of one call.

    Raises:
        ConfigError: an unknown language, knob or value.
    """
    from lexexpand.synthesis.config import SynthConfig

    inputs = _inputs(options)
    named = ("n", "min_coverage", "cap", "senses", "variants", "inflector", "slim", "seed")
    config = SynthConfig(**{name: options[name] for name in named}).with_settings(options["settings"])
    is_set = any(setting.partition("=")[0].strip() == "kind" for setting in options["settings"])
    return Asked(
        inputs=inputs,
        languages=_languages(options["tags"], inputs),
        config=config,
        kind=config.kind if is_set else options["kind"],
        out=options["out"],
        force=options["force"],
        procs=options["procs"],
        quiet=options["quiet"],
        as_json=options["as_json"],
    )


def _inputs(options: dict[str, Any]) -> Inputs:
    from lexexpand.language import parse_language
    from lexexpand.synthesis.pipeline import Inputs

    source_lang, named = options["source_lang"], options["inflector_model"]
    return Inputs(
        source=tuple(options["source"]),
        source_language=parse_language(source_lang) if source_lang else None,
        format=options["format_"],
        split=options["split"],
        analyzer=options["analyzer"],
        lexicons=tuple(options["lexicons"]),
        paradigms=tuple(options["paradigms"]),
        inflector_model=None if named in (None, OWN) else Path(named),
        own_inflector=named == OWN,
        allow=tuple(options["allow"]),
        deny=tuple(options["deny"]),
        mirror=options["mirror"],
        offline=options["offline"],
        skip_bad=options["skip_bad"],
        text_column=options["text_column"],
        label_column=options["label_column"],
    )


def _languages(tags: Sequence[str], inputs: Inputs) -> tuple[Language, ...]:
    from lexexpand.synthesis.dry import languages_of
    from lexexpand.synthesis.pipeline import find_language

    names = [name.strip() for tag in tags for name in tag.split(",") if name.strip()]
    if not names:
        raise click.UsageError("--lang names no language.")
    if ALL in names:
        return languages_of(inputs)
    return tuple(dict.fromkeys(find_language(name) for name in names))
