"""Answers a guest from the session alone, and gives the session to the viewer who signs in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from features.interactions import Engagement
from features.states import states
from recsys.schema import EventType
from serving.analytics.contracts import Accepted, SessionEvent
from serving.analytics.service import Intake
from serving.recommendations.contracts import Home
from serving.recommendations.service import Recommendations
from serving.recommendations.store import SESSION_HOURS
from serving.sessions.contracts import Guest, Merge
from serving.tagged import Told


class Sessions:
    """The use cases of this room.

    Parameters
    ----------
    recommendations : Recommendations
    intake : Intake
    """

    def __init__(self, recommendations: Recommendations, intake: Intake) -> None:
        self._recommendations, self._intake = recommendations, intake

    def home(self, guest: Guest, accepted: tuple[str, ...] = ()) -> Told[Home]:
        """Return the page of a viewer who did what the session did; nothing of it is kept.

        Parameters
        ----------
        guest : Guest
        accepted : tuple of str
            Languages that the device accepts, the most wanted first.

        Raises
        ------
        UnknownTitleError
            If the catalog does not hold a title of the events; so does ``merge``.
        """
        self._check_titles(guest.events)
        engagement = Engagement.of(states(guest.events).items())
        asked = guest.asked(accepted)
        return self._recommendations.guest_home(asked, engagement, _opened(guest.events))

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


def _opened(events: Sequence[SessionEvent]) -> tuple[str, ...]:
    """Return the titles that were opened a short while ago, the latest first, as the database would."""
    now = datetime.now(UTC)
    since = now - timedelta(hours=SESSION_HOURS)
    clicks = [
        e for e in events if e.event_type == EventType.CLICK and since <= e.occurred_at <= now
    ]
    in_order = sorted(clicks, key=lambda event: event.occurred_at)
    latest = {event.title_id: event.occurred_at for event in in_order if event.title_id}
    return tuple(sorted(latest, key=lambda title: (-latest[title].timestamp(), title)))
