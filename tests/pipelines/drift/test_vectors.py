"""A rotation is no movement, and a title that went elsewhere is one."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.drift.vectors import Vectors, moved
from recsys.ids import IdMap

RANDOM = np.random.default_rng(0)
IDS = IdMap([f"t{number:03}" for number in range(100)])
OLD = RANDOM.normal(size=(100, 8)).astype("f4")
WATCHED = np.full(100, 50)


def vectors(matrix: np.ndarray, ids: IdMap = IDS) -> Vectors:
    return Vectors(ids, {"als": matrix.astype("f4")})


def test_a_turned_space_has_not_moved() -> None:
    turn = np.linalg.qr(RANDOM.normal(size=(8, 8)))[0]
    (found,) = moved(vectors(OLD), vectors(3 * OLD @ turn), WATCHED)
    assert found.n_titles == 100
    assert found.p90 == pytest.approx(0, abs=1e-4)


def test_a_tenth_of_the_titles_that_went_the_other_way_are_seen() -> None:
    other = OLD.copy()
    other[:11] *= -1
    (found,) = moved(vectors(OLD), vectors(other), WATCHED)
    assert found.median < 0.05
    assert found.p90 > 1.5


def test_what_was_learned_quite_otherwise_has_moved_all_over() -> None:
    (found,) = moved(vectors(OLD), vectors(RANDOM.normal(size=(100, 8))), WATCHED)
    assert found.median > 0.5


def test_titles_that_one_of_both_lacks_or_few_watched_are_left_out() -> None:
    ids = IdMap([f"t{number:03}" for number in range(40, 140)])
    (found,) = moved(vectors(OLD), vectors(OLD, ids), WATCHED)
    assert found.n_titles == 60
    assert moved(vectors(OLD), vectors(OLD), np.where(np.arange(100) < 29, 50, 3)) == []


def test_spaces_of_different_size_cannot_be_compared() -> None:
    assert moved(vectors(OLD), vectors(OLD[:, :4]), WATCHED) == []


def test_vectors_are_read_as_they_were_written(tmp_path: Path) -> None:
    vectors(OLD).save(tmp_path / "vectors")
    again = Vectors.load(tmp_path / "vectors")
    assert again.ids == IDS
    assert (again.parts["als"] == OLD).all()
