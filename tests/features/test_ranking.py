"""Ranking features: the same numbers in a batch and in a request, blind to the future."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import comparison
from features import titles as title_features
from features import viewers as viewer_features
from features.attributes import attributes
from features.batch import connection
from features.ranking import RankingFeatures
from features.taste import FITS
from recsys.context import Context
from recsys.errors import InputError
from recsys.interactions import Histories, Interactions
from tests import worlds

NOW = datetime(2024, 2, 1, 12, 30, tzinfo=UTC)

entries = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 80 * 86_400)),
    min_size=1,
    max_size=30,
    unique_by=lambda entry: entry[:2],
)


def table_of(drawn: list[tuple[int, int, int]]) -> pa.Table:
    viewers, titles, seconds = (np.array(column) for column in zip(*drawn, strict=True))
    return worlds.interactions_table(viewers, titles, days=seconds / 86_400)


@settings(max_examples=8, deadline=None)
@given(drawn=entries)
def test_popularity_is_the_same_in_a_batch_and_in_memory(drawn: list[tuple[int, int, int]]) -> None:
    table = table_of(drawn)
    interactions = Interactions.from_table(table)
    with connection() as database:
        batch = database.to_pyarrow(title_features.popularity(ibis.memtable(table), NOW))
    counts, known = title_features.popularity_of(interactions.histories, NOW)
    seen = np.flatnonzero(counts[:, -1])
    rows = interactions.title_ids.internal(batch["title_id"].to_pylist())
    assert sorted(rows.tolist()) == seen.tolist()
    for at, name in enumerate(title_features.COUNTS):
        assert batch[name].to_pylist() == counts[rows, at].tolist()
    np.testing.assert_allclose(batch["days_known"].to_numpy(), known[rows])


@settings(max_examples=8, deadline=None)
@given(drawn=entries)
def test_viewers_are_described_alike_in_a_batch_and_in_a_request(
    drawn: list[tuple[int, int, int]],
) -> None:
    table = table_of(drawn)
    interactions = Interactions.from_table(table)
    with connection() as database:
        batch = database.to_pyarrow(viewer_features.viewers(ibis.memtable(table), NOW))
    rows = interactions.viewer_ids.internal(batch["pseudonym"].to_pylist())
    online = viewer_features.viewer_columns(interactions.histories, NOW)[rows]
    columns = [batch[name].to_numpy() for name in viewer_features.VIEWER]
    np.testing.assert_allclose(np.column_stack(columns), online, rtol=1e-6)


def test_the_hour_and_the_weekend_are_those_of_the_request() -> None:
    nobody = Histories.of([[]], n_titles=3)
    saturday = datetime(2024, 2, 3, 18, 30, tzinfo=UTC)
    described = viewer_features.viewer_columns(nobody, saturday)[0]
    np.testing.assert_array_equal(described, [0, 0, np.nan, 18, 1])  # the lake knows no minutes


def test_windows_count_the_days_before_now_and_no_later_ones() -> None:
    at = np.array(
        [NOW.replace(tzinfo=None) - timedelta(days=days) for days in (0.5, 5, 20, 2000, -1)],
        "datetime64[s]",
    )
    base = Histories.of([[0]] * 5, n_titles=1)
    histories = Histories(
        base.offsets, base.titles, base.weights, at, at, base.watched_portion, base.regions, 1
    )
    counts, known = title_features.popularity_of(histories, NOW)
    # Within 1, 7, 30, 90, 365 and 1095 days, and ever.
    assert counts[0].tolist() == [1, 2, 3, 3, 3, 3, 4]
    assert known[0] == pytest.approx(2000)


def test_a_title_fits_who_watched_titles_of_its_kind() -> None:
    interactions, titles = worlds.small_world()
    features = RankingFeatures.fit(interactions, titles, np.datetime64("2024-03-10T00:00:00"))
    asked = Histories.of([[0, 4, 8]], n_titles=40)  # all of taste 0
    context = Context(now=worlds.NOW)
    columns = features(asked, np.array([0, 0]), np.array([12, 13], np.int32), context)
    fits = columns[:, [features.names.index(name) for name in FITS if name.startswith("genres")]]
    np.testing.assert_allclose(fits, [[1, 1], [0, 0]], atol=1e-6)


def test_a_candidate_is_compared_with_what_was_watched_last() -> None:
    years = np.array([[1990], [2000], [2010], [np.nan], [2020]], np.float32)
    asked = Histories.of([[0, 1, 2], [3], [3, 1]], n_titles=5)
    found = comparison.compared(asked, np.arange(3), years[[4, 4, 4]], years[asked.titles])
    spread = np.sqrt(200 / 3)
    nothing = [np.nan] * 4
    # Less the mean of the last 20, of the last 3, and the last; and the deviation of the last 10.
    expected = [[20, 20, 10, spread], nothing, [20, 20, 20, 0]]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert len(comparison.names(("release_year",))) == found.shape[1]


def test_no_feature_sees_the_future() -> None:
    interactions, titles = worlds.small_world()
    now = np.datetime64("2024-01-30T00:00:00")
    context = Context(now=datetime(2024, 1, 30, tzinfo=UTC))
    histories = interactions.histories
    pairs = np.arange(len(histories)), np.arange(len(histories), dtype=np.int32) % 40
    blind, seeing = interactions.before(now), interactions
    np.testing.assert_array_equal(
        RankingFeatures.fit(blind, titles, now)(blind.histories, *pairs, context),
        RankingFeatures.fit(seeing, titles, now)(seeing.histories, *pairs, context),
    )


def test_many_viewers_are_answered_as_each_alone() -> None:
    interactions, titles = worlds.small_world()
    features = RankingFeatures.fit(interactions, titles, np.datetime64("2024-03-10T00:00:00"))
    context, histories = Context(now=worlds.NOW), interactions.histories
    candidates = np.arange(40, dtype=np.int32)
    whole = features(histories, np.repeat(np.arange(5), 40), np.tile(candidates, 5), context)
    for row in range(5):
        one = features(histories.take(slice(row, row + 1)), np.zeros(40, int), candidates, context)
        np.testing.assert_allclose(whole[row * 40 : (row + 1) * 40], one, rtol=1e-5)
    assert whole.shape[1] == len(features.names)


def test_a_catalog_of_which_nothing_is_known_has_features_too() -> None:
    interactions, _ = worlds.small_world()
    titles = worlds.bare(interactions)
    features = RankingFeatures.fit(interactions, titles, np.datetime64("2024-03-10T00:00:00"))
    pairs = np.zeros(2, int), np.array([0, 1], np.int32)
    columns = features(interactions.histories, *pairs, Context(now=worlds.NOW))
    assert columns.shape == (2, len(features.names))
    assert np.isnan(columns[:, features.names.index("release_year")]).all()


def test_rare_attributes_weigh_more_and_those_of_one_title_not_at_all() -> None:
    matrix, kinds = attributes(worlds.described_titles(np.array([0, 0, 1, 1, 1])))
    assert matrix.shape == (5, len(kinds)) == (5, 2 * 4)  # genre, actor, director, keyword
    lengths = np.sqrt(matrix.multiply(matrix).sum(axis=1))
    np.testing.assert_allclose(lengths, np.sqrt(3), rtol=1e-6)


def test_a_snapshot_is_read_back_as_it_was(tmp_path: Path) -> None:
    interactions, titles = worlds.small_world()
    features = RankingFeatures.fit(interactions, titles, np.datetime64("2024-03-10T00:00:00"))
    features.save(tmp_path)
    loaded = RankingFeatures.load(tmp_path, titles)
    asked = interactions.histories, np.arange(40), np.arange(40, dtype=np.int32)
    context = Context(now=worlds.NOW)
    np.testing.assert_array_equal(features(*asked, context), loaded(*asked, context))


def test_a_snapshot_of_another_catalog_is_refused(tmp_path: Path) -> None:
    interactions, titles = worlds.small_world()
    RankingFeatures.fit(interactions, titles, np.datetime64("2024-03-10")).save(tmp_path)
    with pytest.raises(InputError, match="a snapshot of 3 titles, got 40"):
        RankingFeatures.load(tmp_path, worlds.described_titles(np.zeros(3, int)))
    (tmp_path / "kinds.npy").unlink()
    with pytest.raises(InputError, match="kinds"):
        RankingFeatures.load(tmp_path)
