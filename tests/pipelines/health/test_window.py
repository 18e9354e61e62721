"""What is usual is robust: neither a weekend nor an outage among the days before misleads it."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from pipelines.health import daily
from pipelines.health.counted import COUNTED
from pipelines.health.findings import Finding
from pipelines.health.window import Days
from tests.pipelines.health.stores import POLICY

FIRST = date(2026, 6, 1)
WEEK = [1000, 1100, 1000, 900, 1000, 2000, 2000]


def table(counts: list[int], first: date = FIRST, last_hour: int = 23) -> pa.Table:
    rows = [
        {
            **dict.fromkeys(COUNTED.names, 0),
            "day": first + timedelta(days=number),
            "events": count,
            "kept": count,
            "viewers": count // 10,
            "last_hour": last_hour,
        }
        for number, count in enumerate(counts)
        if count
    ]
    return pa.Table.from_pylist(rows, schema=COUNTED)


def days(counts: list[int], last_hour: int = 23) -> Days:
    return Days.of(table(counts, last_hour=last_hour), POLICY.window, date(2026, 12, 1))


def volume(counts: list[int]) -> Finding:
    assert POLICY.volume is not None
    return daily.volume(days(counts), POLICY.volume)


def test_a_weekend_is_held_against_weekends() -> None:
    found = next(days([*WEEK, *WEEK, *WEEK[:6]]).judged())
    # The median of 2000, 2000 and the median of all days before, in logarithms.
    assert found.usual_volume("events") == pytest.approx((2000, 0))
    assert volume([*WEEK, *WEEK, *WEEK[:6]]).status == "passed"


def test_a_day_like_a_weekend_in_the_week_is_too_much() -> None:
    assert volume([*WEEK, *WEEK, 2000]).status == "stopped"
    assert volume([*WEEK, *WEEK, 1600]).status == "passed"
    assert volume([*WEEK, *WEEK, 500]).status == "stopped"


def test_an_outage_among_the_days_before_does_not_make_the_next_outage_usual() -> None:
    broken = [*WEEK, *WEEK[:6], 20, *WEEK, *WEEK[:6]]
    assert volume([*broken, 2000]).status == "passed"
    assert volume([*broken, 200]).status == "stopped"


def test_a_service_whose_weeks_differ_much_is_given_more_room() -> None:
    other = [count * factor for count, factor in zip(WEEK, [1, 2, 2, 2, 1, 2, 1], strict=True)]
    assert volume([*WEEK, *other, 2200]).status == "passed"


def test_fewer_than_fourteen_days_before_are_not_enough() -> None:
    found = volume([*WEEK, *WEEK[:6], 1])
    assert found.status == "not judged"
    assert found.not_judged == "not enough days to judge: 13 before 2026-06-14, 14 are needed"


def test_sparse_days_are_not_judged() -> None:
    sparse = [500 if number % 2 else 0 for number in range(30)]
    assert "7 of the 14" in volume([*sparse, 5]).not_judged


def test_a_handful_of_events_a_day_is_not_judged() -> None:
    assert volume([9] * 15 + [1]).not_judged == "too few events to judge: 9 a day, 200 are needed"


def test_a_missing_day_stays_missing_while_it_is_among_the_newest() -> None:
    assert POLICY.missing is not None
    for later in range(1, 4):
        found = daily.missing(days([*WEEK, *WEEK, 0, *WEEK[:later]]), POLICY.missing)
        assert found.status == ("stopped" if later < 3 else "passed")


def test_what_has_not_happened_is_no_day() -> None:
    ahead = pa.concat_tables([table([*WEEK, *WEEK, 1000]), table([5], date(2099, 1, 1))])
    found = Days.of(ahead, POLICY.window, date(2026, 12, 1))
    assert str(found.last) == "2026-06-15"


def test_a_lake_of_the_future_alone_is_judged_by_nothing() -> None:
    found = Days.of(table([5], date(2099, 1, 1)), POLICY.window, date(2026, 12, 1))
    assert list(found.judged()) == []
