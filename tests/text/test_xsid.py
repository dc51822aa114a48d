from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import ConfigError, FormatError
from lexexpand.language import default_source
from lexexpand.text.options import ReadOptions
from lexexpand.text.sentence import sentences
from lexexpand.text.source import open_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.text.conftest import Read

ROWS = "1\tWie\tweather/find\tO\n2\theiß\tweather/find\tB-weather/attribute\n3\t?\tweather/find\tO\n"


@pytest.mark.parametrize(
    "comments",
    [
        "# text = Wie heiß?\n# intent = weather/find\n# slots: 4:8:datetime\n",
        "# text: Wie heiß?\n# intent: weather/find\n",
        "# id = 1\n# text-en = How hot?\n# text-de: Hallo\n# text = Wie heiß?\n# intent = weather/find\n",
        "# text = Wie heiß?\n",
    ],
)
def test_both_layouts_are_read(read: Read, comments: str) -> None:
    (block,), report = read("a.conll", comments + ROWS)
    (sentence,) = sentences(block)
    assert sentence.text == "Wie heiß?"
    assert sentence.intent == "weather/find"
    assert sentence.spans == ((1, 2, "weather/attribute"),)
    assert block.labelled == {"spans", "intent"}
    assert report.counts == {}


def test_without_a_text_that_fits_there_are_single_blanks(read: Read) -> None:
    (block,), report = read("a.conll", "# text-de: Wie heiß?\n" + ROWS + "\n# text = anders\n" + ROWS)
    assert block.text.to_pylist() == ["Wie heiß ?", "Wie heiß ?"]
    assert report.counts == {"texts that the tokens do not give back": 1}


def test_a_blank_token_is_left_out_and_counted(read: Read) -> None:
    (block,), report = read("a.conll", "1\ta\tx\tB-b\n2\t \tx\tI-b\n3\tc\tx\tI-b\n4\t\tx\tO\n")
    (sentence,) = sentences(block)
    assert (sentence.text, sentence.spans) == ("a c", ((0, 2, "b"),))
    assert report.counts == {"blank tokens left out": 2}


def test_a_hash_can_be_a_token_row(read: Read) -> None:
    (block,), _ = read("a.conll", "1\t#\tx\tO\n2\ttag\tx\tO\n")
    assert block.text.to_pylist() == ["# tag"]


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("# intent = other\n" + ROWS, 2, "intent"),
        ("1\ta\tx\tO\n2\tb\ty\tO\n", 2, "intent"),
        ("1\ta\tx\tI-b\n", 1, "B-b"),
        ("1\ta\tx\n", 1, "4"),
        ("1\t\tx\tB-b\n", 1, "empty"),
    ],
)
def test_disagreement_is_an_error_or_counted(read: Read, rows: str, line: int, words: str) -> None:
    with pytest.raises(FormatError, match=words) as caught:
        read("a.conll", rows)
    assert caught.value.where.line == line
    blocks, report = read("b.conll", rows + "\n" + ROWS, skip_bad=True)
    assert (len(blocks[0]), report.skipped) == (1, 1)


SPLITS = (
    "".join(f"# split = {name}\n1\t{name}\tx\tO\n\n" for name in ("train", "dev", "train")) + "1\tno\tx\tO\n"
)


def test_one_file_holds_several_splits(tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(SPLITS, encoding="utf-8")
    options = ReadOptions(default_source())
    sources = {name: open_source([path], name) for name in ("train", "dev", "test", None)}
    texts = {
        name: [t for b in source.read(options) for t in b.text.to_pylist()]
        for name, source in sources.items()
    }
    assert texts == {
        "train": ["train"] * 2,
        "dev": ["dev"],
        "test": [],
        None: ["train", "dev", "train", "no"],
    }
    assert len({source.digest for source in sources.values()}) == 4


def test_other_formats_know_no_splits(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Hello.\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="split"):
        list(open_source([path], "train").read(ReadOptions(default_source())))
