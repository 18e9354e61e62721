"""The parental PIN of an account: kept as a slow hash, and the slower to guess the oftener it was wrong."""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from typing import Final

from serving.database import Connection, Database
from serving.refusals import PinLockedError, WrongPinError

FREE_TRIES: Final = 5
"""Wrong PINs in a row before there is a wait."""
FIRST_WAIT: Final = 30
"""Seconds; each further wrong PIN doubles them."""
LONGEST_WAIT: Final = 3600
AT_ONCE: Final = 2
"""Hashes that are made at the same time: each takes 32 MB, and a core for a tenth of a second."""

_READ: Final = """
SELECT pin_salt, pin_hash, pin_failures,
    ceil(extract(epoch FROM pin_locked_until - clock_timestamp()))::int
FROM account WHERE account_id = %(account)s FOR UPDATE
"""
_FAILED: Final = """
UPDATE account SET pin_failures = pin_failures + 1,
    pin_locked_until = clock_timestamp() + %(seconds)s * interval '1 second'
WHERE account_id = %(account)s
"""
_PASSED: Final = (
    "UPDATE account SET pin_failures = 0, pin_locked_until = NULL WHERE account_id = %(account)s"
)
_SET: Final = """
UPDATE account SET pin_salt = %(salt)s, pin_hash = %(hash)s, pin_failures = 0, pin_locked_until = NULL
WHERE account_id = %(account)s
"""
_HAS: Final = "SELECT pin_hash IS NOT NULL FROM account WHERE account_id = %(account)s"
_hashing = threading.BoundedSemaphore(AT_ONCE)


class Pins:
    """Checks PINs.

    Parameters
    ----------
    database : Database
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def unlocked(self, account_id: str, pin: str | None) -> bool:
        """Return whether a PIN was given; one that is wrong is counted, one that is right ends the count.

        Raises
        ------
        WrongPinError
            If it is wrong, or the account has none.
        PinLockedError
            If it may not be tried now, whatever it is.
        DatabaseDownError
            If the database does not answer.
        """
        if pin is None:
            return False
        # The count is committed before anybody hears of it, and one try waits for the other.
        error = self._database.retried(lambda connection: _tried(connection, account_id, pin))
        if error is not None:
            raise error
        return True


def needed(got: str = "none") -> WrongPinError:
    """Return the error of who needs a PIN."""
    return WrongPinError(expected="the account's PIN", got=got, where="Parental-Pin")


def has(connection: Connection, account_id: str) -> bool:
    """Return whether an account has a PIN."""
    return bool(connection.exec_driver_sql(_HAS, {"account": account_id}).scalar())


def change(connection: Connection, account_id: str, pin: str | None) -> None:
    """Give an account a PIN, or take it away."""
    salt = None if pin is None else os.urandom(16)
    made = None if pin is None or salt is None else _hash(pin, salt)
    connection.exec_driver_sql(_SET, {"account": account_id, "salt": salt, "hash": made})


def _tried(
    connection: Connection, account_id: str, pin: str
) -> WrongPinError | PinLockedError | None:
    given = {"account": account_id}
    salt, kept, failures, seconds = connection.exec_driver_sql(_READ, given).one()
    if kept is None:
        return needed("one, where the account has none")
    if seconds is not None and seconds > 0:
        return PinLockedError.of(seconds)
    if hmac.compare_digest(_hash(pin, salt), kept):
        if failures:
            connection.exec_driver_sql(_PASSED, given)
        return None
    connection.exec_driver_sql(_FAILED, given | {"seconds": _wait(failures + 1)})
    return needed("another")


def _wait(failures: int) -> int:
    over = failures - FREE_TRIES
    return 0 if over < 0 else min(FIRST_WAIT * 2 ** min(over, 20), LONGEST_WAIT)


def _hash(pin: str, salt: bytes) -> bytes:
    with _hashing:
        return hashlib.scrypt(pin.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 << 20)
