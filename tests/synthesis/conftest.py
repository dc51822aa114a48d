"""Tiny corpora, made from a text and a lexicon that stand in the test itself."""

from __future__ import annotations

import sys
import unicodedata
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lexexpand import Corpus, Inputs, synthesize
from lexexpand.language import from_tag
from lexexpand.synthesis.config import SynthConfig
from lexexpand.synthesis.scripts import script_rules
from lexexpand.text.kinds import WORD, kind_of
from lexexpand.text.schema import INFLECTIONS, MATCHES, TRANSLATED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Row = dict[str, Any]
PER_TOKEN = ("starts", "alignment", "match", "inflection", "lemma", "bundle", "casing", "entry")
CONTENT = ("NOUN", "VERB", "ADJ", "ADV")


class Maker:
    """Makes corpora in folders of its own. Without paradigms words stay as the lexicon has them."""

    def __init__(self, base: Path, analyzer: str) -> None:
        self.base = base
        self._analyzer = analyzer
        self._number = count()

    def folder(self) -> Path:
        """A fresh folder."""
        folder = self.base / str(next(self._number))
        folder.mkdir()
        return folder

    def write(self, name: str, content: str | bytes, folder: Path | None = None) -> Path:
        """Write a file, in a fresh folder unless one is named."""
        path = (folder or self.folder()) / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def lexicon(self, entries: str | Sequence[tuple[str, ...]], folder: Path | None = None) -> Path:
        """Rows of (source, target), (source, upos, target) or (source, upos, target, weight) as a table."""
        if isinstance(entries, str):
            return self.write("mine.tsv", entries, folder)
        lines = ["source\tupos\ttarget\tweight"]
        for entry in entries:
            source, upos, target, weight = (
                (entry[0], "", entry[1], "1") if len(entry) == 2 else (*entry, "1")[:4]
            )
            lines.append(f"{source}\t{upos}\t{target}\t{weight}")
        return self.write("mine.tsv", "\n".join(lines) + "\n", folder)

    def __call__(
        self,
        source: str | bytes | Path,
        entries: str | Path | Sequence[tuple[str, ...]],
        language: str = "fao_Latn",
        *,
        suffix: str = "txt",
        paradigms: str = "",
        out: Path | None = None,
        procs: int = 1,
        force: bool = False,
        inputs: dict[str, Any] | None = None,
        **knobs: Any,
    ) -> Corpus:
        """Make a corpus; `knobs` are fields of the config, `kind` is settled by the labels if not named."""
        folder = self.folder()
        path = source if isinstance(source, Path) else self.write(f"source.{suffix}", source, folder)
        lexicon = entries if isinstance(entries, Path) else self.lexicon(entries, folder)
        tables: tuple[str, ...] = ()
        if paradigms:
            tables = (str(self.write("forms.tsv", paradigms, folder)),)
        else:
            knobs.setdefault("inflector", "none")
        knobs.setdefault("transfer", False)
        knobs.setdefault("kind", "pseudo-parallel" if path.suffix in (".txt", "") else "pseudo-labelled")
        analyzer = "plain" if path.suffix == ".conllu" else self._analyzer
        options: dict[str, Any] = {"cache": folder / "cache", "offline": True, "analyzer": analyzer}
        options.update(inputs or {})
        return synthesize(
            language,
            path,
            out=out or folder / "out",
            config=SynthConfig(**knobs),
            inputs=Inputs(lexicons=(str(lexicon),), paradigms=tables, **options),
            procs=procs,
            force=force,
        )

    def rows(self, *args: Any, **options: Any) -> list[Row]:
        """The rows of a corpus, all checked against the laws."""
        corpus = self(*args, **options)
        found = list(corpus.rows())
        for row in found:
            assert not (broken := broken_laws(row, corpus.entries.num_rows)), (broken, row)
        assert len(found) == len(corpus)
        return found

    def row(self, *args: Any, **options: Any) -> Row:
        """The one row of a corpus."""
        (row,) = self.rows(*args, **options)
        return row

    def text(self, *args: Any, **options: Any) -> str:
        """The one text of a corpus."""
        text: str = self.row(*args, **options)["text"]
        return text


