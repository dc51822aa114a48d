from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexexpand.errors import ConfigError, FormatError, IntegrityError, MissingDataError
from lexexpand.text.analysis import Analysis, clear_analyses, default_cache_dir
from lexexpand.text.analyzers import ANALYZERS, Columns, PlainAnalyzer, make_analyzer
from tests.text.conftest import ENGLISH

Write = Callable[[str, str | bytes], Path]
TREE = (
    "# newdoc id = d\n"
    '1\t"\t"\tPUNCT\t_\t_\t2\tpunct\t_\tSpaceAfter=No\n'
    "2\tThe\tthe\tDET\t_\tDefinite=Def\t3\tdet\t_\t_\n"
    "3\tsaw\tsaw\tNOUN\t_\tNumber=Sing\t4\tnsubj\t_\t_\n"
    "4\tsaw\tsee\tVERB\t_\tTense=Past\t0\troot\t_\t_\n"
    "5\tThe\t_\t_\t_\t_\t6\tdet\t_\t_\n"
    "6\tOslo\tOslo\tPROPN\t_\tNumber=Sing\t4\tobj\t_\tSpaceAfter=No\n"
    "7\t5\t5\tNUM\t_\tNumType=Card\t6\tnummod\t_\t_\n\n"
)


def build(paths: list[Path], cache: Path, **options: object) -> Analysis:
    return Analysis.build(paths, None, PlainAnalyzer(), ENGLISH, cache, **options)  # type: ignore[arg-type]


def rows(analysis: Analysis) -> list[tuple[object, ...]]:
    types = analysis.types
    columns = [types.form, types.lemma, types.upos, types.feats]
    return list(
        zip(*(c.to_pylist() for c in columns), types.initial.tolist(), types.kind.tolist(), strict=True)
    )


def test_a_type_is_a_form_with_its_analysis_and_place(write: Write, tmp_path: Path) -> None:
    analysis = build([write("a.conllu", TREE)], tmp_path / "cache")
    assert rows(analysis) == [
        ('"', '"', "PUNCT", "_", False, 1),
        ("The", "the", "DET", "Definite=Def", True, 0),
        ("saw", "saw", "NOUN", "Number=Sing", False, 0),
        ("saw", "see", "VERB", "Tense=Past", False, 0),
        ("The", "the", "_", "_", False, 0),
        ("Oslo", "Oslo", "PROPN", "Number=Sing", False, 4),
        ("5", "5", "NUM", "NumType=Card", False, 2),
    ]
    block = analysis.block(0)
    assert block.type.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert [analysis.gaps[i] for i in block.gap] == ["", " ", " ", " ", " ", "", ""]
    assert block.text.to_pylist() == ['"The saw saw The Oslo5']
    assert [analysis.docs[i] for i in block.doc] == ["d"]
    assert block.head is not None
    assert block.head.tolist() == [2, 3, 4, 0, 6, 4, 6]
    assert (analysis.n_sentences, analysis.n_tokens, analysis.n_blocks) == (1, 7, 1)
    assert analysis.labelled == {"upos"}


def test_labels_and_spans_are_numbered(write: Write, tmp_path: Path) -> None:
    rows = "1\ta\tplay\tB-x\n2\tb\tplay\tI-x\n\n1\tc\tstop\tO\n\n1\td\tplay\tB-y\n"
    analysis = build([write("a.conll", rows)], tmp_path / "cache")
    block = analysis.block(0)
    assert analysis.labelled == {"spans", "intent"}
    assert block.span_offsets is not None
    assert block.span_offsets.tolist() == [0, 1, 1, 2]
    assert [(int(a), int(b)) for a, b in zip(block.span_start, block.span_end, strict=True)] == [
        (0, 2),
        (0, 1),
    ]  # type: ignore[arg-type]
    assert [analysis.span_types[i] for i in block.span_type] == ["x", "y"]  # type: ignore[union-attr]
    assert [analysis.intents[i] for i in block.intent] == ["play", "stop", "play"]  # type: ignore[union-attr]
    assert block.label is None
    table = build([write("b.tsv", "text\tlabel\nGo\tq\n")], tmp_path / "cache")
    assert [table.labels[i] for i in table.block(0).label] == ["q"]  # type: ignore[union-attr]


def test_labels_that_only_some_files_have_do_not_count(write: Write, tmp_path: Path) -> None:
    analysis = build([write("a.conllu", TREE), write("b.txt", "No labels here.")], tmp_path / "cache")
    assert analysis.labelled == frozenset()
    assert [block.first for block in analysis.blocks()] == [0, 1]
    assert analysis.block(1).head is None


class Verbs(PlainAnalyzer):
    """Calls everything a plural verb."""

    id = "verbs"

    def analyze(self, forms: list[str], form: np.ndarray, offsets: np.ndarray) -> Columns:
        _, lemma, feats = super().analyze(forms, form, offsets)
        self.feats = ["_", "Number=Plur"]
        return np.full(len(form), 16, np.int8), lemma, feats + 1


def test_gold_wins_over_the_analyser_token_by_token(write: Write, tmp_path: Path) -> None:
    path = write("a.conllu", TREE)
    analysis = Analysis.build([path], None, Verbs(), ENGLISH, tmp_path / "cache")
    assert rows(analysis)[4] == ("The", "the", "VERB", "Number=Plur", False, 0)
    assert rows(analysis)[5][2:4] == ("PROPN", "Number=Sing")


