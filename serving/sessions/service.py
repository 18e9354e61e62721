"""Answers a guest from the session alone, and gives the session to the viewer who signs in."""

from __future__ import annotations

from collections.abc import Sequence

from features.interactions import Engagement
from features.states import states
from serving.analytics.contracts import Accepted, SessionEvent
from serving.analytics.service import Intake
from serving.recommendations.contracts import Home
from serving.recommendations.service import Recommendations
from serving.sessions.contracts import Guest, Merge


class Sessions:
    """The use cases of this room.

    Parameters
    ----------
    recommendations : Recommendations
    intake : Intake
    """

    def __init__(self, recommendations: Recommendations, intake: Intake) -> None:
        self._recommendations, self._intake = recommendations, intake

    def home(self, guest: Guest) -> Home:
        """Return the page of a viewer who did what the session did; nothing of it is kept.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold a title of the events; so does ``merge``.
        """
        self._check_titles(guest.events)
        engagement = Engagement.of(states(guest.events).items())
        return self._recommendations.guest_home(guest.asked(), engagement)

    async def merge(self, merge: Merge) -> Accepted:
        """Make the session's events the viewer's; those that are there already change nothing.

        Raises
        ------
        DatabaseDownError
            If they are not durable, and the client should send them again.
        """
        self._check_titles(merge.events)
        return await self._intake.accept(merge.told())

    def _check_titles(self, events: Sequence[SessionEvent]) -> None:
        named = {f"events.{at}.titleId": event.title_id for at, event in enumerate(events)}
        self._recommendations.check_titles(named)
