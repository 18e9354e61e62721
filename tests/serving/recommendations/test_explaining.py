"""Any title that may be shown is explained to the last digit, and of any other not a word is said."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.algorithms.ease import EASE
from recsys.algorithms.item_knn import ItemKNN
from recsys.ranking.hybrid import Hybrid
from tests.serving.conftest import MakeClient
from tests.serving.recommendations.test_answers import LIST, get
from tests.serving.test_degrades import NOWHERE
from tests.serving.world import ADULT, EXPIRED, FRENCH, watched

WHY = "/api/recommendations/explain"


def why(client: httpx.Client, title: str, **query: Any) -> dict[str, Any]:
    return get(client, WHY, contentId=title, **query)


def passed(answer: dict[str, Any]) -> dict[str, bool]:
    return {rule["rule"]: rule["passed"] for rule in answer["rules"]}


def summed(answer: dict[str, Any], key: str) -> float:
    return sum(one["contribution"] for one in answer[key])


def histories() -> dict[str, set[str]]:
    viewers, titles, _ = watched()
    found: dict[str, set[str]] = {}
    for viewer, title in zip(viewers.tolist(), titles.tolist(), strict=True):
        found.setdefault(f"v{viewer:03d}", set()).add(f"t{title:03d}")
    return found


@pytest.mark.parametrize("viewer", ["v010", "v011", "v012", "nobody"])
def test_the_score_of_every_title_of_a_list_is_explained(client: httpx.Client, viewer: str) -> None:
    items = get(client, LIST, viewerId=viewer, limit=30)["items"]
    for item in items:
        answer = why(client, item["contentId"], viewerId=viewer)
        assert (answer["eligible"], answer["source"]) == (True, item["source"])
        assert answer["degraded"] == []
        assert answer["title"]["name"] == item["name"]
        # A moment later a viewer is idle a moment longer, so the ranker may see a hair's difference.
        assert answer["score"] == pytest.approx(item["score"], rel=1e-3)
        assert answer["base"] + summed(answer, "features") == pytest.approx(
            answer["score"], rel=1e-4
        )
        part = answer["part"]
        assert part["base"] + part["unnamed"] + summed(part, "watched") == pytest.approx(
            part["score"], rel=1e-4, abs=1e-6
        )


def test_the_watched_titles_that_add_most_are_the_reason(client: httpx.Client) -> None:
    seen = histories()["v013"]
    best = get(client, LIST, viewerId="v013", limit=8)["items"]
    reasons = 0
    for item in best:
        answer = why(client, item["contentId"], viewerId="v013")
        named = answer["part"]["watched"]
        assert {one["contentId"] for one in named} <= seen
        leading = [one["name"] for one in named if one["share"] >= 0.1][:2]
        for name in leading:
            assert name in answer["reason"]
        reasons += answer["reason"].startswith("Because")
        assert answer["reason"].startswith("Because") == bool(leading)
    assert reasons > 0


def test_a_new_viewer_is_told_what_many_watch(client: httpx.Client) -> None:
    best = get(client, LIST, region="DE", limit=1)["items"][0]["contentId"]
    answer = why(client, best, region="DE")
    assert answer["part"]["watched"] == []
    assert answer["source"] == "popularity"
    names = {one["feature"] for one in answer["features"]}
    assert names <= {"popularity_region", "popularity_everywhere"}
    assert names
    assert answer["reason"] == "Many in your region are watching it now"


@pytest.mark.parametrize(
    ("titles", "query"),
    [
        (ADULT, {"viewerId": "v000"}),
        (ADULT, {"viewerId": "v000", "maximumAge": 99}),
        (ADULT, {"viewerId": "v010", "maximumAge": 16}),
        (FRENCH, {"viewerId": "v010"}),
        (FRENCH, {"viewerId": "v001", "region": "DE"}),
        (FRENCH, {}),
        (EXPIRED, {"viewerId": "v001"}),
    ],
)
def test_a_title_that_may_not_be_shown_is_as_good_as_unknown(
    client: httpx.Client, titles: set[str], query: dict[str, Any]
) -> None:
    for title in [*sorted(titles), "t999"]:
        answer = client.get(WHY, params={"contentId": title, **query, "filter": "release_year > 0"})
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        body = answer.json()
        assert body["errors"] == [
            {"field": "contentId", "expected": "a title of the catalog", "got": title}
        ]
        assert set(body) == {"type", "title", "status", "detail", "errors", "requestId"}


def test_who_may_be_shown_a_title_is_told_why(client: httpx.Client) -> None:
    adult = why(client, "t007", viewerId="v010")
    assert {rule["rule"]: rule["reason"] for rule in adult["rules"]}["maturity"] == (
        "It is for 18 years and older"
    )
    french = why(client, "t008", viewerId="v001")
    assert french["rules"][0]["reason"] == "It may be shown in FR"


def test_a_watched_title_that_may_not_be_shown_is_not_named(client: httpx.Client) -> None:
    told = 0
    for viewer, seen in sorted(histories().items()):
        hidden = seen & ADULT
        if viewer in {"v000", "v001", "v005", "v006", "v007"} or not hidden:
            continue
        for item in get(client, LIST, viewerId=viewer, limit=5, maximumAge=16)["items"]:
            ask = {"contentId": item["contentId"], "viewerId": viewer}
            open_, shut = get(client, WHY, **ask), client.get(WHY, params={**ask, "maximumAge": 16})
            for title in hidden:
                assert title not in shut.text
                assert f"Story {int(title[1:])} of" not in shut.text
            told += any(one["contentId"] in hidden for one in open_["part"]["watched"])
            part = shut.json()["part"]
            assert part["base"] + part["unnamed"] + summed(part, "watched") == pytest.approx(
                part["score"], rel=1e-4, abs=1e-6
            )
    assert told > 0


def test_what_a_filter_and_exclusions_keep_out_is_told(client: httpx.Client) -> None:
    ask = {"viewerId": "v010", "filter": 'genre = "Genre 1"'}
    title = get(client, LIST, viewerId="v010", limit=1, filter='genre = "Genre 1"')["items"][0]
    met = why(client, title["contentId"], **ask)
    assert passed(met)["filter"] is met["eligible"] is True
    assert met["score"] == pytest.approx(title["score"], rel=1e-3)
    other = get(client, LIST, viewerId="v010", limit=1, filter='genre = "Genre 0"')["items"][0]
    unmet = why(client, other["contentId"], **ask, excludeItems="t002")
    assert passed(unmet) == {
        "region": True,
        "window": True,
        "maturity": True,
        "filter": False,
        "excludeItems": True,
        "watched": True,
    }
    assert unmet["eligible"] is False
    # Its place is the one that it has where nothing is asked for.
    plain = why(client, other["contentId"], viewerId="v010")
    assert unmet["score"] == pytest.approx(plain["score"], rel=1e-3)
    left_out = why(client, other["contentId"], viewerId="v010", excludeItems=other["contentId"])
    assert (passed(left_out)["excludeItems"], left_out["eligible"]) == (False, False)


def test_a_watched_title_says_that_it_is_known(client: httpx.Client) -> None:
    title = sorted(histories()["v010"] - ADULT - FRENCH - EXPIRED)[0]
    answer = why(client, title, viewerId="v010")
    assert (passed(answer)["watched"], answer["eligible"]) == (False, False)
    assert answer["rules"][-1]["reason"] == "You know it already"


def test_an_episode_is_explained_as_its_series(client: httpx.Client) -> None:
    episode, series = (why(client, one, viewerId="v010") for one in ("e2", "s00"))
    assert episode["title"]["contentId"] == "s00"
    assert episode["rules"] == series["rules"]


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({}, 422, "contentId"),
        ({"contentId": ""}, 422, "contentId"),
        ({"contentId": "t000", "limit": "3"}, 422, "limit"),
        ({"contentId": "t000", "filter": "genre =="}, 400, "filter, column 8"),
    ],
)
def test_what_is_wrong_with_a_request_is_named(
    client: httpx.Client, query: dict[str, str], status: int, field: str
) -> None:
    answer = client.get(WHY, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)


words = st.text(max_size=20)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(title=words, viewer=words, filter_=words, excluded=words)
def test_no_request_whatever_makes_the_replica_fail(
    client: httpx.Client, title: str, viewer: str, filter_: str, excluded: str
) -> None:
    ask = {"viewerId": viewer, "filter": filter_, "excludeItems": excluded}
    for content in (title, "t003"):
        answer = client.get(WHY, params={"contentId": content, **ask})
        assert answer.status_code in {200, 400, 404, 422}


def test_without_the_database_a_new_viewers_explanation_says_what_is_missing(
    make_client: MakeClient,
) -> None:
    client = make_client(database_url=NOWHERE)
    answer = why(client, "t003", viewerId="v010")
    assert answer["degraded"] == ["history"]
    assert answer["part"]["watched"] == []
    hidden = client.get(WHY, params={"contentId": "t007", "viewerId": "v000"})
    assert hidden.status_code == 404


def test_without_a_bundle_the_newness_explains(make_client: MakeClient, tmp_path: Path) -> None:
    client = make_client(registry=tmp_path)
    answer = why(client, "t003", viewerId="v010", filter='type = "movie"')
    assert (answer["degraded"], answer["bundleId"], answer["part"]) == (["bundle"], None, None)
    assert [one["feature"] for one in answer["features"]] == ["newness"]
    assert answer["base"] + summed(answer, "features") == answer["score"]
    assert client.get(WHY, params={"contentId": "t009"}).status_code == 404


def test_a_part_that_breaks_leaves_the_rest_and_is_named(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    items = get(client, LIST, viewerId="v010", limit=20)["items"]
    title = next(one["contentId"] for one in items if one["source"] in {"ease", "item-knn"})
    for kind in (EASE, ItemKNN):
        monkeypatch.setattr(kind, "_added", fail)
    answer = why(client, title, viewerId="v010")
    assert answer["degraded"] == ["watched"]
    assert (answer["part"]["watched"], bool(answer["features"])) == ([], True)
    monkeypatch.setattr(Hybrid, "candidates", fail)
    answer = why(client, title, viewerId="v010")
    assert (answer["degraded"], answer["source"], answer["part"]) == (
        ["hybrid"],
        "popularity",
        None,
    )
    assert client.get("/metrics").text.count('recsys_degraded_total{rung="watched"} 1.0') == 1
