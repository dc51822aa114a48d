"""A sentence as a person thinks of it: words with what is known of each, in order.

Blocks are for machines. For one's own sentences, for tests and for looking at things there are `Token` and
`Sentence`. `sentences` makes them of a block, `block_of` a block of them, `SentenceSource` a source to be
analysed, and `to_conllu` writes a tree.

    sentence = Sentence.of("The dogs sleep.", [Token("The"), Token("dogs"), Token("sleep"), Token(".")])
    sentence.tokens[2].space_after   # ""
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from lexexpand.errors import DataError
from lexexpand.text.bio import tags_of
from lexexpand.text.block import BLOCK_SENTENCES
from lexexpand.text.columns import BlockBuilder, Span, align
from lexexpand.text.normalize import nfc
from lexexpand.text.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lexexpand.language import Language
    from lexexpand.text.block import Block
    from lexexpand.text.options import ReadOptions
    from lexexpand.text.report import ReadReport

_PER_TOKEN = ("upos", "lemma", "feats", "head", "deprel")
_PER_SENTENCE = ("label", "intent")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence, with its analysis where there is one.

    Attributes:
        form: the word as it stands in the text, NFC.
        space_after: the white space behind it.
        lemma, upos, feats: as in Universal Dependencies; None where unknown.
        head: 1-based number of the head word, 0 for the root; None where unknown.
        deprel: relation to the head.
    """

    form: str
    space_after: str = " "
    lemma: str | None = None
    upos: str | None = None
    feats: str | None = None
    head: int | None = None
    deprel: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """Tokens in order, with labels.

    Attributes:
        tokens: the words.
        lead: white space before the first.
        spans: labelled stretches of tokens: (first, after the last, type).
        label: label of the whole, as of its topic.
        intent: what an assistant is asked for.
        doc: id of the document.
        line: line of the file it came from, from 1; 0 where it came from none.
    """

    tokens: tuple[Token, ...]
    lead: str = ""
    spans: tuple[Span, ...] | None = None
    label: str | None = None
    intent: str | None = None
    doc: str | None = None
    line: int = 0

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def text(self) -> str:
        """The sentence's text, as exactly as its white space is known."""
        return self.lead + "".join(token.form + token.space_after for token in self.tokens)

    @classmethod
    def of(cls, text: str, tokens: Sequence[Token], **labels: Any) -> Sentence:
        """A sentence whose white space is taken from its text.

        Raises:
            DataError: The tokens do not make up the text.
        """
        whole = nfc(text)
        tokens = [replace(token, form=nfc(token.form)) for token in tokens]
        aligned = align([token.form for token in tokens], whole)
        if aligned is None:
            raise DataError(f"the tokens do not make up the text {text!r}")
        lead, gaps = aligned
        spaced = tuple(replace(token, space_after=gap) for token, gap in zip(tokens, gaps, strict=True))
        return cls(spaced, lead, **labels)

    @classmethod
    def split(cls, text: str, language: Language, **labels: Any) -> Sentence:
        """A sentence of plain text, tokenised as a source in `language` is.

        Raises:
            DataError: The text holds a lone surrogate.
        """
        from lexexpand.text.tokenizer import tokenizer_for

        return cls.of(text, [Token(form) for form in tokenizer_for(language).tokenize(text)], **labels)


def sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of a block."""
    columns = {name: _listed(getattr(block, name)) for name in (*_PER_TOKEN, *_PER_SENTENCE)}
    forms, gaps = block.tokens.to_pylist(), block.gaps.to_pylist()
    lead, doc, offsets = block.lead.to_pylist(), block.doc.to_pylist(), block.offsets.tolist()
    for i in range(len(block)):
        tokens = tuple(
            Token(forms[t], gaps[t], **{name: _known(columns[name], t) for name in _PER_TOKEN})
            for t in range(offsets[i], offsets[i + 1])
        )
        yield Sentence(
            tokens,
            lead[i],
            _spans(block, i),
            _known(columns["label"], i),
            _known(columns["intent"], i),
            doc[i],
            int(block.line[i]),
        )


def block_of(many: Iterable[Sentence]) -> Block:
    """One block of sentences. A column is there if any sentence has it.

    Raises:
        DataError: A form is empty, a span lies outside its sentence, or some have spans and some have not.
    """
    rows = list(many)
    named = [
        name for name in _PER_TOKEN if any(getattr(t, name) is not None for row in rows for t in row.tokens)
    ]
    labelled = [name for name in _PER_SENTENCE if any(getattr(row, name) is not None for row in rows)]
    spanned = [row.spans is not None for row in rows]
    if any(spanned) and not all(spanned):
        raise DataError("some sentences have spans and some have none: say () where there is none")
    builder = BlockBuilder(*named, *labelled, *(["spans"] if any(spanned) else []))
    for number, row in enumerate(rows):
        _check(row, number)
        builder.add(
            [nfc(token.form) for token in row.tokens],
            [token.space_after for token in row.tokens],
            line=row.line,
            lead=row.lead,
            doc=row.doc,
            spans=row.spans or (),
            per_token={name: [_filled(name, token) for token in row.tokens] for name in named},
            per_sentence={name: getattr(row, name) for name in labelled},
        )
    return builder.take()


class SentenceSource(Source):
    """A user's own sentences as a source: `Analysis.build` takes it in place of paths."""

    def __init__(self, many: Iterable[Sentence]) -> None:
        super().__init__(())
        self.sentences = tuple(many)

    @cached_property
    def digest(self) -> str:
        """sha256 over all that the sentences hold: 64 hex digits."""
        whole = hashlib.sha256()
        for sentence in self.sentences:
            whole.update(repr(sentence).encode("utf-8", "surrogatepass"))
        return whole.hexdigest()

    def formats(self, options: ReadOptions) -> list[str]:
        """No file, and a format of its own."""
        return ["sentences"]

    def read(self, options: ReadOptions, report: ReadReport | None = None) -> Iterator[Block]:
        """The sentences, a block at a time."""
        rest = iter(self.sentences)
        while part := list(islice(rest, BLOCK_SENTENCES)):
            block = block_of(part)
            if report is not None:
                report.sentences += block.n_sentences
                report.tokens += block.n_tokens
            yield block


def to_conllu(sentence: Sentence, *, sent_id: str | None = None) -> str:
    """A sentence in CoNLL-U, with `# text` and a blank line behind; spans go into MISC as `Span=B-PER`."""
    tags = tags_of(sentence.spans or (), len(sentence))
    lines = [f"# sent_id = {sent_id}"] if sent_id else []
    lines.append(f"# text = {' '.join(sentence.text.split())}")
    for number, (token, tag) in enumerate(zip(sentence.tokens, tags, strict=True), 1):
        misc = [] if token.space_after or number == len(sentence) else ["SpaceAfter=No"]
        misc += [] if tag == "O" else [f"Span={tag}"]
        head = "_" if token.head is None else str(token.head)
        cells = [
            str(number),
            token.form,
            token.lemma,
            token.upos,
            None,
            token.feats,
            head,
            token.deprel,
            None,
        ]
        lines.append("\t".join([*(cell or "_" for cell in cells), "|".join(misc) or "_"]))
    return "\n".join(lines) + "\n\n"


def _listed(column: Any) -> list[Any] | None:
    if column is None:
        return None
    return list(column.tolist() if hasattr(column, "dtype") else column.to_pylist())


def _known(column: list[Any] | None, index: int) -> Any:
    value = None if column is None else column[index]
    return None if value == -1 else value


def _filled(name: str, token: Token) -> Any:
    value = getattr(token, name)
    return -1 if value is None and name == "head" else value


def _spans(block: Block, index: int) -> tuple[Span, ...] | None:
    if (
        block.span_offsets is None
        or block.span_start is None
        or block.span_end is None
        or block.span_type is None
    ):
        return None
    start, end = block.span_offsets[index : index + 2].tolist()
    bounds = zip(block.span_start[start:end].tolist(), block.span_end[start:end].tolist(), strict=True)
    types = block.span_type.slice(start, end - start).to_pylist()
    return tuple((a, b, name) for (a, b), name in zip(bounds, types, strict=True))


def _check(row: Sentence, number: int) -> None:
    for token in row.tokens:
        if not token.form or token.form.isspace():
            raise DataError(f"sentence {number}: a token is empty")
        if token.space_after and not token.space_after.isspace():
            raise DataError(
                f"sentence {number}: {token.space_after!r} after {token.form!r} is not white space"
            )
    for start, end, name in row.spans or ():
        if not 0 <= start < end <= len(row):
            raise DataError(
                f"sentence {number}: span {name} of tokens {start} to {end} lies outside the sentence"
            )
