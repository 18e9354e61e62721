"""What is known of a viewer's limit when the database is gone."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from recsys.settings import Settings
from serving.analytics.backfill import take_in
from serving.database import Database
from serving.recommendations.contracts import Asked
from serving.recommendations.viewers import Viewers

NOWHERE = "postgresql://nobody@127.0.0.1:9/nothing"


@pytest.mark.parametrize("limit", [12, None])
def test_a_limit_that_changed_a_moment_ago_holds_without_the_database(
    store: Path, new_database: Callable[[], str], limit: int | None
) -> None:
    url, raw = new_database(), store / "raw"
    database = Database(
        Settings(store=store, database_url=url), lambda begin: take_in(begin, raw), lambda _: None
    )
    database.open()
    viewers = Viewers(raw / "viewers.parquet")
    viewers.remember(database)
    with psycopg.connect(url) as connection:
        connection.execute(
            "UPDATE viewer SET maximum_age = %s, changed_at = now() WHERE viewer_id = 'v005'",
            (limit,),
        )
    viewers.remember(database)
    database.close()
    gone = Database(Settings(store=store, database_url=NOWHERE), lambda _: None, lambda _: None)
    asker = viewers.who(Asked.model_validate({"viewerId": "v005"}), gone)
    assert (asker.context.maximum_age, asker.degraded) == (limit, ("history",))
