"""A title is told with all that is known of it, where and to whom it may be shown, and nowhere else."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.serving import world
from tests.serving.conftest import MakeClient, TokenFor, bearer, event, shown, until

CONTENT = "/api/content"


def told(client: httpx.Client, title_id: str, **query: Any) -> httpx.Response:
    # The same id for each, or no two problems would be the same.
    headers = {"X-Request-ID": "content"}
    return client.get(f"{CONTENT}/{title_id}", params=query, headers=headers)


def test_a_title_is_told_as_the_catalog_has_it(client: httpx.Client) -> None:
    (row,) = [one for one in world.catalog().to_pylist() if one["title_id"] == "t004"]
    assert told(client, "t004", region="DE").json() == {
        "contentId": "t004",
        "type": "movie",
        "name": row["name"],
        "description": row["description"],
        "genres": ["Genre 1"],
        "keywords": ["keyword 1"],
        "year": 1994,
        "durationSeconds": 5400.0,
        "maturityRating": "all",
        "cast": ["Actor 1"],
        "crew": [{"name": "Director 1", "role": "director"}],
        "languages": ["en"],
        "images": {"poster": "/artwork/t004.svg"},
        "availability": {"region": "DE", "availableFrom": None, "availableUntil": None},
        "series": None,
        "seasons": None,
    }
    assert told(client, "t005").json()["images"] == {"poster": None}  # whose file is not there


def test_a_series_tells_its_episodes_and_an_episode_its_series(client: httpx.Client) -> None:
    (season,) = told(client, "s00").json()["seasons"]
    assert season["seasonNumber"] == 1
    assert [(one["contentId"], one["episodeNumber"]) for one in season["episodes"]] == [
        ("e1", 1), ("e2", 2), ("e3", 3)
    ]  # fmt: skip
    about = {"contentId": "s00", "name": "The Long Story", "seasonNumber": 1, "episodeNumber": 2}
    assert told(client, "e2").json()["series"] == about


@pytest.mark.parametrize(
    ("title_id", "query", "status"),
    [
        ("t007", {}, 200),
        ("t007", {"maximumAge": 12}, 404),
        ("t007", {"viewerId": "v000"}, 404),
        ("t007", {"viewerId": "v000", "maximumAge": 99}, 404),
        ("t008", {}, 404),
        ("t008", {"region": "DE"}, 404),
        ("t008", {"region": "FR"}, 200),
        ("t008", {"viewerId": "v001"}, 200),
        ("t008", {"viewerId": "v002"}, 404),
        ("t009", {"region": "DE"}, 404),
    ],
)
def test_what_may_not_be_shown_is_as_unknown_as_what_is_not_there(
    client: httpx.Client, title_id: str, query: dict[str, Any], status: int
) -> None:
    for path in (title_id, f"{title_id}/recommendations"):
        answer = told(client, path, **query)
        assert answer.status_code == status
        if status == 404:
            assert answer.text.replace(title_id, "zzz") == told(client, path.replace(title_id, "zzz"), **query).text  # fmt: skip


def test_an_episode_falls_with_its_series_and_has_a_window_of_its_own(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = Path(copytree(store, tmp_path / "store"))

    def write(**changes: dict[str, Any]) -> None:
        rows = [one | changes.get(one["title_id"], {}) for one in world.catalog().to_pylist()]
        beside = own / "raw" / ".titles.parquet"
        pq.write_table(pa.Table.from_pylist(rows, world.catalog().schema), beside)
        beside.replace(own / "raw" / "titles.parquet")

    client = make_client(store=own)
    write(e2={"available_until": world.UNTIL}, e3={"season_number": 2, "episode_number": 1})

    def seasons() -> list[list[str]]:
        told_now = told(client, "s00").json()["seasons"]
        return [[one["contentId"] for one in season["episodes"]] for season in told_now]

    assert until(lambda: seasons() == [["e1"], ["e3"]])
    assert told(client, "e2").status_code == 404
    write(s00={"maturity_rating": "18"}, e1={"maturity_rating": "all"})
    assert until(lambda: told(client, "e1", maximumAge=12).status_code == 404)
    assert told(client, "e1").status_code == 200


def test_titles_around_one_are_like_it_and_in_the_order_of_the_viewer(client: httpx.Client) -> None:
    ask = {"limit": 5, "region": "DE"}
    path = f"{CONTENT}/t003/recommendations"
    liked = {f"t{n:03d}" for n in range(0, 60, 3)}
    anonymous = shown(client.get(path, params=ask).json())
    assert set(anonymous) <= liked
    orders = set()
    for viewer in ("v000", "v003", "v006", "v009"):
        page = client.get(path, params=ask | {"viewerId": viewer}).json()
        done = client.get("/api/recommendations", params={"viewerId": viewer, "limit": 100}).json()
        assert "t003" not in shown(page)
        assert len(shown(page)) == 5
        assert done["items"]
        orders.add(tuple(shown(page)))
    assert len(orders) > 1
    assert page["items"][0]["contentId"] in liked


def test_what_was_watched_is_not_told_again_around_a_title(client: httpx.Client) -> None:
    events = [event("around-1", one, watchedPortion=1.0) for one in ("t000", "t006", "t012")]
    assert client.post("/api/analytics/event", json=events).status_code == 202
    ask = {"viewerId": "around-1", "limit": 50}
    page = shown(client.get(f"{CONTENT}/t003/recommendations", params=ask).json())
    assert page
    assert not {"t000", "t006", "t012"} & set(page)


def test_others_may_keep_what_does_not_depend_on_who_asks(
    client: httpx.Client, token_for: TokenFor
) -> None:
    for path in ("t004", "categories", "new-releases", "trending"):
        anonymous = told(client, path, region="DE")
        assert "public" in anonymous.headers["cache-control"]
        assert anonymous.headers["vary"] == "Authorization, Accept-Language"
        again = client.get(
            f"{CONTENT}/{path}",
            params={"region": "DE"},
            headers={"If-None-Match": anonymous.headers["etag"]},
        )
        assert (again.status_code, again.content) == (304, b"")
        named = told(client, path, viewerId="v002")
        with_token = client.get(f"{CONTENT}/{path}", headers=bearer(token_for("v002")))
        for answer in (named, with_token):
            assert answer.headers["cache-control"].startswith("private")
            assert answer.headers["vary"] == "Authorization, Accept-Language"


def test_a_token_says_the_region_and_the_age_where_the_query_does_not(
    client: httpx.Client, token_for: TokenFor
) -> None:
    child, french = bearer(token_for("v000")), bearer(token_for("v001"))
    assert client.get(f"{CONTENT}/t007", headers=child).status_code == 404
    assert client.get(f"{CONTENT}/t008", headers=french).status_code == 200
    stranger = client.get(f"{CONTENT}/t004", params={"viewerId": "v002"}, headers=child)
    assert stranger.status_code == 403


def test_categories_count_what_may_be_shown(client: httpx.Client) -> None:
    everything = told(client, "categories", region="FR").json()
    child = told(client, "categories", region="DE", maximumAge=12).json()
    # Of sixty movies six are expired; six are French, and six for adults alone. A series is no movie.
    assert {one["name"]: one["count"] for one in everything["categories"]} == {
        "movie": 60 - 6, "series": 1
    }  # fmt: skip
    assert {one["name"]: one["count"] for one in child["categories"]} == {
        "movie": 60 - 18, "series": 1
    }  # fmt: skip
    assert sum(one["count"] for one in child["genres"]) == 60 - 18 + 1
    assert all(one["artwork"].startswith("/artwork/") for one in child["genres"])
    counts = [one["count"] for one in everything["genres"]]
    assert counts == sorted(counts, reverse=True)


def test_genres_are_called_as_they_are_declared_now(
    tmp_path: Path, make_client: MakeClient
) -> None:
    declared = Path(copytree(world.SHELF, tmp_path / "models"))
    client, file = make_client(declarations=declared), declared / "words" / "nb.toml"

    def label() -> str:
        genres = told(client, "categories", language="nb").json()["genres"]
        return next(one["label"] for one in genres if one["name"] == "Genre 1")

    assert label() == "Genre 1"
    file.write_text(file.read_text().replace("[genres]", '[genres]\n"Genre 1" = "Sjanger 1"'))
    assert until(lambda: label() == "Sjanger 1")


def pages(client: httpx.Client, **query: Any) -> list[list[dict[str, Any]]]:
    found, cursor = [], {}
    while True:
        page = told(client, "new-releases", **query, **cursor).json()
        found.append(page["items"])
        if page["nextCursor"] is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


@pytest.mark.parametrize("by", ["release", "arrival"])
def test_new_releases_are_paged_to_the_last_each_once(client: httpx.Client, by: str) -> None:
    found = pages(client, region="DE", maximumAge=12, by=by, limit=7)
    assert [len(one) for one in found] == [7] * 6 + [1]
    items = [one for page in found for one in page]
    assert len({one["contentId"] for one in items}) == 60 - 18 + 1
    years = [one["year"] for one in items]
    assert years == sorted(years, reverse=True)
    (whole,) = pages(client, region="DE", maximumAge=12, by=by, limit=100)
    assert whole == items


def test_by_arrival_comes_first_what_became_available_last(
    store: Path, tmp_path: Path, make_client: MakeClient
) -> None:
    own = Path(copytree(store, tmp_path / "store"))
    rows = world.catalog().to_pylist()
    soon = {"t002": datetime(2099, 1, 1, tzinfo=UTC), "t001": datetime(2026, 1, 1, tzinfo=UTC)}
    rows = [one | {"available_from": soon.get(one["title_id"])} for one in rows]
    pq.write_table(pa.Table.from_pylist(rows, world.catalog().schema), own / "raw" / "titles.parquet")  # fmt: skip
    client = make_client(store=own)
    by_arrival = told(client, "new-releases", region="DE", limit=100).json()["items"]
    by_release = told(client, "new-releases", region="DE", limit=100, by="release").json()["items"]
    assert by_arrival[0]["contentId"] == "t001"
    assert by_release[0]["contentId"] != "t001"
    assert "t002" not in {one["contentId"] for one in by_arrival + by_release}


def test_a_cursor_of_another_order_or_another_list_is_refused(client: httpx.Client) -> None:
    first = told(client, "new-releases", limit=1).json()["nextCursor"]
    home = client.get("/api/recommendations/home", params={"rows": 1}).json()["nextCursor"]
    for by, cursor in (("release", first), ("arrival", home), ("arrival", "garbage")):
        answer = told(client, "new-releases", by=by, cursor=cursor)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")
    more = client.get("/api/recommendations/home/more", params={"cursor": first})
    assert more.status_code == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("trending", {"limit": 0}),
        ("trending", {"region": "de"}),
        ("categories", {"colour": "red"}),
        ("new-releases", {"by": "name"}),
        ("new-releases", {"maximumAge": -1}),
        ("t004", {"viewerId": ""}),
        ("t" * 300, {}),
    ],
)
def test_a_question_that_is_none_is_refused(
    client: httpx.Client, path: str, query: dict[str, Any]
) -> None:
    assert told(client, path, **query).status_code == 422
