"""A benchmark's data is read from the official files, cut in time, and named by its test part."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipelines.benchmark.temporal import load, parse_moment
from recsys.errors import ConfigError, InputError

DAY = 86_400
START = 1_600_000_000 - 1_600_000_000 % DAY


@pytest.fixture
def movielens(tmp_path: Path) -> Path:
    """Viewer 1 watches films 1 and 2 on days 0 and 5; viewer 2 films 1 and 3 on days 5 and 6."""
    folder = tmp_path / "ml-tiny"
    folder.mkdir()
    films = ["1,Alpha (1999),Comedy|Drama", "2,Beta (2001),Drama", '3,"Gamma, The (2003)",Action']
    (folder / "movies.csv").write_text("\n".join(["movieId,title,genres", *films]) + "\n")
    watched = [(1, 1, 0), (1, 2, 5), (2, 1, 5), (2, 3, 6)]
    rows = [f"{v},{t},4.0,{START + day * DAY}" for v, t, day in watched]
    (folder / "ratings.csv").write_text(
        "\n".join(["userId,movieId,rating,timestamp", *rows]) + "\n"
    )
    return folder


def moment(day: int) -> datetime:
    return datetime.fromtimestamp(START + day * DAY, UTC)


def test_what_came_before_the_cut_is_learned_and_what_came_after_is_to_be_found(
    movielens: Path,
) -> None:
    data = load(movielens, cut=moment(5))
    assert data.name == "ml-tiny"
    assert len(data.split.train) == 1
    assert data.split.viewers.tolist() == ["1", "2"]
    assert data.split.histories.lengths.tolist() == [1, 0]
    names = data.split.train.title_ids.external(data.split.held_out.titles)
    assert names.tolist() == ["2", "1", "3"]


def test_the_test_part_is_named_by_the_hash_of_its_sorted_lines(movielens: Path) -> None:
    expected = hashlib.sha256(b"1 2\n2 1\n2 3").hexdigest()
    assert load(movielens, cut=moment(5)).test_sha256 == expected


def test_tags_given_after_the_cut_are_unknown(movielens: Path) -> None:
    tags = [f"1,1,slow,{START + 4 * DAY}", f"2,1,loud,{START + 5 * DAY}", "2,1,undated,"]
    (movielens / "tags.csv").write_text("\n".join(["userId,movieId,tag,timestamp", *tags]) + "\n")
    titles = load(movielens, cut=moment(5)).titles
    assert titles.table["keywords"].to_pylist() == [["slow"], None, None]


def test_by_default_the_last_share_is_to_be_found(movielens: Path) -> None:
    """The last 3 of 10 tenths of 4 interactions begin within the third, on day 5."""
    data = load(movielens, share=0.3)
    assert data.split.moment == np.datetime64(START + 5 * DAY, "s")
    assert len(data.split.held_out.titles) == 3


def test_for_validation_the_last_share_of_what_was_before_the_cut_is_to_be_found(
    movielens: Path,
) -> None:
    """Before day 6 there are three interactions; the last half of them begins on day 5."""
    data = load(movielens, cut=moment(6), share=0.5, part="validation")
    assert data.split.moment == np.datetime64(START + 5 * DAY, "s")
    names = data.split.train.title_ids.external(data.split.held_out.titles)
    assert names.tolist() == ["2", "1"]
    assert len(data.split.train) == 1


def test_a_cut_after_the_last_event_is_refused(movielens: Path) -> None:
    with pytest.raises(InputError, match="both sides of the cut"):
        load(movielens, cut=moment(9))


def test_a_folder_without_ratings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=str(tmp_path)):
        load(tmp_path)


def test_a_date_is_midnight_utc() -> None:
    assert parse_moment("2020-01-31", "--cut") == datetime(2020, 1, 31, tzinfo=UTC)
    with pytest.raises(ConfigError, match="--cut: expected a date such as 2020-01-31, got soon"):
        parse_moment("soon", "--cut")
