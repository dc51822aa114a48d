"""Rules look at neighbours, never beyond their sentence."""

from __future__ import annotations

import numpy as np

from lexexpand.text.context_rules import Cell, Layout, Rules, apply_rules, parse_template


def test_a_template_names_columns_and_offsets() -> None:
    assert parse_template("c0,t-1") == (Cell("c", 0), Cell("t", -1))


def test_a_shift_meets_nothing_beyond_the_sentence() -> None:
    layout = Layout(np.array([0, 2, 2, 3]))
    column = layout.spread(np.array([5, 6, 7]))
    assert column[layout.place].tolist() == [5, 6, 7]
    assert column[layout.place + 1].tolist() == [6, 0, 0]
    assert column[layout.place - 2].tolist() == [0, 0, 0]


def test_a_rule_votes_where_its_values_stand() -> None:
    layout = Layout(np.array([0, 3]))
    columns = {"c": layout.spread(np.array([1, 2, 1]))}
    rules = Rules("c-1", {"c": 3}, {(1,): np.array([4, -4], np.int16), (0,): np.array([0, 9], np.int16)})
    votes = apply_rules([rules], np.zeros((3, 2), np.int16), columns, layout.place)
    assert votes.tolist() == [[0, 9], [4, -4], [0, 0]]


def test_the_last_verb_to_the_left_is_known_with_its_distance() -> None:
    layout = Layout(np.array([0, 4, 5]))
    found = layout.last_verbs(np.array([1, 0, 0, 0, 0]), np.array([False, True]))[layout.place]
    assert found.tolist() == [0, 11, 12, 13, 0]
