from __future__ import annotations

import numpy as np
import pytest

from lexexpand.errors import ConfigError
from lexexpand.evaluation import leaks

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


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(ConfigError, match="drop, keep, fail"):
        leaks.check_policy("ignore")
