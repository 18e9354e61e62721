"""What is done while the history is paused is seen, and teaches the models nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.serving.conftest import event, shown
from tests.serving.recommendations.test_answers import HOME, LIST, get
from tests.serving.taste.test_taste import URL, new_viewer, patch, post


def now(viewer: str, title: str, kind: str = "complete", **more: Any) -> dict[str, Any]:
    moment = datetime.now(UTC) + timedelta(seconds=1)
    return event(viewer, title, kind, occurredAt=moment.isoformat(), **more)


def test_what_is_watched_while_the_history_is_paused_teaches_nothing_and_is_yet_seen(
    client: httpx.Client,
) -> None:
    viewer = new_viewer(client, "paused")
    without = {"limit": 38, "excludeItems": "t000,t003"}
    before = shown(get(client, LIST, viewerId=viewer, **without))
    taste = get(client, URL, viewerId=viewer)
    assert patch(client, viewer, history="paused") == taste | {"history": "paused"}
    post(client, *(now(viewer, title, watchedPortion=1.0) for title in ("t000", "t003")))
    assert shown(get(client, LIST, viewerId=viewer, limit=38)) == before
    page = get(client, HOME, viewerId=viewer)
    assert not {"t000", "t003"} & set(shown(page))
    assert not {"because-t000", "because-t003"} & {row["rowId"] for row in page["rows"]}
    assert get(client, URL, viewerId=viewer)["genres"] == taste["genres"]
    watched = {"filter": "title in watched", "limit": 40}
    assert {"t000", "t003"} <= set(
        shown(get(client, "/api/recommendations/similar/t006", viewerId=viewer, **watched))
    )


def test_a_title_watched_again_in_a_pause_keeps_the_weight_of_before(client: httpx.Client) -> None:
    post(client, event("rewatches", "t002", "progress", watchedPortion=0.2))
    post(client, event("rewatches", "t001", "progress", watchedPortion=0.6))
    patch(client, "rewatches", history="paused")
    post(client, now("rewatches", "t002", watchedPortion=1.0))
    weights = [one["weight"] for one in get(client, URL, viewerId="rewatches")["genres"]]
    assert weights == pytest.approx([3 / 4, 1 / 4])


def test_after_a_pause_the_history_listens_again_and_what_was_unheard_stays_so(
    client: httpx.Client,
) -> None:
    viewer = new_viewer(client, "listens", ("t002",))
    patch(client, viewer, history="paused")
    post(client, event(viewer, "t000", occurredAt=datetime.now(UTC).isoformat()))
    assert patch(client, viewer, history="running")["history"] == "running"
    assert [one["value"] for one in get(client, URL, viewerId=viewer)["genres"]] == ["Genre 2"]
    post(client, now(viewer, "t001", watchedPortion=1.0))
    heard = {one["value"] for one in get(client, URL, viewerId=viewer)["genres"]}
    assert heard == {"Genre 1", "Genre 2"}
    patch(client, viewer, history="paused")
    patch(client, viewer, history="paused")
    again = {one["value"] for one in get(client, URL, viewerId=viewer)["genres"]}
    assert again == heard
