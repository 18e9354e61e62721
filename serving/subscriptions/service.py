"""Tells how an account stands, takes upgrades, and hears the payment provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson
import structlog

from serving.accounts.contracts import Membership
from serving.accounts.members import Member
from serving.database import Connection, Database
from serving.refusals import (
    ConflictError,
    NoPaymentsError,
    NotAllowedError,
    PaymentError,
    UnfitError,
)
from serving.subscriptions import store
from serving.subscriptions.contracts import Benefits, Offer, Status, TierOnOffer, Told, Upgrade
from serving.subscriptions.payments import Payments
from serving.subscriptions.tiers import Tier, Tiers

log = structlog.get_logger()

GRACE: Final = timedelta(days=7)
"""After a payment was due and did not come, for so long everything goes on."""
LEFT_SECONDS: Final = 60.0
"""After which an upgrade that is not through was left by a process that died, and is taken to its end."""

_BECOMES: Final = {"paid": "active", "payment_failed": "past_due", "cancelled": "cancelled"}
_MAY_FOLLOW: Final = {
    "active": {"active", "past_due", "cancelled"},
    "past_due": {"active", "past_due", "cancelled"},
    "cancelled": {"active", "cancelled"},
}
"""Which states may come after which, as the table has it too."""


class Subscriptions:
    """The use cases of this room.

    Parameters
    ----------
    database : Database
    tiers : Tiers
    payments : Payments, optional
        Without any, nobody can upgrade.
    """

    def __init__(self, database: Database, tiers: Tiers, payments: Payments | None) -> None:
        self._database, self._tiers, self._payments = database, tiers, payments

    def offer(self) -> Offer:
        """Return the tiers on offer."""
        on_offer = [
            TierOnOffer(tier=one.id, name=one.name, price=str(one.price), **_benefits(one))
            for one in self._tiers.tiers
        ]
        return Offer(currency=self._tiers.currency, tiers=on_offer)

    def status(self, account_id: str) -> Status:
        """Return how an account stands now.

        Raises
        ------
        DatabaseDownError
            If the database does not answer; so do the others.
        """
        with self._database.reading() as connection:
            return self._status(store.read(connection, account_id))

    def membership(self, account_id: str) -> Membership:
        """Return the same in short."""
        status = self.status(account_id)
        return Membership(state=status.state, tier=status.tier, paid_until=status.paid_until)

    def upgrade(self, member: Member, wish: Upgrade, key: str) -> Status:
        """Take an account to a higher tier, once for each key; the same key is answered the same.

        Raises
        ------
        NotAllowedError
            If a profile with a limit asks.
        UnfitError
            If the tier is not on offer, or is below what the account has.
        ConflictError
            If the key stood for another tier, or another upgrade is under way.
        PaymentError
            If the payment was refused; it may be asked for again.
        NoPaymentsError
            If nobody takes any here; whatever was paid before stays as it is.
        """
        if member.guarded:
            raise NotAllowedError(
                expected="a profile without a limit of age", got="one with", where="token"
            )
        if (tier := self._tiers.named(wish.tier)) is None:
            known = ", ".join(one.id for one in self._tiers.tiers)
            raise UnfitError(expected=f"one of {known}", got=wish.tier, where="tier")
        account_id = member.account_id
        said = self._database.retried(lambda one: self._begun(one, account_id, tier, key))
        if isinstance(said, store.UnderWay):
            self._finish(account_id, said)
            said = self._database.retried(lambda one: self._begun(one, account_id, tier, key))
        if isinstance(said, Status):
            return said
        return self._pay(account_id, tier, key)

    def hear(self, told: Told) -> bool:
        """Take in what the provider tells, and return whether it changed anything.

        What was told before, is older than what is known, or is of no agreement of ours changes nothing: the provider
        sends things twice and in any order, and asks for no more than that they were taken in.

        Raises
        ------
        UnfitError
            If a payment does not say until when.
        """
        if told.type == "paid" and told.paid_until is None:
            raise UnfitError(expected="until when it is paid", got=None, where="paidUntil")
        return self._database.retried(lambda connection: _heard(connection, told))

    def _begun(
        self, connection: Connection, account_id: str, tier: Tier, key: str
    ) -> Status | store.UnderWay | None:
        """Return the answer where there is one, what was left half-done, or None where it is to be paid for."""
        store.lock(connection, account_id)
        asked = store.request(connection, account_id, key)
        if asked is not None and asked.tier != tier.id:
            raise ConflictError(
                expected=f"the tier that the key stands for, {asked.tier}",
                got=tier.id,
                where="Idempotency-Key",
            )
        if asked is not None:
            # One that is under way is paid for by the same key: the provider takes it once.
            return None if asked.answer is None else _told(asked.answer)
        if (other := store.under_way(connection, account_id)) is not None:
            if other.seconds < LEFT_SECONDS:
                raise ConflictError(
                    expected="one upgrade at a time", got="another", where="Idempotency-Key"
                )
            return other
        status = self._status(store.read(connection, account_id))
        if (done := status if self._has(status, tier) else None) is None:
            self._provider()  # before anything is written down
        answer = None if done is None else done.model_dump(mode="json", by_alias=True)
        store.begin(connection, account_id, key, tier.id, answer)
        return done

    def _has(self, status: Status, tier: Tier) -> bool:
        """Return whether an account has what it asks for already, and refuse what would be less."""
        if status.state != "active" or self._tiers.rank(status.tier) < self._tiers.rank(tier.id):
            return False
        if status.tier != tier.id:
            raise UnfitError(expected=f"a tier above {status.tier}", got=tier.id, where="tier")
        return True

    def _finish(self, account_id: str, left: store.UnderWay) -> None:
        """Take to its end what was left; by its key it is paid for once, whether it was or not."""
        if (tier := self._tiers.named(left.tier)) is not None:
            self._pay(account_id, tier, left.key)
        else:
            self._database.retried(lambda connection: store.drop(connection, account_id, left.key))

    def _pay(self, account_id: str, tier: Tier, key: str) -> Status:
        payments = self._provider()
        try:
            paid = payments.subscribe(
                account_id, tier.id, tier.price, self._tiers.currency, key=key
            )
        except PaymentError:
            self._database.retried(lambda connection: store.drop(connection, account_id, key))
            raise

        def settle(connection: Connection) -> Status:
            store.lock(connection, account_id)
            asked = store.request(connection, account_id, key)
            if asked is not None and asked.answer is not None:
                return _told(asked.answer)
            store.buy(connection, account_id, tier.id, paid)
            status = self._status(store.read(connection, account_id))
            said = status.model_dump(mode="json", by_alias=True)
            store.answer(connection, account_id, key, said)
            return status

        return self._database.retried(settle)

    def _provider(self) -> Payments:
        if self._payments is None:
            raise NoPaymentsError.here()
        return self._payments

    def _status(self, known: store.Subscription) -> Status:
        now = datetime.now(UTC)
        state, until = known.state, known.paid_until
        # Where the provider has told nothing, the clock tells that a payment is due.
        if state == "active" and until is not None and until < now:
            state = "past_due"
        lasts = {"none": False, "cancelled": until is not None and now < until}.get(
            state, until is not None and now < until + GRACE
        )
        tier = self._tiers.named(known.tier or "") if lasts else None
        return Status.model_validate(
            {
                "state": state,
                "tier": known.tier,
                "paid_until": until,
                "benefits": None if tier is None else Benefits(**_benefits(tier)),
            }
        )


def _heard(connection: Connection, told: Told) -> bool:
    new = store.hear(connection, told.event_id, told.reference, told.type, told.occurred_at)
    known = store.agreement(connection, told.reference) if new else None
    state = _BECOMES[told.type]
    if known is None or told.occurred_at < known.told_at:
        return False
    if state not in _MAY_FOLLOW.get(known.state, ()):
        log.warning("subscription.cannot_become", state=known.state, told=state)
        return False
    store.move(connection, known.account_id, state, told.occurred_at, told.paid_until)
    return True


def _benefits(tier: Tier) -> dict[str, Any]:
    return {"quality": tier.quality, "streams": tier.streams, "downloads": tier.downloads}


def _told(answer: dict[str, Any]) -> Status:
    return Status.model_validate_json(orjson.dumps(answer))
