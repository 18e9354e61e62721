"""Trials are judged slice by slice; what one refuses is named, and what the declared values refuse ends all."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.tuning.plan import Plan, seconds_of
from pipelines.tuning.search import IN_VAIN, Search, workers
from pipelines.tuning.study import Study, Tried
from pipelines.tuning.workers import Worker
from recsys.errors import CapacityError, ConfigError
from recsys.evaluate import evaluate
from tests.pipelines.tuning.small import ALS, SEARCH, space, validation

EITHER = "[als]\nfactors = { low = 1, high = 2 }\n"


@pytest.fixture(scope="module")
def able() -> Iterator[list[Worker]]:
    """Two workers for all of these, since each loads the libraries anew."""
    with workers(validation(), Plan(None, None, jobs=2), 10) as both:
        yield both


Start = Callable[..., Search]
Run = Callable[..., list[Tried]]


@pytest.fixture
def start(able: list[Worker], tmp_path: Path) -> Start:
    def begin(plan: Plan, model: str = ALS, look: str = SEARCH) -> Search:
        found = space(tmp_path / "shelf", model, look)
        study = Study(tmp_path / "one.db", "name", found)
        return Search(found, validation(), study, plan, able[: plan.jobs])

    return begin


@pytest.fixture
def run(start: Start) -> Run:
    def whole(*given: Any, **others: str) -> list[Tried]:
        one = start(*given, **others)
        one.run(lambda _: None)
        return one.study.tried

    return whole


def test_a_trials_value_is_the_mean_over_the_slices_that_choose(run: Run, tmp_path: Path) -> None:
    tried = run(Plan(None, 2))
    found = space(tmp_path / "shelf")
    assert [one.values for one in tried[:1]] == [found.declared]
    for one in tried:
        model = found.varied(one.values).unfitted()
        means = [
            evaluate(model.fit(data.split.train, data.titles), data.split).means["ndcg@10"].mean
            for data in validation().choosing
        ]
        assert one.means == pytest.approx(means)
        assert one.mean == pytest.approx(np.mean(means))
        assert one.gain == pytest.approx(np.mean(np.array(means) - tried[0].means))


def test_two_at_a_time_try_different_values_and_no_more_than_were_asked_for(
    run: Run, tmp_path: Path
) -> None:
    tried = run(Plan(None, 4, jobs=2))
    assert len(tried) == 4
    assert len({tuple(one.values.items()) for one in tried}) == 4


def test_a_search_goes_on_from_where_it_was(run: Run, tmp_path: Path) -> None:
    first = run(Plan(None, 2))
    assert run(Plan(None, 3))[:2] == first
    assert len(run(Plan(None, 3))) == 3


def test_what_was_tried_is_not_fitted_again_and_a_space_can_be_searched_through(
    run: Run, tmp_path: Path
) -> None:
    tried = run(Plan(None, None), look=EITHER)
    assert sum(one.seconds > 0 for one in tried) == 2
    assert len({tuple(one.values.items()) for one in tried}) == 2
    assert [one.seconds for one in tried[-IN_VAIN:]] == [0.0] * IN_VAIN


def test_a_trial_that_is_refused_is_named_and_the_others_go_on(run: Run, tmp_path: Path) -> None:
    # ALS asks for memory in proportion to its factors.
    model = ALS.replace("iterations = 2", "iterations = 2\nmemory_gb = 0.00003")
    look = "[als]\nfactors = { choices = [1, 64] }\n"
    tried = run(Plan(None, 8), model=model, look=look)
    refused = [one for one in tried if one.refused]
    assert {one.values["factors"] for one in refused} == {64}
    assert all("als.memory_gb" in one.refused for one in refused)
    assert {one.values["factors"] for one in tried if one.mean is not None} == {1}


def test_declared_values_that_are_refused_end_the_search(run: Run, tmp_path: Path) -> None:
    model = ALS.replace("iterations = 2", "iterations = 2\nmemory_gb = 0.0000001")
    with pytest.raises(CapacityError, match=r"als\.memory_gb"):
        run(Plan(None, 3), model=model)


def test_without_time_the_declared_values_are_judged_and_nothing_else(
    run: Run, tmp_path: Path
) -> None:
    tried = run(Plan(1e-9, None))
    assert [one.values for one in tried] == [space(tmp_path / "shelf").declared]


def test_time_that_earlier_runs_took_counts(run: Run, start: Start) -> None:
    one = start(Plan(1e9, 2))
    one.run(lambda _: None)
    trial, _ = one.study.ask(2)
    one.study.tell(trial, mean=0.0, means=(0.0, 0.0), gain=0.0, seconds=1e9)
    assert len(run(Plan(1e9, 5))) == 3


def test_a_trial_that_runs_past_the_budget_is_not_waited_for(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = start(Plan(1e9, None))
    one.declared()
    left = iter([5.0])  # when the trial is drawn; and nothing when it is waited for
    monkeypatch.setattr(Search, "_left", lambda _: next(left, 0.0))
    one.run(lambda _: None)
    assert len(one.study.tried) == 1
    assert all(worker._process is None for worker in one.workers)


def test_a_combination_that_is_not_valid_is_a_refusal(run: Run, tmp_path: Path) -> None:
    model = """algorithm = "markov"
description = "For a test."
[config]
nearest = 2
farthest = 4
"""
    look = "[markov]\nnearest = { low = 1, high = 4 }\nfarthest = { low = 2, high = 4 }\n"
    tried = run(Plan(None, 12), model=model, look=look)
    crossed = [one for one in tried if one.values["farthest"] < one.values["nearest"]]
    assert crossed
    assert all("Expected farthest" in one.refused for one in crossed)
    assert not any(one.refused for one in tried if one not in crossed)


@pytest.mark.parametrize("text", ["", "10", "m", "-3m", "0s", "1d", "1 m"])
def test_a_budget_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--budget"):
        seconds_of(text)
