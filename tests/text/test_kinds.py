from __future__ import annotations

import pytest

from lexexpand.text.kinds import NUMBER, PUNCTUATION, SYMBOL, WORD, kind_of


@pytest.mark.parametrize(
    ("kind", "forms"),
    [
        (WORD, "dog don't n't 's well-known U.S. Mr. हिन्दी שָׁלוֹם AT&T é"),
        (PUNCTUATION, ". , ... !? “ ” « ( -- — ' '' … ، । - `` ` …"),
        (NUMBER, "5 1,000.50 10:30 2nd 1990s ٣ ५ .5 713-853 -5 +44"),
        (SYMBOL, "$ % & + = @ :-) <3 👍🏽 🇫🇷 © https://a.org www.a.b foo@bar.com @user #tag"),
    ],
)
def test_characters_tell_the_kind(kind: int, forms: str) -> None:
    assert {form: kind_of(form) for form in forms.split()} == dict.fromkeys(forms.split(), kind)
