"""What viewers took back while the API ran is gone from the raw side by the next night, and nothing else is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine

from pipelines.collect import collect
from pipelines.ingest.events import Events
from recsys.schema import EVENTS, VIEWERS
from recsys.settings import Settings
from serving.database import migrate
from serving.postgres import EmbeddedPostgres
from tests.pipelines.events import event

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with TemporaryDirectory(prefix="recsys-", ignore_cleanup_errors=True) as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        server.ensure_running()
        engine = create_engine(server.url().replace("postgresql://", "postgresql+psycopg://", 1))
        migrate(engine)
        engine.dispose()
        yield server.url()
        server.stop()


@pytest.fixture
def database(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE removed_title, profile, account, viewer CASCADE")
        yield connection


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    """A store with a day of one part, and a day of two, each of two viewers and two titles."""
    store = tmp_path / "store"
    (raw := store / "raw").mkdir(parents=True)
    for number in range(3):
        day = 0 if number == 0 else 40
        Events(raw / "events").add(some_events(number, NOON + timedelta(days=day)))
    viewers = [{"viewer_id": name, "consent": True} for name in ("anna", "bert")]
    pq.write_table(pa.Table.from_pylist(viewers, VIEWERS), raw / "viewers.parquet")
    return Settings(store=store, database_url=url)


def some_events(number: int, moment: datetime) -> pa.Table:
    rows = [
        event(4 * number + at, viewer_id=viewer, title_id=title, occurred_at=moment)
        for at, (viewer, title) in enumerate(
            [("anna", "t1"), ("anna", "t2"), ("bert", "t1"), ("bert", "t2")]
        )
    ]
    return pa.Table.from_pylist(rows, EVENTS)


def parts(settings: Settings) -> list[Path]:
    return sorted((settings.store / "raw" / "events").rglob("*.parquet"))


def left(settings: Settings) -> list[tuple[str, str, datetime]]:
    rows = [
        row
        for part in parts(settings)
        for row in pq.read_table(part, partitioning=None).to_pylist()
    ]
    return sorted((row["viewer_id"], row["title_id"], row["occurred_at"]) for row in rows)


def consents(settings: Settings) -> dict[str, bool]:
    rows = pq.read_table(settings.store / "raw" / "viewers.parquet").to_pylist()
    return {row["viewer_id"]: row["consent"] for row in rows}


def remove(database: psycopg.Connection[Any], viewer: str, title: str, moment: datetime) -> None:
    database.execute("INSERT INTO removed_title VALUES (%s, %s, %s)", (viewer, title, moment))


def erase(database: psycopg.Connection[Any], viewer: str) -> None:
    database.execute(
        "INSERT INTO viewer (viewer_id, consent, maximum_age, erased_at) VALUES (%s, false, 0, now())",
        (viewer,),
    )


def test_a_removed_title_is_gone_as_far_as_it_was_watched_before_it_was_removed(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    before = left(settings)
    remove(database, "anna", "t1", NOON)
    collect(settings)
    assert left(settings) == [one for one in before if one != ("anna", "t1", NOON)]


def test_an_erased_viewer_is_gone_from_events_and_from_the_viewers(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    erase(database, "anna")
    collect(settings)
    assert {viewer for viewer, _, _ in left(settings)} == {"bert"}
    assert consents(settings) == {"bert": True}


def test_what_is_ingested_again_is_gone_again_by_the_next_night(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    erase(database, "anna")
    collect(settings)
    assert Events(settings.store / "raw" / "events").add(some_events(0, NOON)) == 2
    collect(settings)
    assert {viewer for viewer, _, _ in left(settings)} == {"bert"}


def test_parts_that_lose_all_rows_leave_no_number_to_be_given_twice(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    moment = NOON + timedelta(days=40)
    folder = settings.store / "raw" / "events"
    Events(folder).add(
        pa.Table.from_pylist([event(90, viewer_id="carl", occurred_at=moment)], EVENTS)
    )
    for viewer in ("anna", "bert"):
        erase(database, viewer)
    collect(settings)
    assert {viewer for viewer, _, _ in left(settings)} == {"carl"}
    assert not (folder / "day=2026-05-01").exists()
    Events(folder).add(
        pa.Table.from_pylist([event(91, viewer_id="dora", occurred_at=moment)], EVENTS)
    )
    assert {viewer for viewer, _, _ in left(settings)} == {"carl", "dora"}


def test_a_profile_says_itself_whether_it_may_be_learned_from(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    database.execute("INSERT INTO account (account_id) VALUES ('a')")
    for viewer, consent, place in (("anna", False, 1), ("new", True, 2)):
        database.execute(
            "INSERT INTO viewer (viewer_id, consent) VALUES (%s, %s)", (viewer, consent)
        )
        database.execute(
            "INSERT INTO profile (viewer_id, account_id, place, name) VALUES (%s, 'a', %s, 'x')",
            (viewer, place),
        )
    collect(settings)
    assert consents(settings) == {"anna": False, "bert": True, "new": True}


def test_a_night_without_anything_taken_back_leaves_the_store_as_it_was(
    database: psycopg.Connection[Any], settings: Settings
) -> None:
    remove(database, "anna", "t1", NOON)
    collect(settings)
    before = (settings.store / "raw").stat().st_ino
    collect(settings)
    assert (settings.store / "raw").stat().st_ino == before
