"""Edits multiply what was watched and where titles stand; of what is never wanted nothing is left."""

from dataclasses import replace

import numpy as np
import pytest

from recsys.ids import UNKNOWN
from recsys.interactions import Histories
from recsys.page.edits import EVIDENCE, HEIGHT, Edit, barred, edited, enough, factors, holders
from recsys.page.taste import spelling, taste
from recsys.ranking.filters.fields import Fields
from recsys.titles import Titles
from tests.worlds import described_titles

TITLES = described_titles(np.arange(6) % 3)
FIELDS = Fields.of(TITLES)
EVERYTHING = np.ones(6, bool)


def history(*titles: int) -> Histories:
    return Histories.of([list(titles)], 6)


def words(history: Histories, *edits: Edit, titles: Titles = TITLES) -> dict[str, float]:
    told = taste(titles, FIELDS, history, edits, EVERYTHING)
    return {word.value: round(word.weight, 4) for word in told}


def test_a_person_is_found_among_cast_and_direction_whatever_the_case() -> None:
    assert holders(FIELDS, "person", "aCTOR 1").tolist() == [1, 4]
    assert holders(FIELDS, "person", "director 1").tolist() == [1, 4]
    assert holders(FIELDS, "genre", "Director 1").tolist() == []
    assert spelling(TITLES, FIELDS, "person", "DIRECTOR 2") == "Director 2"
    assert spelling(TITLES, FIELDS, "keyword", "Director 2") is None


def test_more_and_less_multiply_the_evidence_and_the_height() -> None:
    edits = (Edit("genre", "Genre 1", "more"), Edit("keyword", "keyword 2", "less"))
    assert factors(edits, FIELDS).tolist() == pytest.approx([1, HEIGHT, 1 / HEIGHT] * 2)
    weighed = edited(history(0, 1, 2), edits, FIELDS)
    assert weighed.weights.tolist() == [1, EVIDENCE, 1 / EVIDENCE]


def test_two_wishes_about_a_title_count_twice_and_opposite_ones_nothing() -> None:
    person, genre, guest = (
        Edit("person", "Actor 1", "more"),
        Edit("genre", "Genre 1", "more"),
        Edit("person", "Guest 4", "more"),
    )
    assert factors((person, genre), FIELDS)[1] == pytest.approx(HEIGHT**2)
    # No more than twice, however many words of a title are wanted.
    assert factors((person, genre, guest), FIELDS)[4] == pytest.approx(HEIGHT**2)
    assert factors((person, replace(genre, wish="less")), FIELDS).tolist() == [1] * 6


def test_lists_are_to_hold_enough_of_what_is_wanted_more_and_of_what_is_not_wanted_less() -> None:
    more, less = Edit("genre", "Genre 1", "more"), Edit("genre", "Genre 2", "less")
    assert enough((), FIELDS) == ()
    (lifted,) = enough((more,), FIELDS)
    assert lifted.tolist() == [False, True, False] * 2
    others, lifted = enough((more, less), FIELDS)
    assert others.tolist() == [True, True, False] * 2
    assert lifted.tolist() == [False, True, False] * 2


def test_never_bars_every_title_of_a_word_and_what_was_watched_of_it_weighs_nothing() -> None:
    edits = (Edit("genre", "genre 0", "never"), Edit("person", "Actor 0", "more"))
    assert barred(edits, FIELDS).tolist() == [True, False, False] * 2
    assert edited(history(0, 1), edits, FIELDS).weights.tolist() == [0, 1]


def test_what_the_catalog_does_not_hold_stays_as_it_is() -> None:
    unknown = edited(history(1, UNKNOWN), (Edit("genre", "Genre 2", "never"),), FIELDS)
    assert unknown.weights.tolist() == [1, 1]


def test_weights_are_shares_of_what_the_models_are_given() -> None:
    watched = replace(history(0, 1, 4), weights=np.array([2, 1, 1], np.float32))
    told = words(watched)
    assert told["Genre 0"] == told["Actor 0"] == told["keyword 0"] == 0.5
    assert told["Genre 1"] == told["Director 1"] == 0.5
    assert told["Guest 4"] == 0.25


def test_the_characteristic_comes_first_and_titles_by_weight() -> None:
    lone = described_titles(np.array([0, 0, 0, 0, 0, 1]))
    watched = replace(history(0, 5, 1), weights=np.array([1, 2, 1], np.float32))
    genres = taste(lone, Fields.of(lone), watched, (), EVERYTHING)[:2]
    # Both are half of what was watched, but one is a sixth of the catalog.
    assert [word.value for word in genres] == ["Genre 1", "Genre 0"]
    assert [word.titles for word in genres] == [(5,), (0, 1)]


def test_what_was_edited_is_told_first_and_though_nothing_of_it_was_watched() -> None:
    edits = (Edit("genre", "Genre 2", "less"), Edit("genre", "Genre 0", "never"))
    told = taste(TITLES, FIELDS, edited(history(0, 1), edits, FIELDS), edits, EVERYTHING)
    genres = [(word.value, word.weight, word.wish) for word in told if word.kind == "genre"]
    assert genres == [
        ("Genre 0", 0.0, "never"),
        ("Genre 2", 0.0, "less"),
        ("Genre 1", 1.0, None),
    ]


def test_a_word_is_told_if_a_title_behind_it_may_be_shown() -> None:
    shown = np.array([True, False, True, True, True, True])
    told = taste(TITLES, FIELDS, history(0, 1), (), shown)
    assert {word.value for word in told} == {
        "Genre 0",
        "Actor 0",
        "Guest 0",
        "Director 0",
        "keyword 0",
    }
    assert {word.weight for word in told} == {0.5}
