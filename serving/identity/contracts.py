"""Who asks, as a token says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from pydantic import ConfigDict

from serving.contracts import Reply


class Scope(StrEnum):
    """What a token is good for."""

    VIEWER = "viewer"
    """One's own things."""
    STAFF = "staff"
    """What the house's own people do."""
    SERVICE = "service"
    """What another program does for any viewer, such as the backend of a homepage."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes
    ----------
    account_id : str or None
        Whose account it is; nobody's where the token is not of a viewer.
    profile_id : str or None
        The viewer, as models know one; none before a profile was chosen.
    scopes : frozenset of Scope
    subject : str
        Whom the token was given to, whatever for: an account, one of the staff, a program.
    """

    account_id: str | None
    profile_id: str | None
    scopes: frozenset[Scope]
    subject: str = ""

    def may_be(self, viewer_id: str) -> bool:
        """Return whether something may be read or done in the name of a viewer."""
        return self.for_anyone or (Scope.VIEWER in self.scopes and self.profile_id == viewer_id)

    @property
    def for_anyone(self) -> bool:
        """Whether it acts for whichever viewer it names."""
        return Scope.SERVICE in self.scopes or Scope.STAFF in self.scopes

    @property
    def standing(self) -> str | None:
        """Whose pages are meant where no viewer is named: equal standings are answered alike."""
        return None if self.for_anyone else self.profile_id or ""


BACKEND: Final = Caller(None, None, frozenset({Scope.SERVICE}))
"""Who asks an open replica without a token."""


class PublicKey(Reply):
    """A key that verifies tokens (RFC 7517)."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class PublicKeys(Reply):
    """The keys of the local issuer; none where tokens come from elsewhere."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "keys": [
                        {
                            "kty": "EC",
                            "crv": "P-256",
                            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
                            "kid": "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U",
                            "use": "sig",
                            "alg": "ES256",
                        }
                    ]
                }
            ]
        }
    )

    keys: list[PublicKey]
