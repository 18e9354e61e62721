"""Tiers, the state of a subscription, and what the payment provider tells."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import ConfigDict, StringConstraints
from pydantic.config import JsonDict

from serving.contracts import CLEAN, Contract, Identifier, Moment, Reply

State = Literal["none", "active", "past_due", "cancelled"]

BENEFITS: JsonDict = {"quality": "FHD", "streams": 2, "downloads": 15}
TIER: JsonDict = {**BENEFITS, "tier": "standard", "name": "Standard", "price": "10.99"}
STATUS: JsonDict = {
    "state": "active",
    "tier": "standard",
    "paidUntil": "2026-12-24T00:00:00Z",
    "benefits": BENEFITS,
}
UPGRADE: dict[str, Any] = {"tier": "standard"}
TOLD: dict[str, Any] = {
    "eventId": "evt_0a1b2c3d",
    "type": "paid",
    "reference": "sub_5f0c8e1d",
    "occurredAt": "2026-11-24T00:00:00Z",
    "paidUntil": "2026-12-24T00:00:00Z",
}
KEY_EXAMPLE: Final = "0b6f3a52-5d7c-4c0e-9a55-0d5a3f0a7c11"

Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=CLEAN)]


class Benefits(Reply):
    """What may be done while it lasts."""

    quality: Literal["SD", "HD", "FHD", "UHD"]
    streams: int
    """How many may play at once."""
    downloads: int
    """Titles that may lie on devices."""


class TierOnOffer(Benefits):
    """What one may subscribe to."""

    tier: str
    name: str
    price: str
    """A month; a decimal number."""


class Offer(Reply):
    """All tiers, the smallest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"currency": "EUR", "tiers": [TIER]}]}
    )

    currency: str
    """ISO 4217."""
    tiers: list[TierOnOffer]


class Status(Reply):
    """How an account stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATUS]})

    state: State
    tier: str | None
    paid_until: datetime | None
    benefits: Benefits | None
    """What may be done now; None where nothing is paid for."""


class Upgrade(Contract):
    """What is wanted."""

    tier: Identifier


class Told(Contract):
    """What the payment provider tells of an agreement."""

    event_id: Identifier
    type: Literal["paid", "payment_failed", "cancelled"]
    reference: Identifier
    occurred_at: Moment
    paid_until: Moment | None = None


class Taken(Reply):
    """That it was taken in, and whether it changed anything."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"applied": True}]})

    applied: bool
