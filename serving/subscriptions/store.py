"""The tables ``subscription``, ``upgrade_request`` and ``payment_event``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from serving.database import Connection
from serving.subscriptions.payments import Paid

_READ: Final = (
    "SELECT state, tier, paid_until, told_at FROM subscription WHERE account_id = %(account)s"
)
_BY_REFERENCE: Final = """
SELECT account_id, state, told_at FROM subscription WHERE reference = %(reference)s FOR UPDATE
"""
_LOCK: Final = "SELECT FROM account WHERE account_id = %(account)s FOR UPDATE"
# Whatever is told of the new reference is newer than this, however slow the provider's clock is.
_BUY: Final = """
INSERT INTO subscription (account_id, state, tier, reference, paid_until, told_at)
VALUES (%(account)s, 'active', %(tier)s, %(reference)s, %(until)s, to_timestamp(0))
ON CONFLICT (account_id) DO UPDATE SET state = 'active', tier = excluded.tier,
    reference = excluded.reference, paid_until = excluded.paid_until, told_at = excluded.told_at
"""
_MOVE: Final = """
UPDATE subscription SET state = %(state)s, told_at = %(told_at)s,
    paid_until = greatest(paid_until, %(until)s)
WHERE account_id = %(account)s
"""
_REQUEST: Final = """
SELECT tier, answer FROM upgrade_request WHERE account_id = %(account)s AND key = %(key)s
"""
_UNDER_WAY: Final = """
SELECT key, tier, extract(epoch FROM now() - begun_at)::float8
FROM upgrade_request WHERE account_id = %(account)s AND answer IS NULL
"""
_BEGIN: Final = """
INSERT INTO upgrade_request (account_id, key, tier, answer)
VALUES (%(account)s, %(key)s, %(tier)s, %(answer)s::jsonb)
"""
_ANSWER: Final = """
UPDATE upgrade_request SET answer = %(answer)s::jsonb WHERE account_id = %(account)s AND key = %(key)s
"""
_DROP: Final = """
DELETE FROM upgrade_request WHERE account_id = %(account)s AND key = %(key)s AND answer IS NULL
"""
_TELL: Final = """
INSERT INTO payment_event (event_id, reference, kind, occurred_at)
VALUES (%(event)s, %(reference)s, %(kind)s, %(moment)s) ON CONFLICT (event_id) DO NOTHING
RETURNING event_id
"""


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is known of an account's subscription."""

    state: str = "none"
    tier: str | None = None
    paid_until: datetime | None = None
    told_at: datetime | None = None
    """Of when is the newest that was told of it."""


@dataclass(frozen=True, slots=True)
class Request:
    """An upgrade that was asked for."""

    tier: str
    answer: dict[str, Any] | None
    """None while it is under way."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """An upgrade that is not through."""

    key: str
    tier: str
    seconds: float
    """Since it began."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A subscription by the provider's name of it."""

    account_id: str
    state: str
    told_at: datetime


def lock(connection: Connection, account_id: str) -> None:
    """Keep others from changing an account's subscription meanwhile."""
    connection.exec_driver_sql(_LOCK, {"account": account_id})


def read(connection: Connection, account_id: str) -> Subscription:
    """Return an account's subscription."""
    row = connection.exec_driver_sql(_READ, {"account": account_id}).first()
    return Subscription() if row is None else Subscription(*row)


def agreement(connection: Connection, reference: str) -> Agreement | None:
    """Return a subscription by the provider's name, and keep others from changing it."""
    row = connection.exec_driver_sql(_BY_REFERENCE, {"reference": reference}).first()
    return None if row is None else Agreement(*row)


def buy(connection: Connection, account_id: str, tier: str, paid: Paid) -> None:
    """Write down that a tier is paid for."""
    given = {"account": account_id, "tier": tier, "reference": paid.reference, "until": paid.until}
    connection.exec_driver_sql(_BUY, given)


def move(
    connection: Connection, account_id: str, state: str, told_at: datetime, until: datetime | None
) -> None:
    """Write down what the provider told."""
    given = {"account": account_id, "state": state, "told_at": told_at, "until": until}
    connection.exec_driver_sql(_MOVE, given)


def request(connection: Connection, account_id: str, key: str) -> Request | None:
    """Return what was asked for under a key."""
    row = connection.exec_driver_sql(_REQUEST, {"account": account_id, "key": key}).first()
    return None if row is None else Request(*row)


def under_way(connection: Connection, account_id: str) -> UnderWay | None:
    """Return the upgrade of an account that is not through; there is one at most."""
    row = connection.exec_driver_sql(_UNDER_WAY, {"account": account_id}).first()
    return None if row is None else UnderWay(*row)


def begin(
    connection: Connection, account_id: str, key: str, tier: str, answer: dict[str, Any] | None
) -> None:
    """Write down what is asked for, and the answer where there is nothing to be done."""
    said = None if answer is None else orjson.dumps(answer).decode()
    given = {"account": account_id, "key": key, "tier": tier, "answer": said}
    connection.exec_driver_sql(_BEGIN, given)


def answer(connection: Connection, account_id: str, key: str, said: dict[str, Any]) -> None:
    """Write down the answer to what was asked for."""
    given = {"account": account_id, "key": key, "answer": orjson.dumps(said).decode()}
    connection.exec_driver_sql(_ANSWER, given)


def drop(connection: Connection, account_id: str, key: str) -> None:
    """Forget what was asked for and refused, so that it may be asked again."""
    connection.exec_driver_sql(_DROP, {"account": account_id, "key": key})


def hear(
    connection: Connection, event_id: str, reference: str, kind: str, moment: datetime
) -> bool:
    """Write down that something was told, and return whether it is new."""
    given = {"event": event_id, "reference": reference, "kind": kind, "moment": moment}
    return connection.exec_driver_sql(_TELL, given).first() is not None
