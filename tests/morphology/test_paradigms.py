"""Look-up of forms and lemmas; the index on disk."""

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexexpand.errors import DataError, IntegrityError, MissingDataError
from lexexpand.language import Language
from lexexpand.morphology.arrays import read_arrays
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.tables import TableFile

Small = Callable[[str], Paradigms]
Write = Callable[..., Path]


def test_a_cell_gives_its_forms_and_a_form_its_cells(small: Small) -> None:
    faroese = small("fao")
    assert faroese.forms("hestur", "N;PL;NOM;INDF") == ("hestar",)
    assert [(lemma, str(b)) for lemma, b in faroese.analyses("hestar")] == [
        ("hestur", "N;INDF;NOM;PL"),
        ("hestur", "N;INDF;ACC;PL"),
    ]
    assert faroese.forms("hestur", "V;PST") == ()
    assert faroese.forms("nosuch", "N;SG") == ()
    assert faroese.analyses("nosuch") == ()
    assert "hestur" in faroese
    assert "hestar" not in faroese


def test_a_cell_of_alternatives_answers_for_each(small: Small) -> None:
    faroese = small("fao")
    for case in ("NOM", "ACC", "NOM/ACC"):
        assert faroese.forms("langur", f"ADJ;{case};NEUT;SG") == ("langt",)


def test_requests_may_use_the_names_of_the_language_s_tables(small: Small) -> None:
    assert small("sme").forms("guolli", "N;PRP;SG") == small("sme").forms("guolli", "N;LOC;SG") == ("guolis",)


def test_homographs_of_different_parts_of_speech_share_a_lemma(small: Small) -> None:
    assert {bundle.pos for bundle, _ in small("fao").cells("fara")} == {"V", "N"}


def test_several_forms_of_a_cell_are_kept_and_repeated_lines_are_not(write: Write, tmp_path: Path) -> None:
    path = write("gle", "bád bád N;SG\nbád bháid N;SG\nbád bád N;SG\nbád bád SG;N\n")
    irish = Paradigms.open([path], tmp_path)
    assert irish.forms("bád", "N;SG") == ("bád", "bháid")
    assert irish.stats()["cells"] == 2
    assert irish.stats()["report"]["duplicates"] == 2


def test_several_files_are_one_and_the_first_comes_first(write: Write, tmp_path: Path) -> None:
    first, second = write("one", "a b N;SG\n"), write("two", "a c N;SG\na b N;SG\nd d N;SG\n")
    both = Paradigms.open([TableFile(first, pack="one"), TableFile(second, pack="two")], tmp_path)
    assert both.forms("a", "N;SG") == ("b", "c")
    assert [(use.pack, use.entries) for use in both.sources] == [("one", 1), ("two", 2)]


def test_a_source_that_adds_nothing_is_not_named(write: Write, tmp_path: Path) -> None:
    first, second = write("one", "a b N;SG\n"), write("two", "a b N;SG\n")
    both = Paradigms.open([TableFile(first, pack="one"), TableFile(second, pack="two")], tmp_path)
    assert [use.pack for use in both.sources] == ["one"]


def test_the_index_is_built_once(small: Small, tmp_path: Path) -> None:
    small("fao")
    (index,) = (tmp_path / "index").iterdir()
    before = index.stat().st_mtime_ns, index.read_bytes()
    assert small("fao").forms("fara", "V;NFIN") == ("fara",)
    assert (index.stat().st_mtime_ns, index.read_bytes()) == before


def test_another_content_option_or_language_is_another_index(write: Write, tmp_path: Path) -> None:
    path = write("t", "a b N;SG\n")
    Paradigms.open([path], tmp_path / "i")
    Paradigms.open([path], tmp_path / "i", language=Language("fao", "Latn"))
    Paradigms.open([TableFile(path, {"lookalikes": "keep"})], tmp_path / "i")
    path.write_text("a\tc\tN;SG\n", encoding="utf-8")
    assert Paradigms.open([path], tmp_path / "i").forms("a", "N;SG") == ("c",)
    assert len(list((tmp_path / "i").iterdir())) == 4


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut short": lambda content: content[: len(content) // 2],
    "one byte changed": lambda content: content[:-70] + bytes([content[-70] ^ 255]) + content[-69:],
    "another file": lambda content: b"PK\x03\x04" + content,
    "broken header": lambda content: content[:20] + b"}" + content[21:],
    "longer": lambda content: content + b"x",
    "another schema": lambda content: content.replace(b'"schema":1', b'"schema":9'),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_index_is_noticed_and_built_anew(
    small: Small, tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    small("fao")
    (index,) = (tmp_path / "index").iterdir()
    whole = index.read_bytes()
    index.write_bytes(DAMAGE[kind](whole))
    with pytest.raises(IntegrityError):
        read_arrays(index)
    assert small("fao").forms("hestur", "N;INDF;NOM;PL") == ("hestar",)
    assert "built anew" in caplog.text
    assert index.read_bytes() == whole


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only by mode")
def test_without_a_place_to_keep_it_the_index_is_in_memory(write: Write, tmp_path: Path) -> None:
    path = write("t", "a b N;SG\n")
    blocker = tmp_path / "file"
    blocker.write_text("not a folder")
    assert Paradigms.open([path], blocker / "index").forms("a", "N;SG") == ("b",)
    assert Paradigms.open([path], None).forms("a", "N;SG") == ("b",)


def test_two_at_once_both_succeed(write: Write, tmp_path: Path) -> None:
    path = write("t", "".join(f"w{n} w{n}s N;PL\n" for n in range(500)))
    found: list[tuple[str, ...]] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(Paradigms.open([path], tmp_path / "i").forms("w7", "N;PL"))
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [("w7s",)] * 6
    assert len(list((tmp_path / "i").iterdir())) == 1


def test_a_missing_or_empty_table_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="nosuch"):
        Paradigms.open([tmp_path / "nosuch"], tmp_path)
    (tmp_path / "empty").write_text("")
    with pytest.raises(DataError, match="empty"):
        Paradigms.open([tmp_path / "empty"], tmp_path)


_word = st.text("abåжд", min_size=1, max_size=4)
_cell = st.sampled_from(["N;SG", "N;PL", "V;PST", "V;PRS;3;SG", "ADJ;NOM/ACC"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_word, _word, _cell), min_size=1, max_size=40))
def test_look_ups_agree_with_a_plain_dictionary(
    tmp_path_factory: pytest.TempPathFactory, triples: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("p")
    path = folder / "t"
    path.write_text("".join("\t".join(triple) + "\n" for triple in triples), encoding="utf-8")
    built, opened = Paradigms.open([path], folder / "i"), Paradigms.open([path], folder / "i")
    forms, analyses = defaultdict(dict), defaultdict(set)  # type: ignore[var-annotated]
    for lemma, form, bundle in triples:
        forms[lemma, bundle][form] = None
        analyses[form].add((lemma, bundle))
    for paradigms in (built, opened):
        assert set(paradigms.lemmas()) == {lemma for lemma, _, _ in triples}
        for (lemma, bundle), expected in forms.items():
            assert paradigms.forms(lemma, bundle) == tuple(expected)
        for form, pairs in analyses.items():
            assert {(lemma, str(bundle)) for lemma, bundle in paradigms.analyses(form)} == pairs
