"""Feature bundles: read, print, compare."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexexpand.errors import ConfigError
from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.schema import dimension_of, rows, suggestions

# language, as written, as printed
WRITTEN = [
    (None, "V;SG;3;PRS;IND", "V;IND;PRS;3;SG"),
    (None, "N;PL;ACC;DEF", "N;DEF;ACC;PL"),
    (None, "ADJ;NOM/ACC;NEUT;SG", "ADJ;NOM/ACC;NEUT;SG"),
    (None, "ADJ;ACC/NOM;NEUT;SG", "ADJ;NOM/ACC;NEUT;SG"),
    (None, "V;IPFV/PROG;3;SG/DU/PL", "V;IPFV/PROG;3;SG/DU/PL"),
    (None, "N;ESS+IN;SG", "N;IN+ESS;SG"),
    (None, "V;PST+RMT;3;SG", "V;PST+RMT;3;SG"),
    (None, "V;PRS;1+INCL;PL", "V;PRS;1+INCL;PL"),
    (None, "N;(non)NOM;SG", "N;non{NOM};SG"),
    (None, "N;non{NOM};SG", "N;non{NOM};SG"),
    (None, "V;ACC(2,SG)", "V;ACC(2,SG)"),
    (None, "V;ACC(SG;2);PST", "V;PST;ACC(2,SG)"),
    (None, "N;ACC(SG,PSS(1,PL))", "N;ACC(SG,PSS(1,PL))"),
    (None, "V.PTCP;PST", "V;V.PTCP;PST"),
    (None, "V;V.PTCP;PST", "V;V.PTCP;PST"),
    ("fao", "V.PTCP.PST", "V;V.PTCP;PST"),
    ("fao", "V;IND;PRS;3", "V;IND;PRS;3;PL"),
    ("fao", "V;IND;PRS;3;SG", "V;IND;PRS;3;SG"),
    ("sme", "N;PRP;SG", "N;LOC;SG"),
    ("vep", "N;PRP;SG", "N;PRP;SG"),
    ("kaz", "N;INST;SG", "N;INS;SG"),
    ("kaz", "V;FRML;PL;2;PST", "V;PST;FORM;2;PL"),
    ("swc", "V;PRES", "V;PRS"),
    ("ckb", "V;ArgNO3S", "V;ARGNO3S"),
    ("ckb", "V.MSDR;NEG;", "V;V.MSDR;NEG"),
    ("hsb", "V:PST:3:PL", "V;PST;3;PL"),
    ("mlt", "V;FIN;PST;IPFV;3;PL", "V;FIN;PRS;IPFV;3;PL"),
    ("krl", "N;PRIV ;SG", "N;PRIV;SG"),
]


@pytest.mark.parametrize(("language", "text", "printed"), WRITTEN)
def test_what_tables_write_is_printed_in_canonical_order(
    language: str | None, text: str, printed: str
) -> None:
    bundle = FeatureBundle.parse(text, language)
    assert str(bundle) == printed
    assert FeatureBundle.parse(printed) == bundle
    assert not bundle.unknown


@pytest.mark.parametrize(
    "text", ["V;ACC(2,SG", "V;ACC)2(", "N;;SG", "", ";", "N;SG/", "V;ACC(2)SG", "N;+ESS"]
)
def test_broken_bundles_are_refused_and_named(text: str) -> None:
    with pytest.raises(ConfigError, match="feature bundle"):
        FeatureBundle.parse(text)


def test_a_value_that_the_schema_lacks_is_kept_and_listed() -> None:
    bundle = FeatureBundle.parse("N;FROBNICATIVE;SG")
    assert bundle.unknown == ("FROBNICATIVE",)
    assert str(bundle) == "N;SG;FROBNICATIVE"
    assert FeatureBundle.parse("N:ADJ").unknown == ("N:ADJ",)


def test_near_misses_are_suggested() -> None:
    assert "PL" in suggestions("PLU")


def test_hierarchical_bundles_have_a_flat_reading() -> None:
    flat = {text: str(FeatureBundle.parse(text).flat()) for text in ("V;PRS;NOM(2,SG)", "V;ACC(2,SG)")}
    assert flat == {"V;PRS;NOM(2,SG)": "V;PRS;2;SG", "V;ACC(2,SG)": "V;ARGAC2S"}
    assert str(FeatureBundle.parse("N;PSS(3,SG,MASC);PL").flat()) == "N;PL;PSS3SM"
    assert str(FeatureBundle.parse("N;NOM(DEF,SG)").flat()) == "N;DEF;NOM;SG"


def test_subsumption_and_contradiction() -> None:
    plural, cell = FeatureBundle.parse("N;PL"), FeatureBundle.parse("N;INDF;NOM;PL")
    assert plural.subsumes(cell)
    assert not cell.subsumes(plural)
    assert FeatureBundle.parse("N;NOM/ACC").subsumes(FeatureBundle.parse("N;ACC;SG"))
    assert not FeatureBundle.parse("V;PL").subsumes(cell)
    assert FeatureBundle.parse("N;SG").contradicts(cell) == ("Number",)
    assert FeatureBundle.parse("N;non{NOM}").contradicts(cell) == ("Case",)
    assert FeatureBundle.parse("N;NOM/ACC").contradicts(cell) == ()


def test_features_can_be_added_and_replaced() -> None:
    bundle = FeatureBundle.parse("N;SG")
    assert str(bundle.with_features("IN+ESS", "PL")) == "N;IN+ESS;PL"
    assert str(bundle.union(FeatureBundle.parse("N;DEF"))) == "N;DEF;SG"
    assert hash(FeatureBundle.parse("N;SG;DEF")) == hash(FeatureBundle.parse("N;DEF;SG"))


def test_every_alias_means_something_of_the_schema() -> None:
    for row in rows("unimorph_aliases.tsv"):
        for value in row["meant"].split(";"):
            assert all(dimension_of(part) != "unknown" for part in value.split("+")), row
        assert row["note"], row


def test_no_value_of_the_schema_stands_twice() -> None:
    values = [row["value"] for row in rows("unimorph_schema.tsv")]
    assert len(values) == len(set(values))


_PLAIN = [
    row["value"]
    for row in rows("unimorph_schema.tsv")
    if not row["value"].startswith(("~", "V.")) and row["dimension"] != "Part of speech"
]
_choice = st.lists(st.sampled_from(_PLAIN), min_size=1, max_size=2, unique=True).map("+".join)
_value = st.lists(_choice, min_size=1, max_size=3, unique=True).map("/".join)
_argument = st.tuples(
    st.sampled_from(["NOM", "ACC", "PSS"]), st.lists(st.sampled_from(_PLAIN), min_size=1, max_size=3)
)
_item = st.one_of(
    _value, _value.map("non{{{}}}".format), _argument.map(lambda a: f"{a[0]}({','.join(a[1])})")
)
_items = st.tuples(st.sampled_from(["N", "ADJ", "V"]), st.lists(_item, max_size=6)).map(
    lambda t: [t[0], *t[1]]
)
_bundle = _items.map(lambda items: FeatureBundle.parse(";".join(items)))


@given(_bundle)
def test_printing_and_reading_again_gives_the_same(bundle: FeatureBundle) -> None:
    assert FeatureBundle.parse(str(bundle)) == bundle


@given(_items, st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(items: list[str], random: object) -> None:
    shuffled = items[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert FeatureBundle.parse(";".join(items)) == FeatureBundle.parse(";".join(shuffled))


@given(_bundle, _bundle, _bundle)
def test_distance_is_a_metric(a: FeatureBundle, b: FeatureBundle, c: FeatureBundle) -> None:
    assert (a.distance(b) == 0) == (a == b)
    assert a.distance(b) == b.distance(a)
    assert a.distance(c) <= a.distance(b) + b.distance(c)


@given(_bundle)
def test_a_bundle_subsumes_itself_and_the_bare_part_of_speech_subsumes_it(bundle: FeatureBundle) -> None:
    assert bundle.subsumes(bundle)
    assert FeatureBundle(bundle.pos, ()).subsumes(bundle)


@pytest.mark.data
@pytest.mark.slow
def test_every_bundle_of_the_real_tables_is_understood(mirror: Path, data_dir: Path) -> None:
    failed = []
    for language, text in _real_bundles(mirror, data_dir):
        try:
            bundle = FeatureBundle.parse(text, language)
        except ConfigError as error:
            failed.append((language, text, str(error)))
            continue
        if bundle.unknown or FeatureBundle.parse(str(bundle)) != bundle:
            failed.append((language, text, str(bundle)))
    assert failed == []


def _real_bundles(mirror: Path, data_dir: Path) -> set[tuple[str, str]]:
    found = set()
    with (mirror / "FILES.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE):
            others = ("derivations", "amh.gloss", "/aym/", "ckb-context")
            listed = row["pack"].startswith("morphology") and row["lang"] != "-"
            if listed and not any(name in row["path"] for name in others):
                found |= {(row["lang"][:3], tags) for tags in _column(mirror / row["path"], 2)}
    for path in (data_dir / "sigmorphon2023").glob("*.???"):
        found |= {(path.name[:3], tags) for tags in _column(path, 1)}
    return found


def _column(path: Path, number: int) -> set[str]:
    lines = path.read_text("utf-8-sig").splitlines()
    cells = [line.split("\t") for line in lines if line.count("\t") == 2]
    return {row[number] for row in cells if row[number].strip()}
