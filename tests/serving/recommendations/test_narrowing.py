"""A request says what may come: on every surface, exactly as many, and never more than rights let through."""

from typing import Any

import httpx
import pytest

from tests.serving.conftest import event, shown
from tests.serving.recommendations.test_answers import HOME, LIST, SIMILAR, SURFACES, get
from tests.serving.world import ADULT, EXPIRED, FRENCH

HIDDEN = ADULT | EXPIRED | FRENCH
WIDE = "release_year >= 0 or not release_year >= 0"


def of_taste(taste: int) -> set[str]:
    return {f"t{number:03d}" for number in range(taste, 60, 3)} | ({"s00"} if taste == 0 else set())


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_a_filter_holds_on_every_surface(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    titles = shown(get(client, url, viewerId="v005", filter='genre = "genre 1"', **query))
    assert titles
    assert set(titles) <= of_taste(1)


@pytest.mark.parametrize("algorithm", ["collaborative", "content-based", "hybrid"])
def test_exactly_as_many_come_as_were_asked_for(client: httpx.Client, algorithm: str) -> None:
    narrow = {"filter": 'genre = "Genre 2" and release_year < 2015', "algorithm": algorithm}
    assert len(shown(get(client, LIST, viewerId="nobody", limit=7, **narrow))) == 7


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_no_filter_lets_anything_through_that_rights_keep_back(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    titles = shown(get(client, url, viewerId="v000", filter=WIDE, **query))
    assert titles
    assert not set(titles) & HIDDEN


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_what_is_excluded_comes_nowhere_and_others_take_its_place(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    query = {**query, "limit": 5} if "limit" in query else query
    before = shown(get(client, url, viewerId="v006", **query))
    without = ",".join([*before[:3], "none-such"])
    after = shown(get(client, url, viewerId="v006", excludeItems=without, **query))
    assert not set(before[:3]) & set(after)
    if "limit" in query:
        assert len(after) == 5


def test_an_episode_is_excluded_with_its_series(client: httpx.Client) -> None:
    wide = {"filter": 'type = "series"'}
    assert shown(get(client, LIST, **wide)) == ["s00"]
    assert shown(get(client, LIST, excludeItems="e2", **wide)) == []


def test_a_viewers_own_titles_are_read_anew(client: httpx.Client) -> None:
    narrow = {"viewerId": "v007", "filter": "title in watchlist", "algorithm": "content-based"}
    assert shown(get(client, LIST, **narrow)) == []
    added = event("v007", "t002", "watchlist_add")
    assert client.post("/api/analytics/event", json=added).status_code == 202
    like = {"viewerId": "v007", "filter": "title in watchlist"}
    assert shown(get(client, SIMILAR, **like)) == ["t002"]
    assert "t002" not in shown(get(client, HOME, viewerId="v007", filter="not title in watchlist"))


def test_titles_watched_are_reasons_whether_they_are_wanted_or_not(client: httpx.Client) -> None:
    rows = get(client, HOME, viewerId="v005", filter="not title in watched")["rows"]
    assert any(row["rowId"].startswith("because-") for row in rows)


def test_a_filter_that_does_not_parse_is_a_400_with_its_column(client: httpx.Client) -> None:
    for url, query in SURFACES:
        answer = client.get(url, params={**query, "filter": "genre == 'Drama'"})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/invalid-filter"
        assert answer.json()["errors"][0] == {
            "field": "filter, column 8",
            "expected": "a text in quotes, as genre is",
            "got": "=",
        }
