"""The gate lets through what is not worse beyond its interval, and says why it does not."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pipelines.decision import METRIC, Contestant, Decision, Figure
from pipelines.gate import Compared, Rival, decide
from recsys.errors import ConfigError
from recsys.evaluate import Evaluation
from recsys.metrics.interval import mean_interval

NEW = Contestant(model="new", recipe="aa")
CUT = "2024-03-01T00:00:00Z"
OLD = Contestant(model="old", recipe="bb", bundle="0123", judged_as="its bundle")


def judged(values: Sequence[float]) -> Evaluation:
    array = np.array(values)
    return Evaluation(
        recommended=np.zeros((len(array), 10), np.int32),
        values={METRIC: array},
        means={METRIC: mean_interval(array)},
        slices=(),
        score_seconds=0.0,
    )


def decision(
    new: Sequence[float],
    old: Sequence[float] | None = None,
    floors: dict[str, float] | None = None,
    *,
    then: Figure | None = None,
    fresh: bool = True,
) -> Decision:
    rival = None
    if old is not None or then is not None:
        compared = None if old is None else Compared(judged(new), judged(old), CUT)
        rival = Rival(OLD, compared, then, fresh=fresh)
    return decide((NEW, judged(new)), rival, floors or {}, cut=CUT)


def test_the_first_bundle_needs_its_floors_alone() -> None:
    assert decision([0.2, 0.4], floors={METRIC: 0.3}).published
    refused = decision([0.2, 0.4], floors={METRIC: 0.31})
    assert not refused.published
    assert refused.reasons == (f"{METRIC} must be at least 0.31, and is 0.30000",)


def test_better_for_every_viewer_is_published() -> None:
    made = decision([0.5, 0.6], [0.4, 0.5])
    assert made.published
    assert made.comparison is not None
    assert made.comparison.difference.mean == pytest.approx(0.1)


def test_equal_is_published() -> None:
    assert decision([0.5, 0.6], [0.5, 0.6]).published


def test_worse_for_every_viewer_is_refused_however_little() -> None:
    refused = decision([0.499] * 20, [0.5] * 20)
    assert not refused.published
    assert "below 0" in refused.reasons[0]


def test_a_loss_within_the_interval_and_the_tolerance_is_published() -> None:
    # Half of the viewers lose 0.1 and half win 0.09: on average 0.005 of 0.5 is lost, 1 %.
    made = decision([0.4, 0.59] * 50, [0.5, 0.5] * 50)
    assert made.published
    assert made.comparison is not None
    assert made.comparison.difference.mean == pytest.approx(-0.005)


def test_a_large_loss_is_refused_although_few_viewers_make_it_unsure() -> None:
    # One of three viewers loses 0.3, the others nothing: 0.1 of 0.5 is 20 %, and 0 is in the interval.
    refused = decision([0.2, 0.5, 0.5], [0.5, 0.5, 0.5])
    assert refused.comparison is not None
    assert refused.comparison.difference.high == 0
    assert refused.reasons == (
        f"{METRIC} loses 0.1000 of the champion's 0.5000, which is more than the tolerated 5%",
    )


THEN = Figure(mean=0.4, low=0.35, high=0.45)


def test_what_falls_out_of_the_recorded_interval_is_refused_where_nothing_new_was_asked() -> None:
    assert decision([0.36, 0.36], then=THEN, fresh=False).published
    refused = decision([0.34, 0.34], then=THEN, fresh=False)
    assert not refused.published
    assert "must be at least 0.3500, since the champion reached +0.4000" in refused.reasons[0]


def test_a_wide_interval_does_not_excuse_a_great_loss_where_nothing_new_was_asked() -> None:
    wide = Figure(mean=0.4, low=0.1, high=0.7)
    # A quarter of 0.4 may go.
    assert decision([0.301, 0.301], then=wide, fresh=False).published
    assert not decision([0.299, 0.299], then=wide, fresh=False).published


def test_figures_may_drift_with_the_days_where_the_champion_is_not_better_on_them() -> None:
    assert decision([0.301, 0.301], [0.301, 0.301], then=THEN).published
    refused = decision([0.299, 0.299], [0.299, 0.299], then=THEN)
    assert not refused.published
    assert refused.memory is not None
    assert refused.memory.least == pytest.approx(0.75 * 0.4)


def test_a_champion_that_was_never_judged_and_can_be_asked_nothing_stays() -> None:
    refused = decide((NEW, judged([0.9])), Rival(OLD), {}, cut=CUT)
    assert refused.reasons == ("there is nothing to compare with the champion by",)


def test_one_recipe_trained_again_may_lose_more_by_chance_but_not_surely() -> None:
    def again(new: list[float], old: list[float]) -> Decision:
        rival = Rival(OLD, Compared(judged(new), judged(old), CUT), same=True)
        return decide((NEW, judged(new)), rival, {}, cut=CUT)

    # One of three viewers loses 0.3 of 0.5: 20 % of the mean, where 25 % is tolerated.
    assert again([0.2, 0.5, 0.5], [0.5, 0.5, 0.5]).published
    assert not again([0.1, 0.5, 0.5], [0.5, 0.5, 0.5]).published
    assert not again([0.49] * 20, [0.5] * 20).published


def test_no_figure_at_all_is_no_pass() -> None:
    assert not decision([np.nan, np.nan], [0.5, 0.5]).published
    assert not decision([np.nan], floors={METRIC: 0.0}).published
    assert not decision([np.nan], then=THEN).published


def test_better_than_the_champion_does_not_excuse_a_missed_floor() -> None:
    assert not decision([0.5, 0.6], [0.4, 0.5], floors={METRIC: 0.9}).published


def test_a_floor_of_an_unknown_metric_is_a_mistake_of_the_declaration() -> None:
    with pytest.raises(ConfigError, match=r"ndcg@10.*got ndgc@10"):
        decision([0.5], floors={"ndgc@10": 0.1})


def test_a_decision_is_written_for_programs_and_for_readers(tmp_path: Path) -> None:
    refused = decision([0.2, 0.5, 0.5], [0.5, 0.5, 0.5], floors={METRIC: 0.1})
    path = refused.write(tmp_path)
    assert Decision.model_validate(json.loads(path.read_text())) == refused
    text = path.with_suffix(".txt").read_text()
    assert text.startswith("the champion stays\n  - ndcg@10 loses 0.1000")
    assert "judged by its bundle" in text
    assert "floor       ndcg@10: at least 0.1, reached 0.40000" in text


def test_the_same_decision_has_the_same_name_and_bytes(tmp_path: Path) -> None:
    one, other = (decision([0.5], [0.4]).write(tmp_path / name) for name in "ab")
    assert one.name == other.name
    assert one.read_bytes() == other.read_bytes()
