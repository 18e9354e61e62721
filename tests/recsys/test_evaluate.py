"""An evaluation is the metrics of what the model recommends, block by block, and its parts."""

import numpy as np
import pytest

import recsys.evaluate
from recsys.algorithms.popularity import Popularity
from recsys.errors import InputError
from recsys.evaluate import evaluate, judge, recommend
from recsys.interactions import Histories, Interactions
from recsys.metrics import METRICS, mean_interval
from recsys.split import Split, cut_at, global_time, leave_last_out
from recsys.titles import Titles

World = tuple[Interactions, Titles]


@pytest.fixture
def split(small_world: World) -> Split:
    return global_time(small_world[0], cut_at(small_world[0], 0.3))


@pytest.fixture
def model(small_world: World, split: Split) -> Popularity:
    return Popularity().fit(split.train, small_world[1])


def test_values_are_those_of_the_metrics_and_means_those_of_the_values(
    model: Popularity, split: Split
) -> None:
    evaluation = evaluate(model, split, ks=(5, 10))
    ids, _ = model.recommend(split.histories, 10)
    assert np.array_equal(evaluation.recommended, ids)
    for name, metric in METRICS.items():
        values = metric(ids, split.held_out, 5)
        assert np.array_equal(evaluation.values[f"{name}@5"], values)
        assert evaluation.means[f"{name}@5"] == mean_interval(values)


def test_each_number_has_an_interval_around_it(
    model: Popularity, split: Split, small_world: World
) -> None:
    means = evaluate(model, split, titles=small_world[1]).means
    families = {name.split("@")[0] for name in means}
    assert families == {
        *METRICS,
        "novelty",
        "diversity",
        "calibration",
        "coverage",
        "one_minus_gini",
    }
    assert all(0 <= m.low <= m.mean <= m.high <= 1 for m in means.values())


def test_blocks_give_what_all_at_once_gives(
    model: Popularity, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, _ = recommend(model, split.histories, 10)
    monkeypatch.setattr(recsys.evaluate, "BLOCK", 7)
    done: list[int] = []
    blocks, _ = recommend(model, split.histories, 10, done.append)
    assert np.array_equal(whole, blocks)
    assert sum(done) == len(split.viewers)
    assert max(done) == 7


def test_the_same_seed_gives_the_same_evaluation(model: Popularity, split: Split) -> None:
    one, other = evaluate(model, split), evaluate(model, split)
    assert one.means == other.means
    assert one.slices == other.slices


def test_slices_average_to_the_whole(model: Popularity, split: Split) -> None:
    """Viewers are parted by history length, so their weighted means are the mean of all."""
    evaluation = evaluate(model, split)
    by_length = [s for s in evaluation.slices if s.dimension == "history length"]
    total = sum(s.n_viewers * s.means["ndcg@10"].mean for s in by_length)
    assert sum(s.n_viewers for s in by_length) == len(split.viewers)
    assert total / len(split.viewers) == pytest.approx(evaluation.means["ndcg@10"].mean)


def test_the_right_answer_of_the_checkerboard_is_judged_right(checkerboard: World) -> None:
    interactions, _ = checkerboard
    split = leave_last_out(interactions)
    right = judge(split.held_out.titles[:, None], split, ks=(1,))
    assert all(right.means[f"{name}@1"].mean == 1 for name in METRICS)


def test_lengths_of_list_must_be_positive(model: Popularity, split: Split) -> None:
    with pytest.raises(InputError, match="lengths of list"):
        evaluate(model, split, ks=())


def test_an_unasked_histories_batch_is_no_recommendation(model: Popularity) -> None:
    ids, _ = recommend(model, Histories.of([], n_titles=40), 5)
    assert ids.shape == (0, 5)
