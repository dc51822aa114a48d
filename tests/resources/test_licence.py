"""Licences are filtered by patterns, and summaries show what binds."""

from __future__ import annotations

import pytest

from lexexpand.resources.licence import allowed, ids, is_known, notes


@pytest.mark.parametrize(
    ("licence", "marks", "known"),
    [
        ("CC0-1.0", (), True),
        ("CC-BY-4.0", (), True),
        ("CC-BY-SA-3.0", ("SA",), True),
        ("CC-BY-NC-4.0", ("NC",), True),
        ("CC-BY-NC-SA-4.0", ("NC", "SA"), True),
        ("CC-BY-NC-ND-4.0", ("NC", "ND"), True),
        ("GPL-3.0-or-later", ("SA",), True),
        ("LGPLLR", ("SA",), True),
        ("NOASSERTION", ("NOASSERTION",), True),
        ("CC-BY-4.0 AND NOASSERTION", ("NOASSERTION",), True),
        ("Unicode-3.0", (), True),
        ("Free", (), False),
    ],
)
def test_marks(licence, marks, known):
    assert notes(licence) == marks
    assert is_known(licence) is known


@pytest.mark.parametrize(
    ("licence", "allow", "deny", "may"),
    [
        ("CC-BY-4.0", [], [], True),
        ("CC-BY-4.0", ["cc-*"], [], True),
        ("GPL-3.0-or-later", ["CC-*"], [], False),
        ("CC-BY-SA-3.0", ["CC*"], ["*-sa-*"], False),
        ("NOASSERTION", [], ["NOASSERTION"], False),
        ("GPL-2.0-only OR CC-BY-4.0", [], ["GPL*"], True),
        ("CC-BY-4.0 AND CC-BY-SA-3.0", [], ["*-SA-*"], False),
    ],
)
def test_patterns(licence, allow, deny, may):
    assert allowed(licence, allow, deny) is may


def test_ids_of_an_expression():
    assert ids("(GPL-2.0-only OR CC-BY-4.0) AND MIT") == ("GPL-2.0-only", "CC-BY-4.0", "MIT")
    assert ids(" ") == ()
