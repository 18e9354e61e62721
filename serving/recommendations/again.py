"""Homepages that are asked for again in the same words: sent before anything is read of the question."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from serving.identity.presented import ASKER
from serving.queries import accept_language, header
from serving.recommendations.pages import Pages, Question
from serving.tagged import sent

HOME: Final = "/api/recommendations/home"


def question_of(scope: Scope) -> Question:
    """Return what is asked, in the words in which it came; the same words of another viewer's are another question."""
    return scope[ASKER].standing, scope["query_string"], accept_language(scope)


class Again:
    """ASGI middleware that sends kept homepages.

    Reading a query and checking it takes three times as long as sending what is kept, and words that were understood
    once mean the same again. So this is no other door: a page comes from the same cache, by the same rules.
    """

    def __init__(self, app: ASGIApp, pages: Pages) -> None:
        self.app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send a kept page, or pass the request on."""
        asked_for_home = scope["type"] == "http" and scope["path"] == HOME
        if asked_for_home and scope["method"] == "GET":
            kept = None if scope[ASKER] is None else self._pages.again(question_of(scope))
            if kept is not None:
                scope["route"] = self  # by whose path requests are counted
                has = header(scope, b"if-none-match").decode("latin-1")
                answer = sent(kept, has or None)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)

    @property
    def path(self) -> str:
        """The path of the one route that is answered here."""
        return HOME
