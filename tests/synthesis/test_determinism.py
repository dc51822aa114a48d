"""The same inputs and seed give the same bytes: anywhere, and for any number of processes."""

from __future__ import annotations

import os
import random
import re
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.synthesis.conftest import content, synth_command

if TYPE_CHECKING:
    from lexexpand import Corpus
    from tests.synthesis.conftest import Maker

WORDS = [
    "the",
    "old",
    "light",
    "house",
    "turn",
    "off",
    "up",
    "on",
    "good",
    "morning",
    "run",
    "and",
    "see",
    "it",
    "zebra",
    "now",
    "give",
]
ENTRIES = [
    ("light", "NOUN", "ljós", "3"),
    ("light", "NOUN", "birta", "2"),
    ("light", "ADJ", "lættur"),
    ("house", "NOUN", "hús"),
    ("turn off", "VERB", "sløkkja"),
    ("turn up", "VERB", "koma"),
    ("good morning", "góðan morgun"),
    ("run", "VERB", "renna"),
    ("run", "VERB", "leypa"),
    ("give up", "VERB", "gevast"),
    ("old", "ADJ", "gamal"),
    ("and", "og"),
    ("old light", "gamalt ljós"),
]
FORMS = (
    "ljós\tljós\tN;INDF;NOM;SG\nljós\tljósið\tN;DEF;NOM;SG\nljós\tljósini\tN;DEF;NOM;PL\nljós\tljósinum\tN;DEF;DAT;SG\n"
    "hús\thús\tN;INDF;NOM;SG\nhús\thúsið\tN;DEF;NOM;SG\nhús\thúsini\tN;DEF;NOM;PL\nhús\thúsinum\tN;DEF;DAT;SG\n"
    "renna\trennur\tV;IND;PRS;3;SG\nrenna\trann\tV;IND;PST;3;SG\nrenna\trenna\tV;NFIN\n"
)


def sentences(n: int, seed: int = 5) -> str:
    drawn = random.Random(seed)
    lines = [" ".join(drawn.choices(WORDS, k=drawn.randint(3, 8))).capitalize() + "." for _ in range(n)]
    return "\n".join(lines) + "\n"


def test_the_same_run_gives_the_same_bytes(make: Maker) -> None:
    first, again, other = (content(make(sentences(200), ENTRIES, seed=seed).folder) for seed in (13, 13, 14))
    assert first == again
    assert first["data/00000.parquet"] != other["data/00000.parquet"]


def test_a_corpus_is_these_files_and_no_other(make: Maker) -> None:
    corpus = make(sentences(20), ENTRIES)
    assert set(content(corpus.folder)) == {
        "corpus.json",
        "README.md",
        "entries.parquet",
        "data/00000.parquet",
    }
    beside = [path.name for path in corpus.folder.parent.iterdir() if path.name.startswith(".")]
    assert beside == []


@pytest.mark.parametrize("knobs", [{}, {"variants": 2}, {"n": 50}, {"slim": True}, {"senses": "document"}])
def test_no_clock_path_or_host_is_in_it(
    make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, knobs: dict[str, Any]
) -> None:
    """Two folders, two names of the source, two working folders, another hash seed and time zone."""
    made: list[Corpus] = []
    for name in ("one", "another-place"):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setenv("HOSTNAME", name)
        monkeypatch.setenv("USER", name)
        monkeypatch.setenv("TZ", "Asia/Tokyo" if name == "one" else "America/Lima")
        time.tzset()
        source = make.write(f"{name}.txt", sentences(150), folder)
        lexicon = make.lexicon(ENTRIES, folder)
        corpus = make(source, lexicon, paradigms=FORMS, transfer=True, out=folder / f"out-{name}", **knobs)
        made.append(corpus)
    first, second = (content(corpus.folder) for corpus in made)
    assert first == second
    names = [str(tmp_path), socket.gethostname(), "another-place", Path.home().name + "/"]
    for path, data in first.items():
        for name in names:
            if len(name) < 6:  # short names occur in compressed bytes by chance
                continue
            assert name.encode() not in data, f"{path} names {name}"
        years = re.findall(rb"20[23]\d-\d\d-\d\d", data)
        assert not years, f"{path} holds the date {years[0]!r}"


@pytest.mark.slow
def test_the_order_of_hashes_does_not_matter(make: Maker) -> None:
    import subprocess

    source, lexicon = make.write("s.txt", sentences(300)), make.lexicon(ENTRIES)
    made = []
    for seed in ("1", "2"):
        folder = make.folder()
        command = synth_command(source, lexicon, folder / "out")
        environment = {**os.environ, "PYTHONHASHSEED": seed, "LEXEXPAND_CACHE": str(folder / "cache")}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=120)
        made.append(content(folder / "out"))
    assert made[0] == made[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    "knobs",
    [
        {"transfer": True},
        {"n": 25_000, "min_coverage": 0.3},
        {"cap": 300},
        {"variants": 2, "senses": "document", "n": 50_000},
    ],
)
def test_processes_do_not_matter(make: Maker, knobs: dict[str, Any]) -> None:
    """45,000 sentences are several blocks and shards; workers meet phrases and contexts in another order."""
    source, lexicon = make.write("s.txt", sentences(45_000)), make.lexicon(ENTRIES)
    made = [
        content(make(source, lexicon, paradigms=FORMS, procs=procs, **knobs).folder) for procs in (1, 2, 4)
    ]
    assert sum(name.startswith("data/") for name in made[0]) >= (1 if "cap" in knobs else 2)
    assert made[0] == made[1]
    assert made[0] == made[2]


@pytest.mark.slow
def test_labelled_corpora_are_the_same_for_any_number_of_processes(make: Maker) -> None:
    drawn = random.Random(3)
    tagged = "\n".join(
        "".join(f"{w}\t{drawn.choice(['O', 'O', 'B-X', 'B-Y'])}\n" for w in line.lower().rstrip(".").split())
        for line in sentences(45_000).splitlines()
    )
    source, lexicon = make.write("s.iob2", tagged), make.lexicon(ENTRIES)
    made = [content(make(source, lexicon, procs=procs).folder) for procs in (1, 2)]
    assert made[0] == made[1]
