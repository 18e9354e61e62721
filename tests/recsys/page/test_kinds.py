"""Each kind of row holds what its name says."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from recsys.page.facts import Facts
from recsys.page.kinds.catalog import Kids, LeavingSoon, New, Trending
from recsys.page.kinds.editorial import Editorial
from recsys.page.kinds.kind import Kind
from recsys.page.kinds.own import ContinueWatching, MyList, WatchAgain
from recsys.page.kinds.picked import Because, Genre, HiddenGems, TopPicks
from recsys.page.material import Material
from recsys.page.own import NOTHING, Begun, Own
from recsys.page.ranked import Row
from tests.recsys.page.material import NOW, days_ago, material, titles


def only(kind: Kind, made_of: Material) -> Row:
    (row,) = kind.rows(made_of)
    return row


def ids(kind: Kind, made_of: Material) -> list[int]:
    return only(kind, made_of).titles.ids.tolist()


def own(
    *begun: Begun, listed: tuple[int, ...] = (), finished: dict[int, float] | None = None
) -> Own:
    done = finished or {}
    return Own(
        begun,
        np.array(listed, np.int32),
        np.array(list(done), np.int32),
        np.array([days_ago(days) for days in done.values()], "datetime64[us]"),
    )


def begun(title: int, days: float, content: str = "", portion: float = 0.5) -> Begun:
    return Begun(title, content or f"t{title:02d}", portion, days_ago(days))


def test_what_was_begun_last_is_gone_on_with_first_and_the_abandoned_is_gone() -> None:
    made_of = material(own=own(begun(3, 10), begun(4, 1, "e07", 0.0), begun(5, 100)))
    row = only(ContinueWatching(kind="continue-watching"), made_of)
    assert row.titles.ids.tolist() == [4, 3]
    assert row.begun[4].content_id == "e07"


def test_going_on_is_half_as_likely_after_each_half_life() -> None:
    made_of = material(own=own(begun(3, 0), begun(4, 7), begun(5, 14)))
    row = only(ContinueWatching(kind="continue-watching", first=0.4, half_life_days=7), made_of)
    assert row.appeal is not None
    assert row.appeal.tolist() == pytest.approx([0.4, 0.2, 0.1])


def test_days_without_watching_anything_do_not_count() -> None:
    # Both viewers left title 3 five days before they last watched anything.
    lately = material(own=own(begun(3, 6), begun(4, 1)))
    long_ago = material(own=own(begun(3, 206), begun(4, 201)))
    kind = ContinueWatching(kind="continue-watching")
    first, second = only(kind, lately), only(kind, long_ago)
    assert first.appeal is not None
    assert second.appeal is not None
    assert first.appeal.tolist() == pytest.approx(second.appeal.tolist())


def test_a_title_that_may_not_be_shown_is_not_gone_on_with() -> None:
    made_of = material(own=own(begun(3, 1), begun(4, 1)), hidden=[3])
    assert ids(ContinueWatching(kind="continue-watching"), made_of) == [4]


def test_my_list_is_in_the_order_of_appeal() -> None:
    made_of = material(own=own(listed=(30, 5, 6)), picks=[6, 5], hidden=[30])
    assert ids(MyList(kind="my-list"), made_of) == [6, 5]


def test_what_was_liked_and_has_rested_may_be_watched_again() -> None:
    # 2 was liked less than usual, 3 was finished only yesterday.
    finished = own(finished={1: 40, 2: 40, 3: 1, 4: 300})
    made_of = material(watched=[1, 2, 3, 4], weights=[3, 1, 3, 4], own=finished)
    assert ids(WatchAgain(kind="watch-again"), made_of) == [4, 1]


def test_top_picks_are_for_somebody() -> None:
    assert ids(TopPicks(kind="top-picks"), material(watched=[1], picks=[5, 3])) == [5, 3]
    assert not list(TopPicks(kind="top-picks").rows(material()))


def test_seeds_are_the_latest_that_were_liked_and_the_most_loved() -> None:
    made_of = material(watched=[1, 2, 3, 4, 5], weights=[9, 8, 1, 5, 5])
    seeds = Because(kind="because", latest=2, loved=2).seeds(made_of.history, made_of.allowed)
    # The mean is 5.6: 1 and 2 alone were liked no less.
    assert seeds.tolist() == [2, 1]
    made_of = material(watched=[1, 2, 3, 4, 5], weights=[5, 9, 5, 5, 5], hidden=[2])
    assert not len(Because(kind="because").seeds(made_of.history, made_of.allowed))


def test_a_row_because_of_a_title_names_it_and_leaves_out_what_was_watched() -> None:
    row = only(Because(kind="because"), material(watched=[1, 9], alike={1: [9, 5, 13]}))
    assert (row.row_id, row.name) == ("because-t01", "Because you watched Title 1")
    assert row.titles.ids.tolist() == [5, 13]


def test_gems_are_the_picks_that_few_watch() -> None:
    made_of = material(watched=[1], picks=[30, 2, 35, 3, 4, 39])  # the higher, the less watched
    assert ids(HiddenGems(kind="hidden-gems", share=0.5), made_of) == [30, 35, 39]


def test_a_genre_holds_that_genre_in_the_order_of_the_ranking() -> None:
    made_of = material(watched=[0, 4, 1], picks=[9, 8, 12], crowd=[16, 2])
    rows = {row.row_id: row for row in Genre(kind="genre").rows(made_of)}
    assert list(rows) == ["genre-comedy", "genre-drama"]
    assert rows["genre-comedy"].titles.ids.tolist() == [8, 12, 16]
    assert rows["genre-comedy"].reason == "Comedy is 67 % of what you watch"


def test_one_who_watched_nothing_gets_the_genres_of_the_crowd() -> None:
    rows = list(Genre(kind="genre", tried=1).rows(material(crowd=[3, 7, 11, 2])))
    assert [(row.name, row.titles.ids.tolist()) for row in rows] == [("Western", [3, 7, 11])]
    assert rows[0].reason == "The most watched of Western"


def test_trending_says_whose_trend_it_is() -> None:
    made_of = material(crowd=[3, 2])
    assert only(Trending(kind="trending"), made_of).titles.ids.tolist() == [3, 2]
    assert "your region" in only(Trending(kind="trending"), made_of).reason
    assert "your region" not in only(Trending(kind="trending"), material(region="")).reason


def test_kids_get_what_kids_watch() -> None:
    # Titles below 8 are for all.
    kids = Kids(kind="kids")
    assert ids(kids, material(crowd=[20, 7, 3], maximum_age=12)) == [7, 3]
    assert ids(kids, material(watched=[1, 2, 20], crowd=[20, 7, 3])) == [7, 3]
    assert not list(kids.rows(material(watched=[21, 20], crowd=[20, 7, 3])))


def test_new_titles_begin_with_the_ranked_ones_and_go_on_from_the_newest() -> None:
    # Title 0 is the newest; 30 is not among the newest five.
    made_of = material(picks=[3, 30, 1], hidden=[2])
    assert ids(New(kind="new", newest=5, days=1e5), made_of) == [3, 1, 0, 4, 5]


def test_what_is_announced_is_not_new_yet() -> None:
    coming = titles(t39={"available_from": NOW + timedelta(days=2)})
    made_of = material(facts=Facts.of(coming))
    assert 39 not in ids(New(kind="new", newest=3, days=1e5), made_of)


def test_many_titles_that_may_not_be_shown_do_not_crowd_out_the_new_ones() -> None:
    assert ids(New(kind="new", newest=2, days=1e5), material(hidden=range(30))) == [30, 31]


def test_what_came_long_ago_is_new_no_more() -> None:
    came = {f"t{n:02d}": {"available_from": NOW - timedelta(days=100 * n)} for n in (4, 2, 3)}
    made_of = material(facts=Facts.of(titles(**came)), picks=[4, 9])
    assert ids(New(kind="new", days=365), made_of) == [2, 3]
    assert ids(New(kind="new", days=50), made_of) == []


def test_what_leaves_soon_has_its_days_and_is_ranked_first() -> None:
    leaving = titles(
        t05={"available_until": NOW + timedelta(days=9)},
        t06={"available_until": NOW + timedelta(days=3)},
        t07={"available_until": NOW + timedelta(days=5)},
        t08={"available_until": NOW + timedelta(days=90)},
    )
    made_of = material(facts=Facts.of(leaving), picks=[8, 5])
    assert ids(LeavingSoon(kind="leaving-soon", days=30), made_of) == [5, 6, 7]


def test_editors_choose_titles_in_their_order_or_a_filter_in_that_of_taste() -> None:
    made_of = material(picks=[9, 1, 5, 4], hidden=[3])
    by_hand = Editorial(kind="editorial", row="a", name="A", titles=("t05", "t03", "gone", "t01"))
    by_rule = Editorial.model_validate(
        {"kind": "editorial", "row": "b", "name": "B", "filter": 'genre = "Drama"'}
    )
    assert ids(by_hand, made_of) == [5, 1]
    assert ids(by_rule, made_of) == [9, 1, 5]


@pytest.mark.parametrize(
    ("limits", "stands"),
    [
        ({}, True),
        ({"ends": NOW}, False),
        ({"starts": NOW}, True),
        ({"starts": NOW + timedelta(seconds=1)}, False),
        ({"regions": ("NO", "SE")}, True),
        ({"regions": ("SE",)}, False),
        ({"ends": datetime(2020, 1, 1, tzinfo=UTC)}, False),
    ],
)
def test_an_editorial_row_has_its_time_and_place(
    limits: dict[str, object], *, stands: bool
) -> None:
    row = Editorial(kind="editorial", row="a", name="A", titles=("t05",), **limits)
    assert bool(list(row.rows(material()))) == stands


def test_nothing_is_proposed_that_nobody_knows() -> None:
    nobody = material(own=NOTHING)
    for kind in (ContinueWatching(kind="continue-watching"), MyList(kind="my-list")):
        assert ids(kind, nobody) == []
