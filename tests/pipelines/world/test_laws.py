"""What is measured in the log is what the truth declares: position bias, propensities, tastes."""

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipelines.world import Truth
from pipelines.world.exposure import FLOOR, PLACE_ITEM, PLACE_ROW, ROWS, TURNS, compose
from recsys.errors import InputError
from recsys.schema import EventType
from tests.pipelines.world.made import Made


@pytest.fixture(scope="module")
def outcomes(small: Made) -> pd.DataFrame:
    """Impressions of page rows, with whether each was clicked."""
    shown = small.of(EventType.IMPRESSION)
    shown = shown[shown["source"] != "history"]
    key = ["recommendation_id", "title_id"]
    clicks = small.of(EventType.CLICK)[key].assign(clicked=1.0)
    return shown.merge(clicks, on=key, how="left").fillna({"clicked": 0.0})


def examined(small: Made, shown: pd.DataFrame) -> NDArray[np.float64]:
    ranks = shown["row_rank"].astype(int).to_numpy(), shown["item_rank"].astype(int).to_numpy()
    return small.truth.examination[ranks]


def test_examination_falls_as_declared(small: Made) -> None:
    expected = [[(1 + row) ** -0.7 * (1 + item) ** -0.5 for item in range(5)] for row in range(5)]
    np.testing.assert_allclose(small.truth.examination, expected)


def test_clicks_over_examination_do_not_depend_on_the_place(
    small: Made, outcomes: pd.DataFrame
) -> None:
    """A row's candidates are dealt to its places by utility, but turned over row ranks at random."""
    looked = examined(small, outcomes)
    wanted = outcomes["clicked"] / looked
    picks = outcomes["row_id"] == "top-picks"
    by_rank = wanted[picks].groupby(outcomes["row_rank"]).agg(["mean", "sem"])
    middle = wanted[picks].mean()
    assert len(by_rank) == 5
    assert (np.abs(by_rank["mean"] - middle) < 4 * by_rank["sem"]).all()
    raw = outcomes["clicked"][picks].groupby(outcomes["row_rank"]).mean()
    assert raw[0] > 2 * raw[3]


def test_in_the_exploring_row_the_item_rank_alone_makes_the_difference(
    small: Made, outcomes: pd.DataFrame
) -> None:
    explored = outcomes[outcomes["row_id"] == "explore"]
    looked = examined(small, explored)
    by_item = (explored["clicked"] / looked).groupby(explored["item_rank"]).agg(["mean", "sem"])
    first, second = by_item["mean"]
    assert abs(first - second) < 4 * np.hypot(*by_item["sem"])


def test_clicks_are_as_likely_as_affinity_says(small: Made, outcomes: pd.DataFrame) -> None:
    """At the start no mood has moved anybody yet, so taste alone decides."""
    early = outcomes[outcomes["occurred_at"].dt.date == outcomes["occurred_at"].min().date()]
    viewer = pd.Index(small.truth.viewer_ids).get_indexer(early["viewer_id"])
    title = pd.Index(small.truth.title_ids).get_indexer(early["title_id"])
    looked = examined(small, early)
    expected = looked * small.truth.affinity(0)[viewer, title]
    spread = np.sqrt((expected * (1 - expected)).sum())
    assert abs(early["clicked"].sum() - expected.sum()) < 4 * spread


def test_stated_propensities_count_the_candidates(outcomes: pd.DataFrame) -> None:
    """The mean of 1 / propensity over draws is the number of titles that could have stood there.

    For a row at a given rank, the turn is known: dividing its probability out leaves the draw.
    """
    row = outcomes["row_id"].map({row.row_id: k for k, row in enumerate(ROWS)})
    turn = outcomes["experiment"].str[-1].astype(int)
    draw = outcomes["propensity"] / TURNS[turn]
    assert draw.between(0, 1 + 1e-9).all()
    for k, declared in enumerate(ROWS[:2]):
        mean = (1 / draw[row == k]).groupby(outcomes["item_rank"]).mean()
        np.testing.assert_allclose(mean, declared.depth, rtol=0.15)


