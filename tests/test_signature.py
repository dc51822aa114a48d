from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand._version import __version__
from lexexpand.errors import ConfigError
from lexexpand.signature import KEYS, Signature, plain

VALUES = st.text(min_size=1, max_size=12).map(plain)


@given(st.dictionaries(st.sampled_from([key for key in KEYS if key != "v"]), VALUES))
def test_a_line_says_all_that_the_signature_holds(fields: dict[str, str]) -> None:
    signature = Signature.of(**{key.replace("-", "_"): value for key, value in fields.items()})
    assert Signature.parse(str(signature)) == signature
    assert dict(signature.fields) == {**fields, "v": __version__}


def test_fields_stand_in_one_order_and_the_version_is_last() -> None:
    line = str(Signature.of(seed=13, lang="fao_Latn", task="ner", as_o="DATE"))
    assert line == f"lexexpand:1|task:ner|lang:fao_Latn|seed:13|as-o:DATE|v:{__version__}"


def test_fields_are_added_replaced_and_taken_away() -> None:
    one = Signature.of(task="pos", half="odd")
    assert one.with_(half=None, seed=1).fields[:2] == (("task", "pos"), ("seed", "1"))
    assert one.with_(half="even").get("half") == "even"
    assert one.get("seed") is None


@pytest.mark.parametrize("value", ["", "a|b", "a:b", "a b", "a\nb"])
def test_values_that_would_break_the_line_are_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="field 'data'"):
        Signature.of(data=value)
    assert Signature.of(data=plain(value)).get("data")


def test_an_unknown_field_is_refused_with_the_near_one() -> None:
    with pytest.raises(ConfigError, match=r"no field 'lan'.*'lang'"):
        Signature.of(lan="x")


@pytest.mark.parametrize("line", ["", "lexexpand:2|v:1", "lexexpand:1|v", "lexexpand:1|v:1|v:1", "x"])
def test_what_is_no_signature_is_refused(line: str) -> None:
    with pytest.raises(ConfigError, match="not a signature"):
        Signature.parse(line)