def content(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def synth_command(source: Path, lexicon: Path, out: Path, *more: str) -> list[str]:
    """The command line for a process of its own: no paradigms, no network, no bar."""
    options = ["--lang", "fao_Latn", "--source", str(source), "--lexicon", str(lexicon)]
    options += ["--inflector", "none", "--offline", "-o", str(out), "-q"]
    return [sys.executable, "-m", "lexexpand", "synth", *options, *more]


def broken_laws(row: Row, entries: int) -> list[str]:
    """What is wrong with a row; nothing, always."""
    found = [name for name in PER_TOKEN if len(row[name]) != len(row["tokens"])]
    scripts = script_rules(from_tag(row["language"]))
    found += _broken_offsets("", row["text"], row["tokens"], row["starts"], scripts.joiner)
    sources, marks = row["source_tokens"], dict(scripts.punctuation)
    found += _broken_offsets("source ", row["source_text"], sources, row["source_starts"])
    found += [f"match {m}" for m in row["match"] if m not in MATCHES]
    found += [f"inflection {i}" for i in row["inflection"] if i not in INFLECTIONS]
    found += _broken_alignment(row)
    for i, entry in enumerate(row["entry"]):
        if not -1 <= entry < entries or (entry >= 0) != (row["match"][i] in TRANSLATED):
            found.append(f"entry {entry} of a token matched {row['match'][i]}")
        if (entry >= 0) != (row["lemma"][i] is not None):
            found.append("a lemma without entry, or an entry without lemma")
        if entry < 0:
            copied = [sources[index] for index in row["alignment"][i]]
            if len(copied) != 1:
                found.append(f"a copied token is aligned to {len(copied)} tokens")
            forms = {form for word in copied for form in (word, marks.get(word))}
            if row["casing"][i] == "title":
                forms |= {word[:1].title() + word[1:] for word in copied}
            if row["tokens"][i] not in forms or row["inflection"][i] != "none":
                found.append(f"{copied} was copied as {row['tokens'][i]!r}")
    found += _broken_coverage(row)
    return found


def _broken_alignment(row: Row) -> list[str]:
    sources = row["source_tokens"]
    found = [
        f"alignment {links}"
        for links in row["alignment"]
        if not links or links != sorted(set(links)) or links[0] < 0 or links[-1] >= len(sources)
    ]
    # Only a word that means nothing by itself may be left out beside a copied word, which stands for itself.
    left = set(range(len(sources))) - {index for links in row["alignment"] for index in links}
    return found + [
        f"source token {index} is aligned to nothing"
        for index in sorted(left)
        if row["source_upos"][index] not in ("DET", "AUX", "PART", "ADP")
    ]


def _broken_offsets(
    name: str, text: str, tokens: list[str], starts: list[int], joiner: str = " "
) -> list[str]:
    found: list[str] = []
    at = 0
    for token, start in zip(tokens, starts, strict=False):
        if text[start : start + len(token)] != token or not token:
            found.append(f"{name}token {token!r} does not stand at {start}")
        if text[at:start].strip() and text[at:start] != joiner:
            found.append(f"{name}text {text[at:start]!r} belongs to no token")
        at = start + len(token)
    if text[at:].strip():
        found.append(f"{name}text {text[at:]!r} belongs to no token")
    if not unicodedata.is_normalized("NFC", text):
        found.append(f"{name}text is not NFC")
    return found


def _broken_coverage(row: Row) -> list[str]:
    """Coverage counted again, slowly."""
    translated = {
        index
        for links, match in zip(row["alignment"], row["match"], strict=True)
        if match in TRANSLATED
        for index in links
    }
    words = [
        (index, upos)
        for index, (form, upos) in enumerate(zip(row["source_tokens"], row["source_upos"], strict=True))
        if kind_of(form) == WORD and upos != "PROPN"
    ]
    found: list[str] = []
    for name, among in (("coverage", words), ("coverage_content", [w for w in words if w[1] in CONTENT])):
        share = sum(index in translated for index, _ in among) / len(among) if among else 1.0
        if abs(row[name] - share) > 1e-5 or not 0 <= row[name] <= 1:
            found.append(f"{name} is {row[name]}, counted {share}")
    return found


@pytest.fixture(scope="session")
def make(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes tiny corpora."""
    return Maker(tmp_path_factory.mktemp("synth"), "lexical")


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """Makes them three times as fast, without parts of speech: for what does not depend on them."""
    return Maker(tmp_path_factory.mktemp("plain"), "plain")


@pytest.fixture(scope="session")
def gold() -> Callable[..., str]:
    """CoNLL-U of sentences of `form/UPOS[/lemma[/feats]]`; `~` before a form: no blank before it."""

    def conllu(*sentences: str, documents: Sequence[str] = ()) -> str:
        return "".join(
            (f"# newdoc id = {documents[i]}\n" if documents else "") + _tree(sentence)
            for i, sentence in enumerate(sentences)
        )

    return conllu


def _tree(sentence: str) -> str:
    words = sentence.split(" ")
    lines = []
    for number, word in enumerate(words, 1):
        form, upos, lemma, feats = ([*word.lstrip("~").split("/"), "", ""])[:4]
        tight = number < len(words) and words[number].startswith("~")
        last = number == len(words)
        cells = (
            str(number),
            form,
            lemma or form.lower(),
            upos or "X",
            "_",
            feats or "_",
            str(number - 1),
            "dep",
            "_",
            "SpaceAfter=No" if tight or last else "_",
        )
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n\n"
