from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from lexexpand.errors import ConfigError, DataError
from lexexpand.evaluation.retrieval import NTREX_LINES, compare_retrieval, hits, read_pairs, score_retrieval

if TYPE_CHECKING:
    from pathlib import Path


def vectors(n: int = 60, width: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, width)).astype(np.float32)


def test_the_same_vectors_find_each_other() -> None:
    one = vectors()
    assert [score.value for score in score_retrieval(one, one, resamples=20)] == [1.0] * 4


def test_accuracy_is_that_of_a_loop_over_pairs() -> None:
    target, source = vectors(250, seed=1), vectors(250, seed=1) + 1.2 * vectors(250, seed=2)
    right = 0
    for i in range(250):
        cosines = [
            float(target[i] @ other / np.linalg.norm(target[i]) / np.linalg.norm(other)) for other in source
        ]
        right += int(np.argmax(cosines)) == i
    score = score_retrieval(target, source, resamples=20)[0]
    assert (score.name, score.n) == ("to_source", 250)
    assert 0.05 < score.value < 0.95
    assert score.value == pytest.approx(right / 250)


def test_the_mean_vector_brings_two_languages_together() -> None:
    source = vectors(200, 8)
    target = source + 0.3 * vectors(200, 8, seed=3) + 20 * vectors(1, 8, seed=4)  # an offset that swamps all
    found = {name: right.mean() for name, right in hits(target, source).items()}
    assert found["to_source"] < 0.3
    assert found["to_source_shifted"] > 0.9
    assert found["from_source_shifted"] > 0.9


def test_vectors_that_are_all_alike_find_nothing() -> None:
    alike = np.ones((5, 4), np.float32)
    assert sum(right.sum() for right in hits(alike, alike).values()) == 0


def test_the_directions_differ() -> None:
    source = np.array([[1, 0], [0, 1]], np.float32)
    target = np.array([[1, 0.1], [1, 0.2]], np.float32)  # both nearest to the first
    found = hits(target, source)
    assert found["to_source"].tolist() == [1, 0]
    assert found["from_source"].tolist() == [1, 1]


def test_differences_are_paired() -> None:
    ours = {"to_source": np.array([1, 1, 0, 1] * 20)}
    theirs = {"to_source": np.array([1, 0, 0, 1] * 20)}
    (found,) = compare_retrieval(ours, theirs)
    assert found.value == pytest.approx(0.25)
    assert found.is_clear
    (same,) = compare_retrieval(ours, ours)
    assert (same.value, same.interval) == (0.0, (0.0, 0.0))


def test_vectors_of_other_shapes_are_refused() -> None:
    with pytest.raises(DataError, match=r"shapes \(3, 16\) and \(4, 16\)"):
        hits(vectors(3), vectors(4))


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_tatoeba_finds_its_other_side(tmp_path: Path) -> None:
    path = write(tmp_path / "tatoeba.fao-eng.fao", ["Hon las.", "Góðan dag!", "Ja."])
    write(tmp_path / "tatoeba.fao-eng.eng", ["She read.", "Good day!", "Yes."])
    pairs = read_pairs(path)
    assert (pairs.name, len(pairs)) == ("tatoeba.fao-eng.fao", 3)
    assert pairs.source[1] == "Good day!"
    assert read_pairs(path, half="even").target == ("Góðan dag!",)
    assert read_pairs(path, lines=(2, 3)).target == ("Góðan dag!", "Ja.")


def test_of_ntrex_the_lines_that_are_our_text_are_not_scored(tmp_path: Path) -> None:
    path = write(tmp_path / "newstest2019-ref.gsw-BE.txt", [f"s{i}" for i in range(1, 1998)])
    write(tmp_path / "newstest2019-src.eng.txt", [f"e{i}" for i in range(1, 1998)])
    pairs = read_pairs(path)
    assert (pairs.target[0], pairs.source[-1], len(pairs)) == ("s1001", "e1997", 997)
    assert pairs.lines == NTREX_LINES


def test_files_that_are_not_aligned_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", ["a", "b"])
    with pytest.raises(ConfigError, match="--source"):
        read_pairs(path)
    with pytest.raises(DataError, match=r"2 lines and .* has 1"):
        read_pairs(path, write(tmp_path / "b.txt", ["x"]))
    with pytest.raises(ConfigError, match="odd or even"):
        read_pairs(path, path, half="third")
