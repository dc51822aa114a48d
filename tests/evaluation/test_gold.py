from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lexexpand.errors import ConfigError, DataError, FormatError
from lexexpand.evaluation.gold import read_gold
from lexexpand.language import from_tag

if TYPE_CHECKING:
    from pathlib import Path

FAROESE = from_tag("fao_Latn")
CONLLU = """\
# text = Hon lasta.
1-2\tlasta\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No
1\tlas\t_\tVERB\t_\t_\t0\troot\t_\t_
2\tta\t_\tPRON\t_\t_\t1\tobj\t_\t_
2.1\ttom\t_\tVERB\t_\t_\t_\t_\t_\t_
3\t.\t_\tPUNCT\t_\t_\t1\tpunct\t_\t_

"""
XSID = """\
# text = Vek meg
# intent = alarm/set_alarm
1\tVek\talarm/set_alarm\tO
2\tmeg\talarm/set_alarm\tB-reference

"""
NER = "Mark B-PER\nWatson I-PER\nmánadagin B-DATE\n\nTórshavn B-LOC\n\n"


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_words_of_multiword_tokens_are_scored_and_empty_nodes_are_not(tmp_path: Path) -> None:
    gold = read_gold("pos", put(tmp_path, "a.conllu", CONLLU), FAROESE)
    assert gold.words == [["las", "ta", "."]]
    assert gold.labels == ({"upos": ["VERB", "PRON", "PUNCT"]},)


def test_tags_of_masakhane_are_read_from_txt(tmp_path: Path) -> None:
    gold = read_gold("pos", put(tmp_path, "test.txt", "Hon PRON\nlas VERB\n\n"), FAROESE)
    assert gold.labels == ({"upos": ["PRON", "VERB"]},)


@pytest.mark.parametrize("name", ["test.txt", "btc.test", "a.iob2", "x.conll"])
def test_entities_are_read_whatever_the_file_is_called(tmp_path: Path, name: str) -> None:
    gold = read_gold("ner", put(tmp_path, name, NER), FAROESE)
    assert [one["tags"] for one in gold.labels] == [["B-PER", "I-PER", "B-DATE"], ["B-LOC"]]


def test_types_that_count_as_no_entity_are_named(tmp_path: Path) -> None:
    gold = read_gold("ner", put(tmp_path, "test.txt", NER), FAROESE)
    without = gold.as_o({"DATE", "MISC"})
    assert [one["tags"] for one in without.labels] == [["B-PER", "I-PER", "O"], ["B-LOC"]]
    assert without.ignored == ("DATE",)
    assert gold.as_o({"MISC"}) is gold


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sib.tsv", "index_id\tcategory\ttext\n7\thealth\tHon, las.\n"),
        ("nusax.csv", 'id,text,label\n7,"Hon, las.",health\n'),
        ("afrisenti.tsv", "tweet\tlabel\nHon, las.\thealth\n"),
        ("orm.tsv", "ID\ttweet\tlabel\n7\tHon, las.\thealth\n"),
    ],
)
def test_labels_of_whole_sentences_are_read_from_tables(tmp_path: Path, name: str, text: str) -> None:
    gold = read_gold("sentiment", put(tmp_path, name, text), FAROESE)
    assert gold.labels == ({"label": "health"},)
    assert gold.sentences[0].text == "Hon, las."


def test_intents_and_slots_are_read(tmp_path: Path) -> None:
    gold = read_gold("intent-slots", put(tmp_path, "fo.test.conll", XSID), FAROESE)
    assert gold.labels == ({"intent": "alarm/set_alarm", "slots": ["O", "B-reference"]},)


def test_halves_are_the_odd_and_even_sentences_counted_from_one(tmp_path: Path) -> None:
    path = put(tmp_path, "test.txt", "".join(f"w{i} NOUN\n\n" for i in range(1, 6)))
    odd, even = (read_gold("pos", path, FAROESE, half=half) for half in ("odd", "even"))
    assert [words[0] for words in odd.words] == ["w1", "w3", "w5"]
    assert [words[0] for words in even.words] == ["w2", "w4"]
    assert (odd.half, even.half, odd.digest == even.digest) == ("odd", "even", True)
    with pytest.raises(ConfigError, match="odd or even"):
        read_gold("pos", path, FAROESE, half="first")


def test_gold_of_another_kind_is_refused_with_its_place(tmp_path: Path) -> None:
    path = put(tmp_path, "a.conllu", CONLLU)
    with pytest.raises(DataError, match=r"a\.conllu:1: the sentence has no label.*topic"):
        read_gold("topic", path, FAROESE)
    with pytest.raises(DataError, match="no sentence"):
        read_gold("pos", put(tmp_path, "b.conllu", ""), FAROESE)
    with pytest.raises(ConfigError, match="no kind of task"):
        read_gold("parse", path, FAROESE)


def massive(**changes: object) -> str:
    row = {
        "id": "0",
        "locale": "fo-FO",
        "partition": "test",
        "intent": "alarm_set",
        "utt": "vek meg klokkan fimm í morgin",
        "annot_utt": "vek meg [time : klokkan fimm] [date : í morgin]",
    }
    return json.dumps({**row, **changes}, ensure_ascii=False) + "\n"


def test_slots_of_massive_are_the_bracketed_words(tmp_path: Path) -> None:
    path = put(tmp_path, "fo.jsonl", massive() + massive(partition="train", intent="x"))
    gold = read_gold("intent-slots", path, FAROESE)
    assert gold.sentences[0].text == "vek meg klokkan fimm í morgin"
    assert gold.labels == (
        {"intent": "alarm_set", "slots": ["O", "O", "B-time", "I-time", "B-date", "I-date"]},
    )
    assert read_gold("intent-slots", path, FAROESE, split="train").labels[0]["intent"] == "x"


def test_massive_without_spaces_is_cut_into_characters(tmp_path: Path) -> None:
    path = put(tmp_path, "ja.jsonl", massive(utt="明日起こして", annot_utt="[date : 明日] 起こして"))
    gold = read_gold("intent-slots", path, from_tag("jpn_Jpan"))
    assert gold.sentences[0].text == "明日起こして"
    assert gold.labels[0]["slots"] == ["B-date", "I-date", "O", "O", "O", "O"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{]\n", "not an object of JSON"),
        ("[1]\n", "a request of MASSIVE has intent"),
        (massive(annot_utt="vek [time : fimm"), "not closed"),
        (massive(annot_utt="vek [time : ]"), "has no words"),
        (massive(annot_utt=" "), "no words"),
        (massive(intent=3), "a request of MASSIVE has intent"),
    ],
)
def test_broken_lines_of_massive_say_where(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(FormatError, match=rf"fo\.jsonl:2: .*{message}"):
        read_gold("intent-slots", put(tmp_path, "fo.jsonl", massive() + line), FAROESE)


def test_a_part_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'dev'.*test"):
        read_gold("intent-slots", put(tmp_path, "fo.jsonl", massive()), FAROESE, split="dev")
