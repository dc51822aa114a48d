from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import FormatError
from lexexpand.text.sentence import sentences

if TYPE_CHECKING:
    from tests.text.conftest import Read


def row(number: str, form: str, misc: str = "_", upos: str = "X", head: str = "0", lemma: str = "_") -> str:
    return "\t".join([number, form, lemma, upos, "_", "_", head, "dep", "_", misc])


def tree(*rows: str) -> str:
    return "\n".join(rows) + "\n\n"


def test_words_gaps_and_gold_columns_are_read(read: Read) -> None:
    content = (
        "# newdoc id = d1\n# text = The dog barks.\n"
        "1\tThe\tthe\tDET\tDT\tDefinite=Def|PronType=Art\t2\tdet\t_\t_\n"
        "2\tdog\tdog\tNOUN\tNN\tNumber=Sing\t3\tnsubj\t_\t_\n"
        "3\tbarks\tbark\tVERB\tVBZ\t_\t0\troot\t_\tSpaceAfter=No\n"
        "4\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\t_\n\n"
    )
    blocks, report = read("a.conllu", content)
    (block,) = blocks
    assert block.text.to_pylist() == ["The dog barks."]
    assert block.doc.to_pylist() == ["d1"]
    assert block.upos.to_pylist() == ["DET", "NOUN", "VERB", "PUNCT"]
    assert block.feats.to_pylist() == ["Definite=Def|PronType=Art", "Number=Sing", "_", "_"]
    assert block.head.tolist() == [2, 3, 0, 3]
    assert block.labelled == {"upos"}
    assert report.counts == {}
    (sentence,) = sentences(block)
    assert sentence.tokens[1].lemma == "dog"


def test_a_range_that_is_its_words_joined_has_no_gap_inside(read: Read) -> None:
    rows = tree(
        "# text = I don't.",
        row("1", "I"),
        row("2-3", "don't", "SpaceAfter=No"),
        row("2", "do"),
        row("3", "n't"),
        row("4", "."),
    )
    blocks, report = read("a.conllu", rows)
    assert blocks[0].text.to_pylist() == ["I don't."]
    assert report.counts == {"multiword ranges": 1}


def test_a_range_that_is_not_its_words_joined_has_blanks_inside(read: Read) -> None:
    rows = tree(
        "# text = va au bal.",
        row("1", "va"),
        row("2-3", "au"),
        row("2", "à"),
        row("3", "le"),
        row("4", "bal", "SpaceAfter=No"),
        row("5", "."),
    )
    blocks, report = read("a.conllu", rows)
    assert blocks[0].text.to_pylist() == ["va à le bal."]
    assert report.counts["multiword ranges that are not their words joined"] == 1
    assert report.counts["texts that the words do not give back"] == 1


def test_empty_nodes_are_no_words(read: Read) -> None:
    blocks, report = read("a.conllu", tree(row("1", "a"), row("1.1", "ghost"), row("2", "b")))
    assert blocks[0].tokens.to_pylist() == ["a", "b"]
    assert report.counts == {"empty nodes": 1}


def test_forms_may_hold_a_blank_or_be_an_underscore(read: Read) -> None:
    blocks, report = read("a.conllu", tree(row("1", "he deus"), row("2", "_", lemma="_"), row("3", "c")))
    assert blocks[0].tokens.to_pylist() == ["he deus", "_", "c"]
    assert report.counts == {"forms that are _": 1, "forms with a blank": 1}


def test_spaces_after_is_unescaped(read: Read) -> None:
    rows = tree(
        row("1", "a", "SpacesAfter=\\s\\s"),
        row("2", "b", "SpacesAfter=\\u00A0"),
        row("3", "c", "SpacesAfter=x"),
        row("4", "d", "SpaceAfter=Yes|SpaceAfter=No"),
        row("5", "e"),
    )
    assert read("a.conllu", rows)[0][0].text.to_pylist() == ["a  b\u00a0c de"]


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("1\ta\n", 1, "10"),
        (row("1", ""), 1, "FORM"),
        (row("1", "a") + "\n" + row("3", "b"), 2, "expected 2"),
        (row("1", "a", upos="NN"), 1, "UPOS"),
        (row("1", "a", head="x"), 1, "HEAD"),
        (row("1", "a", head="7"), 1, "HEAD"),
        (row("x", "a"), 1, "ID"),
        (row("2-3", "a") + "\n" + row("1", "b"), 1, "range"),
        (row("-1", "a"), 1, "ID"),
        (row("1-", "a"), 1, "ID"),
    ],
)
def test_broken_trees_are_errors_with_their_line(read: Read, rows: str, line: int, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        read("a.conllu", "\n" + rows + "\n")
    assert caught.value.where.line == line + 1
    good = tree(row("1", "good"))
    blocks, report = read("b.conllu", rows + "\n\n" + good, skip_bad=True)
    assert blocks[0].tokens.to_pylist() == ["good"]
    assert report.skipped == 1


def test_documents_reach_to_the_next(read: Read) -> None:
    one = tree(row("1", "a"))
    blocks, _ = read("a.conllu", one + "# newdoc id = x\n" + one + one + "# newdoc\n" + one)
    assert blocks[0].doc.to_pylist() == [None, "x", "x", "document 2"]