def test_an_analysis_is_made_once_and_found_again(write: Write, tmp_path: Path) -> None:
    path = write("a.txt", "Hello there.\n\nGo!\n")
    first = build([path], tmp_path / "cache")
    stamp = (first.folder / "meta.json").stat().st_mtime_ns
    again = build([write("other.txt", "Hello there.\n\nGo!\n")], tmp_path / "cache")
    assert (again.folder, (again.folder / "meta.json").stat().st_mtime_ns) == (first.folder, stamp)
    assert again.report.counts == {"blank lines": 1}
    assert Analysis.open(first.folder).digest == first.digest == first.folder.name
    for other in (
        Analysis.build([path], None, Verbs(), ENGLISH, tmp_path / "cache"),
        build([write("b.txt", "x")], tmp_path / "cache"),
    ):
        assert other.digest != first.digest


def test_nothing_is_left_of_a_source_that_breaks(write: Write, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    path = write("a.iob2", "a O\n\n" * 25_000 + "b I-X\n")
    with pytest.raises(FormatError, match=r"a\.iob2:50001"):
        build([path], cache)
    assert [p.name for p in cache.iterdir() if p.is_dir()] == []
    assert build([path], cache, skip_bad=True).report.skipped == 1


def test_remains_of_a_killed_run_are_cleared_away(write: Write, tmp_path: Path) -> None:
    path, cache = write("a.txt", "Hello."), tmp_path / "cache"
    folder = build([path], cache).folder
    (folder / "meta.json").unlink()
    remains = folder.with_name(f".{folder.name}.part")
    remains.mkdir()
    (remains / "block-00099.arrow").write_bytes(b"half")
    again = build([path], cache)
    assert sorted(p.name for p in again.folder.iterdir()) == ["block-00000.arrow", "meta.json", "types.arrow"]
    assert not remains.exists()


def test_two_processes_at_once_make_one_analysis(write: Write, tmp_path: Path) -> None:
    path, cache = write("a.txt", "Hello there, you.\n" * 30_000), tmp_path / "cache"
    code = (
        "import sys; from pathlib import Path; from lexexpand.language import Language\n"
        "from lexexpand.text.analysis import Analysis; from lexexpand.text.analyzers import PlainAnalyzer\n"
        "a = Analysis.build([Path(sys.argv[1])], None, PlainAnalyzer(), Language('eng', 'Latn'),"
        " Path(sys.argv[2]))\n"
        "print(a.folder, a.n_tokens, a.n_blocks)"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, path, cache], stdout=subprocess.PIPE) for _ in range(2)
    ]
    said = {run.communicate()[0] for run in runs}
    assert len(said) == 1
    assert said.pop().split()[1:] == [b"150000", b"2"]
    assert [run.returncode for run in runs] == [0, 0]


def test_an_empty_source_is_an_empty_analysis(write: Write, tmp_path: Path) -> None:
    analysis = build([write("a.txt", "\n")], tmp_path / "cache")
    assert (len(analysis), analysis.n_blocks, len(analysis.types), analysis.types.form.to_pylist()) == (
        0,
        0,
        0,
        [],
    )


def test_damage_is_told_with_the_way_out(write: Write, tmp_path: Path) -> None:
    folder = build([write("a.txt", "Hello.")], tmp_path / "cache").folder
    (folder / "block-00000.arrow").write_bytes(b"ARROW1 no more")
    with pytest.raises(IntegrityError, match="Delete"):
        Analysis.open(folder).block(0)
    meta = json.loads((folder / "meta.json").read_text())
    (folder / "meta.json").write_text(json.dumps({**meta, "schema": 99}))
    with pytest.raises(IntegrityError, match="schema 99"):
        Analysis.open(folder)
    (folder / "meta.json").write_text("{")
    with pytest.raises(IntegrityError, match="damaged"):
        Analysis.open(folder)
    with pytest.raises(MissingDataError):
        Analysis.open(tmp_path)


def test_analyses_can_be_cleared(write: Write) -> None:
    analysis = Analysis.build([write("a.txt", "Hello.")], None, PlainAnalyzer(), ENGLISH)
    assert analysis.folder.parent == default_cache_dir()
    assert clear_analyses() > 0
    assert not analysis.folder.exists()
    assert clear_analyses() == 0


def test_progress_is_told_of_each_sentence(write: Write, tmp_path: Path) -> None:
    class Count:
        n = 0

        def update(self, n: int = 1) -> None:
            self.n += n

        def close(self) -> None: ...

    count = Count()
    build([write("a.txt", "a\n" * 20_001)], tmp_path / "cache", progress=count)
    assert count.n == 20_001


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r\ufeff"), min_size=1),
        max_size=8,
    )
)
def test_types_and_gaps_give_the_text_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    path = folder / "a.txt"
    path.write_text("\n".join(lines), encoding="utf-8")
    analysis = build([path], folder / "cache")
    form = analysis.types.form.to_pylist()
    for block in analysis.blocks():
        for i, text in enumerate(block.text.to_pylist()):
            span = slice(block.offsets[i], block.offsets[i + 1])
            parts = [
                form[t] + analysis.gaps[g] for t, g in zip(block.type[span], block.gap[span], strict=True)
            ]
            assert analysis.gaps[block.lead[i]] + "".join(parts) == text


def test_an_unknown_analyser_gets_a_suggestion() -> None:
    with pytest.raises(ConfigError, match="lexical"):
        make_analyzer("lexicl", ENGLISH)
    with pytest.raises(ConfigError, match="There are"):
        make_analyzer("zzz:q", ENGLISH)
    assert make_analyzer("plain", ENGLISH).id == "plain"
    assert "lexical" in ANALYZERS
