"""The learned inflector: torch trains what numpy reads; it learns, knows when it does, stands a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lexexpand.adaptation.inflector import learn, recalibrate
from lexexpand.adaptation.transducer import TransducerNetwork, TransducerSettings, train_transducers
from lexexpand.cli import run
from lexexpand.errors import ConfigError, DataError, IntegrityError, MissingDataError
from lexexpand.language import parse_language
from lexexpand.morphology.learned import folder
from lexexpand.morphology.learned.actions import BEGIN, PAD
from lexexpand.morphology.learned.model import Known, LearnedInflector
from lexexpand.morphology.learned.remembered import RememberedInflector
from lexexpand.morphology.learned.score import score
from lexexpand.morphology.learned.transducer import Transducer
from lexexpand.morphology.learned.walks import walkable
from lexexpand.text.corpus import Corpus

if TYPE_CHECKING:
    from lexexpand.morphology.learned.walks import Triple

TINY = TransducerSettings(members=1, updates=400, batch=16, letter=24, reader=24, walker=48, rate=1e-2)
ONSETS, VOWELS, CODAS = list("ptkbdgsmnrlh"), list("aeiou"), list("nrls")


def toy(count: int, seed: int = 1) -> list[Triple]:
    """A language of our own: plural -at, past ge- -ti, genitive -i with the last vowel raised to u."""
    random = np.random.default_rng(seed)
    triples = []
    for _ in range(count):
        stem = (
            "".join(random.choice(ONSETS) + random.choice(VOWELS) for _ in range(random.integers(1, 3)))
            + random.choice(ONSETS)
            + random.choice(VOWELS)
            + random.choice(CODAS)
        )
        raised = stem[:-2] + "u" + stem[-1]
        triples += [
            (stem, "N;PL", stem + "at"),
            (stem, "V;PST", "ge" + stem + "ti"),
            (stem, "N;GEN", raised + "i"),
        ]
    return triples


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = learn(toy(260), None, TINY, language="fao_Latn", sources=[{"pack": "toy", "licence": "CC0-1.0"}])
    where = tmp_path_factory.mktemp("models") / "toy"
    folder.save(where, made.learned, made.networks)
    return where


def test_numpy_walks_as_torch_scores() -> None:
    data = walkable(toy(30))
    torch.manual_seed(3)
    network = TransducerNetwork(data.alphabet.size, len(data.features), TINY).eval()
    rows = np.arange(8)
    walks = Transducer([network.arrays()]).walk(
        data.lemmas[rows].astype(np.int64), data.sizes[rows], data.bundles(rows)
    )
    taken = torch.from_numpy(walks.actions)
    moved = torch.from_numpy(np.isin(walks.actions, (3, 4)).cumsum(axis=1))
    places = torch.cat([torch.zeros(len(rows), 1, dtype=torch.long), moved[:, :-1]], dim=1)
    places = torch.minimum(places, torch.from_numpy(data.sizes[rows] - 1).unsqueeze(1))
    with torch.no_grad():
        scores = network(
            torch.from_numpy(data.lemmas[rows].astype(np.int64).T.copy()),
            torch.from_numpy(data.sizes[rows]),
            torch.from_numpy(data.bundles(rows)),
            places.T,
            torch.cat([torch.full((len(rows), 1), BEGIN), taken[:, :-1]], dim=1).T,
        ).transpose(0, 1)
    for row in range(len(rows)):
        for step, action in enumerate(walks.actions[row].tolist()):
            if action == PAD:
                break
            allowed = scores[row, step].clone()
            ended = places[row, step] == data.sizes[row] - 1
            allowed[[0, 1, 5, *([3, 4] if ended else [2])]] = -torch.inf
            assert allowed.argmax().item() == action


def test_it_learns_a_language_of_prefixes_suffixes_and_changed_stems(place: Path) -> None:
    model, learned = folder.open_model(place)
    found = score(model, toy(80, seed=2))
    assert found.accuracy > 0.9
    assert learned.trained["lemmas"] > 200
    assert learned.sources[0]["pack"] == "toy"


def test_a_gate_lets_through_what_is_right(place: Path) -> None:
    model, _ = folder.open_model(place, precision=0.9)
    found = score(model, toy(80, seed=3))
    assert found.precision_gated is not None
    assert found.precision_gated > 0.9
    everything, _ = folder.open_model(place, precision=0)
    assert score(everything, toy(80, seed=3)).share_gated == 1
    assert found.share_gated > 0.5


def test_networks_of_several_seeds_walk_together() -> None:
    data = walkable(toy(20))
    settings = replace(TINY, members=2, updates=3)
    [both] = train_transducers([(data, settings)])
    assert not np.array_equal(both[0]["letters"], both[1]["letters"])
    assert np.array_equal(
        both[0]["letters"], train_transducers([(data, replace(settings, members=1))])[0][0]["letters"]
    )
    known = Known(data.alphabet, data.features, ("N;PL",))
    forms, signals, _ = LearnedInflector(known, both).walk([("tanor", "N;PL")])
    assert len(forms) == 1
    assert (signals[:, 3] > np.log(1e-3)).all()  # they disagree


def test_the_words_that_open_the_gate_are_not_learned_from() -> None:
    triples = toy(1050)
    card = learn(triples, None, replace(TINY, updates=2), language="und").learned
    lemmas = len({lemma for lemma, _, _ in triples})
    assert card.trained["held_out_lemmas"] == round(0.1 * lemmas)
    assert card.trained["lemmas"] + card.trained["held_out_lemmas"] == lemmas
    dev = triples[:90]
    card = learn(triples, dev, replace(TINY, updates=2), language="und").learned
    assert card.trained["lemmas"] == len({t[0] for t in triples} - {t[0] for t in dev})


def test_of_too_few_words_it_learns_and_stays_silent(tmp_path: Path) -> None:
    made = learn(toy(10), None, replace(TINY, updates=20), language="und")
    folder.save(tmp_path / "m", made.learned, made.networks)
    model, _ = folder.open_model(tmp_path / "m")
    assert not any(guess.spoken for guess in model.inflect_many([("tanor", "N;PL")]))
    everything, _ = folder.open_model(tmp_path / "m", precision=0)
    assert all(guess.spoken for guess in everything.inflect_many([("tanor", "N;PL")]))


@pytest.mark.parametrize(
    "lemma", ["", "a" * 100_000, "ta\0nor", "\u202etanor", "танор", "タノル", "🏔", "t\u0301" * 60], ids=repr
)
def test_odd_lemmas_end_in_an_answer(place: Path, lemma: str) -> None:
    model, _ = folder.open_model(place)
    for bundle in ("N;PL", "", "V;XYZ", ";;(", "N;PL(("):
        [guess] = model.inflect_many([(lemma, bundle)])
        assert isinstance(guess.form, str)
        assert not guess.spoken or guess.confidence > 0.5
        assert not guess.spoken or bundle == "N;PL"  # nothing is said of what was never seen


@given(st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), max_size=5))
@settings(max_examples=40, deadline=None)
def test_whatever_is_asked_is_answered(place: Path, pairs: list[tuple[str, str]]) -> None:
    model, _ = folder.open_model(place)
    found = model.inflect_many(pairs)
    assert len(found) == len(pairs)
    assert all(0 <= guess.confidence <= 1 for guess in found)
    assert not any(guess.spoken for guess, (_, bundle) in zip(found, pairs, strict=True) if "N" not in bundle)
    analyses = RememberedInflector(place, None).analyze_many([lemma for lemma, _ in pairs])
    assert len(analyses) == len(pairs)


def test_letters_that_only_look_alike_are_refused(place: Path) -> None:
    model, _ = folder.open_model(place, precision=0.9)
    sure, unsure = model.inflect_many([("tanor", "N;PL"), ("t\u0430n\u043er", "N;PL")])  # Cyrillic a, o
    assert sure.spoken
    assert (unsure.form, unsure.confidence, unsure.spoken) == ("t\u0430n\u043er", 0.0, False)


@given(
    st.lists(
        st.tuples(st.text(max_size=8), st.sampled_from(["N;PL", "", ";;(", "V" * 600]), st.text(max_size=8)),
        max_size=12,
    )
)
@settings(max_examples=15, deadline=None)
def test_whatever_is_learned_from_ends_in_a_model_or_a_clear_error(triples: list[Triple]) -> None:
    few = replace(TINY, updates=2, least=1, fill=30)
    try:
        made = learn(triples, None, few, language="und")
    except DataError:
        return
    model = LearnedInflector(made.learned.known, made.networks)
    assert len(model.inflect_many([(lemma, bundle) for lemma, bundle, _ in triples])) == len(triples)


def test_the_same_request_is_computed_once_and_answered_in_order(place: Path) -> None:
    model, _ = folder.open_model(place)
    asked = [("tanor", "N;PL"), ("kesil", "V;PST"), ("tanor", "N;PL")]
    one, two, three = model.inflect_many(asked)
    assert one == three
    assert [one.form, two.form] == [model.inflect_many([pair])[0].form for pair in asked[:2]]


def test_an_answer_does_not_depend_on_what_else_is_asked(place: Path) -> None:
    model, _ = folder.open_model(place)
    asked = [(lemma, bundle) for lemma, bundle, _ in toy(90, seed=7)]
    together = model.inflect_many(asked)
    for row in range(0, len(asked), 37):
        assert model.inflect_many([asked[row]]) == [together[row]]
    assert model.inflect_many(asked[::-1]) == together[::-1]


def test_nothing_to_learn_from_is_said() -> None:
    with pytest.raises(DataError, match="no triple"):
        learn([("", "N;PL", "x"), ("a" * 500, "N;PL", "b")], None, TINY, language="und")


def test_forms_are_taken_back_to_their_lemmas(place: Path) -> None:
    back = RememberedInflector(place, None, precision=0.8)
    fresh = toy(60, seed=9)
    found = back.analyze_many([form for _, _, form in fresh])
    right = [each.lemma == lemma for (each, _), (lemma, _, _) in zip(found, fresh, strict=True)]
    sure = [yes for _, yes in found]
    assert np.mean(right) > 0.6  # a raised vowel cannot be told from one that was always u
    assert np.mean(sure) > 0.2
    assert np.mean([r for r, yes in zip(right, sure, strict=True) if yes]) > 0.8
    [(nothing, speaks)] = back.analyze_many(["\u4e2d\u6587"])
    assert (nothing.lemma, nothing.bundles, speaks) == ("\u4e2d\u6587", (), False)


# -- the folder ----------------------------------------------------------------------------------------------


def test_a_folder_that_is_there_is_not_replaced(place: Path) -> None:
    with pytest.raises(ConfigError, match="exists already"):
        folder.check_free(place, force=False)
    folder.check_free(place, force=True)


def test_a_model_is_used_for_its_own_language_and_licences(place: Path, tmp_path: Path) -> None:
    lexicon, source = tmp_path / "lexicon.tsv", tmp_path / "source.txt"
    lexicon.write_text("horse\ttanor\tNOUN\n", encoding="utf-8")
    source.write_text("Some horses sleep.\n", encoding="utf-8")
    asked = ["synth", "--lexicon", str(lexicon), "--source", str(source), "--inflector-model", str(place)]
    table = tmp_path / "words.tsv"
    table.write_text("kesil\tkesilat\tN;PL\n", encoding="utf-8")
    for number, more in enumerate(
        [
            ["--lang", "isl", "--paradigms", str(table)],
            ["--lang", "fao", "--paradigms", str(table), "--deny-licence", "CC0*"],
            ["--lang", "fao", "--paradigms", str(table), "--set", "gate=2"],
        ]
    ):
        assert run([*asked, *more, "-o", str(tmp_path / str(number)), "--quiet"]) == ConfigError.exit_code


def test_no_model_says_how_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="morphology train"):
        folder.open_model(tmp_path)


@pytest.mark.parametrize(
    "harm", ["cut", "other weights", "no weights", "newer", "no JSON", "no gate", "list"]
)
def test_a_damaged_model_is_refused(place: Path, tmp_path: Path, harm: str) -> None:
    card = json.loads((place / folder.CARD).read_text(encoding="utf-8"))
    weights = (place / folder.ARRAYS).read_bytes()
    if harm == "cut":
        weights = weights[:-10]
    elif harm == "other weights":
        weights = weights[:-1] + bytes([weights[-1] ^ 1])
    elif harm == "newer":
        card["schema"] = 99
    elif harm == "no gate":
        del card["gate"]
    text = {"no JSON": "{", "list": "[]"}.get(harm, json.dumps(card))
    (tmp_path / folder.CARD).write_text(text, encoding="utf-8")
    if harm != "no weights":
        (tmp_path / folder.ARRAYS).write_bytes(weights)
    with pytest.raises(IntegrityError, match=str(tmp_path)):
        folder.open_model(tmp_path)


# -- the commands --------------------------------------------------------------------------------------------


def test_a_table_of_ones_own_is_learned_and_scored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("lexexpand.adaptation.transducer.FAST", replace(TINY, updates=60))
    table, test = tmp_path / "words.tsv", tmp_path / "test.tsv"
    for path, triples in ((table, toy(60)), (test, toy(10, seed=5))):
        path.write_text("".join(f"{a}\t{c}\t{b}\n" for a, b, c in triples), encoding="utf-8")
    out = str(tmp_path / "model")
    arguments = ["morphology", "train", "--lang", "fao", "--train", str(table), "--fast", "-o", out]
    assert run([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["held_out_lemmas"] == told["lemmas"]  # in folds
    assert run(["morphology", "score", "--model", out, "--test", str(test), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 30
    assert {"accuracy", "precision_gated", "share_gated"} <= set(found)
    assert run(arguments) == ConfigError.exit_code  # it is there, and an hour's work
    assert run(["morphology", "score", "--model", str(tmp_path), "--test", str(test)]) != 0


def test_training_that_is_killed_leaves_no_half_model(tmp_path: Path) -> None:
    table, out = tmp_path / "words.tsv", tmp_path / "model"
    table.write_text("".join(f"{a}\t{c}\t{b}\n" for a, b, c in toy(60)), encoding="utf-8")
    script = (
        "from dataclasses import replace\n"
        "from lexexpand.adaptation import transducer\n"
        "from lexexpand.cli import run\n"
        "if __name__ == '__main__':\n"
        "    transducer.FAST = replace(transducer.FAST, updates=30, least=30, fill=0)\n"
        f"    run(['morphology', 'train', '--lang', 'fao', '--train', {str(table)!r}, '--fast', '--force',"
        f" '-o', {str(out)!r}])\n"
    )
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    began = time.monotonic()
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    took = time.monotonic() - began
    whole = (out / folder.CARD).read_bytes()
    for share in (0.3, 0.7, 0.9, 0.97):
        process = subprocess.Popen([sys.executable, "train.py"], cwd=tmp_path)
        time.sleep(took * share)
        process.kill()
        process.wait()
        folder.open_model(out)  # the old one or the new one, and whole
        assert len((out / folder.CARD).read_bytes()) > len(whole) // 2
    time.sleep(1)
    assert not [cwd for cwd in map(_folder_of, Path("/proc").glob("[0-9]*")) if cwd == str(tmp_path)]


def _folder_of(process: Path) -> str | None:
    try:
        return os.readlink(process / "cwd")
    except OSError:
        return None


# -- in synthesis --------------------------------------------------------------------------------------------


def test_what_was_said_once_is_remembered(place: Path, tmp_path: Path) -> None:
    asked = [("tanor", "N;PL"), ("kesil", "V;PST"), ("tanor", "N;PL")]
    first = RememberedInflector(place, tmp_path).inflect_many(asked)
    [file] = (tmp_path / "inflections").iterdir()
    again = RememberedInflector(place, tmp_path)
    again.model.inflect_many = None  # type: ignore[assignment, method-assign]
    with pytest.raises(TypeError):
        again.inflect_many([("sutal", "N;PL")])  # computed, as it is new
    again.model.inflect_many = lambda pairs: [] if not pairs else pytest.fail("asked twice")  # type: ignore[method-assign]
    assert again.inflect_many(asked) == first
    assert RememberedInflector(place, None).inflect_many(asked) == first
    file.write_bytes(b"no database")
    assert RememberedInflector(place, tmp_path).inflect_many(asked) == first


def test_a_corpus_says_which_forms_were_learned_and_from_what(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lexicon, table, source = tmp_path / "lexicon.tsv", tmp_path / "words.tsv", tmp_path / "source.txt"
    lexicon.write_text("horse\ttanor\tNOUN\nboat\tkesil\tNOUN\n", encoding="utf-8")
    table.write_text("kesil\tkesilat\tN;PL\nkesil\tkesil\tN;SG\n", encoding="utf-8")
    source.write_text("Some horses and boats sleep.\n", encoding="utf-8")
    arguments = [
        "synth",
        "--lang",
        "fao",
        "--lexicon",
        str(lexicon),
        "--paradigms",
        str(table),
        "--source",
        str(source),
    ]
    learned = ["--inflector-model", str(place), "--set", "gate=0.9"]
    for name, more in (("with", learned), ("without", [])):
        assert run([*arguments, *more, "-o", str(tmp_path / name), "--quiet"]) == 0
    capsys.readouterr()
    found = {name: Corpus.open(tmp_path / name) for name in ("with", "without")}
    rows = {name: next(corpus.rows()) for name, corpus in found.items()}
    assert "tanorat" in rows["with"]["tokens"]
    assert "tanor" in rows["without"]["tokens"]
    how = dict(zip(rows["with"]["tokens"], rows["with"]["inflection"], strict=True))
    assert (how["tanorat"], how["kesilat"]) == ("learned", "attested")
    [use] = [pack for pack in found["with"].card["packs"] if pack["kind"] == "inflector"]
    assert use["licence"] == "CC0-1.0"
    assert found["with"].card["run"] != found["without"].card["run"]


def test_the_languages_own_inflector_is_used_where_it_can_be(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(tmp_path / "home"))
    shutil.copytree(place, folder.model_dir(parse_language("fao")))
    lexicon, table, source = tmp_path / "lexicon.tsv", tmp_path / "words.tsv", tmp_path / "source.txt"
    lexicon.write_text("horse\ttanor\tNOUN\nboat\tkesil\tNOUN\n", encoding="utf-8")
    table.write_text("kesil\tkesilat\tN;PL\nkesil\tkesil\tN;SG\n", encoding="utf-8")
    source.write_text("Some horses and boats sleep.\n", encoding="utf-8")
    made = ["synth", "--lang", "fao", "--lexicon", str(lexicon), "--source", str(source), "--quiet"]
    made += ["--paradigms", str(table), "--set", "gate=0.9"]
    runs: list[tuple[list[str], str, bool]] = [
        ([], "tanor", False),  # it has to be asked for
        (["--inflector-model", "own"], "tanorat", True),
        (["--inflector-model", "own", "--inflector", "nearest"], "tanor", False),
        (["--inflector-model", "own", "--deny-licence", "CC0*"], "tanor", False),  # that of its tables
        (["--inflector-model", "own", "--force"], "tanor", False),  # broken in between
    ]
    for number, (more, form, used) in enumerate(runs):
        out = tmp_path / str(number)
        if "--force" in more:
            (folder.model_dir(parse_language("fao")) / folder.CARD).write_text("{}", encoding="utf-8")
        assert run([*made, *more, "-o", str(out)]) == 0
        corpus = Corpus.open(out)
        assert form in next(corpus.rows())["tokens"]
        assert ("inflector" in {pack["kind"] for pack in corpus.card["packs"]}) == used


def test_a_related_language_stands_in_where_it_is_asked_to(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(tmp_path / "home"))
    lexicon, table, source = tmp_path / "lexicon.tsv", tmp_path / "bar.tsv", tmp_path / "source.txt"
    lexicon.write_text("horse\ttanor\tNOUN\nboat\tkesil\tNOUN\n", encoding="utf-8")
    table.write_text("kesil\tkesilen\tN;PL\nkesil\tkesil\tN;SG\n", encoding="utf-8")
    source.write_text("Some horses and boats sleep.\n", encoding="utf-8")
    assert run(["morphology", "add", str(table), "--lang", "bar", "--licence", "CC0-1.0"]) == 0
    model = tmp_path / "model"
    shutil.copytree(place, model)
    card = json.loads((model / folder.CARD).read_text(encoding="utf-8"))
    (model / folder.CARD).write_text(json.dumps(card | {"language": "bar_Latn"}), encoding="utf-8")
    made = ["synth", "--lang", "bam_Latn", "--lexicon", str(lexicon), "--source", str(source), "--quiet"]
    made += ["--inflector-model", str(model), "--set", "gate=0.9", "-o", str(tmp_path / "corpus")]
    capsys.readouterr()
    assert run(made) == ConfigError.exit_code
    assert "--set related=bar_Latn" in capsys.readouterr().err
    alone = [word for word in made if word not in ("--inflector-model", str(model))]
    assert run([*alone, "--set", "related=bar"]) == ConfigError.exit_code
    assert "related=bar_Latn: name its inflector" in capsys.readouterr().err
    tables = ["--paradigms", str(table), "--set", "related=bar"]
    assert run([*made, *tables]) == ConfigError.exit_code
    assert "has tables of its own" in capsys.readouterr().err
    assert run([*alone, *tables, "--inflector-model", "own"]) == 0  # bar's is not there, and is not needed
    shutil.rmtree(tmp_path / "corpus")
    assert run([*made, "--set", "related=bar"]) == 0
    corpus = Corpus.open(tmp_path / "corpus")
    row = next(corpus.rows())
    how = dict(zip(row["tokens"], row["inflection"], strict=True))
    assert how["tanorat"] == how["kesilat"] == "learned"  # `kesilen` is no form of this language
    assert {pack["kind"] for pack in corpus.card["packs"]} == {
        "lexicon", "related paradigms", "related inflector"
    }  # fmt: skip


def test_stats_show_and_draw_how_reliable_it_is(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "words.tsv"
    table.write_text("kesil\tkesilat\tN;PL\nkesil\tkesil\tN;SG\n", encoding="utf-8")
    arguments = ["morphology", "stats", "--lang", "fao", "--paradigms", str(table)]
    assert run([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["inflector"] is None
    drawn = tmp_path / "curve.svg"
    assert run([*arguments, "--model", str(place), "--figure", str(drawn)]) == 0
    assert "it speaks on" in capsys.readouterr().out
    assert drawn.read_text(encoding="utf-8").lstrip().startswith("<?xml")
    assert run([*arguments, "--model", str(place), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["inflector"]
    assert 0 < sum(size for _, _, size in told["bins"]) <= told["trained"]["held_out_triples"]
    assert run([*arguments, "--model", str(tmp_path)]) == MissingDataError.exit_code


def test_single_words_can_be_tried(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXEXPAND_CACHE", str(tmp_path / "cache"))
    table = tmp_path / "words.tsv"
    table.write_text("kesil\tkesilat\tN;PL\nkesil\tkesil\tN;SG\n", encoding="utf-8")
    place_of = ["--lang", "fao", "--paradigms", str(table), "--model", str(place)]
    assert run(["morphology", "inflect", "tanor", "N;PL", *place_of]) == 0
    assert capsys.readouterr().out == "tanorat\tlearned\tN;PL\n"
    assert run(["morphology", "analyze", "tanorat", *place_of]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "tanor\tN;PL\tlearned"
    assert run(["morphology", "analyze", "kesilat", *place_of]) == 0
    assert capsys.readouterr().out == "kesil\tN;PL\n"


def test_a_broken_model_of_ones_own_stops_nothing(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXEXPAND_DATA_HOME", str(tmp_path / "home"))
    own = folder.model_dir(parse_language("fao"))
    shutil.copytree(place, own)
    (own / folder.ARRAYS).unlink()
    table = tmp_path / "words.tsv"
    table.write_text("kesil\tkesilat\tN;PL\nkesil\tkesil\tN;SG\n", encoding="utf-8")
    asked = ["--lang", "fao", "--paradigms", str(table)]
    assert run(["morphology", "inflect", "kesil", "N;PL", *asked]) == 0
    assert capsys.readouterr().out == "kesilat\tattested\tN;PL\n"
    assert run(["morphology", "stats", *asked]) == 0
    wrong = ["--lang", "isl", "--paradigms", str(table), "--model", str(place)]
    assert run(["morphology", "inflect", "tanor", "N;PL", *wrong]) == ConfigError.exit_code
    assert "inflects fao_Latn" in capsys.readouterr().err


def test_a_gate_is_set_anew_by_other_words(place: Path) -> None:
    model, learned = folder.open_model(place)
    again = recalibrate(model, learned, toy(80, seed=21))
    assert again.learned.trained["held_out_lemmas"] <= 80
    assert again.learned.reliability is not None
    assert len(again.networks) == len(model.networks)
    assert again.learned.known == learned.known
