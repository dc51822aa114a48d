"""One translation of several: by weight, by seed, and the same whoever asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.synthesis.conftest import Maker

Gold = Callable[..., str]
TWO = [("light", "", "ljós", "3"), ("light", "", "birta", "1")]
MANY = "\n".join(["zebra light gnu light"] * 1500)


def words(rows: list[dict[str, Any]]) -> list[str]:
    """The translations drawn, in order."""
    return [t for row in rows for t, m in zip(row["tokens"], row["match"], strict=True) if m == "exact"]


def shares(rows: list[dict[str, Any]]) -> dict[str, float]:
    drawn = Counter(words(rows))
    return {word: count / sum(drawn.values()) for word, count in drawn.items()}


def test_draws_are_by_weight(plain: Maker) -> None:
    weights = {row["target"][0]: row["weight"] for row in plain("light", TWO).entries.to_pylist()}
    wanted = weights["ljós"] / sum(weights.values())
    assert shares(list(plain(MANY, TWO).rows()))["ljós"] == pytest.approx(wanted, abs=0.03)


def test_three_senses_are_drawn_by_weight_too(plain: Maker) -> None:
    entries = [("light", "", word, weight) for word, weight in (("aa", "5"), ("bb", "3"), ("cc", "2"))]
    weights = {row["target"][0]: row["weight"] for row in plain("light", entries).entries.to_pylist()}
    drawn = shares(list(plain(MANY, entries).rows()))
    for word, weight in weights.items():
        assert drawn[word] == pytest.approx(weight / sum(weights.values()), abs=0.03)


def test_first_takes_the_best_always(plain: Maker) -> None:
    entries = [("light", "", "birta", "1"), ("light", "", "ljós", "30")]
    assert set(words(list(plain(MANY, entries, senses="first").rows()))) == {"ljós"}


def test_a_low_temperature_takes_the_best_and_a_high_one_levels(plain: Maker) -> None:
    entries = [("light", "", "ljós", "1"), ("light", "", "birta", "1")]
    assert set(words(list(plain(MANY, entries, temperature=0.01).rows()))) == {"ljós"}
    assert shares(list(plain(MANY, entries, temperature=100).rows()))["ljós"] == pytest.approx(0.5, abs=0.03)


def test_a_document_keeps_one_sense(plain: Maker, gold: Gold) -> None:
    names = [f"d{i % 40}" for i in range(40) for _ in range(3)]
    tree = gold(*["light/NOUN is/VERB Light/NOUN lights/NOUN/light"] * 120, documents=names)
    rows = plain.rows(tree, [*TWO, ("is", "er")], suffix="conllu", senses="document", casing=False)
    per: dict[str, set[str]] = {}
    for row in rows:
        per.setdefault(row["doc"], set()).update(t for t in row["tokens"] if t in ("ljós", "birta"))
    assert set(per) == set(names)
    assert all(len(found) == 1 for found in per.values())
    assert len(set.union(*per.values())) == 2, "documents differ among themselves"
    sampled = plain.rows(tree, TWO, suffix="conllu", casing=False)
    assert any(len({row["tokens"][0], row["tokens"][2]}) == 2 for row in sampled)


def test_the_same_seed_draws_the_same_and_another_does_not(plain: Maker) -> None:
    first, again, other = (words(list(plain(MANY, TWO, seed=seed).rows())) for seed in (13, 13, 14))
    assert first == again
    assert first != other
    agree = sum(a == b for a, b in zip(first, other, strict=True)) / len(first)
    assert 0.4 < agree < 0.75, "seeds are independent of each other"


def test_draws_in_a_sentence_are_independent(plain: Maker) -> None:
    entries = [("light", "", "ljós", "1"), ("light", "", "birta", "1")]
    rows = list(plain(MANY, entries, temperature=100).rows())
    both = Counter((row["tokens"][1], row["tokens"][3]) for row in rows)
    assert len(both) == 4
    assert min(both.values()) > 0.2 * len(rows)


def test_a_draw_depends_on_its_sentence_alone(plain: Maker) -> None:
    """More text behind, other words around, other entries: the draw of a word at its place stays."""
    short = words(list(plain("light light\n" * 50, TWO).rows()))
    longer = words(list(plain("light light\n" * 50 + "zebra\n" * 9, TWO).rows()))
    more = words(list(plain("light light\n" * 50, [*TWO, ("gnu", "gnu")]).rows()))
    assert short == longer == more


@pytest.mark.parametrize("seed", [0, -1, 2**63, 2**64 + 13])
def test_any_whole_number_is_a_seed(plain: Maker, seed: int) -> None:
    assert len(words(list(plain("light", TWO, seed=seed).rows()))) == 1


def test_the_global_generators_do_not_matter(plain: Maker) -> None:
    import random

    import numpy as np

    random.seed(1)
    np.random.seed(1)
    state = random.getstate()
    first = words(list(plain(MANY, TWO).rows()))
    assert random.getstate() == state
    random.seed(2)
    np.random.seed(2)
    assert words(list(plain(MANY, TWO).rows())) == first


def test_variants_differ_and_are_counted(plain: Maker) -> None:
    text = "light and light\nzebra\n"
    corpus = plain(text, TWO, variants=6, temperature=100)
    rows = list(corpus.rows())
    texts = [row["text"] for row in rows if row["id"].split(":")[1] == "0"]
    assert len(texts) == len(set(texts)) >= 3
    assert sum(row["text"] == "zebra" for row in rows) == 1
    assert len(rows) + corpus.card["dropped"]["same as another variant"] == 12
    assert [row["id"] for row in rows] == sorted(
        (row["id"] for row in rows), key=lambda i: [*map(int, i.split(":")[1:])]
    )


def test_variants_of_all_kinds_of_row(plain: Maker, gold: Gold) -> None:
    rows = plain.rows(gold(*["light/NOUN of/ADP light/NOUN"] * 20), TWO, suffix="conllu", variants=3)
    assert all(len(row["upos"]) == len(row["tokens"]) for row in rows)
    assert 20 < len(rows) <= 60


def test_the_best_senses_alone_are_kept(plain: Maker) -> None:
    entries = [("light", "", f"orð{chr(97 + i)}", str(20 - i)) for i in range(12)]
    assert set(words(list(plain(MANY, entries, max_senses=2).rows()))) == {"orða", "orðb"}


def test_a_translation_given_twice_is_one_sense(plain: Maker) -> None:
    entries = [("light", "ljós"), ("light", "ljós"), ("light", "ljós")]
    corpus = plain(MANY, entries)
    assert set(words(list(corpus.rows()))) == {"ljós"}
    assert sum(corpus.card["use"]) == 3000
