"""Viewers' ids are offered on the page where that was asked for, and nowhere else."""

from pathlib import Path

import httpx
import psycopg

from recsys.settings import Settings
from tests.serving.conftest import serving

SAMPLE = "/api/viewers/sample"


def test_nobody_is_shown_unless_it_was_asked_for(client: httpx.Client) -> None:
    assert client.get(SAMPLE).json() == []


def test_some_viewers_are_offered_and_counted_once(
    store: Path, registry: Path, shared_database: str
) -> None:
    settings = Settings(store=store, registry=registry, database_url=shared_database)
    with serving(settings, show_viewers=True) as client:
        viewers = client.get(SAMPLE).json()
        assert 0 < len(viewers) <= 10
        assert {"viewerId": "v000", "maximumAge": 7} in [
            {name: one[name] for name in ("viewerId", "maximumAge")} for one in viewers
        ]
        with psycopg.connect(shared_database) as connection:
            connection.execute(
                "INSERT INTO history (viewer_id, title_id, completed, watchlisted, last_at) "
                "SELECT 'v000', 'more' || n, true, false, now() FROM generate_series(1, 5) n"
            )
        assert client.get(SAMPLE).json() == viewers
        with psycopg.connect(shared_database) as connection:
            connection.execute("DELETE FROM history WHERE title_id LIKE 'more%'")
