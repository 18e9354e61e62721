"""What staff take down is gone within a second, on every replica and every path, and stays so without the database."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from serving.postgres import EmbeddedPostgres
from tests.serving.conftest import MakeClient, TokenFor, bearer, database_in, shown, until

LIST, HOME = "/api/recommendations", "/api/recommendations/home"
Staff = Callable[..., httpx.Response]


@pytest.fixture
def own_store(store: Path, tmp_path: Path, token_for: TokenFor) -> Path:
    token_for(scopes="staff")  # which makes the key that is copied
    ignored = shutil.ignore_patterns("catalog")
    return Path(shutil.copytree(store, tmp_path / "store", ignore=ignored))


@pytest.fixture
def staff(token_for: TokenFor) -> Staff:
    headers = bearer(token_for(scopes="staff", account="editor-1"))

    def call(client: httpx.Client, title_id: str, verb: str, **body: Any) -> httpx.Response:
        said = {"reason": "The licence ended"} | body
        return client.post(f"/api/staff/titles/{title_id}/{verb}", json=said, headers=headers)

    return call


def listed(client: httpx.Client, **query: Any) -> list[str]:
    return shown(client.get(LIST, params={"limit": 100, **query}).json())


def test_it_holds_on_this_replica_before_it_is_answered_and_on_others_within_a_second(
    own_store: Path, make_client: MakeClient, new_database: Callable[[], str], staff: Staff
) -> None:
    url = new_database()
    one, other = (make_client(store=own_store, database_url=url) for _ in range(2))
    kept = {"viewerId": "v005"}
    assert "t003" in shown(one.get(HOME, params=kept).json()) + listed(one)
    assert "t003" in listed(other)
    answer = staff(one, "t003", "takedown")
    asked = time.monotonic()
    assert answer.json() | {"at": ""} == {
        "contentId": "t003", "takenDown": True, "reason": "The licence ended", "at": "", "by": "editor-1"
    }  # fmt: skip
    assert "t003" not in listed(one)
    assert "t003" not in shown(one.get(HOME, params=kept).json())
    assert one.get("/api/content/t003").status_code == 404
    assert until(lambda: "t003" not in listed(other))
    assert time.monotonic() - asked < 10  # a replica that hears nothing would look after a second
    assert staff(one, "t003", "restore").status_code == 200
    assert "t003" in listed(one)
    assert until(lambda: "t003" in listed(other))


def test_a_series_takes_its_episodes_with_it(
    own_store: Path, make_client: MakeClient, new_database: Callable[[], str], staff: Staff
) -> None:
    client = make_client(store=own_store, database_url=new_database())

    def new() -> list[str]:
        return shown(client.get("/api/content/new-releases", params={"limit": 100}).json())

    assert "s00" in new()
    assert staff(client, "s00", "takedown").status_code == 200
    assert client.get("/api/content/e1").status_code == 404
    assert "s00" not in new()
    staff(client, "s00", "restore")
    assert staff(client, "e2", "takedown").status_code == 200
    (season,) = client.get("/api/content/s00").json()["seasons"]
    assert [one["contentId"] for one in season["episodes"]] == ["e1", "e3"]


def test_without_its_database_a_replica_keeps_down_what_was_taken_down_and_so_does_a_new_one(
    own_store: Path, make_client: MakeClient, own_postgres: EmbeddedPostgres, staff: Staff
) -> None:
    client = make_client(store=own_store, database_url=database_in(own_postgres))
    assert staff(client, "t003", "takedown").status_code == 200
    remembered = own_store / "catalog" / "changes.parquet"
    assert until(lambda: b'"withdrawn":["t003"]' in remembered.read_bytes())
    own_postgres.stop()
    assert until(lambda: not client.get("/ready").json()["database"])
    assert "t003" not in listed(client)
    late = make_client(store=own_store, database_url="postgresql://nobody@127.0.0.1:9/nothing")
    assert "t003" not in listed(late)
    assert late.get("/api/content/t003").status_code == 404
    assert staff(client, "t004", "takedown").status_code == 503
    assert "t004" in listed(client)


def test_what_is_remembered_may_be_garbage(own_store: Path, make_client: MakeClient) -> None:
    (own_store / "catalog").mkdir()
    (own_store / "catalog" / "changes.parquet").write_bytes(b"no parquet")
    assert "t003" in listed(make_client(store=own_store))


def test_a_page_with_it_is_not_made_again(
    own_store: Path, make_client: MakeClient, new_database: Callable[[], str], staff: Staff
) -> None:
    client = make_client(store=own_store, database_url=new_database())
    page = client.get(HOME, params={"viewerId": "v005"}).json()
    replay = f"{LIST}/replay/{page['recommendationId']}"
    assert until(lambda: client.get(replay).status_code == 200)
    staff(client, shown(page)[0], "takedown")
    assert (client.get(replay).status_code, client.get(replay).json()["errors"][0]["field"]) == (
        409,
        "catalog",
    )


@pytest.mark.parametrize(
    ("title_id", "verb", "body", "status", "field"),
    [
        ("zzz", "takedown", {}, 404, "contentId"),
        ("t003", "restore", {}, 404, "contentId"),
        ("t003", "takedown", {"reason": ""}, 422, "reason"),
        ("t003", "takedown", {"reason": "x" * 501}, 422, "reason"),
        ("t003", "takedown", {"because": "x"}, 422, "because"),
    ],
)
def test_what_is_no_takedown_is_refused(
    client: httpx.Client, staff: Staff, title_id: str, verb: str, body: dict[str, Any], status: int, field: str
) -> None:  # fmt: skip
    answer = staff(client, title_id, verb, **body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)


def test_staff_alone_take_down(client: httpx.Client, token_for: TokenFor) -> None:
    path = "/api/staff/titles/t003/takedown"
    assert client.post(path, json={"reason": "x"}).status_code == 401
    for scopes in ("viewer", "service"):
        answer = client.post(path, json={"reason": "x"}, headers=bearer(token_for("v000", scopes)))
        assert answer.status_code == 403


def test_who_did_what_is_written_down(
    own_store: Path,
    make_client: MakeClient,
    new_database: Callable[[], str],
    staff: Staff,
    token_for: TokenFor,
) -> None:
    url = new_database()
    client = make_client(store=own_store, database_url=url)
    staff(client, "t003", "takedown")
    staff(client, "t003", "restore", reason="It was a mistake")
    headers = bearer(token_for(scopes="staff"))
    log = client.get("/api/staff/changes", params={"contentId": "t003"}, headers=headers).json()
    assert [(one["action"], one["by"], one["said"]) for one in log["changes"]] == [
        ("restored", "editor-1", {"reason": "It was a mistake"}),
        ("taken-down", "editor-1", {"reason": "The licence ended"}),
    ]
    assert client.get("/api/staff/takedowns", headers=headers).json() == {"titles": []}
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT revision FROM catalog_revision").fetchone() == (2,)
