from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save_file

from lexexpand.errors import BundleError, ConfigError
from lexexpand.evaluation import leaks

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["Mark Watson's dog.", "«Hon las bókina», segði hann.", "...", "Vedjag 7 minuhta!"]


@pytest.mark.parametrize(
    "spelling",
    ["mark watson’s dog", "MARK  WATSON'S DOG!", "Mark\u00a0Watson's dog .", "Ｍark Watson's dog"],
)
def test_spelling_and_punctuation_do_not_hide_a_leak(spelling: str) -> None:
    assert leaks.leaked(["no", spelling], leaks.digests(TEXTS)) == [1]


def test_marks_and_digits_tell_sentences_apart() -> None:
    known = leaks.digests(["Hon las bókina", "7 minuhta", "कि"])
    assert leaks.leaked(["Hon las bokina", "8 minuhta", "का"], known) == []
    assert leaks.leaked(["Hon las bo\u0301kina"], known) == [0]  # decomposed


def test_what_has_no_letters_never_leaks() -> None:
    assert leaks.leaked(["...", "", "?!"], leaks.digests(TEXTS)) == []


def test_digests_are_sorted_and_each_there_once() -> None:
    found = leaks.digests([*TEXTS, TEXTS[0].upper()])
    assert len(found) == 3
    assert (np.diff(found.astype(object)) > 0).all()


def bundle_with(folder: Path, tensors: dict[str, np.ndarray]) -> Path:
    (folder / "bundle.json").write_text("{}")
    save_file(tensors, folder / leaks.FILE)
    names = ("bundle.json", leaks.FILE)
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(sums))
    return folder


def test_a_bundle_gives_back_the_digests_that_went_in(tmp_path: Path) -> None:
    found = leaks.digests(f"sentence {i}" for i in range(100))
    assert (found > np.uint64(1 << 63)).any()  # those that are negative as int64
    back = leaks.trained_on(bundle_with(tmp_path, leaks.as_tensors(found)))
    assert back is not None
    assert set(back.tolist()) == set(found.tolist())
    assert leaks.leaked(["Sentence 7!", "sentence 100"], back) == [0]


def test_a_bundle_without_the_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "bundle.json").write_text("{}")
    assert leaks.trained_on(tmp_path) is None


@pytest.mark.parametrize(
    "tensors", [{"other": np.zeros(3, np.int64)}, {leaks.TENSOR: np.zeros((2, 2), np.int64)}]
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, tensors: dict[str, np.ndarray]) -> None:
    with pytest.raises(BundleError, match=leaks.FILE):
        leaks.trained_on(bundle_with(tmp_path, tensors))


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ConfigError, match="drop, keep, fail"):
        leaks.check_policy("ignore")
