"""Logs are lines of JSON under the id of their request, and hold no password, token or key."""

import json
from pathlib import Path

import httpx
import pytest

from serving.identity.issuer import KEYS
from serving.logs import without_secrets
from tests.serving.conftest import TokenFor, bearer, until
from tests.serving.replica_process import replica_process

PASSWORD = "Zebra-93-umbrella"  # noqa: S105


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:pa55@host/db is gone", "postgresql://me:***@host/db is gone"),
        ("redis://:pa55@host:6379", "redis://:***@host:6379"),
        ("host=h password=pa55 user=u", "host=h password=*** user=u"),
        ('{"a":"x://y:1","b":"c@d"}', '{"a":"x://y:1","b":"c@d"}'),
        ("Authorization: Bearer abcdefgh.ij", "Authorization: Bearer ***"),
        ("got eyJhbGciOi.eyJpc3Mi.c2ln instead", "got *** instead"),
        ("http://127.0.0.1:8000/health", "http://127.0.0.1:8000/health"),
        ("a bearer of news", "a bearer of news"),
    ],
)
def test_secrets_are_made_unreadable_and_nothing_else(text: str, shown: str) -> None:
    assert without_secrets(text) == shown


def test_a_replica_writes_no_secret_whatever_goes_wrong(
    store: Path, registry: Path, shared_database: str, token_for: TokenFor
) -> None:
    """Its database has a password; tokens good, bad and misplaced are sent to it; then the database is taken away."""
    url = shared_database.replace("://postgres:", f"://postgres:{PASSWORD}")
    assert PASSWORD in url
    token = token_for("v001")
    issuers = json.loads((store / KEYS).read_text())
    with replica_process(store=store, registry=registry, database_url=url) as replica:
        with httpx.Client(base_url=replica.url) as client:
            for sent in (token, token[:-5] + "AAAAA", PASSWORD):
                client.get("/api/recommendations/home", headers=bearer(sent))
                client.get("/api/recommendations/home", params={"token": sent, "viewerId": sent})
                client.get(f"/api/recommendations/similar/{sent}")
                client.post("/api/analytics/event", json={"token": sent})
            assert until(lambda: '"event":"request"' in replica.log.read_text())
            lines = [json.loads(line) for line in replica.log.read_text().splitlines()]
        said = replica.log.read_text()
    assert {line["route"] for line in lines if line["event"] == "request"} > {
        "/api/recommendations/home"
    }
    assert all(len(line["request_id"]) == 32 for line in lines if line["event"] == "request")
    secrets = [token, token.split(".")[2], PASSWORD, *(one["d"] for one in issuers)]
    assert not [secret for secret in secrets if secret in said]


def test_a_database_that_does_not_let_one_in_is_told_without_its_password(
    store: Path, registry: Path
) -> None:
    url = f"postgresql://nobody:{PASSWORD}@127.0.0.1:9/nothing?application_name=x"
    with replica_process(store=store, registry=registry, database_url=url) as replica:
        assert until(lambda: "database.unreachable" in replica.log.read_text())
        assert PASSWORD not in replica.log.read_text()
