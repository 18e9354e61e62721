"""Who goes on and who discovers is learned from how sittings began, and tells where the row stands."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from recsys.context import Context
from recsys.errors import InputError
from recsys.page.assemble import assemble
from recsys.page.kinds.own import ContinueWatching
from recsys.page.own import NOTHING, Begun, Habit, Own
from recsys.page.resuming import COLUMNS, Resuming, Sittings, Watched, columns, habit_of
from tests.recsys.page.material import FACTS, NOW, POLICY, days_ago, material

ALWAYS, NEVER = Habit(12, 11), Habit(12, 0)
BEGUN = (Begun(3, "t03", 0.5, days_ago(1)), Begun(4, "t04", 0.4, days_ago(4)))


def sittings(n: int = 400, seed: int = 0) -> Sittings:
    """Half of the viewers always go on, mostly with what they left last; the others hardly ever do."""
    random = np.random.default_rng(seed)
    found = []
    for at in range(n):
        habit = ALWAYS if at % 2 else NEVER
        known = columns(BEGUN, np.array([0.0, 3.0]), Context(NOW, device="tv"), habit)
        chosen = np.zeros(2, bool)
        if random.random() < (0.95 if at % 2 else 0.05):
            chosen[int(random.random() < 0.2)] = True
        found.append((known, chosen))
    return Sittings.of(found)


def page_of(habit: Habit, model: Resuming | None) -> list[str]:
    own = replace(NOTHING, begun=BEGUN, habit=habit)
    made_of = material(
        watched=[3, 4],
        picks=[n for n in range(30) if n not in {3, 4}],
        crowd=range(5, 40),
        own=own,
        facts=replace(FACTS, resuming=model),
    )
    proposed = [row for kind in POLICY.rows for row in kind.rows(made_of)]
    return [row.kind for row in assemble(proposed, made_of, POLICY)]


def test_one_who_always_goes_on_gets_it_first_and_one_who_never_does_lower() -> None:
    model = Resuming.fit(sittings())
    assert page_of(ALWAYS, model)[0] == "continue-watching"
    assert page_of(NEVER, model).index("continue-watching") > 1


def test_without_a_model_the_half_life_places_the_row_whoever_asks() -> None:
    assert page_of(ALWAYS, None) == page_of(NEVER, None)
    assert "continue-watching" in page_of(ALWAYS, None)


def test_one_title_is_enough_to_go_on_with() -> None:
    own = Own(BEGUN[:1], NOTHING.listed, NOTHING.finished, NOTHING.finished_at)
    made_of = material(watched=[3], picks=range(5, 30), crowd=range(5, 40), own=own)
    proposed = [row for kind in POLICY.rows for row in kind.rows(made_of)]
    page = {row.kind: row for row in assemble(proposed, made_of, POLICY)}
    assert page["continue-watching"].titles.ids.tolist() == [3]
    assert all(
        len(row.titles) >= POLICY.page.shortest
        for kind, row in page.items()
        if kind != "continue-watching"
    )


def test_the_likeliest_is_gone_on_with_first() -> None:
    model = Resuming.fit(sittings())
    own = replace(NOTHING, begun=BEGUN[::-1], habit=ALWAYS)
    made_of = material(own=own, facts=replace(FACTS, resuming=model))
    (row,) = ContinueWatching(kind="continue-watching").rows(made_of)
    assert row.titles.ids.tolist() == [3, 4]
    assert row.appeal is not None
    assert row.appeal[0] > row.appeal[1]


def test_chances_are_those_of_the_sittings_it_learned_from() -> None:
    learned = sittings()
    chances, habit = Resuming.fit(learned).chances(learned), COLUMNS.index("habit")
    often = np.bincount(learned.sitting, learned.columns[:, habit] > 0) > 0
    assert chances[often].mean() == pytest.approx(learned.resumed[often].mean(), abs=0.03)
    assert chances[~often].mean() == pytest.approx(learned.resumed[~often].mean(), abs=0.03)


def test_odds_are_of_going_on_against_discovering() -> None:
    # Two titles at even odds each: a third of the sittings for each, and a third for something else.
    nothing = np.zeros(len(COLUMNS))
    model = Resuming(nothing, nothing, nothing + 1, 0.0)
    known = columns(BEGUN, np.zeros(2), Context(NOW), NEVER)
    assert model.odds(known).tolist() == [1, 1]
    asked = Sittings.of([(known, np.zeros(2, bool))])
    assert model.chances(asked).tolist() == pytest.approx([2 / 3])


def test_a_device_that_is_not_known_is_like_the_usual_one() -> None:
    random, found = np.random.default_rng(1), []
    for at in range(400):
        device, chance = ("tv", 0.8) if at % 2 else ("phone", 0.2)
        known = columns(BEGUN[:1], np.zeros(1), Context(NOW, device=device), Habit(4, 2))
        found.append((known, random.random(1) < chance))
    model = Resuming.fit(Sittings.of(found))

    def odds(device: str) -> float:
        asked = columns(BEGUN[:1], np.zeros(1), Context(NOW, device=device), Habit(4, 2))
        return float(model.odds(asked)[0])

    assert odds("phone") < odds("") < odds("tv")
    assert odds("tv") == pytest.approx(4, rel=0.3)


def test_columns_tell_how_long_ago_and_how_far_behind_and_at_what_hour() -> None:
    context = Context(NOW + timedelta(hours=10), device="phone")  # Monday at six in the morning
    known = dict(
        zip(COLUMNS, columns(BEGUN, np.array([0.0, 3.0]), context, NEVER).T.tolist(), strict=True)
    )
    assert known["log_days_since"] == pytest.approx(
        np.log1p([1 + 10 / 24, 4 + 10 / 24]).tolist(), rel=1e-6
    )
    assert known["log_days_behind"] == pytest.approx([0, np.log(4)])
    assert known["log_place"] == pytest.approx([0, np.log(2)])
    assert known["habit"] == pytest.approx([np.log(1 / 13)] * 2)
    assert known["hour_sine"] == pytest.approx([1, 1])
    assert (known["weekend"], known["on_phone"], known["on_tv"]) == ([0, 0], [1, 1], [0, 0])


def test_a_habit_is_of_the_latest_sittings() -> None:
    many = [Watched(at, "s") for at in range(300)] + [Watched(300, "other")]
    assert habit_of(many, {}) == Habit(100, 98)
    assert habit_of([], {}) == Habit(0, 0)


def test_sittings_that_all_began_alike_teach_nothing() -> None:
    alike = replace(sittings(10), chosen=np.zeros(20, bool))
    with pytest.raises(InputError, match="resuming: expected sittings that began by going on"):
        Resuming.fit(alike)
    with pytest.raises(InputError):
        Resuming.fit(Sittings.of([]))


def test_it_is_read_as_it_was_written_and_one_of_other_columns_is_none(tmp_path: Path) -> None:
    path = tmp_path / "resuming.json"
    model, asked = Resuming.fit(sittings()), sittings(5).columns
    model.write(path)
    read = Resuming.read(path)
    assert read is not None
    np.testing.assert_array_equal(read.odds(asked), model.odds(asked))
    said = json.loads(path.read_text())
    said["columns"].pop("weekend")
    path.write_text(json.dumps(said))
    assert Resuming.read(path) is None
    assert Resuming.read(tmp_path / "none.json") is None


def test_the_same_sittings_teach_the_same() -> None:
    one, other = Resuming.fit(sittings()), Resuming.fit(sittings())
    assert one.weights.tolist() == other.weights.tolist()
