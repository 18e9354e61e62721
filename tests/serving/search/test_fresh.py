"""What staff change is found as it is now, within moments and without an index made anew."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.serving.conftest import MakeClient, TokenFor, bearer, until

Send = Callable[..., None]
HOUR = "Quixotic Hour"


@pytest.fixture
def own_store(store: Path, tmp_path: Path, token_for: TokenFor) -> Path:
    token_for(scopes="staff")  # which makes the key that is copied
    ignored = shutil.ignore_patterns("catalog")
    return Path(shutil.copytree(store, tmp_path / "store", ignore=ignored))


@pytest.fixture
def client(
    own_store: Path, make_client: MakeClient, new_database: Callable[[], str]
) -> httpx.Client:
    return make_client(store=own_store, database_url=new_database())


@pytest.fixture
def send(token_for: TokenFor) -> Send:
    headers = bearer(token_for(scopes="staff", account="editor-1"))

    def sent(client: httpx.Client, *rows: dict[str, Any]) -> None:
        content = "\n".join(json.dumps(row) for row in rows)
        kind = headers | {"Content-Type": "application/x-ndjson"}
        answer = client.post("/api/staff/catalog/import", content=content, headers=kind)
        assert answer.status_code == 200, answer.text
        assert answer.json().get("rejected", []) == [], answer.text

    return sent


def row(title_id: str, **more: Any) -> dict[str, Any]:
    return {"title_id": title_id, "title_type": "movie", "maturity_rating": "all"} | more


def found(client: httpx.Client, q: str, **more: Any) -> list[str]:
    answer = client.get("/api/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    return [item["contentId"] for item in answer.json()["items"]]


def suggested(client: httpx.Client, q: str) -> list[str]:
    answer = client.get("/api/search", params={"q": q, "suggest": True}).json()
    return [one["text"] for one in answer["suggestions"]]


def degraded(client: httpx.Client) -> list[str]:
    names: list[str] = client.get("/api/search", params={"q": "story"}).json()["degraded"]
    return names


def test_a_new_title_is_found_by_name_person_and_genre(client: httpx.Client, send: Send) -> None:
    assert found(client, HOUR) == []
    assert suggested(client, "quix") == []
    send(client, row("new1", name=HOUR, cast=["Only Here"], genres=["Singular"], release_year=1955))
    assert until(lambda: found(client, HOUR) == ["new1"])
    assert found(client, "quixotik huor") == ["new1"]
    assert found(client, "only here") == ["new1"]
    assert found(client, "singular films of the 50s") == ["new1"]
    assert suggested(client, "quix") == [HOUR]
    assert suggested(client, "only") == ["Only Here"]
    assert until(lambda: degraded(client) == [])
    assert "t012" in found(client, "Story 12 of"), "and all others still are"


def test_a_renamed_title_is_found_by_its_new_name_and_not_by_its_old(
    client: httpx.Client, send: Send
) -> None:
    old = "Story 12 of"
    assert found(client, old)[0] == "t012"
    send(client, row("t012", name=HOUR, genres=["Genre 0"]))
    assert until(lambda: found(client, HOUR) == ["t012"])
    assert "t012" not in found(client, old, limit=100)
    assert "Story 12" not in "".join(suggested(client, "story 12"))
    send(client, row("t012", name="Once More Again", genres=["Genre 0"]))
    assert until(lambda: found(client, "once more again") == ["t012"])
    assert found(client, HOUR) == []


def test_a_name_in_another_language_is_found_and_shown_to_who_reads_it(
    client: httpx.Client, send: Send
) -> None:
    def told(accepted: str) -> list[str]:
        headers = {"Accept-Language": accepted}
        answer = client.get("/api/search", params={"q": "merkelig"}, headers=headers).json()
        return [item["name"] for item in answer["items"]]

    assert told("nb") == []
    named = [{"language": "nb", "name": "Merkelig time"}]
    send(client, row("new1", name=HOUR, translations=named))
    assert until(lambda: told("nb") == ["Merkelig time"])
    assert told("en") == [HOUR]


def test_a_renamed_series_is_still_found_by_its_episodes_and_a_new_episode_too(
    client: httpx.Client, send: Send
) -> None:
    assert found(client, "Part 2")[0] == "s00"
    send(client, row("s00", title_type="series", name=HOUR))
    assert until(lambda: found(client, HOUR) == ["s00"])
    assert found(client, "Part 2")[0] == "s00"
    assert "s00" not in found(client, "long story", limit=100)
    episode = {"title_type": "episode", "series_id": "s00", "season_number": 1}
    send(client, row("e9", name="The Wombat", episode_number=9, **episode))
    assert until(lambda: found(client, "wombat") == ["s00"])


def test_what_is_changed_and_then_taken_down_is_nowhere_until_it_is_restored(
    client: httpx.Client, send: Send, token_for: TokenFor
) -> None:
    headers = bearer(token_for(scopes="staff", account="editor-1"))

    def say(verb: str) -> None:
        path = f"/api/staff/titles/t012/{verb}"
        assert client.post(path, json={"reason": "Why"}, headers=headers).status_code == 200

    send(client, row("t012", name=HOUR))
    assert until(lambda: found(client, HOUR) == ["t012"])
    say("takedown")
    assert found(client, HOUR) == [], "before the answer to the takedown"
    assert suggested(client, "quix") == []
    say("restore")
    assert until(lambda: found(client, HOUR) == ["t012"])


def test_a_replica_that_starts_later_finds_what_was_changed_before(
    own_store: Path, make_client: MakeClient, new_database: Callable[[], str], send: Send
) -> None:
    url = new_database()
    send(make_client(store=own_store, database_url=url), row("new1", name=HOUR))
    assert until(
        lambda: found(make_client(store=own_store, database_url=url), HOUR) == ["new1"], 60
    )


@pytest.mark.parametrize("has_bundle", [True, False])
def test_what_staff_add_is_found_where_nothing_was_ingested(
    own_store: Path,
    tmp_path: Path,
    make_client: MakeClient,
    new_database: Callable[[], str],
    send: Send,
    *,
    has_bundle: bool,
) -> None:
    ignored = shutil.ignore_patterns("raw", "search", "catalog")
    own = Path(shutil.copytree(own_store, tmp_path / "own", ignore=ignored))
    more = {} if has_bundle else {"registry": tmp_path / "none"}
    client = make_client(store=own, database_url=new_database(), **more)
    send(client, row("new1", name=HOUR))
    assert until(
        lambda: HOUR.split(maxsplit=1)[0] in client.get("/api/search", params={"q": "hour"}).text,
        60,
    )
    assert ("t012" in found(client, "Story 12 of")) is has_bundle
