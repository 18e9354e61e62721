"""The issuer of a machine that has no other: it signs tokens for whoever may read its key."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Final, Self

import jwt

from recsys.errors import ConfigError
from recsys.settings import Settings
from serving.identity.contracts import Scope
from serving.identity.local import LONGEST_MINUTES, LocalKeys

KEYS: Final = "token-keys.json"
"""The file in the store."""


class Issuer:
    """Gives tokens out.

    Parameters
    ----------
    keys : LocalKeys
    issuer : str
    audience : str
    """

    def __init__(self, keys: LocalKeys, issuer: str, audience: str) -> None:
        self.keys, self._issuer, self._audience = keys, issuer, audience

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return the issuer of a store.

        Raises
        ------
        ConfigError
            If tokens come from elsewhere, so that nobody would take one of this issuer.
        """
        if settings.jwks_url:
            raise ConfigError(
                expected="tokens of the issuer that jwks_url names",
                got="a local issuer",
                where="RECSYS_JWKS_URL",
                hint="Unset it to use the local one",
            )
        keys = LocalKeys(settings.store / KEYS)
        return cls(keys, settings.token_issuer, settings.token_audience)

    def issue(
        self,
        subject: str,
        scopes: Iterable[Scope],
        *,
        viewer_id: str | None = None,
        minutes: float = 60,
    ) -> str:
        """Return a signed token.

        Raises
        ------
        ConfigError
            If it would last longer than the keys that verify it, or the key is not to be had.
        """
        if not 0 < minutes <= LONGEST_MINUTES:
            raise ConfigError(
                expected=f"up to {LONGEST_MINUTES:,} minutes", got=f"{minutes:g}", where="minutes"
            )
        now = int(time.time())
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": subject,
            "scope": " ".join(scopes),
            "iat": now,
            "exp": now + int(minutes * 60),
        }
        if viewer_id is not None:
            claims["profile"] = viewer_id
        kid, key = self.keys.signing()
        return jwt.encode(claims, key, "ES256", headers={"kid": kid})
