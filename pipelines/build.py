"""From the lake to what models learn from: interactions as known today, and as known at the cut."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.files import atomic_directory, read_json, remove_leftovers
from pipelines.tables import NIGHT_AGAIN, read_table
from recsys.errors import InputError
from recsys.interactions import Interactions
from recsys.schema import POPULAR
from recsys.split import Split, cut_at, global_time
from recsys.titles import Titles

POPULAR_DAYS = 30
"""Days before the last in which viewers are counted for a service that has no bundle."""

HELD_OUT = 0.1
"""Share of the interactions, the latest, that models are judged by before they may serve."""

COLUMNS = (
    "pseudonym",
    "sequence",
    "event_type",
    "title_id",
    "occurred_at",
    "value",
    "watched_portion",
    "region",
    "device_type",
)
"""Of the lake's events, what interactions are made of."""


@dataclass(frozen=True, slots=True)
class Built:
    """What lies in ``<store>/built``.

    Attributes
    ----------
    interactions, known : pyarrow.Table
        INTERACTIONS as of ``until`` and as of ``cut``.
    catalog : pyarrow.Table
        TITLES, episodes included.
    until : datetime
        The midnight (UTC) after the last event.
    cut : datetime
        UTC; the latest HELD_OUT of the interactions happened from then on.
    """

    interactions: pa.Table
    known: pa.Table
    catalog: pa.Table
    until: datetime
    cut: datetime

    @classmethod
    def read(cls, store: Path) -> Built:
        """Read what ``build`` wrote.

        Raises
        ------
        InputError
            If nothing was built yet, or what was is damaged.
        """
        folder = store / "built"
        until, cut = moments(store)
        return cls(
            read_table(folder / "interactions.parquet", hint=NIGHT_AGAIN),
            read_table(folder / "known.parquet", hint=NIGHT_AGAIN),
            read_table(store / "lake" / "titles.parquet", hint=NIGHT_AGAIN),
            until,
            cut,
        )

    def split(self) -> Split:
        """Return the judgement at the cut."""
        titles = Titles.from_table(self.catalog)
        whole, known = (
            Interactions.from_table(table, titles.ids) for table in (self.interactions, self.known)
        )
        return global_time(whole, self.cut, known=known)


def build(store: Path) -> int:
    """Write ``built/`` anew from the lake, wholly or not at all; return the number of interactions.

    Raises
    ------
    InputError
        If the lake holds no event, or none that shows what a viewer watched.
    """
    events, catalog = lake(store)
    until = _midnight_after(pc.max(events["occurred_at"]).as_py())
    interactions = _interactions(events, catalog, until)
    # Models learn of no title that the catalog lacks, so the cut is not to count those either.
    known_titles = Titles.from_table(catalog).ids
    at = cut_at(Interactions.from_table(interactions, known_titles), HELD_OUT)
    cut = at.astype("datetime64[us]").item().replace(tzinfo=UTC)
    _write(store / "built", interactions, _interactions(events, catalog, cut), until, cut)
    return len(interactions)


def interactions_until(store: Path, until: str | None) -> tuple[pa.Table, pa.Table, datetime]:
    """Return the interactions known at a moment, the catalog, and the moment.

    Parameters
    ----------
    store : Path
    until : str, optional
        ISO 8601, UTC unless it says otherwise; by default the midnight after the last event.

    Raises
    ------
    InputError
        If it is no moment, or the lake holds no event before it.
    """
    events, catalog = lake(store)
    last = _midnight_after(pc.max(events["occurred_at"]).as_py())
    moment = last if until is None else _parsed(until)
    interactions = _interactions(events, catalog, moment)
    if not len(interactions):
        raise InputError(expected=f"events before {moment}", got="none", where=store / "lake")
    return interactions, catalog, moment


def lake(store: Path) -> tuple[pa.Table, pa.Table]:
    """Read COLUMNS of the events, and the catalog.

    Raises
    ------
    InputError
        If there is no lake, or no event in it.
    """
    from pipelines.lake import read_events, read_titles, what_the_gate_left  # noqa: PLC0415  (brings datasets)

    events, catalog = read_events(store, columns=list(COLUMNS)), read_titles(store)
    if not len(events):
        raise InputError(
            expected="events right of the privacy gate",
            got=what_the_gate_left(store),
            where=store / "lake",
            hint="Ingest events of more viewers who consent, or review the policy: data/privacy.toml, "
            "or your own by RECSYS_PRIVACY_POLICY",
        )
    return events, catalog


def moments(store: Path) -> tuple[datetime, datetime]:
    """Return ``until`` and ``cut`` of what was built, without reading any of it.

    Raises
    ------
    InputError
        If nothing was built yet, or its moments are damaged.
    """
    path = store / "built" / "moments.json"
    if not path.is_file():
        raise InputError(
            expected="interactions", got="none", where=path.parent, hint="Run `recsys nightly`"
        )
    said = read_json(path, NIGHT_AGAIN)
    try:
        return datetime.fromisoformat(said["until"]), datetime.fromisoformat(said["cut"])
    except (KeyError, TypeError, ValueError):
        raise InputError(
            expected="the moments `until` and `cut`", got=said, where=path, hint=NIGHT_AGAIN
        ) from None


def popular_titles(interactions: pa.Table, until: datetime) -> pa.Table:
    """Count the viewers of each title lately, in each region and in the whole world, as POPULAR."""
    since = pa.scalar(until - timedelta(days=POPULAR_DAYS))
    lately = interactions.filter(pc.greater_equal(interactions["last_at"], since))
    lately = lately.select(["title_id", "region"]).set_column(
        1, "region", pc.fill_null(lately["region"], "")
    )
    world = lately.set_column(1, "region", pa.array([""] * len(lately), pa.string()))
    known = lately.filter(pc.not_equal(lately["region"], ""))
    counts = (
        pa.concat_tables([known, world])
        .group_by(["region", "title_id"])
        .aggregate([([], "count_all")])
    )
    table = counts.rename_columns(["region", "title_id", "viewers"]).select(POPULAR.names)
    return table.cast(POPULAR).sort_by([(name, "ascending") for name in ("region", "title_id")])


def _interactions(events: pa.Table, catalog: pa.Table, as_of: datetime) -> pa.Table:
    from features.interactions import build as interactions_of  # noqa: PLC0415  (brings DuckDB)

    return interactions_of(events, catalog, as_of)


def _parsed(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(
            expected="a moment such as 2024-03-01", got=repr(text), where="until"
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _write(
    folder: Path, interactions: pa.Table, known: pa.Table, until: datetime, cut: datetime
) -> None:
    remove_leftovers(folder)
    with atomic_directory(folder) as beside:
        popular = popular_titles(interactions, until)
        for name, table in (
            ("interactions", interactions),
            ("known", known),
            ("popular", popular),
        ):
            pq.write_table(table, beside / f"{name}.parquet")
        moments = {"cut": cut.isoformat(), "until": until.isoformat()}
        (beside / "moments.json").write_text(json.dumps(moments, indent=1) + "\n")


def _midnight_after(moment: datetime) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)
