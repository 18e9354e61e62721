"""What staff changed is joined with what was ingested, and remembered for when the database is away."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from recsys.schema import TITLES
from serving.current_changes import NONE, Changes, CurrentChanges, Placement
from serving.database import DatabaseDownError


def table(**names: str) -> pa.Table:
    rows = [{"title_id": one, "title_type": "movie", "name": name} for one, name in names.items()]
    return pa.Table.from_pylist(rows, schema=TITLES)


def names(changes: Changes) -> dict[str, str]:
    return {row["title_id"]: row["name"] for row in changes.titles.to_pylist()}


class Staff:
    """A database of staff's changes, as one replica reads it."""

    def __init__(self, revision: int = 0) -> None:
        self.revision, self.down = revision, False
        self.titles: dict[str, tuple[int, str]] = {}
        self.taken: frozenset[str] = frozenset()
        self.placements: tuple[Placement, ...] = ()

    def change(self, **titles: str) -> None:
        self.revision += 1
        self.titles |= {title: (self.revision, name) for title, name in titles.items()}

    def since(self, revision: int) -> Changes | None:
        if self.down:
            raise DatabaseDownError.now()
        if revision == self.revision:
            return None
        since = revision if revision < self.revision else NONE
        late = {title: name for title, (at, name) in self.titles.items() if at > since}
        newest = max((at for at, _ in self.titles.values()), default=0)
        return Changes(self.revision, newest, table(**late), self.placements)

    def withdrawn(self) -> frozenset[str]:
        if self.down:
            raise DatabaseDownError.now()
        return self.taken


def test_a_catalog_is_as_staff_changed_it_and_otherwise_as_it_was_ingested() -> None:
    changes = Changes(1, 1, table(b="Renamed", c="New"), ())
    rows = changes.over(table(a="A", b="B")).to_pylist()
    assert {row["title_id"]: row["name"] for row in rows} == {"a": "A", "b": "Renamed", "c": "New"}
    assert Changes().over(table(a="A")) == table(a="A")


def test_only_what_is_new_is_read_and_what_was_known_stays(tmp_path: Path) -> None:
    staff = Staff()
    current = CurrentChanges(staff, tmp_path / "catalog" / "changes.parquet")
    assert current.check()
    assert not current.check()
    staff.change(a="One", b="Two")
    assert current.check()
    staff.change(b="Other")
    assert current.check()
    assert names(current.current) == {"a": "One", "b": "Other"}
    assert current.current.of_titles == 2


def test_without_the_database_the_last_that_was_known_holds_also_for_a_new_replica(
    tmp_path: Path,
) -> None:
    path, staff = tmp_path / "changes.parquet", Staff()
    placed = Placement(
        "row", "x", {"name": "X", "titles": ["a"]}, None, "2030-01-01T00:00:00+00:00"
    )
    staff.change(a="One")
    staff.taken, staff.placements = frozenset({"b"}), (placed,)
    assert CurrentChanges(staff, path).check()
    staff.down = True
    late = CurrentChanges(staff, path)
    assert not late.check()
    assert (names(late.current), late.withdrawn) == ({"a": "One"}, frozenset({"b"}))
    assert late.current.placements == (placed,)


def test_what_is_remembered_of_another_database_is_forgotten_though_its_revision_is_the_same(
    tmp_path: Path,
) -> None:
    path, one = tmp_path / "changes.parquet", Staff()
    one.change(a="One")
    one.taken = frozenset({"b"})
    assert CurrentChanges(one, path).check()
    current = CurrentChanges(Staff(revision=1), path)
    assert current.check()
    assert (names(current.current), current.withdrawn) == ({}, frozenset())


def test_a_placement_holds_from_its_start_to_before_its_end() -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 5, 1, hour, tzinfo=UTC)

    def placed(**times: Any) -> Placement:
        return Placement("row", "x", {}, times.get("starts"), times.get("ends"))

    one = placed(starts=at(3).isoformat(), ends=at(5).isoformat())
    assert [one.holds(at(hour)) for hour in (2, 3, 4, 5)] == [False, True, True, False]
    assert placed().holds(at(0))
