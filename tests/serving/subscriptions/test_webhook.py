"""What the payment provider tells counts once, and only if it is the provider who tells it."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from recsys.errors import ConfigError
from recsys.settings import Settings
from serving.key_files import key_of
from serving.subscriptions.signatures import HEADER, secret_of, signed
from tests.serving.accounts.people import Person, refusal, somebody
from tests.serving.conftest import TokenFor
from tests.serving.subscriptions.test_upgrades import STATUS, upgrade

WEBHOOK = "/api/subscription/webhook"
SOON = datetime.now(UTC) + timedelta(days=60)


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    """An account that has paid."""
    person = somebody(client, token_for)
    assert upgrade(person, "standard").status_code == 200
    return person


@pytest.fixture
def reference(anna: Person, shared_database: str) -> str:
    with psycopg.connect(shared_database) as connection:
        row = connection.execute(
            "SELECT reference FROM subscription WHERE account_id = %s", (anna.account,)
        ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
def secret(store: Path) -> bytes:
    return key_of(store / "payment.key")


def told(kind: str, reference: str, **more: Any) -> dict[str, Any]:
    return {
        "eventId": uuid4().hex,
        "type": kind,
        "reference": reference,
        "occurredAt": datetime.now(UTC).isoformat(),
        **({"paidUntil": SOON.isoformat()} if kind == "paid" else {}),
        **more,
    }


def tell(
    client: httpx.Client, secret: bytes, said: dict[str, Any], *, ago: float = 0
) -> httpx.Response:
    body = json.dumps(said).encode()
    headers = {HEADER: signed(secret, body, time.time() - ago)}
    return client.post(WEBHOOK, content=body, headers=headers)


def test_a_subscription_follows_what_is_told_of_it(
    client: httpx.Client, anna: Person, reference: str, secret: bytes
) -> None:
    for kind, state in (
        ("payment_failed", "past_due"),
        ("paid", "active"),
        ("cancelled", "cancelled"),
    ):
        assert tell(client, secret, told(kind, reference)).json() == {"applied": True}
        status = anna.get(STATUS)
        assert (status["state"], status["tier"]) == (state, "standard")
    assert datetime.fromisoformat(status["paidUntil"]) == SOON
    assert status["benefits"], "what is paid for lasts to its end"
    assert upgrade(anna, "basic").json()["state"] == "active", "and one may come again"


def test_what_is_told_twice_or_late_counts_once_and_in_its_order(
    client: httpx.Client, anna: Person, reference: str, secret: bytes
) -> None:
    failed = told("payment_failed", reference)
    assert tell(client, secret, failed).json() == {"applied": True}
    assert tell(client, secret, told("paid", reference)).json() == {"applied": True}
    assert tell(client, secret, failed).json() == {"applied": False}
    late = told("cancelled", reference, occurredAt=failed["occurredAt"])
    assert tell(client, secret, late).json() == {"applied": False}
    assert anna.get(STATUS)["state"] == "active"


def test_what_cannot_follow_and_what_is_of_nobody_changes_nothing(
    client: httpx.Client, anna: Person, reference: str, secret: bytes
) -> None:
    assert tell(client, secret, told("cancelled", reference)).json() == {"applied": True}
    assert tell(client, secret, told("payment_failed", reference)).json() == {"applied": False}
    assert anna.get(STATUS)["state"] == "cancelled"
    assert tell(client, secret, told("paid", "sub_of_nobody")).json() == {"applied": False}


def test_who_does_not_know_the_secret_is_not_heard(
    client: httpx.Client, anna: Person, reference: str, secret: bytes
) -> None:
    said = told("cancelled", reference)
    body = json.dumps(said).encode()
    right = signed(secret, body, time.time())
    moment, digest = right.split(",")
    forged = [
        None,
        "",
        digest,
        f"{moment},v1={'0' * 64}",
        f"t={int(time.time()) + 1},{digest}",
        signed(b"x" * 32, body, time.time()),
        signed(secret, body + b" ", time.time()),
        right.replace("t=", "t=-"),
    ]
    for header in forged:
        headers = {} if header is None else {HEADER: header}
        answer = client.post(WEBHOOK, content=body, headers=headers)
        assert refusal(answer) == (401, "not-signed"), header
    assert anna.get(STATUS)["state"] == "active"
    assert client.post(WEBHOOK, content=body, headers={HEADER: right}).status_code == 200


@pytest.mark.parametrize("ago", [-400, 400])
def test_a_call_that_was_overheard_is_not_of_now(
    client: httpx.Client, reference: str, secret: bytes, ago: float
) -> None:
    answer = tell(client, secret, told("cancelled", reference), ago=ago)
    assert refusal(answer) == (401, "not-signed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"type": "refunded"}, "type"),
        ({"type": "paid", "paidUntil": None}, "paidUntil"),
        ({"occurredAt": "yesterday"}, "occurredAt"),
        ({"eventId": ""}, "eventId"),
        ({"amount": 5}, "amount"),
    ],
)
def test_a_signed_body_that_says_nothing_sensible_is_refused(
    client: httpx.Client, reference: str, secret: bytes, change: dict[str, Any], field: str
) -> None:
    answer = tell(client, secret, told("cancelled", reference) | change)
    assert refusal(answer) == (422, "invalid-request")
    assert answer.json()["errors"][0]["field"] == field


def test_a_payment_that_is_due_is_past_due_by_the_clock_and_lasts_a_week_more(
    anna: Person, shared_database: str
) -> None:
    for days, lasts in ((1, True), (8, False)):
        with psycopg.connect(shared_database) as connection:
            connection.execute(
                "UPDATE subscription SET paid_until = now() - %s * interval '1 day' "
                "WHERE account_id = %s",
                (days, anna.account),
            )
        status = anna.get(STATUS)
        assert (status["state"], bool(status["benefits"])) == ("past_due", lasts)


def test_a_secret_is_long_and_is_shown_by_nothing(tmp_path: Path) -> None:
    long = Settings(store=tmp_path, payment_secret="s" * 32)
    assert secret_of(long) == b"s" * 32
    assert "sss" not in repr(long)
    with pytest.raises(ConfigError, match="RECSYS_PAYMENT_SECRET"):
        secret_of(Settings(store=tmp_path, payment_secret="short"))  # noqa: S106
    made = secret_of(Settings(store=tmp_path))
    assert made == secret_of(Settings(store=tmp_path))
    assert (tmp_path / "payment.key").stat().st_mode & 0o777 == 0o600
