"""Pages and lists are what was asked for; limits of rights and age hold on every surface."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving.conftest import MakeClient, event, shown
from tests.serving.world import ADULT, EXPIRED, FRENCH, raw_events

HOME = "/api/recommendations/home"
LIST = "/api/recommendations"
SIMILAR = "/api/recommendations/similar/t000"
SURFACES = [
    (HOME, {}),
    (SIMILAR, {"limit": 100}),
    *[
        (LIST, {"limit": 100, "algorithm": algorithm})
        for algorithm in ("collaborative", "content-based", "hybrid")
    ],
]


def get(client: httpx.Client, url: str, **query: Any) -> dict[str, Any]:
    answer = client.get(url, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_viewer_with_a_history_gets_personal_rows(client: httpx.Client) -> None:
    page = get(client, HOME, viewerId="v005")
    ids = [row["rowId"] for row in page["rows"]]
    assert page["degraded"] == []
    assert ids[0] == "top-picks"
    assert any(row.startswith("because-") for row in ids)
    assert [row["rowRank"] for row in page["rows"]] == list(range(len(ids)))


def test_most_of_what_viewers_are_given_first_is_of_their_taste(
    make_client: MakeClient, new_database: Callable[[], str]
) -> None:
    client = make_client(database_url=new_database())  # where no other test has watched anything
    # A viewer's taste is the number modulo 3; by chance no more than a third would be of it.
    of_taste = []
    for number in range(2, 20):
        first = get(client, HOME, viewerId=f"v{number:03d}")["rows"][0]["items"][:4]
        of_taste += [item["genres"] == [f"Genre {number % 3}"] for item in first]
    assert sum(of_taste) / len(of_taste) > 0.6


@pytest.mark.parametrize("viewer", ["v005", "v011", "nobody", None])
def test_no_title_stands_on_a_page_twice(client: httpx.Client, viewer: str | None) -> None:
    titles = shown(get(client, HOME, **({"viewerId": viewer} if viewer else {})))
    assert titles
    assert len(titles) == len(set(titles))


def test_an_unknown_viewer_gets_the_new_viewers_page(client: httpx.Client) -> None:
    assert shown(get(client, HOME, viewerId="nobody")) == shown(get(client, HOME))


def test_every_item_carries_what_an_event_about_it_needs(client: httpx.Client) -> None:
    page = get(client, HOME, viewerId="v006")
    row = page["rows"][0]
    item = row["items"][1]
    body = event(
        "v006",
        item["contentId"],
        "impression",
        recommendationId=page["recommendationId"],
        bundleId=page["bundleId"],
        rowId=row["rowId"],
        rowRank=row["rowRank"],
        itemRank=item["itemRank"],
        source=item["source"],
        propensity=item["propensity"],
    )
    assert client.post("/api/analytics/event", json=body).status_code == 202


def test_artwork_is_there_where_it_is_named(client: httpx.Client) -> None:
    rows = get(client, HOME)["rows"]
    named = {item["artwork"] for row in rows for item in row["items"]}
    assert None in named  # every other title of this world has no poster
    for address in named - {None}:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_a_childs_limit_holds_everywhere(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    titles = shown(get(client, url, viewerId="v000", **query))
    assert titles
    assert not set(titles) & (ADULT | EXPIRED | FRENCH)


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_a_request_cannot_loosen_a_childs_limit(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    assert not set(shown(get(client, url, viewerId="v000", maximumAge=99, **query))) & ADULT


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_a_request_can_tighten_a_grown_ups(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    assert set(shown(get(client, url, viewerId="nobody", **query))) & ADULT
    assert not set(shown(get(client, url, viewerId="nobody", maximumAge=16, **query))) & ADULT


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_the_region_is_the_viewers_unless_the_request_says_another(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    assert set(shown(get(client, url, viewerId="v001", **query))) & FRENCH
    assert not set(shown(get(client, url, viewerId="v001", region="DE", **query))) & FRENCH
    assert not set(shown(get(client, url, **query))) & FRENCH


@pytest.mark.parametrize(("url", "query"), SURFACES)
def test_what_has_expired_is_shown_to_nobody(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    assert not set(shown(get(client, url, viewerId="v002", **query))) & EXPIRED


def test_a_title_above_the_limit_is_not_even_named(client: httpx.Client) -> None:
    watched = event("v000", "t007")
    assert client.post("/api/analytics/event", json=watched).status_code == 202
    rows = get(client, HOME, viewerId="v000")["rows"]
    assert "because-t007" not in [row["rowId"] for row in rows]


@pytest.mark.parametrize(("url", "query"), SURFACES[1:])
def test_fewer_titles_come_where_some_relevance_is_wanted(
    client: httpx.Client, url: str, query: dict[str, Any]
) -> None:
    query = {"viewerId": "v005"} | query
    every = shown(get(client, url, **query))
    some = shown(get(client, url, minRelevance=0.3, **query))
    assert 0 < len(some) < len(every)
    assert some == every[: len(some)]
    assert len(shown(get(client, url, minRelevance=1, **query))) < len(some)
    refused = client.get(url, params=query | {"minRelevance": 2})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "minRelevance")


def test_a_newcomer_may_pick_from_titles_of_all_kinds_that_may_be_shown(
    client: httpx.Client,
) -> None:
    url = f"{LIST}/onboarding"
    offered = get(client, url, viewerId="nobody")["items"]
    assert len(offered) == 24
    assert len({item["genres"][0] for item in offered[:3]}) == 3
    child = shown(get(client, url, viewerId="v000", limit=100))
    assert not set(child) & (ADULT | EXPIRED | FRENCH)
    watched = shown(get(client, url, viewerId="v005", limit=100))
    assert not set(watched) & watched_by("v005")


def watched_by(viewer: str) -> set[str]:
    rows = raw_events().to_pylist()
    return {row["title_id"] for row in rows if row["viewer_id"] == viewer}


def test_similar_titles_are_alike_and_leave_out_the_title_itself(client: httpx.Client) -> None:
    items = get(client, SIMILAR, limit=5)["items"]
    assert "t000" not in [item["contentId"] for item in items]
    assert all(item["genres"] == ["Genre 0"] for item in items)


def test_an_episode_is_like_what_its_series_is_like(client: httpx.Client) -> None:
    episode = get(client, "/api/recommendations/similar/e2", limit=5)
    series = get(client, "/api/recommendations/similar/s00", limit=5)
    assert shown(episode) == shown(series)


def test_an_unknown_title_is_a_404_that_names_it(client: httpx.Client) -> None:
    answer = client.get("/api/recommendations/similar/t999")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0] == {
        "field": "contentId",
        "expected": "a title of the catalog",
        "got": "t999",
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "NaN"),
        ("limit", "1.5"),
        ("limit", "ten"),
        ("limit", str(10**30)),
        ("algorithm", "magic"),
        ("maximumAge", "-1"),
        ("maximumAge", "false"),
        ("region", "Germany"),
        ("region", "de"),
        ("deviceType", "fridge"),
        ("viewerId", ""),
        ("viewerId", "a\x00b"),
        ("viewerId", "x" * 300),
        ("viewerID", "v000"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(
    client: httpx.Client, field: str, value: str
) -> None:
    answer = client.get(LIST, params={field: value})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == field


words = st.text(max_size=30)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(viewer=words, region=words, age=words, limit=words, algorithm=words)
def test_no_request_whatever_makes_the_replica_fail(
    client: httpx.Client, viewer: str, region: str, age: str, limit: str, algorithm: str
) -> None:
    query = {"viewerId": viewer, "region": region, "maximumAge": age, "limit": limit}
    answer = client.get(LIST, params=query | {"algorithm": algorithm})
    assert answer.status_code in {200, 422}
    plain = client.get(HOME, params={"viewerId": viewer})
    assert plain.status_code in {200, 422}


def test_fields_are_in_camel_case(client: httpx.Client) -> None:
    page = get(client, HOME)
    assert set(page) == {"recommendationId", "bundleId", "degraded", "rows", "nextCursor"}
    assert set(page["rows"][0]) == {
        "rowId",
        "rowRank",
        "name",
        "reason",
        "source",
        "items",
        "nextCursor",
    }


@pytest.mark.parametrize("field", ["viewer_id", "maximum_age"])
def test_only_camel_case_is_taken(client: httpx.Client, field: str) -> None:
    answer = client.get(HOME, params={field: "7"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_a_parameter_that_comes_twice_is_named(client: httpx.Client) -> None:
    answer = client.get(HOME, params=[("maximumAge", "7"), ("maximumAge", "18")])
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"field": "maximumAge", "expected": "one value", "got": '["7","18"]'}
    ]


def test_an_unknown_address_and_a_wrong_method_are_problems_too(client: httpx.Client) -> None:
    for answer in (client.get("/nothing"), client.put(HOME)):
        assert answer.status_code in {404, 405}
        assert answer.headers["content-type"] == "application/problem+json"
