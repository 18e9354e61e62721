"""Titles like one, for nobody in particular: answered where the request arrives, if they are at hand.

They are a look-up then, and reading the question by the framework and handing it to a thread take several times as long.
"""

from __future__ import annotations

import threading
from typing import Final

from cachetools import LRUCache
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.identity.presented import ASKER
from serving.queries import parsed
from serving.recommendations.contracts import AskedForSimilar
from serving.recommendations.replies import listed
from serving.recommendations.service import Recommendations

SIMILAR: Final = "/api/recommendations/similar/"
UNDERSTOOD: Final = 1_000
"""Queries that are remembered with what they mean, those that came last."""
LONGEST_WORDS: Final = 300
"""Bytes of such a query."""
_NOBODYS: Final = {"limit", "region", "maximum_age"}
"""What may be asked without speaking of a viewer or narrowing the catalog."""


class AtHand:
    """ASGI middleware that answers what is at hand, and passes everything else on.

    Parameters
    ----------
    app : ASGIApp
    recommendations : Recommendations
    """

    path: Final = SIMILAR + "{contentId}"
    """Of the one route that is answered here; requests are counted by it."""

    def __init__(self, app: ASGIApp, recommendations: Recommendations) -> None:
        self.app, self._recommendations = app, recommendations
        self._understood: LRUCache[bytes, AskedForSimilar | None] = LRUCache(UNDERSTOOD)
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        body = self._answer(scope) if _is_similar(scope) else None
        if body is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = self
        await Response(body, media_type="application/json")(scope, receive, send)

    def _answer(self, scope: Scope) -> bytes | None:
        asker = scope[ASKER]
        if asker is None or not asker.for_anyone or (asked := self._read(scope)) is None:
            return None
        found = self._recommendations.similar_at_hand(scope["path"].removeprefix(SIMILAR), asked)
        return None if found is None else listed(found)

    def _read(self, scope: Scope) -> AskedForSimilar | None:
        """Return what is asked; None for what is not understood, or of somebody, which others answer."""
        words = scope["query_string"]
        if len(words) > LONGEST_WORDS:
            return None
        with self._lock:
            if words in self._understood:
                return self._understood[words]
        try:
            asked = parsed(AskedForSimilar, Request(scope))
        except RequestValidationError:
            return None
        meant = asked if asked.model_fields_set <= _NOBODYS else None
        with self._lock:
            self._understood[words] = meant
        return meant


def _is_similar(scope: Scope) -> bool:
    return (
        scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith(SIMILAR)
    )
