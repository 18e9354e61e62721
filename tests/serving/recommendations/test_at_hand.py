"""Titles like one that are at hand: sent at once, and exactly what the route would have answered."""

from __future__ import annotations

import httpx
import pytest

from recsys.ranking import near
from serving.recommendations.service import Recommendations
from tests.serving.conftest import MakeClient, TokenFor, bearer
from tests.serving.world import ADULT, EXPIRED, FRENCH

SIMILAR = "/api/recommendations/similar/"


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replicas that remember ten neighbours of a title; the titles that were looked for."""
    monkeypatch.setattr(near, "KEPT", 10)
    titles: list[str] = []
    looked_for = Recommendations.similar

    def noted(self: Recommendations, content_id: str, *rest: object) -> object:
        titles.append(content_id)
        return looked_for(self, content_id, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Recommendations, "similar", noted)
    return titles


def items(answer: httpx.Response) -> list[dict[str, object]]:
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_what_was_looked_for_once_is_at_hand(make_client: MakeClient, looked: list[str]) -> None:
    client = make_client()
    first, again = (client.get(SIMILAR + "t000", params={"limit": 5}) for _ in range(2))
    assert looked == ["t000"]
    assert items(first) == items(again)
    assert again.headers["content-type"] == "application/json"
    ids = [answer.json()["recommendationId"] for answer in (first, again)]
    assert len(set(ids)) == 2
    counted = client.get("/metrics").text
    assert 'route="/api/recommendations/similar/{contentId}",status="200"} 2.0' in counted


def test_rights_hold_for_what_is_at_hand(make_client: MakeClient, looked: list[str]) -> None:
    client = make_client()
    everyone = [f"t{number:03d}" for number in range(10)]
    for title in everyone:
        client.get(SIMILAR + title, params={"limit": 1})
    del looked[:]
    for query in ({}, {"region": "FR"}, {"maximumAge": 12}, {"region": "FR", "maximumAge": 12}):
        for title in everyone:
            found = items(client.get(SIMILAR + title, params={"limit": 3} | query))
            ids = {item["contentId"] for item in found}
            assert EXPIRED not in ids
            assert "region" in query or FRENCH not in ids
            assert "maximumAge" not in query or ADULT not in ids
    assert len(looked) < 40  # most of them were at hand


@pytest.mark.parametrize(
    "query", [{"viewerId": "v005"}, {"filter": 'genre = "Genre 1"'}, {"excludeItems": "t003"}]
)
def test_what_is_asked_for_somebody_or_of_some_titles_is_looked_for(
    make_client: MakeClient, looked: list[str], query: dict[str, str]
) -> None:
    client = make_client()
    for _ in range(2):
        items(client.get(SIMILAR + "t000", params={"limit": 3} | query))
    assert looked == ["t000"] * 2


def test_faults_are_told_as_ever(make_client: MakeClient, looked: list[str]) -> None:
    client = make_client()
    for _ in range(2):
        assert client.get(SIMILAR + "t000", params={"limit": 0}).status_code == 422
        assert client.get(SIMILAR + "t000", params={"limits": 3}).status_code == 422
        assert client.get(SIMILAR + "nothing").status_code == 404
        assert client.get(SIMILAR + "t000/more").status_code == 404
        assert client.post(SIMILAR + "t000").status_code == 405


def test_a_closed_replica_sends_a_stranger_nothing(
    make_client: MakeClient, looked: list[str], token_for: TokenFor
) -> None:
    client = make_client(open_access=False)
    backend = bearer(token_for(None, "service"))
    for _ in range(2):
        items(client.get(SIMILAR + "t000", params={"limit": 5}, headers=backend))
    assert looked == ["t000"]
    assert client.get(SIMILAR + "t000", params={"limit": 5}).status_code == 401
