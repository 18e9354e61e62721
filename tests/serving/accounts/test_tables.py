"""The tables come and go, and what is asked most is found by an index."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine

import serving.migrations
from serving.database import migrate

BEFORE = "0004"
TABLES = {
    "account",
    "profile",
    "preference",
    "removed_title",
    "subscription",
    "upgrade_request",
    "payment_event",
}
PLANS = {
    "history_watchlist": (
        "SELECT title_id, listed_at FROM history WHERE viewer_id = 'v7' AND watchlisted "
        "ORDER BY listed_at DESC LIMIT 5000"
    ),
    "viewer_by_change": (
        "SELECT viewer_id FROM viewer WHERE changed_at > now() - interval '20 seconds'"
    ),
    "removed_title_lately": (
        "SELECT viewer_id FROM removed_title WHERE removed_at > now() - interval '30 seconds'"
    ),
    "profile_by_account": "SELECT viewer_id FROM profile WHERE account_id = 'a7' ORDER BY place",
    "upgrade_request_under_way": (
        "SELECT key FROM upgrade_request WHERE account_id = 'a7' AND answer IS NULL"
    ),
}
FILLED = """
INSERT INTO viewer (viewer_id, consent, changed_at)
    SELECT 'v' || n, true, now() - n * interval '1 hour' FROM generate_series(1, 20000) AS n;
INSERT INTO account (account_id) SELECT 'a' || n FROM generate_series(1, 20000) AS n;
INSERT INTO profile (viewer_id, account_id, place, name)
    SELECT 'v' || n, 'a' || n, 1, 'x' FROM generate_series(1, 20000) AS n;
INSERT INTO history (viewer_id, title_id, completed, watchlisted, last_at, listed_at)
    SELECT 'v' || n / 100, 't' || n % 100, true, n % 20 = 0, now(), now()
    FROM generate_series(1, 50000) AS n;
INSERT INTO removed_title SELECT 'v' || n, 't', now() - n * interval '1 hour'
    FROM generate_series(1, 20000) AS n;
INSERT INTO upgrade_request (account_id, key, tier, answer)
    SELECT 'a' || n, k, 'basic', CASE WHEN n % 50 = 7 AND k = '1' THEN NULL ELSE '{}'::jsonb END
    FROM generate_series(1, 20000) AS n, (VALUES ('1'), ('2')) AS keys (k);
ANALYZE
"""


def engine_of(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))


def brought_back(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(serving.migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0] for row in rows}


def test_the_tables_can_be_taken_back_and_made_again(new_database: Callable[[], str]) -> None:
    url = new_database()
    engine = engine_of(url)
    migrate(engine)
    assert tables(url) >= TABLES
    brought_back(engine, BEFORE)
    assert not tables(url) & TABLES
    migrate(engine)
    engine.dispose()
    assert tables(url) >= TABLES


def test_what_is_asked_most_is_found_by_an_index(new_database: Callable[[], str]) -> None:
    url = new_database()
    engine = engine_of(url)
    migrate(engine)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FILLED)
        for index, query in PLANS.items():
            plan = "\n".join(row[0] for row in connection.execute("EXPLAIN " + query))
            assert index in plan, plan
