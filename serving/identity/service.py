"""Says who presents a token, and what is theirs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Self

from recsys.settings import Settings
from serving.identity.contracts import Caller, PublicKeys
from serving.identity.issuer import KEYS, Issuer
from serving.identity.keys import Keys
from serving.identity.local import LocalKeys
from serving.identity.openness import Openness
from serving.identity.remote import RemoteKeys
from serving.identity.tokens import Tokens
from serving.refusals import NotAllowedError

FETCHING: Final = 4
"""Threads that wait for keys, apart from those that answer."""


class Identity:
    """The use cases of this room.

    Parameters
    ----------
    tokens : Tokens
    openness : Openness
        Which requests without any token are taken for the homepage's backend's.
    issuer : Issuer or None
        None where tokens come from elsewhere.
    """

    def __init__(self, tokens: Tokens, openness: Openness, issuer: Issuer | None) -> None:
        self._tokens, self.openness, self._issuer = tokens, openness, issuer
        self._threads = ThreadPoolExecutor(FETCHING, "tokens")

    @classmethod
    def of(cls, settings: Settings, *, local: bool = False) -> Self:
        """Trust whom the settings name: an issuer by its URL, or the one of this store.

        Parameters
        ----------
        settings : Settings
        local : bool
            Whether this machine alone reaches the replica.
        """
        url = settings.jwks_url
        keys: Keys = RemoteKeys(url) if url else LocalKeys(settings.store / KEYS)
        tokens = Tokens(keys, settings.token_issuer, settings.token_audience)
        issuer = None if url else Issuer.of(settings)
        return cls(tokens, Openness(settings, local=local), issuer)

    def public_keys(self) -> PublicKeys:
        """Return the keys that the local issuer's tokens are verified by; none where it is not trusted."""
        return PublicKeys(keys=self._issuer.keys.document() if self._issuer else [])

    async def who(self, token: str) -> Caller:
        """Return who presents a token; most often that is remembered, and nothing is waited for.

        Raises
        ------
        TokenError
            If it is not valid.
        NotAllowedError
            If it is good for nothing here.
        KeysDownError
            If its key cannot be looked for now.
        """
        if (caller := self._tokens.remembered(token)) is not None:
            return caller
        if self._tokens.needs_fetching(token):
            waits = asyncio.get_running_loop()
            return await waits.run_in_executor(self._threads, self._tokens.verify, token)
        return self._tokens.verify(token)


def bound(caller: Caller, viewer_id: str | None) -> str | None:
    """Return the viewer that a caller means: the one named, or one's own profile.

    Raises
    ------
    NotAllowedError
        If it is another's.
    """
    if viewer_id is None:
        return None if caller.for_anyone else caller.profile_id
    if not caller.may_be(viewer_id):
        raise not_yours(viewer_id, "viewerId")
    return viewer_id


def check_own(caller: Caller, named: Iterable[tuple[str, str]]) -> None:
    """Refuse what names another viewer; gets viewers' ids by the name of their field.

    Raises
    ------
    NotAllowedError
        Naming the first of them.
    """
    for where, viewer_id in named:
        if not caller.may_be(viewer_id):
            raise not_yours(viewer_id, where)


def not_yours(viewer_id: str, where: str) -> NotAllowedError:
    """Return the error of who names another viewer."""
    return NotAllowedError(expected="the viewer of the token", got=viewer_id, where=where)
