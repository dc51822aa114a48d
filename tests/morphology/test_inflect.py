"""The rule of `auto`, word by word."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lexexpand.morphology.inflect import Inflector
from lexexpand.morphology.paradigms import Paradigms
from lexexpand.morphology.tables import TableFile

Small = Callable[[str], Paradigms]

# language, word, request, form, how, cell
ROWS = [
    ("fao", "hestur", "N;SG", "hestur", "attested", "N;INDF;NOM;SG"),
    ("fao", "hestur", "N;PL", "hestar", "attested", "N;INDF;NOM;PL"),
    ("fao", "hestur", "N;DEF;PL", "hestarnir", "attested", "N;DEF;NOM;PL"),
    ("fao", "hestur", "N;SG;DAT", "hesti", "attested", "N;INDF;DAT;SG"),
    ("fao", "hestur", "N;SG;DEF;IN+ESS", "hesturin", "nearest-cell", "N;DEF;NOM;SG"),
    ("fao", "Hestur", "N;PL", "Hestar", "attested", "N;INDF;NOM;PL"),
    ("fao", "hestur", "V;PST", "hestur", "citation", None),
    ("fao", "fara", "V;PST", "fór", "attested", "V;IND;PST;3;SG"),
    ("fao", "fara", "V;PRS;3;SG", "fer", "attested", "V;IND;PRS;3;SG"),
    ("fao", "fara", "V;PRS;3;PL", "fara", "attested", "V;IND;PRS;3;PL"),
    ("fao", "fara", "V;PRS", "fer", "attested", "V;IND;PRS;3;SG"),
    ("fao", "fara", "AUX;PST", "fór", "attested", "V;IND;PST;3;SG"),
    ("fao", "fara", "V;NFIN", "fara", "attested", "V;NFIN"),
    ("fao", "fara", "V", "fara", "attested", "V;NFIN"),
    ("fao", "fara", "V;V.PTCP;PST", "farin", "attested", "V;V.PTCP;PST"),
    ("fao", "fara", "V;V.PTCP;PST;PASS", "farin", "attested", "V;V.PTCP;PST"),
    ("fao", "fara", "V;V.PTCP;PRS", "farandi", "attested", "V;V.PTCP;PRS"),
    ("fao", "fara", "V;IMP", "far", "attested", "V;IMP;2;SG"),
    ("fao", "fara", "V;FUT", "fer", "nearest-cell", "V;IND;PRS;3;SG"),
    ("fao", "fara", "N;SG", "fara", "citation", None),
    ("fao", "langur", "ADJ", "langur", "attested", "ADJ;NOM;MASC;SG"),
    ("fao", "langur", "ADJ;NEUT;SG", "langt", "attested", "ADJ;NOM/ACC;NEUT;SG"),
    ("fao", "langur", "ADJ;CMPR", "langur", "citation", None),
    ("fao", "langur", "ADJ;PL", "langur", "citation", None),
    ("fao", "vit", "PRO;1;PL", "vit", "none", None),
    ("fao", "og", "", "og", "none", None),
    ("fao", "ókent", "N;PL", "ókent", "citation", None),
    ("fao", "buksur", "N;PL", "buksur", "attested", "N;INDF;NOM;PL"),  # the form asked for already
    ("fao", "buksur", "N;SG", "buksur", "citation", None),  # and no citation form
    ("fao", "svartur hestur", "N;PL", "svartur hestar", "attested", "N;INDF;NOM;PL"),
    ("fao", "hestur og buksa", "N;PL", "hestur og buksa", "citation", None),  # which one is the head?
    ("sme", "guolli", "N;SG;IN+ESS", "guolis", "attested", "N;LOC;SG"),
    ("sme", "guolli", "N;DEF;PL", "guolit", "attested", "N;NOM;PL"),  # no definiteness in the language
    ("sme", "boahtit", "V;NFIN", "boahtit", "citation", None),  # the table has no infinitive
    ("sme", "boahtit", "V;PST", "bođii", "attested", "V;IND;PST;3;SG"),
    ("sme", "boahtit", "V;V.PTCP;PST", "bođii", "nearest-cell", "V;IND;PST;3;SG"),
    ("sme", "boahtit", "V;V.PTCP;PRS", "boahtit", "citation", None),
    ("sme", "ášši", "N;SG", "ášši", "attested", "N;NOM;SG"),
    ("lin", "kobala", "V;PST", "balaki", "attested", "V;PST"),  # the infinitive of the bare root bal
    ("lin", "kobala", "V;NFIN", "kobala", "attested", "V;NFIN"),
    ("lin", "bal", "V;NFIN", "kobala", "attested", "V;NFIN"),  # a bare root is no answer
    ("lin", "kobala", "V;PRS;3;PL", "bali", "attested", "V;PRS"),  # verbs without person and number
    ("kpv", "гижны", "V;PRS;3;PL", "гижӧны", "attested", "V;PRS;3;PL"),
    ("kpv", "гижны", "V;PST", "гижны", "citation", None),  # never a present for a past
    ("kpv", "керка", "N;SG;IN+ESS", "керкаын", "attested", "N;IN+ESS;SG"),
    ("kpv", "керка", "N;PL;IN+ESS", "керкаяс", "nearest-cell", "N;NOM;PL"),
    ("kpv", "ыджыд", "ADJ;CMPR", "ыджыдджык", "attested", "ADJ;CMPR;NOM;SG"),
    ("kpv", "морт", "N;PL", "морт", "citation", None),  # "his people" is more than "people"
    ("myv", "ваномс", "V;PRS;3;SG", "ваны", "attested", "V;3;SG"),  # the table marks the past alone
    ("myv", "ваномс", "V;PST", "ваннось", "attested", "V;PST;3;SG"),
    ("myv", "кудо", "N;DEF;PL", "кудот", "nearest-cell", "N;NOM;PL"),
]


@pytest.mark.parametrize(("iso", "word", "asked", "form", "how", "cell"), ROWS)
def test_the_form_that_a_linguist_would_choose(
    small: Small, iso: str, word: str, asked: str, form: str, how: str, cell: str | None
) -> None:
    found = Inflector(small(iso)).inflect(word, asked)
    assert (found.form, found.how) == (form, how)
    assert (str(found.bundle) if found.bundle else None) == cell
    assert 0 < found.confidence <= 1
    assert (found.confidence == 1) == (how in ("attested", "none"))


def test_many_at_once_are_the_same_as_one_by_one(small: Small) -> None:
    for iso in {row[0] for row in ROWS}:
        pairs = [(row[1], row[2]) for row in ROWS if row[0] == iso] * 3
        paradigms = small(iso)
        together = Inflector(paradigms).inflect_many(pairs)
        assert together == [Inflector(paradigms).inflect(*pair) for pair in pairs]
        assert together == Inflector(paradigms).inflect_many(pairs)
        assert together[::-1] == Inflector(paradigms).inflect_many(pairs[::-1])


def test_attested_takes_no_neighbours(small: Small) -> None:
    inflector = Inflector(small("fao"), mode="attested")
    assert inflector.inflect("hestur", "N;PL").form == "hestar"
    assert inflector.inflect("fara", "V;FUT").how == "citation"


def test_none_and_no_paradigms_leave_words_as_they_are(small: Small) -> None:
    for inflector in (Inflector(small("fao"), mode="none"), Inflector(None)):
        assert inflector.inflect("hestur", "N;PL").form == "hestur"
        assert inflector.inflect("hestur", "N;PL").how == "none"


def test_without_a_bundle_the_part_of_speech_is_enough(small: Small) -> None:
    inflector = Inflector(small("fao"))
    assert inflector.inflect("hestur", None, "NOUN").how == "attested"
    assert inflector.inflect("hestur", None).how == "none"
    assert inflector.inflect_many([]) == []


def test_of_several_forms_of_a_cell_the_syncretic_one_wins(
    write: Callable[..., object], tmp_path: object
) -> None:
    path = write("t", "a ab N;NOM;PL\na ac N;NOM;PL\na ac N;ACC;PL\na a N;NOM;SG\n")
    assert Inflector(Paradigms.open([path])).inflect("a", "N;PL").form == "ac"  # type: ignore[list-item]


@pytest.mark.data
@pytest.mark.parametrize(
    ("tag", "word", "asked", "form"),
    [
        ("fao", "hestur", "N;PL;DEF", "hestarnir"), ("fao", "fara", "V;PST", "fór"),
        ("sme", "guolli", "N;SG;LOC", "guolis"), ("sme", "boahtit", "V;PRS;3;SG", "boahtá"),
        ("kpv", "керка", "N;PL", "керкаяс"), ("kpv", "гижны", "V;PRS;3;SG", "гижӧ"),
        ("myv", "кудо", "N;SG;IN+ESS", "кудосо"), ("myv", "ютамс", "V;PST", "ютась"),
        ("isl", "hestur", "N;PL;DEF", "hestarnir"), ("mlt", "kiteb", "V;PRS;3;PL", "jiktbu"),
        ("kal", "illu", "N;SG;AT", "illumi"), ("kaz", "адам", "N;PL", "адамдар"),
        ("bak", "китап", "N;SG;LOC", "китапта"), ("lin", "kobala", "V;PST", "balaki"),
    ],
)  # fmt: skip
def test_forms_of_real_tables(mirror: object, tag: str, word: str, asked: str, form: str) -> None:
    from lexexpand.language import parse_language
    from lexexpand.morphology.load import load_paradigms
    from lexexpand.resources.fetch import Fetcher
    from lexexpand.resources.packs import known_languages

    language = parse_language(tag, known_languages("paradigms"))
    paradigms = load_paradigms(language, fetcher=Fetcher(mirror=str(mirror), offline=True))
    assert Inflector(paradigms).inflect(word, asked).form == form


def test_a_random_cell_is_one_of_the_lemma_and_the_same_each_time(tmp_path: Path) -> None:
    path = tmp_path / "fao.tsv"
    forms = {"hestur": "N;NOM;SG", "hest": "N;ACC;SG", "hestar": "N;NOM;PL", "hesta": "N;GEN;PL"}
    path.write_text(
        "".join(f"hestur\t{form}\t{bundle}\n" for form, bundle in forms.items()), encoding="utf-8"
    )
    paradigms = Paradigms.open([TableFile(path)])
    asked = [("hestur", bundle) for bundle in ("N;PL", "N;SG;DAT", "N;ACC", "N;GEN", "N;DU")]
    found = [each.form for each in Inflector(paradigms, mode="random").inflect_many(asked)]
    assert set(found) <= set(forms)
    assert len(set(found)) > 1
    assert found == [each.form for each in Inflector(paradigms, mode="random").inflect_many(asked)]


def test_a_drawn_cell_does_not_contradict_what_was_asked(tmp_path: Path) -> None:
    path = tmp_path / "fao.tsv"
    cases = ("NOM", "ACC", "DAT", "GEN")
    rows = [(f"w{n}", f"w{n}{case}{number}", f"N;{case};{number}") for n in range(12) for case in cases
            for number in ("SG", "PL")]  # fmt: skip
    path.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    drawn = Inflector(Paradigms.open([TableFile(path)]), mode="drawn")
    for number in ("SG", "PL"):
        found = drawn.inflect_many([(f"w{n}", f"N;{number}") for n in range(12)])
        assert all(each.form.endswith(number) for each in found)
        assert len({str(each.bundle) for each in found}) > 2
