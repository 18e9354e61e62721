"""The row of what was begun stands where this viewer's sittings say, and comes out so again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import numpy as np
import pytest

from recsys.page.resuming import COLUMNS, Resuming
from tests.serving import world
from tests.serving.conftest import MakeClient, event, until

HOME, TASTE = "/api/recommendations/home", "/api/user/taste"
ROW = "continue-watching"
OTHERS = ("t006", "t012", "t015")


def model() -> Resuming:
    """Whoever usually goes on does, whoever does not does not, and more so on a television."""
    weights = np.zeros(len(COLUMNS))
    weights[COLUMNS.index("habit")] = 4.0
    weights[COLUMNS.index("on_tv")] = 6.0
    return Resuming(weights, np.zeros(len(COLUMNS)), np.ones(len(COLUMNS)), 0.0)


@pytest.fixture
def going_on(make_client: MakeClient, tmp_path: Path) -> httpx.Client:
    world.write_bundle(tmp_path, resuming=model())
    return make_client(registry=tmp_path)


def sits(client: httpx.Client, viewer: str, *sittings: tuple[str, str, float]) -> None:
    begins = datetime.now(UTC) - timedelta(minutes=10)
    events = [
        event(
            viewer,
            title,
            kind,
            sessionId=f"{viewer}-{at}",
            occurredAt=(begins + timedelta(minutes=at)).isoformat(),
            watchedPortion=portion,
        )
        for at, (title, kind, portion) in enumerate(sittings)
    ]
    assert client.post("/api/analytics/event", json=events).status_code == 202


def rows(client: httpx.Client, viewer: str, **more: str) -> list[str]:
    page = client.get(HOME, params={"viewerId": viewer, **more}).json()
    return [row["rowId"] for row in page["rows"]]


def named() -> str:
    return f"resuming-{uuid4().hex[:8]}"


def goes_on(client: httpx.Client) -> str:
    viewer = named()
    sits(client, viewer, *(("t003", "progress", 0.2 + 0.1 * at) for at in range(4)))
    return viewer


def discovers(client: httpx.Client) -> str:
    viewer = named()
    others = [(title, "complete", 1.0) for title in OTHERS]
    sits(client, viewer, ("t003", "progress", 0.3), *others)
    return viewer


def test_who_always_goes_on_gets_it_first_and_who_discovers_further_down(
    going_on: httpx.Client,
) -> None:
    assert rows(going_on, goes_on(going_on))[0] == ROW
    assert rows(going_on, discovers(going_on)).index(ROW) > 0


def test_the_device_counts_where_it_is_said(going_on: httpx.Client) -> None:
    viewer = discovers(going_on)
    told = [rows(going_on, viewer, deviceType=one).index(ROW) for one in ("tv", "phone")]
    assert told[0] < told[1]
    answer = going_on.get(HOME, params={"viewerId": viewer, "deviceType": "toaster"})
    assert answer.status_code == 422
    assert "deviceType" in answer.text


def test_what_was_watched_in_a_pause_makes_no_habit(going_on: httpx.Client) -> None:
    viewer = named()
    sits(going_on, viewer, ("t003", "progress", 0.2))
    edit: dict[str, Any] = {"history": "paused"}
    assert going_on.patch(TASTE, params={"viewerId": viewer}, json=edit).status_code == 200
    later = [
        event(viewer, "t003", "progress", sessionId=f"p{at}", watchedPortion=0.3 + 0.1 * at)
        | {"occurredAt": (datetime.now(UTC) + timedelta(milliseconds=at)).isoformat()}
        for at in range(3)
    ]
    assert going_on.post("/api/analytics/event", json=later).status_code == 202
    assert rows(going_on, viewer).index(ROW) > 0


def test_such_a_page_is_made_again_byte_for_byte(going_on: httpx.Client) -> None:
    params = {"viewerId": goes_on(going_on), "deviceType": "tv"}
    page = going_on.get(HOME, params=params).json()
    again = f"/api/recommendations/replay/{page['recommendationId']}"
    assert until(lambda: going_on.get(again).status_code == 200)
    assert going_on.get(again).json() == page


def test_a_bundle_without_the_model_serves_by_the_half_life(client: httpx.Client) -> None:
    # With the viewers' one title begun a moment ago, and another long left behind, in whatever sittings.
    assert ROW in rows(client, goes_on(client))
    assert ROW in rows(client, discovers(client))
