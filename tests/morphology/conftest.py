"""Small paradigms: a few words each of languages whose tables differ in kind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lexexpand.language import Language
from lexexpand.morphology.paradigms import Paradigms

FAROESE = """\
hestur hestur N;INDF;NOM;SG
hestur hest N;INDF;ACC;SG
hestur hesti N;INDF;DAT;SG
hestur hestar N;INDF;NOM;PL
hestur hestar N;INDF;ACC;PL
hestur hestum N;INDF;DAT;PL
hestur hesturin N;DEF;NOM;SG
hestur hestarnir N;DEF;NOM;PL
fara fara V;NFIN
fara fer V;IND;PRS;3;SG
fara fara V;IND;PRS;3
fara fór V;IND;PST;1;SG
fara fór V;IND;PST;3;SG
fara fóru V;IND;PST;3
fara far V;IMP;2;SG
fara farandi V.PTCP.PRS
fara farin V.PTCP.PST
fara far N;INDF;NOM;SG
langur langur ADJ;NOM;MASC;SG
langur long ADJ;NOM;FEM;SG
langur langt ADJ;NOM/ACC;NEUT;SG
buksa buksa N;INDF;NOM;SG
buksa buksur N;INDF;NOM;PL
"""
SAMI = """\
guolli guolli N;NOM;SG
guolli guolit N;NOM;PL
guolli guolis N;PRP;SG
guolli guliin N;PRP;PL
guolli guollái N;IN+ALL;SG
boahtit boahtit V;PRS;IND;1;PL
boahtit boahtá V;PRS;IND;3;SG
boahtit bođii V;PST;IND;3;SG
boahtit boađe V;IMP;2;SG
boahtit boađášii V;COND;3;SG
ášši áš'ši N;NOM;SG
ášši ášši N;GEN;SG
ášši áššit N;NOM;PL
"""
LINGALA = """\
bal kobala V;NFIN
bal bali V;PRS
bal balaki V;PST
kang kokanga V;NFIN
kang kangaki V;PST
"""
KOMI = """\
гижны гижны V;NFIN
гижны гижӧ V;SG;3;PRS
гижны гижӧны V;PL;3;PRS
гижны гижны V;NFIN;CAUS
гижны оз;гиж V;SG;NEG
керка керка N;NOM;SG
керка керкаяс N;NOM;PL
керка керкаын N;IN+ESS;SG
ыджыд ыджыд ADJ;NOM;SG
ыджыд ыджыдджык ADJ;NOM+COMPV;SG
морт морт N;HUM;NOM;SG
морт мортыс N;HUM;NOM;SG;PSS3S
морт мортъясыс N;HUM;NOM;PL;PSS3S
"""
ERZYA = """\
ваномс ваны V;SG;3
ваномс ванкшны V;SG;3
ваномс ваннось V;SG;3;PST
кудо кудо N;NOM;SG
кудо кудот N;NOM;PL
кудо кудось N;NOM;DEF;SG
"""
TABLES = {"fao": ("Latn", FAROESE), "sme": ("Latn", SAMI), "lin": ("Latn", LINGALA), "kpv": ("Cyrl", KOMI)}
TABLES["myv"] = ("Cyrl", ERZYA)

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table: words with blanks between become tabs."""

    def to(name: str, text: str, *, raw: bool = False) -> Path:
        path = tmp_path / name
        path.write_text(text if raw else text.replace(" ", "\t"), encoding="utf-8", newline="")
        return path

    return to


@pytest.fixture
def small(write: Write, tmp_path: Path) -> Callable[[str], Paradigms]:
    """The small paradigms of a language."""

    def of(iso: str) -> Paradigms:
        script, text = TABLES[iso]
        return Paradigms.open([write(iso, text)], tmp_path / "index", language=Language(iso, script))

    return of
