"""A token binds: pages, also those that are kept, are the viewer's of the token, and of nobody else."""

from collections.abc import Iterator

import httpx
import pytest

from tests.serving.conftest import MakeClient, TokenFor, bearer, event, until

HOME = "/api/recommendations/home"


@pytest.fixture
def closed(make_client: MakeClient) -> Iterator[httpx.Client]:
    return make_client(open_access=False)


def kept(client: httpx.Client, token: str, **params: str) -> httpx.Response:
    """A page that the replica has begun to send again."""
    pages: list[httpx.Response] = []

    def again() -> bool:
        pages.append(client.get(HOME, params=params, headers=bearer(token)))
        return len(pages) > 1 and pages[-1].headers["etag"] == pages[-2].headers["etag"]

    assert until(again)
    return pages[-1]


def test_a_kept_page_is_sent_to_its_viewer_and_to_a_backend_alone(
    closed: httpx.Client, token_for: TokenFor
) -> None:
    page = kept(closed, token_for("v011"), viewerId="v011")
    backend = bearer(token_for(scopes="service"))
    assert closed.get(HOME, params={"viewerId": "v011"}, headers=backend).content == page.content
    stranger = bearer(token_for("v012"))
    assert closed.get(HOME, params={"viewerId": "v011"}, headers=stranger).status_code == 403
    assert closed.get(HOME, params={"viewerId": "v011"}).status_code == 401


def test_the_same_words_are_another_page_with_another_token(
    closed: httpx.Client, token_for: TokenFor
) -> None:
    pages = {viewer: kept(closed, token_for(viewer)) for viewer in ("v013", "v014")}
    for viewer, page in pages.items():
        named = closed.get(HOME, params={"viewerId": viewer}, headers=bearer(token_for(viewer)))
        assert named.content == page.content, "who is not named is the token's viewer"
    assert pages["v013"].content != pages["v014"].content
    nobody = closed.get(HOME, headers=bearer(token_for(scopes="service")))
    assert nobody.content not in {page.content for page in pages.values()}


def test_an_etag_of_another_opens_nothing(closed: httpx.Client, token_for: TokenFor) -> None:
    tag = kept(closed, token_for("v015")).headers["etag"]
    mine = bearer(token_for("v016"))
    assert closed.get(HOME, headers=mine | {"If-None-Match": tag}).status_code == 200


def test_a_cursor_opens_its_viewers_page_alone(closed: httpx.Client, token_for: TokenFor) -> None:
    own, other = bearer(token_for("v017")), bearer(token_for("v018"))
    cursor = closed.get(HOME, params={"rows": 1}, headers=own).json()["nextCursor"]
    assert closed.get(f"{HOME}/more", params={"cursor": cursor}, headers=own).status_code == 200
    assert closed.get(f"{HOME}/more", params={"cursor": cursor}, headers=other).status_code == 400
    named = {"cursor": cursor, "viewerId": "v017"}
    assert closed.get(f"{HOME}/more", params=named, headers=other).status_code == 403


def test_one_foreign_event_keeps_out_the_whole_list(
    closed: httpx.Client, token_for: TokenFor
) -> None:
    events = [event("v019", "t001"), event("v018", "t001")]
    answer = closed.post("/api/analytics/event", json=events, headers=bearer(token_for("v019")))
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["field"] == "1.viewerId"
    backend = bearer(token_for(scopes="service"))
    answer = closed.post("/api/analytics/event", json=events, headers=backend)
    assert answer.json() == {"accepted": 2, "duplicates": 0, "rejected": []}


def test_a_token_without_a_profile_is_nobody_in_particular(
    closed: httpx.Client, token_for: TokenFor
) -> None:
    account = bearer(token_for(None))
    assert closed.get(HOME, headers=account).status_code == 200
    assert closed.get(HOME, params={"viewerId": "v019"}, headers=account).status_code == 403
    assert closed.get("/api/user/taste", headers=account).status_code == 422


def test_an_open_replica_answers_without_a_token_and_binds_one_that_is_presented(
    client: httpx.Client, token_for: TokenFor
) -> None:
    assert client.get(HOME, params={"viewerId": "v019"}).status_code == 200
    stranger = bearer(token_for("v018"))
    assert client.get(HOME, params={"viewerId": "v019"}, headers=stranger).status_code == 403
    assert client.get("/api/viewers/sample", headers=stranger).status_code == 403
