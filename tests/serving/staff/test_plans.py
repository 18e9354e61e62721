"""Each question to the tables of the catalog is answered by an index, however many rows there are."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from serving.catalog import store as trending
from serving.database import migrate
from serving.postgres import EmbeddedPostgres
from serving.staff import store
from tests.serving.conftest import database_in

MANY = 20_000


@pytest.fixture(scope="module")
def connection(postgres: EmbeddedPostgres) -> Iterator[psycopg.Connection[Any]]:
    url = database_in(postgres)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    migrate(engine)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO title (title_id, title_type, name, series_id, revision, changed_by) SELECT 't' || n, "  # noqa: S608
            "CASE WHEN n % 10 = 0 THEN 'series' ELSE 'episode' END, 'Name', "
            "CASE WHEN n % 10 > 0 THEN 't' || (n - n % 10) END, CASE WHEN n % 500 = 0 THEN n END, 'x' "
            f"FROM generate_series(1, {MANY}) AS n"
        )
        connection.execute(
            "INSERT INTO catalog_change (kind, subject_id, action, said, revision, made_by) "  # noqa: S608
            f"SELECT 'title', 't' || n, 'added', '{{}}', n, 'x' FROM generate_series(1, {MANY}) AS n"
        )
        connection.execute(
            "INSERT INTO event (event_id, event_type, viewer_id, title_id, occurred_at, received_at) "  # noqa: S608
            "SELECT gen_random_uuid(), 'play', 'v' || n, 't' || n, at - interval '100 days', at "
            f"FROM generate_series(1, {MANY}) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS moment"
        )
        connection.execute("ANALYZE")
        yield connection


QUESTIONS: dict[str, tuple[str, dict[str, Any], str]] = {
    "titles of a file": (store._ROWS, {"ids": ["t5", "t6"]}, "title_._pkey"),
    "the series that it names": (store._SERIES, {"ids": ["t10"]}, "title_._pkey"),
    "which of its series are played": (store._PLAYED, {"ids": ["t10"]}, "title_._series_id_idx"),
    "what changed since": (store._SINCE, {"since": MANY - 600}, "title_._revision_idx"),
    "the last change of a title": (store._OF_TITLES, {}, "title_._revision_idx"),
    "who changed a title": (store._LOG_OF, {"title": "t5", "limit": 10}, "catalog_change_of"),
    "who changed what last": (store._LOG, {"limit": 10}, "catalog_change_pkey"),
    "the events of a period": (
        trending._COUNTED,
        {"begins": "2026-01-01Z", "ends": "2026-01-01 03:00Z", "most": 3, "watching": ["play"]},
        "(event_by_arrival|event_.*received_at_idx)",
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_is_answered_by_an_index(connection: psycopg.Connection[Any], question: str) -> None:

    statement, given, index = QUESTIONS[question]
    plan = "\n".join(row[0] for row in connection.execute(f"EXPLAIN {statement}", given))
    assert re.search(rf"(Index|Index Only|Bitmap Index) Scan.*\b{index}\b", plan), plan
    assert not re.search(r"Seq Scan on (title_\d|catalog_change|event)\b", plan), plan


def test_the_catalog_lies_in_partitions_by_the_hash_of_the_title(
    connection: psycopg.Connection[Any],
) -> None:
    counts = connection.execute("SELECT count(*) FROM title GROUP BY tableoid").fetchall()
    assert len(counts) == 8
    # Each holds an eighth, give or take five standard deviations of a fair deal.
    assert all(abs(count - MANY / 8) < 5 * (MANY * 7 / 64) ** 0.5 for (count,) in counts)
