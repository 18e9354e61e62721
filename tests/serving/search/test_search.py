"""``GET /api/search`` over real HTTP: what is found, for whom, and what is said of it."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.serving.conftest import MakeClient, event

SEARCH = "/api/search"


def search(client: httpx.Client, q: str, **more: Any) -> dict[str, Any]:
    answer = client.get(SEARCH, params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(answer: dict[str, Any]) -> list[str]:
    return [item["contentId"] for item in answer["items"]]


def test_a_title_is_found_by_its_name(client: httpx.Client) -> None:
    answer = search(client, "Story 12 of")
    assert ids(answer)[0] == "t012"
    first = answer["items"][0]
    assert first["name"].startswith("Story 12 of ")
    assert first["source"] == "search"
    assert first["itemRank"] == 0
    assert answer["query"] == "Story 12 of"
    assert len(answer["recommendationId"]) == 32
    assert answer["degraded"] == []


def test_a_series_is_found_by_its_own_name_and_by_an_episodes(client: httpx.Client) -> None:
    assert ids(search(client, "long story"))[0] == "s00"
    answer = search(client, "Part 2")
    found = next(item for item in answer["items"] if item["contentId"] == "s00")
    assert found["episode"]["contentId"] == "e2"
    assert (found["episode"]["seasonNumber"], found["episode"]["episodeNumber"]) == (1, 2)


def test_a_person_is_found_and_marked(client: httpx.Client) -> None:
    answer = search(client, "actor 1", limit=100)
    assert answer["understood"] == [{"kind": "person", "value": "Actor 1"}]
    certain = [item["contentId"] for item in answer["items"] if item["score"] >= 0.9]
    assert certain == ids(answer)[: len(certain)]
    assert {int(one[1:]) % 3 for one in certain} == {1}
    assert answer["items"][0]["people"] == [[{"text": "Actor 1", "matched": True}]]


def test_a_decade_a_genre_and_a_person_are_understood_together(client: httpx.Client) -> None:
    answer = search(client, "genre 1 films of the 90s with Actor 1", limit=100)
    kinds = {part["kind"] for part in answer["understood"]}
    assert kinds == {"years", "genre", "type", "person"}
    # Title n came in 1990 + n % 30 and is of genre n % 3.
    expected = {n for n in range(60) if n % 3 == 1 and n % 30 < 10 and n % 10 not in {8, 9}}
    assert {int(one[1:]) for one in ids(answer)} == expected


def test_titles_like_one_are_found(client: httpx.Client) -> None:
    name = search(client, "Story 6 of")["items"][0]["name"]
    answer = search(client, f"movies like {name}", limit=5)
    assert {"kind": "like", "value": "t006"} in answer["understood"]
    similar = client.get("/api/recommendations/similar/t006", params={"limit": 5}).json()
    assert ids(answer)[0] in {item["contentId"] for item in similar["items"]}
    assert "t006" not in ids(answer)


@pytest.mark.parametrize("typed", ["stroy 12 of", "storz 12 of", "sory 12 of", "storyy 12 of"])
def test_a_typing_error_is_forgiven(client: httpx.Client, typed: str) -> None:
    assert "t012" in ids(search(client, typed, limit=10))


def test_the_words_of_the_question_are_marked(client: httpx.Client) -> None:
    parts = search(client, "STÓRY 12")["items"][0]["nameParts"]
    assert "".join(part["text"] for part in parts).startswith("Story 12 of ")
    assert parts[0] == {"text": "Story 12", "matched": True}


def test_facets_count_what_was_found_and_narrow_it(client: httpx.Client) -> None:
    answer = search(client, "story", limit=100)
    genres = {one["value"]: one["count"] for one in answer["facets"]["genre"]}
    assert sum(genres.values()) == answer["total"] == len(answer["items"])
    narrowed = search(client, "story", limit=100, genre="Genre 2", decade=2000, type="movie")
    assert narrowed["total"] == len(narrowed["items"]) > 0
    assert all(item["genres"] == ["Genre 2"] for item in narrowed["items"])
    assert all(2000 <= item["year"] < 2010 for item in narrowed["items"])
    assert [one["value"] for one in narrowed["facets"]["decade"]] == ["2000"]
    assert search(client, "story", genre="No such genre")["total"] == 0


def test_taste_decides_among_equals_and_not_against_a_better_match(client: httpx.Client) -> None:
    viewer = f"search-{uuid4().hex[:8]}"
    done = [event(viewer, f"t{n:03d}", watchedPortion=1.0) for n in (2, 5, 11, 14, 20)]
    assert client.post("/api/analytics/event", json=done).status_code == 202
    mine = search(client, "story", viewerId=viewer, limit=10)
    assert [item["genres"] for item in mine["items"]] == [["Genre 2"]] * 10
    better = search(client, "Story 12 of", viewerId=viewer)
    assert ids(better)[0] == "t012", "of Genre 0, and named so"


def test_suggestions_complete_titles_people_and_genres(client: httpx.Client) -> None:
    said = search(client, "act", suggest=True)["suggestions"]
    assert {(one["kind"], one["text"]) for one in said} >= {("person", "Actor 0")}
    assert said[0]["parts"][0] == {"text": "Act", "matched": True}
    genres = search(client, "genr", suggest=True)["suggestions"]
    assert ("genre", "Genre 1") in {(one["kind"], one["text"]) for one in genres}
    title = search(client, "the lon", suggest=True)["suggestions"][0]
    assert (title["kind"], title["text"], title["contentId"]) == ("title", "The Long Story", "s00")
    inner = search(client, "long st", suggest=True)["suggestions"][0]
    assert inner["contentId"] == "s00"
    misspelt = search(client, "the logn sto", suggest=True)["suggestions"]
    assert "s00" in {one["contentId"] for one in misspelt}


def test_at_most_as_many_come_as_are_asked_for(client: httpx.Client) -> None:
    assert len(search(client, "story", limit=3)["items"]) == 3
    assert len(search(client, "story", suggest=True, limit=3)["suggestions"]) == 3


def test_without_a_bundle_the_catalog_is_searched(make_client: MakeClient, tmp_path: Any) -> None:
    answer = search(make_client(registry=tmp_path / "none"), "Story 12 of")
    assert ids(answer)[0] == "t012"
    assert answer["bundleId"] is None


def test_a_search_can_be_told_as_an_event_of_its_answer(client: httpx.Client) -> None:
    viewer = f"search-{uuid4().hex[:8]}"
    answer = search(client, "long story", viewerId=viewer)
    shown = {"recommendationId": answer["recommendationId"], "itemRank": 0, "source": "search"}
    told = [
        event(viewer, None, "search", query=answer["query"]),
        event(viewer, ids(answer)[0], "click", **shown),
    ]
    assert client.post("/api/analytics/event", json=told).status_code == 202
