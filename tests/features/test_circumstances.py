"""A title's device is read off who watched it before, and off nothing else."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from features.circumstances import PRIOR, lift_columns, lifts
from features.interactions import build
from recsys.context import Context
from recsys.interactions import Histories, Interactions
from recsys.schema import DEVICE_TYPES, LAKE_EVENTS, TITLES
from tests import worlds

NOW = datetime(2024, 3, 1, tzinfo=UTC)
TV, PHONE = DEVICE_TYPES.index("tv"), DEVICE_TYPES.index("phone")


def watched(*on: str | None) -> Histories:
    """Title 0 is watched on the first half of the devices, title 1 on the second; of title 2 nobody is known."""
    n = len(on)
    table = worlds.interactions_table(
        np.arange(n), (np.arange(n) >= n // 2).astype(int), days=np.arange(n) / n
    )
    at = table.schema.get_field_index("device_type")
    table = table.set_column(at, table.schema.field(at), pa.array(on, pa.string()))
    return Interactions.from_table(table, worlds.id_map(3)).histories


def test_a_title_that_is_watched_on_a_device_more_than_others_is_lifted_there() -> None:
    found = lifts(watched(*["tv"] * 30, *["phone"] * 30), NOW)
    # Half of all is on television: of title 0 thirty and ten more of sixty-and-twenty's half.
    share = PRIOR / 2
    assert found[0, TV] == pytest.approx(np.log((30 + share) / ((30 + PRIOR) / 2)))
    assert found[0, PHONE] == pytest.approx(np.log(share / ((30 + PRIOR) / 2)))
    assert found[1, TV] == pytest.approx(found[0, PHONE])
    assert found[2].tolist() == [0, 0, 0, 0]
    assert found[0, DEVICE_TYPES.index("tablet")] == 0


def test_what_happens_later_is_not_seen() -> None:
    histories = watched(*["tv"] * 10, *["phone"] * 10)
    end = np.sort(histories.occurred_at)[12]
    moment = end.astype("datetime64[s]").item().replace(tzinfo=UTC)
    early = histories.keep(histories.occurred_at < end)
    np.testing.assert_array_equal(lifts(histories, moment), lifts(early, NOW))


def test_where_no_device_is_known_there_is_nothing_to_tell() -> None:
    asked = np.array([0, 1, 2], np.int32)
    unknown = lifts(watched(None, None, None, None), NOW)
    assert not unknown.any()
    assert not lifts(Histories.of([[0, 1]], 3), NOW).any()
    assert np.isnan(lift_columns(unknown, asked, Context(NOW))).all()
    assert lift_columns(unknown, asked, Context(NOW, device="tv")).tolist() == [[0], [0], [0]]


def test_columns_are_those_of_the_device_that_asks() -> None:
    found = lifts(watched(*["tv"] * 30, *["phone"] * 30), NOW)
    asked = np.array([1, 0], np.int32)
    columns = lift_columns(found, asked, Context(NOW, device="phone"))
    assert columns[:, 0].tolist() == found[[1, 0], PHONE].tolist()
    assert columns[0] > 0 > columns[1]


def test_an_interaction_is_of_the_device_on_which_its_title_was_first_taken_up() -> None:
    told = [("e1", "phone"), ("e2", "tv"), ("m", None), ("m", "tablet"), ("m", "tv"), ("n", None)]
    rows = [
        {"pseudonym": "p", "sequence": at, "event_type": "play", "title_id": title}
        | {"occurred_at": NOW - timedelta(days=9 - at), "device_type": device}
        for at, (title, device) in enumerate(told)
    ]
    titles = [
        *({"title_id": one, "title_type": "movie", "name": one} for one in ("m", "n", "s")),
        *(
            {"title_id": one, "title_type": "episode", "name": one, "series_id": "s"}
            for one in ("e1", "e2")
        ),
    ]
    table = build(
        pa.Table.from_pylist(rows, LAKE_EVENTS), pa.Table.from_pylist(titles, TITLES), NOW
    )
    named = dict(zip(table["title_id"].to_pylist(), table["device_type"].to_pylist(), strict=True))
    assert named == {"s": "phone", "m": "tablet", "n": None}
