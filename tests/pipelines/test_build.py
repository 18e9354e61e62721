"""What is built from the lake beside interactions: what many watched lately."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa

from pipelines.build import POPULAR_DAYS, popular_titles
from recsys.schema import INTERACTIONS, POPULAR

UNTIL = datetime(2026, 3, 1, tzinfo=UTC)


def watched(title: str, region: str | None, days_ago: float, viewer: str) -> dict[str, object]:
    moment = UNTIL - timedelta(days=days_ago)
    said = {"first_at": moment, "last_at": moment, "weight": 1.0, "sequence": 0}
    return {"pseudonym": viewer, "title_id": title, "region": region, **said}


def test_viewers_are_counted_by_region_and_in_the_whole_world() -> None:
    rows = [
        watched("a", "NO", 1, "v1"),
        watched("a", "NO", 2, "v2"),
        watched("a", "SE", 3, "v3"),
        watched("b", None, 4, "v4"),
        watched("c", "NO", POPULAR_DAYS + 1, "v5"),
    ]
    table = popular_titles(pa.Table.from_pylist(rows, INTERACTIONS), UNTIL)
    assert table.schema == POPULAR
    found = [tuple(row.values()) for row in table.to_pylist()]
    assert found == [("", "a", 3), ("", "b", 1), ("NO", "a", 2), ("SE", "a", 1)]


def test_where_nobody_watched_lately_nothing_is_counted() -> None:
    old = pa.Table.from_pylist([watched("a", "NO", 90, "v1")], INTERACTIONS)
    assert len(popular_titles(old, UNTIL)) == 0
