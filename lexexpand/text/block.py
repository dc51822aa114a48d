"""How are half a million words held so that nothing loops over them? As columns, a block at a time.

A reader yields blocks of at most 20,000 sentences. "The dog's asleep." and "Go!" are one block of

    tokens   The | dog | 's | asleep | . | Go | !
    gaps     " " | ""  | " "| ""     | ""| "" | ""      white space after each token, exactly
    lead     ""  , ""                                   white space before each sentence's first token
    offsets  0, 5, 7                                    where each sentence starts in the token columns

and `lead + token + gap + token + gap ...` is the sentence's NFC text again: that law holds for every
block, whoever made it. Columns that a source does not have are None.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK_SENTENCES = 20_000
BLOCK_CHARACTERS = 1 << 25
"""A block ends early when it holds so many characters: Arrow's strings end at 2 GiB, memory before."""

UPOS = (
    "_", "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN",
    "PUNCT", "SCONJ", "SYM", "VERB", "X",
)  # fmt: skip
"""Universal parts of speech by code, `_` (code 0) where none is known."""


def join_text(tokens: pa.Array, gaps: pa.Array, lead: pa.Array, offsets: NDArray[np.int64]) -> pa.Array:
    """The sentences' texts, from their tokens and the white space around them.

    Args:
        tokens: strings [T].
        gaps: strings [T], white space after each token.
        lead: strings [B], white space before each sentence.
        offsets: [B + 1] into tokens.

    Returns:
        Strings [B].
    """
    if len(tokens):
        # The glued column's buffer is already all sentences end to end: only its offsets change.
        glued = pc.binary_join_element_wise(tokens, gaps, "")
        _, starts, data = glued.buffers()
        bounds = np.frombuffer(starts, np.int32, count=len(glued) + 1, offset=4 * glued.offset)[offsets]
        body = pa.StringArray.from_buffers(len(lead), pa.py_buffer(np.ascontiguousarray(bounds)), data)
    else:
        body = pa.array([""] * len(lead), pa.string())
    if pc.max(pc.binary_length(lead)).as_py():
        body = pc.binary_join_element_wise(lead, body, "")
    return body


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Columns of B sentences and T tokens, as a reader yields them.

    Attributes:
        tokens: strings [T], NFC.
        gaps: strings [T], the white space after each token, exactly.
        lead: strings [B], the white space before each sentence's first token.
        offsets: [B + 1], sentence i has the tokens offsets[i]:offsets[i + 1].
        line: [B], 1-based line of the file on which the sentence starts.
        file: [B], index into the source's files.
        doc: strings [B], the document's id or null.
        upos, lemma, feats: strings [T], gold columns, null where the source has none for a token.
        head: [T], 1-based head word within the sentence, 0 for the root, -1 for none.
        deprel: strings [T].
        span_offsets: [B + 1], sentence i has the spans span_offsets[i]:span_offsets[i + 1].
        span_start, span_end: [S], half-open token indices within the sentence.
        span_type: strings [S].
        label, intent: strings [B], one of each per sentence.
    """

    tokens: pa.Array
    gaps: pa.Array
    lead: pa.Array
    offsets: NDArray[np.int64]
    line: NDArray[np.int64]
    file: NDArray[np.int32]
    doc: pa.Array
    upos: pa.Array | None = None
    lemma: pa.Array | None = None
    feats: pa.Array | None = None
    head: NDArray[np.int32] | None = None
    deprel: pa.Array | None = None
    span_offsets: NDArray[np.int64] | None = None
    span_start: NDArray[np.int32] | None = None
    span_end: NDArray[np.int32] | None = None
    span_type: pa.Array | None = None
    label: pa.Array | None = None
    intent: pa.Array | None = None

    def __post_init__(self) -> None:
        n, t = self.n_sentences, self.n_tokens
        per_token = (self.gaps, self.upos, self.lemma, self.feats, self.head, self.deprel)
        per_sentence = (self.lead, self.line, self.file, self.doc, self.label, self.intent)
        if self.offsets[0] != 0 or self.offsets[-1] != t:
            raise ValueError("offsets do not cover the tokens")
        if any(column is not None and len(column) != t for column in per_token):
            raise ValueError("a token column has not as many rows as there are tokens")
        if any(column is not None and len(column) != n for column in per_sentence):
            raise ValueError("a sentence column has not as many rows as there are sentences")

    def __len__(self) -> int:
        return self.n_sentences

    @property
    def n_sentences(self) -> int:
        """How many sentences the block holds."""
        return len(self.offsets) - 1

    @property
    def n_tokens(self) -> int:
        """How many tokens the block holds."""
        return len(self.tokens)

    @property
    def text(self) -> pa.Array:
        """The NFC text of each sentence, strings [B]."""
        return join_text(self.tokens, self.gaps, self.lead, self.offsets)

    @property
    def starts(self) -> NDArray[np.int32]:
        """Offset of each token in its sentence's text, in code points [T]."""
        size = pc.add(pc.utf8_length(self.tokens), pc.utf8_length(self.gaps)).to_numpy(zero_copy_only=False)
        before = np.append(0, np.cumsum(size, dtype=np.int64))
        lead = pc.utf8_length(self.lead).to_numpy(zero_copy_only=False)
        shift = np.repeat(before[self.offsets[:-1]] - lead, np.diff(self.offsets))
        found: NDArray[np.int32] = (before[:-1] - shift).astype(np.int32)
        return found

    @property
    def labelled(self) -> frozenset[str]:
        """Which gold labels are there: of `upos`, `spans`, `label`, `intent`."""
        columns = {"upos": self.upos, "spans": self.span_type, "label": self.label, "intent": self.intent}
        return frozenset(name for name, column in columns.items() if column is not None)

    def first(self, limit: int) -> Block:
        """The block's first `limit` sentences."""
        n = min(limit, self.n_sentences)
        t = int(self.offsets[n])
        s = 0 if self.span_offsets is None else int(self.span_offsets[n])
        cuts = {"offsets": n + 1, "span_offsets": n + 1}
        cuts.update(dict.fromkeys(("tokens", "gaps", "upos", "lemma", "feats", "head", "deprel"), t))
        cuts.update(dict.fromkeys(("lead", "line", "file", "doc", "label", "intent"), n))
        cuts.update(dict.fromkeys(("span_start", "span_end", "span_type"), s))
        columns = {name: getattr(self, name) for name in cuts}
        cut: dict[str, Any] = {name: None if c is None else c[: cuts[name]] for name, c in columns.items()}
        return Block(**cut)
