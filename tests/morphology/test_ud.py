"""UD features as UniMorph bundles, and back."""

from pathlib import Path

import pytest

from lexexpand.morphology.features import FeatureBundle
from lexexpand.morphology.schema import dimension_of, rows
from lexexpand.morphology.ud import bundle_to_ud, ud_to_bundle, unmapped

TO = [
    ("NOUN", "Number=Plur", "N;PL"),
    ("NOUN", "_", "N"),
    ("PROPN", "Number=Sing", "PROPN;SG"),
    ("VERB", "Tense=Past|VerbForm=Fin", "V;PST"),
    ("VERB", "Mood=Ind|Number=Sing|Person=3|Tense=Pres|VerbForm=Fin", "V;IND;PRS;3;SG"),
    ("VERB", "VerbForm=Inf", "V;NFIN"),
    ("VERB", "VerbForm=Ger", "V;V.PTCP;PRS"),
    ("VERB", "Tense=Pres|VerbForm=Part", "V;V.PTCP;PRS"),
    ("VERB", "Tense=Past|VerbForm=Part|Voice=Pass", "V;V.PTCP;PST;PASS"),
    ("AUX", "Mood=Imp|VerbForm=Fin", "AUX;IMP"),
    ("ADJ", "Degree=Cmp", "ADJ;CMPR"),
    ("ADJ", "Degree=Pos", "ADJ"),
    ("PRON", "Case=Nom|Number=Sing|Person=1|PronType=Prs", "PRO;NOM;1;SG"),
    ("NOUN", "Case=Ine|Number=Plur,Sing|Number[psor]=Sing|Person[psor]=3", "N;IN+ESS;SG/PL;PSS3S"),
    ("NOUN", "Number=Ptan", "N;PL"),
]


@pytest.mark.parametrize(("upos", "feats", "bundle"), TO)
def test_an_analysed_word_has_a_bundle(upos: str, feats: str, bundle: str) -> None:
    assert ud_to_bundle(upos, feats) == FeatureBundle.parse(bundle)


@pytest.mark.parametrize("upos", ["PUNCT", "SYM", "X", "_"])
def test_what_has_no_part_of_speech_has_no_bundle(upos: str) -> None:
    assert ud_to_bundle(upos, "_") is None


FROM = [
    ("N;DEF;IN+ESS;PL", "NOUN", "Case=Ine|Definite=Def|Number=Plur"),
    ("V;IND;PST;3;SG", "VERB", "Mood=Ind|Number=Sing|Person=3|Tense=Past|VerbForm=Fin"),
    ("V;V.PTCP;PRS", "VERB", "Tense=Pres|VerbForm=Part"),
    ("V;NFIN", "VERB", "VerbForm=Inf"),
    ("ADJ;NOM/ACC;NEUT;SG", "ADJ", "Case=Acc,Nom|Gender=Neut|Number=Sing"),
    ("N;SG;PSS1P", "NOUN", "Number=Sing|Number[psor]=Plur|Person[psor]=1"),
    ("N", "NOUN", "_"),
]


@pytest.mark.parametrize(("bundle", "upos", "feats"), FROM)
def test_a_bundle_has_an_analysis(bundle: str, upos: str, feats: str) -> None:
    assert bundle_to_ud(FeatureBundle.parse(bundle)) == (upos, feats)


def test_there_and_back_again_is_the_same_for_rows_of_both_directions() -> None:
    for row in rows("ud_unimorph.tsv"):
        if row["direction"] == "both" and row["upos"] == "*" and row["unimorph"] != "_":
            bundle = ud_to_bundle("ADJ", row["ud"])
            assert bundle is not None
            assert bundle_to_ud(bundle) == (
                "ADJ",
                "|".join(sorted(row["ud"].split("|"), key=str.casefold)),
            ), row


def test_every_row_names_values_of_the_schema() -> None:
    for row in rows("ud_unimorph.tsv"):
        assert row["direction"] in ("to", "from", "both"), row
        for value in row["unimorph"].split(";"):
            assert value == "_" or all(dimension_of(part) != "unknown" for part in value.split("+")), row


def test_what_no_row_maps_is_told() -> None:
    assert unmapped("Case=Nom|Frob=Yes") == ("Frob=Yes",)
    assert unmapped("PronType=Prs|VerbForm=Fin") == ()


@pytest.mark.data
@pytest.mark.parametrize(
    ("treebank", "share"),
    [
        ("UD_English-EWT", 1.0), ("UD_North_Sami-Giella", 1.0), ("UD_Faroese-OFT", 1.0),
        ("UD_Faroese-FarPaHC", 1.0), ("UD_Erzya-JR", 0.99), ("UD_Komi_Zyrian-Lattice", 0.99),
    ],
)  # fmt: skip
def test_real_features_are_mapped(data_dir: Path, treebank: str, share: float) -> None:
    total = lost = 0
    for path in (data_dir / "pos" / treebank).glob("*-ud-[td]*.conllu"):
        for line in path.read_text("utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) == 10 and cells[0].isdigit() and cells[5] != "_":
                total += cells[5].count("|") + 1
                lost += len(unmapped(cells[5]))
    assert total
    assert 1 - lost / total >= share
