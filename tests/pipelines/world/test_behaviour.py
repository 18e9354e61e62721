"""Viewers keep the laws that the world declares for them."""

import numpy as np
import pandas as pd
import pytest

from recsys.schema import MATURITY_AGES, EventType
from tests.pipelines.world.made import Made

SHOWN = ["recommendation_id", "row_id", "row_rank", "item_rank"]


def test_children_never_see_what_is_not_for_them(small: Made) -> None:
    limit = small.viewers["maximum_age"].reindex(small.events["viewer_id"]).to_numpy()
    age = small.titles["maturity_rating"].map(MATURITY_AGES)
    named = age.reindex(small.events["title_id"]).to_numpy()
    assert np.isfinite(limit.astype(float)).any()
    assert not (named > limit).any()


def test_every_title_is_shown_and_played_in_its_window_and_region(small: Made) -> None:
    events = small.events.dropna(subset="title_id")
    titles = small.titles.loc[events["title_id"]].reset_index(drop=True)
    times, region = events["occurred_at"].reset_index(drop=True), events["region"].to_numpy()
    begins, ends = titles["available_from"], titles["available_until"]
    assert (begins.isna() | (begins <= times)).all()
    assert (ends.isna() | (times < ends)).all()
    assert ends.notna().any()
    for regions, where in zip(titles["regions"], region, strict=True):
        assert not len(regions) or where in regions


def test_episodes_are_begun_in_order(small: Made) -> None:
    plays = small.of(EventType.PLAY).join(
        small.titles[["series_id", "season_number", "episode_number"]], on="title_id"
    )
    plays = plays.dropna(subset="series_id").sort_values("occurred_at", kind="stable")
    plays["place"] = plays["season_number"] * 8 + plays["episode_number"] - 9
    steps = plays.groupby(["viewer_id", "series_id"])["place"].diff().dropna()
    firsts = plays.groupby(["viewer_id", "series_id"])["place"].first()
    assert len(steps) > 50
    assert set(steps) == {0, 1}
    assert set(firsts) == {0}


def test_weekends_are_busier(small: Made) -> None:
    sessions = small.events.groupby("session_id")["occurred_at"].min().dt.day_of_year
    days = sessions.value_counts().sort_index()
    weekend = [(day - days.index[0]) % 7 >= 5 for day in days.index]
    assert days[weekend].mean() > 1.2 * days[np.logical_not(weekend)].mean()


def test_evenings_are_busier_by_the_clock_of_the_region(small: Made) -> None:
    ahead = {"GB": 1, "DE": 2, "NO": 2, "US": -4, "BR": -3, "JP": 9}
    first = small.events.groupby("session_id")[["occurred_at", "region"]].first()
    local = first["occurred_at"] + pd.to_timedelta(first["region"].map(ahead), unit="h")
    hours = local.dt.hour.value_counts(normalize=True)
    assert hours.reindex(range(17, 24)).sum() > 0.6
    assert hours.reindex(range(1, 6)).sum() == 0


def test_a_click_follows_an_impression_at_the_same_place(small: Made) -> None:
    clicks = small.of(EventType.CLICK)
    clicks = clicks[clicks["source"] != "search"]
    shown = small.of(EventType.IMPRESSION)
    both = clicks.merge(shown, on=[*SHOWN, "viewer_id", "title_id"], how="left")
    assert both["event_id_y"].notna().all()
    assert (both["occurred_at_x"] > both["occurred_at_y"]).all()


def test_no_title_comes_twice_on_a_page(small: Made) -> None:
    shown = small.of(EventType.IMPRESSION)
    assert not shown.duplicated(["recommendation_id", "title_id"]).any()
    assert not shown.duplicated(SHOWN).any()


def test_what_was_watched_is_not_shown_as_new(small: Made) -> None:
    ends = small.of(EventType.COMPLETE).set_index(["viewer_id", "title_id"])["occurred_at"]
    shown = small.of(EventType.IMPRESSION)
    shown = shown[shown["source"] != "history"].join(
        ends.rename("ended"), on=["viewer_id", "title_id"]
    )
    assert not (shown["ended"] < shown["occurred_at"]).any()


def test_nobody_watches_two_things_at_once(small: Made) -> None:
    watching = small.of(EventType.PLAY, EventType.PROGRESS, EventType.COMPLETE)
    watching = watching.sort_values(["viewer_id", "occurred_at"], kind="stable")
    session_runs = (watching["session_id"] != watching["session_id"].shift()).sum()
    assert session_runs == watching["session_id"].nunique()


def test_seeking_is_not_watching(small: Made) -> None:
    done = small.of(EventType.COMPLETE)
    reached = done["position_seconds"] / done["duration_seconds"]
    skipped = reached - done["watched_portion"]
    assert done["watched_portion"].between(0, 1).all()
    assert set(np.round(skipped, 6)) == {0.0, 0.08}


@pytest.mark.parametrize(("kind", "low", "high"), [("rating", 0.5, 5.0), ("thumb", -1.0, 1.0)])
def test_opinions_are_in_range(small: Made, kind: str, low: float, high: float) -> None:
    values = small.of(kind)["value"]
    assert values.between(low, high).all()
    assert (values * 2 % 1 == 0).all()


def test_some_refuse_and_some_join_late(small: Made) -> None:
    assert 0.9 < small.viewers["consent"].mean() < 1
    first = small.events.groupby("viewer_id")["occurred_at"].min()
    assert (first.dt.day_of_year > first.dt.day_of_year.min() + 7).sum() > 10


def test_activity_has_a_heavy_tail(small: Made) -> None:
    sessions = small.events.groupby("viewer_id")["session_id"].nunique().sort_values()
    busiest = sessions.tail(len(sessions) // 10)
    assert busiest.sum() > 0.2 * sessions.sum()
