"""What the ranker saw when a page was made is what a batch computes from the events behind it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import numpy as np
import psycopg
import pyarrow as pa

from features.interactions import build, histories_of
from features.progress import Episodes
from features.ranking import RankingFeatures
from pipelines.registry import Registry
from recsys.interactions import Histories, Interactions
from recsys.ranking.hybrid import Hybrid
from recsys.ranking.recommender import Recommender
from recsys.schema import DEVICE_TYPES, LAKE_EVENTS
from serving.recommendations.viewers import Asker
from serving.replay.record import unpacked
from tests.serving import world
from tests.serving.conftest import event, until

START = datetime(2024, 2, 20, 9, 30, tzinfo=UTC)
DONE: list[tuple[str, str, dict[str, Any]]] = [
    ("t003", "progress", {"watchedPortion": 0.2}),
    ("t003", "progress", {"watchedPortion": 0.7}),
    ("t014", "complete", {}),
    ("t006", "rating", {"value": 2.5}),
    ("t011", "play", {}),
    ("e1", "complete", {}),
    ("e2", "progress", {"watchedPortion": 0.3}),
    ("t020", "thumb", {"value": 1}),
    ("t021", "watchlist_add", {}),
    ("t022", "impression", {}),
    ("t006", "rating", {"value": 4.5}),
    ("t021", "watchlist_remove", {}),
]


def told(client: httpx.Client) -> str:
    viewer = f"logged-{uuid4().hex[:8]}"
    events = [
        event(viewer, title, kind, occurredAt=(START + timedelta(hours=7 * at)).isoformat(), **more)
        for at, (title, kind, more) in enumerate(DONE)
    ]
    assert client.post("/api/analytics/event", json=events).status_code == 202
    return viewer


def logged(database: str, recommendation_id: str) -> bytes | None:
    query = "SELECT made_from FROM made_page WHERE recommendation_id = %s"
    with psycopg.connect(database) as connection:
        row = connection.execute(query, (UUID(recommendation_id),)).fetchone()
    return None if row is None else bytes(row[0])


def in_a_batch(database: str, viewer: str, recommender: Recommender, asker: Asker) -> Histories:
    """Return the history that training would learn from, of the events as they were taken in."""
    columns = "event_type, title_id, occurred_at, value, watched_portion"
    query = f"SELECT {columns} FROM event WHERE viewer_id = %s ORDER BY occurred_at"  # noqa: S608
    with psycopg.connect(database) as connection:
        rows = connection.execute(query, (viewer,)).fetchall()
    lines = [
        {"pseudonym": viewer, "sequence": at, "region": asker.context.region or None}
        | dict(zip(columns.split(", "), row, strict=True))
        for at, row in enumerate(rows)
    ]
    lake = pa.Table.from_pylist(lines, schema=LAKE_EVENTS)
    table = build(lake, world.catalog(), asker.context.now)
    return Interactions.from_table(table, recommender.titles.ids).histories


def seen(model: Hybrid, history: Histories, asker: Asker) -> tuple[list[int], np.ndarray]:
    """Return the candidates, and all that the ranker sees of them."""
    candidates = model.candidates(history, np.zeros((1, history.n_titles), bool))
    return candidates.titles.tolist(), model.seen(history, candidates, asker.context)


def test_columns_of_a_logged_page_are_those_of_a_batch_over_its_events(
    client: httpx.Client, registry: Path, shared_database: str
) -> None:
    viewer = told(client)
    asked = {"viewerId": viewer, "deviceType": "phone"}
    page = client.get("/api/recommendations/home", params=asked).json()
    assert until(lambda: logged(shared_database, page["recommendationId"]) is not None)
    _, asker = unpacked(logged(shared_database, page["recommendationId"]) or b"")

    bundle = Registry(registry).champion()
    assert bundle is not None
    recommender = Recommender.load(bundle, RankingFeatures)
    series = Episodes.of(recommender.catalog).series
    online = histories_of(
        asker.engagement,
        recommender.titles.ids,
        series,
        asker.context.now,
        region=asker.context.region,
    )
    batch = in_a_batch(shared_database, viewer, recommender, asker)
    assert len(online.titles) == len({title for title, *_ in DONE}) - 2  # one series, one shown
    model = recommender.model
    assert model.features is not None
    lifts = np.random.default_rng(0).random((len(recommender.titles), len(DEVICE_TYPES)), "f4")
    model.features = replace(model.features, device_lifts=lifts)
    titles, saw = seen(model, online, asker)
    others, computed = seen(
        model, batch, replace(asker, context=replace(asker.context, device=asked["deviceType"]))
    )
    assert titles == others
    assert saw.shape[1] > len(RankingFeatures.names)
    np.testing.assert_allclose(saw, computed, rtol=1e-5, atol=1e-6)
    on_phone = saw[:, model.columns.index("device_lift")]
    assert on_phone.tolist() == lifts[titles, DEVICE_TYPES.index("phone")].tolist()
