"""A budget of private statistics is spent once, and the reviewed one adds up."""

from fractions import Fraction
from pathlib import Path

import pytest

from recsys.errors import ConfigError
from recsys.privacy.budget import Budget, Statistic
from recsys.privacy.release import Release

REVIEWED = Path(__file__).parents[3] / "data" / "insights.toml"
KEY = bytes(32)


def test_the_reviewed_budget_is_whole() -> None:
    budget = Budget.read(REVIEWED)
    assert set(budget.statistics) == {"active", "genres", "completed"}
    assert sum(one.epsilon for one in budget.statistics.values()) == budget.epsilon_per_day == 1.5
    assert budget.trending.release == Release(Fraction(1), most_each=3, minimum=10)


def test_more_than_the_day_has_is_refused(tmp_path: Path) -> None:
    (file := tmp_path / "b.toml").write_text(
        "epsilon_per_day = 1.0\n[statistics.a]\nepsilon = 1.1\nmost_per_viewer = 1\nthreshold = 5\n"
        "[trending]\nepsilon = 1.0\nmost_per_viewer = 1\nminimum = 5\n"
    )
    with pytest.raises(ConfigError, match=r"at most 1, and not 1\.1"):
        Budget.read(file)


def test_groups_that_too_few_are_in_are_not_told() -> None:
    statistic = Statistic(epsilon=5.0, most_per_viewer=1, threshold=10)
    told = statistic.count({"crowd": 1000, "nobody": 0}, ("s", "2026-05-01"), KEY)
    assert set(told) == {"crowd"}
    assert abs(told["crowd"] - 1000) < 20  # ten times the standard deviation at this epsilon


def test_asking_again_tells_no_more() -> None:
    statistic = Statistic(epsilon=0.5, most_per_viewer=2, threshold=1)
    asked = [statistic.count({"a": 50, "b": 70}, ("s", "day"), KEY) for _ in range(20)]
    assert all(one == asked[0] for one in asked)
    assert statistic.count({"a": 50, "b": 70}, ("s", "other day"), KEY) != asked[0]
