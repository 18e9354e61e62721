"""An upgrade is paid for once for each key, whoever asks how often, and however the process ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
import structlog

from recsys.settings import Settings
from serving.accounts.members import Member
from serving.app import create_app
from serving.database import Database
from serving.refusals import ConflictError, NoPaymentsError, PaymentError
from serving.subscriptions import service
from serving.subscriptions.contracts import Upgrade
from serving.subscriptions.payments import LocalPayments, Paid, payments_of
from serving.subscriptions.service import Subscriptions
from serving.subscriptions.tiers import Tiers
from tests.serving.accounts.people import PIN, PROFILE, Person, refusal, somebody
from tests.serving.conftest import TokenFor, answering

TIERS = Tiers.read(Path(__file__).parents[3] / "models" / "tiers.toml")
STATUS, UPGRADE = "/api/subscription/status", "/api/subscription/upgrade"


@pytest.fixture
def anna(client: httpx.Client, token_for: TokenFor) -> Person:
    return somebody(client, token_for)


def upgrade(person: Person, tier: str, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key or uuid4().hex}
    return person.call("POST", UPGRADE, json={"tier": tier}, headers=headers)


def test_the_tiers_are_told_as_they_are_declared(anna: Person) -> None:
    offer = anna.get("/api/subscription/tiers")
    assert offer["currency"] == TIERS.currency
    assert [(one["tier"], one["price"], one["streams"]) for one in offer["tiers"]] == [
        (one.id, str(one.price), one.streams) for one in TIERS.tiers
    ]


def test_who_has_nothing_gets_a_tier_and_what_comes_with_it(anna: Person) -> None:
    nothing = {"state": "none", "tier": None, "paidUntil": None, "benefits": None}
    assert anna.get(STATUS) == nothing
    status = upgrade(anna, "standard").json()
    assert (status["state"], status["tier"]) == ("active", "standard")
    assert status["benefits"] == {"quality": "FHD", "streams": 2, "downloads": 15}
    assert anna.get(STATUS) == status
    assert anna.get(PROFILE)["subscription"] == {
        "state": "active",
        "tier": "standard",
        "paidUntil": status["paidUntil"],
    }


def test_the_same_key_is_answered_the_same_and_another_body_is_refused(anna: Person) -> None:
    first = upgrade(anna, "basic", "k1")
    assert upgrade(anna, "premium", "k2").json()["tier"] == "premium"
    assert upgrade(anna, "basic", "k1").json() == first.json()
    assert anna.get(STATUS)["tier"] == "premium"
    assert refusal(upgrade(anna, "premium", "k1")) == (409, "conflict")


def test_one_accounts_key_is_not_anothers(
    anna: Person, client: httpx.Client, token_for: TokenFor
) -> None:
    bert = somebody(client, token_for)
    upgrade(anna, "basic", "k1")
    assert upgrade(bert, "premium", "k1").json()["tier"] == "premium"


def test_a_tier_below_is_no_upgrade_and_the_same_changes_nothing(anna: Person) -> None:
    first = upgrade(anna, "standard").json()
    assert upgrade(anna, "standard").json() == first
    assert refusal(upgrade(anna, "basic")) == (422, "invalid-request")
    assert refusal(upgrade(anna, "gold")) == (422, "invalid-request")


@pytest.mark.parametrize("key", [None, "", "x" * 201])
def test_a_key_is_needed(anna: Person, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = anna.call("POST", UPGRADE, json={"tier": "basic"}, headers=headers)
    assert refusal(answer) == (422, "invalid-request")
    assert anna.get(STATUS)["state"] == "none"


def test_a_child_buys_nothing(anna: Person) -> None:
    anna.prefer(parental={"newPin": PIN})
    assert refusal(upgrade(anna.child(), "basic")) == (403, "not-allowed")
    assert anna.get(STATUS)["state"] == "none"


class Counting:
    """A provider that counts what it takes, by key, and may refuse or die."""

    def __init__(self) -> None:
        self.taken: dict[str, str] = {}
        self.refuses = self.dies = False

    def subscribe(
        self, account_id: str, tier_id: str, price: Decimal, currency: str, *, key: str
    ) -> Paid:
        if self.refuses:
            raise PaymentError(expected="a card that is valid", got="another", where="tier")
        self.taken[f"{account_id} {key}"] = f"{tier_id} {price} {currency}"
        if self.dies:
            raise KeyboardInterrupt
        return Paid(f"{account_id} {key}", datetime.now(UTC) + timedelta(days=30))


@pytest.fixture
def payments() -> Counting:
    return Counting()


@pytest.fixture
def account(anna: Person) -> Member:
    anna.get(PROFILE)
    return Member(anna.account, anna.viewer)


@pytest.fixture
def subscriptions(shared_database: str, payments: Counting, account: Member) -> Any:
    settings = Settings(database_url=shared_database)
    database = Database(settings, lambda _: None, lambda _: None)
    database.open()
    yield Subscriptions(database, TIERS, payments)
    database.close()


BASIC, PREMIUM = (Upgrade(tier=tier) for tier in ("basic", "premium"))


def test_many_who_ask_at_once_by_one_key_are_answered_alike(
    subscriptions: Subscriptions, payments: Counting, account: Member
) -> None:
    with ThreadPoolExecutor(8) as threads:
        told = list(threads.map(lambda _: subscriptions.upgrade(account, BASIC, "k"), range(8)))
    assert all(one == told[0] for one in told)
    assert list(payments.taken.values()) == ["basic 5.99 EUR"]


def test_what_is_refused_may_be_asked_for_again(
    subscriptions: Subscriptions, payments: Counting, account: Member
) -> None:
    payments.refuses = True
    with pytest.raises(PaymentError):
        subscriptions.upgrade(account, BASIC, "k")
    assert subscriptions.status(account.account_id).state == "none"
    payments.refuses = False
    assert subscriptions.upgrade(account, BASIC, "k").state == "active"


def test_a_process_that_dies_after_it_was_paid_is_made_up_for_by_the_same_key(
    subscriptions: Subscriptions, payments: Counting, account: Member
) -> None:
    payments.dies = True
    with pytest.raises(KeyboardInterrupt):
        subscriptions.upgrade(account, BASIC, "k")
    payments.dies = False
    assert subscriptions.status(account.account_id).state == "none"
    with pytest.raises(ConflictError):
        subscriptions.upgrade(account, PREMIUM, "another")
    assert subscriptions.upgrade(account, BASIC, "k").tier == "basic"
    assert len(payments.taken) == 1


def test_what_a_process_left_long_ago_is_finished_before_what_comes_next(
    subscriptions: Subscriptions,
    payments: Counting,
    account: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    payments.dies = True
    with pytest.raises(KeyboardInterrupt):
        subscriptions.upgrade(account, BASIC, "k")
    payments.dies = False
    monkeypatch.setattr(service, "LEFT_SECONDS", 0.0)
    assert subscriptions.upgrade(account, PREMIUM, "another").tier == "premium"
    assert subscriptions.upgrade(account, BASIC, "k").tier == "basic", "as it was answered then"
    assert subscriptions.status(account.account_id).tier == "premium"
    assert len(payments.taken) == 2


def test_where_nobody_takes_payments_nothing_is_begun_and_nothing_is_lost(
    subscriptions: Subscriptions, payments: Counting, account: Member
) -> None:
    had = subscriptions.upgrade(account, BASIC, "k")
    payments.dies = True
    with pytest.raises(KeyboardInterrupt):
        subscriptions.upgrade(account, PREMIUM, "left")
    nobody = Subscriptions(subscriptions._database, TIERS, None)
    for key in ("left", "left"):
        with pytest.raises(NoPaymentsError):
            nobody.upgrade(account, PREMIUM, key)
    assert nobody.upgrade(account, BASIC, "k") == had, "as it was answered then"
    assert nobody.status(account.account_id) == had
    payments.dies = False
    assert subscriptions.upgrade(account, PREMIUM, "left").tier == "premium"
    assert len(payments.taken) == 2


@pytest.mark.parametrize(
    ("said", "local", "taken"),
    [(None, True, True), (None, False, False), (True, False, True), (False, True, False)],
)
def test_whoever_upgrades_has_paid_on_this_machine_alone_unless_it_is_said(
    *, said: bool | None, local: bool, taken: bool
) -> None:
    with structlog.testing.capture_logs() as lines:
        payments = payments_of(Settings(local_payments=said), local=local)
    assert isinstance(payments, LocalPayments) == taken
    assert (payments is None) != taken
    (line,) = lines
    assert (line["log_level"], line["event"]) == ("warning", "payments.local" if taken else "payments.none")  # fmt: skip


def test_a_replica_that_others_reach_gives_nothing_away(
    store: Path, registry: Path, shared_database: str, token_for: TokenFor
) -> None:
    settings = Settings(store=store, registry=registry, database_url=shared_database)
    with answering(create_app(settings, local=False)) as client:
        anna = somebody(client, token_for)
        answer = upgrade(anna, "premium", "k")
        assert refusal(answer) == (501, "no-payments")
        assert refusal(upgrade(anna, "premium", "k")) == (501, "no-payments")
        assert "RECSYS" not in answer.text, "how the house is run is not the client's business"
        assert anna.get(STATUS)["state"] == "none"
        assert refusal(upgrade(anna, "gold"))[0] == 422


def test_the_database_lets_no_state_follow_that_cannot(anna: Person, shared_database: str) -> None:
    anna.get(PROFILE)
    with psycopg.connect(shared_database, autocommit=True) as connection:

        def write(statement: str, state: str | None) -> None:
            connection.execute(statement, {"account": anna.account, "state": state})

        new = """INSERT INTO subscription (account_id, state, tier, reference, paid_until)
            VALUES (%(account)s, %(state)s, 'basic', %(account)s, now())"""
        for state in ("past_due", "cancelled", "lapsed"):
            with pytest.raises(psycopg.errors.CheckViolation):
                write(new, state)
        upgrade(anna, "basic")
        change = "UPDATE subscription SET state = %(state)s WHERE account_id = %(account)s"
        write(change, "cancelled")
        for state in ("past_due", "none"):
            with pytest.raises(psycopg.errors.CheckViolation):
                write(change, state)
        with pytest.raises(psycopg.errors.CheckViolation):
            write("UPDATE subscription SET tier = %(state)s WHERE account_id = %(account)s", None)
