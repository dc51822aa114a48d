"""The shuffled lexicon: the same translations, of other words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lexexpand.experiment.shuffle import shuffled, write_shuffled
from lexexpand.language import Language
from lexexpand.lexicon.entry import Entry
from lexexpand.lexicon.load import load_lexicon

if TYPE_CHECKING:
    from pathlib import Path

NOUNS = [Entry((f"noun{i}",), (f"navn{i}",), "NOUN", 1.0, None, "mine", i) for i in range(20)]
VERBS = [Entry((f"verb{i}",), (f"sagn{i}", "upp"), "VERB", 1.0, None, "mine", 20 + i) for i in range(20)]


def test_targets_stay_within_their_part_of_speech() -> None:
    dealt = shuffled([*NOUNS, *VERBS], 13)
    assert sorted(target for _, target in dealt[:20]) == sorted(entry.target for entry in NOUNS)
    assert sum(entry.target == target for entry, target in dealt) < 10


def test_the_seed_decides() -> None:
    assert shuffled(NOUNS, 1) == shuffled(NOUNS, 1) != shuffled(NOUNS, 2)


def test_what_is_written_is_read_as_a_lexicon(tmp_path: Path) -> None:
    language = Language("fao", "Latn")
    path = write_shuffled(NOUNS, 13, tmp_path / "shuffled.tsv")
    lexicon = load_lexicon(language, specs=[str(path)])
    assert {entry.target for entry in lexicon} == {entry.target for entry in NOUNS}
