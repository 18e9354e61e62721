"""A course asks what its question asks, and its parts see nothing of the answers."""

import numpy as np
import pytest

from recsys.interactions import Histories, Interactions
from recsys.ranking.config import HybridConfig
from recsys.ranking.courses import Course, course
from tests import worlds


def asked(question: str, **config: object) -> tuple[Interactions, Course]:
    interactions, _ = worlds.small_world(4, viewers=60, length=12)
    found = course(interactions, HybridConfig(parts=("popularity",), question=question, **config))
    assert found is not None
    return interactions, found


def pairs(histories: Histories, rows: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(rows[histories.viewers].tolist(), histories.titles.tolist(), strict=True))


@pytest.mark.parametrize("question", ["later", "next", "rest", "end"])
def test_parts_learn_from_nothing_that_is_asked(question: str) -> None:
    interactions, given = asked(question)
    learned = pairs(given.earlier.histories, np.arange(60))
    whole = pairs(interactions.histories, np.arange(60))
    assert given.lessons
    for lesson in given.lessons:
        answers = pairs(lesson.held_out, lesson.viewers)
        assert answers
        assert answers <= whole
        assert not answers & learned
        assert not answers & pairs(lesson.histories, lesson.viewers)
        assert (lesson.histories.lengths > 0).all()


def test_what_comes_next_is_asked_at_each_of_the_last_places() -> None:
    interactions, given = asked("next", places=3)
    histories = interactions.histories
    assert given.earlier.histories.lengths.tolist() == [9] * 60
    for back, lesson in enumerate(given.lessons):
        assert lesson.histories.lengths.tolist() == [11 - back] * 60
        assert lesson.held_out.titles.tolist() == histories.titles[11 - back :: 12].tolist()


def test_short_histories_give_fewer_places() -> None:
    _, given = asked("next", places=50)
    assert len(given.lessons) == 3  # a quarter of twelve


def test_the_end_of_a_history_is_its_last_part() -> None:
    interactions, given = asked("end", held_out=0.25)
    (lesson,) = given.lessons
    last = interactions.histories.last(3)
    assert pairs(lesson.held_out, lesson.viewers) == pairs(last, np.arange(60))


def test_the_rest_is_drawn_by_chance_from_all_places() -> None:
    interactions, given = asked("rest", held_out=0.25)
    (lesson,) = given.lessons
    assert lesson.held_out.lengths.tolist() == [3] * 60
    places = interactions.histories.places
    drawn = pairs(lesson.held_out, lesson.viewers)
    rows = zip(
        interactions.histories.viewers.tolist(),
        interactions.histories.titles.tolist(),
        strict=False,
    )
    counts = np.bincount(places[[pair in drawn for pair in rows]], minlength=12)
    assert (counts > 0).all()


def test_too_little_to_cut_in_two_is_no_course() -> None:
    few = worlds.interactions_table(np.array([0, 1]), np.array([0, 1]))
    for question in ("next", "rest", "end"):
        config = HybridConfig(parts=("popularity",), question=question)
        assert course(Interactions.from_table(few), config) is None
