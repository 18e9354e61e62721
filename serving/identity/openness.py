"""Whether a request without a token is the homepage's backend: on this machine, and from no other page of a browser."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final

from starlette.types import Scope

from recsys.settings import Settings

_ELSEWHERE: Final = (b"sec-fetch-site", b"cross-site")
"""What a browser says of a call that a page of another site makes."""
_PASSED_ON: Final = {b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"}
"""What a proxy says that passes on a call of somebody else's."""


class Openness:
    """Says which requests need no token.

    Parameters
    ----------
    settings : Settings
        ``open_access``: true and false say it of all requests.
    local : bool
        Whether this machine alone reaches the replica. Where nothing is said, it is then open to who names it as this
        machine does: a proxy that lets others in passes on another name, and so does a page whose name was made to
        lead here.
    """

    def __init__(self, settings: Settings, *, local: bool) -> None:
        self._said, self._local = settings.open_access, local

    def to(self, scope: Scope) -> bool:
        """Return whether a request without a token may pass."""
        if self._said is False or (self._said is None and not self._local):
            return False
        if _ELSEWHERE in scope["headers"]:
            return False
        return bool(self._said) or all(
            _of_this_machine(value) if name == b"host" else name not in _PASSED_ON
            for name, value in scope["headers"]
        )


@lru_cache(1000)
def _of_this_machine(host: bytes) -> bool:
    """Return whether a ``Host`` is a name by which a machine calls itself."""
    name = host.decode("latin-1").lower()
    name = name[1 : name.find("]")] if name.startswith("[") else name.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
