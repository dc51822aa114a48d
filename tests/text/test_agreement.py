"""What a verb's form lets its subject say."""

from __future__ import annotations

import pytest

from lexexpand.text.agreement import SUBJECTS, agree, subject_of

PAST = "Mood=Ind|Tense=Past|VerbForm=Fin"
PRESENT = "Mood=Ind|Tense=Pres|VerbForm=Fin"


@pytest.mark.parametrize(
    ("feats", "subject", "number", "person"),
    [
        (PAST, "Plur 1", "Plur", "1"),
        (PAST, "Sing 3", "Sing", "3"),
        (PRESENT, "Sing 1", "Sing", "1"),
        (PRESENT, "Sing 3", "Plur", "3"),  # a present without -s has no third person singular
        (f"Mood=Ind|Number=Sing|Person=3|{PAST[9:]}", "Plur 3", "Sing", "3"),  # "was"
        (f"Mood=Ind|Number=Plur|Person=3|{PAST[9:]}", "Sing 2", "Sing", "2"),  # "you were"
        (f"Mood=Ind|Number=Plur|Person=3|{PAST[9:]}", "Sing 3", "Plur", "3"),  # "were"
    ],
)
def test_a_verb_agrees_as_far_as_its_form_allows(feats: str, subject: str, number: str, person: str) -> None:
    agreed = agree(feats, SUBJECTS.index(subject))
    assert f"Number={number}|Person={person}" in agreed


def test_without_a_subject_the_features_stay() -> None:
    assert agree(PAST, 0) == PAST


@pytest.mark.parametrize(
    ("upos", "feats", "subject"),
    [
        ("NOUN", "Number=Plur", "Plur 3"),
        ("PROPN", "Number=Sing", "Sing 3"),
        ("PRON", "Case=Nom|Person=2|PronType=Prs", "Sing 2"),
        ("PRON", "Case=Acc|Number=Sing|Person=1|PronType=Prs", ""),
        ("ADJ", "Degree=Pos", ""),
    ],
)
def test_nouns_and_nominative_pronouns_are_subjects(upos: str, feats: str, subject: str) -> None:
    assert SUBJECTS[subject_of(upos, feats)] == subject
