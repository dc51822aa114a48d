"""`lexexpand corpus`: looking at a corpus, counting, checking and exporting it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from lexexpand import Inputs, synthesize
from lexexpand.cli import corpus as corpus_module
from lexexpand.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCE = "text\tlabel\n" + "".join(f"The {w} runs home .\t{w}\n" for w in ("horse", "man", "boy", "dog") * 5)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small labelled corpus; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "source.tsv").write_text(SOURCE, encoding="utf-8")
    inputs = Inputs(
        source=(folder / "source.tsv",),
        lexicons=("starter",),
        paradigms=("starter",),
        offline=True,
        cache=folder / "cache",
    )
    return synthesize("fao", out=folder / "fao", inputs=inputs).folder


@pytest.fixture
def corpus(made: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run `corpus VERB FOLDER ...`: exit code, stdout, stderr."""

    def corpus(verb: str, *arguments: str, folder: Path | None = None) -> tuple[int, str, str]:
        code = run(["corpus", verb, str(folder or made), *arguments])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return corpus


def test_show_shows_sentences_spread_over_the_corpus(corpus: Any) -> None:
    code, shown, _ = corpus("show", "-n", "4")
    assert code == 0
    assert shown.count("coverage") == 4
    assert "label=" in shown
    assert len(json.loads(corpus("show", "--json")[1])) == 10


def test_show_shows_the_rows_asked_for(corpus: Any) -> None:
    ids = [row["id"] for row in json.loads(corpus("show", "-n", "2", "--json")[1])]
    code, shown, _ = corpus("show", *reversed(ids))
    assert code == 0
    assert [shown.index(row_id) for row_id in reversed(ids)] == sorted(shown.index(row_id) for row_id in ids)
    code, shown, _ = corpus("show", ids[0], "--explain")
    assert "starter:" in shown
    assert json.loads(corpus("show", ids[0], "--explain", "--json")[1])[0]["id"] == ids[0]
    code, shown, log = corpus("show", "x:1:1")
    assert (code, shown) == (2, "")
    assert "Ids look like" in log


def test_stats_are_the_summary_of_synth(corpus: Any) -> None:
    code, shown, _ = corpus("stats")
    assert code == 0
    assert "20 sentences read, 20 kept" in shown
    told = json.loads(corpus("stats", "--json")[1])
    assert (told["kept"], told["kind"], told["language"]) == (20, "pseudo-labelled", "fao_Latn")


def test_verify_finds_nothing_wrong_with_a_corpus_as_it_was_made(corpus: Any) -> None:
    code, shown, _ = corpus("verify")
    assert code == 0
    assert "20 rows in 1 shards" in shown
    assert json.loads(corpus("verify", "--json")[1])["findings"] == []


def _drop(folder: Path) -> None:
    (folder / "data" / "00000.parquet").unlink()


def _cut(folder: Path) -> None:
    path = folder / "data" / "00000.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def _forget_entries(folder: Path) -> None:
    (folder / "entries.parquet").unlink()


def _count_wrongly(folder: Path) -> None:
    card = json.loads((folder / "corpus.json").read_text())
    card["rows"] = 7
    (folder / "corpus.json").write_text(json.dumps(card))


