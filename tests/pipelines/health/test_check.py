"""Each planted fault is found by its check, and by no other; and what is as ever passes."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.health.check import check, check_raw, require_healthy
from pipelines.health.findings import Checked
from pipelines.health.policy import Accepted
from recsys.errors import HealthError, InputError
from tests.pipelines.health.stores import (
    LAST,
    NOW,
    POLICY,
    again,
    amiss,
    change_titles,
    checked,
    consent,
    finding,
    of,
    plant,
    set_column,
    store_in,
    where_of,
    without,
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return store_in(tmp_path)


def test_a_store_as_it_should_be_passes_every_check(store: Path) -> None:
    found = checked(store)
    assert amiss(found) == {}
    assert finding(found, "volume").status == "passed"
    assert finding(found, "volume").judged == "2026-06-22 to 2026-06-24, by the 14 days before"


def test_a_day_without_events_is_missing_once_a_later_one_came(store: Path) -> None:
    plant(store, lambda events: without(events, LAST - timedelta(days=1)))
    found = checked(store)
    assert amiss(found) == {"missing": "stopped"}
    (fault,) = finding(found, "missing").faults
    assert fault.day == date(2026, 6, 23)
    assert fault.text().endswith("got none")


def test_the_day_that_a_night_is_for_must_be_there(store: Path) -> None:
    plant(store, lambda events: without(events, LAST))
    assert amiss(checked(store)) == {}
    assert amiss(checked(store, day=LAST)) == {"missing": "stopped"}


def test_a_day_of_which_a_third_came_is_found(store: Path) -> None:
    plant(store, lambda events: without(events, LAST, keep=3))
    assert amiss(checked(store)) == {"volume": "stopped"}


def test_a_day_that_came_twice_under_other_ids_is_found(store: Path) -> None:
    plant(store, lambda events: again(events, LAST - timedelta(days=1)))
    found = checked(store)
    assert amiss(found) == {"volume": "stopped"}
    assert "under other ids" in finding(found, "volume").faults[0].hint


def test_a_day_that_is_not_over_may_have_few_events(store: Path) -> None:
    noon = pa.scalar(datetime(2026, 6, 24, 12, tzinfo=NOW.tzinfo))
    plant(store, lambda events: events.filter(pc.less(events["occurred_at"], noon)))
    found = checked(store)
    assert amiss(found) == {}
    assert "2026-06-21 to 2026-06-23" in finding(found, "volume").judged
    assert amiss(checked(store, day=LAST)) == {"volume": "stopped"}


def test_events_that_came_twice_are_told_and_counted_once(store: Path) -> None:
    plant(
        store,
        lambda events: pa.concat_tables([events, *[events.filter(of(events, LAST))] * 2]),
    )
    assert amiss(checked(store)) == {"left_out.duplicates": "warned"}


def test_events_about_titles_that_the_catalog_lacks_are_found(store: Path) -> None:
    def rename(events: pa.Table) -> pa.Table:
        tenth = pc.and_(
            of(events, LAST), pa.array([number % 5 == 0 for number in range(len(events))])
        )
        return set_column(events, "title_id", pc.if_else(tenth, "tt-elsewhere", events["title_id"]))

    plant(store, rename)
    assert amiss(checked(store)) == {"left_out.unknown_titles": "stopped"}


def test_a_catalog_without_the_titles_of_the_events_is_found_on_the_first_day(store: Path) -> None:
    plant(store, lambda events: events.filter(of(events, LAST)))
    change_titles(store, lambda titles: titles.slice(0, len(titles) // 5))
    found = checked(store)
    assert amiss(found) == {"catalog": "stopped"}
    assert "not enough days to judge" in finding(found, "volume").not_judged


def test_a_catalog_that_lost_titles_which_the_champion_knows_is_found(store: Path) -> None:
    known = pq.read_table(store / "raw" / "titles.parquet")
    lost = pa.concat_tables([known, known]).slice(0, int(1.2 * len(known)))
    ids = pa.array([f"other-{n}" for n in range(len(lost) - len(known))])
    more = set_column(lost, "title_id", pa.chunked_array([known["title_id"].combine_chunks(), ids]))
    found = checked(store, champion=more)
    assert amiss(found) == {"catalog": "stopped"}
    assert amiss(checked(store, champion=known)) == {}


def test_events_of_the_future_are_found_whatever_else_is_known(store: Path) -> None:
    def ahead(events: pa.Table) -> pa.Table:
        at = events["occurred_at"].to_pylist()
        at[0] = datetime(2099, 1, 1, tzinfo=NOW.tzinfo)
        return set_column(events, "occurred_at", pa.array(at, events["occurred_at"].type))

    plant(store, ahead)
    (path,) = store.glob("raw/events/day=*/part-*.parquet")
    last = pq.read_table(path, partitioning=None)
    late = pc.equal(pc.year(last["occurred_at"]), 2099)
    (store / "raw/events/day=2099-01-01").mkdir()
    pq.write_table(last.filter(late), store / "raw/events/day=2099-01-01/part-00000.parquet")
    pq.write_table(last.filter(pc.invert(late)), path)
    assert finding(checked(store), "future").status == "stopped"


def test_events_later_today_are_of_the_future_too(store: Path) -> None:
    midnight = datetime(2026, 6, 24, tzinfo=NOW.tzinfo)
    assert finding(checked(store, now=midnight), "future").status == "stopped"
    evening = datetime(2026, 6, 24, 23, tzinfo=NOW.tzinfo)
    assert finding(checked(store, now=evening), "future").status == "passed"


def test_many_viewers_without_consent_on_one_day_are_found(store: Path) -> None:
    plant(store, lambda events: strangers(events, LAST))
    assert "consent" in amiss(checked(store))


def strangers(events: pa.Table, day: date) -> pa.Table:
    """Have half of a day's events be of viewers of whom no consent is recorded."""
    half = pc.and_(of(events, day), pa.array([n % 2 == 0 for n in range(len(events))]))
    named = pc.binary_join_element_wise(pa.scalar("new"), events["viewer_id"], "-")
    return set_column(events, "viewer_id", pc.if_else(half, named, events["viewer_id"]))


