"""The one door to whoever takes the money."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

import structlog

from recsys.settings import Settings

log = structlog.get_logger()

MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment that went through.

    Attributes
    ----------
    reference : str
        The provider's name of the agreement, by which it speaks of it later.
    until : datetime
        When the next payment is due, UTC.
    """

    reference: str
    until: datetime


class Payments(Protocol):
    """Takes payments."""

    def subscribe(
        self, account_id: str, tier_id: str, price: Decimal, currency: str, *, key: str
    ) -> Paid:
        """Agree with an account on a monthly payment, in place of what was agreed before, and take the first.

        The same key is the same payment, however often it is asked for.

        Raises
        ------
        PaymentError
            If it is refused; nothing was paid.
        """


class LocalPayments:
    """The provider of a machine that has none: it asks nobody for money, so everybody has paid for a month."""

    def subscribe(
        self, account_id: str, tier_id: str, price: Decimal, currency: str, *, key: str
    ) -> Paid:
        """Return that it is paid."""
        about = "\n".join((account_id, tier_id, str(price), currency, key))
        name = hashlib.blake2b(about.encode(), digest_size=16).hexdigest()
        return Paid(f"local-{name}", datetime.now(UTC) + MONTH)


def payments_of(settings: Settings, *, local: bool) -> Payments | None:
    """Return who takes payments, and say in the log where that is nobody, or where nobody has to pay.

    Parameters
    ----------
    settings : Settings
        ``local_payments``.
    local : bool
        Whether this machine alone reaches the replica.
    """
    said = settings.local_payments
    if local if said is None else said:
        log.warning("payments.local", hint="Whoever upgrades has paid; no money is taken")
        return LocalPayments()
    log.warning("payments.none", hint="Upgrades are refused; RECSYS_LOCAL_PAYMENTS=true is a demo")
    return None
