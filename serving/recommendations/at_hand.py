"""Titles like one, for nobody in particular: answered where the request arrives, if they are at hand.

They are a look-up then, and reading the question by the framework and handing it to a thread take several times as long.
"""

from __future__ import annotations

import threading
from typing import Final

from cachetools import LRUCache
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.identity.presented import ASKER
from serving.queries import accept_language, parsed
from serving.recommendations.contracts import AskedForSimilar, Listed
from serving.recommendations.replies import sent_list
from serving.recommendations.service import Recommendations
from serving.tagged import Told

SIMILAR: Final = "/api/recommendations/similar/"
UNDERSTOOD: Final = 1_000
"""Queries, each with the languages of its device, that are remembered with what they mean, those that came last."""
LONGEST_WORDS: Final = 300
"""Bytes of such a query."""
_NOBODYS: Final = {"limit", "region", "maximum_age", "language", "accepted"}
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
        self._understood: LRUCache[tuple[bytes, bytes], AskedForSimilar | None] = LRUCache(
            UNDERSTOOD
        )
        self._lock = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        told = self._answer(scope) if _is_similar(scope) else None
        if told is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = self
        await sent_list(told)(scope, receive, send)

    def _answer(self, scope: Scope) -> Told[Listed] | None:
        asker = scope[ASKER]
        if asker is None or not asker.for_anyone or (asked := self._read(scope)) is None:
            return None
        return self._recommendations.similar_at_hand(scope["path"].removeprefix(SIMILAR), asked)

    def _read(self, scope: Scope) -> AskedForSimilar | None:
        """Return what is asked; None for what is not understood, or of somebody, which others answer."""
        words = scope["query_string"], accept_language(scope)
        if sum(map(len, words)) > LONGEST_WORDS:
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
