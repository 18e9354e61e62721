"""Stores of three weeks and a half, in which a test plants one fault."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.anonymise import anonymise
from pipelines.health.check import check
from pipelines.health.findings import Checked, Finding
from pipelines.health.policy import HealthPolicy
from pipelines.ingest import ingest
from pipelines.world import make
from recsys.privacy.policy import Policy

ROOT = Path(__file__).parents[3]
POLICY = HealthPolicy.read(ROOT / "data" / "health.toml")
PRIVACY = Policy.read(ROOT / "data" / "privacy.toml")
LAST = date(2026, 6, 24)
NOW = datetime(2026, 6, 25, 3, tzinfo=UTC)


@cache
def template() -> Path:
    """Return a store with 24 days of a small world, made once."""
    folder = Path(mkdtemp())
    make(folder / "world", seed=2, viewers=300, titles=200, days=24)
    ingest(folder / "world", folder / "store")
    return folder / "store"


def store_in(folder: Path) -> Path:
    """Return a store of one's own."""
    shutil.copytree(template(), folder / "store")
    return folder / "store"


def plant(store: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change all raw events; there are few, so that each month of them is a file."""
    for path in sorted(store.glob("raw/events/day=*/part-*.parquet")):
        table = pq.read_table(path, partitioning=None)
        pq.write_table(change(table), path)


def of(table: pa.Table, day: date) -> pa.ChunkedArray:
    """Return which events are of a day."""
    return pc.equal(table["occurred_at"].cast(pa.date32()), pa.scalar(day))


def without(table: pa.Table, day: date, *, keep: int = 0) -> pa.Table:
    """Return the events without those of a day, of which every ``keep``-th may stay."""
    rows = pa.array([bool(keep) and number % keep == 0 for number in range(len(table))])
    return table.filter(pc.or_(pc.invert(of(table, day)), rows))


def again(table: pa.Table, day: date) -> pa.Table:
    """Return the events with those of a day once more, under other ids."""
    more = table.filter(of(table, day))
    ids = pa.array([str(UUID(int=(7 << 100) + number)) for number in range(len(more))])
    return pa.concat_tables([table, set_column(more, "event_id", ids)])


def set_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """Return a table with one column replaced."""
    at = table.column_names.index(name)
    return table.set_column(at, table.schema.field(name), values)


def where_of(table: pa.Table, day: date, name: str, value: object) -> pa.Table:
    """Return the events with a value in a column of a day."""
    field = table.schema.field(name)
    values = pc.if_else(of(table, day), pa.scalar(value, field.type), table[name])
    return set_column(table, name, values)


def change_titles(store: Path, change: Callable[[pa.Table], pa.Table]) -> None:
    """Change the raw catalog."""
    path = store / "raw" / "titles.parquet"
    pq.write_table(change(pq.read_table(path)), path)


def consent(store: Path, *, every: int) -> None:
    """Have only every so-manieth viewer consent."""
    path = store / "raw" / "viewers.parquet"
    viewers = pq.read_table(path)
    given = pa.array([number % every == 0 for number in range(len(viewers))])
    pq.write_table(set_column(viewers, "consent", given), path)


def checked(store: Path, policy: HealthPolicy = POLICY, **more: object) -> Checked:
    """Take a store through the privacy gate and check it."""
    anonymise(store, PRIVACY)
    return check(store, policy, **{"now": NOW, **more})  # type: ignore[arg-type]


def finding(found: Checked, name: str) -> Finding:
    """Return what one check came to."""
    return next(one for one in found.findings if one.check == name)


def amiss(found: Checked) -> dict[str, str]:
    """Return the checks that stop or warn, each with its status."""
    return {one.check: one.status for one in found.findings if one.faults}
