"""What staff change of the catalog, the night takes over; what they take down is closed right of the gate."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import create_engine

from pipelines import withdrawn
from pipelines.collect_titles import collect_titles
from pipelines.ingest.run import ingest
from pipelines.withdrawn import closed
from recsys.schema import TITLES
from recsys.settings import Settings
from serving.database import migrate
from serving.postgres import EmbeddedPostgres
from tests.serving.conftest import database_in, running_postgres

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def title(title_id: str, **more: Any) -> dict[str, Any]:
    return {"title_id": title_id, "title_type": "movie", "name": f"Film {title_id}"} | more


def table(*rows: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=TITLES)


def held(store: Path) -> dict[str, dict[str, Any]]:
    rows = pq.read_table(store / "raw" / "titles.parquet").to_pylist()
    return {row["title_id"]: row for row in rows}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with running_postgres() as one:
        yield one


@pytest.fixture
def url(server: EmbeddedPostgres) -> str:
    uri = database_in(server)
    engine = create_engine(uri.replace("postgresql://", "postgresql+psycopg://", 1))
    migrate(engine)
    engine.dispose()
    return uri


@pytest.fixture
def settings(url: str, tmp_path: Path) -> Settings:
    (raw := tmp_path / "store" / "raw").mkdir(parents=True)
    pq.write_table(table(title("a"), title("b"), title("c")), raw / "titles.parquet")
    return Settings(store=tmp_path / "store", database_url=url)


@pytest.fixture
def run(url: str) -> Callable[..., None]:
    def ran(statement: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute(statement)

    return ran


def test_what_staff_changed_is_taken_over_once(
    settings: Settings, run: Callable[..., None]
) -> None:
    run(
        "INSERT INTO title (title_id, title_type, name, genres, crew, available_until, revision, changed_by) VALUES "
        "('a', 'movie', 'Renamed', '{Drama,\"A, B\"}', '[{\"name\": \"Ann\", \"role\": null}]', "
        "'2030-01-01Z', 1, 'x'), ('new', 'movie', 'New', NULL, NULL, NULL, 2, 'x'), "
        "('b', 'movie', 'Not by staff', NULL, NULL, NULL, NULL, 'ingest')"
    )
    assert collect_titles(settings) == 2
    now = held(settings.store)
    assert sorted(now) == ["a", "b", "c", "new"]
    assert (now["a"]["name"], now["b"]["name"]) == ("Renamed", "Film b")
    assert now["a"]["genres"] == ["Drama", "A, B"]
    assert now["a"]["crew"] == [{"name": "Ann", "role": None}]
    assert now["a"]["available_until"] == datetime(2030, 1, 1, tzinfo=UTC)
    before = (settings.store / "raw" / "titles.parquet").stat()
    assert collect_titles(settings) == 0
    assert (settings.store / "raw" / "titles.parquet").stat() == before


def test_what_is_ingested_later_does_not_undo_it(
    settings: Settings, run: Callable[..., None], tmp_path: Path
) -> None:
    run(
        "INSERT INTO title (title_id, title_type, name, revision, changed_by) "
        "VALUES ('a', 'movie', 'Renamed', 1, 'x')"
    )
    assert collect_titles(settings) == 1
    pq.write_table(table(title("a"), title("d")), tmp_path / "catalog.parquet")
    ingest(tmp_path / "catalog.parquet", settings.store)
    assert held(settings.store)["a"]["name"] == "Film a"
    assert collect_titles(settings) == 1
    assert held(settings.store)["a"]["name"] == "Renamed"
    assert "d" in held(settings.store)


def test_what_is_taken_down_is_named_and_comes_back(
    settings: Settings, run: Callable[..., None]
) -> None:
    run("INSERT INTO title_takedown (title_id, reason, taken_by) VALUES ('b', 'why', 'x')")
    assert collect_titles(settings) == 1
    assert withdrawn.read(settings.store / "raw") == ["b"]
    assert held(settings.store)["b"] == table(title("b")).to_pylist()[0]
    run("DELETE FROM title_takedown")
    assert collect_titles(settings) == 1
    assert withdrawn.read(settings.store / "raw") == []


def test_a_series_that_is_taken_down_takes_its_episodes_with_it() -> None:
    series = title("s", title_type="series", available_until=datetime(2030, 1, 1, tzinfo=UTC))
    episode = title("e", title_type="episode", series_id="s")
    until = {
        row["title_id"]: row["available_until"]
        for row in closed(table(series, episode, title("a")), ["s"]).to_pylist()
    }
    assert until == {"s": LONG_AGO, "e": LONG_AGO, "a": None}


def test_a_database_without_a_catalog_is_none(settings: Settings, run: Callable[..., None]) -> None:
    run("DROP TABLE title_takedown")
    assert collect_titles(settings) is None


def test_translations_of_staff_are_taken_over(settings: Settings, run: Callable[..., None]) -> None:
    run(
        "INSERT INTO title (title_id, title_type, name, translations, revision, changed_by) VALUES "
        "('a', 'movie', 'Fjord', '[{\"language\": \"nb\", \"name\": \"Fjorden\", \"description\": null}]', 1, 'x')"
    )
    assert collect_titles(settings) == 1
    said = [{"language": "nb", "name": "Fjorden", "description": None}]
    assert held(settings.store)["a"]["translations"] == said
    assert collect_titles(settings) == 0


def test_a_database_of_before_lacks_translations_and_nothing_else(
    settings: Settings, run: Callable[..., None]
) -> None:
    run("ALTER TABLE title DROP COLUMN translations")
    run(
        "INSERT INTO title (title_id, title_type, name, revision, changed_by) "
        "VALUES ('a', 'movie', 'Fjord', 1, 'x')"
    )
    assert collect_titles(settings) == 1
    assert held(settings.store)["a"]["translations"] is None
