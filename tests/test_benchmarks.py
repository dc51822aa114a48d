"""The benchmarks run, each on the starter's sentences; what they measure is not looked at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.measurement import BEGIN, END, Measurement, store, write_readme
from benchmarks.published_script import translate

ROOT = Path(__file__).resolve().parent.parent
SMALL = ("--sentences", "60", "--lexicon", "starter", "--paradigms", "starter", "--offline")
QUICK = ("--repeats", "1", "--seconds", "0.2", "--languages", "2")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["startup", "paradigms", "synthesis", "memory", "languages"])
def test_a_benchmark_prints_and_writes_its_measurements(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LEXEXPAND_D")}
    command = [sys.executable, "-m", "benchmarks", name, *SMALL, *QUICK, "--out", str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert {line["benchmark"] for line in lines} == {name}
    assert all(line["machine"] and line["signature"].startswith("lexexpand:") for line in lines)
    assert any(line["target"] for line in lines)
    assert all(line["name"].strip() in done.stdout for line in lines)


@pytest.mark.parametrize(
    ("sentence", "made"),
    [
        ("the dog sees the cat", ["the hundur sær the ketta"]),
        ("the dog sees nobody", []),  # two swaps are too few
        ("The Dog Sees the Cat", []),  # the case counts
    ],
)
def test_the_published_script_swaps_words_as_they_are_written(sentence: str, made: list[str]) -> None:
    lexicon = {"dog": ["hundur"], "sees": ["sær"], "cat": ["ketta"]}
    assert list(translate([sentence], lexicon)) == made


def test_new_results_take_the_place_of_old_ones_of_their_benchmark(tmp_path: Path) -> None:
    results, readme = tmp_path / "results.jsonl", tmp_path / "README.md"
    readme.write_text(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", encoding="utf-8")
    store([Measurement("startup", "help", 99.0, "ms", "a:1", "<= 200 ms")], results)
    store([Measurement("memory", "peak", 1234.5, "MiB", "a:1")], results)
    store([Measurement("startup", "help", 71.25, "ms", "a:1", "<= 200 ms")], results)
    write_readme(results, readme)
    text = readme.read_text(encoding="utf-8")
    assert "| help | 71.2 ms | <= 200 ms |" in text
    assert "| peak | 1,234 MiB |  |" in text
    assert "99" not in text.replace(text.partition("On ")[2].partition(":")[0], "")
    assert "old" not in text
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
