"""Shapes of forms, and the setting that a sentence gives its tokens."""

from __future__ import annotations

import numpy as np
import pytest

from lexexpand.text.shapes import SETTINGS, flags_of, settings, shape_of


@pytest.mark.parametrize(
    ("form", "shape"),
    [
        ("dog", "lower"),
        ("Dog", "Title"),
        ("NATO", "UPPER"),
        ("iPhone", "miXed"),
        ("X", "single"),
        ("Al-Zaman", "Title-"),
        ("n't", "lower"),
        ("3,000", "9"),
        ("3rd", "9th"),
        ("1990s", "9s"),
        ("B2B", "x9"),
        (".", "p."),
        ("...", "p.+"),
        ("$", "sym$"),
        ("😀", "emoji"),
        ("www.x.org", "address"),
        ("me@x.org", "address"),
        ("@user", "handle"),
        ("#tag", "hashtag"),
    ],
)
def test_a_form_has_a_shape(form: str, shape: str) -> None:
    assert shape_of(form) == shape


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“ Then Mary left .", "mfmmm"),
        ("STOCKS RISE AGAIN", "ccc"),
        ("what 's the weather", "ssss"),
        ("... !", "ss"),
        ("", ""),
    ],
)
def test_a_sentence_gives_its_tokens_a_setting(text: str, expected: str) -> None:
    words = text.split()
    found = settings(flags_of(words), np.array([0, len(words)]))
    assert "".join(SETTINGS[s] for s in found) == expected
