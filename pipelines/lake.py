"""What lies right of the privacy gate, for every step that reads it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from pipelines.files import read_json
from pipelines.tables import NIGHT_AGAIN, read_table, telling_damage
from recsys.errors import InputError
from recsys.schema import LAKE_EVENTS, TIME, TITLES


def read_events(
    store: Path,
    *,
    columns: list[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> pa.Table:
    """Read events of the lake, in the order of days, then of ``pseudonym`` and ``sequence``.

    Parameters
    ----------
    store : Path
    columns : list of str, optional
        Of LAKE_EVENTS; all by default.
    since, until : datetime, optional
        UTC; events at ``since`` are in, events at ``until`` are not.

    Raises
    ------
    InputError
        If there is no lake yet, or a file of it is damaged.
    """
    folder = store / "lake" / "events"
    _require(folder)
    files = sorted(map(str, folder.glob("day=*/part-*.parquet")))
    if not files:
        return LAKE_EVENTS.empty_table().select(columns or LAKE_EVENTS.names)
    moment, inside = pc.field("occurred_at"), pc.scalar(value=True)
    if since is not None:
        inside = inside & (moment >= pa.scalar(since, TIME))
    if until is not None:
        inside = inside & (moment < pa.scalar(until, TIME))
    lake = ds.dataset(files, schema=LAKE_EVENTS, format="parquet")
    with telling_damage(files, NIGHT_AGAIN):
        return lake.to_table(columns, filter=inside)


def read_titles(store: Path) -> pa.Table:
    """Read the catalog, TITLES, episodes included, sorted by ``title_id``.

    Raises
    ------
    InputError
        If there is no lake yet, or a file of it is damaged.
    """
    path = store / "lake" / "titles.parquet"
    _require(path)
    return read_table(path, TITLES, hint=NIGHT_AGAIN)


def what_the_gate_left(store: Path) -> str:
    """Return in words what became of the raw events: how many are left, and what kept how many out."""
    gate = read_json(store / "lake" / "gate.json", NIGHT_AGAIN)
    counts, least = gate["events"], gate["policy"]["k_viewers"]
    came, left = counts.pop("events_in"), counts.pop("events_out")
    words = {name: name.replace("_", " ") for name in counts}
    words["few_viewers"] = f"about titles with fewer than {least} viewers"
    reasons = ", ".join(f"{count:,} {words[name]}" for name, count in counts.items() if count)
    return f"{left:,} of {came:,} ({reasons})"


def _require(path: Path) -> None:
    if not path.exists():
        raise InputError(
            expected="a lake",
            got="none",
            where=path,
            hint="Run `recsys ingest`, then `recsys nightly`",
        )
