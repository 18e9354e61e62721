"""What may not be shown is not shown, and what is not known counts against showing."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.context import Context
from recsys.interactions import Histories
from recsys.ranking.rights import Rights, allowed, closed
from recsys.schema import MATURITY_AGES, TITLES
from recsys.titles import Titles

NOW = datetime(2024, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def catalog(**columns: list[object]) -> Titles:
    count = len(next(iter(columns.values())))
    rows = [
        {"title_id": f"t{i}", "title_type": "movie", "name": "", "maturity_rating": "all"}
        | {name: values[i] for name, values in columns.items()}
        for i in range(count)
    ]
    return Titles.from_table(pa.Table.from_pylist(rows, schema=TITLES))


@pytest.mark.parametrize(
    ("region", "shown"), [("NO", [1, 1, 1, 0]), ("SE", [1, 1, 0, 1]), ("", [1, 1, 0, 0])]
)
def test_a_title_is_shown_where_it_may_be(region: str, shown: list[int]) -> None:
    titles = catalog(regions=[None, [], ["DK", "NO"], ["SE"]])
    assert allowed(titles, Context(NOW, region=region)).tolist() == [bool(s) for s in shown]


def test_a_window_opens_at_its_first_moment_and_is_closed_at_its_last() -> None:
    titles = catalog(
        available_from=[None, NOW, NOW + DAY, NOW - DAY, None],
        available_until=[None, NOW + DAY, None, NOW, NOW + DAY],
    )
    assert allowed(titles, Context(NOW)).tolist() == [True, True, False, False, True]


def test_an_unknown_maturity_is_the_strictest() -> None:
    titles = catalog(maturity_rating=["all", "12", "18", None, "unheard of"])
    assert allowed(titles, Context(NOW, maximum_age=12)).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert allowed(titles, Context(NOW)).all()


@given(
    ratings=st.lists(st.sampled_from([*MATURITY_AGES, None]), min_size=1, max_size=8),
    age=st.integers(0, 18),
)
def test_an_older_viewer_is_shown_no_less(ratings: list[str | None], age: int) -> None:
    titles = catalog(maturity_rating=ratings)
    younger, older = (allowed(titles, Context(NOW, maximum_age=a)) for a in (age, age + 1))
    assert (older | ~younger).all()


def test_what_was_seen_or_not_yet_there_was_out_of_the_question() -> None:
    titles = catalog(available_from=[None, NOW + DAY, None])
    moment = np.datetime64(NOW.replace(tzinfo=None), "s")
    shut = closed(titles, Histories.of([[0], []], n_titles=3), moment)
    assert shut.tolist() == [[True, True, False], [False, True, False]]


windows = st.tuples(*[st.none() | st.integers(-3, 3)] * 2)


@given(
    drawn=st.lists(
        st.tuples(windows, st.sampled_from([[], ["NO"], ["SE"]])), min_size=1, max_size=6
    ),
    asked=st.lists(
        st.tuples(st.integers(-7, 7), st.sampled_from(["NO", "SE", ""])), min_size=1, max_size=12
    ),
)
def test_what_is_remembered_of_a_place_is_right_at_every_moment(
    drawn: list[tuple[tuple[int | None, int | None], list[str]]], asked: list[tuple[int, str]]
) -> None:
    at = lambda half_days: None if half_days is None else NOW + half_days * DAY  # noqa: E731
    titles = catalog(
        available_from=[at(begin) for (begin, _), _ in drawn],
        available_until=[at(end) for (_, end), _ in drawn],
        regions=[regions for _, regions in drawn],
    )
    rights = Rights.of(titles)
    odd = np.arange(len(drawn)) % 2 == 1
    for half_days, region in asked:
        context = Context(NOW + half_days * DAY / 2, region=region)
        expected = allowed(titles, context)
        assert rights.allowed(context).tolist() == expected.tolist()
        assert rights.only(odd).allowed(context).tolist() == (expected & odd).tolist()
        assert rights.only(odd).only(~odd).allowed(context).sum() == 0
        rights.allowed(context)[:] = False  # the caller's to change
