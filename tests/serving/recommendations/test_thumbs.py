"""A thumb down takes a title away at once, everywhere, and softens what is like it."""

from typing import Any

import httpx
import pytest

from tests.serving.conftest import event, shown
from tests.serving.recommendations.test_answers import LIST, SURFACES, get

URL = "/api/analytics/event"


def post(client: httpx.Client, viewer: str, title: str, kind: str, **more: Any) -> None:
    answer = client.post(URL, json=event(viewer, title, kind, **more))
    assert answer.status_code == 202


def mean_place(client: httpx.Client, viewer: str, titles: set[str], algorithm: str) -> float:
    listed = shown(get(client, LIST, viewerId=viewer, limit=60, algorithm=algorithm))
    places = [place for place, title in enumerate(listed) if title in titles]
    return sum(places) / len(places)


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_a_title_turned_down_is_gone_everywhere(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    viewer = f"down-{len(url)}-{query.get('algorithm')}"
    post(client, viewer, "t002", "complete", watchedPortion=1.0)
    first = shown(get(client, url, viewerId=viewer, **query))[0]
    post(client, viewer, first, "thumb", value=-1)
    assert first not in shown(get(client, url, viewerId=viewer, **query))


def test_a_thumb_up_brings_a_title_back_that_was_not_watched(client: httpx.Client) -> None:
    similar = "/api/recommendations/similar/t002"
    post(client, "sorry", "t005", "thumb", value=-1)
    assert "t005" not in shown(get(client, similar, viewerId="sorry", limit=50))
    post(client, "sorry", "t005", "thumb", value=1, occurredAt="2024-03-03T20:00:00Z")
    assert "t005" in shown(get(client, similar, viewerId="sorry", limit=50))


@pytest.mark.parametrize("algorithm", ["hybrid", "collaborative", "content-based"])
def test_what_is_like_it_falls_though_it_was_never_watched(
    client: httpx.Client, algorithm: str
) -> None:
    viewer = f"softens-{algorithm}"
    for title in ("t000", "t001", "t003", "t004"):
        post(client, viewer, title, "complete", watchedPortion=1.0)
    like = shown(get(client, "/api/recommendations/similar/t006", limit=5))
    like = {title for title in like if title not in {"t000", "t001", "t003", "t004"}}
    before = mean_place(client, viewer, like, algorithm)
    post(client, viewer, "t006", "thumb", value=-1)
    assert mean_place(client, viewer, like, algorithm) > before


def test_it_is_no_reason_any_more(client: httpx.Client) -> None:
    home = "/api/recommendations/home"
    post(client, "regrets", "t002", "complete", watchedPortion=1.0)
    post(client, "regrets", "t001", "complete", watchedPortion=1.0)
    rows = [row["rowId"] for row in get(client, home, viewerId="regrets")["rows"]]
    assert "because-t002" in rows
    post(client, "regrets", "t002", "thumb", value=-1)
    rows = [row["rowId"] for row in get(client, home, viewerId="regrets")["rows"]]
    assert "because-t002" not in rows
    assert "because-t001" in rows


@pytest.mark.parametrize(
    ("kind", "said", "did"),
    [("thumb", {"value": 1}, "liked"), ("complete", {"watchedPortion": 1.0}, "watched")],
)
def test_what_was_liked_and_not_watched_is_named_so(
    client: httpx.Client, kind: str, said: dict[str, float], did: str
) -> None:
    for title in ("t002", "t001"):
        post(client, f"who-{did}", title, kind, **said)
    page = get(client, "/api/recommendations/home", viewerId=f"who-{did}")
    names = [row["name"] for row in page["rows"] if row["rowId"].startswith("because-")]
    assert names
    assert all(name.startswith(f"Because you {did} Story") for name in names)