def test_consents_that_were_lost_on_all_days_at_once_are_found(store: Path) -> None:
    assert finding(checked(store), "consent_since").status == "not judged"
    consent(store, every=2)
    assert finding(checked(store), "consent_since").status == "stopped"
    # What was refused is not remembered as good: it stays refused until the list is back.
    assert finding(checked(store), "consent_since").status == "stopped"


def test_refusals_that_were_lost_are_found_as_well(store: Path) -> None:
    consent(store, every=2)
    checked(store)
    consent(store, every=1)
    assert finding(checked(store), "consent_since").status == "stopped"


def test_the_same_night_done_again_is_held_against_what_it_was_held_against(store: Path) -> None:
    consent(store, every=10)
    first = checked(store)
    assert checked(store) == first


def test_a_column_that_is_no_longer_filled_is_told(store: Path) -> None:
    plant(store, lambda events: where_of(events, LAST, "device_type", None))
    found = checked(store)
    assert amiss(found) == {"filled": "warned"}
    assert "device_type in about 100% of the events" in finding(found, "filled").faults[0].expected


def test_a_file_of_another_schema_is_found_before_the_gate(store: Path) -> None:
    check_raw(store, POLICY)
    (path,) = store.glob("raw/events/day=*/part-*.parquet")
    table = pq.read_table(path, partitioning=None)
    pq.write_table(table.drop_columns("device_type"), path)
    with pytest.raises(
        HealthError, match=r"check schema: .*part-00000.parquet.*none of \['device_type'\]"
    ):
        check_raw(store, POLICY)
    pq.write_table(set_typed(table), path)
    with pytest.raises(HealthError, match="row_rank of string, and not int32"):
        check_raw(store, POLICY)


def set_typed(table: pa.Table) -> pa.Table:
    at = table.column_names.index("row_rank")
    return table.set_column(at, "row_rank", table["row_rank"].cast(pa.string()))


def test_a_file_that_was_written_half_is_found_before_the_gate(store: Path) -> None:
    (path,) = store.glob("raw/events/day=*/part-*.parquet")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(HealthError, match="no whole Parquet file"):
        check_raw(store, POLICY)


def test_a_lake_of_another_schema_is_found(store: Path) -> None:
    checked(store)
    path = store / "lake" / "titles.parquet"
    pq.write_table(pq.read_table(path).drop_columns("maturity_rating"), path)
    assert amiss(check(store, POLICY, now=NOW)) == {"schema": "stopped"}


def test_what_was_accepted_stops_nothing_and_stays_in_the_record(store: Path) -> None:
    plant(store, lambda events: without(events, LAST, keep=3))
    known = Accepted(check="volume", day=LAST, why="The service was down for maintenance.")
    found = checked(store, POLICY.model_copy(update={"accepted": (known,)}))
    assert amiss(found) == {}
    assert finding(found, "volume").status == "accepted"
    assert "accepted (The service was down for maintenance.)" in found.text()
    other = Accepted(check="volume", day=LAST - timedelta(days=1), why="Another day.")
    assert amiss(checked(store, POLICY.model_copy(update={"accepted": (other,)})))


def test_a_stop_is_one_line_that_names_check_expectation_place_and_remedy(store: Path) -> None:
    plant(store, lambda events: without(events, LAST - timedelta(days=1)))
    with pytest.raises(HealthError) as told:
        require_healthy(checked(store), store / "record.json")
    said = str(told.value)
    assert "\n" not in said
    assert said.startswith("check missing: raw/events, 2026-06-23: expected about ")
    assert "got none" in said
    assert "recsys ingest" in said
    assert 'check = "missing", day = 2026-06-23' in said


def test_a_record_is_read_back_as_it_was_written(store: Path) -> None:
    found = checked(store)
    path = found.write(store / "records")
    assert Checked.model_validate_json(path.read_text()) == found
    assert path.name.startswith("2026-06-24-")
    assert path.with_suffix(".txt").read_text() == found.text()


def test_the_memory_of_a_night_is_damaged_loudly(store: Path) -> None:
    checked(store)
    (store / "health" / "memory.json").write_text("{")
    with pytest.raises(InputError, match="Remove it"):
        checked(store)