def test_the_rows_are_turned_as_often_as_declared(outcomes: pd.DataFrame) -> None:
    pages = outcomes.drop_duplicates("recommendation_id")
    share = pages["experiment"].value_counts(normalize=True).sort_index()
    np.testing.assert_allclose(share, TURNS, atol=4 * np.sqrt(0.25 / len(pages)))


def test_a_title_is_shown_at_a_place_as_often_as_its_propensity_says() -> None:
    rng, n, n_titles = np.random.default_rng(0), 12_000, 200
    utility = rng.normal(size=(3, n_titles)).astype(np.float32)
    allowed = rng.random(n_titles) < 0.9
    pages = compose(
        rng,
        tuple(np.tile(one, (n, 1)) for one in utility),  # type: ignore[arg-type]
        np.tile(allowed, (n, 1)),
    )
    for place in range(len(PLACE_ROW)):
        for rank in range(len(ROWS)):
            here = pages.row_rank[:, place] == rank
            titles, counts = np.unique(pages.title[here, place], return_counts=True)
            stated = np.array(
                [
                    pages.propensity[here & (pages.title[:, place] == t), place][0]
                    for t in titles[:5]
                ]
            )
            spread = np.sqrt(n * stated * (1 - stated))
            assert (np.abs(counts[:5] - n * stated) < 5 * spread).all()
            assert allowed[titles].all()


def test_no_page_holds_a_title_twice_and_no_propensity_is_below_its_floor() -> None:
    rng, n, n_titles = np.random.default_rng(1), 500, 200
    draws = tuple(rng.normal(size=(n, n_titles)).astype(np.float32) for _ in range(3))
    pages = compose(rng, draws, np.ones((n, n_titles), bool))  # type: ignore[arg-type]
    ordered = np.sort(pages.title, axis=1)
    assert (ordered[:, 1:] != ordered[:, :-1]).all()
    picks = PLACE_ROW == 0
    assert pages.propensity[:, picks].min() >= TURNS.min() * FLOOR / ROWS[0].depth
    assert PLACE_ITEM[picks].tolist() == [0, 1, 2, 3, 4]


def test_places_stay_empty_when_there_is_nothing_to_show() -> None:
    rng = np.random.default_rng(2)
    allowed = np.zeros((3, 200), bool)
    allowed[:, :2] = True
    utility = tuple(np.zeros((3, 200), np.float32) for _ in range(3))
    pages = compose(rng, utility, allowed)  # type: ignore[arg-type]
    assert ((pages.title >= 0).sum(1) == 2).all()
    assert (pages.propensity[pages.title < 0] == 0).all()


def test_taste_decides_what_is_watched(small: Made) -> None:
    plays = small.of(EventType.PLAY)
    series = small.titles["series_id"].fillna(small.titles["title_id"])
    title = pd.Index(small.truth.title_ids).get_indexer(series[plays["title_id"]])
    viewer = pd.Index(small.truth.viewer_ids).get_indexer(plays["viewer_id"])
    cosines = (small.truth.tastes.at(0.5) @ small.truth.where.titles.T)[viewer]
    rank = (cosines > np.take_along_axis(cosines, title[:, None], 1)).mean(1)
    assert np.median(rank) < 0.2


def test_tastes_drift_and_some_change_their_cluster(small: Made) -> None:
    tastes = small.truth.tastes
    moved = (tastes.start * tastes.end).sum(1)
    switched = tastes.start_cluster != tastes.end_cluster
    assert 0.2 < switched.mean() < 0.6
    assert moved[switched].mean() < moved[~switched].mean() < 0.99


def test_there_is_no_truth_where_there_is_no_world(small: Made) -> None:
    with pytest.raises(InputError, match="expected a demo world"):
        Truth.read(small.directory / "artwork")
