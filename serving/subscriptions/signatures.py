"""Proof that a call is the payment provider's: a keyed digest of its body and of when it was sent."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from typing import Final

from recsys.errors import ConfigError
from recsys.settings import Settings
from serving.key_files import SHORTEST, key_of
from serving.refusals import SignatureError

TOLERANCE_SECONDS: Final = 300
"""By how much the sender's clock may be off, and for how long a call that was overheard could be sent again."""
HEADER: Final = "Payment-Signature"
KEY: Final = "payment.key"
"""The file in the store."""
_FORM: Final = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def secret_of(settings: Settings) -> bytes:
    """Return what is shared with the provider: the setting, or else a key of the store.

    Raises
    ------
    ConfigError
        If it is too short, or cannot be read.
    """
    said = settings.payment_secret.get_secret_value().encode()
    if not said:
        return key_of(settings.store / KEY)
    if len(said) < SHORTEST:
        raise ConfigError(
            expected=f"a secret of {SHORTEST} characters",
            got=f"{len(said)}",
            where="RECSYS_PAYMENT_SECRET",
        )
    return said


def signed(secret: bytes, body: bytes, moment: float) -> str:
    """Return the header of a call that is sent at a moment, in seconds since 1970."""
    return f"t={int(moment)},v1={_digest(secret, str(int(moment)), body)}"


def check(secret: bytes, body: bytes, header: str | None) -> None:
    """Refuse a call that nobody signed who knows the secret, or that is not of now.

    Raises
    ------
    SignatureError
        Which does not say how far off it was.
    """
    found = _FORM.fullmatch(header or "")
    if found is None:
        raise _refused("t=<seconds>,v1=<64 hex digits>", None if header is None else "another form")
    moment, digest = found.groups()
    if not hmac.compare_digest(digest, _digest(secret, moment, body)):
        raise _refused("the signature of this body", "another")
    if abs(time.time() - int(moment)) > TOLERANCE_SECONDS:
        raise _refused(f"a call of the last {TOLERANCE_SECONDS} seconds", "another")


def _digest(secret: bytes, moment: str, body: bytes) -> str:
    return hmac.new(secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def _refused(expected: str, got: str | None) -> SignatureError:
    return SignatureError(expected=expected, got=got, where=HEADER)
