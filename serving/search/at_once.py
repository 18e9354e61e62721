"""Searches, read and answered without the framework, which takes as long for it as a question takes to complete.

What is no proper search is passed on to the route, which says what is wrong with it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from recsys.errors import RecsysError
from serving.identity.callers import Own
from serving.problems import refused
from serving.search.contracts import AskedToSearch
from serving.search.replies import sent_search
from serving.search.service import Searches

SEARCH: Final = "/api/search"
AT_ONCE: Final = 8
"""Searches that read of their viewers beside each other; answers are made one after the other."""
_OWN: Final = Own(AskedToSearch)


class AtOnce:
    """ASGI middleware that answers searches, and passes everything else on.

    Parameters
    ----------
    app : ASGIApp
    searches : Searches
    """

    path: Final = SEARCH
    """Of the one route that is answered here; requests are counted by it."""

    def __init__(self, app: ASGIApp, searches: Searches) -> None:
        self.app, self._searches = app, searches
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="search")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request on."""
        asked_for = scope["type"] == "http" and scope["path"] == SEARCH
        answer = await self._answer(scope) if asked_for and scope["method"] == "GET" else None
        if answer is None:
            await self.app(scope, receive, send)
            return
        scope["route"] = self
        await answer(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        try:
            asked: AskedToSearch = await _OWN(Request(scope))
            told = self._searches.at_hand(asked)
            if told is None:
                loop = asyncio.get_running_loop()
                told = await loop.run_in_executor(self._threads, self._searches.body, asked)
        except RecsysError as error:
            return refused(error)
        except RequestValidationError:
            return None
        return sent_search(told)
