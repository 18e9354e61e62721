"""The checks of what is of no one day: schemas, the future, consents, the catalog, silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.collect import MARK, Mark
from pipelines.health import policy
from pipelines.health.findings import Fault, Finding
from pipelines.health.memory import Memory
from pipelines.health.window import LAST_HOUR, Days
from pipelines.tables import read_table
from recsys.schema import EVENTS, LAKE_EVENTS, TITLES, VIEWERS

RAW_AGAIN = "Remove or mend the file, and ingest again what it held"
LAKE_AGAIN = "Remove the folder `lake` of the store, and run `recsys nightly`"


def raw_schema(raw: Path, check: policy.Check) -> Finding:
    """Find files left of the gate whose columns are not those of their schema."""
    found = _faults(raw.glob("events/day=*/part-*.parquet"), EVENTS, RAW_AGAIN)
    for name, schema in (("titles", TITLES), ("viewers", VIEWERS)):
        found += _faults([raw / f"{name}.parquet"], schema, RAW_AGAIN)
    return Finding(
        check="schema", severity=check.severity, judged="every file of raw/", faults=tuple(found)
    )


def lake_schema(lake: Path, check: policy.Check) -> Finding:
    """Find files right of the gate whose columns are not those of their schema."""
    found = _faults(lake.glob("events/day=*/part-*.parquet"), LAKE_EVENTS, LAKE_AGAIN)
    found += _faults([lake / "titles.parquet"], TITLES, LAKE_AGAIN)
    return Finding(
        check="schema", severity=check.severity, judged="every file of lake/", faults=tuple(found)
    )


def future(days: pa.Table, check: policy.Check, now: datetime) -> Finding:
    """Find days with events that have not happened yet; the hours of today to the hour."""
    today = now.astimezone(UTC).date()
    faults = [
        Fault(
            day=row["day"],
            expected=f"no events after {today}" + (f" {now:%H}:00" if row["day"] == today else ""),
            got=f"{row['events']:,}",
            where=f"raw/events, {row['day']}",
            hint="Look at the clock of who wrote them, and of this machine; take them out of raw/",
        )
        for row in days.select(["day", "events", "last_hour"]).to_pylist()
        if row["day"] > today
        or (row["day"] == today and row["last_hour"] > min(now.hour + 1, LAST_HOUR))
    ]
    return Finding(
        check="future", severity=check.severity, judged="every counted day", faults=tuple(faults)
    )


def consent_since(memory: Memory, check: policy.Moved) -> Finding:
    """Hold the share of viewers without consent, over all days, against that of the last good night."""
    name = "viewers_without_consent"
    now, before = memory.now.get(name), memory.before.get(name)
    faults: list[Fault] = []
    if now is not None and before is not None and abs(now - before) > check.jump:
        faults.append(
            Fault(
                expected=f"about {before:.1%} of viewers without consent, as in the last good night",
                got=f"{now:.1%}",
                where="raw/viewers.parquet",
                hint="Deliver the list of viewers again: `recsys ingest` with their consents",
            )
        )
    return Finding(
        check="consent_since",
        severity=check.severity,
        judged="all days, by the last good night",
        not_judged="" if before is not None else "no night before this one",
        faults=tuple(faults),
    )


def catalog(store: Path, days: Days, champion: pa.Table | None, check: policy.Catalog) -> Finding:
    """Hold the catalog against the champion's, and against the titles that the newest events are about.

    Parameters
    ----------
    store : Path
    days : Days
    champion : pyarrow.Table, optional
        TITLES as the champion knows them.
    check : policy.Catalog
    """
    faults = [*_lost(store, champion, check), *_about_unknown(days, check)]
    return Finding(
        check="catalog",
        severity=check.severity,
        judged="the newest days" + ("" if champion is None else ", and the champion's catalog"),
        faults=tuple(faults),
    )


def silence(store: Path, check: policy.Silence, now: datetime) -> Finding:
    """Find that nothing has come for long from a database that events came from before."""
    path = store / "raw" / MARK
    faults: list[Fault] = []
    if path.is_file() and (at := Mark.read(path).received_at) != "-infinity":
        hours = (now - datetime.fromisoformat(at)).total_seconds() / 3600
        if hours > check.hours:
            faults.append(
                Fault(
                    expected=f"an event in the last {check.hours:g} hours",
                    got=f"none since {at}",
                    where="the database",
                    hint="Look whether the API takes events in: its metrics, and its log",
                )
            )
    return Finding(
        check="silence",
        severity=check.severity,
        judged="what the database took in last",
        not_judged="" if path.is_file() else "no events from a database",
        faults=tuple(faults),
    )


def _lost(store: Path, champion: pa.Table | None, check: policy.Catalog) -> Iterator[Fault]:
    if champion is None or not len(champion):
        return
    titles = read_table(store / "lake" / "titles.parquet", columns=["title_id"], hint=LAKE_AGAIN)
    there = pc.is_in(champion["title_id"], titles["title_id"].combine_chunks())
    gone = len(champion) - (pc.sum(there).as_py() or 0)
    if gone > check.lost * len(champion):
        yield Fault(
            expected=f"at least {1 - check.lost:.0%} of the {len(champion):,} titles that the champion knows",
            got=f"{gone:,} of them gone",
            where="raw/titles.parquet",
            hint="Ingest the whole catalog again; what is taken down stays in it, with available_until",
        )


def _about_unknown(days: Days, check: policy.Catalog) -> Iterator[Fault]:
    """Find days most of whose events are about no title, of which no days before need be known."""
    for day in days.newest():
        about = day.count("events") - day.count("searches")
        if (
            about >= days.window.least_events
            and day.count("unknown_titles") > check.unknown * about
        ):
            yield Fault(
                day=day.date,
                expected=f"at most {check.unknown:.0%} of the events about titles that the catalog lacks",
                got=f"{day.count('unknown_titles') / about:.0%}",
                where=f"raw/titles.parquet, {day.date}",
                hint="Ingest the catalog of that day",
            )


def _faults(files: Iterable[Path], schema: pa.Schema, hint: str) -> list[Fault]:
    return [
        Fault(
            day=_day(path),
            expected="the columns of the schema (data/README.md)",
            got=wrong,
            where=str(path),
            hint=hint,
        )
        for path in sorted(files)
        if path.is_file() and (wrong := _wrong(path, schema))
    ]


def _wrong(path: Path, schema: pa.Schema) -> str:
    """Say what is wrong with a file's columns, from its footer; empty if nothing is."""
    try:
        own = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        return f"no whole Parquet file ({str(error).splitlines()[0]})"
    if lacking := [name for name in schema.names if name not in own.names]:
        return f"none of {lacking}"
    if strange := [name for name in own.names if name not in schema.names]:
        return f"{strange} besides"
    kinds = [f for f in schema if own.field(f.name).type != f.type]
    return ", ".join(f"{f.name} of {own.field(f.name).type}, and not {f.type}" for f in kinds)


def _day(path: Path) -> date | None:
    name = path.parent.name.removeprefix("day=")
    return date.fromisoformat(name) if path.parent.name != name else None
