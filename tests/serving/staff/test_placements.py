"""What staff place stands on the next page while its time lasts, and is gone when it is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.serving.conftest import MakeClient, TokenFor, bearer, shown, until

HOME = "/api/recommendations/home"
Put = Callable[..., httpx.Response]
ROW = {"name": "Chosen by hand", "titles": ["t030", "t033", "t036", "t040", "t042"]}
PROMOTION = {"name": "Ours", "titles": ["t040", "t042", "t045", "t051"], "share": 0.5}


@pytest.fixture
def client(make_client: MakeClient, new_database: Callable[[], str]) -> httpx.Client:
    return make_client(database_url=new_database())


@pytest.fixture
def put(client: httpx.Client, token_for: TokenFor) -> Put:
    headers = bearer(token_for(scopes="staff", account="editor-1"))

    def sent(path: str, body: Any = None, method: str = "PUT") -> httpx.Response:
        how = {} if body is None else {"json": body}
        return client.request(method, f"/api/staff/{path}", headers=headers, **how)

    return sent


def rows(client: httpx.Client, **query: Any) -> dict[str, list[str]]:
    page = client.get(HOME, params={"viewerId": "v002", **query}).json()
    return {row["rowId"]: shown(row) for row in page["rows"]}


def soon(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**more)).isoformat()


def test_a_row_stands_on_the_next_page_in_its_order_until_it_is_removed(
    client: httpx.Client, put: Put
) -> None:
    assert "editorial-hand" not in rows(client)
    placed = put("rows/hand", ROW).json()
    assert (placed["id"], placed["by"], placed["holds"]) == ("hand", "editor-1", True)
    assert until(lambda: rows(client).get("editorial-hand", [])[:4] == ROW["titles"][:4])
    assert put("rows/hand", ROW | {"titles": ["t042", "t040", "t036", "t033"]}).status_code == 200
    assert until(lambda: rows(client).get("editorial-hand", [""])[0] == "t042")
    (listed,) = put("placements", method="GET").json()["placements"]
    assert listed["content"]["name"] == "Chosen by hand"
    assert put("rows/hand", method="DELETE").json()["holds"] is False
    assert until(lambda: "editorial-hand" not in rows(client))
    assert put("rows/hand", method="DELETE").status_code == 404


def test_a_row_that_is_over_or_is_yet_to_come_or_is_elsewhere_does_not_stand(
    client: httpx.Client, put: Put
) -> None:
    assert put("rows/later", ROW | {"starts": soon(days=1)}).json()["holds"] is False
    assert put("rows/elsewhere", ROW | {"regions": ["JP"]}).status_code == 200
    assert put("rows/brief", ROW | {"ends": soon(seconds=4)}).json()["holds"] is True
    assert until(lambda: "editorial-brief" in rows(client))
    assert not {"editorial-later", "editorial-elsewhere"} & set(rows(client))
    assert until(lambda: "editorial-brief" not in rows(client))
    over = {one["id"]: one["holds"] for one in put("placements", method="GET").json()["placements"]}
    assert over == {"later": False, "elsewhere": True, "brief": False}


def test_a_row_shows_nobody_what_they_may_not_see(client: httpx.Client, put: Put) -> None:
    put("rows/hand", ROW | {"titles": ["t037", "t038", "t039", "t030", "t033", "t036", "t040"]})
    assert until(lambda: "editorial-hand" in rows(client, maximumAge=12))
    assert not {"t037", "t038", "t039"} & set(rows(client, maximumAge=12)["editorial-hand"])


def test_promoted_titles_get_their_share_and_say_so(client: httpx.Client, put: Put) -> None:
    def sources() -> set[str]:
        page = client.get(HOME, params={"viewerId": "v002"}).json()
        return {
            one["contentId"]
            for row in page["rows"]
            for one in row["items"]
            if one["source"] == "promoted"
        }

    assert sources() == set()
    assert put("promotions/ours", PROMOTION).status_code == 200
    assert until(lambda: bool(sources()))
    assert sources() <= set(PROMOTION["titles"])  # type: ignore[call-overload]
    assert put("promotions/ours", method="DELETE").status_code == 200
    assert until(lambda: not sources())


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("rows/short", ROW, 422),  # which is declared
        ("rows/x", {"name": "No titles"}, 422),
        ("rows/x", ROW | {"filter": "genre = 1"}, 422),
        ("rows/x", {"name": "x", "filter": "genre ="}, 422),
        ("rows/x", ROW | {"titles": ["zzz"]}, 404),
        ("rows/x", ROW | {"starts": "2026-02-01T00:00:00Z", "ends": "2026-01-01T00:00:00Z"}, 422),
        ("rows/x", ROW | {"starts": "2026-02-01T00:00:00"}, 422),
        ("rows/x", ROW | {"least": 100}, 422),
        ("rows/X", ROW, 422),
        ("promotions/x", PROMOTION | {"share": 0.9}, 422),
        ("promotions/x", PROMOTION | {"share": 0}, 422),
        ("promotions/x", {"name": "x", "share": 0.1}, 422),
    ],
)
def test_what_cannot_hold_is_refused_and_nothing_is_kept(
    client: httpx.Client, put: Put, path: str, body: dict[str, Any], status: int
) -> None:
    answer = put(path, body)
    assert answer.status_code == status, answer.text
    assert answer.json()["errors"][0]["expected"]
    assert put("placements", method="GET").json() == {"placements": []}


def test_no_more_rows_are_pinned_than_a_page_has(client: httpx.Client, put: Put) -> None:
    answers = [put(f"rows/r{at}", ROW).status_code for at in range(25)]
    # Some rows of the twenty are others' by what is declared.
    assert answers[:10] == [200] * 10
    assert answers[-1] == 422
    assert client.get(HOME, params={"viewerId": "v002"}).status_code == 200


def test_a_row_is_named_in_the_languages_that_staff_give_it(client: httpx.Client, put: Put) -> None:
    names = {"nb": "Valgt for hånd", "fr": "Choisi"}
    placed = put("rows/hand", ROW | {"names": names})
    assert placed.status_code == 200, placed.text
    assert placed.json()["content"]["names"] == names
    assert until(lambda: "editorial-hand" in rows(client))
    for language, name in (("nb", "Valgt for hånd"), ("fr-CA", "Choisi"), ("de", ROW["name"])):
        page = client.get(HOME, params={"viewerId": "v002", "language": language}).json()
        (shown_as,) = (row["name"] for row in page["rows"] if row["rowId"] == "editorial-hand")
        assert shown_as == name
    for wrong in ({"norsk": "x"}, {"nb": ""}, {"nb": None}):
        assert put("rows/other", ROW | {"names": wrong}).status_code == 422
