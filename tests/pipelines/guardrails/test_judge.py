"""Each guardrail refuses what it is there to refuse, says by how much, and lets chance through."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from pipelines.decision import METRIC, Contestant, Decision
from pipelines.gate import Compared, Rival, decide
from pipelines.guardrails.judge import NEW_TITLES, TOO_MATURE, Measured, guarded, new_titles, sliced
from recsys.declaration import Guardrail
from recsys.errors import ConfigError
from recsys.evaluate import Evaluation, judge
from recsys.schema import TITLES
from recsys.split import Split, global_time
from recsys.titles import Titles
from tests.worlds import small_world

INTERACTIONS, CATALOG = small_world(viewers=200)
SPLIT = global_time(
    INTERACTIONS, INTERACTIONS.histories.occurred_at.max() - np.timedelta64(20, "D")
)
CUT = str(SPLIT.moment)


def catalog(**changes: list[object]) -> Titles:
    """Return the catalog with some columns replaced."""
    table = CATALOG.table
    for name, values in changes.items():
        at = TITLES.get_field_index(name)
        table = table.set_column(at, TITLES.field(name), pa.array(values, TITLES.field(name).type))
    return Titles.from_table(table)


def lists(*, first: int, spread: int) -> np.ndarray:
    """Return ten titles for each viewer: from ``first`` on, begun ``spread`` titles later for each next one."""
    start = first + spread * np.arange(len(SPLIT.viewers))[:, None]
    return ((start + np.arange(10)) % len(CATALOG)).astype(np.int32)


def evaluation(recommended: np.ndarray) -> Evaluation:
    return judge(recommended, SPLIT, titles=CATALOG, ks=(10, 20))


WIDE = evaluation(lists(first=0, spread=1))
NARROW = evaluation(lists(first=0, spread=0))


def measured(one: Evaluation, too_mature: int = 0, titles: Titles = CATALOG) -> Measured:
    return Measured.of(one, SPLIT, titles, too_mature)


def why(rail: Guardrail, name: str, new: Measured, old: Measured) -> str:
    (found,) = guarded({name: rail}, new, (new, old))
    return found.why


def test_lists_that_show_a_fourth_of_the_catalog_where_all_was_shown_are_refused() -> None:
    narrow, wide = measured(NARROW), measured(WIDE)
    assert why(Guardrail(lose=0.3), "coverage@10", narrow, wide) == (
        "guardrail coverage@10 loses 75% of the champion's 1.0000, which is more than the tolerated 30%"
    )
    assert why(Guardrail(lose=0.8), "coverage@10", narrow, wide) == ""
    assert why(Guardrail(lose=0.3), "coverage@10", wide, narrow) == ""


def test_what_every_viewer_has_must_be_lost_beyond_chance() -> None:
    lost = replace(WIDE, values={**WIDE.values, "novelty@10": 0.5 * WIDE.values["novelty@10"]})
    means = {**WIDE.means, "novelty@10": Measured.of(WIDE, SPLIT, CATALOG, 0).means["novelty@10"]}
    old = measured(replace(WIDE, means=means))
    half = np.nanmean(lost.values["novelty@10"])
    new = measured(
        replace(lost, means={**means, "novelty@10": type(means["novelty@10"])(half, half, half)})
    )
    assert "guardrail novelty@10 loses 50%" in why(Guardrail(lose=0.2), "novelty@10", new, old)
    # The mean is as low, and it is one viewer's doing.
    one = WIDE.values["novelty@10"].copy()
    one[0] -= 0.5 * np.nansum(one)
    chance = measured(replace(lost, values={**WIDE.values, "novelty@10": one}, means=new.means))  # type: ignore[arg-type]
    assert why(Guardrail(lose=0.2), "novelty@10", chance, old) == ""


def test_bounds_hold_without_a_champion() -> None:
    (low,) = guarded({"coverage@10": Guardrail(least=0.5)}, measured(NARROW), None)
    assert low.why == "guardrail coverage@10 must be at least 0.5, and is 0.2500"
    assert low.champion is None
    (kept,) = guarded({"coverage@10": Guardrail(least=0.2)}, measured(NARROW), None)
    assert kept.why == ""


def test_one_title_above_a_childs_limit_is_one_too_many() -> None:
    rail = {TOO_MATURE: Guardrail(most=0)}
    assert guarded(rail, measured(WIDE, 0), None)[0].why == ""
    (found,) = guarded(rail, measured(WIDE, 1), None)
    assert found.why == "guardrail too_mature@10 must be at most 0, and is 1"


def test_new_titles_that_are_no_longer_shown_are_missed() -> None:
    moment = SPLIT.moment.astype("datetime64[s]").item().replace(tzinfo=UTC)
    old = datetime(2000, 1, 1, tzinfo=UTC)
    came = [moment if number >= 30 else old for number in range(len(CATALOG))]
    titles = catalog(available_from=came)
    hiding = evaluation(np.tile(np.arange(10, dtype=np.int32), (len(SPLIT.viewers), 1)))
    shown, hidden = measured(WIDE, titles=titles), measured(hiding, titles=titles)
    # Of forty titles ten are new; each begins as many lists.
    assert shown.means[NEW_TITLES].mean == pytest.approx(10 / 40, abs=0.05)
    assert "loses 100%" in why(Guardrail(lose=0.5), NEW_TITLES, hidden, shown)


def test_where_no_title_is_new_nothing_is_said_of_new_ones() -> None:
    old = [datetime(2000, 1, 1, tzinfo=UTC)] * len(CATALOG)
    titles = catalog(available_from=old)
    assert np.isnan(new_titles(WIDE, SPLIT, titles)).all()
    same = measured(WIDE, titles=titles)
    assert why(Guardrail(lose=0.5, least=0.1), NEW_TITLES, same, same) == ""


def test_a_guardrail_of_no_metric_is_a_mistake_of_the_declaration() -> None:
    with pytest.raises(ConfigError, match=r"guardrails: .*coverage@10.*got covrage@10"):
        guarded({"covrage@10": Guardrail(least=0.1)}, measured(WIDE), None)
    with pytest.raises(ConfigError, match=r"slices: expected one of .*, got viewer: new"):
        sliced({"viewer: new": 0.1}, None, CATALOG)


def with_ndcg(values: np.ndarray) -> Evaluation:
    return replace(WIDE, values={**WIDE.values, METRIC: values})


def against(values: np.ndarray, theirs: np.ndarray, split: Split = SPLIT) -> Compared:
    return Compared(with_ndcg(values), with_ndcg(theirs), CUT, split, (0, 0))


THEIRS = np.random.default_rng(0).uniform(0.4, 0.6, len(SPLIT.viewers))
GERMAN = SPLIT.histories.regions == "DE"


def test_a_region_that_pays_for_the_others_refuses() -> None:
    ours = np.where(GERMAN, 0.7, 1.3) * THEIRS
    found = {one.name: one for one in sliced({"region": 0.1}, against(ours, THEIRS), CATALOG)}
    assert set(found) == {"region: BR", "region: DE", "region: FR"}
    assert found["region: DE"].why.startswith("ndcg@10 of region: DE (")
    assert "30% of the champion's" in found["region: DE"].why
    assert found["region: FR"].why == ""
    assert sliced({"region: FR": 0.1}, against(ours, THEIRS), CATALOG)[0].name == "region: FR"


def test_a_loss_that_is_chance_or_small_refuses_nobody() -> None:
    wild = THEIRS.copy()
    wild[np.flatnonzero(GERMAN)[0]] = -20
    assert not any(one.why for one in sliced({"region": 0.1}, against(wild, THEIRS), CATALOG))
    little = np.where(GERMAN, 0.95, 1.0) * THEIRS
    assert not any(one.why for one in sliced({"region": 0.1}, against(little, THEIRS), CATALOG))


def test_kinds_of_few_viewers_are_not_judged() -> None:
    names = [one.name for one in sliced({"viewers": 0.1}, against(THEIRS, THEIRS), CATALOG)]
    # Everybody watched five to nine titles before, all of them for everybody: nobody is new, light or heavy.
    assert names == ["viewers: kids"]


def test_the_decision_says_which_guardrail_refuses_and_what_was_measured() -> None:
    rails = guarded(
        {"coverage@10": Guardrail(least=0.5)}, measured(NARROW), (measured(NARROW), measured(WIDE))
    )
    ours = np.where(GERMAN, 0.7, 1.3) * THEIRS
    compared = against(ours, THEIRS)
    made = decide(
        (Contestant(model="new", recipe="aa"), with_ndcg(ours)),
        Rival(Contestant(model="old", recipe="bb"), compared, fresh=True),
        {},
        cut=CUT,
        guardrails=rails,
        slices=sliced({"region": 0.1}, compared, CATALOG),
    )
    assert not made.published
    assert len(made.reasons) == 2
    assert made.reasons[0].startswith("guardrail coverage@10 must be at least 0.5")
    text = made.text()
    assert (
        "guardrail   coverage@10: +0.2500 [+0.2500, +0.2500]; on the same viewers +0.2500" in text
    )
    assert "slice       region: DE" in text
    assert text.count("REFUSED") == 2
    assert Decision.model_validate_json(made.model_dump_json()) == made