def _edit(folder: Path) -> None:
    path = folder / "data" / "00000.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(1), path)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_drop, "missing"),
        (_cut, "damaged"),
        (_edit, "edited"),
        (_forget_entries, "entries.parquet"),
        (_count_wrongly, "do not sum up"),
    ],
)
def test_verify_finds_damage_and_ends_with_1(
    harm: Callable[[Path], None], said: str, corpus: Any, made: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    harm(folder)
    code, shown, _ = corpus("verify", folder=folder)
    assert code == 1
    assert said in shown
    assert json.loads(corpus("verify", "--json", folder=folder)[1])["findings"]


def test_verify_reads_a_corpus_without_its_trace(corpus: Any, made: Path, tmp_path: Path) -> None:
    starter = ["--lexicon", "starter", "--paradigms", "starter", "--offline"]
    code = run(["synth", "--lang", "fao", *starter, "--set", "trace=off", "-o", str(tmp_path / "c"), "-q"])
    assert code == 0
    assert corpus("verify", folder=tmp_path / "c")[0] == 0
    assert corpus("show", folder=tmp_path / "c")[0] == 0
    code, _, log = corpus("show", "--explain", folder=tmp_path / "c")
    assert code == 2
    assert "trace=off" in log
    assert corpus("export", "--to", "conllu", folder=tmp_path / "c")[0] == 2
    assert corpus("export", "--to", "tsv", folder=tmp_path / "c")[0] == 0


@pytest.mark.parametrize("verb", ["show", "stats", "verify"])
@pytest.mark.parametrize("card", [None, "", "[]", "{}", '{"schema": 1}', '{"schema": 99}'])
def test_what_is_no_corpus_ends_with_3(verb: str, card: str | None, corpus: Any, tmp_path: Path) -> None:
    if card is not None:
        (tmp_path / "corpus.json").write_text(card)
    code, shown, log = corpus(verb, folder=tmp_path)
    assert code == 3
    assert str(tmp_path) in log
    assert shown == ""


@pytest.mark.parametrize("format", corpus_module.EXPORTS)
def test_export_writes_the_same_to_a_file_and_to_standard_output(
    format: str, corpus: Any, tmp_path: Path
) -> None:
    code, shown, _ = corpus("export", "--to", format)
    assert code == 0
    assert corpus("export", "--to", format, "-o", str(tmp_path / "file"))[0] == 0
    assert (tmp_path / "file").read_text(encoding="utf-8") == shown


def test_export_overwrites_only_by_force(corpus: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("mine")
    code, _, log = corpus("export", "--to", "text", "-o", str(path))
    assert code == 2
    assert "--force" in log
    assert path.read_text() == "mine"
    code, shown, _ = corpus("export", "--to", "text", "-o", str(path), "--force", "--json")
    assert (code, json.loads(shown)["lines"]) == (0, 20)
    assert corpus("export", "--to", "text", "-o", str(tmp_path), "--force")[0] == 2
    assert corpus("export", "--to", "text", "-o", str(tmp_path / "no" / "such"))[0] == 3
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_formats_are_those_of_the_room_below() -> None:
    from lexexpand.text.export import EXPORTERS

    assert tuple(EXPORTERS) == corpus_module.EXPORTS


def test_a_reader_that_has_seen_enough_is_no_error(made: Path) -> None:
    base = [sys.executable, "-m", "lexexpand", "corpus", "export", str(made), "--to", "jsonl"]
    done = subprocess.Popen(base, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.stdout is not None
    assert done.stderr is not None
    done.stdout.close()
    assert done.stderr.read() == b""
    done.stderr.close()
    assert done.wait(30) == 0


def test_a_card_whose_fields_are_of_other_types_is_damaged(made: Path, tmp_path: Path, corpus: Any) -> None:
    folder = shutil.copytree(made, tmp_path / "copy")
    card = json.loads((folder / "corpus.json").read_text(encoding="utf-8"))
    for damage in ({"shards": None}, {"shards": [None]}, {"rows": "many"}, {"packs": 3}):
        (folder / "corpus.json").write_text(json.dumps({**card, **damage}), encoding="utf-8")
        for verb in ("stats", "verify", "show"):
            code, _, told = corpus(verb, folder=folder)
            assert (code, next(iter(damage)) in told, "bug" in told) == (3, True, False)


def test_verify_sees_shards_that_are_not_listed_and_another_language(
    made: Path, tmp_path: Path, corpus: Any
) -> None:
    folder = shutil.copytree(made, tmp_path / "copy")
    shutil.copy(folder / "data" / "00000.parquet", folder / "data" / "00001.parquet")
    card = (folder / "corpus.json").read_text(encoding="utf-8")
    (folder / "corpus.json").write_text(card.replace("fao_Latn", "sme_Latn"), encoding="utf-8")
    code, told, noted = corpus("verify", folder=folder)
    assert code == 1
    assert "data/00001.parquet" in told + noted
    assert "not sme_Latn" in told + noted
