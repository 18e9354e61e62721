"""Thumbs and stars count at once; a review waits for whoever reads it; each viewer has one's own and no other's."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.serving.conftest import TokenFor, bearer

URL, STAFF = "/api/feedback/rating", "/api/feedback/reviews"


class Viewer:
    """Somebody with a token, and staff beside."""

    def __init__(self, client: httpx.Client, token_for: TokenFor) -> None:
        self.id = f"fb-{uuid4().hex[:8]}"
        self._client, self._token = client, token_for(self.id)
        self._staff = token_for(scopes="staff", account="editor")

    def give(self, title: str = "t001", **said: Any) -> httpx.Response:
        headers = bearer(self._token)
        return self._client.post(URL, json={"contentId": title} | said, headers=headers)

    def ask(self, method: str, path: str = "") -> httpx.Response:
        return self._client.request(method, f"{URL}{path}", headers=bearer(self._token))

    def decide(self, review: dict[str, Any], state: str, **more: Any) -> httpx.Response:
        body = {"state": state, "revision": review["revision"]} | more
        headers = bearer(self._staff)
        return self._client.post(f"{STAFF}/{review['reviewId']}", json=body, headers=headers)

    def queue(self, **asked: Any) -> dict[str, Any]:
        return self._client.get(STAFF, params=asked, headers=bearer(self._staff)).json()


@pytest.fixture
def viewer(client: httpx.Client, token_for: TokenFor) -> Viewer:
    return Viewer(client, token_for)


def test_stars_and_a_thumb_are_events_that_the_next_page_knows(
    viewer: Viewer, client: httpx.Client
) -> None:
    answer = viewer.give("t002", stars=5.0, thumb=1)
    assert (answer.status_code, answer.json()) == (
        202,
        {"accepted": 2, "duplicates": 0, "review": None},
    )
    page = client.get("/api/recommendations/home", params={"viewerId": viewer.id}).json()
    assert "because-t002" in [row["rowId"] for row in page["rows"]]


def test_the_same_feedback_counts_once(viewer: Viewer) -> None:
    one = {"feedbackId": str(uuid4()), "stars": 2.5, "review": "As it was."}
    first, second = viewer.give(**one).json(), viewer.give(**one).json()
    assert (first["duplicates"], second["duplicates"]) == (0, 1)
    assert second["review"] == first["review"]
    assert len(viewer.ask("GET").json()["reviews"]) == 1


def test_a_review_is_pending_until_it_is_decided_and_again_when_it_changes(viewer: Viewer) -> None:
    first = viewer.give(review="  Slow at first. ", stars=4.0).json()["review"]
    assert (first["text"], first["state"], first["revision"]) == ("Slow at first.", "pending", 1)
    assert viewer.decide(first, "approved").json()["state"] == "approved"
    assert viewer.ask("GET", "/t001").json()["state"] == "approved"
    stars = viewer.give(stars=3.0).json()["review"]
    assert (stars["stars"], stars["state"]) == (3.0, "approved")
    again = viewer.give(review="Slow to the end.").json()["review"]
    assert (again["state"], again["revision"], again["reviewId"]) == (
        "pending",
        2,
        first["reviewId"],
    )


def test_nobody_decides_on_words_that_changed_meanwhile(viewer: Viewer) -> None:
    seen = viewer.give(review="Fine.").json()["review"]
    viewer.give(review="Not fine at all.")
    answer = viewer.decide(seen, "approved")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (409, "revision")
    rejected = viewer.decide({**seen, "revision": 2}, "rejected", reason="rude").json()
    assert (rejected["state"], rejected["reason"]) == ("rejected", "rude")


def test_staff_reads_the_queue_in_order_and_in_parts(viewer: Viewer) -> None:
    written = [
        viewer.give(title, review="Something.").json()["review"]["reviewId"]
        for title in ("t001", "t002", "t003")
    ]
    found: list[str] = []
    after = None
    while True:
        asked = {"limit": 2} | ({"after": after} if after else {})
        part = viewer.queue(**asked)
        found += [one["reviewId"] for one in part["reviews"]]
        if (after := part["next"]) is None:
            break
    assert [one for one in found if one in written] == written
    assert len(found) == len(set(found))


def test_what_is_deleted_is_gone(viewer: Viewer) -> None:
    review = viewer.give(review="Soon gone.").json()["review"]
    assert viewer.ask("DELETE", "/t001").status_code == 204
    assert viewer.ask("DELETE", "/t001").status_code == 204
    assert viewer.ask("GET", "/t001").status_code == 404
    assert viewer.decide(review, "approved").status_code == 404


def test_no_viewer_sees_or_changes_anothers(
    viewer: Viewer, client: httpx.Client, token_for: TokenFor
) -> None:
    review = viewer.give(review="Mine.").json()["review"]
    stranger = Viewer(client, token_for)
    assert stranger.ask("GET").json() == {"reviews": [], "next": None}
    assert stranger.ask("GET", "/t001").status_code == 404
    stranger.ask("DELETE", "/t001")
    assert viewer.ask("GET", "/t001").status_code == 200
    own = bearer(token_for(stranger.id))
    assert client.get(STAFF, headers=own).status_code == 403
    decision = {"state": "approved", "revision": 1}
    answer = client.post(f"{STAFF}/{review['reviewId']}", json=decision, headers=own)
    assert answer.status_code == 403
    assert client.get(URL).status_code == 401
    assert client.get(URL, headers=bearer(token_for(scopes="staff"))).status_code == 403


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({}, "thumb"),
        ({"stars": 5.5}, "stars"),
        ({"stars": 4.3}, "stars"),
        ({"thumb": 0}, "thumb"),
        ({"review": "   "}, "review"),
        ({"review": "x" * 2001}, "review"),
        ({"review": "see www.example.org"}, "review"),
        ({"review": "ada@example.org"}, "review"),
        ({"review": "no\u0000text"}, "review"),
        ({"review": "turned \u202e around"}, "review"),
        ({"review": "!" * 20}, "review"),
        ({"feedbackId": "7", "thumb": 1}, "feedbackId"),
    ],
)
def test_what_is_wrong_is_named(viewer: Viewer, said: dict[str, Any], field: str) -> None:
    answer = viewer.give(**said)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field), answer.text


def test_a_title_that_nobody_knows_is_refused(viewer: Viewer) -> None:
    assert viewer.give("t999", thumb=1).status_code == 404


def test_a_review_may_be_in_any_script(viewer: Viewer) -> None:
    text = "Très bien,\n素晴らしい, رائع!"
    assert viewer.give(review=text).json()["review"]["text"] == text
