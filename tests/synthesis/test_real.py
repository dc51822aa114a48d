"""Real dictionaries, real paradigms, real English: every law, on every row."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from lexexpand import Inputs, synthesize
from lexexpand.synthesis.config import SynthConfig
from tests.synthesis.conftest import broken_laws

if TYPE_CHECKING:
    from pathlib import Path

    from lexexpand import Corpus

pytestmark = [pytest.mark.data, pytest.mark.slow]

SPACED = ["fao_Latn", "sme_Latn", "bam_Latn", "wol_Latn", "kpv_Cyrl", "myv_Cyrl"]
OTHERS = ["ckb_Arab", "bod_Tibt", "san_Deva", "yue_Hant", "dzo_Tibt"]


def made(source: Path, language: str, mirror: Path, folder: Path, **knobs: Any) -> Corpus:
    """A corpus with whatever packs the language has."""
    kind = "pseudo-parallel" if source.suffix == ".txt" else "pseudo-labelled"
    inputs = Inputs(mirror=str(mirror), offline=True)
    config = SynthConfig(kind=kind, **knobs)
    return synthesize(language, source, out=folder / language, config=config, inputs=inputs)


def check(corpus: Corpus) -> list[dict[str, Any]]:
    """The rows, once nothing is wrong with any."""
    rows = list(corpus.rows())
    broken = {row["id"]: laws for row in rows if (laws := broken_laws(row, corpus.entries.num_rows))}
    assert not broken, list(broken.items())[:5]
    assert corpus.verify() == []
    return rows


@pytest.mark.parametrize("language", SPACED + OTHERS)
def test_a_treebank_goes_over(data_dir: Path, mirror: Path, tmp_path: Path, language: str) -> None:
    source = data_dir / "pos" / "UD_English-EWT" / "en_ewt-ud-dev.conllu"
    corpus = made(source, language, mirror, tmp_path)
    rows = check(corpus)
    assert len(rows) == 2001
    assert corpus.card["coverage"] > 0.3
    for row in rows:
        for links, upos, match in zip(row["alignment"], row["upos"], row["match"], strict=True):
            gold = {row["source_upos"][index] for index in links}
            assert upos == "_" or upos in gold, row["id"]
            if len(links) == 1 and match in ("name", "punct", "number", "copied", "untranslated"):
                assert upos in gold


@pytest.mark.parametrize("language", ["fao_Latn", "kpv_Cyrl"])
def test_intents_and_slots_go_over(data_dir: Path, mirror: Path, tmp_path: Path, language: str) -> None:
    source = data_dir / "nlu" / "xsid-0.7" / "en.valid.conll"
    corpus = made(source, language, mirror, tmp_path)
    rows = check(corpus)
    sentences = corpus.card["source"]["sentences"]
    assert len(rows) + sum(corpus.card["dropped"].values()) == sentences
    assert len(rows) > 0.95 * sentences
    assert all(row["intent"] for row in rows)
    for row in rows:
        bounds = [(span["start"], span["end"]) for span in row["spans"]]
        assert bounds == sorted(bounds)
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(bounds))
    assert Counter(span["type"] for row in rows for span in row["spans"])["datetime"] > 50


def test_an_ablation_each(data_dir: Path, mirror: Path, tmp_path: Path) -> None:
    """What is switched off lowers what it is there for."""
    source = data_dir / "pos" / "UD_English-EWT" / "en_ewt-ud-dev.conllu"
    full = made(source, "fao_Latn", mirror, tmp_path / "full").card
    for name in ("multiword", "lemma", "folded", "transfer"):
        card = made(source, "fao_Latn", mirror, tmp_path / name, **{name: False}).card
        assert card["content"] != full["content"], name
        if name in ("lemma", "folded"):
            assert card["coverage"] < full["coverage"], name
    bare = made(source, "fao_Latn", mirror, tmp_path / "bare", inflector="none").card
    assert bare["counts"]["inflection"]["attested"] == 0 < full["counts"]["inflection"]["attested"]
