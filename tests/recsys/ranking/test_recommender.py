"""A replica answers within the rights of who asks, and always answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from recsys.bundle import open_bundle, write
from recsys.context import Context
from recsys.errors import BundleError, InputError
from recsys.interactions import Histories
from recsys.ranking.recommender import Recommender
from tests import worlds
from tests.recsys.ranking.conftest import with_column

CONTEXT = Context(now=worlds.NOW)
ALGORITHMS = ("hybrid", "collaborative", "content-based")


def histories(*titles: list[int]) -> Histories:
    return Histories.of(list(titles), n_titles=40)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_algorithm_gives_n_unseen_titles_and_says_what_proposed_them(
    recommender: Recommender, algorithm: str
) -> None:
    answer = recommender.recommend(histories([0, 4, 8], []), CONTEXT, 10, algorithm=algorithm)
    assert answer.ids.shape == answer.scores.shape == answer.sources.shape == (2, 10)
    assert all(len(set(row)) == 10 and min(row) >= 0 for row in answer.ids.tolist())
    assert not set(answer.ids[0]) & {0, 4, 8}
    assert (np.diff(answer.scores, axis=1) <= 0).all()
    assert set(answer.sources.ravel()) <= set(recommender.model.parts)
    assert answer.degraded == ()


def test_a_taste_is_met(recommender: Recommender) -> None:
    answer = recommender.recommend(histories([0, 4, 8, 12]), CONTEXT, 2)
    assert (answer.ids % 4 == 0).all()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_exactly_n_come_of_what_may_be_shown(recommender: Recommender, algorithm: str) -> None:
    rated = with_column(recommender, "maturity_rating", ["all"] * 12 + ["18"] * 20 + [None] * 8)
    child = Context(now=worlds.NOW, maximum_age=7)
    seen, wanted = [0, 1], 9
    answer = rated.recommend(histories(seen), child, wanted, algorithm=algorithm)
    assert set(answer.ids[0]) <= set(range(2, 12))
    assert (answer.ids >= 0).all()
    longer = rated.recommend(histories(seen), child, 15, algorithm=algorithm)
    assert set(longer.ids[0]) == {-1, *range(2, 12)}
    assert set(longer.sources[longer.ids < 0]) == {""}


def test_no_surface_shows_what_a_child_may_not_see(recommender: Recommender) -> None:
    rated = with_column(recommender, "maturity_rating", ["all"] * 12 + ["18"] * 20 + [None] * 8)
    child = Context(now=worlds.NOW, maximum_age=7)
    rows = [rated.popular(child, 40).ids, rated.similar(np.array([0, 30]), child, 40).ids]
    assert all(set(ids.ravel()) <= {-1, *range(12)} for ids in rows)


def test_a_later_catalog_names_withdraws_and_adds_titles(recommender: Recommender) -> None:
    table = recommender.titles.table.to_pylist()
    later = [{**title, "name": "Renamed"} for title in table[1:]]
    schema = recommender.titles.table.schema
    added = [*later, {**table[1], "title_id": "added"}]
    under = recommender.under(pa.Table.from_pylist(added, schema=schema))
    assert under.titles.ids == recommender.titles.ids
    assert under.titles.table["name"].to_pylist() == [table[0]["name"], *["Renamed"] * 39]
    assert under.allowed(CONTEXT).tolist() == [False] + [True] * 39
    assert set(under.catalog["title_id"].to_pylist()) == {
        *(title["title_id"] for title in table),
        "added",
    }
    assert 0 not in under.popular(CONTEXT, 40).ids


def test_nothing_but_what_is_wanted_comes_and_as_much_of_it_as_there_is(
    recommender: Recommender,
) -> None:
    wanted = np.arange(40) % 3 == 1
    narrow = recommender.only(wanted)
    for algorithm in ("hybrid", "collaborative", "content-based"):
        ids = narrow.recommend(histories([0]), CONTEXT, 13, algorithm=algorithm).ids[0]
        assert sorted(ids) == np.flatnonzero(wanted).tolist()
    for ids in (narrow.popular(CONTEXT, 20).ids, narrow.similar(np.array([0]), CONTEXT, 20).ids):
        assert set(ids.ravel()) == {-1, *np.flatnonzero(wanted)}
    assert narrow.only(~wanted).popular(CONTEXT, 5).ids.max() == -1


def test_titles_like_one_share_its_taste_and_leave_it_out(recommender: Recommender) -> None:
    answer = recommender.similar(np.array([0, 5], np.int32), CONTEXT, 4)
    assert (answer.ids % 4 == [[0], [1]]).all()
    assert not (answer.ids == [[0], [5]]).any()


def test_a_title_that_nobody_watched_is_like_those_of_its_content(recommender: Recommender) -> None:
    unwatched = np.flatnonzero(recommender.model.watchers_ == 0)[:1].astype(np.int32)
    answer = recommender.similar(unwatched, CONTEXT, 5)
    assert (answer.ids % 4 == unwatched[0] % 4).all()


def test_a_broken_hybrid_is_answered_for_by_popularity(recommender: Recommender) -> None:
    asked = histories([0, 4])
    popular = recommender.popular(CONTEXT, 40).ids[0]
    recommender.model.parts["als"] = replace_scores(recommender.model.parts["als"])
    answer = recommender.recommend(asked, CONTEXT, 5)
    assert answer.degraded == ("hybrid",)
    assert answer.ids[0].tolist() == [t for t in popular if t not in (0, 4)][:5]
    assert set(answer.sources[0]) == {"popularity"}
    assert recommender.similar(np.array([0]), CONTEXT, 5).degraded == ("similar",)


def test_even_without_its_popularity_part_it_answers(recommender: Recommender) -> None:
    for part in recommender.model.parts.values():
        part.title_ids_ = worlds.id_map(3)
    answer = recommender.recommend(histories([0, 4]), CONTEXT, 5)
    assert answer.degraded == ("hybrid", "popularity")
    assert (answer.ids >= 0).all()


def replace_scores(part):
    del part.title_vectors_
    return part


def test_wrong_questions_are_refused(recommender: Recommender) -> None:
    with pytest.raises(InputError, match="n of at least 1"):
        recommender.recommend(histories([0]), CONTEXT, 0)
    with pytest.raises(InputError, match="hybrid, collaborative or content-based"):
        recommender.recommend(histories([0]), CONTEXT, 3, algorithm="psychic")
    with pytest.raises(InputError, match=r"internal ids in 0\.\.39"):
        recommender.similar(np.array([40]), CONTEXT, 3)


def test_a_bundle_without_a_hybrid_is_refused(tmp_path: Path) -> None:
    bundle = write(
        tmp_path,
        lambda directory: (directory / "catalog.parquet").write_bytes(b""),
        model="ease",
        trained_until=worlds.NOW,
        metrics={},
    )
    with pytest.raises(BundleError, match="a hybrid"):
        Recommender.load(open_bundle(bundle.path))


def test_the_answer_of_many_is_that_of_each(recommender: Recommender) -> None:
    asked = worlds.small_world(7, viewers=300, length=12)[0].histories.take(slice(0, 8))
    whole = recommender.recommend(asked, CONTEXT, 10)
    for row in range(8):
        one = recommender.recommend(asked.take(slice(row, row + 1)), CONTEXT, 10)
        assert one.ids[0].tolist() == whole.ids[row].tolist()


def test_it_is_named_after_its_bundle(recommender: Recommender, bundle) -> None:
    assert recommender.bundle_id == bundle.id
    assert replace(recommender, bundle_id="").bundle_id == ""
    assert len(recommender.titles) == recommender.catalog.num_rows == 40
